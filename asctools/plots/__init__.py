"""The visual language of the book: one colour, marker and line per thing, in light and in dark.

Draw with ``new_figure`` (or inside ``with style():``) and the colours of ``colour(role)``; end a
cell with ``show(figure, alt="what one sees")``. Matplotlib is loaded when a figure is made.
"""

from asctools.plots.palette import COLOURS, MARKS, TOGETHER, Colour, Mark, colour
from asctools.plots.picture import Picture, save, show
from asctools.plots.style import new_figure, style, styled
from asctools.plots.stylesheet import css

__all__ = [
    "COLOURS",
    "MARKS",
    "TOGETHER",
    "Colour",
    "Mark",
    "Picture",
    "colour",
    "css",
    "new_figure",
    "save",
    "show",
    "style",
    "styled",
]
