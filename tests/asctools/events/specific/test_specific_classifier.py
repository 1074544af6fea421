"""The event-specific model: what it says, what of it learns, and that nothing leaks in."""

import copy

import numpy as np
import pytest
import torch

from asctools.errors import InputError, ShapeError, UnknownNameError
from asctools.events import EventSpecificClassifier, EventSpecificLoss, SupervisedTrainer
from asctools.events.detect import detect_events_from_sequence, detect_recording, load
from asctools.events.files import write
from asctools.events.models.specific.output import EventSpecificOutput, offsets_of
from asctools.events.trainers import calibrated, predict
from asctools.tasks.event_data import scores_of
from asctools.training.parameter_groups import by_kind
from tests.asctools.events.specific.small_specific import (
    BELLS,
    LENGTH,
    SMALL,
    loader,
    model,
    pursuit,
    rung,
)


def test_the_quick_start_works_as_written() -> None:
    torch.manual_seed(0)
    x, lengths = torch.randn(2, 400, 6), torch.tensor([400, 330])
    event_labels, event_timings = torch.ones(2, 16), 20.0 * torch.arange(16.0).expand(2, 16)
    event_logits, timing_logits, template_scores = EventSpecificClassifier(
        input_size=6, hidden_size=128, num_layers=2, num_events=16, dropout=0.3,
        template_length=80, bidirectional=True,
    )(x, lengths)  # fmt: skip
    assert event_logits.shape == (2, 16)
    assert timing_logits.shape == (2, 40, 16)
    assert template_scores.shape == (2, 400, 16)
    parts = EventSpecificLoss(
        event_weight=1.0, timing_weight=1.0, template_weight=0.5, refractory_weight=0.1
    )(event_logits, timing_logits, template_scores, event_labels, event_timings)
    assert torch.isfinite(parts.total_loss)


PLAIN = {"timing_heads": False, "whiten": False, "recurrent": "none", "event_convolutions": False}


@pytest.mark.parametrize("changes", [{}, PLAIN])
def test_every_weight_hears_of_the_loss(changes: dict[str, object]) -> None:
    made = model(started=False, **changes).train()
    batch = next(iter(loader()))
    labels = torch.ones(len(batch.data), BELLS)
    times = 100.0 + 250.0 * torch.arange(BELLS).expand(len(batch.data), BELLS)
    EventSpecificLoss()(*made(batch.data), labels, times).total_loss.backward()
    for name, weight in made.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().max() > 0, name


def test_templates_that_a_pursuit_has_learned_find_strikes_at_once_and_a_training_helps() -> None:
    torch.manual_seed(0)
    made = model()
    file, found = calibrated(made, loader(40, 2)), predict(made, loader(60, 3))
    kept = found.kept(file.threshold, made.refractory_period_samples)
    before = scores_of(kept, found.strikes, num_events=BELLS)
    assert before["F1@5"] > 0.85
    assert before["error/ms"] < 0.2, "a twenty-fifth of a frame"
    optimizer = torch.optim.Adam(made.parameters(), lr=3e-3)
    history = SupervisedTrainer(made, optimizer=optimizer).fit(loader(48, 4), num_epochs=2)
    assert history["timing_loss"][-1] < 0.7 * history["timing_loss"][0]
    assert {"event_loss", "template_loss", "refractory_loss"} <= set(history.epochs[0])
    found = predict(made, loader(60, 3))
    kept = found.kept(calibrated(made, loader(40, 2)).threshold, 900)
    assert scores_of(kept, found.strikes, num_events=BELLS)["F1@5"] >= before["F1@5"] - 0.02


def test_what_fills_a_short_window_up_changes_nothing() -> None:
    made = model().eval()
    data = torch.from_numpy(rung(4, 6)[0])
    lengths = torch.tensor([1200, 1003, 600, 250])
    with torch.no_grad():
        together = made(data, lengths)
        for row, length in enumerate(lengths.tolist()):
            alone = made(data[row : row + 1, :length])
            frames = -(-length // 10)
            near = {"atol": 2e-4, "rtol": 2e-4}
            torch.testing.assert_close(together.event_logits[row : row + 1], alone[0], **near)
            torch.testing.assert_close(together.timing_logits[row, :frames], alone[1][0], **near)
            torch.testing.assert_close(together.template_scores[row, :length], alone[2][0], **near)
        noise = data.clone()
        noise[1, 1003:] = 100.0
        assert torch.equal(made(noise, lengths).timing_logits[1, :101], together[1][1, :101])


def test_offsets_lead_from_each_frame_to_the_top_of_the_score_near_it() -> None:
    made = model().eval()
    data, strikes = rung(8, 7)
    with torch.no_grad():
        said = made(torch.from_numpy(data))
    offsets = said.timing_offsets
    assert offsets.shape == said.timing_logits.shape
    assert offsets.abs().max() <= 1.56
    for row, true in enumerate(strikes):
        for bell, time in zip(true.bells, true.times, strict=True):
            top = said.template_scores[row, :, bell].argmax().item()
            if abs(top - time) < 3:
                frame = int(top // 10)
                for k in (frame - 1, frame, frame + 1):
                    at = 10 * (k + offsets[row, k, bell].item()) + 4.5
                    assert at == pytest.approx(time, abs=0.7)


def test_offsets_of_a_short_window_know_the_frames_of_the_model() -> None:
    scores = torch.randn(1, 81, 2, generator=torch.Generator().manual_seed(0))
    short = EventSpecificOutput(torch.zeros(1, 2), torch.zeros(1, 9, 2), scores, 10)
    assert torch.equal(short.timing_offsets, offsets_of(scores, 10))
    with torch.no_grad():
        said = model().eval()(torch.from_numpy(rung(1, 5)[0][:, :81]))
    assert said.resolution == 10
    assert len(said) == 3
    assert torch.equal(said.timing_offsets, offsets_of(said.template_scores, 10))


def test_it_is_written_read_and_detects_in_recordings_of_any_length(tmp_path) -> None:
    made = model()
    write(tmp_path / "specific.npz", calibrated(made, loader(40, 2)), half=False)
    again, file = load(tmp_path / "specific.npz")
    assert file.kind == "EventSpecificClassifier"
    data, _ = rung(4, 8)
    with torch.no_grad():
        one, two = (each.eval()(torch.from_numpy(data)) for each in (made, again))
    assert torch.equal(one.timing_logits, two.timing_logits)
    signal = np.concatenate(list(data))
    how = {"threshold": file.threshold, "intervals": file.intervals}
    picks = detect_events_from_sequence(again, signal, **how).picks
    assert picks.number > 4
    cut = {"core_samples": 1000, "margin_samples": 500}
    in_pieces = detect_recording(again, signal, **how, **cut)
    assert abs(in_pieces.number - picks.number) <= 1


def test_without_rounds_the_scores_are_those_of_the_bank() -> None:
    made = model(rounds=0).eval()
    data = torch.from_numpy(rung(2, 9)[0])
    with torch.no_grad():
        right = made.bank(made.normalise(data))
        torch.testing.assert_close(made(data).template_scores, right, atol=1e-4, rtol=1e-4)
        other = copy.deepcopy(made)
        other.rounds = 2
        assert (other(data).template_scores - right).abs().max() > 1.0


def test_templates_and_heads_learn_at_rates_of_their_own() -> None:
    made = model(started=False)
    kinds = {id(each): kind for kind, held in by_kind(made).items() for each in held}
    assert kinds[id(made.bank.templates)] == kinds[id(made.bank.delays)] == "other"
    assert kinds[id(made.heads.first)] == kinds[id(made.tell.weight)] == "linear"


def test_in_a_long_recording_each_period_has_its_own_best() -> None:
    """A head that compares all strikes of an event must not compare those of an hour."""
    made = model().eval()
    torch.nn.init.normal_(made.heads.second, 0.0, 3.0)
    data, _ = rung(6, 12)
    period = int(SMALL["refractory_period_samples"])
    long = torch.from_numpy(np.concatenate([window[:period] for window in data]))[None]
    with torch.no_grad():
        other = long.clone()
        other[:, 3 * period :] = torch.from_numpy(rung(6, 13)[0][:3, :period]).flatten(0, 1)
        made.memory = None
        made.tell = torch.nn.Linear(made.meet.norm.num_features, 8 * BELLS)
        one, two = made(long).timing_logits, made(other).timing_logits
    changed = (one - two).abs().amax(dim=(0, 2))
    assert changed[: 2 * period // 10].max() < 1e-3, "two periods away nothing changes"
    assert changed[3 * period // 10 :].max() > 0.1


def test_a_frozen_backbone_stays() -> None:
    made = model()
    made.freeze_backbone()
    learning = {name.split(".")[0] for name, p in made.named_parameters() if p.requires_grad}
    assert learning == {"tell", "judge", "heads", "trust", "bias"}
    assert not made.train().meet.norm.training
    made.unfreeze_backbone()
    assert all(p.requires_grad for p in made.parameters())


def test_arguments_out_of_range_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="recurrent"):
        EventSpecificClassifier(**(SMALL | {"recurrent": "tcn"}))
    with pytest.raises(InputError, match="rounds=-1"):
        EventSpecificClassifier(**(SMALL | {"rounds": -1}))
    with pytest.raises(InputError, match="dropout"):
        EventSpecificClassifier(**(SMALL | {"dropout": 1.0}))
    with pytest.raises(InputError, match="template_length=20"):
        EventSpecificClassifier(**(SMALL | {"template_length": 20}))
    made = EventSpecificClassifier(**SMALL)
    with pytest.raises(InputError, match="has not measured its data"):
        made.start_from(pursuit())
    with pytest.raises(ShapeError, match="template"):
        model(started=False, template_length=400).start_from(pursuit())
    with pytest.raises(ShapeError, match="2"):
        made(torch.zeros(1, LENGTH, 3))
