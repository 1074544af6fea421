"""Judge an answer: started? right form? right value? right gradient? The first useful hint wins."""

from __future__ import annotations

import inspect
import os
import zlib
from typing import Any

import numpy as np

from asctools.course.checks.registry import find
from asctools.course.checks.show import Verdict
from asctools.course.checks.spec import Exercise, WrongFormError
from asctools.course.checks.trial import Trial, try_answer
from asctools.course.checks.words import kind_of
from asctools.errors import InputError, explain

SEED_VARIABLE = "ASC_CHECK_SEED"


def check(exercise_id: str, answer: Any, *, seed: int | None = None) -> Verdict:
    """Check an answer to an exercise.

    Parameters
    ----------
    exercise_id
        As printed with the exercise, for example ``"by-hand/forward-step"``.
    answer
        What the exercise asks for: a function itself (not called), or a value.
    seed
        Draws the cases. None: the number in the environment variable ``ASC_CHECK_SEED``, else 0.

    Returns
    -------
    Verdict
        A wrong or unfinished answer gives a hint, never an exception.

    Raises
    ------
    UnknownNameError
        There is no such exercise.
    InputError
        The seed is not a whole number ≥ 0.
    """
    exercise = find(exercise_id)
    return judge(exercise, answer, np.random.default_rng([_seed(seed), _number_of(exercise)]))


def judge(exercise: Exercise, answer: Any, rng: np.random.Generator) -> Verdict:
    """Judge an answer to an exercise on cases drawn from a generator."""
    if answer is None or answer is Ellipsis:
        return Verdict(exercise.id, False, "not started", f"Hand in {exercise.task}.")
    form = _wrong_form(exercise, answer)
    if form:
        return Verdict(exercise.id, False, "shape", form)
    trial = try_answer(exercise, answer, list(exercise.cases(rng)))
    for opinion in OPINIONS:
        verdict = opinion(trial)
        if verdict is not None:
            return verdict
    return Verdict(exercise.id, True, "passed", _praise(trial))


def _seed(seed: int | None) -> int:
    value: Any = os.environ.get(SEED_VARIABLE, "0") if seed is None else seed
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if number < 0:
        name = SEED_VARIABLE if seed is None else "seed"
        raise InputError(explain(f"{name}={value!r}", "a whole number, 0 or more", "change it"))
    return number


def _number_of(exercise: Exercise) -> int:
    """Number an exercise, so that each has a stream of its own, the same in every Python."""
    return zlib.crc32(exercise.id.encode())


def _wrong_form(exercise: Exercise, answer: Any) -> str | None:
    """Say what is wrong with the answer before it is tried, if anything is."""
    if not callable(answer):
        if not exercise.wants_function:
            return None
        return (
            f"This is {kind_of(answer)}, but the function itself is needed: {exercise.task}. "
            "Write its name without brackets after it, so that it is not called."
        )
    try:
        inspect.signature(answer).bind(*exercise.parameters)
    except TypeError:
        call = f"`{_name(answer)}({', '.join(exercise.parameters)})`"
        count = len(exercise.parameters) or "no"
        return f"It will be called as {call}, with {count} argument{'s' * (count != 1)}."
    except ValueError:  # some built-in functions don't say what they take
        return None
    return None


def _name(answer: Any) -> str:
    name = getattr(answer, "__name__", "answer")
    return name if name.isidentifier() else "answer"


def _unfinished(trial: Trial) -> Verdict | None:
    for outcome in trial.outcomes:
        if isinstance(outcome.error, NotImplementedError):
            todo = str(outcome.error) or f"Hand in {trial.exercise.task}."
            return trial.fails("not started", todo)
        if outcome.error is None and _has_gap(outcome.value):
            return trial.fails("not started", "There is still a `...` in your answer.")
    return None


def _has_gap(value: Any) -> bool:
    """Whether a value is `...`, or a collection with a `...` in it."""
    if isinstance(value, dict):
        value = list(value.values())
    return value is Ellipsis or (
        isinstance(value, (list, tuple)) and any(part is Ellipsis for part in value)
    )


def _mistaken_form(trial: Trial) -> Verdict | None:
    """Find a known mistake that changes the form, too: its hint says more than the two forms."""
    kinds = [found.kind if found else None for found in trial.differences]
    if "shape" not in kinds:
        return None
    for mistake in trial.exercise.mistakes:
        if mistake.detect is None and trial.stage_of(mistake) is not None:
            return trial.fails("shape", mistake.hint, kinds.index("shape"), mistake.name)
    return None


def _shape(trial: Trial) -> Verdict | None:
    for index, (outcome, found) in enumerate(zip(trial.outcomes, trial.differences, strict=True)):
        if isinstance(outcome.error, WrongFormError):
            return trial.fails("shape", str(outcome.error), index)
        if found is not None and found.kind == "shape":
            hint = f"{found.message} {trial.exercise.shape_hint or _wanted(trial)}".strip()
            return trial.fails("shape", hint, index)
    return None


def _wanted(trial: Trial) -> str:
    return f"The exercise asks for {trial.exercise.task}."


def _known_mistake(trial: Trial) -> Verdict | None:
    if trial.first_wrong is None:
        return None
    for mistake in trial.exercise.mistakes:
        stage = trial.stage_of(mistake)
        if stage is not None:
            return trial.fails(stage, mistake.hint, trial.first_wrong, mistake.name)
    return None


def _remembers(trial: Trial) -> Verdict | None:
    if not trial.exercise.wants_function or trial.outcomes[0].error is not None:
        return None
    if trial.repeats_itself():
        return None
    hint = (
        "Called twice with the same arguments, your answer gives two results. Something is "
        "remembered between the calls: look for a variable made outside the function."
    )
    return trial.fails("value", hint, 0)


def _value(trial: Trial) -> Verdict | None:
    index = trial.first_wrong
    if index is None:
        return None
    error, found = trial.outcomes[index].error, trial.differences[index]
    if error is not None:
        return trial.fails("shape", trial.describe(error), index)
    assert found is not None  # a wrong case without an error has a difference
    hints = [found.message, trial.contrast(index), trial.exercise.value_hint, trial.how_to_retry()]
    return trial.fails(trial.stage(found), " ".join(filter(None, hints)), index)


def _mutation(trial: Trial) -> Verdict | None:
    if trial.mutated is None:
        return None
    right = trial.first_wrong is None
    hint = (
        f"{'The results are right, but your' if right else 'Your'} answer changes its argument "
        f"`{trial.mutated}`. Whoever calls it still needs that: work on a copy, made by `list(…)`."
    )
    return trial.fails("value", hint, 0)


# Whoever speaks first is heard.
OPINIONS = (_unfinished, _mistaken_form, _shape, _known_mistake, _mutation, _remembers, _value)


def _praise(trial: Trial) -> str:
    count = len(trial.outcomes)
    agrees = f"Your answer agrees on {count} cases." if count > 1 else ""
    return " ".join(filter(None, [agrees, trial.exercise.closing]))
