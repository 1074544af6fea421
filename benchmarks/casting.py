"""Defects of a steel caster: the LSTM beside its rivals, over seeds, and what each setting does.

    python -m benchmarks.casting            # the table of the book, three seeds
    python -m benchmarks.casting --seeds 6  # more of them
    python -m benchmarks.casting --knobs    # the task made easier and harder, one seed

A seed draws the caster's data, the split by heats, the first weights and the order of the batches.
Scores are those of test windows from heats that nobody has seen. Times are processor times of one
thread, features and choice of the best epoch included.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Mapping
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from asctools.casting import CastingData, Normaliser, SteelDefectLSTM, features, simulate, split
from asctools.casting.baselines import Features, fit
from asctools.training.binary_step import BinaryStep
from asctools.training.lstm_trainer import LSTMTrainer
from asctools.training.scores import auc_roc, average_precision

SETTINGS: dict[str, Any] = {
    "training": {"num_epochs": 12, "batch_size": 32, "learning_rate": 7e-3},
    "scheduler": {"type": "none"},
    "loss": {"pos_weight_multiplier": 1.0},
    "early_stopping": {"monitor": "val_auc_roc", "patience": 12},
}
UNWEIGHTED = {"loss": {"pos_weight": 1.0}}

RIVALS: dict[str, tuple[str, Features]] = {
    "logistic regression, all readings": ("logistic", features.raw),
    "logistic regression, order-free": ("logistic", features.order_free),
    "boosting, order-free": ("boosting", features.order_free),
    "boosting, with order": ("boosting", features.with_order),
    "boosting, told the cause": ("boosting", features.told),
}
NETWORKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "LSTM, maximum over time": ({}, {}),
    "LSTM, mean over time": ({"pooling": "mean"}, {}),
    "LSTM, last step": ({"pooling": "last"}, {}),
    "LSTM, no pos_weight": ({}, UNWEIGHTED),
}
PROBES: dict[str, tuple[str, Features]] = {
    "neighbours, means of the channels": ("neighbours", features.means),
    "boosting, order-free": ("boosting", features.order_free),
    "boosting, with order": ("boosting", features.with_order),
}
KNOBS: tuple[dict[str, Any], ...] = (
    {},
    {"signal": 0.7},
    {"signal": 1.4},
    {"crowd": 0.0},
    {"crowd": 0.25},
    {"crowd": 0.75},
    {"fingerprint": 0.0},
    {"fingerprint": 2.0},
    {"habit": 0.1},
    {"habit": 10.0},
    {"label_noise": 0.02},
    {"defect_rate": 0.04},
)
Parts = list[CastingData]


class Score(NamedTuple):
    """AUC-ROC, AUC-PR and the CPU seconds that they took."""

    auc_roc: float
    auc_pr: float
    seconds: float


def score(test: CastingData, chance: np.ndarray, started: float) -> Score:
    """Score the chances that a method gives the test windows."""
    seconds = process_time() - started
    return Score(auc_roc(test.y, chance), average_precision(test.y, chance), seconds)


def rival(parts: Parts, model: str, see: Features) -> Score:
    """Fit and score one method without a recurrent network."""
    started = process_time()
    return score(parts[2], fit(model, see, parts[0])(parts[2].x), started)


def loaders(parts: Parts, seed: int) -> list[DataLoader[Any]]:
    """Return the parts as loaders of normalised batches; the first is shuffled."""
    normalise = Normaliser.fit(parts[0].x)
    data = [
        TensorDataset(torch.from_numpy(normalise(p.x)), torch.from_numpy(p.y).float())
        for p in parts
    ]
    order = torch.Generator().manual_seed(seed)
    size = SETTINGS["training"]["batch_size"]
    train = DataLoader(data[0], size, shuffle=True, generator=order)
    return [train, *(DataLoader(each, 256) for each in data[1:])]


def network(
    parts: Parts, seed: int, model: Mapping[str, Any], settings: Mapping[str, Any]
) -> Score:
    """Train the network, keep its best epoch, and score that."""
    started = process_time()
    train, val, test = loaders(parts, seed)
    torch.manual_seed(seed)
    trainer = LSTMTrainer(SteelDefectLSTM(model), {**SETTINGS, **settings}, "cpu")
    trainer.train(train, val)
    with torch.no_grad():
        chance = [torch.sigmoid(trainer.model.eval()(x)) for x, _ in test]
    return score(parts[2], torch.cat(chance).numpy(), started)


def caster(seed: int, by: str = "heat", **knobs: Any) -> Parts:
    """Return the training, validation and test windows of a seed."""
    return split(simulate(seed=seed, **knobs), by=by, seed=seed)


def line(name: str, scores: list[Score]) -> str:
    """Return a row of the table: medians over the seeds, and the range."""
    cells = []
    for which in (0, 1):
        values = [each[which] for each in scores]
        cells.append(f"{median(values):.3f} ({min(values):.3f} to {max(values):.3f})")
    seconds = median(each.seconds for each in scores)
    return f"{name:36} {cells[0]:26} {cells[1]:26} {seconds:6.1f}"


def table(seeds: int) -> None:
    """Print the rivals, the networks, the oracle, and what a split by windows pretends."""
    print(f"{'':36} {'AUC-ROC':26} {'AUC-PR':26} {'CPU s':>6}")
    data = [caster(seed) for seed in range(seeds)]
    for name, (model, see) in RIVALS.items():
        print(line(name, [rival(parts, model, see) for parts in data]), flush=True)
    for name, (config, settings) in NETWORKS.items():
        rows = [network(parts, seed, config, settings) for seed, parts in enumerate(data)]
        print(line(name, rows), flush=True)
    oracle = [score(parts[2], parts[2].chance, process_time()) for parts in data]
    print(line("oracle", oracle))
    leaking = [caster(seed, by="window") for seed in range(seeds)]
    for name, (model, see) in PROBES.items():
        for by, found in (("heats", data), ("windows", leaking)):
            rows = [rival(parts, model, see) for parts in found]
            print(line(f"{name}, by {by}"[:36], rows), flush=True)


def knobs() -> None:
    """Print AUC-ROC and AUC-PR at other settings of the simulator, all for seed 0."""
    names = ("order-free", "with order", "LSTM", "oracle", "neighbours by windows")
    print(f"{'':20}" + "".join(f"{name:>22}" for name in names))
    for knob in KNOBS:
        parts, leaking = caster(0, **knob), caster(0, by="window", **knob)
        scores = (
            rival(parts, "boosting", features.order_free),
            rival(parts, "boosting", features.with_order),
            network(parts, 0, {}, {}),
            score(parts[2], parts[2].chance, process_time()),
            rival(leaking, "neighbours", features.means),
        )
        cells = "".join(f"{each.auc_roc:15.3f} / {each.auc_pr:.2f}" for each in scores)
        name = ", ".join(f"{key} {value:g}" for key, value in knob.items())
        print(f"{name or 'as it is':20}{cells}", flush=True)


def cost() -> None:
    """Print what a batch and an epoch of 1000 windows cost, and the memory of all this."""
    x = torch.randn(1000, 120, 6)
    y = (torch.rand(1000) < 0.08).float()
    trainer = LSTMTrainer(SteelDefectLSTM(), SETTINGS, "cpu")
    step, optimizer = BinaryStep(), trainer.optimizer

    def train(rows: slice) -> None:
        optimizer.zero_grad()
        step(trainer.model, (x[rows], y[rows])).loss.backward()
        optimizer.step()

    def epoch() -> None:
        for start in range(0, 1000, 32):
            train(slice(start, start + 32))

    for name, job in (("batch of 64", lambda: train(slice(64))), ("1000 windows", epoch)):
        print(f"{name:36} {1e3 * least(job):8.1f} CPU ms")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'memory of this process, at most':36} {memory:8.0f} MB")


def least(job: Callable[[], None], times: int = 5) -> float:
    """Return the least CPU time of a job in seconds."""
    seconds = []
    for _ in range(times):
        started = process_time()
        job()
        seconds.append(process_time() - started)
    return min(seconds)


def main(arguments: list[str]) -> None:
    """Print what was asked for."""
    torch.set_num_threads(1)
    if "--knobs" in arguments:
        knobs()
        return
    seeds = int(arguments[arguments.index("--seeds") + 1]) if "--seeds" in arguments else 3
    table(seeds)
    cost()


if __name__ == "__main__":
    main(sys.argv[1:])
