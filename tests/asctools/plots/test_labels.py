"""Labels beside lines: apart, in order, and the check that finds overlapping text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asctools.plots import colour, new_figure, style
from asctools.plots.labels import label_ends, overlaps, spread, text_boxes

HEIGHTS = st.lists(st.floats(-1e3, 1e3), max_size=8)


@given(HEIGHTS, st.floats(0.0, 100.0))
def test_spread_keeps_a_gap_the_order_and_the_middle(positions, gap):
    moved = spread(positions, gap)
    order = sorted(range(len(positions)), key=positions.__getitem__)
    for one, other in pairwise(order):
        assert moved[other] - moved[one] >= gap - 1e-6
    assert sum(moved) == pytest.approx(sum(positions), abs=1e-6)


def test_spread_moves_nothing_that_is_far_enough_apart():
    assert spread([5.0, 0.0, 10.0], 4.0) == [5.0, 0.0, 10.0]


def test_spread_moves_no_more_than_it_must():
    assert spread([0.0, 1.0, 50.0], 3.0) == [-1.0, 2.0, 50.0]


def two_labels(second_height):
    with style():
        figure, axes = new_figure()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.text(0.5, 0.5, "first")
        axes.text(0.5, second_height, "second")
    return figure


def test_overlapping_text_is_found_and_only_that():
    assert overlaps(two_labels(0.52)) == [("first", "second")]
    assert overlaps(two_labels(0.7)) == []


def test_ticks_out_of_view_do_not_count():
    figure, axes = new_figure()
    axes.set_yscale("log")
    axes.set(ylim=(3e-12, 1e2), xlim=(0, 1))
    texts = [text for text, _, _ in text_boxes(figure)]
    assert not any("-12" in text for text in texts)
    assert any("-10" in text for text in texts)


def test_ends_that_meet_get_labels_that_do_not():
    with style():
        figure, axes = new_figure()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        label_ends(axes, [(1, 0.5), (1, 0.501), (1, 0.9)], ["A", "B", "C"], ["cell"] * 3)
    assert overlaps(figure) == []
    heights = {text: box.y0 for text, _, box in text_boxes(figure)}
    assert heights["A"] < heights["B"] < heights["C"]
    assert all(text.get_color() == colour("cell") for text in axes.texts)
