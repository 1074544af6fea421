"""The loop itself: what it computes, when it stops, what it tells and what it leaves alone."""

import logging
import math

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from asctools.errors import InputError, ShapeError, UnknownNameError
from asctools.training import Callback, EarlyStopping, History, StepResult, Trainer, evaluate
from asctools.training.trainer import to_device

X = torch.linspace(-1, 1, 12)[:, None]
Y = 3 * X + 1


def step(model: nn.Module, batch) -> torch.Tensor:
    x, y = batch
    return ((model(x) - y) ** 2).mean()


def line(seed: int = 0) -> nn.Linear:
    torch.manual_seed(seed)
    return nn.Linear(1, 1)


def batches(size: int = 4) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return list(zip(X.split(size), Y.split(size), strict=True))


def trainer(model: nn.Module | None = None, rate: float = 0.1, **options) -> Trainer:
    model = model or line()
    return Trainer(model, step, torch.optim.SGD(model.parameters(), lr=rate), **options)


def test_it_is_the_plain_loop_to_the_bit() -> None:
    mine, plain = trainer(clip_grad_norm=0.5), line()
    history = mine.fit(batches(), num_epochs=3)
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1)
    losses, norms = [], []
    for _ in range(3):
        for batch in batches():
            optimizer.zero_grad()
            loss = step(plain, batch)
            loss.backward()
            norms.append(nn.utils.clip_grad_norm_(plain.parameters(), 0.5).item())
            optimizer.step()
            losses.append(loss.item())
    for p, q in zip(mine.model.parameters(), plain.parameters(), strict=True):
        assert torch.equal(p, q)
    assert history.losses == pytest.approx([sum(losses[k : k + 3]) / 3 for k in (0, 3, 6)])
    assert history.grad_norms == pytest.approx([sum(norms[k : k + 3]) / 3 for k in (0, 3, 6)])
    assert max(norms) > 0.5, "or clipping was not tried"
    assert (mine.epoch, mine.iteration, mine.loss) == (3, 9, losses[-1])
    assert history.stopped == "epochs"
    assert history.learning_rates == [0.1] * 3
    assert history.val_losses == []
    assert all(second > 0 for second in history["seconds"])


def test_means_count_examples_and_validation_does_not_train() -> None:
    def weighing(model: nn.Module, batch) -> StepResult:
        return StepResult(step(model, batch), len(batch[0]), {"first": batch[0][0].item()})

    model = line()
    unequal = list(zip(X.split([1, 11]), Y.split([1, 11]), strict=True))
    found = evaluate(model, weighing, unequal, "cpu")
    assert found["loss"] == pytest.approx(step(model, (X, Y)).item(), rel=1e-6)
    assert found["first"] == pytest.approx((X[0].item() + 11 * X[1].item()) / 12)
    assert not model.training

    modes = []

    def watching(model: nn.Module, batch) -> StepResult:
        modes.append((model.training, torch.is_grad_enabled()))
        return weighing(model, batch)

    mine = Trainer(model, watching, torch.optim.SGD(model.parameters(), lr=0.1))
    history = mine.fit(batches(6), unequal, num_epochs=2)
    assert modes == [(True, True), (True, True), (False, False), (False, False)] * 2
    assert history.val_losses[-1] == pytest.approx(step(model, (X, Y)).item(), rel=1e-6)
    assert history["val_first"] == pytest.approx([found["first"]] * 2)


def test_fit_again_goes_on() -> None:
    at_once, in_two = trainer(), trainer()
    at_once.fit(batches(), num_epochs=5)
    in_two.fit(batches(), num_epochs=2)
    history = in_two.fit(batches(), num_epochs=3)
    assert history is in_two.history
    assert history.losses == at_once.history.losses
    assert in_two.epoch == len(history) == 5


def test_schedulers_step_once_an_epoch_and_plateau_sees_the_validation() -> None:
    model = line()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    halving = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
    history = Trainer(model, step, optimizer, scheduler=halving).fit(batches(), num_epochs=3)
    assert history.learning_rates == [0.1, 0.05, 0.025]

    rates = {}
    for name, val_loader in (("alone", None), ("worse and worse", [(X, -Y)])):
        model = line()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
        mine = Trainer(model, step, optimizer, scheduler=plateau)
        rates[name] = mine.fit(batches(), val_loader, num_epochs=4).learning_rates
    assert rates == {"alone": [0.1] * 4, "worse and worse": [0.1, 0.1, 0.05, 0.025]}


def test_a_loss_that_is_no_number_stops_before_it_spoils_the_weights(caplog) -> None:
    bad = [*batches(), (X[:4], Y[:4] * math.nan)]
    mine = trainer()
    with caplog.at_level(logging.WARNING, "asctools"):
        history = mine.fit(bad, num_epochs=5)
    assert history.stopped == "explosion"
    assert (len(history), mine.iteration) == (1, 4)
    assert all(torch.isfinite(p).all() for p in mine.model.parameters())
    assert "iteration 4: loss nan" in caplog.text


def test_the_keyboard_ends_it_cleanly_and_it_can_go_on(caplog) -> None:
    class Impatient(Callback):
        def on_step_end(self, trainer: Trainer) -> None:
            if trainer.iteration == 5:
                raise KeyboardInterrupt

    told = Told()
    mine = trainer(callbacks=[told, Impatient()])
    history = mine.fit(batches(), num_epochs=4)
    assert history.stopped == "interrupted"
    assert len(history) == mine.epoch == 1
    assert told.moments[-1] == "on_fit_end"
    assert "epoch 2" in caplog.text
    assert len(mine.fit(batches(), num_epochs=2)) == 3


class Told(Callback):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.moments: list[str] = []

    def __getattribute__(self, name: str):
        if name.startswith("on_"):
            return lambda trainer: self.moments.append(name)
        return super().__getattribute__(name)


def test_callbacks_are_told_every_moment_in_order() -> None:
    told = Told()
    trainer(callbacks=[told]).fit(batches(6), batches(), num_epochs=2)
    steps = ["on_step_end", "on_save", "on_step_end", "on_save"]
    ends = ["on_epoch_end", "on_epoch_told", "on_save"]
    epoch = ["on_epoch_start", *steps, "on_validation_end", *ends]
    assert told.moments == ["on_fit_start", "on_save", *epoch, *epoch, "on_fit_end"]
    assert {name for name in vars(Callback) if name.startswith("on_")} == set(told.moments)


def test_an_error_in_the_step_still_ends_the_callbacks() -> None:
    told = Told()

    def broken(model, batch):
        raise RuntimeError("a step that fails")

    model = line()
    mine = Trainer(model, broken, torch.optim.SGD(model.parameters(), lr=1), callbacks=[told])
    with pytest.raises(RuntimeError, match="a step that fails"):
        mine.fit(batches())
    assert told.moments[-1] == "on_fit_end"


def test_an_error_at_the_end_keeps_no_other_callback_from_ending() -> None:
    class Broken(Callback):
        def on_fit_end(self, trainer: Trainer) -> None:
            raise RuntimeError("at the end")

    before, after = Told(), Told()
    with pytest.raises(RuntimeError, match="at the end"):
        trainer(callbacks=[before, Broken(), after]).fit(batches())
    assert before.moments[-1] == after.moments[-1] == "on_fit_end"


def test_rows_that_the_step_keeps_are_scored_together() -> None:
    seen = []

    def keeping(model: nn.Module, batch) -> StepResult:
        said = model(batch[0])
        return StepResult(
            ((said - batch[1]) ** 2).mean(), len(said), {}, {"y": batch[1], "p": said}
        )

    def scores(kept) -> dict[str, float]:
        seen.append({name: rows.copy() for name, rows in kept.items()})
        return {"most": kept["p"].max(), "rows": len(kept["y"])}

    model = line()
    mine = Trainer(model, keeping, torch.optim.SGD(model.parameters(), lr=0.1), scores=scores)
    history = mine.fit(batches(), batches(5), num_epochs=2)
    assert history["val_rows"] == [12.0, 12.0]
    assert mine.validation["most"] == history["val_most"][-1] == pytest.approx(seen[-1]["p"].max())
    assert torch.equal(torch.from_numpy(seen[0]["y"]), Y)
    found = evaluate(model, keeping, batches(5), scores=scores)
    assert found == mine.validation
    with pytest.raises(InputError, match="scores, but no rows kept"):
        trainer(scores=scores).fit(batches(), batches())


def test_the_last_step_can_be_asked_for() -> None:
    said = []

    class Asks(Callback):
        def on_step_end(self, trainer: Trainer) -> None:
            said.append((trainer.weight, trainer.metrics))

    def telling(model: nn.Module, batch) -> StepResult:
        return StepResult(step(model, batch), len(batch[0]), {"two": 2})

    model = line()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    Trainer(model, telling, optimizer, callbacks=[Asks()]).fit(batches(8))
    assert said == [(8.0, {"two": 2.0}), (4.0, {"two": 2.0})]
    mine = trainer()
    mine.fit(batches())
    assert math.isnan(mine.weight)


def test_a_seed_makes_a_training_repeatable_and_leaves_the_generator_alone() -> None:
    def run(seed: int | None) -> list[float]:
        torch.manual_seed(1)
        model = nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.5), nn.Linear(8, 1))
        loader = DataLoader(TensorDataset(X, Y), 4, shuffle=True)
        before = torch.get_rng_state()
        mine = Trainer(model, step, torch.optim.SGD(model.parameters(), lr=0.1), seed=seed)
        losses = mine.fit(loader, num_epochs=2).losses
        assert torch.equal(before, torch.get_rng_state()) == (seed is not None)
        return losses

    assert run(3) == run(3) != run(4)
    run(None)


class TestEarlyStopping:
    def fit(self, values: list[float], num_epochs: int = 20, **options):
        """Train with a validation loss that takes the given values."""
        stopping = EarlyStopping(**{"patience": 2, **options})
        weights, left = [], iter(values)

        def told(model: nn.Module, batch) -> torch.Tensor:
            if model.training:
                return step(model, batch)
            weights.append(model.weight.item())
            return torch.tensor(next(left))

        model = line()
        mine = Trainer(
            model, told, torch.optim.SGD(model.parameters(), lr=0.01), callbacks=[stopping]
        )
        history = mine.fit(batches(), [None], num_epochs=min(num_epochs, len(values)))
        return stopping, history, weights, model

    def test_it_stops_after_patience_and_restores_the_best_weights(self) -> None:
        stopping, history, weights, model = self.fit([3.0, 1.0, 2.0, 1.5, 0.1])
        assert history.stopped == "patience"
        assert len(history) == 4
        assert (stopping.best, stopping.best_epoch) == (1.0, 2)
        assert model.weight.item() == weights[1] != weights[3]

    def test_a_small_gain_is_none(self) -> None:
        _, history, _, _ = self.fit([1.0, 0.9999, 0.9998, 0.9], min_delta=0.01)
        assert len(history) == 3
        _, history, _, _ = self.fit([1.0, 0.9999, 0.9998, 0.9], min_delta=0.0)
        assert len(history) == 4

    def test_the_best_weights_come_back_when_all_epochs_are_done(self) -> None:
        _, history, weights, model = self.fit([1.0, 2.0])
        assert history.stopped == "epochs"
        assert model.weight.item() == weights[0]

    def test_the_last_weights_stay_if_asked(self) -> None:
        _, _, weights, model = self.fit([1.0, 2.0, 3.0], restore_best_weights=False)
        assert model.weight.item() == weights[2]

    def test_nan_is_no_improvement(self) -> None:
        stopping, history, _, _ = self.fit([1.0, math.nan, math.nan, 0.5])
        assert len(history) == 3
        assert stopping.best == 1.0

    @pytest.mark.parametrize(
        ("monitor", "mode", "more"),
        [
            ("val_loss", "auto", False),
            ("val_accuracy", "auto", True),
            ("val_f1", "auto", True),
            ("val_auc_roc", "auto", True),
            ("val_precision_quiet", "auto", True),
            ("val_brier", "auto", False),
            ("val_loss", "max", True),
            ("val_accuracy", "min", False),
        ],
    )
    def test_more_or_less_is_better(self, monitor: str, mode: str, more: bool) -> None:
        stopping = EarlyStopping(monitor, patience=9, mode=mode)
        mine = trainer()
        stopping.on_fit_start(mine)
        for mine.epoch, value in enumerate([0.5, 0.9, 0.1], 1):
            mine.history.epochs.append({monitor: value})
            stopping.on_epoch_end(mine)
        assert stopping.best == (0.9 if more else 0.1)

    def several(self, monitor, rows: list[tuple[float, float]], **options):
        stopping = EarlyStopping(monitor, **{"patience": 2, "min_delta": 0.0, **options})
        mine = trainer()
        stopping.on_fit_start(mine)
        for mine.epoch, (loss, accuracy) in enumerate(rows, 1):
            mine.history.epochs.append({"val_loss": loss, "val_accuracy": accuracy})
            stopping.on_epoch_end(mine)
            if mine.history.stopped:
                break
        return stopping, mine

    def test_several_stop_only_when_none_improves(self) -> None:
        rows = [(1.0, 0.5), (2.0, 0.6), (2.0, 0.6), (0.9, 0.1), (1.0, 0.2), (1.0, 0.2), (0.0, 1.0)]
        stopping, mine = self.several(["val_loss", "val_accuracy"], rows)
        assert (mine.epoch, mine.history.stopped, stopping.waited) == (6, "patience", 2)
        assert (stopping.best, stopping.best_epoch) == (0.9, 4), "those of the first"
        assert stopping.bests == {"val_loss": 0.9, "val_accuracy": 0.6}
        stopping, mine = self.several(["val_accuracy", "val_loss"], rows)
        assert (mine.epoch, stopping.best, stopping.best_epoch) == (6, 0.6, 2)
        stopping, mine = self.several("val_loss", rows)
        assert mine.epoch == 3

    def test_each_may_have_a_mode_of_its_own(self) -> None:
        rows = [(1.0, 0.5), (2.0, 0.4), (3.0, 0.3)]
        stopping, mine = self.several({"val_loss": "max", "val_accuracy": "min"}, rows)
        assert (mine.history.stopped, stopping.bests["val_accuracy"]) == ("", 0.3)
        with pytest.raises(UnknownNameError, match="'most'"):
            EarlyStopping({"val_loss": "most"})
        with pytest.raises(InputError, match="no monitor"):
            EarlyStopping([])

    def test_bad_settings_are_refused(self) -> None:
        with pytest.raises(UnknownNameError, match="'least'"):
            EarlyStopping(mode="least")
        with pytest.raises(InputError, match="patience=0"):
            EarlyStopping(patience=0)
        with pytest.raises(InputError, match="min_delta=-1"):
            EarlyStopping(min_delta=-1)
        with pytest.raises(UnknownNameError, match=r"'val_loss'.*'loss'"):
            trainer(callbacks=[EarlyStopping()]).fit(batches())


def test_the_bar_counts_epochs_and_shows_losses(capsys) -> None:
    from asctools.training import Progress

    trainer(callbacks=[Progress()]).fit(batches(), batches(), num_epochs=3)
    shown = capsys.readouterr()
    assert "3/3" in shown.err
    assert "val_loss=" in shown.err
    assert shown.out == ""


def test_batches_are_moved_whatever_holds_them() -> None:
    meta = torch.device("meta")
    result = StepResult(X, 2.0, {"a": Y})
    moved = to_device({"pair": (X, [Y, "text"]), "named": result, "number": 3}, meta)
    assert moved["pair"][0].device == moved["pair"][1][0].device == meta
    assert moved["pair"][1][1] == "text"
    assert isinstance(moved["named"], StepResult)
    assert moved["named"].metrics["a"].device == meta
    assert moved["number"] == 3


def test_a_history_names_its_columns() -> None:
    history = History([{"loss": 1.0}, {"loss": 0.5, "accuracy": 0.9}])
    assert history["loss"] == history.losses == [1.0, 0.5]
    assert history["accuracy"] == [0.9]
    with pytest.raises(UnknownNameError, match=r"'acuracy'.*'accuracy', 'loss'.*Did you mean"):
        _ = history["acuracy"]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: trainer().fit([]), InputError, "no batch at all"),
        (lambda: trainer().fit(iter(batches()), num_epochs=2), InputError, "only once"),
        (lambda: trainer().fit(batches(), []), InputError, "no batch at all"),
        (lambda: trainer().fit(batches(), num_epochs=-1), InputError, "num_epochs=-1"),
        (lambda: trainer().fit(batches(), num_epochs=1.5), InputError, r"num_epochs=1\.5"),
        (lambda: trainer(clip_grad_norm=0), InputError, "clip_grad_norm=0"),
        (lambda: trainer(device="moon"), UnknownNameError, "'moon'"),
    ],
)
def test_bad_calls_are_refused(call, error, words) -> None:
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("loss", [0.5, torch.ones(3), None])
def test_a_step_without_a_loss_is_refused(loss) -> None:
    model = line()
    mine = Trainer(model, lambda m, b: loss, torch.optim.SGD(model.parameters(), lr=1))
    with pytest.raises((InputError, ShapeError), match=r"loss of shape \(\)"):
        mine.fit(batches())


def test_a_history_without_epochs_says_so() -> None:
    with pytest.raises(UnknownNameError, match="a history without epochs"):
        History()["loss"]
