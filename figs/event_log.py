"""An event log: its parts, its four levels of detail, and how its file is written."""

from typing import Any, NamedTuple

from asctools.plots import style
from figs._draw import Drawing, Sheet

SMALL: dict[str, Any] = {"fontsize": 11}
WIDTH = 432.0


class Kind(NamedTuple):
    """One kind of event: the letter on its bead, and the role that colours it."""

    letter: str
    role: str


ZERO, FORWARD, BACKWARD = Kind("Z", "muted"), Kind("F", "lstm"), Kind("B", "gradient")
CLIP, UPDATE, LOOK = Kind("C", "rule"), Kind("U", "hidden"), Kind("V", "loss")

# ── the parts ────────────────────────────────────────────────────────────────────────────────────

TRACES = {
    "epoch 1": (ZERO, FORWARD, BACKWARD, CLIP, UPDATE, ZERO, FORWARD, BACKWARD, UPDATE, LOOK),
    "epoch 2": (ZERO, FORWARD, BACKWARD, UPDATE, ZERO, FORWARD, BACKWARD, UPDATE, LOOK),
    "epoch 3": (ZERO, FORWARD, BACKWARD, UPDATE, ZERO, FORWARD),
}
NAMES = {
    "Z": "ZeroGrad",
    "F": "ForwardPass",
    "B": "BackwardPass",
    "C": "GradientClipping",
    "U": "WeightsUpdate",
    "V": "Validation",
}
PICKED = 1  # the event of the last trace whose card is drawn
BEAD, PITCH, FIRST_BEAD = 22.0, 29.0, 104.0
ROWS = (250.0, 214.0, 178.0)
CARD = (156.0, 68.0, 214.0, 112.0)  # middle, width, height

PARTS_ALT = (
    "A large frame, the log, holds three rows, the traces epoch 1 to epoch 3. Each row is a "
    "string of beads from left to right, the events in the order of time; the letter on a bead "
    "says what happened. The third row ends early: that training was cut off. From its second "
    "bead a line leads down to a card with the attributes of that event: name ForwardPass, "
    "timestamp, seq 21, iteration 5, loss 2.87. A list beside the card says what the letters "
    "mean: Z ZeroGrad, F ForwardPass, B BackwardPass, C GradientClipping, U WeightsUpdate, V "
    "Validation."
)


def parts() -> Sheet:
    """Draw log, traces and events, and the attributes of one event."""
    sheet = Sheet(WIDTH, 304.0, bottom=0.0)
    sheet.box(WIDTH / 2, 222, WIDTH - 12, 144, "ink", tint=0.05, edge=1.2)
    sheet.text(18, 281, "log", weight="bold", ha="left")
    sheet.text(46, 281, "one training, and what it did", "muted", ha="left", **SMALL)
    for (name, beads), y in zip(TRACES.items(), ROWS, strict=True):
        sheet.text(18, y, name, "ink", ha="left", **SMALL)
        sheet.wire((76, y), (422, y), role="muted", width=1.1, arrow=True)
        for place, kind in enumerate(beads):
            _bead(sheet, FIRST_BEAD + place * PITCH, y, kind)
    x, y, width, height = CARD
    picked = FIRST_BEAD + PICKED * PITCH
    sheet.wire(
        (picked, ROWS[-1] - BEAD / 2), (picked, y + height / 2), role=FORWARD.role, width=1.5
    )
    _card(sheet, x, y, width, height)
    for row, (letter, name) in enumerate(NAMES.items()):
        kind = next(each for beads in TRACES.values() for each in beads if each.letter == letter)
        _bead(sheet, 290, 122 - row * 21, kind, size=17)
        sheet.text(306, 122 - row * 21, name, ha="left", **SMALL)
    return sheet


def _bead(sheet: Sheet, x: float, y: float, kind: Kind, size: float = BEAD) -> None:
    sheet.box(x, y, size, size, "paper", tint=1.0, edge=0.0, radius=size / 3)
    sheet.box(x, y, size, size, kind.role, tint=0.2, edge=1.3, radius=size / 3)
    sheet.text(x, y - 0.5, kind.letter, kind.role, fontsize=11, weight="bold")


def _card(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """Draw the attributes of the event that the line leads from."""
    sheet.box(x, y, width, height, FORWARD.role, tint=0.08, edge=1.4)
    rows = {
        "concept:name": "ForwardPass",
        "time:timestamp": "…07:41.250613",
        "seq": "21",
        "iteration": "5",
        "loss": "2.87",
    }
    left, top = x - width / 2 + 11, y + height / 2 - 16
    for row, (key, value) in enumerate(rows.items()):
        sheet.text(left, top - row * 20, key, "muted", ha="left", **SMALL)
        sheet.text(left + 104, top - row * 20, value, ha="left", **SMALL)


# ── the levels ───────────────────────────────────────────────────────────────────────────────────

LEVELS = {"epoch": 246.0, "step": 176.0, "gate": 104.0, "weight": 34.0}  # heights
LEFT, RIGHT = 74.0, 420.0
STEP = {"ZeroGrad": 104.0, "ForwardPass": 184.0, "BackwardPass": 278.0, "WeightsUpdate": 376.0}
GATES = ("forget", "input", "candidate", "output")
LETTERS = {"forget": "f", "input": "i", "candidate": "c", "output": "o"}
DAYS = 3  # time steps drawn

LEVELS_ALT = (
    "Four rows, each a closer look at the one above. Row epoch: a bar from EpochStart to "
    "EpochEnd, cut into iterations, one of them filled. Row step: that iteration, with ZeroGrad, "
    "ForwardPass, BackwardPass and WeightsUpdate. Row gate: below ForwardPass three columns of "
    "four small squares, the gates f, i, c and o at time steps 0, 1 and 2; below BackwardPass the"
    " same with the time steps 2, 1, 0. Row weight: below WeightsUpdate eight small squares, the "
    "matrices and biases of the four gates, and the two of the head."
)


def levels() -> Sheet:
    """Draw an epoch, an iteration of it, its gates, and its weights."""
    sheet = Sheet(WIDTH, 280.0, bottom=0.0)
    for name, y in LEVELS.items():
        sheet.text(8, y, name, weight="bold", ha="left")
    chosen = _epoch(sheet, LEVELS["epoch"])
    _zoom(sheet, chosen, LEVELS["epoch"] - 13, (LEFT, RIGHT), LEVELS["step"] + 17)
    for name, x in STEP.items():
        role = {"ForwardPass": "lstm", "BackwardPass": "gradient", "WeightsUpdate": "hidden"}
        width = {"ZeroGrad": 62, "WeightsUpdate": 96}.get(name, 86)
        sheet.box(x, LEVELS["step"], width, 26, role.get(name, "muted"), tint=0.2, edge=1.2)
        sheet.text(x, LEVELS["step"], name, role.get(name, "muted"), fontsize=11)
    for name, order in (("ForwardPass", range(DAYS)), ("BackwardPass", reversed(range(DAYS)))):
        x, y = STEP[name], LEVELS["gate"]
        _zoom(sheet, (x - 42, x + 42), LEVELS["step"] - 13, (x - 42, x + 42), y + 36)
        _gates(sheet, x, y, list(order))
    x = STEP["WeightsUpdate"]
    edges = (x - 48, x + 48)
    _zoom(sheet, edges, LEVELS["step"] - 13, edges, LEVELS["weight"] + 32)
    _weights(sheet, x, LEVELS["weight"])
    return sheet


def _epoch(sheet: Sheet, y: float) -> tuple[float, float]:
    """Draw the epoch and return the edges of the iteration that is looked at."""
    sheet.text(LEFT, y + 24, "EpochStart", "muted", ha="left", **SMALL)
    sheet.text(RIGHT, y + 24, "EpochEnd", "muted", ha="right", **SMALL)
    pitch = (RIGHT - LEFT) / 9
    for number in range(9):
        x = LEFT + (number + 0.5) * pitch
        shown = number == 4
        sheet.box(x, y, pitch - 4, 24, "ink", tint=0.28 if shown else 0.05, edge=1.1, radius=4)
        sheet.text(x, y, str(number + 1), **SMALL)
    return LEFT + 4 * pitch + 2, LEFT + 5 * pitch - 2


def _zoom(
    sheet: Sheet,
    above: tuple[float, float],
    top: float,
    below: tuple[float, float],
    bottom: float,
) -> None:
    """Tint what lies between a thing and its closer look."""
    corners = [(above[0], top), (above[1], top), (below[1], bottom), (below[0], bottom)]
    sheet.shape(corners, "ink", alpha=0.1)


def _gates(sheet: Sheet, middle: float, y: float, order: list[int]) -> None:
    """Draw four squares for each time step."""
    for place, t in enumerate(order):
        x = middle + (place - (DAYS - 1) / 2) * 27
        sheet.text(x, y + 26, f"{t}", "muted", **SMALL)
        for row, gate in enumerate(GATES):
            dx, dy = (-5.6, 5.6)[row % 2], (8.0, -3.5)[row // 2]
            sheet.box(x + dx, y + dy, 9.6, 9.6, gate, tint=0.75, edge=0.8, radius=2)


def _weights(sheet: Sheet, middle: float, y: float) -> None:
    """Draw the parts of the weights: a matrix and a bias for each gate, and for the head."""
    for column, role in enumerate((*GATES, "loss")):
        letter = LETTERS.get(role, "y")
        for row, part in enumerate(("W", "b")):
            x, height = middle + (column - 2) * 20, y + (15.0, -9.0)[row]
            sheet.box(x, height, 18, 21, role, tint=0.2, edge=1.0, radius=3)
            sheet.text(x, height, f"${part}_{{{letter}}}$", role, fontsize=11)


# ── the file ─────────────────────────────────────────────────────────────────────────────────────

RIBBON = 26.0
FILES = (204.0, 146.0, 88.0, 30.0)  # heights
SAYS = (
    "after a flush",
    "the next one is first written behind the end, where nobody reads",
    "then one short write turns the old end into a comment",
    "killed: only what waited in memory is lost",
)
HEAD, EVENT, TAIL = 46.0, 23.0, 88.0  # widths of the pieces
START = 10.0

FILE_ALT = (
    "Four ribbons, the file at four moments. First: head, events 1 to 4, closing tags. Second: "
    "behind the closing tags stand events 5 to 7 and new closing tags, dashed, because nobody "
    "reads them yet. Third: the old closing tags have become a comment; head, seven events and "
    "closing tags count. Fourth: event 8 waits in memory when the process is killed; the file "
    "is as in the third ribbon, and complete."
)


def file() -> Sheet:
    """Draw the file after a flush, during the next, and when the process is killed."""
    sheet = Sheet(WIDTH, 246.0, bottom=4.0)
    for y, says in zip(FILES, SAYS, strict=True):
        sheet.text(START, y + 23, says, ha="left", **SMALL)
    old, new = _events(1, 4), [*_events(5, 7), CLOSING]
    first, hidden, shown, killed = FILES
    _ribbon(sheet, first, [*old, CLOSING])
    end = _ribbon(sheet, hidden, [*old, CLOSING])
    _ribbon(sheet, hidden, new, end, dashed=True)
    for y in (shown, killed):
        end = _ribbon(sheet, y, [*old, COMMENT, *new])
    _ribbon(sheet, killed, _events(8, 8), end + 6, dashed=True)
    return sheet


Piece = tuple[str, float, str]  # what stands on it, its width, its role
CLOSING: Piece = ("closing tags", TAIL, "loss")
COMMENT: Piece = ("comment", TAIL, "muted")


def _events(first: int, last: int) -> list[Piece]:
    return [(str(number), EVENT, "lstm") for number in range(first, last + 1)]


def _ribbon(
    sheet: Sheet, y: float, pieces: list[Piece], x: float | None = None, dashed: bool = False
) -> float:
    """Draw pieces of a file from x on, or behind the head; return where they end."""
    if x is None:
        x, pieces = START, [("head", HEAD, "muted"), *pieces]
    for text, width, role in pieces:
        look: dict[str, Any] = {"tint": 0.18, "edge": 1.1, "radius": 4}
        if dashed:
            look |= {"tint": 0.0, "linestyle": (0, (3, 2))}
        sheet.box(x + width / 2, y, width - 3, RIBBON, role, **look)
        sheet.text(x + width / 2, y, text, role, **SMALL)
        x += width
    return x


def drawings() -> list[Drawing]:
    """Draw the three figures."""
    with style():
        return [
            Drawing("event-log", "The parts of an event log", PARTS_ALT, parts().figure),
            Drawing("event-log-levels", "Four levels of detail", LEVELS_ALT, levels().figure),
            Drawing("event-log-file", "A file that is always complete", FILE_ALT, file().figure),
        ]
