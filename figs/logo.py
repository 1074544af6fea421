"""The mark of the book: a bell that hangs from the cell state."""

from asctools.plots import style
from figs._bell import bell
from figs._draw import Drawing, Sheet

SIDE = 64.0

ALT = "A bronze bell with a blue clapper hangs from a blue line that runs from left to right."


def draw(*, small: bool) -> Sheet:
    """Draw the mark; the small one is bolder, for 32 pixels and fewer."""
    sheet, middle = Sheet(SIDE, SIDE), SIDE / 2
    rail, line, size, lip = (57.5, 7.5, 48.0, 12.0) if small else (55.0, 4.4, 41.0, 12.0)
    sheet.wire((5.0, rail), (SIDE - 5.0, rail), role="cell", width=line, capstyle="round")
    bell(sheet, middle, lip, size, "candidate", "cell")
    if not small:
        sheet.disc(middle, rail, 5.4, "cell")
    return sheet


def drawings() -> list[Drawing]:
    """Draw the logo and the favicon."""
    with style():
        return [
            Drawing("logo", "From One Cell to Sixteen Bells", ALT, draw(small=False).figure),
            Drawing("favicon", "From One Cell to Sixteen Bells", ALT, draw(small=True).figure),
        ]
