"""What every plot of every chapter must be, whatever it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asctools.plots import COLOURS, show
from asctools.plots.labels import overlaps, text_boxes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def assert_readable(figure: Figure, smallest_text: float) -> None:
    """No text covers another, is too small or lies off the sheet."""
    assert overlaps(figure) == []
    width, height = figure.get_size_inches() * figure.dpi
    for text, size, box in text_boxes(figure):
        assert size >= smallest_text, text
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text


def assert_themed(draw: Callable[[], Figure], alt: str, name: str, limit: int) -> None:
    """Drawn twice it has the same bytes, below ``limit``, and no colour but those of the theme."""
    picture = show(draw(), alt, name=name)
    assert picture == show(draw(), alt, name=name)
    left = picture.svg
    for one in COLOURS.values():
        left = left.replace(f"var({one.variable}, {one.fallback})", "")
    assert "#" not in left.replace('href="#', "").replace("url(#", "")
    assert len(picture.svg) < limit
