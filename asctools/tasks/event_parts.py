"""What the two tasks that classify events share: their windows, their rivals, and their end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asctools.settings import Section, key
from asctools.tasks.task import Prepared, Table

if TYPE_CHECKING:
    from torch import nn

    from asctools.events.data import EventDataset
    from asctools.tasks.event_data import Sources
    from asctools.training.config import Config

__all__ = [
    "Data",
    "Readings",
    "Whole",
    "Windowed",
    "about_of",
    "origin",
    "prepared",
    "rivals_of",
    "sources_of",
]

COLUMNS = ("F1@2.5", "F1@5", "F1@10", "precision", "recall", "error/ms")
FINAL = "events.npz"
STRICT_S = 0.005


@dataclass(frozen=True)
class Readings(Section, path="data"):
    """Windows of a simulated bell frame, or of recordings of your own."""

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
    n_val: int = key(100, "simulator: windows of the validation.", least=1)
    n_test: int = key(300, "simulator: windows of the test.", least=1)
    seed: int = key(0, "simulator: of the recordings.", least=0)
    recordings: tuple[str, ...] | None = key(
        None, "files: .npy, .csv or .wav with one column per channel."
    )
    rate: float | None = key(None, "files: of the sensor; null: it is in the file.", above=0)
    gaps: str = key(
        "refuse", "files: windows with a gap are left out by mask.", choices=("refuse", "mask")
    )
    seconds: float = key(2.0, "Of a window.", above=0)


@dataclass(frozen=True)
class Whole(Readings, path="data"):
    """Windows of a simulated bell frame, or of recordings of your own with their labels."""

    n_val: int = key(100, "simulator: windows that choose the threshold.", least=1)
    labels: tuple[str, ...] | None = key(
        None, "files: for each of the recordings a .csv with time_s and bell."
    )


@dataclass(frozen=True)
class Data(Whole, path="data"):
    """Windows of a simulated bell frame, or of recordings of your own with their labels."""

    crop: int = key(400, "Samples cut off at random, so that no two epochs are alike.", least=0)


@dataclass(frozen=True)
class Windowed:
    """The windows of a configuration as datasets, for a model of these events.

    Attributes
    ----------
    sources
        Training, validation and test windows.
    num_events, period
        Kinds of events; samples before one comes back.
    """

    sources: Sources
    num_events: int
    period: int

    def rows(self, part: Any, crop: int = 0) -> EventDataset:
        """Return windows as a dataset."""
        from asctools.events.data import EventDataset

        return EventDataset(
            part.data,
            strikes=part.strikes,
            num_events=self.num_events,
            refractory_period_samples=self.period,
            crop=crop,
        )

    def loader(self, part: Any) -> Any:
        """Return windows in their order, fifty at a time."""
        from torch.utils.data import DataLoader

        from asctools.events.data import collate_fn_supervised

        return DataLoader(self.rows(part), 50, collate_fn=collate_fn_supervised)


def sources_of(config: Config) -> Sources:
    """Get the windows that a configuration asks for."""
    from asctools.tasks.event_data import from_files, from_simulator

    data: Any = config.data
    if data.source == "files":
        return from_files(
            data.recordings or (), data.labels or (), data.rate, data.gaps, data.seconds
        )
    sizes = (data.n_train, data.n_val, data.n_test)
    return from_simulator(data.frame, data.level, sizes, data.seconds, data.seed)


def prepared(
    config: Config, sources: Sources, model: Any, loss_fn: nn.Module, called: str
) -> Prepared:
    """Put together what a training needs for a model whose first weights are drawn.

    Parameters
    ----------
    config
        With the section ``data`` of this file.
    sources
        See :func:`sources_of`.
    model
        With ``normalise``, ``num_events`` and ``refractory_period_samples``; its normaliser is
        measured here if nobody has.
    loss_fn
        For :class:`~asctools.events.trainers.SupervisedStep`.
    called
        What the model is called in the last table.
    """
    import torch
    from torch.utils.data import DataLoader

    from asctools.events.data import collate_fn_supervised
    from asctools.events.trainers import SupervisedStep, event_scores

    windowed = Windowed(sources, model.num_events, model.refractory_period_samples)
    data: Any = config.data
    known = windowed.rows(sources.train, data.crop)
    if not bool(model.normalise.fitted):
        model.normalise.fit(known.data)
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
        val_loader=windowed.loader(sources.val),
        columns=COLUMNS,
        rivals=lambda: rivals_of(sources, model.num_events, model.refractory_period_samples),
        finish=lambda trained, folder: _finish(trained, windowed, folder, config),
        step=SupervisedStep(loss_fn),
        scores=partial(event_scores, rate=sources.rate),
        normaliser=model.normalise.normaliser(),
        about=about_of(sources),
        called=called,
        note=f"on {sources.test.number} windows that nobody has trained on",
    )


def about_of(sources: Sources) -> str:
    """Return how much there is to train on."""
    strikes = sum(each.number for each in sources.train.strikes)
    seconds = sources.train.data.shape[1] / sources.rate
    return f"{sources.train.number} windows of {seconds:g} s with {strikes} strikes to train on"


def _finish(model: Any, windowed: Windowed, folder: Path, config: Config) -> Mapping[str, float]:
    """Freeze the threshold on validation, write the model, and score it on the test."""
    from asctools.events.files import write
    from asctools.events.trainers import calibrated, predict
    from asctools.tasks.event_data import scores_of

    file = calibrated(model, windowed.loader(windowed.sources.val), origin(config))
    write(folder / FINAL, file)
    found = predict(model, windowed.loader(windowed.sources.test))
    kept = found.kept(file.threshold, model.refractory_period_samples)
    return scores_of(kept, found.strikes, model.arguments["rate"], model.num_events)


def origin(config: Config) -> dict[str, Any]:
    """Return the command that remakes a model, and what it was trained on."""
    from asctools.settings import to_dict
    from asctools.settings.kinds import in_yaml
    from asctools.settings.reading import differences
    from asctools.tasks.choice import choose, file_of

    shipped, own = to_dict(choose(file_of(str(config.task))).config), to_dict(config)
    command = f"python -m asctools train {config.task}"
    for name in differences(shipped, own):
        section, _, rest = name.partition(".")
        if section in ("data", "model", "training", "scheduler", "parameter_groups"):
            value: Any = own[section]
            for part in rest.split("."):
                value = value[part]
            command += f" --set {name}={in_yaml(value)}"
    return {"command": command, "data": own["data"], "seed": own["training"]["seed"]}


def rivals_of(
    sources: Sources, num_events: int, refractory_period_samples: int, **pursuit: Any
) -> Table:
    """Score what knows less than a model, what knows as much, and what knows the truth.

    ``pursuit`` are further settings of the template pursuit.
    """
    from asctools.bells.energy import EnergyDetector
    from asctools.bells.pursuit import TemplatePursuit, oracle
    from asctools.tasks.event_data import scores_of

    train, val, test = sources.train, sources.val, sources.test
    settings: dict[str, Any] = {
        "num_events": num_events,
        "refractory_period_samples": refractory_period_samples,
        "rate": sources.rate,
        "tolerance": STRICT_S * sources.rate,
        **pursuit,
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
            num_events,
        )
        for name, detector in made.items()
    }
