"""Rules about the losses: that what is learned stays, and that a look finds what learning left.

One batch may have any loss, above all a small one. So the losses of many iterations are compared,
and with what chance makes of them: their logarithms, as a loss falls by shares of itself.
"""

import math

import numpy as np

from asctools.eventlog.health.moments import Moment, Training
from asctools.eventlog.health.weight_rules import idle_iterations
from asctools.eventlog.rules import Findings, rule

WINDOW = 10  # iterations that one number out of place is no more than one of
MOST = 0.9  # the share of a window that is as good as all of it
BAND = 3.0  # times the loss of the untrained model
SURE = 4.0  # standard errors
CERTAIN = 6.0  # the same, where the worst of many is looked at
WORSE = 10.0  # times the loss of the first look


@rule(
    "no worse than untrained",
    "The loss stays below three times that of the untrained model.",
    "iterations",
)
def no_worse_than_untrained(training: Training) -> Findings:
    """Hold the losses against the first one, where the log begins with it.

    One batch may have any loss. So they must be above for nine iterations of ten in a row, and by
    more than chance makes of one batch, as the differences between batches at the end show.
    """
    passes = _positive(training, "ForwardPass", "loss")
    if len(passes) <= 2 * WINDOW or passes[0][0].iteration not in (None, 0, 1):
        return
    losses = np.array([loss for _, loss in passes])
    chance = np.diff(np.log(losses[-2 * WINDOW :])).std() / math.sqrt(2.0)
    limit = losses[0] * max(BAND, math.exp(min(SURE * chance, 100.0)))
    above = losses > limit
    lasting = np.lib.stride_tricks.sliding_window_view(above, WINDOW).mean(axis=1).max() >= MOST
    problem = (
        f"the loss is above that of the untrained model, by far | {losses[0]:.3g} untrained, "
        f"above {limit:.3g} here"
    )
    for (each, _), high_here in zip(passes, above.tolist(), strict=True):
        yield each, problem if lasting and high_here else None


@rule("what is learned stays", "What a training has learned it does not lose again.", "trainings")
def what_is_learned_stays(training: Training) -> Findings:
    """Follow the geometric mean of twenty losses: it may not climb back half of its way down.

    It has to be three times as high as it was at best, and more than chance makes of it.
    """
    passes = _positive(training, "ForwardPass", "loss")
    if len(passes) < 6 * WINDOW:
        return
    losses = np.log([loss for _, loss in passes])
    windows = np.lib.stride_tricks.sliding_window_view(losses, 2 * WINDOW)
    level, chance = windows.mean(axis=1), windows.std(axis=1) / math.sqrt(2 * WINDOW)
    k = int(np.argmax(level - np.minimum.accumulate(level)))  # where it is furthest above the best
    best = int(np.argmin(level[: k + 1]))
    climbed = level[k] - level[best] > max(
        math.log(BAND), CERTAIN * math.hypot(chance[k], chance[best])
    )
    start, low, here = np.exp([level[0], level[best], level[k]])
    risen = level[-1] - level[0] > SURE * math.hypot(chance[-1], chance[0])
    problem = None
    if climbed and here - low > 0.5 * (start - low):
        problem = f"the loss climbs back | it was {low:.3g}, and is {here:.3g} again"
    elif risen and passes[0][0].iteration in (None, 0, 1):
        k, problem = -1, f"the loss has risen | from {start:.3g} to {math.exp(level[-1]):.3g}"
    yield passes[k + 2 * WINDOW - 1 if k >= 0 else k][0], problem


@rule(
    "a look sees what was learned",
    "Two looks with updates between them do not find exactly the same loss.",
    "looks after an update",
)
def a_look_sees_what_was_learned(training: Training) -> Findings:
    """Compare each validation loss with the one before."""
    idle = idle_iterations(training)
    before: float | None = None
    moved = False
    for each in training.named("Validation", "WeightsUpdate"):
        if each.name == "WeightsUpdate":
            moved = moved or each.iteration not in idle
            continue
        loss = each.number("validation_loss")
        if moved and before is not None and loss is not None:
            same = loss == before and loss != 0.0
            yield each, "the validation loss is exactly that of the look before" if same else None
        before, moved = loss, False


@rule(
    "a look is no better than learning",
    "The validation loss is not far below the losses of the training just before.",
    "looks",
)
def a_look_is_no_better_than_learning(training: Training) -> Findings:
    """Compare each validation loss with the lowest of the ten training losses before it."""
    recent: list[float] = []
    for each in training.named("ForwardPass", "Validation"):
        loss = each.number("loss" if each.name == "ForwardPass" else "validation_loss")
        if loss is None or not (math.isfinite(loss) and loss > 0.0):
            recent = []
        elif each.name == "ForwardPass":
            recent = [*recent[1 - WINDOW :], loss]
        elif len(recent) == WINDOW:
            few = min(recent)
            far = BAND * loss < few
            problem = (
                f"the validation loss is far below | {loss:.3g}, and training {few:.3g} or more"
            )
            yield each, problem if far else None


@rule("looks hold", "A look finds no loss ten times as high as the first look did.", "looks")
def looks_hold(training: Training) -> Findings:
    """Compare each loss that a look found with the first."""
    first: float | None = None
    for each in training.named("Validation", "EvaluationPass"):
        loss = each.number("validation_loss" if each.name == "Validation" else "loss")
        if loss is None or not loss > 0.0:
            continue
        if first is not None:
            problem = f"the loss has risen where the model is looked at | {first:.3g} to {loss:.3g}"
            yield each, problem if loss > WORSE * first else None
        first = loss if first is None else first


def _positive(training: Training, name: str, key: str) -> list[tuple[Moment, float]]:
    """Return the events of a name with a number of theirs; none if one is not above 0."""
    pairs = [(each, each.number(key)) for each in training.named(name)]
    found = [(each, value) for each, value in pairs if value is not None and math.isfinite(value)]
    return found if all(value > 0.0 for _, value in found) else []


RULES = (
    no_worse_than_untrained,
    what_is_learned_stays,
    a_look_sees_what_was_learned,
    a_look_is_no_better_than_learning,
    looks_hold,
)
