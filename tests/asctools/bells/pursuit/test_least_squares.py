"""Templates from overlapping strikes: the product is the matrix, the solution is the solution."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.bells.pursuit.least_squares import (
    Labelled,
    conjugate_gradients,
    learn,
    normal_product,
    placed,
    weighted_misfit,
)
from asctools.bells.pursuit.templates import LEAD, PHASES, Placement, delayed, gathered, place
from asctools.bells.strikes import Strikes

KINDS, LENGTH, SAMPLES = 2, 12, 40


def placement() -> Placement:
    """Overlaps, one that begins before the signal, one that ends after it."""
    return Placement(np.array([0, 1, 0, 1]), np.array([-3, 4, 9, 33]), np.array([0, 3, 7, 2]))


def delay_matrix(phase: int) -> np.ndarray:
    """How one waveform of LENGTH samples is delayed by ``phase`` eighths, by the sum of sines."""
    size = 32  # the power of 2 from LENGTH + LEAD on
    frequency = np.fft.fftfreq(size)
    away = np.subtract.outer(np.arange(LENGTH), np.arange(LENGTH)) - phase / PHASES
    waves = np.exp(2j * np.pi * frequency * away[..., None])
    # The fastest frequency has one sign only; a real signal takes its real part.
    return waves.real.sum(axis=-1) / size


def dense() -> np.ndarray:
    """The matrix A, (SAMPLES, KINDS * LENGTH), written out entry by entry."""
    matrix = np.zeros((SAMPLES, KINDS * LENGTH))
    for kind, start, phase in zip(*placement(), strict=True):
        shift = delay_matrix(int(phase))
        for row in range(LENGTH):
            if 0 <= start + row < SAMPLES:
                matrix[start + row, kind * LENGTH : (kind + 1) * LENGTH] += shift[row]
    return matrix


@pytest.mark.equation("eq-least-squares-templates")
def test_the_product_is_that_of_the_matrix_written_out() -> None:
    waveforms = np.random.default_rng(0).normal(size=(KINDS, LENGTH, 3))
    recordings = [Labelled(np.zeros((SAMPLES, 3)), placement())] * 2
    product = normal_product(waveforms, recordings, ridge=0.7)
    A = dense()
    flat = waveforms.reshape(-1, 3)
    expected = 2 * A.T @ (A @ flat) + 0.7 * flat
    np.testing.assert_allclose(product.reshape(-1, 3), expected, atol=1e-5)


@pytest.mark.equation("eq-least-squares-templates")
def test_learning_solves_the_normal_equations() -> None:
    signal = np.random.default_rng(1).normal(size=(SAMPLES, 3)).astype(np.float32)
    learned = learn([Labelled(signal, placement())], KINDS, LENGTH, ridge=0.7, steps=60)
    A = dense()
    expected = np.linalg.solve(A.T @ A + 0.7 * np.eye(A.shape[1]), A.T @ signal)
    np.testing.assert_allclose(learned.reshape(-1, 3), expected, atol=1e-4)


def test_undoing_the_delays_is_the_transpose_of_delaying() -> None:
    rng = np.random.default_rng(2)
    waveforms, bins = rng.normal(size=(2, 50, 3)), rng.normal(size=(2, PHASES, 50, 3))
    there = np.vdot(delayed(waveforms), bins)
    assert there == pytest.approx(np.vdot(waveforms, gathered(bins)), rel=1e-6)


def test_a_delay_by_eighths_is_the_wave_at_eighths(world) -> None:
    time = np.arange(world.length) - float(LEAD)
    waves = np.stack([world.wave(bell, time) for bell in range(3)])
    late = delayed(waves)
    for phase in range(PHASES):
        expected = [world.wave(bell, time - phase / PHASES) for bell in range(3)]
        np.testing.assert_allclose(late[:, phase], expected, atol=1e-5)


def test_places_are_the_nearest_eighths_of_a_sample() -> None:
    where = place(Strikes.make([4, 7, 1], [20.0, 30.49, 2.95]))
    assert where.kinds.tolist() == [1, 4, 7]
    assert where.starts.tolist() == [3 - LEAD, 20 - LEAD, 30 - LEAD]
    assert where.phases.tolist() == [0, 0, 4]


def test_a_backstroke_has_a_template_of_its_own_on_request() -> None:
    strikes = Strikes.make([4, 4, 4], [10, 20, 30], [0, 1, -1])
    assert place(strikes, per_bell=2).kinds.tolist() == [8, 9, 8]
    assert place(strikes).kinds.tolist() == [4, 4, 4]


def test_overlapping_strikes_are_told_apart_where_averaging_blurs_them(world) -> None:
    """Bell 1 always follows bell 0 by nearly the same time: a mean of cut-outs shows both."""
    rng = np.random.default_rng(3)
    first = np.arange(25) * 150.0 + 40 + rng.uniform(0, 1, 25)
    times = np.concatenate([first, first + rng.uniform(15, 30, 25)])
    strikes = Strikes.make(np.repeat([0, 1], 25), times)
    signal = world.signal(strikes, 3900, noise=0.0) - np.float32(9.81)
    where = place(strikes)
    learned = learn([Labelled(signal, where)], 2, world.length, ridge=0.01, steps=30)
    truth = world.templates()[:2].transpose(0, 2, 1)
    starts = where.starts[where.kinds == 0]
    mean = np.mean([signal[start : start + world.length] for start in starts], axis=0)
    assert np.abs(learned - truth).max() < 0.3
    assert np.abs(mean - truth[0]).max() > 3


def test_the_ridge_counts_in_strikes() -> None:
    signal = np.zeros((100, 1), dtype=np.float32)
    signal[30:40] = 8.0
    where = Placement(np.array([0]), np.array([30]), np.array([0]))
    halved = learn([Labelled(signal, where)], kinds=2, length=10, ridge=1.0)
    np.testing.assert_allclose(halved[0], 4.0, rtol=1e-6)
    np.testing.assert_array_equal(halved[1], 0.0)  # it never strikes


def test_strikes_at_both_ends_are_placed_as_far_as_the_signal_goes() -> None:
    shifted = np.ones((1, PHASES, 10, 1))
    where = Placement(np.zeros(3, int), np.array([-7, 5, 18]), np.zeros(3, int))
    total = placed(shifted, where, 20)[:, 0]
    assert total.tolist() == [1] * 3 + [0] * 2 + [1] * 10 + [0] * 3 + [1] * 2


def test_conjugate_gradients_end_at_the_solution() -> None:
    rng = np.random.default_rng(4)
    root = rng.normal(size=(6, 6))
    matrix, right = root @ root.T + np.eye(6), rng.normal(size=6)
    found = conjugate_gradients(lambda x: matrix @ x, right, steps=6)
    np.testing.assert_allclose(found, np.linalg.solve(matrix, right), atol=1e-9)
    again = conjugate_gradients(lambda x: x, right, steps=5)  # exact after one step
    np.testing.assert_allclose(again, right)
    np.testing.assert_array_equal(conjugate_gradients(lambda x: x, np.zeros(3), 5), 0)


AMPLITUDES = np.array([0.5, 2.0, 1.5, 0.25])


def weighted() -> list[Labelled]:
    """Two recordings of one placement: one with amplitudes, one that counts four times."""
    signals = np.random.default_rng(5).normal(size=(2, SAMPLES, 3)).astype(np.float32)
    return [
        Labelled(signals[0], placement(), AMPLITUDES),
        Labelled(signals[1], placement(), weight=4.0),
    ]


def dense_of(recording: Labelled) -> np.ndarray:
    """The matrix A with its amplitudes: one strike after the other, each as strong as it is."""
    total = np.zeros((SAMPLES, KINDS * LENGTH))
    strengths = np.ones(4) if recording.amplitudes is None else recording.amplitudes
    for kind, start, phase, strength in zip(*placement(), strengths, strict=True):
        shift = delay_matrix(int(phase))
        inside = np.arange(LENGTH)[(start + np.arange(LENGTH) >= 0)]
        inside = inside[start + inside < SAMPLES]
        columns = slice(kind * LENGTH, (kind + 1) * LENGTH)
        total[start + inside, columns] += strength * shift[inside]
    return total


@pytest.mark.equation("eq-weighted-least-squares")
def test_the_misfit_is_what_is_left_weighed_and_the_ridge() -> None:
    waveforms = np.random.default_rng(6).normal(size=(KINDS, LENGTH, 3))
    flat = waveforms.reshape(-1, 3)
    expected = 0.7 * np.sum(flat**2)
    for each in weighted():
        expected += each.weight * np.sum((each.signal - dense_of(each) @ flat) ** 2)
    assert weighted_misfit(waveforms, weighted(), ridge=0.7) == pytest.approx(expected, rel=1e-5)


def test_learning_with_amplitudes_and_weights_makes_the_misfit_least() -> None:
    learned = learn(weighted(), KINDS, LENGTH, ridge=0.7, steps=80)
    rows = np.concatenate([np.sqrt(each.weight) * dense_of(each) for each in weighted()])
    right = np.concatenate([np.sqrt(each.weight) * each.signal for each in weighted()])
    expected = np.linalg.solve(rows.T @ rows + 0.7 * np.eye(rows.shape[1]), rows.T @ right)
    np.testing.assert_allclose(learned.reshape(-1, 3), expected, atol=1e-4)


def test_a_weight_of_two_is_the_same_recording_twice() -> None:
    once = weighted()[0]
    double = learn([once._replace(weight=2.0)], KINDS, LENGTH)
    np.testing.assert_allclose(double, learn([once, once], KINDS, LENGTH), atol=1e-5)
