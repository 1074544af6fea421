"""Going on carefully: rates by depth, and a backbone that thaws."""

import pytest
import torch
from torch.optim import Adam

from asctools.errors import InputError
from asctools.events.losses import EventTimingLoss
from asctools.events.pretraining import Thaw, layerwise_rates
from asctools.events.trainers import SupervisedTrainer
from asctools.training import Callback, Trainer
from tests.asctools.events.toy_events import loader, small_model


def test_rates_fall_from_the_head_to_the_readings() -> None:
    model = small_model()
    groups = layerwise_rates(model, 0.8, decay=0.5)
    assert [(group["name"], group["lr"]) for group in groups] == [
        ("head", 0.8),
        ("memory", 0.4),
        ("front_end.2", 0.2),
        ("front_end.1", 0.1),
        ("front_end.0", 0.05),
    ]
    given = [id(each) for group in groups for each in group["params"]]
    assert sorted(given) == sorted(map(id, model.parameters())), "each once"
    assert groups[-1]["params"] == list(model.front_end.layers[0].parameters())
    assert len(Adam(groups).param_groups) == 5
    with pytest.raises(InputError, match="decay=0"):
        layerwise_rates(model, 0.8, decay=0)
    with pytest.raises(InputError, match=r"decay=2\.0"):
        layerwise_rates(model, 0.8, decay=2.0)
    with pytest.raises(InputError, match="Linear, which has no backbone"):
        layerwise_rates(torch.nn.Linear(2, 2))


class Moved(Callback):
    """Write down in each epoch which parts of the model have moved."""

    def __init__(self) -> None:
        self.epochs: list[list[str]] = []

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Remember."""
        self.before = {n: each.clone() for n, each in trainer.model.state_dict().items()}

    def on_epoch_end(self, trainer: Trainer) -> None:
        """Compare, running means included."""
        after = trainer.model.state_dict()
        names = [name for name, each in self.before.items() if not torch.equal(each, after[name])]
        self.epochs.append(sorted({_part(name) for name in names}))


def _part(name: str) -> str:
    parts = name.split(".")
    return f"front_end.{parts[2]}" if parts[0] == "front_end" else parts[0]


@pytest.mark.parametrize(
    ("thaw", "frozen"),
    [(Thaw(0), [0, 0]), (Thaw(2), [4, 4, 0, 0]), (Thaw(1, 1), [4, 3, 2, 1, 0, 0]),
     (Thaw(1, 2), [4, 3, 3, 2, 2, 1, 1, 0])],
)  # fmt: skip
def test_stages_thaw_when_they_are_due(thaw: Thaw, frozen: list[int]) -> None:
    assert [thaw.frozen(epoch, 4) for epoch in range(1, len(frozen) + 1)] == frozen


def test_what_is_frozen_does_not_move() -> None:
    model, moved = small_model(), Moved()
    trainer = SupervisedTrainer(
        model, EventTimingLoss(), Adam(layerwise_rates(model, 0.01)),
        callbacks=[Thaw(1, 1), moved], seed=0, device="cpu",
    )  # fmt: skip
    trainer.fit(loader(8, 1), num_epochs=5)
    stages = ["front_end.0", "front_end.1", "front_end.2", "head", "memory"]
    assert moved.epochs == [
        ["head"],
        ["head", "memory"],
        ["front_end.2", "head", "memory"],
        stages[1:],
        stages,
    ]


def test_a_training_that_goes_on_is_as_frozen_as_it_was() -> None:
    model, moved = small_model(), Moved()
    settings = {"callbacks": [Thaw(3), moved], "seed": 0, "device": "cpu"}
    trainer = SupervisedTrainer(model, EventTimingLoss(), Adam(model.parameters()), **settings)
    for _ in range(2):
        trainer.fit(loader(8, 1), num_epochs=2)
    assert [len(parts) for parts in moved.epochs] == [1, 1, 1, 5]


def test_what_is_no_number_of_epochs_is_refused() -> None:
    with pytest.raises(InputError, match="after_epochs=-1"):
        Thaw(-1)
    with pytest.raises(InputError, match=r"after_epochs=1\.5"):
        Thaw(1.5)
    trainer = SupervisedTrainer(small_model(), callbacks=[Thaw(1)], device="cpu")
    trainer.model = torch.nn.Linear(2, 2)
    with pytest.raises(InputError, match="no backbone"):
        trainer.callbacks[0].on_fit_start(trainer)
