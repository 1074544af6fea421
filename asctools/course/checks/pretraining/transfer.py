"""The exercise on a transfer that copies everything or says what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance, WrongFormError

State = dict[str, np.ndarray]


class Transferred(NamedTuple):
    """What a transfer has done; each is a number of tensors, or 1 or 0.

    ``copied`` and ``kept`` are tensors of the result that are the source's and the target's own;
    ``refused`` is 1 if it raised ``ValueError``, ``named`` how many misfits its message names, and
    ``untouched`` 1 if neither dictionary was changed.
    """

    copied: float
    kept: float
    refused: float
    named: float
    untouched: float


def _misfits(source: State, target: State) -> list[str]:
    return [n for n, a in source.items() if n not in target or target[n].shape != a.shape]


def _right(source: State, target: State) -> State:
    if misfits := _misfits(source, target):
        raise ValueError(f"these do not fit: {', '.join(misfits)}")
    return target | source


def _measure(answer: Any, source: State, target: State) -> Any:
    """Let an answer transfer, and count what it has done."""
    mine = {name: array.copy() for name, array in source.items()}
    yours = {name: array.copy() for name, array in target.items()}
    text, result = "", {}
    try:
        result = answer(mine, yours)
    except ValueError as error:
        text = str(error) or "refused"
    if result is None or result is Ellipsis:
        return result
    if not isinstance(result, dict):
        raise WrongFormError("A dictionary is needed: the target's tensors after the transfer.")
    same = [
        state.keys() == before.keys()
        and all(np.array_equal(state[name], before[name]) for name in before)
        for state, before in ((mine, source), (yours, target))
    ]
    return Transferred(
        sum(np.array_equal(result.get(n, ()), a) for n, a in source.items()),
        sum(np.array_equal(result.get(n, ()), a) for n, a in target.items() if n not in source),
        float(bool(text)),
        sum(name in text for name in _misfits(source, target)),
        float(all(same)),
    )


def _does(transfer: Callable[[State, State], State]) -> Callable[[State, State], Transferred]:
    def measured(source: State, target: State) -> Transferred:
        found: Transferred = _measure(transfer, source, target)
        return found

    return measured


def _skips(source: State, target: State) -> State:
    misfits = _misfits(source, target)
    return target | {n: a for n, a in source.items() if n not in misfits}


def _by_name(source: State, target: State) -> State:
    if missing := [name for name in source if name not in target]:
        raise ValueError(f"these do not fit: {', '.join(missing)}")
    return target | source


def _by_shape(source: State, target: State) -> State:
    wrong = [n for n, a in source.items() if n in target and target[n].shape != a.shape]
    if wrong:
        raise ValueError(f"these do not fit: {', '.join(wrong)}")
    return target | {n: a for n, a in source.items() if n in target}


def _the_first(source: State, target: State) -> State:
    for name in _misfits(source, target):
        raise ValueError(f"this does not fit: {name}")
    return target | source


def _half_done(source: State, target: State) -> State:
    misfits = _misfits(source, target)
    target.update({n: a for n, a in source.items() if n not in misfits})
    if misfits:
        raise ValueError(f"these do not fit: {', '.join(misfits)}")
    return target


def _wants_all(source: State, target: State) -> State:
    """Refuse as well if the target has more than the source, as it always has."""
    more = [name for name in target if name not in source]
    if misfits := _misfits(source, target) + more:
        raise ValueError(f"these do not fit: {', '.join(misfits)}")
    return target | source


def _drops_the_head(source: State, target: State) -> State:
    _right(source, target)
    return dict(source)


def _cases(rng: np.random.Generator) -> list[Case]:
    def state(**shapes: Sequence[int]) -> State:
        return {
            name.replace("__", "."): np.round(rng.normal(0, 1, shape), 3)
            for name, shape in shapes.items()
        }

    def encoder(hidden: int) -> State:
        return state(front__weight=(3, 2), lstm__weight=(4 * hidden, 3), lstm__bias=(4 * hidden,))

    head = state(head__weight=(2, 4), head__bias=(2,))
    other = {f"old_{name}": array for name, array in state(norm=(3,), mean=(3,)).items()}
    return [
        Case("where everything fits", (encoder(2), encoder(2) | head)),
        Case("where shapes differ", (encoder(2), encoder(3) | head)),
        Case("where names are missing", (encoder(2) | other, encoder(2) | head)),
        Case("where both happen", (encoder(4) | other, encoder(2) | head)),
    ]


TRANSFER = Exercise(
    id="pretraining/transfer",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_transfer(source, target) that returns a dictionary, or raises ValueError",
    parameters=("source", "target"),
    cases=_cases,
    reference=_does(_right),
    measure=_measure,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "skips in silence",
            "What does not fit is left out, and nobody is told. That is training from scratch "
            "under another name.",
            _does(_skips),
        ),
        Mistake(
            "names alone",
            "You look whether the name is there, and not whether the shape is the same.",
            _does(_by_name),
        ),
        Mistake(
            "shapes alone",
            "You compare shapes where both have a tensor. One that the target does not have at "
            "all is lost in silence.",
            _does(_by_shape),
        ),
        Mistake(
            "only the first",
            "Your message names the first one that does not fit. All of them tell the story: one "
            "number that is set differently.",
            _does(_the_first),
        ),
        Mistake(
            "half done",
            "It refuses, and has already changed the target. Check everything first.",
            _does(_half_done),
        ),
        Mistake(
            "wants too much",
            "It refuses because the target has more than the source. A head is always new.",
            _does(_wants_all),
        ),
        Mistake(
            "the head is lost",
            "What the target has beyond the source is missing in the result.",
            _does(_drops_the_head),
        ),
    ),
    shape_hint="A dictionary of arrays with the target's names.",
    value_hint="First find everything that does not fit. Only then, if there is nothing, copy.",
    closing="A transfer that may fail in silence makes every comparison worthless.",
)
