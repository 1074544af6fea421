"""What all drawn graphs share: colours of activities, widths of arcs, the size on a page."""

import math
import re
import textwrap
from typing import TYPE_CHECKING

from asctools.plots import Picture, show
from asctools.plots.picture import PIXELS_PER_INCH
from asctools.plots.svg import short_hash

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIXELS_PER_POINT = 1.3  # of a graph that has room: its names stand there in 14 px
LEAST_PIXELS = 0.85  # per point: smaller, nobody reads it
THIN, THICK = 1.0, 3.2  # points: the lightest and the heaviest arc
PALE, DEEP = 0.07, 0.34  # how strongly boxes are tinted
DASHED = (0, (4, 2))

_GATE = re.compile(r"(Forget|Input|Candidate|Output)Gate(Gradient)?")
_WEIGHT = re.compile(r"Update_[Wb]_([fico])")
_OF_LETTER = {"f": "forget", "i": "input", "c": "candidate", "o": "output"}


def role_of(activity: str) -> str:
    """Return the colour role of an activity: that of its gate where it has one, else "event"."""
    gate, weight = _GATE.fullmatch(activity), _WEIGHT.fullmatch(activity)
    if gate:
        return gate[1].lower()
    return _OF_LETTER[weight[1]] if weight else "event"


def width(part: float) -> float:
    """Return how thick an arc is that carries a part, 0 … 1, of what the heaviest carries."""
    return THIN + (THICK - THIN) * math.sqrt(part)


def tint(part: float) -> float:
    """Return how strongly a box is tinted that has a part, 0 … 1, of what the fullest has."""
    return PALE + (DEEP - PALE) * math.sqrt(part)


def footer(text: str, points: float, role: str = "muted") -> list[tuple[str, str]]:
    """Break a sentence into lines with a role that are about as wide as the graph, in points."""
    return [(line, role) for line in textwrap.wrap(text, max(40, int(points / 6.2)))]


class GraphPicture(Picture):
    """The picture of a graph: where there is no room for it, it can be moved and does not shrink.

    Its ``width`` is that at which its names are 14 pixels high.
    """

    def html(self) -> str:
        """Return the ``<figure>`` in a box that scrolls sideways on a narrow screen."""
        full = self.width * PIXELS_PER_INCH
        style = (
            f"max-width: {full:.0f}px; "
            f"min-width: {full * LEAST_PIXELS / PIXELS_PER_POINT:.0f}px; margin: 1rem auto; "
            "--asc-narrowest: 0px"  # the box scrolls, so the drawing needs no room of its own
        )
        return (
            '<div style="overflow-x: auto" tabindex="0" role="group" aria-label="Graph">'
            f'<figure class="asc-figure" style="{style}">{self.svg}</figure></div>'
        )


def pictured(figure: "Figure", alt: str, name: str) -> GraphPicture:
    """Return the picture of a graph, as large as its texts need and no larger."""
    shown = show(figure, alt, name=f"{name} {short_hash(alt)}")
    full = shown.width * 72.0 * PIXELS_PER_POINT / PIXELS_PER_INCH
    return GraphPicture(shown.alt, shown.svg, full)
