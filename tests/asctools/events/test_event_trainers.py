"""The trainer of events: it learns, goes on to the same bits, and freezes what detection needs."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.optim import Adam
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch.utils.data import DataLoader

from asctools.bells import Picks
from asctools.errors import InputError
from asctools.events.conformal import Intervals
from asctools.events.data import EventDataset, collate_fn_supervised
from asctools.events.files import read, write
from asctools.events.losses import EventTimingLoss
from asctools.events.metrics import evaluate
from asctools.events.models import LSTMEventClassifier, UNetEventClassifier
from asctools.events.normaliser import Normaliser
from asctools.events.trainers import (
    SupervisedTrainer,
    calibrated,
    event_scores,
    predict,
    strikes_of,
)
from asctools.training import Callback, ModelCheckpoint, Trainer
from tests.asctools.events.toy_events import EVENTS, dataset, loader, rung, small_model


@pytest.fixture(scope="module")
def trained() -> SupervisedTrainer:
    model = small_model()
    trainer = SupervisedTrainer(
        model, EventTimingLoss(), Adam(model.parameters(), lr=0.02), seed=0, device="cpu"
    )
    trainer.fit(loader(96, 1, order=0), loader(24, 2), num_epochs=6)
    return trainer


def test_it_learns_which_bell_and_when(trained: SupervisedTrainer) -> None:
    f1 = trained.history["val_f1"]
    assert f1[-1] > 0.9
    untrained = predict(small_model(), loader(40, 2))
    found = predict(trained.model, loader(60, 3))
    before = evaluate(untrained.kept(0.5, 4000), untrained.strikes, num_events=EVENTS)
    after = evaluate(found.kept(0.5, 4000), found.strikes, num_events=EVENTS)
    assert before.f1 < 0.2
    assert after.f1 > 0.9
    assert after.mean_error_ms < 1.0, "less than a frame of 5 ms"
    columns = {"event_loss", "timing_loss", "offset_loss", "refractory_loss"}
    assert columns <= set(trained.history.epochs[0])


def test_the_quick_start_works_as_it_stands() -> None:
    rng = np.random.default_rng(0)
    data = rng.normal(size=(4, 300, 6)).astype(np.float32)
    event_labels = (rng.random((4, 16)) < 0.5).astype(float)
    event_timings = rng.uniform(0, 299, (4, 16))
    model = LSTMEventClassifier(
        input_size=6,
        hidden_size=16,
        num_layers=2,
        num_events=16,
        dropout=0.3,
        bidirectional=True,
    )
    batches = DataLoader(
        EventDataset(data, event_labels, event_timings),
        batch_size=2,
        shuffle=True,
        collate_fn=collate_fn_supervised,
    )
    loss_fn = EventTimingLoss(event_weight=1.0, timing_weight=1.0, refractory_weight=0.1)
    trainer = SupervisedTrainer(model, loss_fn, torch.optim.Adam(model.parameters(), lr=1e-3))
    assert isinstance(trainer, Trainer)
    history = trainer.fit(batches, num_epochs=2)
    assert len(history) == 2
    assert history.losses[1] < history.losses[0]


def test_the_training_data_are_measured_once() -> None:
    model = small_model()
    known = dataset(20, 1)
    right = Normaliser.fit(known.data)
    as_batches = [collate_fn_supervised([known[k] for k in range(20)])]
    for batches in (loader(20, 1), as_batches):
        model = small_model()
        SupervisedTrainer(model, device="cpu").fit(batches, num_epochs=0)
        assert model.normalise.fitted
        assert model.normalise.scale.numpy() == pytest.approx(right.scale)
    loud = [batch._replace(data=100 * batch.data) for batch in as_batches]
    SupervisedTrainer(model, device="cpu").fit(loud, num_epochs=0)
    assert model.normalise.scale.numpy() == pytest.approx(right.scale), "it was measured before"


class BreaksOff(Callback):
    """End the training after a step."""

    def __init__(self, after: int) -> None:
        self.after = after

    def on_save(self, trainer: Trainer) -> None:
        """Do so."""
        if trainer.iteration == self.after:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [2, 6, 7])
def test_it_goes_on_to_the_same_bits(after: int, tmp_path: Path) -> None:
    def training(*callbacks: Callback, resume_from: Path | None = None) -> SupervisedTrainer:
        model = small_model(dropout=0.2)
        optimizer = Adam(model.parameters(), lr=0.01)
        trainer = SupervisedTrainer(
            model,
            EventTimingLoss(),
            optimizer,
            scheduler=CosineAnnealingLR(optimizer, 12),
            scheduler_interval="step",
            callbacks=callbacks,
            seed=3,
            device="cpu",
        )
        train, val = loader(24, 1, crop=100, order=5), loader(8, 2)
        trainer.fit(train, val, num_epochs=3, resume_from=resume_from)
        return trainer

    whole = training()
    training(ModelCheckpoint(tmp_path, every_steps=1), BreaksOff(after))
    rest = training(resume_from=tmp_path / "last.pth")
    for name, weights in whole.model.state_dict().items():
        assert torch.equal(weights, rest.model.state_dict()[name]), name
    for one, other in zip(whole.history.epochs, rest.history.epochs, strict=True):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}


def test_calibration_freezes_what_detection_needs(
    trained: SupervisedTrainer, tmp_path: Path
) -> None:
    file = trained.calibrate(loader(40, 2), {"seed": 0}, coverage=0.8)
    found = predict(trained.model, loader(40, 2))
    curve = [
        evaluate(found.kept(threshold, 4000), found.strikes, num_events=EVENTS).f1
        for threshold in (0.03, file.threshold, 0.98)
    ]
    assert max(curve) == curve[1]
    assert (file.kind, file.about["seed"]) == ("LSTMEventClassifier", 0)
    assert isinstance(file.intervals, Intervals)
    assert (file.intervals.half_widths > 0).all()
    picks = [file.intervals.of(each) for each in found.kept(file.threshold, 4000)]
    covered = [
        abs(pick.times[k] - true.of_bell(pick.bells[k])[0]) <= pick.plus_minus[k]
        for pick, true in zip(picks, found.strikes, strict=True)
        for k in range(pick.number)
        if len(true.of_bell(pick.bells[k]))
    ]
    assert 0.7 < np.mean(covered) <= 1.0
    write(tmp_path / "model.npz", file, half=False)
    again = read(tmp_path / "model.npz")
    model = LSTMEventClassifier(**again.arguments)
    model.load_state_dict({name: torch.as_tensor(each) for name, each in again.weights.items()})
    same = predict(model, loader(40, 2))
    for one, other in zip(found.picks, same.picks, strict=True):
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_a_model_that_finds_nothing_is_no_reason_to_stop(caplog) -> None:
    model = small_model()
    torch.nn.init.constant_(model.head.bias, -20.0)
    file = calibrated(model, loader(10, 2))
    assert file.threshold == 0.5
    assert np.isinf(file.intervals.half_widths).all()
    assert "no threshold can be chosen" in caplog.text


def test_windows_of_unequal_length_are_validated_each_to_its_end() -> None:
    data, strikes = rung(6, 4)
    ends = [600, 450, 600, 500, 455, 590]
    cut = [window[:end] for window, end in zip(data, ends, strict=True)]
    inside = [true.within(0, end) for true, end in zip(strikes, ends, strict=True)]
    rows = EventDataset(cut, strikes=inside, num_events=EVENTS)
    batches = DataLoader(rows, 3, collate_fn=collate_fn_supervised)
    model = small_model()
    model.normalise.fit(data)
    found = predict(model, batches)
    alone = predict(model, DataLoader(rows, 1, collate_fn=collate_fn_supervised))
    for true, given in zip(found.strikes, inside, strict=True):
        assert true.bells.tolist() == given.bells.tolist()
        assert true.times == pytest.approx(given.times, abs=1e-3)
    for one, other in zip(found.picks, alone.picks, strict=True):
        assert one.times == pytest.approx(other.times, abs=1e-3)


def test_the_score_of_an_epoch_is_the_best_over_thresholds() -> None:
    strikes = np.array([[0, 1, 100.0, -1], [1, 0, 200.0, -1], [1, 1, 300.0, -1]])
    picks = np.array([[0, 1, 105.0, 0.6], [1, 0, 190.0, 0.5], [1, 1, 500.0, 0.3]])
    # Above 0.3 one of three is missed: 2 · 2 / (2 + 3)
    assert event_scores({"picks": picks, "strikes": strikes})["f1"] == pytest.approx(4 / 5)
    slow = event_scores({"picks": picks, "strikes": strikes}, rate=800.0)["f1"]
    assert slow == pytest.approx(2 / 4), "10 samples are 12.5 ms there"
    assert event_scores({"picks": picks[:0], "strikes": strikes})["f1"] == 0.0


def test_strikes_come_back_from_a_batch() -> None:
    (batch,) = DataLoader(dataset(5, 7), 5, collate_fn=collate_fn_supervised)
    _, strikes = rung(5, 7)
    for mine, true in zip(strikes_of(batch), strikes, strict=True):
        assert mine.bells.tolist() == true.bells.tolist()
        assert mine.times == pytest.approx(true.times, abs=1e-3)


def test_the_rival_trains_as_well() -> None:
    model = UNetEventClassifier(2, EVENTS, features=(8, 8, 8, 8))
    trainer = SupervisedTrainer(model, optimizer=Adam(model.parameters(), lr=0.01), device="cpu")
    losses = trainer.fit(loader(40, 1, order=0), num_epochs=3).losses
    assert losses[-1] < 0.7 * losses[0]
    file = calibrated(model, loader(20, 2))
    assert file.kind == "UNetEventClassifier"
    assert isinstance(predict(model, loader(8, 3)).picks[0], Picks)


def test_a_loss_with_other_frames_than_the_model_is_refused() -> None:
    model = LSTMEventClassifier(2, 4, 1, 3, features=(4, 4, 4))
    with pytest.raises(InputError, match=r"frames of 20 samples .* timing_resolution_samples=10"):
        SupervisedTrainer(model, EventTimingLoss(timing_resolution_samples=20))
    SupervisedTrainer(model, EventTimingLoss(timing_resolution_samples=10))
