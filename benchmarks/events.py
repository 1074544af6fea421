"""Which bell, and when: the classifier beside its rivals, over seeds, levels, designs and lengths.

    python -m benchmarks.events             # all tables, about three hours
    python -m benchmarks.events --seeds 5   # more seeds at level standard
    python -m benchmarks.events --standard  # this part alone; so --levels, --designs, --speed,
                                            # --specific, --rescorer, --labels
    python -m benchmarks.events --quick     # a twentieth of the training

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
from torch.utils.data import DataLoader

from asctools.bells import BellFrame, Windows
from asctools.bells.energy import EnergyDetector
from asctools.bells.pursuit import TemplatePursuit, oracle
from asctools.errors import InputError
from asctools.events.data import EventDataset, collate_fn_supervised
from asctools.events.detect import detect_recording, load
from asctools.events.metrics import best_threshold, evaluate
from asctools.events.models import LSTMEventClassifier
from asctools.events.models.rivals import UNetEventClassifier
from asctools.events.stream import StreamingDetector
from asctools.events.trainers import calibrated, predict
from asctools.settings import to_dict
from asctools.settings.kinds import in_yaml
from asctools.tasks.choice import Choice, choose, file_of
from asctools.tasks.event_data import Sources, from_simulator
from asctools.training.lstm_trainer import LSTMTrainer
from benchmarks import event_labels, event_rescorer, event_specific, full_rate

LEVELS = {"quiet": 3, "light": 3, "hard": None}  # epochs: a minute is enough at the first two
QUICK = (
    "data.n_train=250",
    "data.n_val=40",
    "data.n_test=60",
    "training.num_epochs=4",
)
DESIGNS: dict[str, dict[str, Any]] = {
    "no LSTM": {"recurrent": "none"},
    "a TCN instead": {"recurrent": "tcn"},
    "attention on frames": {"attention": "local"},
    "causal": {"causal": True},
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
    return Score(at[0].f1, at[1].f1, at[2].f1, at[1].mean_error_ms, seconds)


def chosen(changes: Changes, seed: int, quick: bool) -> Choice:
    """Return the shipped configuration with a seed for everything, and changes."""
    seeds = (f"data.frame={seed}", f"data.seed={seed}")
    return choose(file_of("events"), (*seeds, *(QUICK if quick else ()), *changes), seed)


def network(choice: Choice, sources: Sources, another: Any = None) -> Score:
    """Train as configured, perhaps another network; freeze its threshold, and score the test."""
    prepared = choice.task.prepare(choice.config)
    model: Any = prepared.model
    if another is not None:
        another.normalise.take(prepared.normaliser)
        model = another
    how: dict[str, Any] = {"step": prepared.step, "scores": prepared.scores}
    trainer = LSTMTrainer(model, choice.config, "cpu", normaliser=prepared.normaliser, **how)
    started = process_time()
    trainer.train(prepared.train_loader, prepared.val_loader)
    seconds = process_time() - started
    threshold = frozen(model, sources.val)
    found = predict(model, loader(sources.test))
    kept = found.kept(threshold, model.refractory_period_samples)
    return score(kept, found.strikes, seconds)


def frozen(model: nn.Module, windows: Windows) -> float:
    """Return the threshold that validation chooses; any, if the network finds nothing at all."""
    try:
        return calibrated(model, loader(windows)).threshold
    except InputError:
        return 0.5


def loader(windows: Windows, size: int = 50) -> DataLoader[Any]:
    """Return batches of windows, in their order."""
    dataset = EventDataset(windows.data, strikes=windows.strikes)
    return DataLoader(dataset, size, collate_fn=collate_fn_supervised)


def windows_of(choice: Choice) -> Sources:
    """Make the same windows as the training of this configuration does."""
    data: Any = choice.config.data
    sizes = (data.n_train, data.n_val, data.n_test)
    return from_simulator(data.frame, data.level, sizes, data.seconds, data.seed)


def rivals(sources: Sources) -> dict[str, Score]:
    """Fit and score what needs no network."""
    assert sources.frame is not None
    frame = sources.frame
    makers = {
        "energy detector": lambda: EnergyDetector().fit(sources.train),
        "template pursuit": lambda: TemplatePursuit().fit(sources.train, validation=sources.val),
        "oracle": lambda: oracle(frame, sources.train, validation=sources.val),
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
    for level, epochs in LEVELS.items():
        head(f"level {level}")
        fewer = [f"training.num_epochs={epochs}"] if epochs and not quick else []
        for name, row in beside([f"data.level={level}", *fewer], 0, quick).items():
            print(line(name, [row]), flush=True)


def designs(quick: bool) -> None:
    """Print other designs in the CPU time of the classifier: one seed, level standard."""
    head("designs, equal compute")
    choice = chosen((), 0, quick)
    sources = windows_of(choice)
    best = rivals(sources)["oracle"].f1_5
    lstm = network(choice, sources)

    def show(name: str, row: Score) -> None:
        print(line(name, [row._replace(oracle=best)]), flush=True)

    show("LSTM classifier", lstm)
    for name, parts in DESIGNS.items():
        changes = [f"model.{key}={in_yaml(value)}" for key, value in parts.items()]
        show(name, network(as_long(choice, changes, quick), sources))
    epochs = epochs_of(choice, UNetEventClassifier())
    longer = chosen([f"training.num_epochs={epochs}"], 0, quick)
    show("a small U-Net", network(longer, sources, UNetEventClassifier()))
    for name, row in published(lstm.seconds, quick).items():
        show(name, row)


def as_long(choice: Choice, changes: Changes, quick: bool) -> Choice:
    """Change a design, and train it for as many epochs as take the CPU time of the classifier."""
    model: Any = chosen(changes, 0, quick).config.model
    epochs = epochs_of(choice, LSTMEventClassifier(**to_dict(model)))
    return chosen([*changes, f"training.num_epochs={epochs}"], 0, quick)


def epochs_of(choice: Choice, model: nn.Module) -> int:
    """Return the number of epochs that cost as much as those of the classifier."""
    size: Any = choice.config.model
    known = full_rate.step_seconds(LSTMEventClassifier(**to_dict(size)), 4000, 16)
    ratio = known / full_rate.step_seconds(model, 4000, 16)
    return max(1, round(choice.config.training.num_epochs * ratio))


def published(seconds: float, quick: bool) -> dict[str, Score]:
    """Train the design that reads every sample, on windows of 1 s in batches of 4."""
    size = ("data.n_train=500", "data.n_test=200")
    choice = chosen(["data.seconds=1.0", "training.batch_size=4", *size], 0, quick)
    prepared = choice.task.prepare(choice.config)
    normalise: Any = prepared.model.normalise
    sources = windows_of(choice)
    torch.manual_seed(0)
    model, steps, spent = full_rate.train(prepared.train_loader, normalise, seconds)
    rows = {}
    for name, mean in (("its mean", True), ("its maximum", False)):
        on_val, found = (
            full_rate.detect(model, normalise, loader(part, 4), mean)  # attention is large
            for part in (sources.val, sources.test)
        )
        threshold = best_threshold(on_val, sources.val.strikes, 5.0)
        kept = [picks.above(threshold) for picks in found]
        called = f"every sample, {name}, {steps} steps"
        rows[called] = score(kept, sources.test.strikes, spent)
    return rows


def speed(quick: bool) -> None:
    """Print what long recordings, streams and training cost."""
    minutes = 2 if quick else 60
    recording = BellFrame(0).record(60.0, seed=1).signal
    _real_time(recording)  # what the first minute needs, the others need as well
    whole = np.tile(recording, (minutes, 1))
    before = _memory()
    print(f"\na recording of {minutes} minutes", flush=True)
    print(f"  times real time                   {_real_time(whole):9.0f}")
    print(f"  memory beyond that of one minute  {_memory() - before:9.0f} MB")
    print(f"  a stream, CPU-us for 5 ms         {_stream(recording):9.1f}", flush=True)
    size: Any = chosen((), 0, quick).config.model
    framed = full_rate.step_seconds(LSTMEventClassifier(**to_dict(size)), 4000, 16)
    print("training, seconds of signal in a CPU-second")
    print(f"  frames, batch of 16 x 2 s         {1 / framed:9.1f}", flush=True)
    for name, attend in (("with attention", True), ("without", False)):
        cost = full_rate.step_seconds(full_rate.FullRate(attend), 2000, 4, times=1)
        times = f"{cost / framed:7.0f} times slower"
        print(f"  every sample, 4 x 1 s, {name:14} {1 / cost:5.1f}  {times}", flush=True)


def _real_time(signal: np.ndarray) -> float:
    model, file = load("standard")
    started = process_time()
    detect_recording(model, signal, threshold=file.threshold)
    return len(signal) / 2000 / (process_time() - started)


def _stream(signal: np.ndarray, frame: int = 10) -> float:
    stream = StreamingDetector("standard-causal")
    started = process_time()
    for start in range(0, len(signal), frame):
        stream.push(signal[start : start + frame])
    return 1e6 * frame * (process_time() - started) / len(signal)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    """Print what was asked for."""
    torch.set_num_threads(1)
    quick = "--quick" in arguments
    seeds = int(arguments[arguments.index("--seeds") + 1]) if "--seeds" in arguments else 3
    parts = {
        "--standard": lambda: over_seeds(seeds, quick),
        "--levels": lambda: levels(quick),
        "--designs": lambda: designs(quick),
        "--speed": lambda: speed(quick),
        "--specific": lambda: event_specific.table(seeds, quick),
        "--rescorer": lambda: event_rescorer.table(seeds, quick),
        "--labels": lambda: event_labels.table(seeds, quick),
    }
    asked = [name for name in parts if name in arguments] or list(parts)
    for name in asked:
        parts[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
