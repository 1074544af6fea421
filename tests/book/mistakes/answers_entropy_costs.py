"""Readers' answers on what a choice costs: nats, an entropy rate, and six reports."""

import math

import numpy as np

from tests.book.mistakes.written import Ways, Written


def nats_stub():
    raise NotImplementedError("Five numbers: coin, bits, choices, rate, blind.")


COIN = -(0.9 * math.log(0.9) + 0.1 * math.log(0.1))
WORD = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
BITS, SIDES, RATE, BLIND = COIN / math.log(2), math.exp(COIN), WORD / 4.25, math.log(21)
TAILS = -0.1 * math.log(0.1)

NATS = Written(
    "known-entropy/nats",
    right=(
        lambda: (COIN, BITS, SIDES, RATE, BLIND),
        {"coin": 0.325, "bits": 0.469, "choices": 1.38, "rate": 0.132, "blind": 3.04},
        [COIN, -0.9 * math.log2(0.9) - 0.1 * math.log2(0.1), 2**BITS, RATE, -math.log(1 / 21)],
    ),
    mistakes={
        "bits and nats": Ways(
            (BITS, COIN, SIDES, RATE, BLIND),
            (BITS, BITS, SIDES, RATE, BLIND),
            (0.325, 0.225, 1.38, 0.132, 3.04),
        ),
        "one side of the coin": Ways(
            (TAILS, TAILS / math.log(2), math.exp(TAILS), RATE, BLIND),
            (0.1054, 0.152, 1.111, 0.1323, 3.045),
        ),
        "two to the power of nats": Ways(
            (COIN, BITS, 2**COIN, RATE, BLIND), (COIN, BITS, math.exp(BITS), RATE, BLIND)
        ),
        "nats a word": (COIN, BITS, SIDES, 0.562, BLIND),
        "lengths averaged wrongly": Ways(
            (COIN, BITS, SIDES, WORD / 4.5, BLIND),
            (COIN, BITS, SIDES, 0.75 * WORD / 4 + 0.25 * WORD / 5, BLIND),
            (
                COIN,
                BITS,
                SIDES,
                -0.75 * math.log(0.75) / 4 - 0.25 * math.log(0.25) / 5,
                BLIND,
            ),
        ),
        "space forgotten": (COIN, BITS, SIDES, WORD / 3.25, BLIND),
        "number of symbols": Ways(
            (COIN, BITS, SIDES, RATE, 21),
            (COIN, BITS, SIDES, RATE, math.log2(21)),
            (COIN, BITS, SIDES, RATE, 1 / 21),
        ),
    },
    unlisted=(
        (BITS, COIN, SIDES, WORD, 21),
        (0.5, 0.5, 2.0, 0.1, 3.0),
        (COIN, BITS, SIDES, RATE, -BLIND),
    ),
    misshapen=(COIN, (COIN, BITS), {"coin": COIN}, "nats", lambda p: p),
    stub=nats_stub,
)


def rate_stub(P):
    raise NotImplementedError("The shares of the states, and the entropy of each row.")


def rows_of(P):
    return np.array([sum(-p * math.log(p) for p in row if p > 0) for row in P])


def eigenvector(P):
    values, vectors = np.linalg.eig(P.T)
    return vectors[:, np.argmax(values.real)].real


def shares_of(P):
    pi = eigenvector(P)
    return pi / pi.sum()


def rate_by_eig(P):
    return shares_of(P) @ rows_of(P)


def rate_by_steps(P):
    pi = np.full(len(P), 1 / len(P))
    for _ in range(3000):
        pi = (pi + pi @ P) / 2
    return float(pi @ rows_of(P))


def rate_by_lstsq(P):
    equations = np.vstack([P.T - np.eye(len(P)), np.ones(len(P))])
    right = np.append(np.zeros(len(P)), 1.0)
    return np.linalg.lstsq(equations, right, rcond=None)[0] @ rows_of(P)


def rate_by_right_eigenvector(P):
    values, vectors = np.linalg.eig(P)
    v = vectors[:, np.argmax(values.real)].real
    return v / v.sum() @ rows_of(P)


def rate_with_nan(P):
    with np.errstate(all="ignore"):
        return shares_of(P) @ -(P * np.log(P)).sum(axis=1)


def rate_with_nan_loudly(P):
    with np.errstate(all="raise"):
        return shares_of(P) @ -(P * np.log(P)).sum(axis=1)


def rate_with_math_domain(P):
    rows = np.array([sum(-p * math.log(p) for p in row) for row in P])
    return shares_of(P) @ rows


def rate_by_power(steps):
    return lambda P: np.linalg.matrix_power(P, steps)[0] @ rows_of(P)


def rate_wandering(P):
    pi = np.full(len(P), 1 / len(P))
    for _ in range(2000):
        pi = pi @ P
    return pi @ rows_of(P)


RATE_OF = Written(
    "known-entropy/rate",
    right=(rate_by_eig, rate_by_steps, rate_by_lstsq),
    mistakes={
        "all states alike": Ways(lambda P: rows_of(P).mean(), rate_by_right_eigenvector),
        "shares do not add up to 1": Ways(
            lambda P: abs(eigenvector(P)) @ rows_of(P), lambda P: -abs(eigenvector(P)) @ rows_of(P)
        ),
        "across the columns": lambda P: shares_of(P) @ rows_of(P.T),
        "entropy of the states": lambda P: -(shares_of(P) * np.log(shares_of(P))).sum(),
        "entropies added up": lambda P: rows_of(P).sum(),
        "bits": lambda P: rate_by_eig(P) / math.log(2),
        "sign": lambda P: -rate_by_eig(P),
        "zero times infinity": Ways(rate_with_nan, rate_with_nan_loudly, rate_with_math_domain),
        "steps that never settle": Ways(rate_by_power(1000), rate_by_power(1001), rate_wandering),
    },
    unlisted=(
        lambda P: math.exp(rate_by_eig(P)),
        lambda P: P[0] @ rows_of(P),
        lambda P: rows_of(P).max(),
    ),
    misshapen=(rows_of, lambda P: str(rate_by_eig(P)), lambda: 0.5, 0.5),
    stub=rate_stub,
)


def reports_stub():
    raise NotImplementedError("A reason for each: ada, ben, cleo, dan, eva, finn.")


REASONS = ("filled", "luck", "copied", "unit", "once", "seen")
NAMES = ("ada", "ben", "cleo", "dan", "eva", "finn")


def swapped(one, other):
    turn = {one: other, other: one}
    return {name: turn.get(reason, reason) for name, reason in zip(NAMES, REASONS, strict=True)}


REPORTS = Written(
    "known-entropy/reports",
    right=(REASONS, dict(zip(NAMES, REASONS, strict=True)), lambda: list(REASONS)),
    mistakes={
        "reasons used twice": Ways(
            ("luck",) * 6, ("filled", "luck", "copied", "unit", "once", "luck")
        ),
        "luck and seen": swapped("luck", "seen"),
        "unit and padding": swapped("unit", "filled"),
        "copied and seen": swapped("copied", "seen"),
        "once and seen": swapped("once", "seen"),
    },
    unlisted=(swapped("luck", "once"), REASONS[::-1], (*REASONS[1:], REASONS[0])),
    misshapen=(
        REASONS[:5],
        "luck",
        dict(zip(NAMES[:5], REASONS[:5], strict=True)),
        (*REASONS[:5], "bad luck"),
        7,
    ),
    stub=reports_stub,
)

ALL = (NATS, RATE_OF, REPORTS)
