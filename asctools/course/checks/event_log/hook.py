"""The exercise on a hook that counts the steps of an optimiser, and can be taken away again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, Tolerance, WrongFormError

if TYPE_CHECKING:
    import torch

MORE = 3  # steps that another optimiser takes, and steps after the counter was taken away


class Counted(NamedTuple):
    """What a counter says, and what it does to the optimiser; the last two are 1 or 0."""

    steps: float
    after_stop: float
    returned: int
    moved: int


def _planned(optimizer: torch.optim.Optimizer) -> int:
    """How many steps are taken, hidden in the learning rate: hundredths."""
    return round(100 * optimizer.param_groups[0]["lr"])


def _walk(optimizer: torch.optim.Optimizer, steps: int) -> list[Any]:
    """Take steps, each with gradients of its own; every other one is given a closure."""
    weights, returned = optimizer.param_groups[0]["params"][0], []

    def closure() -> float:
        optimizer.zero_grad()
        (weights**2).sum().backward()
        return 0.5

    for k in range(steps):
        closure()
        returned.append(optimizer.step(closure) if k % 2 else optimizer.step())
    return returned


def _measure(answer: Callable[..., Any], optimizer: torch.optim.Optimizer) -> Any:
    other, plain = deepcopy(optimizer), deepcopy(optimizer)
    kind = type(optimizer)
    original = kind.__dict__["step"]
    try:
        return _counted(answer, optimizer, other, plain)
    finally:
        kind.step = original  # type: ignore[method-assign]  # whoever changed the class


def _counted(answer: Callable[..., Any], optimizer: Any, other: Any, plain: Any) -> Any:
    pair = answer(optimizer)
    if pair is None or pair is Ellipsis:
        return pair
    if not (isinstance(pair, (tuple, list)) and len(pair) == 2 and all(map(callable, pair))):
        raise WrongFormError("Two functions are needed: count() and stop().")
    count, stop = pair
    steps = _planned(optimizer)
    _walk(other, MORE)
    try:
        returned = _walk(optimizer, steps)
        found = count()
    finally:
        stop()
    expected = _walk(plain, steps)
    _walk(optimizer, MORE)
    _walk(plain, MORE)
    weights = [each.param_groups[0]["params"][0].tolist() for each in (optimizer, plain)]
    for value in (found, count()):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise WrongFormError("count() is to return a number.")
    return Counted(found, count(), int(returned == expected), int(weights[0] == weights[1]))


def _reference(optimizer: torch.optim.Optimizer) -> Counted:
    steps = _planned(optimizer)
    return Counted(steps, steps, 1, 1)


def _cases(rng: np.random.Generator) -> list[Case]:
    import torch

    def weights() -> list[torch.Tensor]:
        return [torch.tensor(rng.normal(size=3), requires_grad=True)]

    few, many = (int(rng.integers(low, low + 6)) for low in (4, 11))
    return [
        Case("for SGD", (torch.optim.SGD(weights(), lr=few / 100),)),
        Case("for Adam", (torch.optim.Adam(weights(), lr=many / 100),)),
    ]


def _seen(
    test: Callable[[Counted, Counted], bool],
) -> Callable[[Sequence[Outcome], Sequence[Counted]], bool]:
    """Recognise a mistake that all counters show."""
    return lambda outcomes, expected: all(
        isinstance(o.value, Counted) and test(o.value, right)
        for o, right in zip(outcomes, expected, strict=True)
    )


HOOK = Exercise(
    id="event-log/hook",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_counter(optimizer) that returns two functions, count and stop",
    parameters=("optimizer",),
    cases=_cases,
    reference=_reference,
    measure=_measure,
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "every optimiser",
            "Your counter also counts the steps of another optimiser, which it was not given. "
            "Leave the note at this one, and not at its class or at all of PyTorch.",
            detect=_seen(lambda got, right: got.steps == right.steps + MORE),
        ),
        Mistake(
            "never stops",
            "After `stop()` the counter goes on. What registers a hook returns a handle, and that "
            "has a method `remove`.",
            detect=_seen(lambda got, right: got.after_stop == right.after_stop + MORE),
        ),
        Mistake(
            "set to zero by stop",
            "`stop()` is to end the counting, and not to forget what was counted.",
            detect=_seen(lambda got, right: got.steps == right.steps and got.after_stop == 0),
        ),
        Mistake(
            "the value of step lost",
            "The count is right. But `optimizer.step(closure)` returns the loss that the closure "
            "returned; with your counter it returns something else. A loop that was right before "
            "may now be wrong.",
            detect=_seen(lambda got, right: got[:2] == right[:2] and not got.returned),
        ),
        Mistake(
            "the optimiser does something else",
            "The count is right, but the weights end somewhere else than without your counter. "
            "Whoever looks on must not touch.",
            detect=_seen(lambda got, right: got[:2] == right[:2] and not got.moved),
        ),
        Mistake(
            "counted twice",
            "Each step is counted twice. Is it counted both before and after?",
            detect=_seen(lambda got, right: got.steps == 2 * right.steps),
        ),
        Mistake(
            "gradients counted",
            "You count something that happens in each closure as well, such as `zero_grad` or a "
            "backward pass. A step may ask its closure, and is still one step.",
            detect=_seen(
                lambda got, right: got.steps in (right.steps + right.steps // 2, MORE * right.steps)
            ),
        ),
    ),
    shape_hint="Two functions: count() returns how many steps were done, stop() takes the counter "
    "away.",
    value_hint="`register_step_post_hook` of an optimiser takes a function of (optimizer, args, "
    "kwargs).",
    closing="The loop was not edited. That is all the magic there is in `watched`.",
)
