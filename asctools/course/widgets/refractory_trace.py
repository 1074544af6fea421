"""What the refractory bench stands on: a stored trace of scores, and what a rule makes of it.

``python -m asctools.course.widgets.refractory_trace`` remakes the stored trace.
"""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells import RATE, Picks, Strikes
from asctools.errors import InputError, ShapeError, explain, unknown_name
from asctools.events.decode import PeakFinder
from asctools.events.metrics import Counts, match
from asctools.events.refractory import best_set, first_come, greedy_by_score, log_odds

STORED = "refractory-bench.json"  # in asctools/weights
FRAME = 10  # samples
TOLERANCE_MS = 10  # the middle of a frame is up to 2.5 ms off by itself
TOLERANCE = TOLERANCE_MS * RATE / 1000
LEAST, MOST = 0.02, 0.98  # of the threshold; lower scores are not kept
DIGITS = 1000  # scores are sent in thousandths, two digits to the base of 36
RULES = {"first": "first come", "surest": "surest first", "best": "best set"}
MAKE = "python -m asctools.course.widgets.refractory_trace"


class Trace(NamedTuple):
    """The scores of a few bells over some seconds, and when they struck.

    Attributes
    ----------
    bells
        What the bells are called: their numbers, from 1.
    scores
        Of each frame and bell, in thousandths, 0 where below 0.02, shape (frames, B).
    strikes
        The truth; its bells are places in ``bells``.
    """

    bells: tuple[int, ...]
    scores: NDArray[np.float64]
    strikes: Strikes

    @classmethod
    def make(cls, bells: ArrayLike, scores: ArrayLike, strikes: Strikes) -> "Trace":
        """Round the scores, and check that all can be shown.

        Raises
        ------
        ShapeError, InputError
            If there is not a column of probabilities for each bell, a strike is outside or of a
            bell that is not there, or two strikes of a bell are within 20 ms: a pick could be both.
        """
        s = np.asarray(scores, dtype=np.float64)
        names = tuple(int(each) for each in np.ravel(bells))
        if s.ndim != 2 or not s.size or s.shape[1] != len(names):
            came = f"scores of shape {s.shape} for {len(names)} bells"
            raise ShapeError(explain(came, "(frames, bells)", "give a column for each bell"))
        if not ((s >= 0.0) & (s <= 1.0)).all():
            raise InputError(explain("a score outside 0 … 1", "probabilities", "use the sigmoid"))
        apart = [np.diff(strikes.of_bell(bell)).min(initial=np.inf) for bell in range(len(names))]
        if min(apart) <= 2 * TOLERANCE:
            came = f"two strikes of a bell {min(apart):g} samples apart"
            raise InputError(explain(came, f"more than {2 * TOLERANCE:g}", "show another stretch"))
        outside = (strikes.times < 0) | (strikes.times >= len(s) * FRAME)
        if outside.any() or strikes.bells.max(initial=0) >= len(names):
            came = f"a strike outside of {len(s)} frames or of {len(names)} bells"
            raise InputError(explain(came, "strikes of what is shown", "use strikes.within"))
        rounded = np.round(np.where(s < LEAST, 0.0, s) * DIGITS) / DIGITS
        return cls(names, rounded, strikes)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.scores) * FRAME / RATE


class Settled(NamedTuple):
    """What a rule makes of one bell's picks.

    Attributes
    ----------
    times, scores
        Of the picks at or above the threshold, in samples and as probabilities, (n,).
    kept
        Which of them the rule keeps, (n,).
    right
        Which of the kept have found a strike, (n,).
    strikes
        The true times, (m,).
    found
        Which of them a kept pick has found, (m,).
    lost
        Which of them only deleted picks had found, (m,).
    """

    times: NDArray[np.float64]
    scores: NDArray[np.float64]
    kept: NDArray[np.bool_]
    right: NDArray[np.bool_]
    strikes: NDArray[np.float64]
    found: NDArray[np.bool_]
    lost: NDArray[np.bool_]


def settle(trace: Trace, threshold: float, dead_time: float, rule: str) -> list[Settled]:
    """Return what a rule makes of each bell.

    Parameters
    ----------
    trace
        The scores and the truth.
    threshold
        The least score of a pick.
    dead_time
        The refractory period in seconds; one of 0 deletes nothing.
    rule
        ``"first"``, ``"surest"`` or ``"best"``.
    """
    finder = PeakFinder(threshold, frame_samples=FRAME)
    picks = Picks.together([finder.push(trace.scores), finder.finish()])
    period = float(round(dead_time * RATE))
    return [
        _settled(
            picks.kept(picks.bells == bell), trace.strikes.of_bell(bell), threshold, period, rule
        )
        for bell in range(len(trace.bells))
    ]


def _settled(
    picks: Picks, strikes: NDArray[np.float64], threshold: float, period: float, rule: str
) -> Settled:
    chosen = keep(rule, picks.times, picks.scores, threshold, period)
    truth = Strikes.make(np.zeros(len(strikes)), strikes)
    every = match(picks._replace(bells=0 * picks.bells), truth, TOLERANCE)
    found = match(picks.kept(chosen)._replace(bells=0 * picks.bells[chosen]), truth, TOLERANCE)
    kept, right = (np.zeros(picks.number, dtype=bool) for _ in range(2))
    kept[chosen], right[chosen[found.picks]] = True, True
    seen, lost = (np.zeros(len(strikes), dtype=bool) for _ in range(2))
    seen[found.strikes], lost[every.strikes] = True, True
    return Settled(picks.times, picks.scores, kept, right, strikes, seen, lost & ~seen)


def keep(
    rule: str, times: ArrayLike, scores: ArrayLike, threshold: float, period: float
) -> NDArray[np.int64]:
    """Return which picks of one bell a rule keeps."""
    if rule not in RULES:
        raise unknown_name("rule", rule, RULES)
    if rule == "first":
        return first_come(times, period)
    if rule == "surest":
        return greedy_by_score(times, scores, period)
    return best_set(times, log_odds(scores, threshold), period)


def counted(settled: list[Settled]) -> Counts:
    """Return the counts of all bells together."""
    hits = sum(int(each.found.sum()) for each in settled)
    kept = sum(int(each.kept.sum()) for each in settled)
    strikes = sum(len(each.strikes) for each in settled)
    return Counts(hits, kept - hits, strikes - hits)


def packed(trace: Trace) -> dict[str, Any]:
    """Return the trace as the page gets it: of each bell the stretches with a score, and strikes.

    A stretch is its first frame and two digits for each score, all to the base of 36.
    """
    stretches = []
    for column in np.round(trace.scores.T * DIGITS).astype(int):
        loud = np.flatnonzero(column)
        runs = np.split(loud, 1 + np.flatnonzero(np.diff(loud) > 1)) if len(loud) else []
        stretches.append(" ".join(_stretch(run[0], column[run]) for run in runs))
    return {
        "bells": list(trace.bells),
        "frames": len(trace.scores),
        "scores": stretches,
        "strikes": [
            np.round(trace.strikes.of_bell(bell), 2).tolist() for bell in range(len(trace.bells))
        ],
    }


def _stretch(first: int, values: NDArray[np.int64]) -> str:
    digits = "".join(np.base_repr(value, 36).rjust(2, "0") for value in values)
    return f"{np.base_repr(first, 36)}:{digits}".lower()


def unpacked(sent: dict[str, Any]) -> Trace:
    """Return the trace of what :func:`packed` gave."""
    scores = np.zeros((sent["frames"], len(sent["bells"])))
    for column, stretches in zip(scores.T, sent["scores"], strict=True):
        for stretch in stretches.split():
            first, digits = stretch.split(":")
            values = [int(digits[k : k + 2], 36) for k in range(0, len(digits), 2)]
            column[int(first, 36) :][: len(values)] = values
    bells = np.repeat(np.arange(len(sent["strikes"])), [len(each) for each in sent["strikes"]])
    strikes = Strikes.make(bells, np.concatenate([np.zeros(0), *sent["strikes"]]))
    return Trace.make(sent["bells"], scores / DIGITS, strikes)


def stored() -> Trace:
    """Return the trace that comes with the library."""
    text = (files("asctools") / "weights" / STORED).read_text(encoding="utf-8")
    return unpacked(json.loads(text)["trace"])


def remade() -> Trace:
    """Let the standard network hear 16 s of a bell frame with more noise than it was trained with.

    Of twelve bells four are kept, one of which breaks the rule of 2 s: 1.96 s lie between two of
    its strikes.
    """
    import torch

    from asctools.bells import BellFrame
    from asctools.events.detect import load

    start, seconds, bells = 64.0, 16.0, np.array([5, 11, 12, 14])
    heard = BellFrame(seed=0, level="hard").record(120.0, seed=30, bells=12, refractory=False)
    assert heard.strikes is not None
    begin, stop = (round(each * RATE) for each in (start, start + seconds))
    model, _ = load("standard")
    before = RATE  # so that no tail begins with the piece
    with torch.inference_mode():
        logits = model(torch.from_numpy(heard.signal[None, begin - before : stop + before]))[1]
    frames = slice(before // FRAME, (before + stop - begin) // FRAME)
    scores = logits[0, frames].sigmoid().double().numpy()[:, bells]
    strikes = heard.strikes.within(begin, stop)
    shown = np.isin(strikes.bells, bells)
    places = np.searchsorted(bells, strikes.bells[shown])
    return Trace.make(bells + 1, scores, Strikes.make(places, strikes.times[shown]))


def write(path: Path) -> None:
    """Remake the trace and store it."""
    stored = {"command": MAKE, "trace": packed(remade())}
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(str(files("asctools") / "weights" / STORED)))
