"""A training event by event, and what is known at each of them about gradients and mode.

The rules of healthy training are about a state that no event tells by itself: what do the gradients
hold right now, and is the model learning or being looked at? It is followed here, once.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import InputError, explain

if TYPE_CHECKING:
    import pandas as pd

NAME, TRACE, EPOCH = "concept:name", "case:concept:name", "case:epoch"
TIME, PROCESS = "time:timestamp", "process"
COMMON = (NAME, TIME, PROCESS, "lifecycle:transition")

# The number that every event of a name must have
NUMBERS = {
    "ForwardPass": "loss",
    "BackwardPass": "grad_norm",
    "WeightsUpdate": "weight_change_norm",
    "Validation": "validation_loss",
}

LEARNING = ("ZeroGrad", "ForwardPass", "BackwardPass", "GradientClipping", "WeightsUpdate")
LOOKS = ("Validation", "Sampling", "EvaluationPass")
OTHERS = (
    "GateSummary",
    "LearningRateDecay",
    "EarlyStoppingCheck",
    "PlateauDetected",
    "GradientExplosion",
    "EarlyStopping",
    "ModeChange",
    "EpochStart",
    "EpochEnd",
)
KNOWN = (*LEARNING, *LOOKS, *OTHERS)

# What the gradients hold
EMPTY = "empty"  # nothing: they were cleared, or there was no backward pass yet
FRESH = "fresh"  # slopes that no update has used
CLIPPED = "clipped"  # the same, shortened
USED = "used"  # slopes that an update has used
ORDER = (EMPTY, FRESH, CLIPPED, USED)


@dataclass(slots=True)
class Moment:
    """An event, and what was so just before it.

    Attributes
    ----------
    name, seq, time, iteration, trace, epoch
        Which event, when, and where it stands; ``trace`` counts from 0. None where it has none.
    values
        Its own attributes. NaN is a number that was told; what was not told is missing.
    gradients
        What they hold: empty, fresh, clipped or used.
    passes
        Backward passes that no update has used yet.
    unread
        Forward passes that no backward pass has gone back from.
    mode
        train, eval, or None as long as nobody has said.
    looked
        Whether the model was in eval mode at any time since it learned or was looked at.
    vanished
        Whether a forward pass finds nothing where no event has used or cleared any slopes.
    """

    name: str
    seq: int
    time: Any
    iteration: int | None
    trace: int
    epoch: int | None
    values: dict[str, Any]
    gradients: str = EMPTY
    passes: int = 0
    unread: int = 0
    mode: str | None = None
    looked: bool = False
    vanished: bool = False

    def number(self, key: str) -> float | None:
        """Return an attribute as a float; None if the event does not have it."""
        value = self.values.get(key)
        return None if value is None or isinstance(value, str) else float(value)


@dataclass
class Training:
    """A log of one process, prepared for the rules.

    Attributes
    ----------
    moments
        Every event of the loop, in order; gates and weights are left out.
    details
        The table of the events that were left out.
    settings
        The attributes of the log: how the training was configured.
    accumulate
        How many backward passes may add up before an update.
    every
        Only every so many iterations are in the log.
    hole
        The first event before which events are missing.
    """

    moments: list[Moment]
    details: "pd.DataFrame"
    settings: dict[str, Any]
    accumulate: int = 1
    every: int = 1
    hole: Moment | None = None
    by_name: dict[str, list[Moment]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for moment in self.moments:
            self.by_name.setdefault(moment.name, []).append(moment)

    @property
    def optimizers(self) -> int:
        """How many optimisers there are."""
        updates = self.named("WeightsUpdate")
        return max(1, len({each.values.get("optimizer") for each in updates}))

    def named(self, *names: str) -> list[Moment]:
        """Return the events of some names, in order."""
        if len(names) == 1:
            return self.by_name.get(names[0], [])
        return [each for each in self.moments if each.name in names]

    @property
    def whole(self) -> bool:
        """Whether every iteration is in the log."""
        return self.every == 1

    def has(self, *names: str) -> bool:
        """Whether there is any event of these names."""
        return any(name in self.by_name for name in names)


def trainings(log: "pd.DataFrame", accumulate: int | None = None) -> list[Training]:
    """Prepare a log for the rules: one training for each process that wrote into it.

    Raises
    ------
    InputError
        If no event of the log is one of a training loop.
    """
    if NAME not in log.columns or not log[NAME].isin(LEARNING + LOOKS + ("EpochEnd",)).any():
        came = "a log in which nothing is learned"
        todo = "the rules are about training loops; for other logs draw the graph"
        raise InputError(explain(came, f"events such as {', '.join(LEARNING)}", todo))
    shared = PROCESS in log.columns and log[PROCESS].nunique() > 1
    if not shared:
        return [_training(log, log.attrs.get("log", {}), accumulate, hole=_first_hole(log))]
    parts = (part for _, part in log.groupby(PROCESS, sort=True))
    return [_training(part, log.attrs.get("log", {}), accumulate) for part in parts]


def _training(
    log: "pd.DataFrame", settings: dict[str, Any], accumulate: int | None, hole: int | None = None
) -> Training:
    known = log[NAME].isin(KNOWN).to_numpy(dtype=bool)
    moments = _moments(log[known])
    every = _whole(settings.get("every_step")) or 1
    follow(moments, whole=every == 1)
    after = None
    if hole is not None:
        after = next((each for each in moments if each.seq >= hole), None)
    accumulate = accumulate or _whole(settings.get("accumulate")) or 1
    return Training(moments, log[~known], settings, accumulate, every, after)


def _first_hole(log: "pd.DataFrame") -> int | None:
    """Return the number of the first event before which numbers are missing.

    A table from which rows were taken, as its index shows, has holes that its log has not.
    """
    index = log.index.to_numpy()
    if "seq" not in log.columns or len(log) < 2 or index[-1] - index[0] + 1 != len(log):
        return None
    numbers = log["seq"].to_numpy()
    holes = np.flatnonzero(np.diff(numbers) > 1)
    return int(numbers[holes[0] + 1]) if len(holes) else None


def _moments(table: "pd.DataFrame") -> list[Moment]:
    """Return the events of a table, in its order."""
    found: list[Moment | None] = [None] * len(table)
    places = np.arange(len(table))
    traces = _changes(table[TRACE].tolist()) if TRACE in table.columns else [0] * len(table)
    times = table[TIME].tolist() if TIME in table.columns else [None] * len(table)
    own = table[[key for key in table.columns if key not in COMMON and key[:5] != "case:"]]
    empty = {str(key) for key in own.columns if own[key].isna().all()}
    epochs = table[EPOCH].tolist() if EPOCH in table.columns else [None] * len(table)
    for name, rows in own.groupby(table[NAME].to_numpy(), sort=False):
        where = places[table[NAME].to_numpy() == name].tolist()
        for at, values in zip(
            where, _dictionaries(rows, NUMBERS.get(str(name)), empty), strict=True
        ):
            seq, iteration = values.pop("seq", at), values.pop("iteration", None)
            epoch = _whole(values.get("epoch", epochs[at]))
            found[at] = Moment(
                str(name), int(seq), times[at], _whole(iteration), traces[at], epoch, values
            )
    return [each for each in found if each is not None]


def _dictionaries(
    rows: "pd.DataFrame", number: str | None, empty: set[str]
) -> list[dict[str, Any]]:
    """Return the attributes of each event of one name.

    A table cannot tell NaN from nothing. In the column ``number``, which every event of this name
    must have, it is NaN, unless events of other names have a number there and none of this has.
    """
    values: list[dict[str, Any]] = [{} for _ in range(len(rows))]
    for key in rows.columns:
        told = rows[key].notna().to_numpy(dtype=bool)
        always = key == number and (told.any() or key in empty)
        for row, value, here in zip(values, rows[key].tolist(), told.tolist(), strict=True):
            if here or always:
                row[str(key)] = value
    return values


def _changes(labels: list[Any]) -> list[int]:
    """Number stretches of equal labels, from 0."""
    number, numbers = 0, []
    for k, label in enumerate(labels):
        number += k > 0 and label != labels[k - 1]
        numbers.append(number)
    return numbers


def _whole(value: Any) -> int | None:
    """Return a whole number; None for anything else, an empty cell too."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def follow(moments: list[Moment], whole: bool = True) -> None:
    """Note at each moment what was so just before it.

    Where a log is not ``whole`` nobody knows the mode, and who has cleared the gradients.
    """
    held: dict[Any, str] = {None: EMPTY}  # optimiser → what its gradients hold
    passes, unread, mode, looked = 0, 0, None, False
    slopes: float | None = None  # how long they were behind the last backward pass
    for each in moments:
        whose = each.values.get("optimizer")
        held.setdefault(whose, held[None])
        # What no optimiser's own event is about: the gradients of the one who is furthest
        each.gradients = held[whose] if whose is not None else min(held.values(), key=ORDER.index)
        each.passes, each.unread, each.mode, each.looked = passes, unread, mode, looked
        if each.name == "ModeChange" and whole:
            mode = each.values.get("mode")
            looked = looked or mode == "eval"
        elif each.name == "ForwardPass":
            unread, mode = unread + 1, each.values.get("mode", mode)
            here = each.gradients in (FRESH, CLIPPED) and slopes is not None and slopes > 0.0
            each.vanished = whole and here and each.number("grad_norm") == 0.0
            if each.vanished:
                held, passes = dict.fromkeys(held, EMPTY), 0
        elif each.name == "BackwardPass":
            held, passes, unread = dict.fromkeys(held, FRESH), passes + 1, 0
            slopes = each.number("grad_norm")
        elif each.name == "GradientClipping":
            held = {key: CLIPPED if now == FRESH else now for key, now in held.items()}
        elif each.name == "WeightsUpdate":
            now, passes = (EMPTY if each.gradients == EMPTY else USED), 0
            held = held | {whose: now} if whose is not None else dict.fromkeys(held, now)
        elif each.name == "ZeroGrad":
            passes = 0
            held = held | {whose: EMPTY} if whose is not None else dict.fromkeys(held, EMPTY)
        if each.name in LOOKS or each.name == "WeightsUpdate":
            looked = mode == "eval"
