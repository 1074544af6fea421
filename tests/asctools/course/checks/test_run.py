"""The order of the stages, and what an answer may do without breaking the check."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from asctools.course.checks import Case, Exercise, Mistake, check, exercises, find, judge
from asctools.course.checks.registry import CHAPTERS
from asctools.course.checks.spec import WrongFormError
from asctools.errors import AscError


class LossAndSlope(NamedTuple):
    loss: float
    slope: float


def cases(rng):
    return [
        Case("for one number", ([float(rng.uniform(1, 2))],)),
        Case("for three numbers", (rng.uniform(1, 2, 3).tolist(),)),
    ]


def right(numbers):
    return LossAndSlope(sum(n**2 for n in numbers), 2 * sum(numbers))


SQUARES = Exercise(
    id="test/squares",
    kind="Code",
    level=1,
    minutes=1,
    task="a function squares(numbers) that returns (loss, slope)",
    parameters=("numbers",),
    cases=cases,
    reference=right,
    gradients=("slope",),
    mistakes=(
        Mistake("not squared", "Square them.", lambda ns: (sum(ns), 2 * sum(ns))),
        Mistake("factor 2 missing", "The derivative?", lambda ns: (sum(n**2 for n in ns), sum(ns))),
        Mistake("first only", "All of them.", lambda ns: right(ns[:1])),
        Mistake("stops", "Divided by what?", lambda ns: 1 / (len(ns) - 1)),
    ),
    value_hint="Try two numbers.",
    closing="Well.",
)


def verdict(answer, exercise=SQUARES):
    return judge(exercise, answer, np.random.default_rng(3))


def test_a_right_answer_passes():
    passed = verdict(right)
    assert (passed.passed, passed.stage, passed.mistake) == (True, "passed", None)
    assert passed.hint == "Your answer agrees on 2 cases. Well."


def test_value_comes_before_gradient():
    assert verdict(lambda numbers: (0.1, 0.1)).stage == "value"
    assert verdict(lambda numbers: (right(numbers).loss, 0.1)).stage == "gradient"
    assert verdict(lambda numbers: (right(numbers).loss, sum(numbers))).stage == "gradient"
    assert verdict(lambda numbers: (sum(numbers), 2 * sum(numbers))).mistake == "not squared"


def test_form_comes_before_value_even_in_a_later_case():
    wrong = verdict(lambda numbers: (0.1, 0.1) if len(numbers) == 1 else 0.1)
    assert wrong.stage == "shape"
    assert len(wrong.inputs[0]) == 3


def test_a_known_mistake_that_changes_the_form_gets_its_own_hint():
    flat = Mistake("slope left out", "Two numbers.", lambda ns: sum(n**2 for n in ns))
    seen = Mistake("seen", "Never with another form.", detect=lambda outcomes, expected: True)
    exercise = replace(SQUARES, mistakes=(seen, *SQUARES.mistakes, flat))
    wrong = verdict(lambda numbers: right(numbers).loss, exercise)
    assert (wrong.stage, wrong.mistake, wrong.hint) == ("shape", "slope left out", "Two numbers.")
    assert wrong.inputs == cases(np.random.default_rng(3))[0].arguments
    other = verdict(lambda numbers: right(numbers).loss + 1.0, exercise)
    assert (other.stage, other.mistake) == ("shape", None)
    assert "slope" in other.hint


def test_a_case_that_agrees_is_held_against_the_one_that_does_not():
    wrong = verdict(lambda numbers: (right(numbers).loss + 0.1 * (len(numbers) > 1), 0.0))
    assert "agrees" not in wrong.hint  # the slope is wrong in the first case already
    wrong = verdict(
        lambda numbers: (right(numbers).loss + 0.1 * (len(numbers) > 1), 2 * sum(numbers))
    )
    assert "It agrees for one number, but not for three numbers" in wrong.hint
    assert wrong.inputs == (cases(np.random.default_rng(3))[1].arguments)


def test_an_answer_right_on_one_case_makes_no_mistake_of_another_kind():
    assert verdict(lambda numbers: right(numbers[:1])).mistake == "first only"
    assert verdict(lambda numbers: right(numbers[-1:])).mistake is None


def test_an_error_after_a_known_mistake_does_not_hide_it():
    def answer(numbers):
        if len(numbers) > 1:
            raise IndexError("out of days")
        return sum(numbers), 2 * sum(numbers)

    assert verdict(answer).mistake == "not squared"


def test_an_arithmetic_error_can_be_a_known_mistake():
    assert verdict(lambda numbers: 1 / 0).mistake == "stops"
    assert verdict(lambda numbers: numbers["a"]).mistake is None


def test_an_error_names_itself_its_line_and_its_message():
    def answer(numbers):
        total = 0
        return total.nothing

    wrong = verdict(answer)
    assert wrong.stage == "shape"
    assert "AttributeError in line 3 of `answer`: 'int' object" in wrong.hint


def test_unfinished_answers_are_not_started():
    def stub(numbers):
        raise NotImplementedError("Add up the squares.")

    def nameless(numbers):
        raise NotImplementedError

    assert verdict(stub).hint == "Add up the squares."
    assert "squares(numbers)" in verdict(nameless).hint
    for answer in (..., None, lambda numbers: ..., lambda numbers: (..., 1.0)):
        assert verdict(answer).stage == "not started"
        assert not verdict(answer).passed


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (right([1.0]), "the function itself is needed"),
        (lambda: 1, "will be called as `answer(numbers)`, with 1 argument."),
        (lambda one, two: 1, "with 1 argument."),
        (lambda numbers: None, "Does every path through it end in `return"),
    ],
)
def test_the_form_is_asked_for(answer, words):
    assert verdict(answer).stage == "shape"
    assert words in verdict(answer).hint


def test_an_answer_with_more_optional_arguments_is_fine():
    assert verdict(lambda numbers, extra=1, *rest, **more: right(numbers)).passed


def test_cases_are_copies_for_every_answer():
    def greedy(numbers):
        result = right(numbers)
        numbers.clear()
        return result

    wrong = verdict(greedy)
    assert (wrong.passed, wrong.stage) == (False, "value")
    assert wrong.hint.startswith("The results are right, but your answer changes its argument")
    assert "`numbers`" in wrong.hint
    assert wrong.inputs[0]  # not emptied
    assert verdict(right).passed


def test_a_wrong_answer_that_changes_its_input_hears_of_that_first():
    def greedy(numbers):
        numbers.append(1.0)
        return right(numbers)

    assert verdict(greedy).hint.startswith("Your answer changes its argument `numbers`")


def test_an_answer_that_remembers_is_found_out():
    calls = []

    def remembers(numbers):
        calls.append(numbers)
        return LossAndSlope(right(numbers).loss + len(calls), 0.0)

    assert "remembered between the calls" in verdict(remembers).hint
    calls.clear()

    def wrong_at_the_third_call(numbers):
        calls.append(numbers)
        return right(numbers * (1 + (len(calls) > 2)))

    assert "remembered between the calls" in verdict(wrong_at_the_third_call).hint


def test_generators_are_answers_too():
    assert verdict(lambda numbers: (part for part in right(numbers))).passed


def test_a_measure_may_refuse_an_answer():
    def measure(answer, *arguments):
        raise WrongFormError("A module is needed.")

    refused = verdict(right, Exercise(**{**SQUARES.__dict__, "measure": measure}))
    assert (refused.stage, refused.hint) == ("shape", "A module is needed.")


@pytest.mark.parametrize("kwargs", [{}, {"compute": right, "detect": lambda got, right: True}])
def test_a_mistake_is_computed_or_detected(kwargs):
    with pytest.raises(TypeError, match="needs either compute or detect"):
        Mistake("neither", "hint", **kwargs)


def test_unknown_exercises_name_their_neighbours():
    with pytest.raises(AscError, match="Did you mean 'by-hand/forward-step'"):
        check("by-hand/forwardstep", right)
    with pytest.raises(AscError, match="by-hand/many-days"):
        check("byhand/many-days", right)
    with pytest.raises(AscError, match="chapter 'four'"):
        exercises("four")


@pytest.mark.parametrize("seed", ["two", "-1", "1.5", ""])
def test_a_bad_seed_is_refused(seed, monkeypatch):
    monkeypatch.setenv("ASC_CHECK_SEED", seed)
    with pytest.raises(AscError, match="ASC_CHECK_SEED"):
        check("maths/chain-rule", right)
    with pytest.raises(AscError, match="seed=-3"):
        check("maths/chain-rule", right, seed=-3)


def test_a_seed_given_comes_before_the_environment(monkeypatch):
    def inputs(**seed):
        return check("maths/chain-rule", lambda w, x, b, y: 1 / 0, **seed).inputs

    monkeypatch.setenv("ASC_CHECK_SEED", "5")
    assert inputs() == inputs(seed=5) != inputs(seed=6)


def test_ids_kinds_levels_and_minutes():
    every = exercises()
    assert len({exercise.id for exercise in every}) == len(every)
    assert every == tuple(each for chapter in CHAPTERS for each in exercises(chapter))
    assert all(
        each.id.startswith(f"{chapter}/") for chapter in CHAPTERS for each in exercises(chapter)
    )
    for exercise in every:
        assert find(exercise.id) is exercise
        assert exercise.kind in ("Pencil", "Code", "Think", "Open")
        assert exercise.level in (1, 2, 3)
        assert 1 <= exercise.minutes <= 30
        assert exercise.closing
