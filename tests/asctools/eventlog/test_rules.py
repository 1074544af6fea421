"""Each rule notices what it is there for, in a healthy log that was changed at one place."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from asctools.eventlog.conformance import RULES, check
from asctools.eventlog.health.moments import KNOWN
from asctools.eventlog.report import Report
from tests.asctools.eventlog.training_logs import Event, short_events, table

Edit = Callable[[list[Event]], list[Event]]


def named(report: Report) -> dict[str, int]:
    """Return rule → how often it does not hold."""
    found: dict[str, int] = {}
    for each in report.deviations:
        found[each.rule] = found.get(each.rule, 0) + each.count
    return found


def after_edit(edit: Edit, **settings: Any) -> dict[str, int]:
    events = [(name, dict(values)) for name, values in short_events()]
    return named(check(table(edit(events), **settings)))


# ── ways to change a log ─────────────────────────────────────────────────────────────────────────


def places(events: Iterable[Event], name: str) -> list[int]:
    return [k for k, (found, _) in enumerate(events) if found == name]


def without(name: str, *which: int) -> Edit:
    """Leave out events of a name: those of some places among them, or all."""

    def edit(events: list[Event]) -> list[Event]:
        at = places(events, name)
        gone = {at[k] for k in which} if which else set(at)
        return [event for k, event in enumerate(events) if k not in gone]

    return edit


def twice(name: str, k: int, **changed: Any) -> Edit:
    """Let an event of a name happen a second time, right behind the first."""

    def edit(events: list[Event]) -> list[Event]:
        at = places(events, name)[k]
        again = (name, events[at][1] | changed)
        return [*events[: at + 1], again, *events[at + 1 :]]

    return edit


def put(name: str, behind: str, k: int, **values: Any) -> Edit:
    """Put a new event behind one of some other name."""

    def edit(events: list[Event]) -> list[Event]:
        at = places(events, behind)[k]
        own = {key: v for key, v in events[at][1].items() if key[:5] == "case:"}
        new = (name, own | {"iteration": events[at][1].get("iteration")} | values)
        return [*events[: at + 1], new, *events[at + 1 :]]

    return edit


def moved(name: str, k: int, behind: str, j: int) -> Edit:
    """Move an event behind another one."""

    def edit(events: list[Event]) -> list[Event]:
        at, to = places(events, name)[k], places(events, behind)[j]
        rest = [event for n, event in enumerate(events) if n != at]
        to -= at < to
        return [*rest[: to + 1], events[at], *rest[to + 1 :]]

    return edit


def changed(name: str, key: str, value: Any, *which: int) -> Edit:
    """Give an attribute another value, in some events of a name or in all.

    A function is called with the old value and the place among the events of that name.
    """

    def edit(events: list[Event]) -> list[Event]:
        at = places(events, name)
        for k in which or range(len(at)):
            values = events[at[k]][1]
            values[key] = value(values.get(key), k) if callable(value) else value
        return events

    return edit


def both(*edits: Edit) -> Edit:
    def edit(events: list[Event]) -> list[Event]:
        for each in edits:
            events = each(events)
        return events

    return edit


def only(*names: str) -> Edit:
    return lambda events: [event for event in events if event[0] in names]


def parts(grad_norm: float, change_norm: float) -> Edit:
    """Tell of one part of the weights behind each update."""

    def edit(events: list[Event]) -> list[Event]:
        told: list[Event] = []
        for name, values in events:
            told.append((name, values))
            if name == "WeightsUpdate":
                own = {key: v for key, v in values.items() if key[:5] in ("case:", "itera")}
                numbers = {"norm": 1.0, "grad_norm": grad_norm, "change_norm": change_norm}
                told.append(("Update_W_f", own | {"layer": 0} | numbers))
        return told

    return edit


def gates(saturation: float) -> Edit:
    own = {"timestep": 0, "mean": 0.5, "std": 0.1, "saturation": saturation}
    names = ("ForgetGate", "InputGate", "OutputGate")
    return both(*(put(name, "ForwardPass", 7, **own) for name in names))


def losses(to: Callable[[int], float]) -> Edit:
    """Give the forward passes losses by a function of their place."""
    return changed("ForwardPass", "loss", lambda old, k: to(k))


def wave(k: int) -> float:
    return 1.0 + 0.05 * math.cos(2.0 * k)  # batches differ


def rate_from(k: int, rate: float) -> Edit:
    return changed("ForwardPass", "learning_rate", rate, *range(k, 60))


# The slopes of an iteration are gone in the next, and no event has used or cleared them
UNSEEN = both(without("ZeroGrad", 8), without("WeightsUpdate", 7))
LAST = 59  # there are sixty iterations, in three epochs of twenty

# rule → (what is changed, how often the rule must say so)
CASES: list[tuple[str, Edit, int]] = [
    ("clean slopes", without("ZeroGrad", 7, 20), 2),
    ("clean slopes", without("ZeroGrad"), LAST),
    ("clean slopes", both(UNSEEN, changed("ForwardPass", "grad_norm", 0.5, 8)), 1),
    ("clean slopes", both(UNSEEN, changed("ForwardPass", "grad_norm", None, 8)), 1),
    ("one pass back", without("ForwardPass", 7), 1),
    ("nothing read in vain", without("BackwardPass", 7), 1),
    ("slopes are used", moved("ZeroGrad", 7, "BackwardPass", 7), 1),
    ("slopes are used", without("WeightsUpdate", 7), 1),
    ("slopes stay", UNSEEN, 1),
    ("cleared means zero", changed("ForwardPass", "grad_norm", 0.5, 7, 8), 2),
    ("a fresh update", twice("WeightsUpdate", 7), 1),
    ("a fresh update", moved("ZeroGrad", 7, "BackwardPass", 7), 1),
    ("a fresh update", moved("WeightsUpdate", 7, "ZeroGrad", 7), 1),
    ("clip in time", moved("GradientClipping", 0, "ZeroGrad", 0), 1),
    ("clip all that is long", without("GradientClipping", 0), 1),
    ("what comes is used", changed("WeightsUpdate", "grad_norm", 99.0, 7), 1),
    ("slopes in train mode", put("ModeChange", "ZeroGrad", 57, mode="eval"), 3),
    ("learn in train mode", put("ModeChange", "ZeroGrad", 57, mode="eval"), 3),
    ("look in eval mode", changed("ModeChange", "mode", "train"), 18),
    ("look in eval mode", put("EvaluationPass", "WeightsUpdate", 3, mode="train"), 1),
    ("look in eval mode", put("EvaluationPass", "Validation", 1, grad_enabled=True), 1),
    ("the rate is what was told", rate_from(7, 0.9), 1),
    ("the rate is what was told", changed("ForwardPass", "learning_rate", 2.0), 1),
    ("the rate is what was told", changed("ForwardPass", "learning_rate", -1.0, 7), 1),
    ("one fall at a time", twice("LearningRateDecay", 0), 1),
    ("a plateau lowers the rate", without("LearningRateDecay", 0), 1),
    ("a fall has a reason", without("PlateauDetected", 0), 1),
    ("the rate stays alive", both(only("ZeroGrad", "ForwardPass"), rate_from(20, 1e-9)), 1),
    ("stop means stop", put("EarlyStopping", "Validation", 3, reason="target"), 1),
    ("a check is obeyed", changed("EarlyStoppingCheck", "triggered", True, 3), 1),
    ("a check is obeyed", put("EarlyStopping", "WeightsUpdate", LAST, reason="patience"), 1),
    ("patience counts looks", changed("EarlyStoppingCheck", "patience_counter", 9, 3), 2),
    ("patience counts looks", without("Validation", 3), 1),
    ("whole epochs", without("EpochEnd", 0), 1),
    ("epochs in order", changed("EpochStart", "epoch", 7, 1), 2),
    ("finite numbers", changed("BackwardPass", "grad_norm", math.inf, 7), 1),
    ("finite numbers", changed("ForwardPass", "loss", math.nan, 7, 8), 2),
    ("finite numbers", changed("ForwardPass", "loss", math.nan), 60),
    ("no explosion", put("GradientExplosion", "BackwardPass", 7, loss=9.0), 2),
    ("slopes arrive", changed("BackwardPass", "grad_norm", 0.0, 7, 8), 2),
    ("slopes arrive", changed("BackwardPass", "without_slopes", 2), 60),
    ("weights move", changed("WeightsUpdate", "weight_change_norm", 0.0, 7), 1),
    ("weights move", changed("WeightsUpdate", "unheld", 2, 7, 8), 2),
    ("updates are felt", changed("WeightsUpdate", "update_category", "negligible"), 1),
    ("only updates move the weights", changed("WeightsUpdate", "weight_norm", 9.0, 7), 2),
    ("weights keep their size", changed("WeightsUpdate", "weight_norm", 1e4, LAST), 1),
    ("clipping leaves something", changed("GradientClipping", "threshold", 1e-9), 1),
    ("no worse than untrained", losses(lambda k: (50.0 if 9 < k < 30 else 3.0) * wave(k)), 20),
    ("what is learned stays", losses(lambda k: (3.0 if k < 25 or k > 40 else 0.1) * wave(k)), 1),
    ("what is learned stays", losses(lambda k: (1.0 + k / 60) * wave(k)), 1),
    (
        "no giant steps",
        both(without("GradientClipping"), changed("BackwardPass", "grad_norm", 1e4, 50)),
        1,
    ),
    ("a look sees what was learned", changed("Validation", "validation_loss", 2.5, 3, 4, 5), 2),
    ("a look is no better than learning", changed("Validation", "validation_loss", 0.1, 4), 1),
    ("looks hold", changed("Validation", "validation_loss", 50.0, 9), 1),
    ("gates that move", changed("GateSummary", "forget_mean", 1.0, 1), 1),
    ("gates that move", gates(1.0), 1),
    ("every part learns", parts(grad_norm=0.0, change_norm=0.0), 1),
    ("every part learns", parts(grad_norm=0.1, change_norm=0.0), 1),
]


def left_out(which: Callable[[int], bool]) -> Edit:
    """Leave out whole iterations."""
    return lambda events: [
        event for event in events if not which(event[1].get("iteration") or 0) or event[0] in ENDS
    ]


# What is told of epochs stays in a log with few iterations
ENDS = ("EpochStart", "EpochEnd", "PlateauDetected", "Validation", "EarlyStoppingCheck")
CASES += [
    ("whole epochs", left_out(lambda k: k in (4, 5)), 1),
    ("iterations in order", left_out(lambda k: k in (4, 5)), 1),
]


def test_the_log_that_is_changed_is_healthy_and_has_every_kind_of_event() -> None:
    report = check(table(short_events()))
    assert report.ok, report
    names = {name for name, _ in short_events()}
    assert set(KNOWN) - names == {"EvaluationPass", "GradientExplosion", "EarlyStopping"}


@pytest.mark.parametrize(
    ("rule", "edit", "count"), CASES, ids=[f"{k}-{rule}" for k, (rule, *_) in enumerate(CASES)]
)
def test_a_rule_notices_and_counts(rule: str, edit: Edit, count: int) -> None:
    assert after_edit(edit).get(rule) == count


def test_every_rule_is_tried() -> None:
    tried = {rule for rule, *_ in CASES} | {"a log without holes"}
    assert tried == {rule.name for rule in RULES}
    assert (
        len({rule.name for rule in RULES}) == len({rule.sentence for rule in RULES}) == len(RULES)
    )


def test_an_event_that_is_missing_in_the_file_is_a_hole() -> None:
    frame = table(short_events())
    gone = frame.drop(index=50).reset_index(drop=True)
    assert named(check(gone))["a log without holes"] == 1
    # Rows that a reader has taken out of the table himself are none
    assert "a log without holes" not in named(check(frame.drop(index=50)))


def test_numbers_and_times_that_go_back() -> None:
    frame = table(short_events())
    frame.loc[30, "seq"] = 3
    assert named(check(frame))["a log without holes"] == 1
    frame = table(short_events())
    frame.loc[30, "time:timestamp"] = frame.loc[3, "time:timestamp"]
    assert named(check(frame))["a log without holes"] == 1


# ── what is no deviation ─────────────────────────────────────────────────────────────────────────

HEALTHY: dict[str, Edit] = {
    "an event of another type": put("Backup", "WeightsUpdate", 7),
    "cleared twice": twice("ZeroGrad", 7),
    "a log that ends in an iteration": lambda events: events[: places(events, "BackwardPass")[50]],
    "a log that ends before the update": lambda e: e[: places(e, "WeightsUpdate")[50]],
    "no clipping": without("GradientClipping"),
    "no looks": without("Validation"),
    "no summaries": without("GateSummary"),
    "a noisy loss": losses(lambda k: float(np.random.default_rng(k).chisquare(1)) + 1e-9),
    "one wild loss": changed("ForwardPass", "loss", 40.0, 30),
    "a loss that falls to nothing": losses(lambda k: 3.0 * math.exp(-k / 5)),
    "negative losses": losses(lambda k: -k * wave(k)),
    "a rate of 0 that moves nothing": both(
        without("PlateauDetected"),
        without("LearningRateDecay"),
        changed("ForwardPass", "learning_rate", lambda old, k: min(1.0, k / 9)),
        changed("WeightsUpdate", "weight_change_norm", 0.0, 0),
    ),
    "a loss of 0 has no slopes": both(
        changed("ForwardPass", "loss", 0.0, 50), changed("BackwardPass", "grad_norm", 0.0, 50)
    ),
    "a whole log of the weights": parts(grad_norm=0.1, change_norm=0.1),
    "gates that are seen": gates(0.3),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_no_alarm(name: str) -> None:
    edit = HEALTHY[name]
    if name == "no looks":  # then nothing may be concluded from one
        followers = ("EarlyStoppingCheck", "PlateauDetected", "LearningRateDecay")
        edit = both(edit, *(without(each) for each in followers), rate_from(0, 2.0))
    assert after_edit(edit) == {}


def test_at_the_floor_a_plateau_need_not_lower_the_rate() -> None:
    ignored = without("LearningRateDecay")
    same = rate_from(0, 2.0)
    assert after_edit(both(ignored, same))["a plateau lowers the rate"] >= 2
    floor = changed("PlateauDetected", "min_lr", 2.0)
    rate = changed("PlateauDetected", "learning_rate", 2.0)
    assert after_edit(both(ignored, same, floor, rate)) == {}
    low = changed("PlateauDetected", "learning_rate", 2.5)
    assert after_edit(both(ignored, same, floor, low))["a plateau lowers the rate"] >= 2


def test_of_a_sampled_log_it_is_known_that_iterations_are_missing() -> None:
    whole = [(name, dict(values)) for name, values in short_events()]
    kept = left_out(lambda k: k % 10 != 0)(whole)
    assert named(check(table(kept)))["iterations in order"] == 5
    assert named(check(table(kept, every_step=10))) == {}


def test_slopes_that_vanish_unseen_are_not_added_to() -> None:
    assert after_edit(UNSEEN) == {"slopes stay": 1, "order": 1}
    all_of_them = both(without("ZeroGrad"), without("WeightsUpdate"))
    assert after_edit(all_of_them)["slopes stay"] == LAST
    assert "clean slopes" not in after_edit(all_of_them)
    # Slopes of 0 cannot vanish, and where iterations are missing so may be whoever cleared them
    nothing = changed("BackwardPass", "grad_norm", 0.0, 7)
    assert "slopes stay" not in after_edit(both(UNSEEN, nothing))
    assert "slopes stay" not in after_edit(UNSEEN, every_step=2)


def test_a_settings_floor_in_the_log_serves_as_well() -> None:
    ignored = both(
        without("LearningRateDecay"),
        rate_from(0, 2.0),
        changed("PlateauDetected", "min_lr", None),
        changed("PlateauDetected", "learning_rate", None),
    )
    assert after_edit(ignored, min_lr=2.0) == {}
