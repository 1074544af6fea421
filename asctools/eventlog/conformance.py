"""Does a training do what healthy training does? A log beside a reference, and beside rules.

The reference is a process tree of one iteration. An alignment finds what is missing and what is too
much, in each iteration by itself. The rules hold from one iteration to the next, and for the
numbers. Neither knows of any particular bug.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from os import PathLike
from typing import TYPE_CHECKING, TypeAlias

from asctools.errors import InputError, explain
from asctools.eventlog import course_rules, gradient_rules, log_rules, loss_rules, weight_rules
from asctools.eventlog.alignment import Alignment, align, fitness
from asctools.eventlog.course_rules import at_the_floor
from asctools.eventlog.moments import LEARNING, Moment, Training, trainings
from asctools.eventlog.report import Deviation, Report
from asctools.eventlog.rules import Rule
from asctools.eventlog.tree import Tree, activities, choice, loop, optional, sequence

if TYPE_CHECKING:
    import pandas as pd

# What an iteration that no rule names does not fit: the reference, which is no rule of its own
ORDER = Rule("order", "An iteration is as the reference says.", "iterations", lambda _: iter(()))

Log: TypeAlias = "pd.DataFrame | str | PathLike[str]"

RULES = (
    gradient_rules.RULES
    + course_rules.RULES
    + weight_rules.RULES
    + loss_rules.RULES
    + log_rules.RULES
)


def reference_of(accumulate: int = 1, optimizers: int = 1) -> Tree:
    """Return the model of one healthy iteration.

    Parameters
    ----------
    accumulate
        How many batches are read before an update.
    optimizers
        How many optimisers there are; several may learn one after the other.
    """
    fall = optional(loop("LearningRateDecay"))
    read = ["ForwardPass", "BackwardPass"]
    more = [optional(loop(sequence(*read)))] if accumulate > 1 else []
    update = [optional("GradientClipping"), "WeightsUpdate"]
    learn = choice(  # the gradients may be cleared at any of three places
        sequence("ZeroGrad", fall, *read, *more, *update),
        sequence("ForwardPass", "ZeroGrad", "BackwardPass", *more, *update),
        sequence(*read, *more, *update, fall, "ZeroGrad"),
    )
    lower = optional(sequence(optional("PlateauDetected"), loop("LearningRateDecay")))
    look = sequence(
        choice("Validation", "EvaluationPass"),
        optional("ModeChange"),
        lower,
        optional("EarlyStoppingCheck"),
        choice("EarlyStopping", lower),
    )
    before = choice("ModeChange", "LearningRateDecay", "EvaluationPass")
    after = choice("GateSummary", "Sampling", "ModeChange", "LearningRateDecay", look)
    return sequence(
        optional(loop(before)), loop(learn) if optimizers > 1 else learn, optional(loop(after))
    )


REFERENCE = reference_of()


def check(
    log: Log,
    *,
    reference: Tree = REFERENCE,
    rules: Sequence[Rule] = RULES,
    accumulate: int = 1,
) -> Report:
    """Compare the log of a training with healthy training.

    Parameters
    ----------
    log
        A table as :func:`asctools.eventlog.reader.read` gives it, or the path of a log.
    reference
        What may happen in an iteration.
    rules
        What holds in a healthy training.
    accumulate
        How many backward passes add up before an update, where that is meant.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        If nothing is learned in the log, or ``accumulate`` is below 1.
    """
    if isinstance(accumulate, bool) or not isinstance(accumulate, int) or accumulate < 1:
        came = f"accumulate={accumulate!r}"
        raise InputError(explain(came, "a whole number, 1 or more", "set accumulate"))
    if isinstance(log, str | PathLike):
        from asctools.eventlog.reader import read

        log = read(log)
    parts = trainings(log, accumulate)
    found, tested = _examine(parts, rules)
    laid = [pair for part in parts for pair in _align(part, reference)]
    named = {case for each in found for case in each.cases}
    found += _unnamed(laid, named)
    return Report(
        deviations=tuple(sorted(found, key=lambda each: -each.count)),
        iterations=len(laid),
        fitting=sum(not alignment.cost for _, alignment in laid),
        fitness=sum(fitness(each) for _, each in laid) / len(laid) if laid else 1.0,
        moves=dict(Counter(move for _, each in laid for move in each.deviations).most_common()),
        tested=tested,
        untested=tuple(each.name for each in rules if each.name not in tested),
    )


# ── rules ────────────────────────────────────────────────────────────────────────────────────────


def _examine(
    parts: Iterable[Training], rules: Sequence[Rule]
) -> tuple[list[Deviation], dict[str, int]]:
    """Return what the rules find, and how many occasions each of them had."""
    parts, found, tested = list(parts), [], {}
    for rule in rules:
        findings = [finding for part in parts for finding in rule.examine(part)]
        if not findings:
            continue
        tested[rule.name] = len(findings)
        wrong: dict[str, list[tuple[Moment, str]]] = defaultdict(list)
        for moment, problem in findings:
            if problem is not None:
                sentence, _, detail = problem.partition(" | ")
                wrong[sentence].append((moment, detail))
        found += [
            _deviation(rule, sentence, [moment for moment, _ in here], len(findings), here[0][1])
            for sentence, here in wrong.items()
        ]
    return found, tested


def _deviation(
    rule: Rule, sentence: str, moments: list[Moment], of: int, example: str = ""
) -> Deviation:
    cases = dict.fromkeys(each.iteration for each in moments if each.iteration is not None)
    return Deviation(
        rule=rule.name,
        sentence=sentence,
        count=len(moments),
        of=of,
        unit=rule.unit,
        healthy=rule.sentence,
        example=example,
        cases=tuple(cases),
        seqs=tuple(each.seq for each in moments),
    )


# ── the reference ────────────────────────────────────────────────────────────────────────────────

Laid: TypeAlias = tuple[list[Moment], Alignment]


def _align(training: Training, reference: Tree) -> Iterator[Laid]:
    """Lay each iteration in which something is learned beside the reference."""
    if reference == REFERENCE:
        reference = reference_of(training.accumulate, training.optimizers)
    cases = _cases(training, activities(reference))
    for k, case in enumerate(cases):
        events = [each.name for each in case]
        if k == 0:  # gradients that never were need no clearing
            clearings = events.count("ZeroGrad")
            events = ["ZeroGrad", *events] if clearings == 0 else events
            if clearings > 1:
                events.remove("ZeroGrad")
        yield case, align(events, reference, unfinished=k == len(cases) - 1)


def _cases(training: Training, names: Iterable[str]) -> list[list[Moment]]:
    """Return the events of each iteration; those of one update, where batches accumulate."""
    idle = _repeated(training) | _plateaus_at_the_floor(training)
    groups: dict[tuple[int, int], list[Moment]] = defaultdict(list)
    for each in training.moments:
        if each.name in names and each.iteration is not None and each.seq not in idle:
            groups[each.trace, each.iteration].append(each)
    cases: list[list[Moment]] = []
    begun: list[Moment] = []  # what was done before the first batch of a case
    batches = training.accumulate  # of the last case
    for group in groups.values():
        names_here = {each.name for each in group}
        if names_here.isdisjoint(LEARNING):
            continue
        if not names_here & {"ForwardPass", "BackwardPass", "WeightsUpdate"}:
            begun += group
            continue
        done = cases and any(each.name == "WeightsUpdate" for each in cases[-1])
        if done or batches >= training.accumulate:
            cases.append([])
            batches = 0
        cases[-1] += begun + group
        begun = []
        batches += 1
    return [*cases, begun] if begun else cases


def _repeated(training: Training) -> set[int]:
    """Return what the reference need not see twice.

    Gradients are cleared again, weights are moved by another optimiser, or the optimiser has called
    a closure several times before it moved them.
    """
    events = training.named(*LEARNING)
    found = set()
    for each, following in pairwise(events):
        if each.name == following.name == "ZeroGrad" or (
            each.name == following.name == "WeightsUpdate"
            and each.values.get("optimizer") != following.values.get("optimizer")
        ):
            found.add(each.seq)
    for update in training.named("WeightsUpdate"):
        if update.values.get("closure"):
            found |= _earlier_calls(events, update)
    return found


def _earlier_calls(events: list[Moment], update: Moment) -> set[int]:
    """Return what a closure did in an iteration, but for its last call."""
    calls = [each for each in events if each.iteration == update.iteration]
    last = {each.name: each.seq for each in calls}
    return {each.seq for each in calls} - set(last.values())


def _plateaus_at_the_floor(training: Training) -> set[int]:
    """Return the plateaus after which the rate cannot fall any further."""
    rate, found = None, set()
    for each in training.named("PlateauDetected", "ForwardPass"):
        if each.name == "ForwardPass":
            rate = each.number("learning_rate")
        elif at_the_floor(training, each, rate):
            found.add(each.seq)
    return found


def _unnamed(laid: list[Laid], named: set[int]) -> list[Deviation]:
    """Return what does not fit the reference in iterations that no rule has named."""
    wrong: dict[tuple[str, str], list[Moment]] = defaultdict(list)
    for case, alignment in laid:
        if case[0].iteration not in named:
            for move in alignment.deviations:
                wrong[move].append(case[0])
    said = {"log": "{} stands where it does not belong", "model": "{} is missing"}
    return [
        _deviation(ORDER, said[side].format(name), cases, len(laid))
        for (side, name), cases in wrong.items()
    ]
