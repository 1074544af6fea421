"""How few labels are enough: ways to learn from 50, 200 and 1,000 labelled windows.

    python -m benchmarks.events --labels           # three quarters of an hour
    python -m benchmarks.events --labels --quick   # some minutes; its numbers mean nothing

The windows are those of ``python -m asctools train events``. A seed draws which of the training
windows are labelled (the 50 are among the 200), and the first weights. All 2,500 windows may be
listened to without their labels. The threshold of each run comes from the same validation windows.

Equal compute: a network from scratch trains for ``SECONDS`` on a core; one that was pretrained
spends half of that on pretraining, which all its runs of one seed share, and half on fine-tuning.
"scratch-half" has no first half at all: it shows what pretraining brings beside nothing.
Equal tuning: each arm tries three settings (learning rates, lengths of templates), a network also
one idea more, and validation chooses: for a network at 200 labels and seed 0, for templates in each
run, which takes a second. The test windows choose nothing.

Each run is a file in ``FOLDER``: what is there is not made again. ``runs-labels.npz`` holds them
all; the book reads the one in ``asctools/weights``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

import numpy as np

from asctools.bells.pursuit import oracle
from asctools.course.compared import gain
from asctools.course.stored import KeptRun, chosen, read, write
from asctools.events.metrics import evaluate
from asctools.tasks.event_data import from_simulator
from benchmarks.label_runs import Bench, network, pursuit, step_seconds

FOLDER = Path("runs/labels")
SECONDS = 48.0
STEP = "step-seconds.txt"  # measured once, so that every run takes as many steps
PRETRAINED = ("autoencoder", "variational", "contrastive")
NETWORKS = ("scratch", "scratch-half", *PRETRAINED)
ARMS = (*NETWORKS, "templates", "self-training")
LABELS = (50, 200, 1000)


def table(seeds: int, quick: bool) -> None:
    """Make the runs that are not there yet, and print what they reach."""
    bench = prepared(quick)
    runs = [run_of(bench, *cell) for cell in cells(seeds)]
    write(bench.folder / "runs-labels.npz", runs)
    show(bench, runs)


def prepared(quick: bool) -> Bench:
    """Make the windows, and a folder for the runs."""
    sizes = (1200, 40, 60) if quick else (2500, 100, 300)
    folder = FOLDER.with_name(f"{FOLDER.name}-quick") if quick else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    step = folder / STEP
    if not step.exists():
        step.write_text(repr(step_seconds()))
    sources = from_simulator(0, "standard", sizes, 2.0, 0)
    return Bench(sources, folder, 2.0 if quick else SECONDS, float(step.read_text()))


def cells(seeds: int) -> Iterator[tuple[str, int, int]]:
    """Give arm, labels and seed of each run."""
    for seed in range(seeds):
        for labels in LABELS:
            for arm in ARMS:
                yield arm, labels, seed


def run_of(bench: Bench, arm: str, labels: int, seed: int) -> KeptRun:
    """Make a run, or read it if it was made."""
    path = bench.folder / f"run-{arm}-{labels}-{seed}.npz"
    if not path.exists():
        made = network if arm in NETWORKS else pursuit
        write(path, [made(bench, arm, labels, seed)])
        print(f"{arm} with {labels} labels, seed {seed}: made", flush=True)
    return read(path)[0]


def show(bench: Bench, runs: Sequence[KeptRun]) -> None:
    """Print F1 at 5 ms over seeds, its range, and by how much it is above that from scratch."""
    test, sources = bench.sources.test, bench.sources
    assert sources.frame is not None
    known = oracle(sources.frame, sources.train, validation=sources.val)
    best = evaluate([known.detect(window) for window in test.data], test.strikes, 5.0).f1
    print(
        f"\n{'labels':6}  {'arm':14} {'F1@5 (seeds)':22} {'relative':>9}"
        f"  {'above scratch':23} {'ms':>6} {'CPU s':>8}    oracle {best:.3f}"
    )
    for labels, arm in dict.fromkeys((run.labels, run.arm) for run in runs):
        mine = chosen(runs, arm, labels)
        scores = [evaluate(run.picks, test.strikes, 5.0) for run in mine]
        f1 = [each.f1 for each in scores]
        scratch = chosen(runs, "scratch", labels)
        above = gain(mine, scratch, test.strikes, np.random.default_rng(0))
        print(
            f"{labels:6}  {arm:14} {mean(f1):.3f} ({min(f1):.3f} to {max(f1):.3f})"
            f" {mean(f1) / best:9.3f}  {above.value:+.3f} [{above.low:+.3f}, {above.high:+.3f}]"
            f" {mean(each.mean_error_ms for each in scores):6.2f}"
            f" {mean(run.seconds for run in mine):8.1f}"
        )
