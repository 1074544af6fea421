"""Sentences of the book that must stay true: a claim that is false stops the build."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

from asctools.errors import AscError, explain

# Where the record of a claim stands in the metadata of its output. It is no mime type of its own:
# a page build would warn of one that it cannot draw.
CLAIM_KEY = "asctools.claim"


class ClaimError(AscError):
    """A claim is false, or it is so weak that its baseline passes too."""


class Claim(NamedTuple):
    """A sentence that was tested and holds.

    ``baseline_holds`` is None where there was no baseline to compare with, else False.
    """

    sentence: str
    holds: bool
    baseline_holds: bool | None = None

    def __repr__(self) -> str:
        return f"✓ {self.sentence}"

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """What a notebook shows, and metadata in which tests find the claim again."""
        mark = '<span class="asc-mark" aria-hidden="true">✓</span>'
        shown = {
            "text/plain": repr(self),
            "text/html": f'<p class="asc-claim">{mark} {escape(self.sentence)}</p>',
        }
        return shown, {CLAIM_KEY: self._asdict()}


def claim(
    sentence: str,
    condition: bool | Callable[[Any], Any],
    of: Any = None,
    baseline: Any = None,
) -> Claim:
    """State a sentence together with the condition that makes it true.

    Parameters
    ----------
    sentence
        What the reader reads: one statement, in words.
    condition
        A bool, or a predicate. A predicate is asked twice: ``condition(of)`` must hold, and
        ``condition(baseline)`` must not, because what a baseline also does is no achievement.
    of, baseline
        What the predicate is asked about. Needed with a predicate, refused with a bool.

    Returns
    -------
    Claim
        Shows itself as "✓ sentence" when it is the last value of a cell.

    Raises
    ------
    ClaimError
        The claim is false, its baseline passes too, or it can't be decided (several values,
        a number instead of a truth, a predicate without anything to ask).
    """
    if not sentence.strip():
        raise ClaimError(explain("an empty sentence", "a claim in words", "say what is claimed"))
    if callable(condition):
        return _compared(sentence, condition, of, baseline)
    if of is not None or baseline is not None:
        raise ClaimError(
            explain(
                f"a condition that is decided already, with of= or baseline=, for “{sentence}”",
                "a condition alone, or a predicate with of= and baseline=",
                "write the condition as a function of one argument",
            )
        )
    _must_hold(sentence, condition)
    return Claim(sentence, holds=True)


def _compared(sentence: str, predicate: Callable[[Any], Any], of: Any, baseline: Any) -> Claim:
    if of is None or baseline is None:
        lacking = "of=" if of is None else "baseline="
        raise ClaimError(
            explain(
                f"a predicate without {lacking} for “{sentence}”",
                "something to ask it about and a baseline that it refuses",
                f"add {lacking}, or pass a plain condition where nothing can be compared",
            )
        )
    _must_hold(sentence, predicate(of))
    if _truth(sentence, predicate(baseline)):
        raise ClaimError(
            f"This claim says nothing: “{sentence}” holds for its baseline too. Ask for more, "
            "or compare with a baseline that the sentence is meant to beat."
        )
    return Claim(sentence, holds=True, baseline_holds=False)


def _must_hold(sentence: str, value: Any) -> None:
    if not _truth(sentence, value):
        raise ClaimError(
            f"This claim is false: “{sentence}”. Correct the sentence, or what made it false."
        )


def _truth(sentence: str, value: Any) -> bool:
    """Turn a bool, a NumPy bool, or an array or tensor that holds one of them into a bool."""
    if getattr(value, "shape", None) is not None and hasattr(value, "item"):
        shape = tuple(value.shape)
        if any(side != 1 for side in shape):
            came = f"values of shape {shape} as the condition of “{sentence}”"
            advice = "say whether all() or any() of them is meant"
            raise ClaimError(explain(came, "one True or False", advice))
        value = value.item()
    if not isinstance(value, bool):
        came = f"{type(value).__name__} as the condition of “{sentence}”"
        advice = "write the comparison out, for example loss < 0.01"
        raise ClaimError(explain(came, "True or False", advice))
    return value
