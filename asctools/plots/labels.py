"""Writing beside the things themselves instead of in a legend, without overlap."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from asctools.plots.palette import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

Point = tuple[float, float]


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Move positions apart until neighbours are ``gap`` apart, and none further than needed.

    Parameters
    ----------
    positions
        Wanted positions, in any order.
    gap
        Smallest distance allowed, in the same unit.

    Returns
    -------
    list of float
        New positions in the order given, sorted as the wanted ones were; the least squares
        solution (pool adjacent violators).
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    blocks: list[list[float]] = []  # [sum, count] of (position − rank·gap), non-decreasing means
    for rank, index in enumerate(order):
        blocks.append([positions[index] - rank * gap, 1.0])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    levels = [total / count for total, count in blocks for _ in range(int(count))]
    moved = [0.0] * len(positions)
    for rank, index in enumerate(order):
        moved[index] = levels[rank] + rank * gap
    return moved


def label_ends(
    axes: "Axes", ends: Sequence[Point], texts: Sequence[str], roles: Sequence[str]
) -> None:
    """Write each line's name to the right of its end, in its colour, none upon another.

    Parameters
    ----------
    axes
        The axes, with their limits and scales already set.
    ends
        Where each line ends, in data units.
    texts, roles
        The name of each line, and the role that colours it.
    """
    to_inches = axes.transData + axes.figure.dpi_scale_trans.inverted()
    wanted = [72.0 * float(to_inches.transform(end)[1]) for end in ends]
    places = spread(wanted, gap=14.0)
    for end, want, place, text, role in zip(ends, wanted, places, texts, roles, strict=True):
        write(axes, *end, text, role, offset=(7, place - want))


def write(axes: "Axes", x: float, y: float, text: str, role: str = "ink", **options: Any) -> None:
    """Write ``text`` at a data point, moved by ``offset`` points (default: right of it)."""
    offset = options.pop("offset", (7, 0))
    axes.annotate(
        text,
        (x, y),
        xytext=offset,
        textcoords="offset points",
        color=colour(role),
        annotation_clip=False,
        **{"va": "center", **options},
    )


def text_boxes(figure: "Figure") -> "list[tuple[str, float, Bbox]]":
    """Return every text that is drawn: its characters, its size in points, its box in pixels.

    With this a test can say that no text is too small, outside the figure or upon another.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    from asctools.plots.style import style

    with style():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        hidden = {id(text) for axes in figure.axes for text in _ticks_out_of_view(axes)}
        return [
            (text.get_text(), float(text.get_fontsize()), text.get_window_extent(renderer))
            for text in figure.findobj(Text)
            if text.get_visible() and text.get_text().strip() and id(text) not in hidden
        ]


def overlaps(figure: "Figure") -> list[tuple[str, str]]:
    """Return the pairs of texts in ``figure`` of which one is drawn upon the other."""
    boxes = [(text, box.padded(-0.5)) for text, _, box in text_boxes(figure)]
    return [
        (first, second)
        for position, (first, one) in enumerate(boxes)
        for second, other in boxes[position + 1 :]
        if one.overlaps(other)
    ]


def _ticks_out_of_view(axes: "Axes") -> list[Any]:
    outside: list[Any] = []
    for axis in (axes.xaxis, axes.yaxis):
        scale = axis.get_transform().transform  # of a log axis: to where things stand on paper
        low, high = sorted(scale(axis.get_view_interval()))
        slack = 1e-9 * (high - low)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low - slack <= scale(tick.get_loc()) <= high + slack:
                outside += [tick.label1, tick.label2]
        if not (axis.get_visible() and axes.axison):
            outside += axis.findobj(match=_is_text)
    return outside


def _is_text(artist: Any) -> bool:
    from matplotlib.text import Text

    return isinstance(artist, Text)
