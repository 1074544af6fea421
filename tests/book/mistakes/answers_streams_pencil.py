"""Readers' answers on dead times, delays, streams, and a period of their own."""

from tests.book.mistakes.written import Ways, Written


def chain_stub():
    raise NotImplementedError("Four numbers: first_come, greedy, best, kept.")


CHAIN = Written(
    "refractory/chain",
    right=((1.4, 1.5, 1.8, 3), lambda: [1.4, 1.5, 1.8, 3]),
    mistakes={
        "exactly two seconds": Ways((0.6, 1.5, 1.5, 2), (0.6, 1.5, 1.8, 3)),
        "greedy is best": (1.4, 1.5, 1.5, 2),
        "the strongest three": Ways((1.4, 1.5, 2.3, 3), (1.4, 2.3, 1.8, 3), (1.4, 2.3, 2.3, 3)),
        "first is first": (1.4, 1.4, 1.8, 3),
        "counted, not weighed": (3, 2, 3, 3),
    },
    unlisted=((1.4, 1.5, 1.8, 2), (1.1, 1.5, 1.8, 3)),
    misshapen=(1.8, (1.4, 1.5), "best"),
    stub=chain_stub,
)


def latency_stub():
    raise NotImplementedError("Five numbers: worst, model, load, state, hour.")


FIVE = (110.0, 25.0, 1.6, 1.024, 172_800.0)


def changed(**how):
    names = ("worst", "model", "load", "state", "hour")
    return tuple((dict(zip(names, FIVE, strict=True)) | how).values())


LATENCY = Written(
    "refractory/latency",
    right=(FIVE, lambda: list(FIVE)),
    mistakes={
        "only the look-ahead": Ways(changed(worst=105.0, model=20.0), changed(model=20.0)),
        "the message forgotten": changed(worst=85.0),
        "commit forgotten": changed(worst=50.0),
        "part of the state": Ways(changed(state=0.512), changed(state=0.256)),
        "one channel": changed(hour=28_800.0),
        "a part of one": changed(load=0.016),
    },
    unlisted=(changed(load=16.0), changed(worst=60.0)),
    misshapen=(110, FIVE[:3], "late"),
    stub=latency_stub,
)


def faults_stub():
    raise NotImplementedError("A word for each: ada, ben, cleo, dan, eva, finn.")


WORDS = {
    "ada": "state-lost",
    "ben": "offset-lost",
    "cleo": "window-edge",
    "dan": "first-come",
    "eva": "period-long",
    "finn": "two-ways",
}


def turned(one, other):
    return {name: {one: other, other: one}.get(word, word) for name, word in WORDS.items()}


FAULTS = Written(
    "refractory/faults",
    right=(WORDS, list(WORDS.values()), lambda: dict(reversed(WORDS.items()))),
    mistakes={
        "faults used twice": Ways(WORDS | {"ada": "two-ways"}, dict.fromkeys(WORDS, "first-come")),
        "state and offset": turned("state-lost", "offset-lost"),
        "state and two ways": turned("state-lost", "two-ways"),
        "first-come and period": turned("first-come", "period-long"),
        "edge and offset": turned("window-edge", "offset-lost"),
        "edge and first-come": turned("window-edge", "first-come"),
    },
    unlisted=(turned("state-lost", "period-long"), sorted(WORDS.values())),
    misshapen=({"ada": "two-ways"}, WORDS | {"ada": "ghost"}, 6),
    stub=faults_stub,
)


def period_stub():
    raise NotImplementedError("Your intervals, a period, what it loses, and how late doubles come.")


def own(intervals=None, period=1.0, lost=None, doubles_within=0.1):
    intervals = [1.5 + 0.01 * k for k in range(40)] if intervals is None else intervals
    lost = sum(each < period for each in intervals) if lost is None else lost
    return {
        "intervals": intervals,
        "period": period,
        "lost": lost,
        "doubles_within": doubles_within,
    }


OWN_PERIOD = Written(
    "refractory/own-period",
    right=(own(), lambda: own(period=1.5), own([2.0] * 200 + [0.5])),
    mistakes={
        "too few intervals": Ways(own([2.0] * 12), own([2.0] * 40 + [0.0]), own([])),
        "counted wrongly": Ways(own(lost=3), own(period=1.5, lost=1)),
        "deletes what is true": own(period=1.7),
        "lets doubles pass": Ways(own(doubles_within=1.2), own(doubles_within=0.0)),
        "of little use": own(period=0.3),
    },
    unlisted=(),
    misshapen=({"period": 1.0}, own(intervals=3.0, lost=0), own(period="long", lost=0), 5),
    stub=period_stub,
)

ALL = (CHAIN, LATENCY, FAULTS, OWN_PERIOD)
