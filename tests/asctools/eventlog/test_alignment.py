"""An alignment is the cheapest: against every word of the model, and against pm4py."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.course.planted import BUGS
from asctools.errors import InputError
from asctools.eventlog import pm4py_bridge
from asctools.eventlog.alignment import Alignment, align, fitness
from asctools.eventlog.conformance import REFERENCE
from asctools.eventlog.dfg import variants
from asctools.eventlog.tree import Tree, any_order, choice, loop, optional, sequence
from tests.asctools.eventlog.test_tree import LONGEST, TREES, words
from tests.asctools.eventlog.training_logs import run, table

STEP = sequence("Z", "F", "B", optional("C"), "U")


def distance(a: str, b: str) -> int:
    """How many letters must be left out and put in to make b of a, the slow and plain way."""
    if not a or not b:
        return len(a + b)
    if a[0] == b[0]:
        return distance(a[1:], b[1:])
    return 1 + min(distance(a[1:], b), distance(a, b[1:]))


@settings(deadline=None, max_examples=150)
@given(TREES, st.text("abcd", max_size=3))
def test_no_word_of_the_model_is_nearer(tree: Tree, case: str) -> None:
    alignment = align(list(case), tree)
    near = [distance(case, word) for word in words(tree)]
    # A longer word than were listed is further away than its length beyond the case's
    assert alignment.cost == min([*near, alignment.cost])
    if near and min(near) <= LONGEST + 1 - len(case):
        assert alignment.cost == min(near)


@settings(deadline=None, max_examples=100)
@given(TREES, st.text("abcd", max_size=6))
def test_the_moves_are_those_of_the_case_and_of_the_model(tree: Tree, case: str) -> None:
    alignment = align(list(case), tree)
    assert "".join(event for event, _ in alignment.moves if event) == case
    ran = "".join(name for _, name in alignment.moves if name)
    assert len(ran) > LONGEST or ran in words(tree)
    assert len(alignment.deviations) == alignment.cost <= alignment.longest
    assert all(a == b for a, b in alignment.moves if a and b)
    assert 0.0 <= fitness(alignment) <= 1.0


@pytest.mark.equation("eq-fitness")
@pytest.mark.parametrize(
    ("case", "cost", "longest", "value"),
    [
        ("ZFBU", 0, 8, 1.0),
        ("FBU", 1, 7, 6 / 7),  # ZeroGrad is missing
        ("ZFBUC", 1, 9, 8 / 9),  # clipped after the update
        ("ZFBUU", 1, 9, 8 / 9),
        ("ZFBCUBU", 2, 11, 9 / 11),
        ("xx", 6, 6, 0.0),  # they agree nowhere
        ("", 4, 4, 0.0),
    ],
)
def test_the_fitness_of_an_iteration(case: str, cost: int, longest: int, value: float) -> None:
    alignment = align(list(case), STEP)
    assert (alignment.cost, alignment.longest) == (cost, longest)
    assert fitness(alignment) == pytest.approx(value)


def test_the_moves_say_what_is_missing_and_what_is_too_much() -> None:
    assert align(list("FBU"), STEP).deviations == [("model", "Z")]
    assert align(list("ZFBUC"), STEP).deviations == [("log", "C")]
    assert align(list("ZFBUU"), STEP).deviations == [("log", "U")]


def test_of_two_cheapest_it_is_the_one_that_matches_more_events() -> None:
    # To leave out the p would cost 1 as well
    tree = sequence("a", optional(sequence("p", "d")))
    assert align(["a", "p"], tree).deviations == [("model", "d")]


def test_a_model_that_allows_nothing_fits_an_empty_case() -> None:
    assert fitness(align([], optional("a"))) == 1.0


def test_an_unfinished_case_may_end_anywhere() -> None:
    assert align(list("ZF"), STEP).cost == 2
    assert align(list("ZF"), STEP, unfinished=True).cost == 0
    assert align(list("FB"), STEP, unfinished=True).deviations == [("model", "Z")]


def test_it_reads_as_two_rows() -> None:
    alignment = align(["Z", "Forward", "U", "U"], sequence("Z", "Forward", "B", "U"))
    assert str(alignment) == ("log   | Z | Forward | » | U | U\nmodel | Z | Forward | B | U | »")


def test_a_string_is_no_case() -> None:
    with pytest.raises(InputError, match="sequence of names"):
        align("ZFBU", STEP)


def as_pm4py_says(cases: list[list[str]], tree: Tree) -> list[tuple[int, float]]:
    """Cost and fitness of each case, from pm4py."""
    events = [
        (name, {"iteration": k, "case:concept:name": "run"})
        for k, case in enumerate(cases)
        for name in case
    ]
    found = pm4py_bridge.alignments(table(events), str(tree), case="iteration")
    return [(round(each["cost"] / 10_000), each["fitness"]) for each in found]


def compare(cases: list[list[str]], tree: Tree) -> None:
    ours = [align(case, tree) for case in cases]
    for mine, (cost, fits) in zip(ours, as_pm4py_says(cases, tree), strict=True):
        assert mine.cost == cost
        assert fitness(mine) == pytest.approx(fits)


@pytest.mark.equation("eq-fitness")
@pytest.mark.parametrize("bug", [None, *BUGS])
def test_every_variant_of_every_run_is_aligned_as_by_pm4py(bug: str | None) -> None:
    frame, _ = run(bug)
    found = [list(names) for names in variants(frame, case="iteration")]
    assert len(found) >= 3
    compare(found, REFERENCE)


@pytest.mark.parametrize(
    "tree",
    [
        STEP,
        loop(choice("Z", sequence("F", "B")), "U"),
        any_order("Z", sequence("F", "B"), optional("U")),
        sequence(loop("Z"), choice("F", any_order("B", "U")), optional("C")),
    ],
    ids=["step", "loop", "any order", "all"],
)
def test_random_cases_are_aligned_as_by_pm4py(tree: Tree) -> None:
    draw = random.Random(0)
    compare([draw.choices("ZFBCUx", k=draw.randint(1, 7)) for _ in range(15)], tree)


def test_the_answer_to_a_variant_is_kept() -> None:
    first, again = (align(list("ZFBUC"), STEP) for _ in range(2))
    assert isinstance(first, Alignment)
    assert first is again
