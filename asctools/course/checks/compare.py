"""Find the first place where an answer differs, and say how, without giving the value away.

Arrays and tensors are recognised by what they can do, so that nothing here imports torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from numbers import Real
from typing import Any, Literal, NamedTuple

import numpy as np

from asctools.course.checks.spec import Tolerance
from asctools.course.checks.words import how_far, kind_of


class Difference(NamedTuple):
    """The first place where two things differ.

    ``kind`` is "shape" when the forms can't be compared, else "value"; ``path`` leads to the
    place: field names, keys and indices.
    """

    kind: Literal["shape", "value"]
    path: tuple[str | int, ...]
    message: str


def difference(got: Any, expected: Any, tolerance: Tolerance, *, exact: bool) -> Difference | None:
    """Compare an answer with the value that was expected.

    Forms are compared first, everywhere, and values only when all forms agree.

    Parameters
    ----------
    got, expected
        Numbers, texts, tuples, NamedTuples, lists, dicts, arrays and tensors, also nested.
        A field of an expected NamedTuple is looked up by name in dicts and NamedTuples
        (which may have more), by position elsewhere.
    tolerance
        How far a number may be off.
    exact
        Whether a message may name a simple factor ("exactly twice"). False where the case is
        the same for everybody, so that the factor would be the solution.

    Returns
    -------
    Difference or None
        None when they agree.
    """
    pairs = list(_pairs(got, expected, ()))
    for found in pairs:
        if isinstance(found, Difference):
            return found
    for found in pairs:
        if isinstance(found, _Pair) and (message := _value(found, tolerance, exact)):
            return Difference("value", found.path, message)
    return None


class _Pair(NamedTuple):
    """Two single values of the same form, and where they stand."""

    path: tuple[str | int, ...]
    got: Any
    expected: Any


def place(path: tuple[str | int, ...]) -> str:
    """Write a path as a reader would: `h`, `answer[2].h`, `answer["b"]`."""
    if not path:
        return "Your answer"
    if len(path) == 1 and isinstance(path[0], str):
        return f"`{path[0]}`"
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"`answer{''.join(steps)}`"


def plain(value: Any) -> Any:
    """Turn tensors into arrays, iterators into lists and arrays without axes into numbers."""
    if is_tensor(value):
        value = np.asarray(value.detach().cpu().tolist())
    if isinstance(value, Iterator):
        value = list(value)
    if isinstance(value, (np.ndarray, np.generic)) and np.ndim(value) == 0:
        value = value.item()
    return value


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor; an open file can detach something, too."""
    return hasattr(value, "detach") and hasattr(value, "tolist")


def _pairs(got: Any, expected: Any, path: tuple[str | int, ...]) -> Iterator[_Pair | Difference]:
    """Walk along what was expected; give each single value, or a difference of form."""
    got, expected = plain(got), plain(expected)
    if got is None and expected is not None:
        yield _nothing(path)
    elif isinstance(expected, np.ndarray):
        yield from _array_pairs(got, expected, path)
    elif isinstance(expected, tuple) and hasattr(expected, "_fields"):
        yield from _named_pairs(got, expected._asdict(), path, by_position=True)  # type: ignore[attr-defined]
    elif isinstance(expected, Mapping):
        yield from _named_pairs(got, expected, path, by_position=False)
    elif isinstance(expected, (list, tuple)):
        yield from _sequence_pairs(got, expected, path)
    else:
        yield from _single_pair(got, expected, path)


def _nothing(path: tuple[str | int, ...]) -> Difference:
    return Difference(
        "shape", path, f"{place(path)} is None. Does every path through it end in `return …`?"
    )


def _single_pair(
    got: Any, expected: Any, path: tuple[str | int, ...]
) -> Iterator[_Pair | Difference]:
    if isinstance(got, np.ndarray) and got.size == 1:
        got = got.item()
    wants_number = isinstance(expected, Real) and not isinstance(expected, bool)
    is_number = isinstance(got, Real) and not isinstance(got, bool)
    if wants_number != is_number:
        wanted = "one number" if wants_number else kind_of(expected)
        yield Difference("shape", path, f"{place(path)} is {kind_of(got)}, not {wanted}.")
    else:
        yield _Pair(path, got, expected)


def _named_pairs(
    got: Any, expected: Mapping[str, Any], path: tuple[str | int, ...], *, by_position: bool
) -> Iterator[_Pair | Difference]:
    if hasattr(got, "_asdict"):
        got = got._asdict() if by_position and set(expected) <= set(got._fields) else tuple(got)
    if isinstance(got, Mapping):
        missing = [name for name in expected if name not in got]
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            yield Difference("shape", path, f"{place(path)} lacks {names}.")
            return
        values = [got[name] for name in expected]
    elif by_position and _is_sequence(got):
        values = list(got)
        if len(values) != len(expected):
            yield _wrong_count(len(values), len(expected), path, tuple(expected))
            return
    else:
        names = ", ".join(f"`{name}`" for name in expected)
        yield Difference("shape", path, f"{place(path)} is {kind_of(got)}. It needs {names}.")
        return
    for (name, part), value in zip(expected.items(), values, strict=True):
        yield from _pairs(value, part, (*path, name))


def _sequence_pairs(
    got: Any, expected: Sequence[Any], path: tuple[str | int, ...]
) -> Iterator[_Pair | Difference]:
    if not _is_sequence(got):
        wanted = f"a list or tuple of {len(expected)}"
        yield Difference("shape", path, f"{place(path)} is {kind_of(got)}, not {wanted}.")
    elif len(got) != len(expected):
        yield _wrong_count(len(got), len(expected), path)
    else:
        for index, (one, other) in enumerate(zip(got, expected, strict=True)):
            yield from _pairs(one, other, (*path, index))


def _array_pairs(
    got: Any, expected: np.ndarray, path: tuple[str | int, ...]
) -> Iterator[_Pair | Difference]:
    try:
        array = np.asarray(_unpacked(got), dtype=float)
    except (TypeError, ValueError):
        yield Difference("shape", path, f"{place(path)} is {kind_of(got)}, not an array.")
        return
    if array.shape != expected.shape:
        shapes = f"has the shape {array.shape}; {expected.shape} is needed"
        yield Difference("shape", path, f"{place(path)} {shapes}.")
        return
    for index in np.ndindex(expected.shape):
        yield _Pair((*path, *index), array[index].item(), expected[index].item())


def _unpacked(value: Any) -> Any:
    """Turn the tensors in nested lists into arrays, too."""
    value = plain(value)
    return [_unpacked(part) for part in value] if isinstance(value, (list, tuple)) else value


def _wrong_count(
    got: int, expected: int, path: tuple[str | int, ...], names: tuple[str, ...] = ()
) -> Difference:
    named = f" ({', '.join(names)})" if names else ""
    message = f"{place(path)} has {got} entries; {expected} are needed{named}."
    return Difference("shape", path, message)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple, np.ndarray))


def _value(pair: _Pair, tolerance: Tolerance, exact: bool) -> str | None:
    """Say how a single value is wrong, or None when it is right."""
    if not isinstance(pair.expected, Real) or isinstance(pair.expected, bool):
        return None if pair.got == pair.expected else f"{place(pair.path)} is not the right one."
    got, expected = float(pair.got), float(pair.expected)
    both_nan = got != got and expected != expected
    if got == expected or both_nan or tolerance.allows(got, expected):
        return None
    return f"{place(pair.path)} {how_far(got, expected, exact=exact)}"
