"""Rules about the course of a training: its learning rate, its looks, and its end."""

import math

from asctools.eventlog.health.moments import Moment, Training
from asctools.eventlog.rules import Findings, rule

CLOSE = 1e-6  # as a share: rates that are the same but for rounding
DEAD = 1e-4  # a rate below this share of its peak learns as good as nothing
TAIL = 0.1  # the share of a training that a schedule may spend there
BETTER = 0.1  # a loss lower by this share is better by every min_delta that is not told
FEW = 20  # updates that tell too little about a whole training

LEARNS = ("ForwardPass", "BackwardPass", "WeightsUpdate")


@rule(
    "the rate is what was told",
    "Where the learning rate falls a LearningRateDecay says so, and where one says so it falls.",
    "forward passes",
)
def the_rate_is_what_was_told(training: Training) -> Findings:
    """Follow the rate from one forward pass to the next."""
    if not training.whole:
        return
    before: float | None = None
    told: Moment | None = None
    for each in training.named("ForwardPass", "LearningRateDecay"):
        if each.name == "LearningRateDecay":
            told = each if _first_group(each) else told
            continue
        rate, problem = each.number("learning_rate"), None
        if rate is None:
            continue
        old = told.number("old_lr") if told else None
        if not (math.isfinite(rate) and rate >= 0.0):
            problem = "the learning rate is no number from 0 on"
        elif old is not None and rate >= old * (1.0 - CLOSE):
            problem = "a fall of the rate was told, and the rate is as high as before"
        elif told is None and before is not None and rate < before * (1.0 - CLOSE):
            problem = "the rate has fallen, and nothing told of it"
        yield each, problem
        before, told = rate, None


def _first_group(fall: Moment) -> bool:
    """Whether a fall is about the rate that a forward pass tells, where there are several."""
    return not fall.values.get("optimizer") and not fall.values.get("group")


@rule(
    "one fall at a time",
    "Between two falls of the learning rate for the same reason something is learned.",
    "falls of the rate",
)
def one_fall_at_a_time(training: Training) -> Findings:
    """Look for updates between falls, where the log tells of updates."""
    reasons: set[tuple[object, ...]] = set()
    for each in training.named("LearningRateDecay", "WeightsUpdate"):
        if each.name == "WeightsUpdate":
            reasons.clear()
            continue
        reason = tuple(each.values.get(key) for key in ("reason", "optimizer", "group"))
        again = reason in reasons and training.whole and training.has("WeightsUpdate")
        yield each, "the rate falls again before anything was learned" if again else None
        reasons.add(reason)


@rule(
    "a plateau lowers the rate",
    "A plateau is followed by a lower learning rate, before more is learned.",
    "plateaus",
)
def a_plateau_lowers_the_rate(training: Training) -> Findings:
    """Look at what follows a plateau; at the lowest rate that is allowed nothing need follow."""
    if not (training.whole and training.has(*LEARNS)):
        return  # the falls of the rate were not logged
    plateau: Moment | None = None
    rate: float | None = None
    for each in training.named("PlateauDetected", "LearningRateDecay", "EarlyStopping", *LEARNS):
        if each.name == "ForwardPass":
            rate = each.number("learning_rate")
        if plateau is not None and (each.name in LEARNS or each.name == "PlateauDetected"):
            yield plateau, "more is learned at the rate as it was"
            plateau = None
        if each.name == "PlateauDetected" and not at_the_floor(training, each, rate):
            plateau = each
        elif plateau is not None and each.name in ("LearningRateDecay", "EarlyStopping"):
            yield plateau, None
            plateau = None


def at_the_floor(training: Training, plateau: Moment, rate: float | None) -> bool:
    """Whether the rate is as low already as it is allowed to be."""
    floor = plateau.number("min_lr")
    if floor is None:
        told = training.settings.get("min_lr")
        floor = float(told) if isinstance(told, int | float) else None
    rate = plateau.number("learning_rate") if "learning_rate" in plateau.values else rate
    return floor is not None and rate is not None and rate <= floor * (1.0 + CLOSE)


@rule(
    "a fall has a reason",
    "A fall of the rate that a plateau is the reason of comes after a plateau.",
    "falls by a plateau",
)
def a_fall_has_a_reason(training: Training) -> Findings:
    """Look for the plateau before a fall."""
    plateau = False
    for each in training.named("PlateauDetected", "LearningRateDecay", "ForwardPass"):
        if each.name == "LearningRateDecay" and each.values.get("reason") == "plateau":
            yield each, None if plateau else "no plateau was detected"
        plateau = each.name == "PlateauDetected" or (plateau and each.name != "ForwardPass")


@rule(
    "the rate stays alive",
    "The learning rate is far below its peak in the last tenth of a training only, if at all.",
    "trainings",
)
def the_rate_stays_alive(training: Training) -> Findings:
    """Look for a schedule that falls too fast; a plateau may lower the rate at any time."""
    passes = [each for each in training.named("ForwardPass") if "learning_rate" in each.values]
    told = training.named("LearningRateDecay")
    if len(passes) < FEW or any(each.values.get("reason") == "plateau" for each in told):
        return
    rates = [each.number("learning_rate") or 0.0 for each in passes]
    top = rates.index(max(rates))
    # Only behind the peak: a warm-up begins low
    dead = [passes[k] for k in range(top, len(passes)) if rates[k] < DEAD * rates[top]]
    if len(dead) <= TAIL * len(passes):
        yield passes[-1], None
    else:
        few = f"{len(dead)} of {len(passes)} iterations"
        yield dead[0], f"the rate falls to less than {DEAD:.2%} of its peak too early | for {few}"


@rule(
    "stop means stop",
    "After EarlyStopping nothing more is learned.",
    "stops",
)
def stop_means_stop(training: Training) -> Findings:
    """Look at what comes after a stop, unless somebody has asked for more epochs."""
    stop: Moment | None = None
    total: float | None = None
    for each in training.named("EarlyStopping", "EpochStart", *LEARNS):
        if each.name == "EarlyStopping":
            stop = each
        elif stop is not None:
            more = each.name == "EpochStart" and each.number("total_epochs") != total
            yield stop, None if more else "the training goes on"
            stop = None
        if each.name == "EpochStart":
            total = each.number("total_epochs")
    if stop is not None:
        yield stop, None


@rule(
    "a check is obeyed",
    "The training stops where a check says so, and by patience nowhere else.",
    "checks and stops",
)
def a_check_is_obeyed(training: Training) -> Findings:
    """Hold each check against what follows it, and each stop against the check before it."""
    check: Moment | None = None
    for each in training.named("EarlyStoppingCheck", "EarlyStopping", "EpochStart", *LEARNS):
        if each.name == "EarlyStopping":
            if each.values.get("reason") == "patience":
                asked = check is not None and check.values.get("triggered")
                yield each, None if asked else "nothing has asked for this stop"
        elif check is not None and check.values.get("triggered"):
            yield check, "the check says stop, and the training goes on"
        elif check is not None:
            yield check, None
        check = each if each.name == "EarlyStoppingCheck" else None


@rule(
    "patience counts looks",
    "The patience counter goes up by one at a look that is no better, else back to 0.",
    "checks after a look",
)
def patience_counts_looks(training: Training) -> Findings:
    """Follow counter, best loss and the losses that they are about."""
    if not training.has("Validation"):
        return
    best = loss = math.inf
    counter, seen = 0, False
    for each in training.named("Validation", "EarlyStoppingCheck"):
        if each.name == "Validation":
            value = each.number("validation_loss")
            loss, seen = (math.nan if value is None else value), True
            continue
        now = each.number("patience_counter")
        if now is None or not _about_the_loss(each):
            return
        if not seen:
            yield each, "there was no look since the check before"
            continue
        problem = None
        if now not in (0, counter + 1) and math.isfinite(best):
            problem = f"the counter jumps | from {counter} to {now:.0f}"
        elif now > 0 and 0.0 < loss < _much_better(best, each) and math.isfinite(best):
            problem = "a much better look was counted as none"
        elif now == 0 and loss > best:
            problem = "a worse look was counted as a better one"
        yield each, problem
        best, counter, seen = min(best, loss), int(now), False


def _much_better(best: float, check: Moment) -> float:
    """Return below which a loss is better by all means: near 0, a share of it is too little."""
    return min((1.0 - BETTER) * best, best - (check.number("min_delta") or 0.0))


def _about_the_loss(check: Moment) -> bool:
    return check.values.get("monitor") in (None, "val_loss", "validation_loss")


RULES = (
    the_rate_is_what_was_told,
    one_fall_at_a_time,
    a_plateau_lowers_the_rate,
    a_fall_has_a_reason,
    the_rate_stays_alive,
    stop_means_stop,
    a_check_is_obeyed,
    patience_counts_looks,
)
