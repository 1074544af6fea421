"""The re-scorer: trained on a small world, kept in a file, and asked about long recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from asctools.bells import Picks, Strikes
from asctools.bells.pursuit.features import Described, names_of
from asctools.cli import main
from asctools.errors import CheckpointError, InputError
from asctools.events import PursuitRescorer, evaluate, files, read_strikes
from asctools.events.detect import load
from asctools.events.rescoring import CandidateReader
from asctools.events.rescoring.data import CandidateDataset, collate_candidates, columns, table
from asctools.events.rescoring.rhythm import NAMES, rhythm
from asctools.events.rescoring.step import candidate_scores, candidate_step
from tests.asctools.bells.pursuit.conftest import LENGTH, PERIOD, World

SMALL = {"width": 16, "hidden_size": 8, "length": LENGTH, "refractory_period_samples": PERIOD}
TRAINED = {"epochs": 10, "batch_size": 4}
NOISE = 6.0  # of the small world: some strikes drown


@pytest.fixture(scope="module")
def noisy() -> tuple[list[np.ndarray], list[Strikes]]:
    world = World()
    strikes = [world.ring(1500, seed) for seed in range(70)]
    return [world.signal(s, 1500, NOISE, seed) for seed, s in enumerate(strikes)], strikes


@pytest.fixture(scope="module")
def fitted(noisy) -> PursuitRescorer:
    signals, strikes = noisy
    held = (signals[50:], strikes[50:])
    return PursuitRescorer(3, **SMALL).fit(signals[:50], strikes[:50], held, **TRAINED)


def described(times: list[float], bells: list[int], alone: float = 3.0) -> Described:
    features = np.zeros((len(times), len(names_of(2))), dtype=np.float32)
    features[:, names_of(2).index("score alone")] = alone
    picks = Picks.make(bells, times, np.ones(len(times)))
    return Described(picks, features)


def test_it_finds_strikes_and_is_no_worse_than_the_pursuit(fitted) -> None:
    world = World()
    strikes = [world.ring(1500, seed) for seed in range(200, 240)]
    signals = [world.signal(s, 1500, NOISE, 200 + k) for k, s in enumerate(strikes)]
    own = evaluate([fitted.detect(x) for x in signals], strikes)
    alone = evaluate([fitted.pursuit.detect(x) for x in signals], strikes)
    assert own.f1 > max(0.5, alone.f1 - 0.03)
    shuffled = evaluate([fitted.detect(x) for x in signals], strikes[::-1])
    assert shuffled.f1 < 0.5 * own.f1


def test_the_period_is_kept_unless_it_is_asked_not_to(fitted) -> None:
    world = World()
    signal = world.signal(world.ring(6000, 3), 6000, NOISE, 3)
    found = fitted.detect(signal, 0.05)
    gaps = [np.diff(found.times[found.bells == bell]).min(initial=np.inf) for bell in range(3)]
    assert min(gaps) >= PERIOD
    free = fitted.detect(signal, 0.05, apply_refractory=False)
    assert free.number >= found.number > 10
    np.testing.assert_array_equal(free.times, fitted.candidates(signal).above(0.05).times)
    once = fitted.detect(signal, 0.05, period_samples=6000)
    assert np.unique(once.bells).size == once.number


def test_a_file_gives_the_same_strikes(fitted, noisy, tmp_path: Path) -> None:
    fitted.save(tmp_path / "r.npz")
    again = PursuitRescorer.load(tmp_path / "r.npz")
    signal = noisy[0][60]
    before, after = fitted.candidates(signal), again.candidates(signal)
    np.testing.assert_array_equal(before.bells, after.bells)
    np.testing.assert_array_equal(before.times, after.times)
    np.testing.assert_array_equal(before.scores, after.scores)
    assert again.threshold == fitted.threshold and again.normaliser is not None
    assert again.settings == fitted.settings and again.pursuit.settings == fitted.pursuit.settings
    again.save(tmp_path / "small.npz", half=True)
    small = PursuitRescorer.load(tmp_path / "small.npz").candidates(signal)
    np.testing.assert_allclose(small.scores, after.scores, atol=0.1)


def test_a_file_that_does_not_fit_is_refused(fitted, tmp_path: Path) -> None:
    whole = fitted.file()
    lacking = {n: w for n, w in whole.weights.items() if n != "pursuit/waveforms"}
    for changed in (
        whole._replace(kind="LSTMEventClassifier"),
        whole._replace(weights=lacking),
        whole._replace(arguments={**whole.arguments, "reader": {"num_features": 3}}),
    ):
        files.write(tmp_path / "bad.npz", changed)
        with pytest.raises(CheckpointError):
            PursuitRescorer.load(tmp_path / "bad.npz")
    fitted.save(tmp_path / "r.npz")
    with pytest.raises(CheckpointError, match=r"PursuitRescorer\.load"):
        load(tmp_path / "r.npz")
    with pytest.raises(InputError, match="Call fit"):
        PursuitRescorer(3, **SMALL).detect(np.zeros((1500, 2), dtype=np.float32))


def test_the_command_detects_with_it(fitted, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    world = World()
    signal = world.signal(world.ring(6000, 3), 6000, NOISE, 3)
    np.save("r.npy", signal)
    fitted.save("m.npz")
    words = ("--checkpoint", "m.npz", "--rate", "2000", "--out", "s.csv", "--quiet")
    assert main(["detect", "r.npy", *words]) == 0
    found = fitted.detect(signal)
    written = read_strikes("s.csv", 2000)
    np.testing.assert_array_equal(written.bells, found.bells)
    np.testing.assert_allclose(written.times, found.times, atol=1e-3)


def test_one_long_recording_is_enough_to_learn_from(noisy) -> None:
    signals, strikes = noisy
    starts = 1500 * np.arange(30)
    long = np.concatenate(signals[:30])
    bells = np.concatenate([s.bells for s in strikes[:30]])
    times = np.concatenate([s.times + at for s, at in zip(strikes[:30], starts, strict=True)])
    free = {**SMALL, "refractory_period_samples": 0}
    rescorer = PursuitRescorer(3, **free).fit([long], [Strikes.make(bells, times)], epochs=1)
    assert rescorer.candidates(signals[40]).number > 0


def test_long_recordings_are_read_in_pieces(fitted) -> None:
    rng = np.random.default_rng(0)
    many = described(np.cumsum(rng.uniform(50, 200, 4500)).tolist(), [0, 1, 2] * 1500)
    many = many._replace(features=rng.normal(size=many.features.shape).astype(np.float32))
    reader, whole = fitted.reader, torch.from_numpy(table(many))[None]
    with torch.no_grad():
        logits = reader(whole, torch.from_numpy(many.picks.bells)[None], torch.tensor([4500]))[0]
    np.testing.assert_allclose(fitted._read(many).scores, logits.sigmoid().numpy(), atol=1e-5)


@pytest.mark.parametrize(
    "odd",
    [{"width": 0}, {"hidden_size": 2.5}, {"dropout": 1.0}, {"dropout": "a"}, {"recurrent": "yes"},
     {"spare": -1}, {"least_score": float("nan")}, {"length": 20}],
)  # fmt: skip
def test_odd_settings_are_named(odd: dict) -> None:
    with pytest.raises(InputError, match=next(iter(odd))):
        PursuitRescorer(3, **{**SMALL, **odd})


def test_odd_thresholds_and_batches_are_refused(fitted, noisy) -> None:
    for odd in (float("nan"), 1.5, -0.1):
        with pytest.raises(InputError):
            fitted.detect(noisy[0][0], odd)
    with pytest.raises(InputError, match="batch_size"):
        PursuitRescorer(3, **SMALL).fit(noisy[0][:20], noisy[1][:20], batch_size=0)


def test_silence_has_no_strike(fitted) -> None:
    assert fitted.detect(np.full((1500, 2), 9.81, dtype=np.float32)).number == 0


def test_a_seed_decides_everything_and_leaves_the_generator_alone(fitted, noisy) -> None:
    signals, strikes = noisy
    held = (signals[50:], strikes[50:])
    before = torch.get_rng_state()
    again = PursuitRescorer(3, **SMALL).fit(signals[:50], strikes[:50], held, **TRAINED)
    assert torch.equal(before, torch.get_rng_state())
    scores = [each.candidates(signals[60]).scores for each in (fitted, again)]
    np.testing.assert_array_equal(*scores)


def test_rhythm_tells_waits_and_rows() -> None:
    told = rhythm(described([1000, 1400, 5000, 9000], [0, 1, 0, 0]))
    of = {name: told[:, k] for k, name in enumerate(NAMES)}
    np.testing.assert_allclose(of["since any"][1], np.log1p(400 / 20), rtol=1e-6)
    np.testing.assert_allclose(of["until any"][0], np.log1p(400 / 20), rtol=1e-6)
    assert of["rows since its own"].tolist() == pytest.approx([3, 3, 1, 1])
    assert of["rows until its own"].tolist() == pytest.approx([1, 3, 1, 3])
    weak = rhythm(described([1000, 1400, 5000, 9000], [0, 1, 0, 0], alone=0.5))
    assert (weak[:, NAMES.index("since its own")] == np.log1p(8000 / 20).astype("f4")).all()
    np.testing.assert_array_equal(weak[:, :2], told[:, :2])
    assert rhythm(described([], [])).shape == (0, len(NAMES))


def test_batches_are_filled_up_and_targets_are_right() -> None:
    first, second = described([100, 300, 900], [0, 1, 0]), described([50.0], [2])
    true = [Strikes.make([0, 0], [104.0, 920.0]), Strikes.make([2], [40.0])]
    data = CandidateDataset([first, second, described([], [])], [*true, Strikes.none()])
    with pytest.raises(InputError, match="without a single candidate"):
        CandidateDataset([described([], [])], [Strikes.none()])
    assert len(data) == 2, "a recording without candidates teaches nothing"
    batch = collate_candidates([data[0], data[1]])
    assert batch.lengths.tolist() == [3, 1] and batch.features.shape[:2] == (2, 3)
    assert batch.targets.tolist() == [[1, 0, 0], [1, 0, 0]]
    assert data.sequences_with(4) == 2
    torch.manual_seed(0)
    varied = CandidateDataset([first, second], true, vary=True)
    assert {2, 3} <= {len(varied[0].bells) for _ in range(60)} <= {1, 2, 3}
    assert {len(varied[1].bells) for _ in range(60)} == {1}, "one candidate always stays"
    assert not torch.equal(varied[0].features[0], varied[0].features[0])


def test_a_reader_does_not_hear_what_is_filled_up_or_hidden() -> None:
    number = len(names_of(2)) + len(NAMES)
    seen = columns(number, fit_features=False, rhythm=False)
    torch.manual_seed(0)
    reader = CandidateReader(len(seen), 3, 8, 4, columns=seen).eval()
    x, bells = torch.randn(2, 5, number), torch.randint(3, (2, 5))
    lengths = torch.tensor([5, 3])
    logits = reader(x, bells, lengths)
    assert logits.shape == (2, 5)
    alone = reader(x[1:, :3], bells[1:, :3], lengths[1:])
    torch.testing.assert_close(logits[1, :3], alone[0])
    hidden = [k for k in range(number) if k not in seen]
    changed = x.clone()
    changed[..., hidden] = 7.0
    torch.testing.assert_close(reader(changed, bells, lengths), logits)
    changed[:, 1, seen[0]] += 3.0
    moved = (reader(changed, bells, lengths) - logits).abs() > 1e-7
    assert moved[0].all(), "an LSTM hears all others"
    deaf = CandidateReader(len(seen), 3, 8, 4, recurrent=False, columns=seen).eval()
    moved = (deaf(changed, bells, lengths) - deaf(x, bells, lengths)).abs() > 1e-7
    assert moved.nonzero()[:, 1].unique().tolist() == [1]


def test_the_step_counts_candidates_and_its_gradient_reaches_every_weight() -> None:
    data = CandidateDataset(
        [described([100, 300, 900], [0, 1, 0]), described([50.0], [2])],
        [Strikes.make([0], [104.0]), Strikes.none()],
    )
    batch = collate_candidates([data[0], data[1]])
    torch.manual_seed(0)
    reader = CandidateReader(batch.features.shape[2], 3, 8, 4, dropout=0.0)
    result = candidate_step(reader, batch)
    assert result.weight == 4.0
    logits, targets = result.kept["logits"], result.kept["targets"]
    by_hand = torch.where(targets > 0, -logits.sigmoid().log(), -(-logits).sigmoid().log()).mean()
    torch.testing.assert_close(result.loss, by_hand)
    result.loss.backward()
    assert all(bool(p.grad.abs().sum() > 0) for p in reader.parameters() if p.grad is not None)
    kept = {"logits": np.array([3.0, 2.0, 1.0]), "targets": np.array([1.0, 0.0, 1.0])}
    assert candidate_scores(kept) == {"f1": pytest.approx(0.8)}
