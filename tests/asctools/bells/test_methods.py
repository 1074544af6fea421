"""What is rung: every row is a permutation, no bell jumps, and rounds come back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells.methods import METHODS, Rhythm, ring, rows
from asctools.errors import AscError, InputError

BELLS = st.integers(4, 16)


@given(method=st.sampled_from(METHODS), n=BELLS)
def test_rows_are_permutations_in_which_no_bell_jumps(method: str, n: int) -> None:
    course = np.array(rows(method, n))
    assert (np.sort(course, axis=1) == np.arange(n)).all()
    places = np.argsort(course, axis=1)
    assert np.abs(np.diff(places, axis=0)).max() <= 1
    assert (course[0] == np.arange(n)).all() and (course[-1] == course[0]).all()


@given(method=st.sampled_from(("plain hunt", "plain bob")), n=BELLS)
def test_no_row_comes_twice_before_rounds(method: str, n: int) -> None:
    course = rows(method, n)
    assert len(set(course)) == len(course) - 1


@pytest.mark.parametrize("n", [4, 5, 6, 7, 8, 12, 16])
def test_courses_have_their_known_lengths(n: int) -> None:
    assert len(rows("plain hunt", n)) - 1 == 2 * n
    assert len(rows("plain bob", n)) - 1 == 2 * n * (n - 1), "a lead of 2n rows, n − 1 of them"


def test_plain_bob_on_six_is_the_one_that_is_rung() -> None:
    lead = (
        "123456 214365 241635 426153 462513 645231 654321 563412 536142 351624 315264 132546 135264"
    )
    printed = ["".join(str(bell + 1) for bell in row) for row in rows("plain bob", 6)]
    assert " ".join(printed[:13]) == lead


def test_unknown_methods_and_too_few_bells_are_refused() -> None:
    with pytest.raises(AscError, match="Did you mean 'plain bob'"):
        rows("plain bop", 6)
    with pytest.raises(InputError, match="3 bells, expected 4 or more"):
        rows("rounds", 3)


def test_without_errors_the_rhythm_is_even_with_a_gap_before_each_handstroke() -> None:
    rhythm = Rhythm(gap_s=0.2, striking_error_s=0.0)
    bells, times, strokes = ring([tuple(range(12))] * 4, rhythm, np.random.default_rng(0))
    assert bells.tolist() == list(range(12)) * 4
    assert strokes.reshape(4, 12)[:, 0].tolist() == [0, 1, 0, 1]
    gaps = np.diff(times) / 2000
    between = gaps[11::12]
    np.testing.assert_allclose(between, [0.2, 0.4, 0.2])
    np.testing.assert_allclose(np.delete(gaps, [11, 23, 35]), 0.2)


def test_errors_have_the_spread_that_was_asked_for() -> None:
    rhythm = Rhythm(striking_error_s=0.064, refractory_s=0.0)
    order = [tuple(range(16))] * 300
    _, even, _ = ring(order, rhythm._replace(striking_error_s=0.0), np.random.default_rng(1))
    _, times, _ = ring(order, rhythm, np.random.default_rng(1))
    assert np.std((times - even) / 2000) == pytest.approx(0.064, rel=0.04)


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), gap=st.floats(0.19, 0.24))
def test_no_bell_strikes_again_within_the_period(seed: int, gap: float) -> None:
    rng = np.random.default_rng(seed)
    course = rows("plain bob", 12)
    bells, times, _ = ring(course[:60], Rhythm(gap_s=gap), rng)
    least = min(np.diff(times[bells == bell]).min() for bell in range(12))
    assert least >= 2.0 * 2000
    free = [ring(course[:60], Rhythm(0.19, refractory_s=0.0), rng) for _ in range(40)]
    closest = min(np.diff(t[b == bell]).min() for b, t, _ in free for bell in range(12))
    assert closest < 4000, "without the rule, chance breaks it"


def test_an_impossible_rhythm_is_refused_instead_of_drawn_for_ever() -> None:
    with pytest.raises(InputError, match=r"8 bells 0\.21 s apart"):
        ring(rows("plain hunt", 8), Rhythm(), np.random.default_rng(0))
