"""Which bell, and when: the classifier beside its rivals, over seeds, levels, designs and lengths.

    python -m benchmarks.events            # all tables
    python -m benchmarks.events --seeds 5  # more seeds at level standard
    python -m benchmarks.events --levels   # this part alone; so --designs, --speed
    python -m benchmarks.events --quick    # a twentieth of the training

A seed draws the bell frame, its recordings, the first weights and the order of the batches. Every
training is that of ``python -m asctools train events`` with a few keys changed. Scores are those
of test windows from other recordings of the same frame, at the threshold of the validation windows.
"relative" is the share of the oracle's F1 of the same run. Times are processor times of one thread.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from asctools.bells import BellFrame, EnergyDetector, oracle
from asctools.bells.pursuit import TemplatePursuit
from asctools.events import files
from asctools.events.detect import detect_recording, load
from asctools.events.metrics import best_threshold, evaluate
from asctools.events.models import LSTMEventClassifier
from asctools.events.models.rivals import UNetEventClassifier
from asctools.events.stream import StreamingDetector
from asctools.events.trainers import calibrated, predict
from asctools.tasks import Prepared
from asctools.tasks.choice import Choice, choose, file_of
from asctools.tasks.event_data import Sources, from_simulator
from asctools.training.lstm_trainer import LSTMTrainer
from benchmarks import full_rate

LEVELS = ("quiet", "light", "hard")
QUICK = ("data.n_train=250", "data.n_val=40", "data.n_test=60", "training.num_epochs=4")
EPOCHS = {"quiet": 3, "light": 3}  # a minute is enough there
DESIGNS = {
    "no LSTM": ("model.recurrent=none",),
    "a TCN instead": ("model.recurrent=tcn",),
    "attention on frames": ("model.attention=local",),
    "causal": ("model.causal=true",),
}
Changes = Sequence[str]


class Score(NamedTuple):
    """What a system reaches on the test, and the CPU-seconds that it took to make."""

    f1_2: float
    f1_5: float
    f1_10: float
    error_ms: float
    seconds: float
    oracle: float = np.nan


def score(found: Sequence[Any], true: Sequence[Any], seconds: float) -> Score:
    """Score picks at three tolerances."""
    at = [evaluate(found, true, tolerance) for tolerance in (2.5, 5.0, 10.0)]
    return Score(*(each.f1 for each in at), at[1].mean_error_ms, seconds)


def chosen(changes: Changes, seed: int, quick: bool) -> Choice:
    """Return the shipped configuration with a seed for everything, and changes."""
    seeds = (f"data.frame={seed}", f"data.seed={seed}")
    return choose(file_of("events"), (*seeds, *changes, *(QUICK if quick else ())), seed)


def trained(choice: Choice, model: nn.Module | None = None) -> tuple[nn.Module, Prepared, float]:
    """Train as the configuration says, perhaps another network; also return its CPU-seconds."""
    started = process_time()
    prepared = choice.task.prepare(choice.config)
    if model is not None:
        model.normalise.take(prepared.normaliser)  # type: ignore[union-attr, operator]
        prepared.model = model
    trainer = LSTMTrainer(
        prepared.model,
        choice.config,
        "cpu",
        step=prepared.step,
        scores=prepared.scores,
        normaliser=prepared.normaliser,
    )
    trainer.train(prepared.train_loader, prepared.val_loader)
    return prepared.model.eval(), prepared, process_time() - started


def network(choice: Choice, sources: Sources, model: nn.Module | None = None) -> Score:
    """Train a network, freeze its threshold on validation, and score it on the test."""
    model, prepared, seconds = trained(choice, model)
    threshold = calibrated(model, prepared.val_loader or ()).threshold
    found = predict(model, loader(prepared, sources.test))
    kept = found.kept(threshold, model.refractory_period_samples)
    return score(kept, found.strikes, seconds)


def loader(prepared: Prepared, windows: Any) -> Any:
    """Return batches of other windows, as those of validation are made."""
    from torch.utils.data import DataLoader

    from asctools.events.data import EventDataset, collate_fn_supervised

    return DataLoader(
        EventDataset(windows.data, strikes=windows.strikes), 50, collate_fn=collate_fn_supervised
    )


def windows_of(choice: Choice) -> Sources:
    """Make the same windows as the training of this configuration does."""
    data: Any = choice.config.data
    sizes = (data.n_train, data.n_val, data.n_test)
    return from_simulator(data.frame, data.level, sizes, data.seconds, data.seed)


def rivals(sources: Sources) -> dict[str, Score]:
    """Fit and score what needs no network."""
    makers = {
        "energy detector": lambda: EnergyDetector().fit(sources.train),
        "template pursuit": lambda: TemplatePursuit().fit(sources.train, validation=sources.val),
        "oracle": lambda: oracle(sources.frame, sources.train, validation=sources.val),
    }
    rows = {}
    for name, make in makers.items():
        started = process_time()
        detector: Any = make()
        seconds = process_time() - started
        found = [detector.detect(window) for window in sources.test.data]
        rows[name] = score(found, sources.test.strikes, seconds)
    return rows


def beside(changes: Changes, seed: int, quick: bool) -> dict[str, Score]:
    """Train and score the classifier and its rivals on the same windows."""
    choice = chosen(changes, seed, quick)
    sources = windows_of(choice)
    rows = rivals(sources) | {"LSTM classifier": network(choice, sources)}
    best = rows["oracle"].f1_5
    return {name: row._replace(oracle=best) for name, row in rows.items()}


def line(name: str, scores: Sequence[Score]) -> str:
    """Return a row of a table: medians over the seeds, and the range of F1 at 5 ms."""
    values = [each.f1_5 for each in scores]
    middle = Score(*(median(column) for column in zip(*scores, strict=True)))
    relative = median(each.f1_5 / each.oracle for each in scores)
    spread = f"({min(values):.3f} to {max(values):.3f})" if len(scores) > 1 else ""
    return (
        f"{name:30} {middle.f1_5:.3f} {spread:17} {middle.f1_2:7.3f} {middle.f1_10:6.3f}"
        f" {middle.error_ms:9.2f} {relative:9.3f} {middle.seconds:7.1f}"
    )


def head(title: str) -> None:
    """Print what the columns are."""
    print(
        f"\n{title:30} {'F1@5':23} {'F1@2.5':>7} {'F1@10':>6} {'error/ms':>9} {'relative':>9}"
        f" {'CPU s':>7}",
        flush=True,
    )


def over_seeds(seeds: int, quick: bool) -> None:
    """Print level standard over seeds."""
    head("level standard")
    runs = [beside((), seed, quick) for seed in range(seeds)]
    for name in runs[0]:
        print(line(name, [run[name] for run in runs]), flush=True)


def levels(quick: bool) -> None:
    """Print the other levels, one seed."""
    for level in LEVELS:
        head(f"level {level}")
        epochs = [f"training.num_epochs={EPOCHS[level]}"] if level in EPOCHS else []
        for name, row in beside([f"data.level={level}", *epochs], 0, quick).items():
            print(line(name, [row]), flush=True)


def designs(quick: bool) -> None:
    """Print other designs in the CPU time of the classifier, one seed, level standard."""
    head("designs, equal compute")
    choice = chosen((), 0, quick)
    sources = windows_of(choice)
    best = rivals(sources)["oracle"].f1_5
    lstm = network(choice, sources)
    print(line("LSTM classifier", [lstm._replace(oracle=best)]), flush=True)
    for name, changes in DESIGNS.items():
        fair = (*changes, f"training.num_epochs={epochs(changes, lstm.seconds, quick)}")
        row = network(chosen(fair, 0, quick=False) if not quick else _quick(fair), sources)
        print(line(name, [row._replace(oracle=best)]), flush=True)
    row = network(choice, sources, UNetEventClassifier())
    print(line("a small U-Net", [row._replace(oracle=best)]), flush=True)
    for name, row in published(lstm.seconds, quick).items():
        print(line(name, [row._replace(oracle=best)]), flush=True)
