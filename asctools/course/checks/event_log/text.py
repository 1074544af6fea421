"""The exercise on texts that have to come back out of an XML attribute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance, WrongFormError, call
from asctools.course.checks.words import kind_of

REFERENCES = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}


class Came(NamedTuple):
    """What an XML reader makes of a value: readable (1) or not (0), its length, what differs."""

    readable: int
    length: int
    differing: int


def _allowed(character: str) -> bool:
    """Whether XML 1.0 has this character at all (its production 2, Char)."""
    code = ord(character)
    low, high = 0x20 <= code <= 0xD7FF, 0xE000 <= code <= 0xFFFD
    return character in "\t\n\r" or low or high or code >= 0x10000


def _right(text: str) -> str:
    return "".join(REFERENCES.get(c, c) for c in text if _allowed(c))


def _came(answer: object, text: str) -> Any:
    """Hand the text to an answer, and what it wrote to an XML reader."""
    written = call(answer, text)
    if written is None or written is Ellipsis:
        return written
    if not isinstance(written, str):
        raise WrongFormError(f"A text is needed; {kind_of(written)} came.")
    if "<string" in written or written.startswith('"'):
        raise WrongFormError(
            "Only what stands *between* the quotes is asked for: no tag, and no quotes around it."
        )
    try:
        read = ElementTree.fromstring(f'<string key="text" value="{written}"/>').get("value", "")
    except (ElementTree.ParseError, ValueError):
        return Came(0, 0, 0)
    kept = [c for c in text if _allowed(c)]
    differing = sum(a != b for a, b in zip(read, kept, strict=False))
    return Came(1, len(read), differing)


def _reference(text: str) -> Came:
    return _came(_right, text)


def _made(way: Callable[[str], str]) -> Callable[[str], Came]:
    return lambda text: _came(way, text)


def _without(*characters: str, keep: Callable[[str], bool] = _allowed) -> Callable[[str], str]:
    """Forget the references of some characters, or keep others."""
    known = {c: r for c, r in REFERENCES.items() if c not in characters}
    return lambda text: "".join(known.get(c, c) for c in text if keep(c))


def _ampersand_last(text: str) -> str:
    for character in ('"', "<", "\n", "\t", "\r", "&"):
        text = text.replace(character, REFERENCES[character])
    return "".join(filter(_allowed, text))


def _forbidden_as_references(text: str) -> str:
    return "".join(REFERENCES.get(c, c if _allowed(c) else f"&#{ord(c)};") for c in text)


def _only_visible(text: str) -> str:
    return _without()("".join(c for c in text if c >= " "))


def _chapters(character: str) -> bool:
    return character >= " " or character in "\t\n\r"


def _cases(rng: np.random.Generator) -> list[Case]:
    def letters() -> str:
        return "".join(map(chr, rng.integers(97, 123, 4)))

    kinds = [
        ("for letters and spaces", "{} {}"),
        ("for an ampersand", "{} & {}&amp;"),
        ("for angle brackets", "{}<{}>"),
        ("for quotes of both kinds", '{} "{}\'s"'),
        ("for line breaks and tabs", "{}\n\t{}\r\n"),
        ("for letters beyond ASCII", "{} σ ä 😀 \x85 {}"),
        ("for control characters", "{}\x07{}\x00\x1b"),
        ("for the other code points that XML forbids", "{}\ud800\ufffe{}\uffff"),
    ]
    return [Case(when, (text.format(letters(), letters()),)) for when, text in kinds]


TEXT = Exercise(
    id="event-log/text",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_value(text) that returns what is to be written between the quotes",
    parameters=("text",),
    cases=_cases,
    reference=_reference,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_came,
    mistakes=(
        Mistake(
            "ampersand last",
            "You replace `&` after others, so it also hits the `&` of the references that you have "
            "just written. Replace it first, or go through the characters one by one.",
            _made(_ampersand_last),
        ),
        Mistake(
            "ampersand",
            "A text with `&` can't be read, or comes back as another one: `&` begins a reference.",
            _made(_without("&")),
        ),
        Mistake(
            "angle bracket",
            "The character `<` may not stand in an attribute: a new tag would begin.",
            _made(_without("<")),
        ),
        Mistake(
            "quote",
            'A `"` in the text ends the attribute. How else can it be written?',
            _made(_without('"')),
        ),
        Mistake(
            "white space",
            "Line breaks and tabs come back as spaces, since XML readers do that to attributes. A "
            "reference to the character's number is left alone.",
            (
                _made(_without("\n", "\t", "\r")),
                _made(_without("\t", "\r")),
                _made(_without("\t")),
                _made(_without("\r")),
            ),
        ),
        Mistake(
            "white space lost",
            "Line breaks and tabs are control characters, but XML has them. They are to come back.",
            _made(_only_visible),
        ),
        Mistake(
            "forbidden characters",
            "Markup and line breaks are right. Most control characters may not occur in XML at "
            "all, and not as references either: leave them out.",
            (_made(_without(keep=lambda c: True)), _made(_forbidden_as_references)),
        ),
        Mistake(
            "as in the chapter",
            "This is as good as the chapter's `clean`, which lets a few through: half of a "
            "surrogate pair, U+FFFE and U+FFFF. XML allows up to U+D7FF, then from U+E000 to "
            "U+FFFD, then from U+10000.",
            _made(_without(keep=_chapters)),
        ),
        Mistake(
            "only ASCII",
            "Letters beyond ASCII are lost or changed. XML has nearly all of Unicode.",
            (
                _made(_without(keep=lambda c: c.isascii() and _allowed(c))),
                _made(lambda text: _right(text).encode("ascii", "replace").decode()),
            ),
        ),
    ),
    value_hint="The hand-over goes to Python's own XML reader, between two quotes. `readable` is 0 "
    "where it refuses, `differing` counts characters that came back as others.",
    closing="An untrained model writes every character sooner or later. One is enough to lose a "
    "log.",
)
