"""In the drawn model a score peaks at its strike, above the filled cell of the same bell."""

import pytest

from asctools.plots import colour
from asctools.plots.labels import overlaps, text_boxes
from figs import event_specific as figure

DRAWN = figure.drawings()[0].figure.axes[0]


def test_a_score_is_highest_where_its_bell_struck_and_flat_elsewhere():
    for strike in figure.STRIKES:
        trace = figure.score(strike.bell)
        assert abs(trace.index(max(trace)) - figure.SAMPLES * strike.onset) <= 1
    silent = next(b for b in range(1, 17) if all(b != each.bell for each in figure.STRIKES))
    assert max(map(abs, figure.score(silent))) < 0.1


def test_a_filled_cell_is_the_frame_of_the_peak_in_the_row_of_its_bell():
    from matplotlib.colors import to_rgba

    wanted = to_rgba(colour("loss"))
    boxes = [patch for patch in DRAWN.patches if hasattr(patch, "get_boxstyle")]
    cells = [box for box in boxes if box.get_facecolor() == pytest.approx(wanted)]
    assert len(cells) == len(figure.STRIKES)
    for strike, cell in zip(figure.STRIKES, cells, strict=True):
        x = cell.get_x() + cell.get_width() / 2
        assert int((x - figure.LEFT) / figure.FRAME) == int(strike.onset)
        y = cell.get_y() + cell.get_height() / 2
        row = (figure.GRID - y) / (figure.FIELD / figure.BELLS)
        assert int(row) + 1 == strike.bell


def test_it_counts_as_the_model_does_and_no_text_covers_another():
    said = " ".join(text for text, _, _ in text_boxes(DRAWN.figure))
    assert f"{figure.BELLS} waveforms" in said
    assert f"{figure.BELLS * figure.CHANNELS} delays" in said
    assert overlaps(DRAWN.figure) == []
