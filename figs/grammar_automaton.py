"""The sentences of the course's grammar: what decides the ending of the last verb."""

from typing import Any

from asctools.dataset.bell_language import (
    CLAUSE,
    CLAUSE_VERBS,
    NOUN_ENDINGS,
    NOUNS,
    PEOPLE,
    VERB_S,
    VERBS,
)
from asctools.plots import style
from figs._draw import Drawing, Sheet

LANES = {"one": 204.0, "many": 76.0}  # heights
MIDDLE = 140.0
SUBJECT, NUMBER, CLAUSE_X, VERB = 44.0, 122.0, 236.0, 376.0
BACK = 8.0  # height of the way to the next sentence
SMALL: dict[str, Any] = {"fontsize": 11}

ALT = (
    "A sentence from left to right. The subject, the and a noun, splits into two lanes. "
    "In the upper lane the noun has no s, in the lower lane it has one. In each lane the sentence "
    "goes straight on to its verb, or through a box with a clause whose own verb agrees with its "
    "own noun. At the right end of the upper lane the verb takes an s, in the lower lane none. A "
    "thick line under each lane leads from the noun's ending to the verb's: this is what must be "
    "remembered. From both verbs a line leads back to the next sentence."
)


def draw() -> Sheet:
    """Draw the subject, the two lanes, and the example below them."""
    sheet = Sheet(432.0, 264.0, bottom=2.0)
    _words(sheet, SUBJECT, MIDDLE, 72, tuple(f"the {noun}" for noun in NOUNS))
    for number, y in LANES.items():
        _lane(sheet, number, y)
    return sheet


def _lane(sheet: Sheet, number: str, y: float) -> None:
    """Draw one lane: the noun's ending, the way with and without a clause, the verb's ending."""
    noun_s, verb_s = NOUN_ENDINGS[number].strip(), VERB_S[number]
    who, does = PEOPLE[0], CLAUSE_VERBS[-1]
    left, right = NUMBER + 17, VERB - 37
    sheet.wire((SUBJECT + 36, MIDDLE), (92, MIDDLE), (92, y), (NUMBER - 17, y), arrow=True)
    sheet.box(NUMBER, y, 34, 28, "cell", tint=0.2)
    sheet.text(NUMBER, y, f"-{noun_s}" if noun_s else "–", "cell", fontsize=13, weight="bold")
    sheet.text(NUMBER, y + 26, number, "cell", fontsize=11)
    inside = (f"that the {who} {does}s", f"that the {who}s {does}")
    sheet.wire((left, y), (CLAUSE_X - 68, y), arrow=True)
    sheet.wire((CLAUSE_X + 68, y), (right, y), arrow=True)
    _words(sheet, CLAUSE_X, y, 136, inside)
    over = y + 37
    sheet.wire((left + 8, y), (left + 8, over), (right - 11, over), (right - 11, y), role="ink")
    sheet.disc(left + 8, y, 2.7, "ink")
    sheet.text(
        left + 16, over + 10, f"without a clause: {1 - CLAUSE:g}", "muted", ha="left", **SMALL
    )
    _words(sheet, VERB, y, 74, tuple(f"{verb}{verb_s}" for verb in VERBS))
    low = y - 30
    memory = (NUMBER, y - 14), (NUMBER, low), (right, low)
    sheet.wire(*memory, role="cell", width=3.0, arrow=True)
    sheet.text((NUMBER + right) / 2, low - 11, f"{number}: to be remembered", "cell", **SMALL)
    onwards = (VERB + 37, y), (424, y), (424, BACK), (SUBJECT, BACK), (SUBJECT, MIDDLE - 46)
    sheet.wire(*onwards, role="muted", width=1.2, arrow=number == "many")


def _words(sheet: Sheet, x: float, y: float, width: float, words: tuple[str, ...]) -> None:
    """Draw a box with words under each other: one of them is said."""
    height = 17.0 * len(words) + 8
    sheet.box(x, y, width, height, "ink", tint=0.05, edge=1.2)
    for row, word in enumerate(words):
        top = y + height / 2 - 13 - 17.0 * row
        sheet.text(x, top, word, "ink", fontsize=11)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        title = "A sentence whose verb remembers its subject"
        return [Drawing("grammar-automaton", title, ALT, draw().figure)]
