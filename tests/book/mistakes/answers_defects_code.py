"""Readers' answers on costs, weights to undo, calibration, splits, and rules by hand."""

import numpy as np

from asctools.casting import CHANNELS
from tests.book.mistakes.written import Ways, Written


def threshold_stub(y, s, cost_miss, cost_alarm):
    raise NotImplementedError("The least cost for each window, over all thresholds.")


def cost_of(y, alarm, cost_miss, cost_alarm):
    misses, alarms = np.sum((y == 1) & ~alarm), np.sum((y == 0) & alarm)
    return (cost_miss * misses + cost_alarm * alarms) / len(y)


def least(thresholds):
    """The least cost over the thresholds that a function of the scores gives."""
    return lambda y, s, cost_miss, cost_alarm: min(
        cost_of(y, s >= t, cost_miss, cost_alarm) for t in thresholds(s)
    )


def every(s):
    return [*sorted(set(s.tolist())), 2.0]


def strictly(y, s, cost_miss, cost_alarm):
    return min(cost_of(y, s > t, cost_miss, cost_alarm) for t in s)


def fewest_errors(y, s, cost_miss, cost_alarm):
    best = min(every(s), key=lambda t: np.sum((s >= t) != (y == 1)))
    return cost_of(y, s >= best, cost_miss, cost_alarm)


def row_by_row(y, s, cost_miss, cost_alarm):
    costs, alarm = [], np.zeros(len(y), dtype=bool)
    for row in [None, *np.argsort(-s, kind="stable")]:
        if row is not None:
            alarm[row] = True
        costs.append(cost_of(y, alarm, cost_miss, cost_alarm))
    return min(costs)


THRESHOLD = Written(
    "rare-defects/threshold",
    right=(least(every), least(lambda s: [-1.0, *np.unique(s), np.inf])),
    mistakes={
        "costs swapped": lambda y, s, cost_miss, cost_alarm: least(every)(
            y, s, cost_alarm, cost_miss
        ),
        "at one half": lambda y, s, cost_miss, cost_alarm: cost_of(
            y, s >= 0.5, cost_miss, cost_alarm
        ),
        "the fewest errors": fewest_errors,
        "the cost of all": lambda y, s, *costs: least(every)(y, s, *costs) * len(y),
        "silence forgotten": least(np.unique),
        "all of them forgotten": strictly,
        "cut between equals": row_by_row,
    },
    unlisted=(
        lambda y, s, cost_miss, cost_alarm: 1.0,
        lambda y, s, cost_miss, cost_alarm: cost_of(y, s >= 0.9, cost_miss, cost_alarm),
    ),
    misshapen=(lambda *given: "cheap", lambda *given: [1.0, 2.0]),
    stub=threshold_stub,
)


def undoing_stub(q, pos_weight, rate, new_rate):
    raise NotImplementedError("Probabilities without the weight, at the new rate.")


def logit(p):
    return np.log(p) - np.log1p(-p)


def squashed(z):
    return 1 / (1 + np.exp(-z))


def undone(q, pos_weight, rate, new_rate):
    return squashed(logit(q) - np.log(pos_weight) + logit(new_rate) - logit(rate))


def at_rate_ratio(q, pos_weight, rate, new_rate):
    return squashed(logit(q) - np.log(pos_weight) + np.log(new_rate / rate))


UNDOING = Written(
    "rare-defects/undoing",
    right=(undone, lambda q, *rest: [float(p) for p in undone(q, *rest)]),
    mistakes={
        "the weight left in": lambda q, pos_weight, rate, new_rate: undone(q, 1, rate, new_rate),
        "the weight once more": lambda q, pos_weight, rate, new_rate: undone(
            q, 1 / pos_weight, rate, new_rate
        ),
        "the rate not moved": lambda q, pos_weight, rate, new_rate: q / (q + pos_weight * (1 - q)),
        "rates swapped": lambda q, pos_weight, rate, new_rate: undone(
            q, pos_weight, new_rate, rate
        ),
        "rates for odds": at_rate_ratio,
        "probabilities scaled": lambda q, pos_weight, rate, new_rate: (
            q * new_rate / rate / pos_weight
        ),
        "odds handed in": lambda *given: np.exp(logit(undone(*given))),
    },
    unlisted=(lambda q, *rest: q, lambda q, *rest: 1 - undone(q, *rest)),
    misshapen=(lambda q, *rest: 0.5, lambda q, *rest: "small", lambda q, *rest: q[:2]),
    stub=undoing_stub,
)


def bins_stub(y, p, bins):
    raise NotImplementedError("The mean gap between what was said and what came, over the bins.")


def table(y, p, bins):
    """Cases, mean of what was said, and share of what came, of each bin that has cases."""
    edges = np.linspace(0, 1, bins + 1)
    at = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, bins - 1)
    return [
        (np.sum(at == k), p[at == k].mean(), y[at == k].mean(), (k + 0.5) / bins)
        for k in range(bins)
        if np.any(at == k)
    ]


def error(gap, weigh=True):
    """A mean of some gap over the bins."""

    def of(y, p, bins):
        rows = table(y, p, bins)
        gaps = [gap(said, came, middle) for _, said, came, middle in rows]
        weights = [count for count, *_ in rows] if weigh else None
        return np.average(gaps, weights=weights)

    return of


def right_error(y, p, bins):
    return error(lambda said, came, middle: abs(said - came))(y, p, bins)


def without_certain(y, p, bins):
    rest = p < 1
    return right_error(y[rest], p[rest], bins) * rest.mean()


def over_all_bins(y, p, bins):
    return sum(abs(said - came) for _, said, came, _ in table(y, p, bins)) / bins


BINS = Written(
    "rare-defects/bins",
    right=(right_error, lambda y, p, bins: float(right_error(y, p, bins))),
    mistakes={
        "all bins alike": Ways(
            error(lambda said, came, middle: abs(said - came), weigh=False), over_all_bins
        ),
        "signs cancel": Ways(
            error(lambda said, came, middle: said - came),
            lambda y, p, bins: abs(np.mean(p) - np.mean(y)),
        ),
        "the middle of the bin": error(lambda said, came, middle: abs(middle - came)),
        "squared": error(lambda said, came, middle: (said - came) ** 2),
        "the certain ones lost": without_certain,
        "case by case": lambda y, p, bins: np.mean(abs(y - p)),
    },
    unlisted=(lambda y, p, bins: 0.0, lambda y, p, bins: np.mean((y - p) ** 2)),
    misshapen=(lambda y, p, bins: "well", lambda y, p, bins: [0.1, 0.2]),
    stub=bins_stub,
)


def splitting_stub(heat, fraction, seed):
    raise NotImplementedError("True for each window of the test, and heats stay together.")


def by_heats(heat, fraction, seed):
    names = np.random.default_rng(seed).permutation(np.unique(heat))
    return np.isin(heat, names[: round(fraction * len(names))])


def until_full(heat, fraction, seed):
    names, mask = np.random.default_rng(seed).permutation(np.unique(heat)), heat < 0
    for name in names:
        if mask.mean() < fraction:
            mask |= heat == name
    return mask


def by_windows(heat, fraction, seed):
    return np.random.default_rng(seed).random(len(heat)) < fraction


def first_windows(heat, fraction, seed):
    return np.arange(len(heat)) < fraction * len(heat)


def first_heats(heat, fraction, seed):
    names = np.unique(heat)
    return np.isin(heat, names[: round(fraction * len(names))])


def few(heat, fraction, seed):
    return heat == np.random.default_rng(seed).choice(heat)


def unseeded(heat, fraction, seed):
    return until_full(heat, fraction, None)


SPLITTING = Written(
    "rare-defects/splitting",
    right=(until_full,),
    mistakes={
        "torn heats": Ways(by_windows, first_windows),
        "too many or too few": few,
        "always the same heats": lambda heat, fraction, seed: until_full(heat, fraction, 0),
        "never the same again": unseeded,
    },
    unlisted=(),
    misshapen=(
        lambda heat, fraction, seed: 0.25,
        lambda heat, fraction, seed: np.flatnonzero(by_heats(heat, fraction, seed)),
        lambda heat, fraction, seed: by_heats(heat, fraction, seed).astype(int),
    ),
    stub=splitting_stub,
)


def rule_stub(x):
    raise NotImplementedError("A score for each window: a swing, and a drop behind it.")


def channel(x, name):
    return x[:, :, CHANNELS.index(name)]


def moving(a, width):
    total = np.cumsum(np.pad(a, ((0, 0), (width, 0))), axis=1)
    return (total[:, width:] - total[:, :-width]) / width


def swing_and_fall(x):
    level, temperature = channel(x, "mould_level"), channel(x, "mould_temperature")
    moves = moving(abs(np.diff(level, axis=1, prepend=level[:, :1])), 6)
    swing = moves / np.median(moves, axis=1, keepdims=True) - 1
    usual = np.median(temperature, axis=1, keepdims=True)
    fall = (usual - moving(temperature, 4)) / 2.5
    return swing, fall


def best_pair(x, lags=range(10, 26)):
    swing, fall = swing_and_fall(x)
    both = [np.minimum(swing[:, :-lag], fall[:, lag:]).max(1) for lag in lags]
    return np.max(both, axis=0)


def deepest_fall(x):
    return swing_and_fall(x)[1].max(1)


def wrong_way_round(x):
    swing, fall = swing_and_fall(x)
    return np.max([np.minimum(swing[:, k:], fall[:, :-k]).max(1) for k in range(10, 26)], axis=0)


OWN_RULE = Written(
    "rare-defects/own-rule",
    right=(best_pair, lambda x: 10 * best_pair(x) + 3),
    mistakes={
        "not a number": lambda x: np.where(np.arange(len(x)) == 7, np.nan, best_pair(x)),
        "depends on the others": Ways(
            lambda x: np.argsort(np.argsort(best_pair(x))),
            lambda x: (best_pair(x) - best_pair(x).mean()) / best_pair(x).std(),
        ),
        "upside down": lambda x: -best_pair(x),
        "sees nothing": Ways(lambda x: channel(x, "superheat").mean(1), lambda x: np.zeros(len(x))),
        "blind to the order": Ways(
            lambda x: np.minimum(swing_and_fall(x)[0].max(1), deepest_fall(x)),
            lambda x: swing_and_fall(x)[0].max(1) + deepest_fall(x),
        ),
    },
    unlisted=(),
    misshapen=(lambda x: 0.5, lambda x: best_pair(x)[:5], lambda x: "bad steel"),
    stub=rule_stub,
)

ALL = (THRESHOLD, UNDOING, BINS, SPLITTING, OWN_RULE)
