"""Readers' answers on scores, costs, what a gradient catches, reasons, and a shape of their own."""

import math

from tests.book.mistakes.written import Ways, Written


def score_stub():
    raise NotImplementedError("Six: energy, first, second, third, amplitude, usual.")


SIX = (9, 1 / 3, 3.0, 1 / 6, 2.0, 1.5)


def scores(first, second, third):
    return (9, first, second, third, 2.0, 1.5)


SCORE = Written(
    "event-specific/score",
    right=(SIX, [9, 0.3333, 3, 0.16667, 2, 1.5], lambda: SIX),
    mistakes={
        "divided by the energy": scores(2 / 18, 1.0, 1 / 18),
        "without the noise": scores(2 / 3, 6.0, 1 / 3),
        "the variance of the noise": scores(2 / 12, 1.5, 1 / 12),
        "one channel": (
            5,
            2 / (2 * math.sqrt(5)),
            10 / (2 * math.sqrt(5)),
            -1 / (2 * math.sqrt(5)),
            2.0,
            math.sqrt(5) / 2,
        ),
        "the template turned round": scores(-1 / 6, 0.0, 4 / 6),
        "a score as an amplitude": (9, 1 / 3, 3.0, 1 / 6, 3.0, 1.5),
    },
    unlisted=((9, 2, 18, 1, 2, 1.5), (*SIX[:5], 4.5)),
    misshapen=(9, SIX[:5], "loud"),
    stub=score_stub,
)


def cost_stub():
    raise NotImplementedError("Five: weights, direct, fourier, times, growth.")


PER = 8192 * 13 / 1e6
BETWEEN = 6 * 4096 * 4 / 1e6
FOURIER = (22 * PER + 16 * BETWEEN, 70 * PER + 64 * BETWEEN)


def cost(fourier, larger, weights=57_696):
    return (weights, 230.4, fourier, 230.4 / fourier, larger / fourier)


FIVE = cost(*FOURIER)

COST = Written(
    "event-specific/cost",
    right=(FIVE, list(FIVE)),
    mistakes={
        "without delays": cost(*FOURIER, weights=57_600),
        "a loop over events": cost(
            (16 * 6 + 16) * PER + 16 * BETWEEN, (64 * 6 + 64) * PER + 64 * BETWEEN
        ),
        "a way back for each channel": cost(
            (6 + 96) * PER + 16 * BETWEEN, (6 + 384) * PER + 64 * BETWEEN
        ),
        "nothing in between": cost(22 * PER, 70 * PER),
        "four times": (*FIVE[:4], 4),
        "not in millions": (57_696, 230.4e6, FOURIER[0] * 1e6, *FIVE[3:]),
    },
    unlisted=((57_696, 230.4, 1.0, 230.4, 3.5), (9_696, *FIVE[1:])),
    misshapen=(57_696, FIVE[:4], "much"),
    stub=cost_stub,
)


def catch_stub():
    raise NotImplementedError("Five: score, slope, catch_ms, ends_ms, low_ms.")


ANGLE = 0.4 * math.pi
TOP = (math.cos(ANGLE), -ANGLE * math.sin(ANGLE))

CATCH = Written(
    "event-specific/catch",
    right=((*TOP, 1.25, 2.5, 10), [0.309, -1.1951, 1.25, 2.5, 10.0]),
    mistakes={
        "degrees": (TOP[0], -72 * math.sin(ANGLE), 1.25, 2.5, 10),
        "no inner slope": (TOP[0], -math.sin(ANGLE), 1.25, 2.5, 10),
        "the sign of the slope": (TOP[0], -TOP[1], 1.25, 2.5, 10),
        "a quarter of a period": (*TOP, 0.625, 2.5, 5),
        "a whole period": (*TOP, 2.5, 2.5, 20),
        "back to zero": (*TOP, 1.25, 0, 10),
        "in samples": (*TOP, 2.5, 5, 20),
    },
    unlisted=((*TOP, 1.25, 1.75, 10), (0.5, *TOP[1:], 1.25, 2.5, 10)),
    misshapen=(TOP, 1.25, "far"),
    stub=catch_stub,
)


def reasons_stub():
    raise NotImplementedError("A word for each: ada, ben, cleo, dan, eva, finn.")


WORDS = {
    "ada": "knock",
    "ben": "tail",
    "cleo": "neighbour",
    "dan": "edge",
    "eva": "row",
    "finn": "strike",
}


def turned(one, other):
    return {name: {one: other, other: one}.get(word, word) for name, word in WORDS.items()}


REASONS = Written(
    "event-specific/reasons",
    right=(WORDS, list(WORDS.values()), lambda: dict(reversed(WORDS.items()))),
    mistakes={
        "reasons used twice": Ways(WORDS | {"ada": "tail"}, dict.fromkeys(WORDS, "knock")),
        "knock and neighbour": turned("knock", "neighbour"),
        "tail and row": turned("tail", "row"),
        "edge and strike": turned("edge", "strike"),
        "row and strike": turned("row", "strike"),
        "knock and tail": turned("knock", "tail"),
    },
    unlisted=(turned("edge", "row"), sorted(WORDS.values())),
    misshapen=({"ada": "knock"}, WORDS | {"ada": "ghost"}, 6),
    stub=reasons_stub,
)


def shape_stub():
    raise NotImplementedError("events, cosine, snr_db, bandwidth_hz, bound_ms and error_ms.")


def shape(events=40, cosine=0.97, snr_db=20.0, bandwidth_hz=200.0, **times):
    bound = 1e3 / (2 * math.pi * bandwidth_hz * 10 ** (snr_db / 20)) if bandwidth_hz else 1.0
    return {
        "events": events,
        "cosine": cosine,
        "snr_db": snr_db,
        "bandwidth_hz": bandwidth_hz,
        "bound_ms": times.get("bound", bound),
        "error_ms": times.get("error", 2 * bound),
    }


OWN_SHAPE = Written(
    "event-specific/own-shape",
    right=(shape(), lambda: shape(events=20, cosine=0.8), shape(error=5.0)),
    mistakes={
        "not possible": Ways(shape(cosine=1.2), shape(bandwidth_hz=0.0), shape(error=0.0)),
        "too few events": shape(events=12),
        "two shapes": shape(cosine=0.35),
        "another bound": Ways(shape(bound=0.253), shape(bound=0.00796)),
        "better than possible": shape(error=0.01),
    },
    unlisted=(),
    misshapen=({"events": 40}, shape() | {"cosine": "alike"}, shape() | {"more": 1}, 5),
    stub=shape_stub,
)

ALL = (SCORE, COST, CATCH, REASONS, OWN_SHAPE)
