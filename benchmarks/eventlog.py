"""What a log costs: to write it, to keep it, to have it written beside a training, to mine it.

    export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
    python -m benchmarks.eventlog

All rates are of CPU time. Contenders take turns, so that noise meets all of them, and each keeps
its best time. What observing costs a training step is the summed cost of what is called for it, its
statistics included, over the time of a step that nobody observes: to time steps with and without a
log would show noise. Numbers and writing are timed by themselves, over and over, so that their
memory is near; between the operations of a training they take up to half as long again. The log is
packed when it is closed, after the training.
"""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from lxml import etree  # type: ignore[import-untyped]

from asctools.eventlog import XESLogger, dfg, pm4py_bridge, read
from benchmarks.observing import best, observing_cost

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SIZES = ((32, 64, 25), (32, 128, 50), (1, 64, 25), (1, 128, 50))  # B, H, T
MANY, SOME = 1_000_000, 100_000
Event = tuple[str, dict[str, Any]]
ELEMENTS = {bool: "boolean", int: "int", float: "float", str: "string"}


class Size(NamedTuple):
    """What a log of many events needs."""

    events: int
    bytes_plain: float  # for each event
    bytes_gz: float
    grown: float  # MB of memory, over the last nine tenths


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def training_events() -> Iterator[Event]:
    """Give the events of a training at level step, with random numbers, without end."""
    rng, k = np.random.default_rng(0), 0
    while True:
        for loss, norm, change, weight in rng.random((1000, 4)).tolist():
            k += 1
            yield "ZeroGrad", {"iteration": k}
            forward = {"loss": loss, "grad_norm": 0.0, "learning_rate": 0.001}
            yield "ForwardPass", {"iteration": k, **forward}
            yield "BackwardPass", {"iteration": k, "grad_norm": norm}
            yield "GradientClipping", {"iteration": k, "grad_norm": norm, "threshold": 0.25}
            update = {"weight_change_norm": change, "update_category": "small"}
            yield "WeightsUpdate", {"iteration": k, **update, "weight_norm": weight}


def write_ours(path: Path, told_events: list[Event]) -> None:
    """Write events with the logger of asctools, one by one."""
    with XESLogger(path) as log:
        for name, attributes in told_events:
            log.event(name, **attributes)


def write_at_once(path: Path, told_events: list[Event]) -> None:
    """Write as many gate events with the logger of asctools, a hundred at once."""
    names = ["ForgetGate", "InputGate", "CandidateGate", "OutputGate"] * 25
    times = [k // 4 for k in range(100)]
    numbers = np.random.default_rng(0).random((len(told_events) // 100, 3, 100)).tolist()
    with XESLogger(path, level="gate") as log:
        for k, (mean, std, share) in enumerate(numbers):
            statistics = {"mean": mean, "std": std, "saturation": share}
            log.events(names, iteration=k, timestep=times, layer=0, **statistics)


def write_lxml(path: Path, told_events: list[Event]) -> None:
    """Write the same events with lxml's incremental writer."""
    numbered = enumerate(told_events, start=1)
    now = "2026-01-01T00:00:00.{:06d}+00:00".format
    with path.open("wb") as file, etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("log", {"xes.version": "1849.2023"}), xml.element("trace"):
            for seq, (name, attributes) in numbered:
                own = {"concept:name": name, "lifecycle:transition": "complete", "seq": seq}
                with xml.element("event"):
                    stamp = {"key": "time:timestamp", "value": now(seq % 1_000_000)}
                    xml.write(etree.Element("date", stamp))
                    for key, value in (own | attributes).items():
                        text = {"key": key, "value": str(value)}
                        xml.write(etree.Element(ELEMENTS[type(value)], text))


WRITERS: dict[str, Callable[[Path, list[Event]], None]] = {
    "asctools, one by one": write_ours,
    "asctools, a hundred at once": write_at_once,
    "lxml.etree.xmlfile": write_lxml,
}


def writing_rates(folder: Path, count: int, rounds: int = 3) -> dict[str, float]:
    """Return the events a second of each writer."""
    told_events = list(islice(training_events(), count))
    paths = {name: folder / f"{place}.xes" for place, name in enumerate(WRITERS)}
    jobs = {name: partial(write, paths[name], told_events) for name, write in WRITERS.items()}
    return {name: count / seconds for name, seconds in best(jobs, rounds).items()}


def size_of_a_log(folder: Path, count: int) -> Size:
    """Write a long log, and see what it takes of memory and of the disk."""
    path = folder / "long.xes"
    source = training_events()
    with XESLogger(path) as log:
        for k, (name, attributes) in enumerate(islice(source, count)):
            if k == count // 10:
                before = peak_memory()
            log.event(name, **attributes)
        grown = peak_memory() - before
    plain = path.stat().st_size / count
    XESLogger(folder / "long.xes.gz", resume=True).close()
    return Size(count, plain, (folder / "long.xes.gz").stat().st_size / count, grown)


def peak_memory() -> float:
    """Return the most memory that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ── mining ───────────────────────────────────────────────────────────────────────────────────────


def long_log(count: int) -> pd.DataFrame:
    """Return a log of epochs of 5,000 events as a table, made without a file."""
    names = np.array(list(dict.fromkeys(name for name, _ in islice(training_events(), 5))))
    k = np.arange(count)
    return pd.DataFrame(
        {
            "case:concept:name": pd.Series([f"epoch {each}" for each in k // 5000], dtype="str"),
            "concept:name": pd.Series(names[k % len(names)], dtype="str"),
            "time:timestamp": pd.to_datetime(1_790_000_000_000_000 + 50 * k, unit="us", utc=True),
        }
    )


def graph_by_pandas(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Return the arcs of a directly-follows graph in the usual way of pandas."""
    cases = frame.groupby("case:concept:name", sort=False)
    pairs = pd.DataFrame({"a": frame["concept:name"], "b": cases["concept:name"].shift(-1)})
    return pairs.groupby(["a", "b"]).size().to_dict()


def graph_rates(count: int, rounds: int = 3, pm4py: bool = True) -> dict[str, float]:
    """Return the events a second of each way to a directly-follows graph; all find the same."""
    frame = long_log(count)
    found: dict[str, Any] = {}
    jobs: dict[str, Callable[[], Any]] = {
        "asctools": lambda: found.update(asctools=dfg.discover(frame).arcs),
        "pandas": lambda: found.update(pandas=graph_by_pandas(frame)),
    }
    if pm4py:
        theirs = pm4py_bridge.load()
        jobs["pm4py"] = lambda: found.update(pm4py=dict(theirs.discover_dfg(frame)[0]))
    seconds = best(jobs, rounds)
    assert all(arcs == found["asctools"] for arcs in found.values()), found
    return {name: count / each for name, each in seconds.items()}


def main() -> None:
    """Measure and print everything."""
    if any(os.environ.get(name) != "1" for name in THREADS):
        raise SystemExit(f"Set {', '.join(THREADS)} to 1: this compares single threads.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"Writing {SOME:,} events: events a second")
        for contender, rate in writing_rates(folder, SOME).items():
            print(f"  {contender:30}{rate:12,.0f}")
        size = size_of_a_log(folder, MANY)
        print(f"A log of {size.events:,} events at level step")
        print(f"  bytes an event: {size.bytes_plain:.0f} plain, {size.bytes_gz:.1f} in gzip")
        print(f"  memory grown over its last nine tenths: {size.grown:.1f} MB")
        started = process_time()
        rows = len(read(folder / "0.xes"))
        print(f"Reading it into a table: {rows / (process_time() - started):,.0f} events a second")
        print("What observing adds to a training step (Adam, V = 65, float32)")
        print(
            f"  {'':18}{'ms':>8}{'step':>9}{'gate of 20':>12}{'gate':>9}{'(written)':>12}", end=""
        )
        print(f"{'weight':>9}")
        for batch, hidden, time in SIZES:
            milliseconds, *shares = observing_cost(folder, batch, hidden, time)
            by_step, by_20, by_gate, by_weight, written = (f"{100.0 * s:.1f} %" for s in shares)
            row = f"B{batch:<3} H{hidden:<4} T{time:<5}"
            print(f"  {row:18}{milliseconds:8.2f}{by_step:>9}{by_20:>12}", end="")
            print(f"{by_gate:>9}{written:>12}{by_weight:>9}", flush=True)
    print(f"Directly-follows graph of {MANY:,} events: events a second")
    for contender, rate in graph_rates(MANY).items():
        print(f"  {contender:30}{rate:12,.0f}")


if __name__ == "__main__":
    main()
