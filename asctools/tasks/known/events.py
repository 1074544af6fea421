"""Which bell strikes when: the classifier on frames of five milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asctools.settings import Section, key
from asctools.tasks.task import Prepared, Table, Task

if TYPE_CHECKING:
    from asctools.tasks.event_data import Sources
    from asctools.training.config import Config

__all__ = ["TASK", "Data", "Model"]

COLUMNS = ("F1@2.5", "F1@5", "F1@10", "precision", "recall", "error/ms")
FINAL = "events.npz"
STRICT_S = 0.005


@dataclass(frozen=True)
class Data(Section, path="data"):
    """Windows of a simulated bell frame, or of recordings of your own with their labels."""

    source: str = key(
        "simulator", "Where they come from; files: see recordings.", choices=("simulator", "files")
    )
    frame: int = key(0, "simulator: seed of the bell frame.", least=0)
    level: str = key(
        "standard",
        "simulator: how much noise there is.",
        choices=("quiet", "light", "standard", "hard"),
    )
    n_train: int = key(2500, "simulator: windows to train on.", least=1)
    n_val: int = key(100, "simulator: windows that choose the threshold.", least=1)
    n_test: int = key(300, "simulator: windows of the test.", least=1)
    seed: int = key(0, "simulator: of the recordings.", least=0)
    recordings: tuple[str, ...] | None = key(
        None, "files: .npy, .csv or .wav with one column per channel."
    )
    labels: tuple[str, ...] | None = key(
        None, "files: for each of them a .csv with time_s and bell."
    )
    rate: float | None = key(None, "files: of the sensor; null: it is in the file.", above=0)
    gaps: str = key(
        "refuse", "files: windows with a gap are left out by mask.", choices=("refuse", "mask")
    )
    seconds: float = key(2.0, "Of a window.", above=0)
    crop: int = key(400, "Samples cut off at random, so that no two epochs are alike.", least=0)


@dataclass(frozen=True)
class Model(Section, path="model"):
    """What LSTMEventClassifier is called with."""

    input_size: int = key(6, "Channels of the sensors.", least=1)
    hidden_size: int = key(64, "Cells in a layer of the LSTM.", least=1)
    num_layers: int = key(1, "Layers of the LSTM.", least=1)
    num_events: int = key(16, "Bells, or whatever strikes.", least=1)
    dropout: float = key(0.0, "Share dropped before the heads.", least=0, below=1)
    bidirectional: bool = key(True, "Whether the LSTM reads backwards as well.")
    timing_resolution_samples: int = key(10, "Samples of a frame.", least=1)
    refractory_period_samples: int = key(4000, "No bell comes back before.", least=1)
    recurrent: str = key("lstm", "What remembers.", choices=("lstm", "tcn", "none"))
    attention: str = key("none", "Whether frames ask each other.", choices=("none", "local", "all"))
    causal: bool = key(False, "Whether it can answer while a stream goes on.")
    lookahead_frames: int = key(8, "causal: so late it answers.", least=1)
    features: tuple[int, ...] = key((48, 64, 64), "Of the three convolutions.", least=1)
    kernels: tuple[int, ...] = key((61, 11, 5), "Their lengths.", least=1)


def prepare(config: Config) -> Prepared:
    """Get the windows, and draw the first weights."""
    import torch
    from torch.utils.data import DataLoader

    from asctools.events.data import EventDataset, collate_fn_supervised
    from asctools.events.losses import EventTimingLoss
    from asctools.events.models import LSTMEventClassifier
    from asctools.events.trainers import SupervisedStep, event_scores
    from asctools.settings import to_dict
    from asctools.tasks.seeding import drawn

    sources = _sources(config)
    settings: Any = config.model
    data: Any = config.data
    arguments = to_dict(settings) | {"rate": sources.rate}
    model = drawn(lambda: LSTMEventClassifier(**arguments), config)
    period = settings.refractory_period_samples

    def rows(part: Any, crop: int = 0) -> EventDataset:
        return EventDataset(
            part.data,
            strikes=part.strikes,
            num_events=settings.num_events,
            refractory_period_samples=period,
            crop=crop,
        )

    def loader(part: Any) -> Any:
        return DataLoader(rows(part), 50, collate_fn=collate_fn_supervised)

    known = rows(sources.train, data.crop)
    model.normalise.fit(known.data)
    loss_fn = EventTimingLoss(
        timing_resolution_samples=model.resolution, refractory_period_samples=period
    )
    order = torch.Generator()
    if config.training.seed is not None:
        order.manual_seed(config.training.seed)
    return Prepared(
        model=model,
        train_loader=DataLoader(
            known,
            config.training.batch_size,
            shuffle=True,
            generator=order,
            collate_fn=collate_fn_supervised,
            drop_last=len(known) > config.training.batch_size,
        ),
        val_loader=loader(sources.val),
        columns=COLUMNS,
        rivals=lambda: _rivals(sources, model),
        finish=lambda trained, folder: _finish(
            trained, loader(sources.val), loader(sources.test), folder, config
        ),
        step=SupervisedStep(loss_fn),
        scores=partial(event_scores, rate=sources.rate),
        normaliser=model.normalise.normaliser(),
        about=_about(sources),
        called="the classifier",
        note=f"on {sources.test.number} windows that nobody has trained on",
    )


def _sources(config: Config) -> Sources:
    from asctools.tasks.event_data import from_files, from_simulator

    data: Any = config.data
    if data.source == "files":
        return from_files(
            data.recordings or (), data.labels or (), data.rate, data.gaps, data.seconds
        )
    sizes = (data.n_train, data.n_val, data.n_test)
    return from_simulator(data.frame, data.level, sizes, data.seconds, data.seed)


def _about(sources: Sources) -> str:
    strikes = sum(each.number for each in sources.train.strikes)
    seconds = sources.train.data.shape[1] / sources.rate
    return f"{sources.train.number} windows of {seconds:g} s with {strikes} strikes to train on"


def _finish(
    model: Any, val_loader: Any, test_loader: Any, folder: Path, config: Config
) -> Mapping[str, float]:
    """Freeze the threshold on validation, write the model, and score it on the test."""
    from asctools.events.files import write
    from asctools.events.trainers import calibrated, predict
    from asctools.tasks.event_data import scores_of

    file = calibrated(model, val_loader, _origin(config))
    write(folder / FINAL, file)
    found = predict(model, test_loader)
    kept = found.kept(file.threshold, model.refractory_period_samples)
    return scores_of(kept, found.strikes, model.arguments["rate"], model.num_events)


def _origin(config: Config) -> dict[str, Any]:
    """Return the command that remakes a model, and what it was trained on."""
    from asctools.settings import to_dict
    from asctools.settings.kinds import in_yaml
    from asctools.settings.reading import differences
    from asctools.tasks.choice import choose, file_of

    shipped, own = to_dict(choose(file_of("events")).config), to_dict(config)
    command = "python -m asctools train events"
    for name in differences(shipped, own):
        section, _, rest = name.partition(".")
        if section in ("data", "model", "training", "scheduler", "parameter_groups"):
            value: Any = own[section]
            for part in rest.split("."):
                value = value[part]
            command += f" --set {name}={in_yaml(value)}"
    return {"command": command, "data": own["data"], "seed": own["training"]["seed"]}


def _rivals(sources: Sources, model: Any) -> Table:
    """Score what knows less than the network, what knows as much, and what knows the truth."""
    from asctools.bells.energy import EnergyDetector
    from asctools.bells.pursuit import TemplatePursuit, oracle
    from asctools.tasks.event_data import scores_of

    train, val, test = sources.train, sources.val, sources.test
    settings: dict[str, Any] = {
        "num_events": model.num_events,
        "refractory_period_samples": model.refractory_period_samples,
        "rate": sources.rate,
        "tolerance": STRICT_S * sources.rate,
    }
    made: dict[str, Any] = {
        "energy detector": EnergyDetector().fit(train),
        "template pursuit": TemplatePursuit(**settings).fit(train, validation=val),
    }
    if sources.frame is not None:
        made["the oracle"] = oracle(sources.frame, train, validation=val)
    return {
        name: scores_of(
            [detector.detect(window) for window in test.data],
            test.strikes,
            sources.rate,
            model.num_events,
        )
        for name, detector in made.items()
    }


TASK = Task("events", "Tell which bell strikes when.", Data, Model, prepare)
