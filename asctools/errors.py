"""The errors of asctools: each says what came, what was expected and what to do.

They are all ``ValueError``, so code that knows nothing of asctools can catch them too.
"""

import difflib
from collections.abc import Iterable


class AscError(ValueError):
    """Anything that asctools refuses, with a sentence that helps to go on."""


class InputError(AscError):
    """A value that cannot be used: wrong type, not finite, or out of range."""


class ShapeError(AscError):
    """An array or a sequence with the wrong number of entries or of axes."""


class UnknownNameError(AscError):
    """A name that is not one of those known."""


class CheckpointError(AscError):
    """A checkpoint that is missing, damaged, or made by something else."""


def explain(what_came: str, expected: str, what_to_do: str) -> str:
    """Put an error into the one form that all of asctools uses.

    Parameters
    ----------
    what_came
        What was found, as a noun phrase: ``"nan as days[2]"``.
    expected
        What would have been right, as a noun phrase: ``"a finite number"``.
    what_to_do
        The next step, as a command: ``"fill the gap first"``. The first letter may be small.

    Returns
    -------
    str
        ``"Got nan as days[2], expected a finite number. Fill the gap first."``
    """
    came, right, step = (part.strip().rstrip(".") for part in (what_came, expected, what_to_do))
    return f"Got {came}, expected {right}. {step[:1].upper()}{step[1:]}."


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Build the error for a name that is not known, with the nearest ones that are.

    Parameters
    ----------
    kind
        What the name stands for: ``"init"``, ``"exercise"``.
    name
        The name that came.
    known
        Every name that would have been right.

    Returns
    -------
    UnknownNameError
        To be raised by the caller, so that the traceback ends there.
    """
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=3)
    advice = f"did you mean {' or '.join(map(repr, near))}?" if near else "use one of these names"
    message = explain(f"{kind} {name!r}", f"one of {', '.join(map(repr, names))}", advice)
    return UnknownNameError(message.replace("?.", "?"))
