"""A learning rate that falls is told, with the reason for it."""

import functools
from typing import Any

import pytest
from torch.optim import SGD
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau, SequentialLR, StepLR

from asctools.training.watch import watched
from tests.asctools.numpy_lstm.small_training import Recorder
from tests.asctools.training import plain_loops
from tests.asctools.training.plain_loops import X, Y, letters, mse, small_net

STEP = ("epoch", "step")


class TestRates:
    def told(self, make: Any, steps: Any) -> list[dict[str, Any]]:
        """Return the decays that are told when a scheduler, or a hand, lowers the rate."""
        recorder, model = Recorder(*STEP), small_net()
        optimizer = SGD(model.parameters(), lr=1.0)
        scheduler = make(optimizer)
        with watched(model, optimizer, recorder):
            for argument in steps:
                optimizer.zero_grad()
                mse(model(X), Y).backward()
                optimizer.step()
                scheduler.step(*argument)
            optimizer.zero_grad()
            mse(model(X), Y).backward()
        self.recorder = recorder
        return recorder.all("LearningRateDecay")

    def test_a_schedule(self) -> None:
        found = self.told(lambda o: StepLR(o, 1, 0.5), [()] * 2)
        assert found == [
            {"iteration": 1, "old_lr": 1.0, "new_lr": 0.5, "reason": "schedule"},
            {"iteration": 2, "old_lr": 0.5, "new_lr": 0.25, "reason": "schedule"},
        ]
        assert letters(self.recorder) == "ZFBUL ZFBUL ZFB"

    def test_a_rising_rate_is_no_decay(self) -> None:
        rates = [1.0, 2.0, 1.5]
        found = self.told(lambda o: LambdaLR(o, lambda k: rates[k]), [()] * 2)
        assert [(v["old_lr"], v["new_lr"]) for v in found] == [(2.0, 1.5)]

    def test_schedulers_within_a_scheduler_tell_once(self) -> None:
        def both(optimizer: Any) -> Any:
            parts = [StepLR(optimizer, 1, 0.5), StepLR(optimizer, 1, 0.1)]
            return SequentialLR(optimizer, parts, milestones=[2])

        assert [v["new_lr"] for v in self.told(both, [()])] == [0.5]

    @pytest.mark.parametrize("patience", [0, 2])
    def test_a_plateau(self, patience: int) -> None:
        losses = [3.0, 2.0, 2.5, 2.4, 2.3, 1.0]
        found = self.told(
            lambda o: ReduceLROnPlateau(o, factor=0.5, patience=patience), [(x,) for x in losses]
        )
        seen = self.recorder.all("PlateauDetected")
        last = 3 + patience
        plateau = {"patience_counter": patience + 1, "best_val_loss": 2.0}
        rates = {"current_val_loss": losses[last - 1], "learning_rate": 1.0, "min_lr": 0.0}
        assert seen[0] == {"iteration": last, **plateau, **rates}
        assert found[0] == {"iteration": last, "old_lr": 1.0, "new_lr": 0.5, "reason": "plateau"}
        assert len(seen) == len(found) == (3 if patience == 0 else 1)
        assert letters(self.recorder).count("PL") == len(found)

    def test_a_plateau_at_the_lowest_rate_lowers_nothing(self) -> None:
        found = self.told(
            lambda o: ReduceLROnPlateau(o, patience=0, min_lr=1.0), [(1.0,), (1.0,), (0.5,)]
        )
        assert found == []
        (plateau,) = self.recorder.all("PlateauDetected")
        assert plateau["learning_rate"] == plateau["min_lr"] == 1.0

    def test_cooling_down_is_no_plateau(self) -> None:
        plateau = functools.partial(ReduceLROnPlateau, patience=0, cooldown=2)
        self.told(plateau, [(1.0,)] * 4)
        assert [v["iteration"] for v in self.recorder.all("PlateauDetected")] == [2]

    def test_by_hand_and_by_group(self) -> None:
        recorder, model = Recorder(*STEP), small_net()
        groups = [{"params": model[0].parameters(), "lr": 1.0}, {"params": model[2].parameters()}]
        optimizer = SGD(groups, lr=0.5)
        with watched(model, optimizer, recorder):
            plain_loops.clear_first(model, optimizer)
            optimizer.param_groups[1]["lr"] = 0.25
            plain_loops.clear_first(model, optimizer)
        where = {"optimizer": 0, "group": 1}
        rates = {"old_lr": 0.5, "new_lr": 0.25, "reason": "hand"}
        assert recorder.all("LearningRateDecay") == [{"iteration": 4, **rates, **where}]

    def test_a_hand_before_a_scheduler_is_told_apart_from_it(self) -> None:
        recorder, model = Recorder(*STEP), small_net()
        optimizer = SGD(model.parameters(), lr=1.0)
        halved = StepLR(optimizer, 1, 0.5)
        with watched(model, optimizer, recorder):
            plain_loops.clear_first(model, optimizer)
            optimizer.param_groups[0]["lr"] = 0.8
            halved.step()
        told = [tuple(v.values())[1:] for v in recorder.all("LearningRateDecay")]
        assert told == [(1.0, 0.8, "hand"), (0.8, 0.4, "schedule")]
