"""Readers' answers on delays, cleaned scores, and who may learn from whom."""

import numpy as np

from tests.book.mistakes.written import Ways, Written


def delayed_stub(template, delays):
    raise NotImplementedError("An array of the template's shape, each channel late by its delay.")


def delayed(template, delays, sign=-1, turn=2 * np.pi, room=2):
    length = len(template[0])
    size = room * length
    rows = []
    for row, delay in zip(template, delays, strict=True):
        frequency = np.arange(size // 2 + 1) / size
        spectrum = np.fft.rfft(row, size) * np.exp(sign * 1j * turn * frequency * delay)
        rows.append(np.fft.irfft(spectrum, size)[:length])
    return np.array(rows)


def with_lines(template, delays):
    at = np.arange(template.shape[1])
    pairs = zip(template, delays, strict=True)
    return np.array([np.interp(at - d, at, row, 0.0, 0.0) for row, d in pairs])


DELAYED = Written(
    "event-specific/delayed",
    right=(delayed, lambda *given: delayed(*given).tolist()),
    mistakes={
        "earlier": lambda t, d: delayed(t, d, sign=1),
        "an angle in turns": lambda t, d: delayed(t, d, turn=1),
        "round the corner": lambda t, d: delayed(t, d, room=1),
        "whole samples": lambda t, d: delayed(t, np.rint(d)),
        "one delay for all": lambda t, d: delayed(t, [d[0] for _ in d]),
        "straight lines": with_lines,
    },
    unlisted=(lambda t, d: t, lambda t, d: delayed(t, d) * 2),
    misshapen=(lambda *given: 1, lambda *given: "late", lambda t, d: t[0]),
    stub=delayed_stub,
)


def cleaned_stub(scores, responses, amplitudes):
    raise NotImplementedError("A list with one score for each candidate.")


def cleaned(scores, responses, amplitudes):
    all_ = range(len(scores))
    return [scores[i] - sum(amplitudes[j] * responses[j][i] for j in all_ if j != i) for i in all_]


def only_before(scores, responses, amplitudes):
    return [
        scores[i] - sum(amplitudes[j] * responses[j][i] for j in range(i))
        for i in range(len(scores))
    ]


def emptied(scores, responses, amplitudes):
    return list(np.array(scores) - np.array(amplitudes) @ np.array(responses))


def with_own_strength(scores, responses, amplitudes):
    all_ = range(len(scores))
    return [scores[i] - amplitudes[i] * sum(responses[j][i] for j in all_ if j != i) for i in all_]


CLEANED = Written(
    "event-specific/cleaned",
    right=(cleaned, lambda *given: np.array(cleaned(*given))),
    mistakes={
        "itself as well": emptied,
        "all of strength one": lambda c, G, a: cleaned(c, G, [1] * len(a)),
        "only those before": only_before,
        "added": lambda c, G, a: [2 * x - y for x, y in zip(c, cleaned(c, G, a), strict=True)],
        "its own strength": with_own_strength,
        "strengths": lambda c, G, a: [value / G[i][i] for i, value in enumerate(cleaned(c, G, a))],
    },
    unlisted=(lambda c, G, a: c, lambda c, G, a: [0.0] * len(c)),
    misshapen=(lambda *given: 1, lambda *given: "none", lambda c, G, a: [*c, 1.0]),
    stub=cleaned_stub,
)


def halves_stub(recordings, folds):
    raise NotImplementedError("A list of window numbers for each window.")


def parts(recordings, folds):
    seen = []
    for name in recordings:
        if name not in seen:
            seen.append(name)
    return [seen.index(name) % folds for name in recordings]


def sources(recordings, folds):
    part = parts(recordings, folds)
    return [[j for j, other in enumerate(part) if other != mine] for mine in part]


def same_part(recordings, folds):
    part = parts(recordings, folds)
    return [[j for j, other in enumerate(part) if other == mine] for mine in part]


def where_unlike(values):
    return [[j for j, other in enumerate(values) if other != mine] for mine in values]


HALVES = Written(
    "event-specific/halves",
    right=(sources, lambda *given: tuple(map(np.array, sources(*given)))),
    mistakes={
        "from all of them": lambda names, folds: [list(range(len(names)))] * len(names),
        "all but itself": lambda names, folds: where_unlike(list(range(len(names)))),
        "all other recordings": lambda names, folds: where_unlike(names),
        "its own part": same_part,
        "windows take turns": Ways(
            lambda names, folds: where_unlike([i % folds for i in range(len(names))])
        ),
        "names as numbers": lambda names, folds: where_unlike([name % folds for name in names]),
    },
    unlisted=(lambda names, folds: [[] for _ in names],),
    misshapen=(
        lambda *given: 1,
        lambda names, folds: [0] * len(names),
        lambda names, folds: [[99]] * len(names),
    ),
    stub=halves_stub,
)

ALL = (DELAYED, CLEANED, HALVES)
