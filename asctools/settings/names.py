"""The error for a name that is not known, with the one that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from asctools.errors import UnknownNameError, explain

__all__ = ["nearest", "unknown"]


def nearest(name: object, known: Iterable[str]) -> list[str]:
    """Return up to three names that may have been meant: near ones, or those that contain it."""
    names, low = {each.lower(): each for each in known}, str(name).lower()
    near = difflib.get_close_matches(low, names, n=3, cutoff=0.7)
    return [names[each] for each in near or [each for each in names if low and low in each][:3]]


def unknown(
    came: str, name: object, known: Iterable[str], what: str = "one of"
) -> UnknownNameError:
    """Build the error.

    Parameters
    ----------
    came
        What was found, as a noun phrase, with its full name.
    name
        The part of it that is unknown.
    known
        What could have stood there.
    what
        What these are.
    """
    names = list(known)
    near = nearest(name, names)
    advice = f"did you mean {' or '.join(near)}?" if near else "use one of these"
    return UnknownNameError(explain(came, f"{what} {', '.join(names)}", advice).replace("?.", "?"))
