"""The texts of a drawn graph: broken into short lines, and measured in the font they are drawn in.

Activity names come from anywhere, so they may be long, hold no spaces, or hold characters that the
book's font has no glyph for.
"""

import functools
import re
from typing import Any, NamedTuple

NAME_SIZE, NOTE_SIZE = 11.0, 10.0  # points: a name, and what stands below it or at an arc
LINE = 1.25  # distance of two lines, in sizes
LONGEST_LINE = 20  # characters
MOST_LINES = 3
NO_GLYPH = "□"

# Where a name may be broken: after a space or a joining sign, and before a capital: Forward|Pass.
_PIECE = re.compile(r"[^\s_.\-/:]*?(?:[\s_.\-/:]+|(?<=[a-z])(?=[A-Z])|$)")


class Size(NamedTuple):
    """Width and height of a text, in points."""

    width: float
    height: float


def broken(name: str) -> tuple[str, ...]:
    """Break a name into at most three lines of about 20 characters; what is cut ends with "…"."""
    name = one_line(name)
    if len(name) <= LONGEST_LINE:
        return (name,)
    lines = [""]
    for piece in _pieces(name):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > LONGEST_LINE:
            lines.append("")
        lines[-1] += piece
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][: LONGEST_LINE - 1] + "…"]
    return tuple(lines)


def one_line(name: str) -> str:
    """Return a name without breaks and double spaces; one without any sign is ``"(empty)"``."""
    return " ".join(name.split()) or "(empty)"


def _pieces(name: str) -> list[str]:
    """Return the parts between which a line may end, none longer than a line."""
    whole = [found for found in _PIECE.findall(name) if found]
    step = LONGEST_LINE
    return [part[at : at + step] for part in whole for at in range(0, len(part), step)]


def drawable(text: str) -> str:
    """Return the text with a box in place of what the font has no glyph for."""
    known = _font().get_charmap()
    return "".join(sign if ord(sign) in known and sign.isprintable() else NO_GLYPH for sign in text)


def measured(lines: tuple[str, ...], size: float = NAME_SIZE, weight: str = "normal") -> Size:
    """Return how much room lines of text take, in points."""
    width = max((_width(drawable(line), weight) for line in lines), default=0.0)
    return Size(width * size, LINE * size * len(lines))


@functools.cache
def _width(line: str, weight: str) -> float:
    """Return the width of a line in sizes of its font."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", weight=weight, size=100.0)
    width, _, _ = text_to_path.get_text_width_height_descent(line, font, ismath=False)
    return float(width) / 100.0


@functools.cache
def _font() -> Any:
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font

    return FT2Font(findfont("DejaVu Sans"))
