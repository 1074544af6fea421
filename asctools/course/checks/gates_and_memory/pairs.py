"""The exercise on the partner of a balanced string: wrong by as little as possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import (
    Case,
    Exercise,
    Mistake,
    Outcome,
    Tolerance,
    WrongFormError,
)
from asctools.course.checks.words import kind_of
from asctools.dataset.parentheses import depth, generate_parentheses_dataset


class Partner(NamedTuple):
    """What tells a partner from its string."""

    length: int  # symbols
    letters: int  # letters that are no longer what they were
    brackets: int  # brackets that were turned
    surplus: int  # brackets opened less brackets closed
    apart: int  # brackets from the first one turned to the last one
    lowest: int  # the lowest depth


def _bracket(symbol: str) -> bool:
    return symbol in "()"


def _measure(answer: Any, text: str) -> Partner | Any:
    partner = answer(text)
    if partner is None or partner is ...:
        return partner
    if not isinstance(partner, str):
        raise WrongFormError(f"A text is needed; this is {kind_of(partner)}.")
    return _compare(text, partner)


def _compare(text: str, partner: str) -> Partner:
    both = list(zip(text, partner, strict=False))
    word = [(old, new) for old, new in both if _bracket(old)]
    turned = [at for at, (old, new) in enumerate(word) if old != new]
    return Partner(
        length=len(partner),
        letters=sum(old != new for old, new in both if not _bracket(old)),
        brackets=len(turned),
        surplus=partner.count("(") - partner.count(")"),
        apart=turned[-1] - turned[0] if turned else 0,
        lowest=min(depth(partner), default=0),
    )


def _right(text: str) -> Partner:
    return Partner(len(text), letters=0, brackets=2, surplus=0, apart=1, lowest=-1)


def _seen(
    test: Callable[[Partner], bool],
) -> Callable[[Sequence[Outcome], Sequence[Partner]], bool]:
    """Recognise a mistake by the first wrong partner, if only its brackets are wrong."""

    def made(outcomes: Sequence[Outcome], expected: Sequence[Partner]) -> bool:
        for outcome, right in zip(outcomes, expected, strict=True):
            partner = outcome.value
            if outcome.error is not None or partner == right:
                continue
            whole = (partner.length, partner.letters) == (right.length, right.letters)
            return whole and test(partner)
        return False

    return made


def _cases(rng: np.random.Generator) -> list[Case]:
    cases = [
        Case("for a single pair", ("ab(cd)e",)),
        Case("when the first pair holds another", ("(a(b)c)de(f)g",)),
        Case("when the last pair holds another", ("a(b)cd(e()f)",)),
    ]
    for length in (25, 60):
        texts, _ = generate_parentheses_dataset(8, length, length, seed=int(rng.integers(2**31)))
        cases += [Case(f"for {length} symbols", (text,)) for text in texts[::2]]
    return cases


NEAR_MISS = Exercise(
    id="gates-and-memory/near-miss",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_partner(text) that returns a text",
    parameters=("text",),
    cases=_cases,
    reference=_right,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "counting finds it",
            "Your partner has not as many `(` as `)`. A network that only counts them would be "
            "right every time. One of each has to be turned.",
            detect=_seen(lambda partner: partner.surplus != 0),
        ),
        Mistake(
            "too many turned",
            "You turn more than one pair. Two brackets are enough: the fewer differ, the less "
            "there is to see for a rule that does not keep the depth.",
            detect=_seen(lambda partner: partner.brackets > 2),
        ),
        Mistake(
            "still balanced",
            "This partner is balanced, too: a pair that stands inside another one can be turned "
            "round and nothing goes below zero. On which depth must the pair stand?",
            detect=_seen(lambda partner: partner.brackets == 2 and partner.lowest >= 0),
        ),
        Mistake(
            "a pair with brackets inside",
            "Your pair has others in it. Then the turned brackets stand far apart, and the depth "
            "in between is wrong by two: easier to see than it should be.",
            detect=_seen(lambda partner: partner.apart > 1),
        ),
        Mistake(
            "nothing turned",
            "This is the string as it came.",
            detect=_seen(lambda partner: partner.brackets == 0),
        ),
    ),
    value_hint="Write the depth below each symbol of the text and of its partner. Everything but "
    "two brackets, next to each other, stays as it was.",
    closing="Counts, letters, first and last bracket are the same in both. Only the depth tells.",
)
