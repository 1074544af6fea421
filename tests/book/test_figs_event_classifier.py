"""The drawn classifier has the channels, frames and bells of the data, and its strikes agree."""

import pytest

from asctools.plots import colour
from figs import event_classifier as figure

DRAWN = figure.drawings()[0].figure.axes[0]


def filled(role):
    """The centres of the boxes that are filled with a role's colour, no tint."""
    from matplotlib.colors import to_rgba

    wanted = to_rgba(colour(role))
    boxes = [patch for patch in DRAWN.patches if hasattr(patch, "get_boxstyle")]
    whole = [box for box in boxes if box.get_facecolor() == pytest.approx(wanted)]
    return [(box.get_x() + box.get_width() / 2, box.get_y()) for box in whole]


def test_a_filled_cell_lies_below_the_start_of_its_strike():
    cells = filled("loss")
    assert len(cells) == len(figure.STRIKES)
    for strike, (x, _) in zip(figure.STRIKES, cells, strict=True):
        onset = figure.LEFT + strike.onset * figure.FRAME
        assert abs(x - onset) <= figure.FRAME / 2
        quiet = int(figure.SAMPLES * (strike.onset - 0.5))
        loud = slice(quiet + 5, quiet + 25)
        if strike is figure.STRIKES[0]:  # before the later ones others still ring
            for channel in range(figure.CHANNELS):
                wave = figure.wave(channel)
                assert max(map(abs, wave[loud])) > 3 * max(map(abs, wave[:quiet]))


def test_a_higher_number_stands_lower_as_ringers_count():
    by_bell = sorted(zip(figure.STRIKES, filled("loss"), strict=True))
    heights = [y for _, (_, y) in by_bell]
    assert heights == sorted(heights, reverse=True)


def test_it_has_as_many_frames_bells_and_channels_as_it_says():
    from asctools.plots.labels import text_boxes

    said = " ".join(text for text, _, _ in text_boxes(DRAWN.figure))
    assert f"{figure.BELLS} bells" in said
    assert f"{figure.CHANNELS} channels" in said
    assert "5 ms" in said and figure.SAMPLES / 2000 == 0.005
    assert "ten samples" in said and figure.SAMPLES == 10
