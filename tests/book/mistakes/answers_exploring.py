"""Readers' answers on the trained cell: its threshold, a broken gate, a third company."""

from asctools.dataset.companies import COMPANIES, COMPANY_B, Company
from asctools.scalar import by_hand
from asctools.scalar.by_hand import POCKET
from tests.book.mistakes.written import Ways, Written


def threshold_stub():
    raise NotImplementedError("Find the smallest first day for which the cell says 0.5 or more.")


def says(x):
    return by_hand.predict(POCKET, (x, 0.5, 0.25, 1.0))


def threshold_by_counting():
    return next(k / 1000 for k in range(1001) if says(k / 1000) >= 0.5)


def threshold_of_the_trained_cell():
    trained = by_hand.train(epochs=5000).weights
    grid = (k / 1000 for k in range(1001))
    return next(x for x in grid if by_hand.predict(trained, (x, 0.5, 0.25, 1.0)) >= 0.5)


THRESHOLD = Written(
    "by-hand/first-day-threshold",
    right=(threshold_by_counting, threshold_by_counting(), threshold_by_counting() - 0.0004),
    mistakes={
        "half-way assumed": 0.5,
        "prediction instead of first day": Ways(lambda: says(0.5), round(says(0.5), 3)),
        "weights before rounding": threshold_of_the_trained_cell,
    },
    unlisted=(0.4, 0.37, 1.0, -0.4, float("nan")),
    misshapen=((0.0, 1.0), "a third", lambda x: says(x), {"x": 0.4}),
    stub=threshold_stub,
)


def left_stub():
    raise NotImplementedError("Find what is left of day one in both cells.")


def left(cell, first_gate=1):
    past = by_hand.trace(cell, COMPANY_B.days)
    share = past[0].i * past[0].c_tilde
    for day in past[first_gate:]:
        share *= day.f
    return share


broken = POCKET._replace(b_f=-3.0)

BROKEN = Written(
    "by-hand/broken-forget-gate",
    right=(
        lambda: (left(POCKET), left(broken)),
        [round(left(POCKET), 3), round(left(broken), 3)],
        {"whole": left(POCKET), "broken": left(broken)},
    ),
    mistakes={
        "not broken yet": lambda: (left(POCKET), left(POCKET)),
        "sign of the bias": lambda: (left(POCKET), left(POCKET._replace(b_f=3.0))),
        "forget gate closed for good": (round(left(POCKET), 4), 0.0),
        "predictions": lambda: [by_hand.predict(w, COMPANY_B.days) for w in (POCKET, broken)],
        "own forget gate included": lambda: (left(POCKET, 0), left(broken, 0)),
    },
    unlisted=(
        lambda: (left(broken), left(POCKET)),
        lambda: (by_hand.trace(POCKET, (1.0,))[0].c, 0.0),
    ),
    misshapen=(0.5, (0.1, 0.2, 0.3), {"A": 0.5}, (0.5, None), ("a", "b")),
    stub=left_stub,
)


def third_stub():
    raise NotImplementedError("Train a cell on three companies.")


THREE = (*COMPANIES, Company("C", (0.5, 0.5, 0.25, 1.0), 0.5))


def trained_on_three():
    return by_hand.train(epochs=1000, learning_rate=0.01, companies=THREE).weights


THIRD = Written(
    "by-hand/third-company",
    right=(trained_on_three, lambda: tuple(trained_on_three())),
    mistakes={
        "only A and B learnt": Ways(lambda: by_hand.train(epochs=5000).weights, POCKET),
        "always a half": Ways(
            by_hand.Weights(*[0.0] * 6, 0.0, 0.0, 1.0, 0.0, 0.0, 1.5),
            lambda: by_hand.train(epochs=900, companies=THREE).weights,
        ),
    },
    unlisted=(by_hand.INITIAL, by_hand.Weights(*[5.0] * 12)),
    misshapen=(
        (1.0, 2.0),
        lambda: by_hand.train(epochs=1),
        "weights",
        5.0,
        lambda weights: weights,
    ),
    stub=third_stub,
)

ALL = (THRESHOLD, BROKEN, THIRD)
