"""The exercise on a callback that averages the weights, and survives an interruption."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, Tolerance, WrongFormError

if TYPE_CHECKING:
    import torch

EPOCHS, RATE = 4, 0.05
WAYS = ("once an epoch", "from zero", "from the first step", "turned around", "the weights")


class Averaged(NamedTuple):
    """Whether the average is right, the weights untouched, a resumed average right (1 or 0).

    ``like`` is the place of a wrong average in ``WAYS``, from 1; −1 if it is none of them.
    """

    right: int
    harmless: int
    resumed: int
    like: int = 0


class Trained(NamedTuple):
    """The averages of one training as they should be, and some that are not."""

    weights: np.ndarray
    average: np.ndarray
    wrong: dict[str, np.ndarray]


def _measure(answer: Callable[[float], Any], decay: float) -> Any:
    """Train with the callback; once in one go, once killed in the middle and resumed."""
    callback = answer(decay)
    if callback is None or callback is Ellipsis:
        return callback
    for name in ("on_step_end", "state_dict"):
        if not hasattr(callback, name):
            raise WrongFormError("my_average returns a Callback of asctools.training.")
    start = np.random.default_rng(round(1e6 * decay)).normal(size=4 + 36)
    should = _trained(decay, start)
    model = _fit(start, callback)
    found = _average(callback)
    if not np.allclose(found, should.average, rtol=1e-6):
        alike = (name for name, each in should.wrong.items() if np.allclose(found, each, rtol=1e-6))
        seen = next(alike, None)
        return Averaged(0, 0, 0, -1 if seen is None else WAYS.index(seen) + 1)
    harmless = np.array_equal(_flat(model), should.weights)
    return Averaged(1, int(harmless), int(_resumes(answer, decay, start)))


def _average(callback: Any) -> np.ndarray:
    found = getattr(callback, "average", None)
    if not isinstance(found, dict) or set(found) != {"weight", "bias"}:
        raise WrongFormError(
            "After the training `callback.average` is to be a dictionary: name of a parameter → "
            "its average, as the model's state_dict names them."
        )
    return np.concatenate([found[name].detach().numpy().ravel() for name in ("weight", "bias")])


def _flat(model: torch.nn.Module) -> np.ndarray:
    state = model.state_dict()
    return np.concatenate([state[name].numpy().ravel() for name in ("weight", "bias")])


def _parts(start: np.ndarray) -> tuple[Any, Any, Any, Any]:
    """Return a model, a step, an optimiser and the batches of an epoch."""
    import torch
    from torch import nn

    model = nn.Linear(3, 1).double()
    with torch.no_grad():
        model.weight.copy_(torch.from_numpy(start[None, :3]))
        model.bias.copy_(torch.from_numpy(start[3:4]))
    x = torch.from_numpy(start[4:].reshape(-1, 3))
    batches = [(part, part.sum(1, keepdim=True).sin()) for part in x.split(4)]

    def step(model: nn.Module, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        return (model(batch[0]) - batch[1]).square().mean()

    return model, step, torch.optim.SGD(model.parameters(), lr=RATE), batches


def _fit(start: np.ndarray, *callbacks: Any, resume_from: Path | None = None) -> Any:
    from asctools.training import Trainer

    model, step, optimizer, batches = _parts(start)
    how: dict[str, Any] = {"clip_grad_norm": None, "device": "cpu"}
    trainer = Trainer(model, step, optimizer, callbacks=callbacks, **how)
    trainer.fit(batches, num_epochs=EPOCHS, resume_from=resume_from)
    return model


def _trained(decay: float, start: np.ndarray) -> Trained:
    """Train without a trainer, and average by hand."""
    model, step, optimizer, batches = _parts(start)
    first = _flat(model)
    each_step, each_epoch = [first], [first]
    for _ in range(EPOCHS):
        for batch in batches:
            optimizer.zero_grad()
            step(model, batch).backward()
            optimizer.step()
            each_step.append(_flat(model))
        each_epoch.append(_flat(model))
    return Trained(
        each_step[-1],
        _averaged(each_step, decay),
        {
            "once an epoch": _averaged(each_epoch, decay),
            "from zero": _averaged([0 * first, *each_step[1:]], decay),
            "from the first step": _averaged(each_step[1:], decay),
            "turned around": _averaged(each_step, 1 - decay),
            "the weights": each_step[-1],
        },
    )


def _averaged(weights: Sequence[np.ndarray], decay: float) -> np.ndarray:
    average = weights[0]
    for each in weights[1:]:
        average = decay * average + (1 - decay) * each
    return average


class _KillError(Exception):
    """Ends a training from the inside."""


def _resumes(answer: Callable[[float], Any], decay: float, start: np.ndarray) -> bool:
    """Whether a training that was killed goes on to the same average."""
    from asctools.training import Callback, ModelCheckpoint

    class Killer(Callback):
        def on_epoch_start(self, trainer: Any) -> None:
            if trainer.epoch == EPOCHS // 2 + 1:
                raise _KillError

    with tempfile.TemporaryDirectory() as folder:
        keep = ModelCheckpoint(folder, monitor="loss")
        with suppress(_KillError):
            _fit(start, answer(decay), keep, Killer())
        callback = answer(decay)
        last = Path(folder) / "last.pth"
        _fit(start, callback, ModelCheckpoint(folder, monitor="loss"), resume_from=last)
    return np.allclose(_average(callback), _trained(decay, start).average, rtol=1e-6)


def _cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(when, (round(float(rng.uniform(*between)), 4),))
        for when, between in (
            ("with a short memory", (0.6, 0.75)),
            ("with a long memory", (0.9, 0.97)),
        )
    ]


def _named(name: str) -> Callable[[Sequence[Outcome], Sequence[Any]], bool]:
    return lambda outcomes, expected: (
        isinstance(outcomes[0].value, Averaged) and outcomes[0].value.like == WAYS.index(name) + 1
    )


def _failing(field: str) -> Callable[[Sequence[Outcome], Sequence[Any]], bool]:
    def detect(outcomes: Sequence[Outcome], expected: Sequence[Any]) -> bool:
        found = outcomes[0].value
        if not isinstance(found, Averaged) or not found.right:
            return False
        return next((n for n in Averaged._fields if not getattr(found, n)), None) == field

    return detect


AVERAGE = Exercise(
    id="training-loop/average",
    kind="Code",
    level=3,
    minutes=25,
    task="a function my_average(decay) that returns a Callback with `average`",
    parameters=("decay",),
    cases=_cases,
    reference=lambda decay: Averaged(1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "once an epoch",
            "Your average moves once an epoch. Which moment comes after every step?",
            detect=_named("once an epoch"),
        ),
        Mistake(
            "from zero",
            "Your average begins with zeros, and for a long time is too small. Begin with the "
            "weights that the training begins with.",
            detect=_named("from zero"),
        ),
        Mistake(
            "from the first step",
            "Your average begins after the first step. At which moment are the first weights still "
            "there?",
            detect=_named("from the first step"),
        ),
        Mistake(
            "turned around",
            "`decay` multiplies the average that was there, and the rest the new weights. You have "
            "it the other way round.",
            detect=_named("turned around"),
        ),
        Mistake(
            "the weights themselves",
            "Your average is the weights themselves. A tensor of a state dict moves with the "
            "model: take a copy.",
            detect=_named("the weights"),
        ),
        Mistake(
            "weights moved",
            "The average is right, and the training has ended with other weights than without you. "
            "A callback that looks must not touch.",
            detect=_failing("harmless"),
        ),
        Mistake(
            "not resumed",
            "In one go it is right. Killed in the middle and resumed, it is not: the average "
            "belongs into `state_dict`, and `on_fit_start` must not begin anew then.",
            detect=_failing("resumed"),
        ),
    ),
    shape_hint="A Callback whose `average` is a dictionary, name → tensor.",
    value_hint="average ← decay · average + (1 − decay) · weights, after every step.",
    closing="It sees every step, disturbs none, and survives the night.",
)
