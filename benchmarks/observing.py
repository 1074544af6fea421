"""What observing adds to a training step: the numbers that are told, and the telling.

See :mod:`benchmarks.eventlog`, which prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import numpy as np

from asctools.eventlog import LEVELS, XESLogger
from asctools.eventlog.cost import overhead
from asctools.numpy_lstm import events, operations
from asctools.numpy_lstm.model import CharLSTM
from asctools.numpy_lstm.observe import Telling, Watch, told
from asctools.numpy_lstm.optim import Adam
from asctools.numpy_lstm.run import Run
from asctools.numpy_lstm.train import prepare, step

V = 65


class Cost(NamedTuple):
    """A training step of B sequences and T time steps, and the share that each log adds to it."""

    milliseconds: float
    step: float
    gate_20: float
    gate: float
    weight: float
    writing: float  # the part of ``gate`` that writes


def training(batch: int, hidden: int, time: int, observer: Any = None) -> Run:
    """Return a training after its first steps, in which all memory is made."""
    text = np.random.default_rng(0).integers(0, V, batch * time * 20 + 1)
    settings = {"batch_size": batch, "time_steps": time}
    model = CharLSTM(V, hidden, seed=0)
    run = prepare(model, text, Adam(), 1, None, None, observer, None, settings)
    for x, y in run.batches[:3]:
        step(run, x, y)
    return run


def tellings(run: Run) -> Callable[[], None]:
    """Return all that is told of a training step, without the step: the operations do nothing."""
    tellers: tuple[Callable[[Watch, Run], Telling], ...] = (
        *(events.rate_by_schedule, events.zero_grad, events.forward, events.backward),
        *(events.explosion, events.clipping, events.weights_update),
    )
    clipped = told(events.clipping)(lambda run: True)
    telling = [told(each)(lambda run: None) for each in tellers if each is not events.clipping]

    def tell() -> None:
        run.iteration += 1
        for each in telling:
            each(run)
        clipped(run)

    return tell


class Taker:
    """An observer that takes everything down to a level and keeps it, or nothing of it."""

    def __init__(self, level: str, keeps: bool) -> None:
        self.levels, self.keeps = LEVELS[: LEVELS.index(level) + 1], keeps
        self.one: list[tuple[str, dict[str, Any]]] = []
        self.many: list[tuple[list[str], dict[str, Any]]] = []

    def enabled(self, level: str) -> bool:
        """Whether a level is wanted."""
        return level in self.levels

    def event(self, name: str, **attributes: Any) -> None:
        """Take an event."""
        if self.keeps:
            self.one.append((name, attributes))

    def events(self, names: list[str], **attributes: Any) -> None:
        """Take many events."""
        if self.keeps:
            self.many.append((names, attributes))


def writing_again(log: XESLogger, level: str, run: Run) -> Callable[[], None]:
    """Return what writes the events of a training step, without finding out their numbers."""
    taker = Taker(level, keeps=True)
    run.watch = Watch(taker)
    tellings(run)()

    def write() -> None:
        for name, attributes in taker.one:
            log.event(name, **attributes)
        for names, attributes in taker.many:
            log.events(names, **attributes)

    return write


def observing_cost(folder: Path, batch: int, hidden: int, time: int, rounds: int = 20) -> Cost:
    """Measure a step; and what is told of it at each level, its numbers and its writing apart."""
    levels, repeats = ("step", "gate", "weight"), {"alone": 10}
    alone = training(batch, hidden, time)
    x, y = alone.batches[3]
    jobs: dict[str, Callable[[], None]] = {"alone": lambda: step(alone, x, y)}
    logs = {level: XESLogger(folder / f"{level}.xes", level=level) for level in levels}
    for level, log in logs.items():
        for part in ("numbers", "writing"):
            run = training(batch, hidden, time, Taker(level, keeps=False))
            operations.forward(run, x, y)
            operations.backward(run)
            writes = part == "writing"
            jobs[f"{level} {part}"] = writing_again(log, level, run) if writes else tellings(run)
            repeats[f"{level} {part}"] = 100 if level == "step" else 20
    seconds = best(jobs, rounds, repeats)
    for log in logs.values():
        log.close()
    told_of = {each: seconds[f"{each} numbers"] + seconds[f"{each} writing"] for each in levels}
    gates = max(told_of["gate"] - told_of["step"], 0.0)
    weights = max(told_of["weight"] - told_of["gate"], 0.0)
    cost = {"step": told_of["step"], "gate": gates, "weight": weights}
    shares = [
        overhead({"step": 1.0, **more}, cost, seconds["alone"])
        for more in ({}, {"gate": 1 / 20}, {"gate": 1.0}, {"gate": 1.0, "weight": 1.0})
    ]
    by_step, by_20, by_gate, by_weight = shares
    written = seconds["gate writing"] / seconds["alone"]
    return Cost(1e3 * seconds["alone"], by_step, by_20, by_gate, by_weight, written)


def best(
    jobs: Mapping[str, Callable[[], Any]], rounds: int, repeats: Mapping[str, int] | None = None
) -> dict[str, float]:
    """Return the best CPU time of each job in seconds, all taking turns.

    A round repeats a job often enough for what it does only now and then, a log's writing, to be
    in it.
    """
    times = dict.fromkeys(jobs, 1) | dict(repeats or {})
    seconds = dict.fromkeys(jobs, float("inf"))
    for _ in range(rounds):
        for name, job in jobs.items():
            started = process_time()
            for _ in range(times[name]):
                job()
            seconds[name] = min(seconds[name], (process_time() - started) / times[name])
    return seconds
