"""Showing a figure in a notebook or page, and saving it to a file, always with its alt text."""

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from asctools.errors import AscError, explain
from asctools.plots.svg import short_hash, to_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORTEST_ALT = 30
PIXELS_PER_INCH = 116  # a figure of 6 inches may grow to the text column, about 700 px
_SAY_NOTHING = {"a", "an", "the", "of", "figure", "image", "picture", "plot", "graph", "svg", "png"}


class Picture(NamedTuple):
    """A drawn figure with its alt text; a notebook shows it as an inline SVG."""

    alt: str
    svg: str
    width: float

    def __repr__(self) -> str:
        # In lines, since a notebook breaks long ones in the middle of a word.
        return textwrap.fill(f"Figure: {self.alt}", 78)

    def html(self) -> str:
        """Return the ``<figure>`` element that stands in the page."""
        limit = round(self.width * PIXELS_PER_INCH)
        return (
            f'<figure class="asc-figure" style="max-width: {limit}px; margin: 1rem auto">'
            f"{self.svg}</figure>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": repr(self)}


def show(figure: "Figure", alt: str, name: str | None = None) -> Picture:
    """Show ``figure`` as an inline SVG that follows the page's light or dark theme.

    Parameters
    ----------
    figure
        A Matplotlib figure.
    alt
        What one sees, in a sentence: 30 characters or more.
    name
        Keeps the ids of this drawing apart from those of others on the page. By default made
        from ``alt``.

    Returns
    -------
    Picture
        End a cell with it. Same figure, same alt text: the same bytes.

    Raises
    ------
    AscError
        If ``alt`` is missing, too short to say anything, or only repeats the name.
    """
    said = checked_alt(alt, name or "")
    svg = to_svg(figure, said, name or f"fig {short_hash(said)}")
    return Picture(said, svg, float(figure.get_figwidth()))


def save(figure: "Figure", path: str | Path, alt: str, title: str) -> Path:
    """Write ``figure`` to an SVG file, for ``<img>`` or for inlining.

    Parameters
    ----------
    figure
        A Matplotlib figure.
    path
        Ends in ``.svg``; its stem makes the ids in the file.
    alt
        What one sees, in a sentence: 30 characters or more. Becomes the ``aria-label``.
    title
        The name of the drawing.

    Returns
    -------
    Path
        The file, complete or as it was before.

    Raises
    ------
    AscError
        If the path is no ``.svg``, the title is empty, or ``alt`` says nothing.
    """
    path = Path(path)
    if path.suffix != ".svg":
        raise AscError(explain(f"path {path.name!r}", "a name ending in .svg", "rename it"))
    if not title.strip():
        raise AscError(explain("an empty title", "a title", "name what the drawing shows"))
    svg = to_svg(figure, checked_alt(alt, path.stem), path.stem, title)
    beside = path.with_suffix(".svg.part")
    beside.write_text(svg + "\n", encoding="utf-8", newline="\n")
    return beside.replace(path)


def checked_alt(alt: str, name: str) -> str:
    """Return ``alt`` on one line, or say why it helps nobody who cannot see the figure."""
    said = " ".join(alt.split()) if isinstance(alt, str) else ""
    expected = f"a sentence of {SHORTEST_ALT} characters or more that says what one sees"
    if len(said) < SHORTEST_ALT:
        raise AscError(explain(f"alt text {alt!r}", expected, "describe the figure"))
    if _words(said) <= _words(name) | _SAY_NOTHING:
        came = f"alt text {alt!r}, which repeats the name {name!r}"
        raise AscError(explain(came, expected, "describe the figure"))
    return said


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))
