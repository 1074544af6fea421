"""The classifier: shapes, padding, what it may look at, and what is frozen."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells.highpass import HighPass
from asctools.errors import AscError, InputError, ShapeError, UnknownNameError
from asctools.events.models import EventOutput, LSTMEventClassifier, UNetEventClassifier
from asctools.events.models.front_end import strides_of
from asctools.events.models.layers import LocalAttention
from asctools.events.models.output import soft_maximum

C, E = 3, 2
SMALL = {"input_size": C, "hidden_size": 8, "num_events": E, "dropout": 0.0}
FRONT = {"features": (4, 6, 8), "kernels": (21, 11, 5)}


def readings(n: int = 2, length: int = 300, seed: int = 0) -> torch.Tensor:
    drawn = np.random.default_rng(seed).normal(size=(n, length, C))
    return torch.from_numpy(drawn.astype(np.float32))


def small(**arguments: object) -> LSTMEventClassifier:
    """A model whose batch normalisations have seen something, ready to be asked."""
    torch.manual_seed(0)
    model = LSTMEventClassifier(**{**SMALL, **FRONT, **arguments})
    with torch.no_grad():
        for seed in range(3):
            model(readings(8, seed=seed))
    return model.eval()


def asked(model: torch.nn.Module, x: torch.Tensor, lengths: object = None) -> EventOutput:
    with torch.no_grad():
        said: EventOutput = model(x, lengths)
    return said


KINDS = [
    {},
    {"recurrent": "tcn"},
    {"recurrent": "none"},
    {"attention": "local"},
    {"attention": "all", "recurrent": "none"},
    {"num_layers": 2, "bidirectional": False},
]


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_nothing(kind: dict) -> None:
    model = small(**kind)
    for length in (300, 203, 37):
        alone = asked(model, readings(length=300)[:, :length])
        padded = asked(model, readings(length=300), [length] * 2)
        count = -(-length // 10)
        assert alone.timing_logits.shape == (2, count, E)
        for own, other in zip(alone, padded, strict=True):
            cut = other[:, :count] if other.ndim == 3 else other
            torch.testing.assert_close(own, cut, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", [{}, {"recurrent": "tcn"}, {"attention": "local"}])
def test_a_causal_model_sees_no_further_than_it_says(kind: dict) -> None:
    model = small(causal=True, lookahead_frames=4, **kind)
    x = readings()
    now = asked(model, x)
    frame = 12
    last = 10 * (frame + 4) + 9  # the last sample that frame 12 may know of
    for change, same in ((last + 1, True), (last, False)):
        other = x.clone()
        other[:, change:] += 1.0
        then = asked(model, other)
        assert torch.equal(
            then.timing_logits[:, : frame + 1], now.timing_logits[:, : frame + 1]
        ) == (same)


def test_a_causal_model_says_of_a_piece_what_it_says_of_all() -> None:
    model = small(causal=True, lookahead_frames=3)
    x = readings(length=400)
    whole, piece = asked(model, x), asked(model, x[:, :250])
    known = 25 - 3  # what comes later is silence for the piece
    torch.testing.assert_close(
        piece.timing_logits[:, :known], whole.timing_logits[:, :known], rtol=1e-5, atol=1e-6
    )
    padded = asked(model, x, [250, 250])
    torch.testing.assert_close(padded.timing_logits[:, :25], piece.timing_logits)


def test_both_ways_look_ahead() -> None:
    model = small()
    x = readings()
    other = x.clone()
    other[:, 250:] += 1.0
    assert not torch.equal(asked(model, x)[1][:, :10], asked(model, other)[1][:, :10])


@pytest.mark.equation("eq-soft-maximum")
@settings(deadline=None, max_examples=20)
@given(st.integers(1, 30), st.integers(0, 99))
def test_the_odds_of_a_window_are_the_sum_of_those_of_its_frames(count: int, seed: int) -> None:
    logits = torch.from_numpy(np.random.default_rng(seed).normal(0, 3, size=(2, count, 3)))
    ones = torch.ones(1, 1, 1, dtype=logits.dtype)
    assert torch.allclose(soft_maximum(logits, ones).exp(), logits.exp().sum(1))
    valid = (torch.arange(count) < max(1, count // 2))[None, :, None].double()
    assert torch.allclose(soft_maximum(logits, valid), soft_maximum(logits * 1.0, valid))
    cut = logits[:, : max(1, count // 2)]
    assert torch.allclose(soft_maximum(logits, valid), soft_maximum(cut, ones))
    assert (soft_maximum(logits, ones) >= logits.amax(1)).all()


def test_readings_are_normalised_inside() -> None:
    model = LSTMEventClassifier(**SMALL, **FRONT).eval()
    x = 5.0 + 3.0 * readings(4, 600)
    assert not model.normalise.fitted
    model.normalise.fit(x.numpy())
    filtered, _ = HighPass(15.0, 2000.0)(x.numpy())
    scaled = model.normalise(x).numpy()
    np.testing.assert_allclose(scaled, filtered / model.normalise.scale.numpy(), rtol=1e-5)
    assert 0.5 < scaled.std() < 2.0
    again = LSTMEventClassifier(**model.arguments)
    again.load_state_dict(model.state_dict())
    assert again.normalise.fitted
    for own, other in zip(asked(model, x), asked(again.eval(), x), strict=True):
        assert torch.equal(own, other)
    with pytest.raises(InputError, match="a normaliser of 3 channels"):
        LSTMEventClassifier(5).normalise.take(model.normalise.normaliser())


def test_a_frozen_backbone_stays_as_it_is() -> None:
    model = LSTMEventClassifier(**SMALL, **FRONT)
    model.freeze_backbone()
    learning = {name for name, each in model.named_parameters() if each.requires_grad}
    assert learning == {"head.weight", "head.bias"}
    before = {name: each.clone() for name, each in model.state_dict().items()}
    model.train()
    said = model(readings())
    said.event_logits.sum().backward()
    torch.optim.SGD([each for each in model.parameters() if each.requires_grad], 0.1).step()
    moved = {n for n, each in model.state_dict().items() if not torch.equal(each, before[n])}
    assert moved == {"head.weight", "head.bias"}, "the running means of a frozen layer moved"
    model.unfreeze_backbone()
    assert all(each.requires_grad for each in model.parameters())
    model.train()
    model(readings())
    mean = "front_end.layers.0.norm.running_mean"
    assert not torch.equal(model.state_dict()[mean], before[mean])


def test_embeddings_are_what_the_head_sees() -> None:
    model = small()
    with torch.no_grad():
        seen = model.get_embeddings(readings())
        said = model.head(seen)
    assert seen.shape == (2, 30, 8 + 16)
    assert torch.equal(said[..., :E], asked(model, readings()).timing_logits)


def test_with_frames_of_one_sample_it_is_the_published_design() -> None:
    model = LSTMEventClassifier(**SMALL, timing_resolution_samples=1, attention="all").eval()
    assert not list(model.front_end.parameters())
    said = asked(model, readings(length=50))
    assert said.timing_logits.shape == said.timing_offsets.shape == (2, 50, E)
    assert said.event_logits.shape == (2, E)


def test_attention_asks_no_further_than_it_says() -> None:
    attention = LocalAttention(8, width=3, causal=True).eval()
    x = torch.from_numpy(np.random.default_rng(1).normal(size=(1, 20, 8)).astype(np.float32))
    ones = torch.ones(1, 20, 1)
    for at in (6, 11):
        other = x.clone()
        other[0, at] += torch.linspace(-1.0, 1.0, 8) ** 2
        with torch.no_grad():
            moved = (attention(other, ones) - attention(x, ones)).abs().amax(2)[0] > 1e-6
        assert torch.nonzero(moved)[:, 0].tolist() == [at, at + 1, at + 2, at + 3]


def test_strides_make_the_resolution() -> None:
    assert [strides_of(n) for n in (1, 5, 10, 12, 20)] == [(1, 1), (1, 5), (2, 5), (3, 4), (4, 5)]
    for resolution in (5, 20):
        said = asked(small(timing_resolution_samples=resolution), readings())
        assert said.timing_logits.shape == (2, 300 // resolution, E)


def test_the_rival_has_the_same_interface() -> None:
    torch.manual_seed(0)
    model = UNetEventClassifier(C, E, features=(4, 6, 8, 8), dropout=0.0)
    model(readings(8))
    model.eval()
    alone = asked(model, readings()[:, :203])
    padded = asked(model, readings(), [203, 203])
    assert alone.timing_logits.shape == alone.timing_offsets.shape == (2, 21, E)
    for own, other in zip(alone, padded, strict=True):
        cut = other[:, :21] if other.ndim == 3 else other
        torch.testing.assert_close(own, cut, rtol=1e-5, atol=1e-6)
    assert UNetEventClassifier(**model.arguments).arguments == model.arguments
    with pytest.raises(InputError, match="timing_resolution_samples=5"):
        UNetEventClassifier(timing_resolution_samples=5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hidden_size": 0}, "hidden_size=0"),
        ({"timing_resolution_samples": 2.5}, r"timing_resolution_samples=2\.5"),
        ({"recurrent": "gru"}, "recurrent 'gru'.*'lstm'"),
        ({"attention": "lokal"}, "Did you mean 'local'"),
        ({"dropout": 1.0}, r"dropout=1\.0"),
        ({"features": (48, 0, 64)}, r"features\[1\]=0"),
        ({"kernels": (61, 11)}, r"kernels=\[61, 11\]"),
        ({"kernels": (1, 11, 5)}, r"kernels=\[1, 11, 5\]"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict, message: str) -> None:
    with pytest.raises((InputError, UnknownNameError), match=message):
        LSTMEventClassifier(**arguments)


def test_wrong_readings_are_named() -> None:
    model = small()
    for x in (readings()[..., :2], torch.zeros(2, 0, C), readings().double()):
        with pytest.raises(AscError):
            model(x)
    with pytest.raises(ShapeError, match="lengths"):
        model(readings(), [301, 300])
