"""The windows of the chapter on streaming lie as it says, and its picks fare as it says."""

import itertools

import pytest

from figs import commit_rule as figure


def test_the_kept_parts_lie_end_to_end():
    cores = figure.cores()
    assert cores[0][0] == 0.0
    for (_, stop), (start, _) in itertools.pairwise(cores):
        assert stop == pytest.approx(start)


def test_each_window_reaches_over_what_is_kept_of_it():
    for k, (start, stop) in enumerate(figure.cores()):
        assert figure.HOP * k <= start and stop < figure.HOP * k + figure.LENGTH


def told(delay):
    return {name: at for name, at in figure.fates(delay) if at is not None}


def test_without_a_delay_what_comes_first_is_told():
    assert told(0.0) == {"A": 1.0, "C": 3.3}


def test_with_a_delay_what_is_best_is_told_and_that_much_later():
    assert told(figure.DELAY) == pytest.approx({"B": 3.65, "D": 6.1})
