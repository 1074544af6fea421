"""Readers' answers on frames, slopes, faults, and a part that they took out."""

import math

from tests.book.mistakes.written import Ways, Written


def frames_stub():
    raise NotImplementedError("Six: frames, samples_mb, frames_mb, saved, worst_ms, mean_ms.")


SIX = (300, 288.0, 2.88, 100, 2.5, 1.25)

FRAMES = Written(
    "event-classifier/frames",
    right=(SIX, list(SIX), lambda: SIX),
    mistakes={
        "one window": (300, 36.0, 0.36, 100, 2.5, 1.25),
        "each step once": (300, 8 * 4 * 3000 / 1e6, 8 * 4 * 300 / 1e6, 10, 2.5, 1.25),
        "ten times less": (300, 288.0, 2.88, 10, 2.5, 1.25),
        "a whole frame off": Ways((*SIX[:4], 5.0, 2.5), (*SIX[:4], 5.0, 1.25)),
        "the worst as the mean": (*SIX[:5], 2.5),
        "the mean with its sign": (*SIX[:5], 0.0),
        "bits or numbers": (300, 72.0, 0.72, 100, 2.5, 1.25),
    },
    unlisted=((3000, *SIX[1:]), (*SIX[:4], 25.0, 12.5)),
    misshapen=(300, SIX[:4], "many"),
    stub=frames_stub,
)


def gradient_stub():
    raise NotImplementedError("Five numbers: loss, first, second, third, fourth.")


LOSS = math.log(4)
RISE = (0.125, -0.75, 0.5, 0.125)

GRADIENT = Written(
    "event-classifier/gradient",
    right=((LOSS, *RISE), [1.3863, *RISE]),
    mistakes={
        "the likeliest frame": Ways((math.log(2), *RISE), stage="value"),
        "another logarithm": Ways((2.0, *RISE), stage="value"),
        "the wrong sign of the loss": Ways((-LOSS, *RISE), stage="value"),
        "uphill": (LOSS, -0.125, 0.75, -0.5, -0.125),
        "only chances": (LOSS, 0.125, 0.25, 0.5, 0.125),
        "only the true frame": (LOSS, 0, -0.75, 0, 0),
        "one over the chance": (LOSS, 0, -4, 0, 0),
    },
    unlisted=((LOSS, 0.1, -0.7, 0.5, 0.1), (LOSS, *RISE[::-1])),
    misshapen=(LOSS, RISE, "steep"),
    stub=gradient_stub,
    stage="gradient",
)


def faults_stub():
    raise NotImplementedError("A word for each: ada, ben, cleo, dan, eva, finn.")


WORDS = {
    "ada": "threshold",
    "ben": "leak",
    "cleo": "look-ahead",
    "dan": "units",
    "eva": "neighbours",
    "finn": "doubles",
}


def turned(one, other):
    return {name: {one: other, other: one}.get(word, word) for name, word in WORDS.items()}


FAULTS = Written(
    "event-classifier/faults",
    right=(WORDS, list(WORDS.values()), lambda: dict(reversed(WORDS.items()))),
    mistakes={
        "faults used twice": Ways(WORDS | {"ada": "leak"}, dict.fromkeys(WORDS, "units")),
        "leak and units": turned("leak", "units"),
        "threshold and look-ahead": turned("threshold", "look-ahead"),
        "neighbours and doubles": turned("neighbours", "doubles"),
        "look-ahead and neighbours": turned("look-ahead", "neighbours"),
        "units and doubles": turned("units", "doubles"),
    },
    unlisted=(turned("leak", "doubles"), sorted(WORDS.values())),
    misshapen=({"ada": "leak"}, WORDS | {"ada": "ghost"}, 6),
    stub=faults_stub,
)


def ablation_stub():
    raise NotImplementedError("Scores with and without it, seconds, and what that says.")


def ablation(with_it=(0.81, 0.82, 0.83), without_it=(0.76, 0.79, 0.78), says="helps", **seconds):
    return {
        "with_it": list(with_it),
        "without_it": list(without_it),
        "seconds_with": seconds.get("one", 60.0),
        "seconds_without": seconds.get("other", 55.0),
        "says": says,
    }


OWN_ABLATION = Written(
    "event-classifier/own-ablation",
    right=(
        ablation(),
        lambda: ablation(says="hurts", without_it=(0.9, 0.91, 0.92, 0.93)),
        ablation(says="cannot tell", without_it=(0.7, 0.9, 0.8)),
        ablation(says="cannot tell", without_it=(0.75, 0.81, 0.7)),
    ),
    mistakes={
        "not possible": Ways(ablation(with_it=(81, 82, 83)), ablation(one=0.0)),
        "too few seeds": Ways(ablation(with_it=(0.8, 0.81)), ablation(with_it=())),
        "the same seed twice": ablation(with_it=(0.81, 0.81, 0.83)),
        "unequal compute": ablation(other=20.0),
        "says what it does not show": Ways(
            ablation(says="cannot tell"), ablation(without_it=(0.7, 0.9, 0.8))
        ),
    },
    unlisted=(),
    misshapen=(
        {"says": "helps"},
        ablation(says="maybe"),
        ablation() | {"with_it": 0.8},
        ablation(one="long"),
        5,
    ),
    stub=ablation_stub,
)

ALL = (FRAMES, GRADIENT, FAULTS, OWN_ABLATION)
