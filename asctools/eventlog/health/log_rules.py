"""Rules about the log: epochs and iterations follow each other, and nothing is missing."""

from itertools import pairwise

from asctools.eventlog.health.course_rules import LEARNS
from asctools.eventlog.health.moments import Moment, Training
from asctools.eventlog.rules import Findings, rule


@rule(
    "whole epochs",
    "An epoch ends, and has the iterations that it announced, unless it is the last one.",
    "epochs before the last",
)
def whole_epochs(training: Training) -> Findings:
    """Count the iterations of each epoch that another one follows."""
    start: Moment | None = None
    ended = False
    iterations: set[int | None] = set()
    for each in training.named("EpochStart", "EpochEnd", *LEARNS):
        if each.name == "EpochEnd":
            ended = True
        elif each.name in LEARNS:
            iterations.add(each.iteration)
        elif start is None or start.epoch != each.epoch:
            if start is not None:
                missing = _missing(training, start, iterations)
                yield start, missing if ended else "the epoch does not end"
            start, ended, iterations = each, False, set()


def _missing(training: Training, start: Moment, iterations: set[int | None]) -> str | None:
    """Say what is wrong with the number of iterations of an epoch."""
    if not training.has(*LEARNS) or not training.whole or None in iterations:
        return None
    announced = start.number("iterations_per_epoch")
    if not iterations:
        return "nothing is learned in the epoch"
    if announced is None or len(iterations) == announced:
        return None
    few = "fewer" if len(iterations) < announced else "more"
    return f"the epoch has {few} iterations than announced | {len(iterations)}, not {announced:.0f}"


@rule(
    "epochs in order",
    "Each epoch is the one after the one before.",
    "epochs after the first",
)
def epochs_in_order(training: Training) -> Findings:
    """Compare the number of each epoch with the one before."""
    before: int | None = None
    for each in training.named("EpochStart"):
        if before is not None and each.epoch is not None:
            right = each.epoch == before + 1
            problem = f"it is not the next epoch | after {before} comes {each.epoch}"
            yield each, None if right else problem
        before = each.epoch


@rule(
    "iterations in order",
    "Each iteration is the one after the one before.",
    "iterations after the first",
)
def iterations_in_order(training: Training) -> Findings:
    """Compare the number of each iteration with the one before."""
    before: int | None = None
    for each in training.named(*LEARNS):
        if each.iteration is None or each.iteration == before:
            continue
        if before is not None:
            right = each.iteration == before + training.every
            problem = f"it is not the next iteration | after {before} comes {each.iteration}"
            yield each, None if right else problem
        before = each.iteration


@rule(
    "a log without holes",
    "Every event has the next number, and no event is earlier than the one before.",
    "logs",
)
def a_log_without_holes(training: Training) -> Findings:
    """Look for numbers left out and for times that go back."""
    for before, each in pairwise(training.moments):
        if each.seq <= before.seq:
            yield each, f"the numbers go back | {each.seq} comes after {before.seq}"
            return
        if each.time is not None and before.time is not None and each.time < before.time:
            yield each, "time goes back"
            return
    if training.hole is not None:
        yield training.hole, "events are missing before this one"
    elif training.moments:
        yield training.moments[-1], None


RULES = (
    whole_epochs,
    epochs_in_order,
    iterations_in_order,
    a_log_without_holes,
)
