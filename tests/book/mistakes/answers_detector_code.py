"""Readers' answers on targets, soft maxima, margins and thresholds."""

import math

import numpy as np

from tests.book.mistakes.written import Ways, Written


def target_stub(time, frames):
    raise NotImplementedError("Two numbers: frame and offset.")


def nearest_middle(time, frames):
    """Ask for the frame whose middle is nearest."""
    middles = 10 * np.arange(frames) + 4.5
    frame = frames - 1 - np.abs(middles - time)[::-1].argmin()
    return frame, (time - middles[frame]) / 10


def moved(by=0.0, times=1.0):
    def answer(time, frames):
        frame, offset = nearest_middle(time, frames)
        return frame, times * offset + by

    return answer


def nearest_start(time, frames):
    frame = np.abs(10 * np.arange(frames) - time).argmin()
    return frame, (time - 10 * frame - 4.5) / 10


def no_end(time, frames):
    return nearest_middle(time, 10 * frames)


TARGET = Written(
    "event-classifier/target",
    right=(nearest_middle, lambda time, frames: list(nearest_middle(time, frames))),
    mistakes={
        "in samples": moved(times=10),
        "from the start": moved(by=0.45),
        "the middle of ten": moved(by=-0.05),
        "the nearest start": nearest_start,
        "beyond the end": no_end,
        "the wrong sign": moved(times=-1),
    },
    unlisted=(lambda time, frames: (0, time / 10), lambda time, frames: (time // 10, 0.0)),
    misshapen=(lambda time, frames: time / 10, lambda time, frames: "fourth"),
    stub=target_stub,
)


def soft_stub(scores, sharpness):
    raise NotImplementedError("A number and a list: the soft maximum and its slopes.")


def soft(scores, sharpness):
    sharp = [sharpness * z for z in scores]
    top = max(sharp)
    odds = [math.exp(z - top) for z in sharp]
    value = (top + math.log(sum(odds)) - math.log(len(odds))) / sharpness
    return value, [each / sum(odds) for each in odds]


def with_value(change):
    return lambda scores, sharpness: (
        change(scores, sharpness),
        soft(scores, sharpness)[1],
    )


def naive(scores, sharpness):
    odds = np.exp(sharpness * np.array(scores))
    return np.log(odds.mean()) / sharpness, (odds / odds.sum()).tolist()


def plain_python(scores, sharpness):
    odds = [math.exp(sharpness * z) for z in scores]
    slopes = [each / sum(odds) for each in odds]
    return math.log(sum(odds) / len(odds)) / sharpness, slopes


def hard(scores, sharpness):
    best = scores.index(max(scores))
    return max(scores), [float(k == best) for k in range(len(scores))]


SOFT = Written(
    "event-classifier/soft-maximum",
    right=(soft, lambda *given: (soft(*given)[0], np.array(soft(*given)[1]))),
    mistakes={
        "overflow": Ways(naive, plain_python),
        "the maximum": hard,
        "a sum": with_value(lambda z, s: soft(z, s)[0] + math.log(len(z)) / s),
        "not divided": with_value(lambda z, s: s * soft(z, s)[0]),
        "no sharpness": with_value(lambda z, s: soft(z, 1.0)[0]),
        "sharp slopes": Ways(
            lambda z, s: (soft(z, s)[0], [s * each for each in soft(z, s)[1]]), stage="gradient"
        ),
        "plain slopes": Ways(lambda z, s: (soft(z, s)[0], soft(z, 1.0)[1]), stage="gradient"),
    },
    unlisted=(with_value(lambda z, s: sum(z) / len(z)), with_value(lambda z, s: 0.0)),
    misshapen=(lambda z, s: soft(z, s)[0], lambda z, s: (1.0, [1.0]), lambda z, s: "high"),
    stub=soft_stub,
)


def margin_stub(errors, coverage):
    raise NotImplementedError("One number: the margin, or math.inf.")


def counted(errors, coverage, extra=1, size=abs):
    """Look for the smallest error that enough others are not larger than."""
    sizes = sorted(map(size, errors))
    for k, each in enumerate(sizes, 1):
        if k >= (len(sizes) + extra) * coverage - 1e-9:
            return each
    return math.inf


def at_most_the_largest(errors, coverage):
    return min(counted(errors, coverage), max(abs(e) for e in errors))


MARGIN = Written(
    "event-classifier/margin",
    right=(counted, lambda errors, coverage: np.float64(counted(errors, coverage))),
    mistakes={
        "one too few": lambda errors, coverage: counted(errors, coverage, extra=0),
        "with their sign": lambda errors, coverage: counted(errors, coverage, size=float),
        "between two errors": lambda errors, coverage: np.quantile(np.abs(errors), coverage),
        "the largest at most": at_most_the_largest,
        "normal errors": lambda errors, coverage: 1.6448536269514722 * np.std(errors),
        "a half on each side": lambda errors, coverage: counted(errors, 0.5 + coverage / 2),
    },
    unlisted=(lambda errors, coverage: max(errors), lambda errors, coverage: 1.0),
    misshapen=(lambda errors, coverage: "wide", lambda errors, coverage: (1.0, 2.0)),
    stub=margin_stub,
)


def threshold_stub(scores, right, strikes):
    raise NotImplementedError("Two numbers: the threshold and its F1.")


def curve(scores, right, strikes, at_least=True):
    """Give precision and F1 at each score, from the highest down."""
    scores, right = np.array(scores), np.array(right)
    rows = []
    for threshold in sorted(set(scores.tolist()), reverse=True):
        reported = right[scores >= threshold if at_least else scores > threshold]
        found = reported.sum()
        precision = found / max(len(reported), 1)
        rows.append((threshold, precision, 2 * found / (len(reported) + strikes)))
    return rows


def searched(scores, right, strikes):
    best = (0.0, -1.0)
    for threshold, _, f1 in curve(scores, right, strikes):
        if f1 > best[1]:
            best = threshold, f1
    return best


def most_precise(scores, right, strikes):
    threshold, _, f1 = max(curve(scores, right, strikes), key=lambda row: row[1])
    return threshold, f1


def lowest(scores, right, strikes):
    threshold, _, f1 = max(reversed(curve(scores, right, strikes)), key=lambda row: row[2])
    return threshold, f1


def above_only(scores, right, strikes):
    rows = curve(scores, right, strikes, at_least=False)
    threshold, _, f1 = max(rows, key=lambda row: row[2])
    return threshold, f1


def walking(scores, right, strikes):
    """Go down the sorted list, one pick at a time."""
    pairs = sorted(zip(scores, right, strict=True), key=lambda pair: -pair[0])
    best, found = (0.0, -1.0), 0
    for k, (score, ok) in enumerate(pairs, 1):
        found += ok
        if 2 * found / (k + strikes) > best[1]:
            best = score, 2 * found / (k + strikes)
    return best


def one_half(scores, right, strikes):
    reported = [ok for score, ok in zip(scores, right, strict=True) if score >= 0.5]
    return 0.5, 2 * sum(reported) / (len(reported) + strikes)


THRESHOLD = Written(
    "event-classifier/threshold",
    right=(searched, lambda *given: list(searched(*given))),
    mistakes={
        "the best precision": most_precise,
        "only what was found": lambda scores, right, strikes: searched(scores, right, sum(right)),
        "cut through a tie": walking,
        "the lowest of two": lowest,
        "always one half": one_half,
        "only above it": above_only,
    },
    unlisted=(lambda *given: (0.1, 1.0), lambda scores, right, strikes: (max(scores), 0.0)),
    misshapen=(lambda *given: 0.5, lambda *given: "high"),
    stub=threshold_stub,
)

ALL = (TARGET, SOFT, MARGIN, THRESHOLD)
