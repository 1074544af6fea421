"""Does a training do what healthy training does? A log beside a reference, and beside rules.

The reference is a process tree of one iteration. An alignment finds what is missing and what is too
much, in each iteration by itself. The rules hold from one iteration to the next, and for the
numbers. Neither knows of any particular bug::

    report = check("run.xes")
    print(report)
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, TypeAlias

from asctools.errors import InputError, explain
from asctools.eventlog.alignment import fitness
from asctools.eventlog.health import (
    course_rules,
    gradient_rules,
    log_rules,
    loss_rules,
    weight_rules,
)
from asctools.eventlog.health.moments import Moment, Training, trainings
from asctools.eventlog.reference import REFERENCE, Laid, lay, reference_of
from asctools.eventlog.report import FURTHER, Deviation, Report
from asctools.eventlog.rules import Rule
from asctools.eventlog.tree import Tree

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["REFERENCE", "RULES", "Deviation", "Report", "Rule", "check", "reference_of"]

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


def check(
    log: Log,
    *,
    reference: Tree = REFERENCE,
    rules: Sequence[Rule] = RULES,
    accumulate: int | None = None,
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
        How many backward passes add up before an update, where that is meant; None: what the log
        says of itself, else one.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        If nothing is learned in the log, or ``accumulate`` is below 1.
    """
    whole = isinstance(accumulate, int) and not isinstance(accumulate, bool)
    if accumulate is not None and not (whole and accumulate > 0):
        came = f"accumulate={accumulate!r}"
        raise InputError(explain(came, "a whole number, 1 or more", "set accumulate"))
    if isinstance(log, str | PathLike):
        from asctools.eventlog.reader import read

        log = read(log)
    parts = trainings(log, accumulate)
    found, tested = _examine(parts, rules)
    laid = [pair for part in parts for pair in lay(part, reference)]
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
    parts: Sequence[Training], rules: Sequence[Rule]
) -> tuple[list[Deviation], dict[str, int]]:
    """Return what the rules find, and how many occasions each of them had."""
    found: list[Deviation] = []
    tested: dict[str, int] = {}
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


def _unnamed(laid: list[Laid], named: set[int]) -> list[Deviation]:
    """Return what does not fit the reference in iterations that no rule has named."""
    wrong: dict[tuple[str, str], list[Moment]] = defaultdict(list)
    for case, alignment in laid:
        if case[0].iteration not in named:
            for move in alignment.deviations:
                wrong[move].append(case[0])
    order = ORDER._replace(unit=FURTHER) if named else ORDER
    said = {"log": "{} stands where it does not belong", "model": "{} is missing"}
    return [
        _deviation(order, said[side].format(name), cases, len(laid))
        for (side, name), cases in wrong.items()
    ]
