"""A bell whose flanks are σ-curves, small or large."""

from figs._draw import Point, Sheet, sigmoid

SHOULDER = 0.56  # half-width above the flare, when the lip's is 1
FLARE = 5.6  # how fast the flank falls back from the lip to the shoulder
DOME = 0.42  # height above which the crown closes, when the whole bell's is 1


def half_width(height: float) -> float:
    """Return the bell's half-width at a height of 0 (lip) to 1 (crown): σ, closed by a dome."""
    flank = SHOULDER + 2.0 * (1.0 - SHOULDER) * sigmoid(-FLARE * height)
    above = max(0.0, (height - DOME) / (1.0 - DOME))
    return flank * max(0.0, 1.0 - above**2.6) ** (1 / 2.2)


def outline(x: float, y: float, size: float) -> list[Point]:
    """Return the outline of a bell, ``size`` wide, nearly as high, its lip centred on (x, y)."""
    steps = 36 if size > 20.0 else 12
    # Steps grow finer towards the crown, where the outline turns.
    heights = [1.0 - (1.0 - step / steps) ** 1.7 for step in range(steps + 1)]
    right = [(x + 0.5 * size * half_width(u), y + 0.92 * size * u) for u in heights]
    return right + [(2.0 * x - px, py) for px, py in reversed(right)]


def bell(sheet: Sheet, x: float, y: float, size: float, role: str, clapper: str | None) -> None:
    """Draw a bell whose lip lies on height ``y``; the clapper needs 0.2 × size below that."""
    if clapper:
        sheet.disc(x, y - 0.06 * size, 0.125 * size, clapper)
    sheet.shape(outline(x, y, size), role)
    sheet.box(x, y, 1.07 * size, 0.11 * size, role, tint=1.0, edge=0.0, radius=0.055 * size)
