"""The drawn ways to learn without labels: the strike is where the latents say it is."""

import pytest

from asctools.plots import colour
from figs import pretraining as figure

DRAWN = figure.drawings()[0].figure.axes[0]


def cells(role):
    """The middle and the strength of every latent that is drawn in a role's colour."""
    from matplotlib.colors import to_rgb

    wanted = to_rgb(colour(role))
    boxes = [patch for patch in DRAWN.patches if hasattr(patch, "get_boxstyle")]
    tinted = [box for box in boxes if box.get_facecolor()[:3] == pytest.approx(wanted)]
    narrow = [box for box in tinted if box.get_width() < figure.CELL and box.get_facecolor()[3]]
    return [(b.get_x() + b.get_width() / 2, b.get_facecolor()[3]) for b in narrow]


@pytest.mark.parametrize(("role", "rows", "column"), [("linear", 1, 0), ("lstm", 2, 2)])
def test_the_strongest_latent_lies_below_the_start_of_the_strike(role, rows, column):
    found = cells(role)
    assert len(found) == rows * figure.CELLS
    strongest = [x for x, tint in found if tint == max(strength for _, strength in found)]
    assert strongest == pytest.approx([figure.at(figure.COLUMNS[column], figure.STRUCK)] * rows)


def test_the_rebuilt_signal_is_the_one_above_without_its_noise():
    noisy, clean = figure.wave(1.0), figure.wave(0.0)
    before = int(len(clean) * figure.STRUCK / figure.CELLS)
    assert not any(clean[:before]) and any(noisy[:before])
    assert max(clean) > 0.7
    left = [a - b for a, b in zip(noisy, clean, strict=True)]
    assert max(map(abs, left[before:])) == pytest.approx(max(map(abs, left[:before])), rel=0.2)


def test_it_says_what_it_shows():
    from asctools.plots.labels import overlaps, text_boxes

    said = [text for text, _, _ in text_boxes(DRAWN.figure)]
    assert said.count("encoder") == 3 and said.count("decoder") == 2
    assert overlaps(DRAWN.figure) == []
