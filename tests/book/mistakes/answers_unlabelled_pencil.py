"""Readers' answers on divergences, faults, and a curve of their own."""

import math

from tests.book.mistakes.written import Ways, Written


def divergence_stub():
    raise NotImplementedError("Six: first, second, third, bits, active, cost.")


def divergences(first=1.125, second=0.3181, third=0.005, **more):
    nats = first + second + third
    return (
        first,
        second,
        third,
        more.get("bits", nats / math.log(2)),
        more.get("active", 2),
        more.get("cost", max(first, 0.2) + max(second, 0.2) + max(third, 0.2)),
    )


SECOND = 0.5 * (0.25 - 1 + math.log(4))

DIVERGENCE = Written(
    "pretraining/divergence",
    right=(divergences(), list(divergences(second=SECOND))),
    mistakes={
        "a spread for a variance": divergences(second=0.5 * (0.0625 - 1 + math.log(16))),
        "no half": divergences(2.25, 2 * SECOND, 0.01, active=2),
        "the sign of the logarithm": divergences(
            1.125, 0.5 * (-0.75 - math.log(4)), 0.005, active=1, cost=1.125 + 0.4
        ),
        "without the mean's square": divergences(0.75, SECOND, 0.05, active=3),
        "bits for nats": divergences(bits=1.125 + SECOND + 0.005),
        "free bits taken off": divergences(cost=0.925 + SECOND - 0.2),
        "all alive": divergences(active=3),
    },
    unlisted=(divergences(first=1.0), divergences(cost=3.0)),
    misshapen=(1.125, divergences()[:5], "little"),
    stub=divergence_stub,
)


def faults_stub():
    raise NotImplementedError("A word for each: ada, ben, cleo, dan, eva, finn.")


WORDS = {
    "ada": "collapse",
    "ben": "copy",
    "cleo": "shift",
    "dan": "skipped",
    "eva": "frozen",
    "finn": "unequal",
}


def turned(one, other):
    return {name: {one: other, other: one}.get(word, word) for name, word in WORDS.items()}


FAULTS = Written(
    "pretraining/faults",
    right=(WORDS, list(WORDS.values()), lambda: dict(reversed(WORDS.items()))),
    mistakes={
        "faults used twice": Ways(WORDS | {"ada": "copy"}, dict.fromkeys(WORDS, "frozen")),
        "collapse and copy": turned("collapse", "copy"),
        "skipped and frozen": turned("skipped", "frozen"),
        "skipped and unequal": turned("skipped", "unequal"),
        "shift and copy": turned("shift", "copy"),
        "frozen and unequal": turned("frozen", "unequal"),
    },
    unlisted=(turned("collapse", "unequal"), sorted(WORDS.values(), reverse=True)),
    misshapen=({"ada": "collapse"}, WORDS | {"ada": "ghost"}, 6),
    stub=faults_stub,
)


def curve_stub():
    raise NotImplementedError("Two curves, seeds, spread, seconds, and what that says.")


def curve(scratch=(0.6, 0.7, 0.8), pretrained=(0.7, 0.74, 0.8), says="helps", **more):
    return {
        "sizes": list(more.get("sizes", (50, 200, 1000))),
        "scratch": list(scratch),
        "pretrained": list(pretrained),
        "seeds": more.get("seeds", 3),
        "spread": more.get("spread", 0.04),
        "seconds_scratch": 80.0,
        "seconds_pretrained": more.get("seconds", 82.0),
        "says": says,
    }


OWN_CURVE = Written(
    "pretraining/own-curve",
    right=(
        curve(),
        lambda: curve(pretrained=(0.5, 0.7, 0.8), says="hurts"),
        curve(spread=0.2, says="cannot tell"),
        curve((0.5, 0.6, 0.7, 0.8), (0.51, 0.6, 0.7, 0.8), "cannot tell", sizes=(10, 20, 40, 80)),
    ),
    mistakes={
        "not possible": Ways(
            curve(scratch=(60, 70, 80)), curve(scratch=(0.6, 0.7)), curve(spread=0.0)
        ),
        "no curve": Ways(
            curve((0.6, 0.7), (0.7, 0.74), sizes=(50, 200)), curve(sizes=(1000, 200, 50))
        ),
        "too few seeds": curve(seeds=1),
        "unequal compute": curve(seconds=160.0),
        "says what it does not show": Ways(curve(says="cannot tell"), curve(spread=0.3)),
    },
    unlisted=(),
    misshapen=(
        {"says": "helps"},
        curve(says="maybe"),
        curve() | {"scratch": 0.8},
        curve(seconds="long"),
        5,
    ),
    stub=curve_stub,
)

ALL = (DIVERGENCE, FAULTS, OWN_CURVE)
