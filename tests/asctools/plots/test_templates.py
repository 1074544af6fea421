"""The grid of templates."""

import numpy as np
import pytest

from asctools.errors import ShapeError
from asctools.plots import colour
from asctools.plots.templates import template_grid

rng = np.random.default_rng(0)


def test_sixteen_events_fill_a_grid_of_four_by_four() -> None:
    learned, delays = rng.normal(size=(16, 6, 12)), rng.uniform(-3, 3, (16, 6))
    figure = template_grid(learned, 5 * learned, delays, lead=4)
    assert len(figure.axes) == 16
    lines = figure.axes[3].lines
    broad = [line for line in lines if line.get_color() == colour("truth")]
    thin = [line for line in lines if line.get_linewidth() < 1]
    assert len(broad) == len(thin) == 6
    for behind, before in zip(broad, thin, strict=True):  # the truth is brought to one size
        np.testing.assert_allclose(behind.get_ydata(), before.get_ydata())
        np.testing.assert_allclose(before.get_xdata()[4], 0.0)
    (strokes,) = figure.axes[3].collections
    places = [segment[0, 0] for segment in strokes.get_segments()]
    np.testing.assert_allclose(places, 0.5 * delays[3])  # ms at 2000 Hz


def test_fewer_events_leave_panels_empty() -> None:
    figure = template_grid(rng.normal(size=(3, 2, 8)), lead=2)
    assert [axes.get_visible() for axes in figure.axes] == [True, True, True, False]


@pytest.mark.parametrize(
    ("learned", "true"), [((6, 8), None), ((2, 3, 8), (2, 4, 8)), ((2, 3, 8), (2, 3, 7))]
)
def test_arrays_that_do_not_fit_are_refused(learned: tuple, true: tuple | None) -> None:
    with pytest.raises(ShapeError, match="expected"):
        template_grid(np.ones(learned), None if true is None else np.ones(true))
