"""The rules of XES (IEEE 1849), as a check that says what is wrong and where.

The rules are those that the standard states as a schema: which element stands in which, in what
order, with which attributes, of which type. They are written down here as a table.
"""

import calendar
import re
from collections.abc import Callable
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from asctools.eventlog.reading.scan import TYPES, chunks

NAMESPACE = "http://www.xes-standard.org/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"  # where a file says what schema it follows
ATTRIBUTES = TYPES | {"list"}

# Letters of XML 1.0, and what else a name can go on with
FIRST = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
NEXT = FIRST + "0-9.\\-\u00b7\u0300-\u036f\u203f\u2040"
BLANKS = " \t\r\n"
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
DATE = re.compile(
    r"(-?[0-9]{4,})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?"
    r"(Z|[+-]([0-9]{2}):([0-9]{2}))?"
)


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


def _is_long(text: str) -> bool:
    """Whether a text is a whole number of 64 bits."""
    return re.fullmatch("[+-]?[0-9]+", text) is not None and -(2**63) <= int(text) < 2**63


def _is_date(text: str) -> bool:
    """Whether a text is a day that exists and a time of it; a zone may follow."""
    found = DATE.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = (int(found[at]) for at in range(1, 7))
    zone = int(found[9] or 0) * 60 + int(found[10] or 0)
    real = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    midnight = (hour, minute, second) == (24, 0, 0) and not float(found[7] or 0)
    clock = (hour < 24 and minute < 60 and second < 60) or midnight
    in_zone = zone <= 14 * 60 and int(found[10] or 0) < 60
    padded = len(found[1].lstrip("-")) > 4 and found[1].lstrip("-").startswith("0")
    return real and clock and in_zone and year != 0 and not padded


class Kind(NamedTuple):
    """A type of values: what it is called, and whether a text is one of it."""

    name: str
    fits: Callable[[str], bool]


ANY = Kind("a text", lambda text: True)
NAME = Kind("a name of XML: no blanks, a letter first", _matches(f"[{FIRST}:][{NEXT}:]*"))
PLAIN_NAME = Kind("a name of XML without blanks and colons", _matches(f"[{FIRST}][{NEXT}]*"))
KINDS = {
    "string": ANY,
    "id": ANY,
    "date": Kind("a date and time such as 2026-01-31T12:00:00.000+00:00", _is_date),
    "int": Kind("a whole number of 64 bits", _is_long),
    "float": Kind("a number, INF, -INF or NaN", _matches(f"{NUMBER}([eE][+-]?[0-9]+)?|-?INF|NaN")),
    "boolean": Kind("true or false", _matches("true|false|1|0")),
}


class Rule(NamedTuple):
    """What one element must have, may have, and what stands in it, in this order."""

    must: dict[str, Kind] = {}  # noqa: RUF012
    may: dict[str, Kind] = {}  # noqa: RUF012
    inside: tuple[frozenset[str], ...] = ()


def _one(name: str) -> frozenset[str]:
    return frozenset({name})


RULES = {
    "log": Rule(
        {"xes.version": Kind("a decimal number such as 1849.2016", _matches(NUMBER))},
        {"xes.features": ANY},
        (
            _one("extension"),
            _one("global"),
            _one("classifier"),
            ATTRIBUTES,
            _one("trace"),
            _one("event"),
        ),
    ),
    "extension": Rule({"name": PLAIN_NAME, "prefix": PLAIN_NAME, "uri": ANY}),
    "global": Rule({}, {"scope": PLAIN_NAME}, (ATTRIBUTES,)),
    "classifier": Rule({"name": PLAIN_NAME, "keys": ANY}, {"scope": PLAIN_NAME}),
    "trace": Rule({}, {}, (ATTRIBUTES, _one("event"))),
    "event": Rule({}, {}, (ATTRIBUTES,)),
    "list": Rule({"key": NAME}, {}, (ATTRIBUTES, _one("values"))),
    "values": Rule({"key": NAME}, {}, (ATTRIBUTES,)),
} | {tag: Rule({"key": NAME, "value": kind}, {}, (ATTRIBUTES,)) for tag, kind in KINDS.items()}


def problems(path: str | PathLike[str], *, most: int = 100) -> list[str]:
    """Say what in a file breaks the rules of XES.

    Parameters
    ----------
    path
        A file ``.xes`` or ``.xes.gz``.
    most
        Stop after so many.

    Returns
    -------
    list of str
        A sentence each, with the line; none for a valid log.

    Raises
    ------
    asctools.errors.InputError
        For a file that is missing or empty, or that cannot be unpacked.
    """
    check = _Check(most)
    name = Path(fspath(path)).name
    try:
        for chunk in chunks(Path(fspath(path)), name):
            check.parser.Parse(chunk, False)
            if len(check.found) >= most:
                return check.found[:most]
        check.parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, str(error))
        check.found.append(f"Line {error.lineno}: this is not XML ({what}).")
    return check.found[:most]


class _Open(NamedTuple):
    """An element that has begun: its name, its rule, and how far its order has come."""

    tag: str
    rule: Rule | None  # None inside what is not known
    seen: list[str]  # what stands in it: the last one of each place in the order


class _Check:
    """The open elements of a file, and what was found wrong so far."""

    def __init__(self, most: int) -> None:
        self.found: list[str] = []
        self.most = most
        self.open: list[_Open] = []
        self.namespace = ""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def start(self, element: str, given: dict[str, str]) -> None:
        """An element begins."""
        namespace, _, tag = element.rpartition(" ")
        rule = RULES.get(tag)
        if not self.open:
            self.namespace = namespace
            if tag != "log" or namespace not in ("", NAMESPACE):
                self.say(f"the file begins with <{tag}>, but a log begins with <log>")
                rule = None
        elif self.open[-1].rule is None:
            rule = None
        elif rule is None or namespace != self.namespace:
            self.say(f"<{tag}> is no element of XES")
            rule = None
        else:
            self.place(tag, self.open[-1])
        if rule is not None:
            self.attributes(tag, rule, given)
        self.open.append(_Open(tag, rule, []))

    def place(self, tag: str, around: _Open) -> None:
        """Check that an element may stand where it does."""
        assert around.rule is not None
        order = around.rule.inside
        at = next((at for at, tags in enumerate(order) if tag in tags), None)
        if at is None:
            self.say(f"<{tag}> cannot stand in <{around.tag}>")
            return
        if len(around.seen) > at + 1:
            self.say(f"<{tag}> stands behind <{around.seen[-1]}>, but must come before it")
        elif tag == "values" and len(around.seen) == at + 1:
            self.say("a list has one element <values>, this one has more")
        else:
            around.seen.extend([tag] * (at + 1 - len(around.seen)))

    def attributes(self, tag: str, rule: Rule, given: dict[str, str]) -> None:
        """Check what an element says of itself."""
        where = f'<{tag} key="{given["key"]}">' if "key" in given else f"<{tag}>"
        for name in rule.must.keys() - given.keys():
            self.say(f"{where} has no {name}")
        for name, text in given.items():
            kind = rule.must.get(name) or rule.may.get(name)
            if kind is None:
                if not name.startswith(f"{INSTANCE} "):
                    self.say(f"{where} has {name.rpartition(' ')[2]}, which XES does not know")
            elif not kind.fits(text.strip(BLANKS)):
                self.say(f"{where} has {text!r} as {name}, which is not {kind.name}")

    def end(self, element: str) -> None:
        """An element ends."""
        ended = self.open.pop()
        if ended.tag == "list" and ended.rule and len(ended.seen) < len(ended.rule.inside):
            self.say("a list has one element <values>, this one has none")

    def text(self, text: str) -> None:
        """Text stands between two elements: blanks may, but not in what must be empty."""
        around = self.open[-1]
        if around.rule is None:
            return
        if text.strip(BLANKS):
            self.say(f"the text {text.strip(BLANKS)[:20]!r} stands between elements")
        elif not around.rule.inside:
            self.say(f"<{around.tag}> must be empty, without even a blank")

    def say(self, problem: str) -> None:
        """Keep a sentence, with the line that it is about."""
        if len(self.found) < self.most:
            line = self.parser.CurrentLineNumber
            self.found.append(f"Line {line}: {problem}.")
