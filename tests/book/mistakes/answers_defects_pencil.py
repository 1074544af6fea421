"""Readers' answers on counts, a ranking, the inspectors' work, and six leaks."""

from tests.book.mistakes.written import Ways, Written


def counts_stub():
    raise NotImplementedError("Five numbers: accuracy, precision, recall, f1, f1_sound.")


F1_SOUND = 2 * 865 / (2 * 865 + 90)

COUNTS = Written(
    "rare-defects/counts",
    right=(
        lambda: (0.91, 0.375, 0.75, 0.5, 0.951),
        [910 / 1000, 45 / 120, 45 / 60, 0.5, F1_SOUND],
        {"accuracy": 0.91, "precision": 0.375, "recall": 0.75, "f1": 0.5, "f1_sound": F1_SOUND},
    ),
    mistakes={
        "precision and recall swapped": (0.91, 0.75, 0.375, 0.5, F1_SOUND),
        "the plain mean": (0.91, 0.375, 0.75, 0.5625, F1_SOUND),
        "accuracy of the alarms": Ways(
            (0.045, 0.375, 0.75, 0.5, F1_SOUND), (0.375, 0.375, 0.75, 0.5, F1_SOUND)
        ),
        "only the misses": Ways(
            (0.985, 0.375, 0.75, 0.5, F1_SOUND), (0.925, 0.375, 0.75, 0.5, F1_SOUND)
        ),
        "the same for both": Ways((0.91, 0.375, 0.75, 0.5, 0.5)),
        "per cent": (91, 37.5, 75, 50, 95.1),
    },
    unlisted=((0.94, 0.375, 0.75, 0.5, F1_SOUND), (0.91, 0.375, 0.75, 0.6, F1_SOUND)),
    misshapen=(0.91, (0.91, 0.375), {"f1": 0.5}, "good", lambda window: window),
    stub=counts_stub,
)


def ranking_stub():
    raise NotImplementedError("Four numbers: two areas, and what guessing gets of each.")


AUC, MEAN = 16.5 / 21, 2 / 3

RANKING = Written(
    "rare-defects/ranking",
    right=(
        lambda: (0.786, 0.667, 0.5, 0.3),
        {
            "auc_roc": AUC,
            "average_precision": MEAN,
            "guessing_roc": 0.5,
            "guessing_precision": 0.3,
        },
    ),
    mistakes={
        "the tie won": Ways((17 / 21, MEAN, 0.5, 0.3), (0.8095, 0.7222, 0.5, 0.3)),
        "the tie lost": (16 / 21, MEAN, 0.5, 0.3),
        "cut between equals": (AUC, 0.7222, 0.5, 0.3),
        "mean over all places": (AUC, 0.4804, 0.5, 0.3),
        "guessing is a half": (AUC, MEAN, 0.5, 0.5),
        "guessing by the rate": (AUC, MEAN, 0.3, 0.3),
    },
    unlisted=((0.9, MEAN, 0.5, 0.3), (AUC, 0.5, 0.5, 0.3), (AUC, MEAN, 0.5, 0.4)),
    misshapen=(0.786, (0.786, 0.667), {"auc_roc": AUC}, "high", lambda window: window),
    stub=ranking_stub,
)


def inspectors_stub():
    raise NotImplementedError("Four numbers: today, tomorrow, looked_at, threshold.")


TODAY, TOMORROW = 640 / 1100, 32 / 530

INSPECTORS = Written(
    "rare-defects/inspectors",
    right=(
        lambda: (0.582, 0.0604, 16.6, 0.05),
        {"today": TODAY, "tomorrow": TOMORROW, "looked_at": 530 / 32, "threshold": 20 / 400},
    ),
    mistakes={
        "the share of sound windows left out": Ways(
            (0.941, 0.941, 1.0625, 0.05), (0.95, 0.95, 1.053, 0.05)
        ),
        "in proportion": (TODAY, TODAY / 20, 20 / TODAY, 0.05),
        "only false alarms": (TODAY, TOMORROW, 15.56, 0.05),
        "costs swapped": (TODAY, TOMORROW, 16.56, 0.95),
        "one cost by the other": (TODAY, TOMORROW, 16.56, 1 / 19),
    },
    unlisted=((TODAY, TOMORROW, 12.5, 0.05), (0.8, TOMORROW, 16.56, 0.05)),
    misshapen=(0.582, (0.582, 0.06), {"today": 0.582}, "many", lambda window: window),
    stub=inspectors_stub,
)


def leaks_stub():
    raise NotImplementedError("A word for each: ada, ben, cleo, dan, eva, finn.")


NAMES = ("ada", "ben", "cleo", "dan", "eva", "finn")
WORDS = ("same-heat", "copies", "chosen", "future", "scaled", "label")


def swapped(one, other):
    turn = {one: other, other: one}
    return {name: turn.get(word, word) for name, word in zip(NAMES, WORDS, strict=True)}


LEAKS = Written(
    "rare-defects/leaks",
    right=(WORDS, dict(zip(NAMES, WORDS, strict=True)), lambda: list(WORDS)),
    mistakes={
        "leaks used twice": Ways(("label",) * 6, (*WORDS[:5], "copies")),
        "same heat and copies": swapped("same-heat", "copies"),
        "future and label": swapped("future", "label"),
        "scaled and chosen": swapped("scaled", "chosen"),
        "same heat and chosen": swapped("same-heat", "chosen"),
        "copies and label": swapped("copies", "label"),
    },
    unlisted=(swapped("future", "scaled"), WORDS[::-1], (*WORDS[1:], WORDS[0])),
    misshapen=(
        WORDS[:5],
        "label",
        dict(zip(NAMES[:5], WORDS[:5], strict=True)),
        (*WORDS[:5], "magic"),
        7,
    ),
    stub=leaks_stub,
)

ALL = (COUNTS, RANKING, INSPECTORS, LEAKS)
