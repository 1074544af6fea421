"""From names and values to the text of XES: which element, which characters, which digits.

An event is filled into a template that is kept for its name, its keys and the types of its values:
there are few of those and many events.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from asctools.errors import InputError, explain

LONGEST = 2**63  # an xs:long is below this
RESERVED = {"concept:name", "time:timestamp", "lifecycle:transition", "seq"}

# What an attribute value cannot hold as it is, and what XML cannot hold at all
SPECIAL = re.compile("[^ !#-%'-;=?-~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)

# An xs:Name, of the letters that every edition of XML takes for letters
LETTERS = "A-Za-zÀ-ÖØ-öø-ÿΑ-ΡΣ-ώ"
NAME = re.compile(f"[{LETTERS}_:][{LETTERS}0-9_:.-]*")


class TooLongError(Exception):
    """A whole number that does not fit into an xs:long."""


GAP = "\0"  # which XML forbids, so that no text holds it


class Template(NamedTuple):
    """The text of an event with gaps for its stamp, its seq, and then each of its fields."""

    text: str  # for the operator %
    pieces: tuple[str, ...]  # the same, cut at its gaps
    fields: tuple[tuple[str, Callable[[Any], str]], ...]  # key, and how its value is written

    def filled(self, stamp: str, seq: int, attributes: Mapping[str, Any]) -> str:
        """Return the event as XML.

        Raises
        ------
        TooLongError
            If an integer does not fit.
        """
        return self.text % (stamp, seq, *[write(attributes[key]) for key, write in self.fields])


def scrubbed(value: str) -> str:
    """Return a text as it may stand between the quotes of an attribute.

    Characters that XML forbids are removed; a tab or a new line would otherwise be read as a blank.
    """
    if SPECIAL.search(value) is None:
        return value
    return FORBIDDEN.sub("", value).translate(ESCAPES)


def whole(value: int) -> str:
    """Write an integer."""
    if -LONGEST <= value < LONGEST:
        return repr(value)
    raise TooLongError


def decimal(value: float) -> str:
    """Write a float with all the digits that it needs to come back the same."""
    if value - value == 0.0:
        return repr(value)
    return "NaN" if math.isnan(value) else "INF" if value > 0.0 else "-INF"


def truth(value: bool) -> str:
    """Write a boolean."""
    return "true" if value else "false"


ELEMENTS: dict[type, tuple[str, Callable[[Any], str]]] = {
    bool: ("boolean", truth),
    int: ("int", whole),
    float: ("float", decimal),
    str: ("string", scrubbed),
}
TO_PLAIN: dict[type, Callable[[Any], Any]] = {
    bool: bool,
    int: int.__int__,
    float: float.__float__,
    str: str.__str__,
}


def plain(key: str, value: Any) -> Any:
    """Return a value as one of Python's bool, int, float, str or None.

    NumPy's scalars, arrays without axes and subclasses are taken; an integer that is too long for
    XES becomes a text.

    Raises
    ------
    InputError
        If the value is anything else.
    """
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
        if getattr(value, "dtype", None) == "longdouble":  # which is its own item
            value = float(value)
    for kind, to_plain in TO_PLAIN.items():
        if isinstance(value, kind):
            value = to_plain(value)
            return repr(value) if kind is int and not -LONGEST <= value < LONGEST else value
    if value is None:
        return None
    came = f"{type(value).__name__} as {key}"
    todo = "write its numbers one by one, or str() of it"
    raise InputError(explain(came, "a bool, an int, a float, a str, or None", todo))


def all_plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes with :func:`plain` values."""
    return {key: plain(key, value) for key, value in attributes.items()}


def checked_key(key: str) -> str:
    """Return a key, if XES allows it.

    Raises
    ------
    InputError
        If it is no XML name.
    """
    if not isinstance(key, str) or NAME.fullmatch(key) is None:
        better = re.sub(f"[^{LETTERS}0-9_:.-]+", "_", str(key))
        better = better if NAME.match(better) else f"_{better}"
        expected = "letters, digits, '_', '-', '.' and ':', the first a letter or '_'"
        raise InputError(explain(f"the key {key!r}", expected, f"write {better!r}"))
    return key


def checked_name(name: str) -> str:
    """Return the name of an event or a trace.

    Raises
    ------
    InputError
        If it is no text, or an empty one.
    """
    if not isinstance(name, str) or not name:
        raise InputError(explain(f"{name!r} as a name", "a text", "give it one"))
    return name


def element(kind: str, key: str, value: str) -> str:
    """Return an attribute as XML; the value is written as it is."""
    return f'<{kind} key="{key}" value="{value}"/>\n'


def attributes_text(attributes: Mapping[str, Any], indent: str) -> str:
    """Return the attributes of a log or a trace as XML, a line each."""
    lines = []
    for key, value in all_plain(attributes).items():
        if value is not None:
            kind, written = ELEMENTS[type(value)]
            lines.append(indent + element(kind, checked_key(key), written(value)))
    return "".join(lines)


def template(name: str, types: Mapping[str, type]) -> Template:
    """Return the template of an event, from its keys and the types of their plain values.

    Raises
    ------
    InputError
        If a key is no XML name, or one that every event has anyway.
    """
    for key in RESERVED & types.keys():
        todo = f"choose another name, {key.replace('seq', 'step').replace(':', '_')!r} say"
        raise InputError(explain(f"the key {key!r}", "one that the log does not write", todo))
    indent = "   "
    lines = [
        "  <event>\n",
        indent + element("string", "concept:name", scrubbed(name)),
        indent + element("date", "time:timestamp", GAP),
        indent + element("string", "lifecycle:transition", "complete"),
        indent + element("int", "seq", GAP),
    ]
    fields = []
    # The iteration first: it is what one looks for
    for key in sorted(types, key=lambda key: key != "iteration"):
        if types[key] in ELEMENTS:  # else it is None, which is left out
            kind, write = ELEMENTS[types[key]]
            lines.append(indent + element(kind, checked_key(key), GAP))
            fields.append((key, write))
    lines.append("  </event>\n")
    text = "".join(lines)
    to_fill = text.replace("%", "%%").replace(GAP, "%s")
    return Template(to_fill, tuple(text.split(GAP)), tuple(fields))


def column(write: Callable[[Any], str], values: list[Any]) -> list[str]:
    """Write many plain values of one type.

    Raises
    ------
    TooLongError
        If an integer does not fit.
    """
    if write is whole:
        return _wholes(tuple(values))
    if write is decimal and math.isfinite(sum(values)):  # then each is, and repr() is all there is
        write = repr
    return list(map(write, values))


@lru_cache(maxsize=32)
def _wholes(values: tuple[int, ...]) -> list[str]:
    """Write integers: time steps, for example, which are the same at every step of a training."""
    return list(map(whole, values))
