"""Trainings in processes of their own that are killed at any moment and go on in new ones.

``python -m tests.asctools.training.killed_trainings FOLDER HITS`` interrupts trainings until each
signal has hit so many of them on their way. It prints as JSON how the processes have ended, and
what of the results was not as it should be.
"""

import json
import os
import pickle
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.asctools.training.resumed_training import differences, found, run

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
MOST, TRIALS = 4, 40  # interruptions of one training, and trainings for one signal


def train(folder: Path, out: Path) -> int:
    """Train in a process of its own, or go on; return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        trainer = run(folder, resume=True)
        if trainer.history.stopped != "interrupted":
            out.with_suffix(".part").write_bytes(pickle.dumps(found(folder, trainer)))
            out.with_suffix(".part").rename(out)
        code = 0
    except SystemExit as ended:
        code = int(str(ended.code))
    finally:
        os._exit(code)


def trial(folder: Path, number: int, waits: Iterator[float], hits: Counter[str]) -> dict[str, Any]:
    """Interrupt a training again and again until it is complete; return what it leaves."""
    folder.mkdir()
    out = folder.with_suffix(".found")
    for attempt in range(MOST + 1):
        child = train(folder, out)
        if attempt < MOST and number:
            time.sleep(next(waits))
            os.kill(child, number)
        _, status = os.waitpid(child, 0)
        if out.exists():
            content: dict[str, Any] = pickle.loads(out.read_bytes())
            return content
        hits[describe(status)] += 1
    raise RuntimeError(f"{folder.name} never came to its end")


def describe(status: int) -> str:
    """Say how a process has ended."""
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"exit {os.WEXITSTATUS(status)}"


def main(folder: Path, wanted: int) -> dict[str, Any]:
    """Compare trainings that were interrupted with one that was not."""
    (folder / "first").mkdir()
    run(folder / "first")  # what is loaded now need not be loaded by each process
    started = time.monotonic()
    whole = trial(folder / "whole", 0, iter(()), Counter())
    chance, longest = random.Random(0), 0.8 * (time.monotonic() - started)
    waits = iter(lambda: chance.uniform(0.0, longest), None)
    ends, wrong = dict[str, Counter[str]](), list[str]()
    for number in SIGNALS:
        hits = ends[number.name] = Counter[str]()
        for k in range(TRIALS):
            left = trial(folder / f"{number.name}-{k}", number, waits, hits)
            wrong += [f"{number.name} {place}" for place in differences(whole, left)]
            if hits.total() >= wanted:
                break
    return {"ends": ends, "wrong": wrong}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
