"""The trainings behind :mod:`benchmarks.event_labels`: templates and networks from few labels."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.optim import Adam
from torch.utils.data import DataLoader, RandomSampler

from asctools.bells import BellFrame, Windows
from asctools.bells.pursuit import TemplatePursuit
from asctools.bells.pursuit.self_training import Round, self_train
from asctools.course.stored import KeptRun
from asctools.events import files
from asctools.events.data import EventDataset, collate_fn_supervised
from asctools.events.losses import EventTimingLoss
from asctools.events.metrics import evaluate
from asctools.events.models import LSTMEventClassifier
from asctools.events.pretraining import encoder_file, layerwise_rates, pretrain, started_from
from asctools.events.trainers import SupervisedTrainer, calibrated, predict
from asctools.tasks.event_data import Sources
from asctools.training.schedulers import make

TUNED_AT = 200  # labels
RATES = (0.004, 0.008, 0.016)
LENGTHS = (200, 300, 600)
MODEL: dict[str, Any] = {"hidden_size": 64, "num_layers": 1}  # as configs/events.yaml
PRETRAINING_RATES = {"autoencoder": 0.01, "variational": 0.01, "contrastive": 0.005}
BATCH, CROP = 16, 400
DROPOUT, DECAY = 0.3, 0.5  # the ideas: dropout from scratch, slower rates below if pretrained


class Setting(NamedTuple):
    """How a network is trained: its highest learning rate, and whether with the one idea more."""

    rate: float
    idea: bool = False


class Bench(NamedTuple):
    """The windows, where runs are kept, CPU-seconds of a network's training, and of one step."""

    sources: Sources
    folder: Path
    seconds: float
    step: float


def parted(bench: Bench, labels: int, seed: int) -> tuple[Windows, Windows]:
    """Return the labelled windows, and the others in an order that the seed draws."""
    order = np.random.default_rng(seed).permutation(bench.sources.train.number)
    return bench.sources.train.part(order[:labels]), bench.sources.train.part(order[labels:])


def pursuit(bench: Bench, arm: str, labels: int, seed: int) -> KeptRun:
    """Learn templates, perhaps go on with what is not labelled, and look at the test."""
    known, others = parted(bench, labels, seed)
    val, rounds = bench.sources.val, list[Round]()
    started = process_time()
    fits = [TemplatePursuit(length=length).fit(known, validation=val) for length in LENGTHS]
    found = max(fits, key=partial(on_validation, val))
    length = found.settings.length
    if arm == "self-training":
        how: dict[str, Any] = {"truth": others.strikes, "report": rounds.append}
        found = self_train(found, others, known, validation=val, length=LENGTHS[-1], **how)
    seconds = process_time() - started
    picks = tuple(found.detect(window) for window in bench.sources.test.data)
    about = {"length": length, "rounds": [each._asdict() for each in rounds]}
    return KeptRun(arm, labels, seed, seconds, picks, about)


def on_validation(val: Windows, detector: TemplatePursuit) -> float:
    """Return F1 at ±5 ms."""
    return evaluate([detector.detect(window) for window in val.data], val.strikes, 5.0).f1


def network(bench: Bench, arm: str, labels: int, seed: int) -> KeptRun:
    """Train a network as its arm was tuned, keep it, and look at the test."""
    setting = tuned(bench, arm)
    model, seconds = trained(bench, arm, labels, seed, setting)
    file = calibrated(model, loader(bench.sources.val), setting._asdict())
    files.write(bench.folder / f"events-{arm}-{labels}-{seed}.npz", file)
    found = predict(model, loader(bench.sources.test))
    kept = tuple(found.kept(file.threshold, model.refractory_period_samples))
    return KeptRun(arm, labels, seed, seconds, kept, setting._asdict())


def trained(
    bench: Bench, arm: str, labels: int, seed: int, setting: Setting
) -> tuple[LSTMEventClassifier, float]:
    """Return a network, and its CPU-seconds, those of its pretraining included."""
    known, _ = parted(bench, labels, seed)
    scratch = arm.startswith("scratch")
    path, before = (None, 0.0) if scratch else encoder(bench, arm, seed)
    steps = max(1, round(bench.seconds * (1.0 if arm == "scratch" else 0.5) / bench.step))
    started = process_time()
    model = first(path, setting, seed)
    if scratch:
        model.normalise.fit(known.data)
    decay = 1.0 if scratch or not setting.idea else DECAY
    learn(model, known, setting.rate, decay, steps, seed)
    return model, before + process_time() - started


def first(path: Path | None, setting: Setting, seed: int) -> LSTMEventClassifier:
    """Return a network before its training."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if path is not None:
            return started_from(path, dropout=0.0)
        return LSTMEventClassifier(**MODEL, dropout=DROPOUT if setting.idea else 0.0)


def learn(
    model: LSTMEventClassifier, known: Windows, rate: float, decay: float, steps: int, seed: int
) -> None:
    """Take so many steps; where the windows are used up they begin anew."""
    optimizer = Adam(layerwise_rates(model, rate, decay))
    trainer = SupervisedTrainer(
        model,
        EventTimingLoss(),
        optimizer,
        scheduler=make("one_cycle", optimizer, num_epochs=steps),
        scheduler_interval="step",
        seed=seed,
        device="cpu",
    )
    dataset = EventDataset(known.data, strikes=known.strikes, crop=CROP)
    order = torch.Generator().manual_seed(seed)
    drawn = RandomSampler(dataset, num_samples=steps * BATCH, generator=order)
    trainer.fit(DataLoader(dataset, BATCH, sampler=drawn, collate_fn=collate_fn_supervised))


def encoder(bench: Bench, arm: str, seed: int) -> tuple[Path, float]:
    """Pretrain on all windows without labels, or find it done: a file, and its CPU-seconds."""
    path = bench.folder / f"encoder-{arm}-{seed}.npz"
    if not path.exists():
        how: dict[str, Any] = {"seconds": bench.seconds / 2, "seed": seed, "model": MODEL}
        how["learning_rate"] = PRETRAINING_RATES[arm]
        done = pretrain(arm, bench.sources.train.data, **how)
        about = {"seconds": done.seconds, "steps": done.steps}
        files.write(path, encoder_file(done.model, about), half=False)
    return path, float(files.read(path).about["seconds"])


def tuned(bench: Bench, arm: str) -> Setting:
    """Return what validation prefers at 200 labels: of three learning rates, then one idea more."""
    arm = arm.removesuffix("-half")  # it explains another arm, and has its settings
    path = bench.folder / f"tuned-{arm}.json"
    tried: dict[str, float] = json.loads(path.read_text()) if path.exists() else {}

    def value(setting: Setting) -> float:
        name = f"{setting.rate:g}{' with the idea' if setting.idea else ''}"
        if name not in tried:
            model, _ = trained(bench, arm, TUNED_AT, 0, setting)
            tried[name] = network_on_validation(bench, model)
            path.write_text(json.dumps(tried))
        return tried[name]

    best = max((Setting(rate) for rate in RATES), key=value)
    return max((best, best._replace(idea=True)), key=value)


def network_on_validation(bench: Bench, model: LSTMEventClassifier) -> float:
    """Return F1 at ±5 ms at its best threshold."""
    batches = loader(bench.sources.val)
    threshold, found = calibrated(model, batches).threshold, predict(model, batches)
    kept = found.kept(threshold, model.refractory_period_samples)
    return evaluate(kept, found.strikes, 5.0).f1


def loader(windows: Windows) -> DataLoader[Any]:
    """Return batches of windows in their order."""
    dataset = EventDataset(windows.data, strikes=windows.strikes)
    return DataLoader(dataset, 50, collate_fn=collate_fn_supervised)


def step_seconds(steps: int = 10) -> float:
    """Return the CPU-seconds of a step of training, the least of three trials."""
    model, known = LSTMEventClassifier(**MODEL), BellFrame(0).windows(BATCH, 2.0, 0)
    costs = []
    for _ in range(3):
        started = process_time()
        learn(model, known, RATES[0], 1.0, steps, 0)
        costs.append((process_time() - started) / steps)
    return min(costs)
