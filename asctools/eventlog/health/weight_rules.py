"""Rules about the weights: that slopes reach them, that updates move them, and by how much."""

import math
from collections.abc import Iterable

from asctools.eventlog.health.moments import EMPTY, FRESH, NAME, NUMBERS, Moment, Training
from asctools.eventlog.rules import Findings, rule

FEW = 10  # events that tell little about a whole training
MOST = 0.9  # as a share: as good as all
IDLE = 1e-3  # a rate below this share of the highest may change no digit
LEAST = 1e-3  # the share of a gradient that clipping leaves at least, mostly
HIDDEN = 1e-5  # as a share of the weights: rounding
GROWN = 100.0  # times its first length is more than the weights of a network become
TALL = 100.0  # times the longest gradient of the beginning
SEALED = 1e-3  # a gate that is open, or closed, to this share
STUCK = 0.99  # the share of saturated units


@rule("finite numbers", "Loss, gradient and update are finite numbers.", "numbers")
def finite_numbers(training: Training) -> Findings:
    """Look at the number that each of these events must have."""
    for each in training.named(*NUMBERS):
        key = NUMBERS[each.name]
        value = each.number(key)
        if value is not None:
            name = key.replace("grad_norm", "gradient norm").replace("_", " ")
            yield each, None if math.isfinite(value) else f"the {name} is not finite | {value}"


@rule("no explosion", "No gradient explodes, and none that did goes into the weights.", "trainings")
def no_explosion(training: Training) -> Findings:
    """Look for the event, and for an update after it."""
    for each in training.named("GradientExplosion"):
        yield each, "the gradients explode"
    exploded = False
    for each in training.named("GradientExplosion", "ZeroGrad", "WeightsUpdate"):
        if each.name == "WeightsUpdate" and exploded:
            yield each, "the weights are moved by gradients that have exploded"
        exploded = each.name == "GradientExplosion" or (exploded and each.name != "ZeroGrad")
    if training.has("BackwardPass") and not training.has("GradientExplosion"):
        yield training.moments[-1], None


@rule("slopes arrive", "A backward pass leaves slopes, and in every weight.", "backward passes")
def slopes_arrive(training: Training) -> Findings:
    """Look for gradients of 0, and for weights that no slope ever reaches."""
    passes, loss = training.named("BackwardPass"), math.nan
    unreached = [each.number("without_slopes") or 0.0 for each in passes]
    always = bool(unreached) and min(unreached) > 0.0
    for each in training.named("ForwardPass", "BackwardPass"):
        if each.name == "ForwardPass":
            loss = each.number("loss") or 0.0
            continue
        problem = None
        if always:
            few = f"{each.number('without_slopes'):.0f}"
            problem = f"some parameters get no slope | {few} of them"
        elif each.number("grad_norm") == 0.0 and loss != 0.0:
            problem = "all slopes are 0"
        yield each, problem


@rule("weights move", "An update moves the weights, all of those that have slopes.", "updates")
def weights_move(training: Training) -> Findings:
    """Look for updates that change nothing though they could."""
    idle = idle_iterations(training)
    slopes: float | None = None
    for each in training.named("BackwardPass", "WeightsUpdate"):
        if each.name == "BackwardPass":
            slopes = each.number("grad_norm")
        else:
            problem = None
            may = slopes != 0.0 and each.gradients != EMPTY and each.iteration not in idle
            if each.number("weight_change_norm") == 0.0 and may:
                problem = "the weights stay as they are"
            elif each.number("unheld"):
                few = each.number("unheld")
                problem = f"the optimiser does not hold all parameters | {few:.0f} are missing"
            yield each, problem


def idle_iterations(training: Training) -> set[int | None]:
    """Return the iterations whose learning rate is 0, or so low that numbers may not change."""
    rates = {e.iteration: e.number("learning_rate") for e in training.named("ForwardPass")}
    peak = max((rate for rate in rates.values() if rate is not None), default=0.0)
    return {k for k, rate in rates.items() if rate is not None and rate <= IDLE * peak}


@rule("updates are felt", "Most updates are more than negligible.", "trainings")
def updates_are_felt(training: Training) -> Findings:
    """Count the updates that change the weights by less than a hundred-thousandth of them."""
    updates = [e for e in training.named("WeightsUpdate") if "update_category" in e.values]
    small = [each for each in updates if each.values["update_category"] == "negligible"]
    if len(updates) < 3 * FEW:
        return
    if len(small) > MOST * len(updates):
        yield small[0], f"the updates are negligible | {len(small)} of {len(updates)}"
    else:
        yield updates[-1], None


@rule(
    "only updates move the weights",
    "From one update to the next the weights stay as they are.",
    "updates that say how long the weights are",
)
def only_updates_move_the_weights(training: Training) -> Findings:
    """Compare lengths: from one update to the next they differ by no more than the step."""
    before: dict[object, float] = {}  # optimiser → the length of its weights
    for each in training.named("WeightsUpdate"):
        norm, step = each.number("weight_norm"), each.number("weight_change_norm")
        if norm is None or step is None or not training.whole:
            return
        whose = each.values.get("optimizer")
        change = abs(norm - before.get(whose, norm))
        if whose in before and math.isfinite(change):
            same = change <= step * (1.0 + 1e-3) + HIDDEN * norm
            yield each, None if same else "the weights were changed by something else before"
        before[whose] = norm


@rule(
    "weights keep their size",
    "The weights become neither a hundred times as long as they were, nor as short.",
    "updates that say how long the weights are",
)
def weights_keep_their_size(training: Training) -> Findings:
    """Compare the length of the weights with that after the first update."""
    first: dict[object, float] = {}
    for each in training.named("WeightsUpdate"):
        norm, whose = each.number("weight_norm"), each.values.get("optimizer")
        if norm is None or not math.isfinite(norm):
            continue
        start = first.setdefault(whose, norm)
        problem = None
        if norm > GROWN * start or norm < start / GROWN:
            problem = f"the weights lose their size | {start:.3g} at first, {norm:.3g} here"
        yield each, problem


@rule("clipping leaves something", "Clipping mostly leaves a thousandth or more.", "trainings")
def clipping_leaves_something(training: Training) -> Findings:
    """Compare threshold and norm of the clippings of slopes that are there."""
    shares = []
    for each in training.named("GradientClipping"):
        norm, threshold = each.number("grad_norm"), each.number("threshold")
        if norm and threshold is not None and each.values.get("by") != "value":
            shares.append((each, threshold / norm))
    few = [each for each, share in shares if share < LEAST]
    if len(few) > MOST * len(shares) and len(few) > FEW:
        yield few[0], f"clipping leaves next to nothing | in {len(few)} of {len(shares)} clippings"
    elif shares:
        yield shares[-1][0], None


@rule(
    "no giant steps",
    "No gradient a hundred times as long as those of the beginning goes into an update unclipped.",
    "updates",
)
def no_giant_steps(training: Training) -> Findings:
    """Compare each gradient with the longest of the first twenty."""
    norms = [each.number("grad_norm") or 0.0 for each in training.named("BackwardPass")]
    first = [norm for norm in norms[: 2 * FEW] if math.isfinite(norm)]
    if len(first) < 2 * FEW:
        return
    limit, norm = TALL * max(first), 0.0
    for each in training.named("BackwardPass", "WeightsUpdate"):
        if each.name == "BackwardPass":
            norm = each.number("grad_norm") or 0.0
        else:
            giant = norm > limit and each.gradients == FRESH
            yield (
                each,
                f"a giant gradient goes into the weights | {norm:.3g} long" if giant else None,
            )


@rule("gates that move", "The gates are neither all open nor all closed.", "iterations seen")
def gates_that_move(training: Training) -> Findings:
    """Look at the means that GateSummary tells, and at the saturation of every single gate."""
    for each in training.named("GateSummary"):
        stuck = [
            gate
            for gate in ("forget", "input", "output")
            if (mean := each.number(f"{gate}_mean")) is not None
            and not SEALED <= mean <= 1.0 - SEALED
        ]
        yield each, f"the {stuck[0]} gates are stuck" if stuck else None
    table = training.details
    gates = table[table[NAME].isin(("ForgetGate", "InputGate", "OutputGate"))]
    if len(gates) and {"iteration", "saturation"} <= set(gates.columns):
        means = gates.groupby(["iteration", NAME])["saturation"].mean().groupby("iteration").min()
        at = _by_iteration(training.named("ForwardPass"))
        for iteration, saturated in means.items():
            if iteration in at:
                yield at[iteration], "all gates are saturated" if saturated > STUCK else None


def _by_iteration(moments: Iterable[Moment]) -> dict[object, Moment]:
    return {each.iteration: each for each in moments}


@rule("every part learns", "Every part of the weights gets slopes, and moves.", "parts")
def every_part_learns(training: Training) -> Findings:
    """Look at the parts of the weights, where the log has them."""
    table = training.details
    parts = table[table[NAME].str.startswith("Update_")]
    if not len(parts) or not training.moments:
        return
    labels = parts[NAME].str.removeprefix("Update_")
    if "layer" in parts.columns:
        labels += parts["layer"].map(" of layer {}".format, na_action="ignore").fillna("")
    for name, rows in parts.groupby(labels, sort=False):
        if len(rows) > 1 and (rows["grad_norm"] == 0.0).all():
            problem = f"{name} never gets a slope"
        elif len(rows) > 1 and (rows["change_norm"] == 0.0).all():
            problem = f"{name} gets slopes, and never moves"
        else:
            problem = None
        yield training.moments[-1], problem


RULES = (
    finite_numbers,
    no_explosion,
    slopes_arrive,
    weights_move,
    updates_are_felt,
    only_updates_move_the_weights,
    weights_keep_their_size,
    clipping_leaves_something,
    no_giant_steps,
    gates_that_move,
    every_part_learns,
)
