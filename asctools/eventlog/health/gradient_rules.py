"""Rules about the gradients, from being cleared to being used, and about learning and looking."""

import math

from asctools.eventlog.health.moments import CLIPPED, EMPTY, FRESH, LOOKS, USED, Moment, Training
from asctools.eventlog.rules import Findings, rule

CLOSE = 1e-3  # as a share: norms that are the same but for rounding


@rule(
    "clean slopes",
    "Between an update and the next backward pass the gradients are cleared.",
    "backward passes",
)
def clean_slopes(training: Training) -> Findings:
    """Look at what a backward pass adds its slopes to."""
    for each in training.named("BackwardPass"):
        problem = None
        if each.gradients == USED:
            problem = "slopes are added to those that an update has used already"
        elif each.gradients == CLIPPED:
            problem = "slopes are added to those that were clipped already"
        elif each.passes >= training.accumulate:
            more = f" more than {training.accumulate} times" if training.accumulate > 1 else ""
            problem = f"slopes are added to those that no update has used{more}"
        yield each, problem


@rule(
    "one pass back",
    "Each backward pass goes back from a forward pass of its own.",
    "backward passes",
)
def one_pass_back(training: Training) -> Findings:
    """Look for a forward pass before each backward pass."""
    for each in training.named("BackwardPass"):
        yield each, None if each.unread else "there was no forward pass since the one before"


@rule(
    "nothing read in vain",
    "Each forward pass of the training is followed by a backward pass.",
    "forward passes",
)
def nothing_read_in_vain(training: Training) -> Findings:
    """Look at what comes after each forward pass."""
    last: Moment | None = None
    for each in training.named("ForwardPass", "BackwardPass"):
        if last is not None:
            lost = each.name == "ForwardPass" and _finite(last)
            yield last, "no backward pass reached the weights" if lost else None
        last = each if each.name == "ForwardPass" else None


@rule(
    "slopes are used",
    "The slopes of a backward pass are used by an update before they are cleared.",
    "clearings of the gradients",
)
def slopes_are_used(training: Training) -> Findings:
    """Look at what is cleared; an optimiser that calls a closure may clear several times.

    Of several optimisers each has slopes that are meant for another one.
    """
    if training.optimizers > 1:
        return
    closures = {
        each.iteration for each in training.named("WeightsUpdate") if each.values.get("closure")
    }
    last: Moment | None = None
    for each in training.named("BackwardPass", "ZeroGrad"):
        if each.name == "BackwardPass":
            last = each
            continue
        lost = each.gradients in (FRESH, CLIPPED) and each.iteration not in closures
        usable = last is None or _finite(last)
        yield each, "slopes are cleared that no update has used" if lost and usable else None


@rule(
    "slopes stay",
    "What a backward pass left is there until an event clears or uses it.",
    "forward passes after a backward pass",
)
def slopes_stay(training: Training) -> Findings:
    """Look at what the next forward pass finds, where the log says it."""
    if not training.whole:
        return
    problem = "slopes have vanished unseen (is the watched optimiser the one that steps?)"
    gone_back = False
    for each in training.named("BackwardPass", "ForwardPass"):
        if each.name == "BackwardPass":
            gone_back = True
        elif gone_back and each.number("grad_norm") is not None:
            yield each, problem if each.vanished else None
            gone_back = False


@rule(
    "cleared means zero",
    "After they were cleared the gradients hold nothing.",
    "forward passes on cleared gradients",
)
def cleared_means_zero(training: Training) -> Findings:
    """Look at what the gradients hold in a forward pass, where the log says it."""
    cleared = False
    for each in training.named("ZeroGrad", "ForwardPass", "BackwardPass"):
        norm = each.number("grad_norm")
        if each.name == "ForwardPass" and cleared and norm is not None:
            yield each, "a part of the gradients was not cleared" if norm > 0.0 else None
        cleared = each.name == "ZeroGrad" or (cleared and each.name == "ForwardPass")


@rule(
    "a fresh update",
    "An update uses slopes that were computed since the last update and not cleared since.",
    "updates",
)
def a_fresh_update(training: Training) -> Findings:
    """Look at what the gradients hold when the weights are moved."""
    problems = {
        EMPTY: "the gradients are empty when the weights are moved",
        USED: "the weights are moved again by slopes that were used already",
    }
    for each in training.named("WeightsUpdate"):
        problem = problems.get(each.gradients)
        yield each, None if each.values.get("closure") else problem


@rule(
    "clip in time",
    "Gradients are clipped after the backward pass and before the update.",
    "clippings",
)
def clip_in_time(training: Training) -> Findings:
    """Look at what the gradients hold when they are clipped."""
    problems = {
        EMPTY: "gradients are clipped before there are any",
        USED: "gradients are clipped when an update has used them already",
    }
    clipping = None
    for each in [*training.named("GradientClipping", "BackwardPass", "WeightsUpdate"), None]:
        if clipping is not None:  # fewer batches may be left in an epoch: nothing follows then
            more = each is not None and each.name == "BackwardPass"
            few = clipping.gradients == FRESH and clipping.passes < training.accumulate
            early = "gradients are clipped before all of their slopes are there"
            problem = problems.get(clipping.gradients, early if few and more else None)
            yield clipping, problem
        clipping = each if each is not None and each.name == "GradientClipping" else None


@rule(
    "clip all that is long",
    "Where gradients are clipped, none that is longer than the threshold goes into an update.",
    "updates by gradients longer than the threshold",
)
def clip_all_that_is_long(training: Training) -> Findings:
    """Look for long gradients that went into an update as they were."""
    clippings = [
        each for each in training.named("GradientClipping") if each.values.get("by") != "value"
    ]
    limits = {each.number("threshold") for each in clippings}
    limit = limits.pop() if len(limits) == 1 else None
    if limit is None:
        return
    norm = 0.0
    for each in training.named("BackwardPass", "WeightsUpdate"):
        if each.name == "BackwardPass":
            norm = each.number("grad_norm") or 0.0
        elif norm > limit * (1.0 + CLOSE) and each.gradients in (FRESH, CLIPPED):
            went = each.gradients == FRESH
            yield each, "a gradient longer than the threshold was not clipped" if went else None


@rule(
    "what comes is used",
    "The gradients of an update are those of its backward pass, changed by nothing but clipping.",
    "updates that say which gradient they used",
)
def what_comes_is_used(training: Training) -> Findings:
    """Compare the norm that the optimiser used with what backward pass and clipping left."""
    least = most = math.nan
    for each in training.named("BackwardPass", "GradientClipping", "WeightsUpdate"):
        norm = each.number("grad_norm")
        if each.name == "BackwardPass":
            least = most = math.nan if norm is None else norm
        elif each.name == "GradientClipping":
            threshold = each.number("threshold")
            by_value = each.values.get("by") == "value"
            if threshold is not None and math.isfinite(most):
                least, most = (0.0, most) if by_value else (min(threshold, least),) * 2
        elif norm is not None and each.gradients in (FRESH, CLIPPED) and math.isfinite(most):
            same = least * (1.0 - CLOSE) <= norm <= most * (1.0 + CLOSE)
            yield each, None if same else "somebody has changed the gradients before the update"


@rule("slopes in train mode", "No slopes are computed in eval mode.", "backward passes")
def slopes_in_train_mode(training: Training) -> Findings:
    """Look at the mode in which slopes are computed."""
    for each in training.named("BackwardPass"):
        yield each, "slopes are computed in eval mode" if each.mode == "eval" else None


@rule("learn in train mode", "Nothing is learned in eval mode.", "updates")
def learn_in_train_mode(training: Training) -> Findings:
    """Look at the mode in which weights are moved."""
    for each in training.named("WeightsUpdate"):
        yield each, "weights are moved in eval mode" if each.mode == "eval" else None


@rule(
    "look in eval mode",
    "Whoever only looks at the model does so in eval mode, and asks for no slopes.",
    "looks",
)
def look_in_eval_mode(training: Training) -> Findings:
    """Look at the mode in which the model is looked at, where anybody ever said one."""
    for each in training.named(*LOOKS):
        mode = each.values.get("mode", each.mode)
        problem = None
        if mode == "train" and not (each.looked and each.name != "EvaluationPass"):
            problem = "the model is looked at in train mode"
        elif each.values.get("grad_enabled"):
            problem = "the model is looked at with slopes in store"
        yield each, problem


def _finite(each: Moment) -> bool:
    """Whether the numbers of an event are ones that an update could use."""
    return all(
        math.isfinite(value)
        for value in (each.number("loss"), each.number("grad_norm"))
        if value is not None
    )


RULES = (
    clean_slopes,
    one_pass_back,
    nothing_read_in_vain,
    slopes_are_used,
    slopes_stay,
    cleared_means_zero,
    a_fresh_update,
    clip_in_time,
    clip_all_that_is_long,
    what_comes_is_used,
    slopes_in_train_mode,
    learn_in_train_mode,
    look_in_eval_mode,
)
