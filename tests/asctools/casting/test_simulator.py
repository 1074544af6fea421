"""The simulated caster: what is drawn is what was asked for, and the truth is told of it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.casting import CHANNELS, KINDS, CastingData, simulate
from asctools.casting.process import LEVEL, SENSORS, TEMPERATURE, gaps, kind_of
from asctools.errors import InputError

DEFECT = KINDS.index("defect")


@pytest.fixture(scope="module")
def data() -> CastingData:
    return simulate(4000, seed=1)


def test_shapes_and_types(data: CastingData) -> None:
    assert len(data) == 4000
    assert data.x.shape == (4000, 120, len(CHANNELS)) and data.x.dtype == np.float32
    for name in ("y", "heat", "kind"):
        assert getattr(data, name).shape == (4000,) and getattr(data, name).dtype == np.int64
    assert data.fluctuation.shape == data.drop.shape == (4000, 2)
    assert np.isfinite(data.x).all()


def test_readings_are_in_their_units(data: CastingData) -> None:
    usual = np.array([sensor.usual for sensor in SENSORS])
    spread = np.array([sensor.spread * (1 + sensor.between) for sensor in SENSORS])
    assert (np.abs(np.median(data.x, axis=(0, 1)) - usual) < spread / 4).all()
    assert (data.x > 0).all()


def test_one_seed_gives_the_same_caster_and_another_seed_another() -> None:
    one, same, other = (simulate(50, seed=seed) for seed in (7, np.random.default_rng(7), 8))
    for name in ("x", "y", "kind", "fluctuation", "drop", "chance"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    assert (one.x != other.x).any()


def test_defects_are_as_rare_as_asked(data: CastingData) -> None:
    assert 0.05 < data.y.mean() < 0.10
    assert 0.2 < simulate(4000, defect_rate=0.3, seed=0).y.mean() < 0.4


def test_every_kind_happens_and_only_the_rule_makes_defects(data: CastingData) -> None:
    assert set(data.kind) == set(range(len(KINDS)))
    np.testing.assert_array_equal(data.kind, kind_of(data.fluctuation, data.drop))
    np.testing.assert_allclose(data.chance, np.where(data.kind == DEFECT, 0.995, 0.005))


def test_labels_follow_the_chance(data: CastingData) -> None:
    wrong = data.y != (data.kind == DEFECT)
    assert 0.002 < wrong.mean() < 0.01
    clean = simulate(500, label_noise=0.0, seed=0)
    np.testing.assert_array_equal(clean.y, clean.kind == DEFECT)


def test_decoys_are_more_frequent_than_defects(data: CastingData) -> None:
    both = np.isfinite(gaps(data.fluctuation, data.drop)).any(axis=1)
    assert both[data.kind != DEFECT].sum() > 4 * (data.kind == DEFECT).sum()


@settings(deadline=None, database=None, max_examples=25)
@given(
    steps=st.integers(80, 200),
    crowd=st.floats(0, 1),
    habit=st.floats(0.01, 100),
    rate=st.floats(0.01, 0.9),
    per_heat=st.integers(1, 40),
    seed=st.integers(0, 10**6),
)
def test_whatever_is_asked_for(steps, crowd, habit, rate, per_heat, seed) -> None:
    asked: dict[str, Any] = {"steps": steps, "crowd": crowd, "habit": habit, "seed": seed}
    data = simulate(60, defect_rate=rate, windows_per_heat=per_heat, **asked)
    assert data.x.shape == (60, steps, 6) and np.isfinite(data.x).all()
    np.testing.assert_array_equal(data.heat, np.arange(60) // per_heat)
    np.testing.assert_array_equal(data.kind, kind_of(data.fluctuation, data.drop))
    for times in (data.fluctuation, data.drop):
        assert ((times == -1) | ((times >= 5) & (times < steps - 11))).all()
        two = (times >= 0).all(axis=1)
        assert (np.abs(np.diff(times, axis=1))[two] >= 12).all()


def test_a_crowd_adds_events_that_change_no_label() -> None:
    alone, crowded = (simulate(2000, crowd=crowd, seed=3) for crowd in (0.0, 0.9))
    assert (alone.fluctuation[:, 1] == -1).all() and (alone.drop[:, 1] == -1).all()
    assert (crowded.fluctuation[:, 1] >= 0).mean() > 0.6
    np.testing.assert_array_equal(alone.kind == DEFECT, crowded.kind == DEFECT)


def test_an_event_is_in_its_channel_at_its_time_and_nowhere_else() -> None:
    there, gone = (simulate(300, signal=signal, seed=4) for signal in (1.0, 0.0))
    left = np.abs(there.x - gone.x)
    for channel in range(len(CHANNELS)):
        if channel not in (LEVEL, TEMPERATURE):
            assert not left[:, :, channel].any()
    seconds = np.arange(120)
    for channel, times in ((LEVEL, there.fluctuation), (TEMPERATURE, there.drop)):
        since = np.where(times[:, :, None] >= 0, seconds - times[:, :, None], -1)
        before = (since < 0).all(axis=1)
        assert not left[:, :, channel][before].any()
        first = (since >= 0).any(axis=(1, 2))
        assert (left[first, :, channel].max(axis=1) > 4 * SENSORS[channel].spread).all()


def test_channels_wander_with_their_own_memory() -> None:
    x = simulate(3000, signal=0.0, fingerprint=0.0, seed=5).x.astype(np.float64)
    x -= [sensor.usual for sensor in SENSORS]
    memory = (x[:, 1:] * x[:, :-1]).mean(axis=(0, 1)) / (x**2).mean(axis=(0, 1))
    np.testing.assert_allclose(memory, [sensor.memory for sensor in SENSORS], atol=0.01)
    spread = [sensor.spread for sensor in SENSORS]
    np.testing.assert_allclose(x.std(axis=(0, 1)), spread, rtol=0.03)


def test_heats_have_fingerprints_of_the_size_that_is_asked() -> None:
    means = []
    for fingerprint in (0.0, 1.0, 2.0):
        x = simulate(4000, fingerprint=fingerprint, signal=0.0, seed=6).x
        means.append(x.mean(axis=1).reshape(500, 8, 6).mean(axis=1).std(axis=0))
    between = np.array([sensor.spread * sensor.between for sensor in SENSORS])
    np.testing.assert_allclose(np.sqrt(means[1] ** 2 - means[0] ** 2), between, rtol=0.15)
    np.testing.assert_allclose(np.sqrt(means[2] ** 2 - means[0] ** 2), 2 * between, rtol=0.15)


def test_habits_make_the_windows_of_a_heat_alike() -> None:
    def alike(habit: float) -> float:
        kinds = simulate(4000, habit=habit, crowd=0.0, seed=0).kind.reshape(500, 8)
        return float((kinds[:, :1] == kinds[:, 1:]).mean())

    assert alike(0.01) > 0.95
    assert alike(1e6) < 0.4


def test_rows_by_number_and_by_mask(data: CastingData) -> None:
    some = data.rows(np.array([5, 2]))
    assert len(some) == 2
    np.testing.assert_array_equal(some.x, data.x[[5, 2]])
    defects = data.rows(data.y == 1)
    assert defects.y.all() and len(defects) == data.y.sum() == len(defects.drop)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_sequences", 0),
        ("n_sequences", 10.5),
        ("steps", 79),
        ("windows_per_heat", True),
        ("defect_rate", 0.0),
        ("defect_rate", 1.0),
        ("defect_rate", "8 %"),
        ("signal", -1.0),
        ("fingerprint", float("nan")),
        ("habit", 0.0),
        ("crowd", 1.1),
        ("label_noise", 0.6),
        ("label_noise", True),
        ("seed", -1),
    ],
)
def test_what_is_out_of_range_is_named(name: str, value: object) -> None:
    with pytest.raises(InputError, match=f"{name}={value!r}"):
        simulate(**{"n_sequences": 10, name: value})  # type: ignore[arg-type]
