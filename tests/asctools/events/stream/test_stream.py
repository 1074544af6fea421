"""A stream says what the whole recording says, at every cut, in memory that stays as it is."""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells import Picks
from asctools.errors import CheckpointError, InputError, ShapeError
from asctools.events import StreamingDetector, files
from asctools.events.decode import picks_from_scores
from asctools.events.stream import CausalNetwork
from tests.asctools.events.small import classifier, model_file, readings

KINDS = {
    "lstm": {},
    "two layers": {"num_layers": 2, "hidden_size": 12},
    "tcn": {"recurrent": "tcn"},
    "none": {"recurrent": "none"},
    "short frames": {"timing_resolution_samples": 4, "lookahead_frames": 3},
    "full rate": {"timing_resolution_samples": 1, "recurrent": "none"},
}
OFTEN = settings(deadline=None, max_examples=25, derandomize=True)


@cache
def file(kind: str = "lstm") -> files.ModelFile:
    return model_file(classifier(causal=True, **KINDS[kind]))


@cache
def whole(kind: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    """What PyTorch says of a whole recording."""
    with torch.no_grad():
        out = classifier(causal=True, **KINDS[kind])(torch.from_numpy(readings()[:n])[None])
    return out.timing_logits[0].numpy(), out.timing_offsets[0].numpy()


def streamed(kind: str, pieces: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    network = CausalNetwork(file(kind))
    said = [network.push(piece) for piece in pieces] + [network.finish()]
    return tuple(np.concatenate(part) for part in zip(*said, strict=True))  # type: ignore[return-value]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [2000, 1237])
def test_frame_by_frame_is_the_whole(kind, n) -> None:
    frame = file(kind).arguments["timing_resolution_samples"]
    pieces = np.split(readings()[:n], range(frame, n, frame))
    for part, expected in zip(streamed(kind, pieces), whole(kind, n), strict=True):
        assert np.ptp(expected) > 1
        np.testing.assert_allclose(part, expected, atol=1e-5)


@OFTEN
@given(st.sampled_from(["lstm", "tcn"]), st.lists(st.integers(0, 3001), max_size=12))
def test_cuts_change_nothing(kind, cuts) -> None:
    pieces = np.split(readings()[:3001], sorted(cuts))
    for part, expected in zip(streamed(kind, pieces), whole(kind, 3001), strict=True):
        np.testing.assert_allclose(part, expected, atol=1e-5)


def test_a_long_piece_is_taken_in_parts() -> None:
    for part, expected in zip(streamed("lstm", [readings()]), whole("lstm", 6000), strict=True):
        np.testing.assert_allclose(part, expected, atol=1e-5)


def committed(detector: StreamingDetector, pieces: list[np.ndarray]) -> Picks:
    return Picks.together([*(detector.push(piece) for piece in pieces), detector.finish()])


@pytest.mark.parametrize("threshold", [0.2, 0.6, 0.75])
def test_an_endless_delay_gives_the_best_set_of_the_whole(threshold) -> None:
    detector = StreamingDetector(
        file(), threshold=threshold, period_samples=700, delay_samples=np.inf
    )
    found = committed(detector, np.split(readings(), 40))
    logits, offsets = whole("lstm", 6000)
    scores = 1 / (1 + np.exp(-logits.astype(np.float64)))
    expected = picks_from_scores(
        scores, np.clip(offsets, -2, 2), threshold, refractory_period_samples=700
    )
    assert found.number == expected.number > 3
    np.testing.assert_array_equal(found.bells, expected.bells)
    np.testing.assert_allclose(found.times, expected.times, atol=1e-3)
    np.testing.assert_allclose(found.scores, expected.scores, atol=1e-5)


@settings(deadline=None, max_examples=12, derandomize=True)
@given(
    st.lists(st.integers(0, 6000), max_size=30),
    st.sampled_from([0.0, 200.0, 1000.0]),
    st.sampled_from([0.3, 0.7]),
)
def test_cuts_change_no_strike(cuts, delay, threshold) -> None:
    how = {"threshold": threshold, "period_samples": 700, "delay_samples": delay}
    once = committed(StreamingDetector(file(), **how), [readings()])
    often = committed(StreamingDetector(file(), **how), np.split(readings(), sorted(cuts)))
    assert once.number > 3
    np.testing.assert_array_equal(often.bells, once.bells)
    np.testing.assert_allclose(often.times, once.times, atol=1e-2)


def test_a_strike_is_committed_within_the_latency_that_is_stated() -> None:
    detector = StreamingDetector(file(), threshold=0.6, period_samples=700, delay_samples=300)
    late = []
    for now in range(10, 6001, 10):
        picks = detector.push(readings()[now - 10 : now])
        late += (now - picks.times).tolist()
    assert len(late) > 10
    # A score that stays at its highest for some frames is a peak when it falls, not before
    assert max(late) <= detector.latency_samples + 10
    assert min(late) >= 300


def test_without_the_rule_every_peak_is_a_strike() -> None:
    free = committed(StreamingDetector(file(), apply_refractory=False), [readings()])
    kept = committed(StreamingDetector(file()), [readings()])
    logits, offsets = whole("lstm", 6000)
    scores = 1 / (1 + np.exp(-logits.astype(np.float64)))
    expected = picks_from_scores(scores, offsets, 0.6, refractory_period_samples=None)
    assert free.number == expected.number > kept.number > 0


def test_no_strike_is_claimed_in_a_gap() -> None:
    valid = np.ones(6000, dtype=bool)
    valid[1003:2011] = False
    free = {"apply_refractory": False}
    detector = StreamingDetector(file(), **free)
    parts = [slice(k, k + 37) for k in range(0, 6000, 37)]
    found = Picks.together(
        [*(detector.push(readings()[at], valid[at]) for at in parts), detector.finish()]
    )
    everywhere = committed(StreamingDetector(file(), **free), [readings()])
    away = (everywhere.times < 970) | (everywhere.times > 2040)
    inside = (everywhere.times > 1030) & (everywhere.times < 1980)
    assert inside.any() and not ((found.times > 1030) & (found.times < 1980)).any()
    outside = found.kept((found.times < 970) | (found.times > 2040))
    np.testing.assert_allclose(outside.times, everywhere.times[away], atol=1e-2)


def test_it_begins_anew_after_the_end() -> None:
    detector = StreamingDetector(file())
    first = committed(detector, [readings()])
    second = committed(detector, [readings()])
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_recording_that_was_too_short_leaves_nothing_behind() -> None:
    detector = StreamingDetector(file())
    detector.push(readings()[:153])
    detector.finish()
    again = committed(detector, [readings()])
    expected = committed(StreamingDetector(file()), [readings()])
    np.testing.assert_array_equal(again.times, expected.times)


def test_a_recording_that_could_not_be_finished_leaves_nothing_behind() -> None:
    detector = StreamingDetector(file())
    detector.push(readings()[:153])
    detector.network.lookahead = -(10**6)  # nothing can be finished so
    with pytest.raises(ValueError):
        detector.finish()
    again = committed(detector, [readings()])
    expected = committed(StreamingDetector(file()), [readings()])
    np.testing.assert_array_equal(again.times, expected.times)


@pytest.mark.parametrize("rate", [1000, 2000])
def test_it_waits_for_half_a_second_of_the_model_s_own_rate(rate) -> None:
    own = file()._replace(arguments={**file().arguments, "rate": rate})
    late = StreamingDetector(own).latency_samples
    assert late - StreamingDetector(own, delay_samples=0).latency_samples == rate / 2


@pytest.mark.parametrize("name", ["threshold", "delay_samples", "period_samples"])
@pytest.mark.parametrize("value", ["a", True, np.nan])
def test_settings_that_are_no_number_are_refused(name, value) -> None:
    with pytest.raises(InputError, match=name):
        StreamingDetector(file(), **{name: value})


def test_intervals_and_threshold_are_those_of_the_file() -> None:
    found = committed(StreamingDetector(file()), [readings()])
    assert found.scores.min() >= 0.6
    np.testing.assert_array_equal(found.plus_minus, np.where(found.scores < 0.8, 6.0, 2.0))


def size(detector: StreamingDetector) -> int:
    """Bytes of all that it keeps; what cannot be kept in a file is small and does not grow."""
    kept = {name: value for name, value in vars(detector).items() if name != "_refractory"}
    return len(pickle.dumps((kept, detector._refractory.pending)))


@pytest.mark.parametrize("threshold", [0.2, 0.999])
def test_memory_stays_as_it_is(threshold) -> None:
    detector = StreamingDetector(file(), threshold=threshold)
    sizes = []
    for _ in range(8):
        for piece in np.split(readings(), 60):
            detector.push(piece)
        sizes.append(size(detector))
    assert max(sizes[4:]) <= 1.02 * max(sizes[:4])


@pytest.mark.parametrize(
    ("samples", "error", "said"),
    [
        (readings(2000)[:, :3], ShapeError, r"\(n, 6\)"),
        (readings(2000)[0], ShapeError, r"\(6,\)"),
        (np.full((20, 6), np.nan), InputError, "NaN"),
        (readings(2000).astype(np.int16), InputError, "full_scale"),
    ],
)
def test_samples_that_cannot_be_read_are_refused_and_not_taken(samples, error, said) -> None:
    detector = StreamingDetector(file())
    early = detector.push(readings()[:3005])
    with pytest.raises(error, match=said):
        detector.push(samples)
    with pytest.raises(ShapeError, match="one for each sample"):
        detector.push(readings()[:10], np.ones(9, dtype=bool))
    found = Picks.together([early, committed(detector, [readings()[3005:]])])
    expected = committed(StreamingDetector(file()), [readings()])
    np.testing.assert_allclose(found.times, expected.times, atol=1e-2)


def test_nothing_gives_nothing() -> None:
    detector = StreamingDetector(file())
    assert detector.push(np.zeros((0, 6))).number == 0
    assert detector.finish().number == 0


@pytest.mark.parametrize("threshold", [0.0, 1.0, np.nan])
def test_a_threshold_out_of_range_is_refused(threshold) -> None:
    with pytest.raises(InputError, match="threshold"):
        StreamingDetector(file(), threshold=threshold)


@pytest.mark.parametrize("changes", [{}, {"causal": True, "attention": "local"}])
def test_a_model_that_needs_the_whole_is_refused(changes) -> None:
    with pytest.raises(CheckpointError, match="standard-causal"):
        StreamingDetector(model_file(classifier(**changes)))


def test_a_model_without_its_weights_is_refused() -> None:
    weights = {n: w for n, w in file().weights.items() if not n.startswith("head.")}
    with pytest.raises(CheckpointError, match="weights cannot be used"):
        StreamingDetector(file()._replace(weights=weights))


def test_it_needs_no_pytorch(tmp_path) -> None:
    files.write(tmp_path / "m.npz", file())
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "import numpy as np\n"
        "from asctools.events import StreamingDetector\n"
        f"detector = StreamingDetector({str(tmp_path / 'm.npz')!r})\n"
        "x = np.random.default_rng(0).normal(size=(3000, 6))\n"
        "print(detector.push(x).number + detector.finish().number)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 0
