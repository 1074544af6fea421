"""One healthy iteration as a process tree, and the iterations of a training beside it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TypeAlias

from asctools.eventlog.alignment import Alignment, align
from asctools.eventlog.health.course_rules import LEARNS, at_the_floor
from asctools.eventlog.health.moments import LEARNING, Moment, Training
from asctools.eventlog.tree import Tree, activities, choice, loop, optional, sequence

Laid: TypeAlias = tuple[list[Moment], Alignment]


def reference_of(accumulate: int = 1, optimizers: int = 1) -> Tree:
    """Return the model of one healthy iteration.

    Parameters
    ----------
    accumulate
        How many batches are read before an update.
    optimizers
        How many optimisers there are; several may learn one after the other.
    """
    meanwhile = optional(loop(choice("ModeChange", "LearningRateDecay", "EvaluationPass")))
    read = ["ForwardPass", "BackwardPass"]
    more = [optional(loop(sequence(*read)))] if accumulate > 1 else []
    update = [optional("GradientClipping"), "WeightsUpdate"]
    learn = choice(  # the gradients may be cleared at any of three places
        sequence("ZeroGrad", meanwhile, *read, *more, *update),
        sequence("ForwardPass", "ZeroGrad", "BackwardPass", *more, *update),
        sequence(*read, *more, *update, meanwhile, "ZeroGrad"),
    )
    lower = optional(sequence(optional("PlateauDetected"), loop("LearningRateDecay")))
    look = sequence(
        choice("Validation", "EvaluationPass"),
        optional("ModeChange"),
        lower,
        optional("EarlyStoppingCheck"),
        choice("EarlyStopping", lower),
    )
    after = choice("GateSummary", "Sampling", "ModeChange", "LearningRateDecay", look)
    return sequence(meanwhile, loop(learn) if optimizers > 1 else learn, optional(loop(after)))


#: The reference where every batch is followed by an update, of one optimiser.
REFERENCE = reference_of()


def lay(training: Training, reference: Tree = REFERENCE) -> Iterator[Laid]:
    """Lay each iteration in which something is learned beside the reference.

    Yields
    ------
    list of Moment, Alignment
        The events of the iteration, and their alignment. The last may end anywhere.
    """
    if reference == REFERENCE:
        reference = reference_of(training.accumulate, training.optimizers)
    names = activities(reference)
    cases = _cases(training, names)
    for k, case in enumerate(cases):
        events = [each.name for each in case]
        if k == 0 and "ZeroGrad" in names:
            events = _first(events)
        yield case, align(events, reference, unfinished=k == len(cases) - 1)


def _first(events: list[str]) -> list[str]:
    """Return the first iteration as if it had cleared the gradients once.

    Gradients that never were need no clearing; whoever clears them at the end of each iteration may
    do it before the first one too.
    """
    clearings = events.count("ZeroGrad")
    if clearings == 0:
        return ["ZeroGrad", *events]
    first = events.index("ZeroGrad")
    return events if clearings == 1 else events[:first] + events[first + 1 :]


def _cases(training: Training, names: Iterable[str]) -> list[list[Moment]]:
    """Return the events of each iteration; those of one update, where batches accumulate."""
    idle = _repeated(training) | _plateaus_at_the_floor(training)
    groups: dict[tuple[int, int], list[Moment]] = defaultdict(list)
    for each in training.moments:
        if each.name in names and each.iteration is not None and each.seq not in idle:
            groups[each.trace, each.iteration].append(each)
    cases: list[list[Moment]] = []
    begun: list[Moment] = []  # gradients cleared before the first batch of a case
    batches = 0  # of the last case
    for group in groups.values():
        done = {each.name for each in group}
        if done & set(LEARNS):
            if not cases or batches == training.accumulate or _updated(cases[-1]):
                cases.append([])
                batches = 0
            cases[-1] += begun + group
            begun = []
            batches += 1
        elif "ZeroGrad" in done:
            begun += group
    return cases


def _updated(case: list[Moment]) -> bool:
    return any(each.name == "WeightsUpdate" for each in case)


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
    return found | _earlier_calls(training, events)


def _earlier_calls(training: Training, events: list[Moment]) -> set[int]:
    """Return what closures did in their iterations, but for their last calls."""
    closures = {
        each.iteration for each in training.named("WeightsUpdate") if each.values.get("closure")
    }
    calls = [each for each in events if each.iteration in closures]
    last = {(each.iteration, each.name): each.seq for each in calls}
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
