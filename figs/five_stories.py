"""What the caster's two kinds of event mean: one order makes a defect, five others do not."""

from typing import Any, NamedTuple

from asctools.plots import style
from figs._draw import Drawing, Sheet

SMALL: dict[str, Any] = {"fontsize": 11}
LEFT, RIGHT = 118.0, 322.0
PITCH, TOP = 38.0, 216.0
LEVEL, DROP = "cell", "loss"

ALT = (
    "Six rows, each a time line with the marks of a few events: a burst of waves is a level "
    "fluctuation, a dent is a temperature drop. First row: waves, and within a bracket of 10 to 25 "
    "seconds behind them a dent; beside it stands crack. The other rows are sound: waves alone; a "
    "dent alone; a dent and then waves; waves and, far behind the bracket, a dent; and nothing at "
    "all."
)


class Story(NamedTuple):
    """What happened, at which second of the line, and what became of the steel."""

    name: str
    waves: float | None
    dent: float | None
    verdict: str


STORIES = (
    Story("level, then drop", 14, 29, "crack"),
    Story("level only", 17, None, "sound"),
    Story("drop only", None, 29, "sound"),
    Story("reversed", 29, 14, "sound"),
    Story("too late", 6, 43, "sound"),
    Story("quiet", None, None, "sound"),
)
SECONDS, SOONEST, LATEST = 50, 10, 25  # of the line; of a drop that belongs to its fluctuation


def draw() -> Sheet:
    """Draw the six stories."""
    sheet = Sheet(432.0, 250.0, bottom=2.0)
    for row, story in enumerate(STORIES):
        _story(sheet, story, TOP - PITCH * row)
    return sheet


def _story(sheet: Sheet, story: Story, y: float) -> None:
    ill = story.verdict == "crack"
    role = "deviation" if ill else "muted"
    sheet.text(LEFT - 12, y, story.name, "ink", ha="right", **SMALL)
    sheet.wire((LEFT, y), (RIGHT, y), role="muted", width=1.1, arrow=True)
    sheet.text(RIGHT + 14, y, story.verdict, role, ha="left", weight="bold" if ill else "normal")
    for place, shape in ((story.waves, _waves), (story.dent, _dent)):
        if place is not None:
            shape(sheet, _at(place), y)
    if ill and story.waves is not None:
        _bracket(sheet, _at(story.waves + SOONEST), _at(story.waves + LATEST), y)


def _at(second: float) -> float:
    return LEFT + second * (RIGHT - LEFT) / SECONDS


def _waves(sheet: Sheet, x: float, y: float) -> None:
    """Draw a level that swings up and down."""
    points = [(x - 12 + 4 * k, y + (9, -9)[k % 2]) for k in range(7)]
    sheet.wire((x - 15, y), *points, (x + 15, y), role=LEVEL, width=1.9, bend=2.5)


def _dent(sheet: Sheet, x: float, y: float) -> None:
    """Draw a temperature that falls and comes back."""
    corners = (x - 14, y), (x - 8, y - 11), (x + 4, y - 11), (x + 14, y)
    sheet.wire(*corners, role=DROP, width=1.9, bend=5.0)


def _bracket(sheet: Sheet, x: float, end: float, y: float) -> None:
    """Draw the window in which the drop has to fall."""
    low, high = y + 8, y + 14
    sheet.wire((x, low), (x, high), (end, high), (end, low), role="deviation", width=1.2, bend=2.0)
    sheet.text((x + end) / 2, y + 23, f"{SOONEST} to {LATEST} seconds", "deviation", **SMALL)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("five-stories", "One order makes a defect", ALT, draw().figure)]
