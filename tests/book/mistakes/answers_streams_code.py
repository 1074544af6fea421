"""Readers' answers on gates, pairs, pieces and the best legal set."""

from itertools import combinations

import numpy as np

from tests.book.mistakes.written import Ways, Written


def gate_stub(times, period, last):
    raise NotImplementedError("A list with a 1 or a 0 for each time.")


def gate(times, period, last):
    kept = [] if last is None else [last]
    flags = []
    for time in times:
        flags.append(not any(time - each < period for each in kept))
        kept += [time] if flags[-1] else []
    return [int(flag) for flag in flags]


def beside_the_one_before(times, period, last):
    before = [last, *times][: len(times)]
    pairs = zip(times, before, strict=True)
    return [int(one is None or time - one >= period) for time, one in pairs]


def beside_last_only(times, period, last):
    return [1 if last is None or time >= last + period else 0 for time in times]


GATE = Written(
    "refractory/gate",
    right=(gate, lambda *given: np.array(gate(*given))),
    mistakes={
        "the one before": beside_the_one_before,
        "forgets": lambda times, period, last: gate(times, period, None),
        "exactly the period": lambda times, period, last: gate(times, period + 1e-6, last),
        "never moves on": beside_last_only,
        "the other way round": lambda *given: [1 - flag for flag in gate(*given)],
    },
    unlisted=(lambda times, period, last: [0] * len(times),),
    misshapen=(lambda *given: 1, lambda *given: "yes", lambda *given: [1, 2, 3]),
    stub=gate_stub,
)


def pairs_stub(chances, period):
    raise NotImplementedError("A number and a list: the expected pairs and the slopes.")


def near(chances, period):
    count = len(chances)
    return [sum(chances[j] for j in range(count) if 0 < abs(i - j) < period) for i in range(count)]


def expected(chances, period):
    value = sum(
        chances[i] * chances[j] for i, j in combinations(range(len(chances)), 2) if j - i < period
    )
    return value, near(chances, period)


def with_value(change):
    return lambda chances, period: (change(chances, period), near(chances, period))


PAIRS = Written(
    "refractory/pairs",
    right=(expected, lambda *given: (expected(*given)[0], np.array(expected(*given)[1]))),
    mistakes={
        "each pair twice": with_value(lambda p, k: 2 * expected(p, k)[0]),
        "the period itself": lambda p, k: expected(p, k + 1),
        "with itself": with_value(lambda p, k: expected(p, k)[0] + np.dot(p, p)),
        "neighbours only": lambda p, k: expected(p, 2),
        "one side": Ways(
            lambda p, k: (
                expected(p, k)[0],
                [sum(p[max(0, i - k + 1) : i]) for i in range(len(p))],
            ),
            stage="gradient",
        ),
        "times itself": Ways(
            lambda p, k: (expected(p, k)[0], np.multiply(p, near(p, k))), stage="gradient"
        ),
    },
    unlisted=(with_value(lambda p, k: sum(p)), with_value(lambda p, k: 0.0)),
    misshapen=(lambda p, k: expected(p, k)[0], lambda p, k: (1.0, []), lambda p, k: "few"),
    stub=pairs_stub,
)


def smooth_stub(pieces, keep):
    raise NotImplementedError("One list: the output for each sample of all pieces.")


def smooth(pieces, keep, start=None):
    samples = np.concatenate([np.array(piece, float) for piece in pieces])
    out = [samples[0] if start is None else start]
    for x in samples:
        out.append(out[-1] + (1 - keep) * (x - out[-1]))
    return out[1:]


def each_alone(pieces, keep, start=None):
    return [y for piece in pieces if piece for y in smooth([piece], keep, start)]


def last_input(pieces, keep):
    out, carried = [], None
    for piece in pieces:
        if piece:
            out += smooth([piece], keep, carried)
            carried = piece[-1]
    return out


def two_samples(pieces, keep):
    samples = np.concatenate(pieces)
    before = np.append(samples[0], samples[:-1])
    return keep * before + (1 - keep) * samples


PIECES = Written(
    "refractory/pieces",
    right=(smooth, lambda pieces, keep: np.array(smooth(pieces, keep))),
    mistakes={
        "anew in each piece": each_alone,
        "from zero": lambda pieces, keep: smooth(pieces, keep, 0.0),
        "zero in each piece": lambda pieces, keep: each_alone(pieces, keep, 0.0),
        "the last input": last_input,
        "no memory": two_samples,
        "kept and new swapped": lambda pieces, keep: smooth(pieces, 1 - keep),
    },
    unlisted=(lambda pieces, keep: np.concatenate(pieces),),
    misshapen=(
        lambda pieces, keep: [smooth([piece], keep) for piece in pieces if piece],
        lambda pieces, keep: 1.0,
        lambda pieces, keep: "smooth",
    ),
    stub=smooth_stub,
)


def best_stub(times, worths, period):
    raise NotImplementedError("One number: the largest sum of worths of a legal set.")


def from_the_end(times, worths, period, slack=1e-9):
    """Ask what the best is from each candidate on."""
    best = [0.0] * (len(times) + 1)
    for k in reversed(range(len(times))):
        free = k + 1
        while free < len(times) and times[free] - times[k] < period - slack:
            free += 1
        best[k] = max(best[k + 1], worths[k] + best[free])
    return best[0]


def kept_in(order, times, worths, period):
    kept = []
    for k in order:
        if not any(abs(times[k] - times[j]) < period - 1e-9 for j in kept):
            kept.append(k)
    return sum(worths[k] for k in kept)


def strongest_first(times, worths, period):
    order = sorted(range(len(times)), key=lambda k: -worths[k])
    return kept_in(order, times, worths, period)


def not_neighbours(times, worths, period):
    without, within = 0.0, 0.0
    for worth in worths:
        without, within = max(without, within), without + worth
    return max(without, within)


def as_many(times, worths, period):
    best = [(0, 0.0)]
    for k, time in enumerate(times):
        free = sum(each <= time - period + 1e-9 for each in times[:k])
        count, worth = best[free]
        best.append(max(best[k], (count + 1, worth + worths[k])))
    return best[-1][1]


BEST = Written(
    "refractory/best",
    right=(from_the_end, lambda *given: np.float64(from_the_end(*given))),
    mistakes={
        "greedy": strongest_first,
        "first come": lambda times, worths, period: kept_in(
            range(len(times)), times, worths, period
        ),
        "exactly the period": lambda times, worths, period: from_the_end(
            times, worths, period, slack=-1e-6
        ),
        "the one before the last": not_neighbours,
        "all of them": lambda times, worths, period: sum(worths),
        "as many as possible": as_many,
    },
    unlisted=(lambda times, worths, period: max(worths, default=0.0), lambda *given: 1.0),
    misshapen=(lambda *given: "most", lambda *given: [1.0, 2.0]),
    stub=best_stub,
)

ALL = (GATE, PAIRS, PIECES, BEST)
