"""Readers' answers on what a log costs, on odd logs, and on logs of their own."""

import tempfile
from functools import cache
from pathlib import Path

from asctools.eventlog import XESLogger
from tests.book.mistakes.written import Ways, Written


def costs_stub():
    raise NotImplementedError("Four numbers: step, gate, every, megabytes.")


MB = (200_000 + 200 * 7142) * 30 / 1e6

COSTS = Written(
    "event-log/costs",
    right=(
        lambda: (1.2, 13.2, 7, MB),
        {"step": 1.2, "gate": 13.2, "every": 7, "megabytes": 48.9},
        [100 * 240 / 20_000, 100 * 2640 / 20_000, 7, 50_000 * (4 + 200 / 7) * 30 / 1e6],
    ),
    mistakes={
        "parts of one": (0.012, 0.132, 7, MB),
        "one event a step": Ways((0.3, 13.2, 7, MB), (0.3, 12.3, 7, MB)),
        "gates alone": (1.2, 12.0, 7, MB),
        "rounded down": (1.2, 13.2, 6, MB),
        "limit for the gates alone": (1.2, 13.2, 4, MB),
        "gates of every iteration": (1.2, 13.2, 7, 306.0),
        "the rest forgotten": Ways((1.2, 13.2, 7, 42.86), (1.2, 13.2, 7, 6.0)),
        "sampled steps": (1.2, 13.2, 7, 43.71),
    },
    unlisted=((1.2, 13.2, 20, MB), (4.0, 13.2, 7, MB), (1.2, 13.2, 7, 48_900)),
    misshapen=(1.2, (1.2, 13.2), {"step": 1.2}, "per cent", lambda step: step),
    stub=costs_stub,
)


def findings_stub():
    raise NotImplementedError("A reason for each: ada, ben, cleo, dan, eva, finn.")


NAMES = ("ada", "ben", "cleo", "dan", "eva", "finn")
REASONS = ("sampled", "beside", "rounded", "clock", "end", "shared")


def swapped(one, other):
    turn = {one: other, other: one}
    return {name: turn.get(reason, reason) for name, reason in zip(NAMES, REASONS, strict=True)}


FINDINGS = Written(
    "event-log/findings",
    right=(REASONS, dict(zip(NAMES, REASONS, strict=True)), lambda: list(REASONS)),
    mistakes={
        "reasons used twice": Ways(("end",) * 6, (*REASONS[:5], "clock")),
        "sampled and shared": swapped("sampled", "shared"),
        "rounded and beside": swapped("rounded", "beside"),
        "clock and shared": swapped("clock", "shared"),
        "sampled and beside": swapped("sampled", "beside"),
        "clock and end": swapped("clock", "end"),
    },
    unlisted=(swapped("end", "rounded"), REASONS[::-1], (*REASONS[1:], REASONS[0])),
    misshapen=(
        REASONS[:5],
        "clock",
        dict(zip(NAMES[:5], REASONS[:5], strict=True)),
        (*REASONS[:5], "bad luck"),
        7,
    ),
    stub=findings_stub,
)


def own_stub():
    raise NotImplementedError("Hand in the path of your log.")


@cache
def folder():
    return tempfile.TemporaryDirectory()


def log_of(name, traces=12, rounds=6, names=("Toss", "Look", "Heads", "Stop"), bare="", **what):
    """A game of tossing a coin, with as many rounds as its number allows."""
    what = what or {"worth": 0.5, "won": True}

    def write():
        path = Path(folder().name) / f"{name}.xes"
        with XESLogger(path) as log:
            for game in range(traces):
                log.trace(f"game {game}", stake=game)
                for k in range(rounds + (game % 2 if traces > 1 else 0)):
                    for each in names:
                        said = {} if each == bare else {"round": k, **what}
                        log.event(each, **said)
        return path

    return write


def same_every_time():
    path = Path(folder().name) / "same.xes"
    with XESLogger(path) as log:
        for game in range(12):
            log.trace(f"game {game}")
            for k in range(6):
                for each in ("Toss", "Look", "Heads", "Stop"):
                    log.event(each, round=k, worth=0.5, won=False)
    return str(path)


def by_hand():
    path = Path(folder().name) / "hand.xes"
    path.write_text("<log><trace><event/></trace></log>", encoding="utf-8")
    return path


OWN_LOG = Written(
    "event-log/own-log",
    right=(
        log_of("coin"),
        log_of("packed", worth=0.5, said="heads"),
        lambda: str(log_of("text")()),
    ),
    mistakes={
        "not XES": by_hand,
        "a training": log_of("training", names=("Toss", "Look", "ZeroGrad", "Stop")),
        "too few stories": log_of("stories", traces=9, rounds=10),
        "too few events": log_of("events", rounds=2),
        "too few activities": log_of("activities", names=("Toss", "Look", "Stop"), rounds=9),
        "one kind of attribute": log_of("types", worth=0.5),
        "names only": log_of("bare", bare="Look"),
        "always the same": same_every_time,
    },
    unlisted=(),
    misshapen=(lambda: 3, lambda: "nowhere.xes", 7, ["a.xes"], lambda path: path),
    stub=own_stub,
)

ALL = (COSTS, FINDINGS, OWN_LOG)
