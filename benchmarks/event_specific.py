"""What each part of the event-specific model buys: each left out, over seeds, on the same windows.

    python -m benchmarks.event_specific                # three seeds, about an hour
    python -m benchmarks.event_specific --quick        # a twentieth of the training
    python -m benchmarks.event_specific --write        # and keep what they found for the page

The first row is the whole model at its full budget; all others have a third of it, the whole model
among them. A seed draws the first weights and the order of the batches; bell frame and windows are
those of the shipped configuration. Every training is that of ``python -m asctools train
event_specific`` with a few keys changed. "relative" is the share of the oracle's F1 at 5 ms. CPU
seconds are those of one thread, the pursuit that gives the first templates included.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import torch

from asctools.bells.pursuit import TemplatePursuit, oracle
from asctools.course import stored
from asctools.events import files
from asctools.events.detect import load
from asctools.events.trainers import calibrated, predict
from asctools.tasks.choice import Choice, choose, file_of
from asctools.tasks.event_data import Sources, scores_of
from asctools.tasks.event_parts import Windowed, origin, sources_of
from asctools.tasks.known.event_specific import ready
from asctools.training.callbacks.base import Callback
from asctools.training.lstm_trainer import LSTMTrainer

WEIGHTS = Path(__file__).parent.parent / "asctools" / "weights"
QUICK = ("data.n_train=250", "data.n_val=40", "data.n_test=60")
SHORT = "training.num_epochs=1"
ARMS: Mapping[str, Sequence[str]] = {
    "full": (),
    "short": (SHORT,),
    "from noise": (SHORT, "model.start=noise", "parameter_groups.other.learning_rate=null"),
    "no whitening": (SHORT, "model.whiten=false"),
    "no explaining away": (SHORT, "model.rounds=0"),
    "no convolutions": (SHORT, "model.event_convolutions=false"),
    "no heads": (SHORT, "model.timing_heads=false"),
    "no LSTM": (SHORT, "model.recurrent=none"),
}
COLUMNS = ("loss", "timing_loss", "template_loss", "val_f1")  # of the history
CLASSIFIERS = ("standard", "standard-seed1", "standard-seed2")
PATHS = ("full", "from noise")  # whose templates are kept for every epoch
HEAD = (
    f"{'':28} {'F1@5':23} {'F1@2.5':>7} {'F1@10':>6} {'error/ms':>9} {'relative':>9}"
    f" {'CPU s':>7} {'numbers':>9}"
)


class Trained(NamedTuple):
    """What a training has left, and what it cost.

    Attributes
    ----------
    run
        For :mod:`asctools.course.stored`.
    file
        The model.
    templates
        The bank's waveforms at the start and after each epoch, (epochs + 1, E, C, L).
    scores
        Of the test windows.
    """

    run: stored.KeptRun
    file: files.ModelFile
    templates: np.ndarray
    scores: dict[str, float]


class TemplatesOverEpochs(Callback):
    """Keep what the bank looks like, at the start and after each epoch."""

    def __init__(self) -> None:
        self.seen: list[np.ndarray] = []

    def on_fit_start(self, trainer: Any) -> None:
        self._look(trainer)

    def on_epoch_end(self, trainer: Any) -> None:
        self._look(trainer)

    def _look(self, trainer: Any) -> None:
        self.seen.append(trainer.model.bank.waveforms().detach().numpy().astype(np.float16))


def configured(arm: str, seed: int, quick: bool = False) -> Choice:
    """Return the shipped configuration, changed for an arm."""
    changes = (*(QUICK if quick else ()), *ARMS[arm])
    return choose(file_of("event_specific"), changes, seed)


def trained(arm: str, seed: int, sources: Sources, quick: bool = False) -> Trained:
    """Train an arm, freeze its threshold on validation, and let it look at the test."""
    choice = configured(arm, seed, quick)
    templates = TemplatesOverEpochs()
    started = process_time()
    prepared = ready(choice.config, sources)
    trainer = LSTMTrainer(
        prepared.model,
        choice.config,
        "cpu",
        step=prepared.step,
        scores=prepared.scores,
        callbacks=[templates],
        normaliser=prepared.normaliser,
    )
    trainer.train(prepared.train_loader, prepared.val_loader)
    seconds = process_time() - started
    model: Any = prepared.model
    windowed = Windowed(sources, model.num_events, model.refractory_period_samples)
    file = calibrated(model, windowed.loader(sources.val), origin(choice.config))
    found = predict(model, windowed.loader(sources.test))
    picks = found.kept(file.threshold, model.refractory_period_samples)
    scores = scores_of(picks, found.strikes, sources.rate, model.num_events)
    about = {
        "parameters": sum(each.numel() for each in model.parameters()),
        "threshold": file.threshold,
        "scores": scores,
        "changes": list(ARMS[arm]),
        "history": {name: [float(each) for each in trainer.history[name]] for name in COLUMNS},
    }
    run = stored.KeptRun(arm, sources.train.number, seed, seconds, tuple(picks), about)
    return Trained(run, file, np.stack(templates.seen), scores)


def keep(each: Trained, runs: list[stored.KeptRun]) -> None:
    """Write what a training has left beside the library's own weights."""
    arm, seed = each.run.arm, each.run.seed
    stored.write(WEIGHTS / "runs-specific.npz", runs)
    if arm == "full":
        files.write(WEIGHTS / f"events-specific{f'-seed{seed}' if seed else ''}.npz", each.file)
    if arm in PATHS and not seed:
        name = arm.replace(" ", "-")
        np.savez_compressed(WEIGHTS / f"templates-{name}.npz", templates=each.templates)


def known() -> list[stored.KeptRun]:
    """Return the runs that have been kept, so that an interrupted table goes on."""
    return list(stored.read("specific")) if "specific" in stored.names() else []


def table(seeds: int, quick: bool, write: bool = False) -> None:
    """Train every arm with every seed, and print medians and the range of F1.

    Parameters
    ----------
    seeds
        How many, from 0 on.
    quick
        A tenth of the windows.
    write
        Whether to keep weights and runs in the library; what is kept already is not run again.
    """
    sources = sources_of(configured("full", 0, quick).config)
    beside = rivals(sources)
    best = beside["the oracle"][0]["F1@5"]
    print(HEAD, flush=True)
    for name, scores in beside.items():
        print(row(name, scores, best), flush=True)
    runs = known() if write else []
    order = sorted(itertools.product(range(seeds), ARMS), key=lambda pair: pair[1] != "full")
    for seed, arm in order:
        if not stored.chosen(runs, arm, seed=seed):
            each = trained(arm, seed, sources, quick)
            runs.append(each.run)
            print(line(f"{arm}, seed {seed}", [each.run], best), file=sys.stderr, flush=True)
            if write:
                keep(each, runs)
    for arm in ARMS:
        print(line(arm, stored.chosen(runs, arm), best), flush=True)


def rivals(sources: Sources) -> dict[str, list[dict[str, float]]]:
    """Score what knows the truth, what a fit knows, and the classifiers that ship."""
    assert sources.frame is not None
    pursuits = {
        "the oracle": oracle(sources.frame, sources.train, validation=sources.val),
        "template pursuit": TemplatePursuit().fit(sources.train, validation=sources.val),
    }
    true = sources.test.strikes
    rows = {
        name: [scores_of([each.detect(window) for window in sources.test.data], true)]
        for name, each in pursuits.items()
    }
    rows["the classifier, as it ships"] = [shipped(name, sources) for name in CLASSIFIERS]
    return rows


def shipped(name: str, sources: Sources) -> dict[str, float]:
    """Score a model of the library on the test windows."""
    model, file = load(name)
    network: Any = model
    windowed = Windowed(sources, network.num_events, network.refractory_period_samples)
    found = predict(model, windowed.loader(sources.test))
    picks = found.kept(file.threshold, network.refractory_period_samples)
    return scores_of(picks, found.strikes)


def line(arm: str, runs: Sequence[stored.KeptRun], best: float) -> str:
    """Return the row of an arm, with what it cost and how many numbers it has learned."""
    scores = row(arm, [run.about["scores"] for run in runs], best)
    return f"{scores} {median(run.seconds for run in runs):7.1f} {runs[0].about['parameters']:9,}"


def row(name: str, scores: Sequence[Mapping[str, float]], best: float) -> str:
    """Return a row: medians over the seeds, and the range of F1 at 5 ms."""
    f1 = [each["F1@5"] for each in scores]
    middle = {column: median(each[column] for each in scores) for column in scores[0]}
    return (
        f"{name:28} {middle['F1@5']:.3f} ({min(f1):.3f} to {max(f1):.3f}) {middle['F1@2.5']:7.3f}"
        f" {middle['F1@10']:6.3f} {middle['error/ms']:9.2f} {median(f1) / best:9.3f}"
    )


def main(arguments: list[str]) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    seeds = int(arguments[arguments.index("--seeds") + 1]) if "--seeds" in arguments else 3
    table(seeds, "--quick" in arguments, "--write" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
