"""A section of a configuration: a frozen dataclass whose fields say what is allowed in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, get_type_hints

from asctools.settings.kinds import Range, fitted

__all__ = ["Key", "Section", "key", "keys"]


class Key(NamedTuple):
    """One key of a section, as its field was declared.

    Attributes
    ----------
    name
        As it is written.
    kind
        The type of its values, a type hint.
    default
        What it is when nobody says anything.
    about
        One sentence.
    allowed
        Which values of that type.
    """

    name: str
    kind: Any
    default: Any
    about: str
    allowed: Range

    @property
    def section(self) -> type[Section] | None:
        """The section that stands under this key, if one does."""
        return self.kind if isinstance(self.kind, type) and issubclass(self.kind, Section) else None


@dataclasses.dataclass(frozen=True)
class Section:
    '''Keys that belong together. Make a subclass, a frozen dataclass, with a field for each key.

    The first line of its docstring explains the section. Values are checked whenever one is made,
    also by hand; what is made is right.

    ::

        @dataclass(frozen=True)
        class Oven(Section, path="oven"):
            """How it is baked."""

            degrees: float = key(180.0, "Heat.", above=0, most=300, unit="°C")


        Oven(degrees=-5)  # InputError: Got -5 as oven.degrees, expected a number above 0, ...
    '''

    _path: ClassVar[str] = ""

    def __init_subclass__(cls, path: str | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if path is not None:
            cls._path = path

    def __post_init__(self) -> None:
        for each in keys(type(self)):
            value = checked(each, getattr(self, each.name), self._path)
            object.__setattr__(self, each.name, value)
        self.check()

    def check(self) -> None:
        """Refuse what no single key can tell; override it where keys depend on each other."""


def key(
    default: Any,
    about: str,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
    choices: Sequence[str] = (),
    unit: str = "",
) -> Any:
    """Declare a key of a section.

    Parameters
    ----------
    default
        Its value when nothing is said. A section is a default too.
    about
        What it does, in one sentence.
    least, above, most, below
        The range of a number, or of each number of several: ≥, >, ≤, <.
    choices
        The only texts that are allowed, if not any text is.
    unit
        Of a number, for the reader.
    """
    told = {"about": about, "allowed": Range(least, above, most, below, tuple(choices), unit)}
    if isinstance(default, dict):
        return dataclasses.field(default_factory=default.copy, metadata=told)
    return dataclasses.field(default=default, metadata=told)


def keys(section: type[Section]) -> list[Key]:
    """Return the keys of a section in the order in which they were declared."""
    hints = get_type_hints(section)
    return [
        Key(
            each.name,
            hints[each.name],
            _default(each),
            each.metadata["about"],
            each.metadata["allowed"],
        )
        for each in dataclasses.fields(section)
    ]


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def checked(each: Key, value: Any, path: str) -> Any:
    """Return a key's value in its own type (a whole number for a float is one), or refuse it."""
    if each.section is not None and isinstance(value, each.section):
        return value
    return fitted(each.kind, each.allowed, value, f"{path}.{each.name}" if path else each.name)
