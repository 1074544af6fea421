"""The exercise on how far probabilities are from what happens."""

from __future__ import annotations

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake

Numbers = np.ndarray


def _bins(p: Numbers, bins: int) -> Numbers:
    return np.minimum((p * bins).astype(int), bins - 1)


def _gaps(y: Numbers, p: Numbers, bins: int) -> tuple[Numbers, Numbers]:
    """Return the share of all cases in each bin that has some, and its signed gap."""
    at = _bins(p, bins)
    used = [k for k in range(bins) if (at == k).any()]
    share = np.array([(at == k).mean() for k in used])
    return share, np.array([p[at == k].mean() - y[at == k].mean() for k in used])


def _right(y: Numbers, p: Numbers, bins: int) -> float:
    share, gap = _gaps(y, p, bins)
    return float((share * np.abs(gap)).sum())


def _alike(y: Numbers, p: Numbers, bins: int) -> float:
    return float(np.abs(_gaps(y, p, bins)[1]).mean())


def _empty_count(y: Numbers, p: Numbers, bins: int) -> float:
    return float(np.abs(_gaps(y, p, bins)[1]).sum() / bins)


def _signed(y: Numbers, p: Numbers, bins: int) -> float:
    share, gap = _gaps(y, p, bins)
    return float((share * gap).sum())


def _of_the_sum(y: Numbers, p: Numbers, bins: int) -> float:
    return abs(_signed(y, p, bins))


def _centres(y: Numbers, p: Numbers, bins: int) -> float:
    at = _bins(p, bins)
    used = [k for k in range(bins) if (at == k).any()]
    gaps = [abs((k + 0.5) / bins - y[at == k].mean()) * (at == k).mean() for k in used]
    return float(sum(gaps))


def _squared(y: Numbers, p: Numbers, bins: int) -> float:
    share, gap = _gaps(y, p, bins)
    return float((share * gap**2).sum())


def _without_ones(y: Numbers, p: Numbers, bins: int) -> float:
    """Let what is said to be certain fall out of the last bin."""
    keep = p < 1
    share, gap = _gaps(y[keep], p[keep], bins)
    return float((share * keep.mean() * np.abs(gap)).sum())


def _case_by_case(y: Numbers, p: Numbers, bins: int) -> float:
    return float(np.abs(p - y).mean())


def _cases(rng: np.random.Generator) -> list[Case]:
    def said(count: int, power: float, *more: float) -> tuple[Numbers, Numbers]:
        # Never on the border of two bins, where rounding would decide
        p = np.concatenate([np.round(0.999 * rng.random(count) ** power, 3) + 4e-4, more])
        y = (rng.random(len(p)) < p**0.7).astype(int)
        return y, p

    certain = said(30, 1.5, 1.0, 1.0, 0.0)
    certain[0][-3] = 0  # a promise that was not kept
    return [
        Case("with probabilities everywhere", (*said(80, 1.0), 5)),
        Case("where most are small", (*said(80, 3.0), 4)),
        Case("where some bins are empty", (*said(6, 6.0, 0.81, 0.93), 10)),
        Case("where some are certain", (*certain, 5)),
    ]


BINS = Exercise(
    id="rare-defects/bins",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_calibration_error(y, p, bins) that returns one number",
    parameters=("y", "p", "bins"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "all bins alike",
            "Every bin counts alike in your mean. A bin with many cases must count for more.",
            (_alike, _empty_count),
        ),
        Mistake(
            "signs cancel",
            "You let a bin that promises too much make up for one that promises too little.",
            (_signed, _of_the_sum),
        ),
        Mistake(
            "the middle of the bin",
            "You compare with the middle of each bin. Compare with the mean of what was said in "
            "it.",
            _centres,
        ),
        Mistake(
            "squared",
            "You square the gaps. Their size is asked for.",
            _squared,
        ),
        Mistake(
            "the certain ones lost",
            "A probability of exactly 1 belongs to the last bin; in yours it belongs to none.",
            _without_ones,
        ),
        Mistake(
            "case by case",
            "You compare each case with its own outcome. A probability of .3 cannot be right about "
            "one case; it can be about many.",
            _case_by_case,
        ),
    ),
    shape_hint="One number.",
    value_hint="For each bin: what was said on average, what came on average, how many cases?",
    closing="A number of bins is a choice. Say yours whenever you quote such an error.",
)
