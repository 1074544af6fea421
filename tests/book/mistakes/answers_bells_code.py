"""Readers' answers on peaks, pairs, clocks and shapes."""

from itertools import permutations

import numpy as np

from tests.book.mistakes.written import Written


def peak_stub(before, middle, after):
    raise NotImplementedError("Two numbers: offset and height of the parabola's peak.")


def fitted(before, middle, after):
    c, b, a = np.polyfit([-1, 0, 1], [before, middle, after], 2)
    return -b / (2 * c), a - b * b / (4 * c)


PEAK = Written(
    "bell-frame/peak",
    right=(fitted, lambda *three: list(fitted(*three))),
    mistakes={
        "the wrong side": lambda *three: (-fitted(*three)[0], fitted(*three)[1]),
        "twice as far": lambda *three: (2 * fitted(*three)[0], fitted(*three)[1]),
        "the height of the sample": lambda *three: (fitted(*three)[0], three[1]),
        "the centre of mass": lambda *three: (
            np.dot([-1, 0, 1], three) / np.sum(three),
            fitted(*three)[1],
        ),
        "counted from the first": lambda *three: (fitted(*three)[0] + 1, fitted(*three)[1]),
    },
    unlisted=(lambda *three: (0.0, max(three)), lambda *three: fitted(*three)[::-1]),
    misshapen=(lambda *three: 0.1, lambda *three: "left"),
    stub=peak_stub,
)


def pairs_stub(picks, strikes, tolerance):
    raise NotImplementedError("The largest number of pairs, a whole number.")


def near(pick, strike, tolerance):
    return abs(pick - strike) <= tolerance + 1e-9


def tried(picks, strikes, tolerance):
    """Look at all ways to give each of the fewer ones a partner."""
    few, many = sorted((picks, strikes), key=len)
    return max(
        sum(near(a, b, tolerance) for a, b in zip(few, order, strict=True))
        for order in permutations(many, len(few))
    )


def grown(picks, strikes, tolerance):
    """Find a path for one pick after the other, and let others move where they can."""
    partner = {}

    def placed(pick, seen):
        for k, strike in enumerate(strikes):
            if near(picks[pick], strike, tolerance) and k not in seen:
                seen.add(k)
                if k not in partner or placed(partner[k], seen):
                    partner[k] = pick
                    return True
        return False

    return sum(placed(pick, set()) for pick in range(len(picks)))


def closest_pairs(picks, strikes, tolerance):
    distance = np.abs(np.subtract.outer(picks, strikes)) if picks else np.zeros((0, 0))
    pairs = 0
    while distance.size and distance.min() <= tolerance + 1e-9:
        row, column = np.unravel_index(distance.argmin(), distance.shape)
        distance[row], distance[:, column] = np.inf, np.inf
        pairs += 1
    return pairs


def nearest_only(picks, strikes, tolerance):
    used = set()
    for pick in picks:
        best = min(strikes, key=lambda strike: abs(strike - pick))
        if near(pick, best, tolerance):
            used.add(best)
    return len(used)


PAIRS = Written(
    "bell-frame/matched",
    right=(tried, grown),
    mistakes={
        "every pick near a strike": lambda picks, strikes, tolerance: sum(
            any(near(p, s, tolerance) for s in strikes) for p in picks
        ),
        "every strike near a pick": lambda picks, strikes, tolerance: sum(
            any(near(p, s, tolerance) for p in picks) for s in strikes
        ),
        "the nearest first": closest_pairs,
        "the nearest only": nearest_only,
        "less than the tolerance": lambda picks, strikes, tolerance: tried(
            picks, strikes, tolerance - 1e-6
        ),
        "side by side": lambda picks, strikes, tolerance: sum(
            near(p, s, tolerance) for p, s in zip(sorted(picks), sorted(strikes), strict=False)
        ),
    },
    unlisted=(lambda picks, strikes, tolerance: len(picks), lambda *given: 0),
    misshapen=(lambda *given: "some", lambda *given: [1, 2]),
    stub=pairs_stub,
)


def skew_stub(first, second):
    raise NotImplementedError("Two numbers: offset in milliseconds, ppm.")


def ahead(first, second):
    matrix = np.stack([np.ones(len(first)), np.array(first)], axis=1)
    offset, slope = np.linalg.lstsq(matrix, np.subtract(second, first), rcond=None)[0]
    return 1e3 * offset, 1e6 * slope


def through_zero(first, second):
    return 0.0, 1e6 * np.dot(first, np.subtract(second, first)) / np.dot(first, first)


def from_the_ends(first, second):
    slope = (second[-1] - second[0]) / (first[-1] - first[0]) - 1
    return 1e3 * (second[0] - (1 + slope) * first[0]), 1e6 * slope


SKEW = Written(
    "bell-frame/skew",
    right=(ahead, lambda first, second: list(ahead(first, second))),
    mistakes={
        "the other clock": lambda first, second: ahead(second, first),
        "through zero": through_zero,
        "the two ends": from_the_ends,
        "the mean ratio": lambda first, second: (
            1e3 * np.mean(np.subtract(second, first)),
            1e6 * (np.mean(np.divide(second, first)) - 1),
        ),
        "the mean distance": lambda first, second: (
            1e3 * np.mean(np.subtract(second, first)),
            ahead(first, second)[1],
        ),
        "in seconds": lambda first, second: (
            ahead(first, second)[0] / 1e3,
            ahead(first, second)[1],
        ),
    },
    unlisted=(
        lambda first, second: (0.0, 0.0),
        lambda first, second: (ahead(first, second)[0], -ahead(first, second)[1]),
    ),
    misshapen=(lambda first, second: 120.0, lambda first, second: "fast"),
    stub=skew_stub,
)


def template_stub(signal, onsets, length):
    raise NotImplementedError("A list of `length` numbers: the shape.")


def normal_equations(signal, onsets, length):
    """Write AᵀA and AᵀX down by hand."""
    inside = [(n, k) for n in onsets for k in range(length) if n + k < len(signal)]
    left, right = np.zeros((length, length)), np.zeros(length)
    for n, k in inside:
        right[k] += signal[n + k]
        for m, j in inside:
            left[k, j] += n + k == m + j
    return np.linalg.solve(left, right)


def averaged(signal, onsets, length):
    padded = np.append(signal, np.full(length, np.nan))
    return np.nanmean([padded[n : n + length] for n in onsets], axis=0)


def correlated(signal, onsets, length):
    padded = np.append(signal, np.zeros(length))
    return sum(padded[n : n + length] for n in onsets)


TEMPLATE = Written(
    "bell-frame/template",
    right=(normal_equations, lambda *given: normal_equations(*given).tolist()),
    mistakes={
        "stacked": averaged,
        "the first one": lambda signal, onsets, length: signal[onsets[0] :][:length],
        "not solved": correlated,
        "backwards": lambda *given: normal_equations(*given)[::-1],
        "one sample late": lambda signal, onsets, length: normal_equations(
            signal, [n + 1 for n in onsets], length
        ),
    },
    unlisted=(
        lambda signal, onsets, length: [0.0] * length,
        lambda *given: -normal_equations(*given),
    ),
    misshapen=(
        lambda signal, onsets, length: 1.0,
        lambda signal, onsets, length: [1.0] * (length + 1),
    ),
    stub=template_stub,
)

ALL = (PEAK, PAIRS, SKEW, TEMPLATE)
