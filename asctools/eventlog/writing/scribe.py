"""Turn events into the text of a log: stamp them, find their template, fill it in."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain, repeat
from typing import Any

from asctools.errors import InputError, ShapeError, explain
from asctools.eventlog.registry import event_type
from asctools.eventlog.writing import encode
from asctools.eventlog.writing.clock import Stamps

MOST_TEMPLATES = 4096  # more would be names that are made up as the run goes on
MOST_HEADS = 32

logger = logging.getLogger(__name__)


class Scribe:
    """Write events one by one, or many at once; the text is the same.

    Parameters
    ----------
    stamps
        Where the times come from.
    strict
        Whether an event that lacks a required attribute is refused.
    """

    def __init__(self, stamps: Stamps, strict: bool) -> None:
        self.stamps = stamps
        self._strict = strict
        self._templates: dict[tuple[Any, ...], encode.Template] = {}
        self._kept: dict[tuple[Any, ...], tuple[list[str], encode.Template]] = {}
        self._warned: set[str] = set()

    def one(self, name: str, seq: int, attributes: Mapping[str, Any]) -> str:
        """Return the XML of an event that has just happened."""
        known = self._templates.get((name, *attributes, *map(type, attributes.values())))
        if known is None:
            attributes = encode.all_plain(attributes)
            known = self._template(name, {key: type(each) for key, each in attributes.items()})
        stamp = self.stamps.text(self.stamps.next())
        try:
            return known.filled(stamp, seq, attributes)
        except encode.TooLongError:
            return self.one(name, seq, encode.all_plain(attributes))

    def many(self, names: Sequence[str], seq: int, attributes: Mapping[str, Any]) -> str:
        """Return the XML of events that have just happened, a microsecond apart.

        Parameters
        ----------
        names
            What each of them is called.
        seq
            Number of the first.
        attributes
            A list has one value for each event; anything else is the same for all.
        """
        lists = {key: each for key, each in attributes.items() if isinstance(each, list)}
        _check_lengths(lists, len(names))
        if all(_alike(each) for each in lists.values()):
            with suppress(encode.TooLongError):
                return self._table(names, seq, attributes, lists)
        return "".join(
            self.one(name, seq + k, {**attributes, **{key: each[k] for key, each in lists.items()}})
            for k, name in enumerate(names)
        )

    def _table(
        self,
        names: Sequence[str],
        seq: int,
        attributes: Mapping[str, Any],
        lists: Mapping[str, list[Any]],
    ) -> str:
        """Put the events together column by column, where each list holds values of one type."""
        count = len(names)
        shared = {k: encode.plain(k, each) for k, each in attributes.items() if k not in lists}
        types = {k: type(lists[k][0] if k in lists else shared[k]) for k in attributes}
        heads, known = self._heads(tuple(names), types)
        _, to_seq, constant, *others = known.pieces
        columns: list[Iterable[str]] = [
            heads,
            self.stamps.texts(self.stamps.next(count), count),
            repeat(to_seq),
            map(str, range(seq, seq + count)),
        ]
        for (key, write), after in zip(known.fields, others, strict=True):
            if key in lists:
                columns += [repeat(constant), encode.column(write, lists[key])]
                constant = after
            else:  # the same for all, so it becomes part of what stands between the gaps
                constant += write(shared[key]) + after
        columns.append(repeat(constant))
        return "".join(chain.from_iterable(zip(*columns, strict=False)))  # repeat() has no end

    def _heads(
        self, names: tuple[str, ...], types: Mapping[str, type]
    ) -> tuple[list[str], encode.Template]:
        """Return what each event begins with, and a template: the rest of it is that of all.

        The same names come again at every step of a training, so the last ones are kept.
        """
        key = (names, *types, *types.values())
        if key not in self._kept:
            known = {name: self._template(name, types) for name in dict.fromkeys(names)}
            if len(self._kept) >= MOST_HEADS:
                self._kept.clear()
            self._kept[key] = [known[name].pieces[0] for name in names], known[names[0]]
        return self._kept[key]

    def _template(self, name: str, types: Mapping[str, type]) -> encode.Template:
        """Return the template of an event with plain values."""
        key = (name, *types, *types.values())
        if key not in self._templates:
            known = encode.template(name, types)
            self._check(name, types)
            if len(self._templates) >= MOST_TEMPLATES:
                self._templates.clear()
            self._templates[key] = known
        return self._templates[key]

    def _check(self, name: str, given: Mapping[str, Any]) -> None:
        """Miss the required attributes of a type."""
        known = event_type(name)
        missing = [] if known is None else [each for each in known.attributes if each not in given]
        if missing and self._strict:
            came = f"{name} without {', '.join(missing)}"
            raise InputError(explain(came, "all that the registry asks for", "tell it too"))
        if missing and name not in self._warned:
            self._warned.add(name)
            logger.warning("%s lacks %s: it is logged without", name, ", ".join(missing))


def _check_lengths(lists: Mapping[str, list[Any]], count: int) -> None:
    for key, each in lists.items():
        if len(each) != count:
            came = f"{len(each)} values of {key} for {count} events"
            raise ShapeError(explain(came, "one for each", "give a list as long, or one value"))


def _alike(values: list[Any]) -> bool:
    """Whether the values are plain and all of one type."""
    kinds = set(map(type, values))
    return len(kinds) == 1 and kinds <= encode.ELEMENTS.keys()
