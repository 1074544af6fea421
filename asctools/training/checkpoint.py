"""A training on disk: everything that its rest depends on, to go on to the same bits.

A file is written beside its place and then renamed, so it is either whole or not there. It is read
without running any code that it may contain, and nothing is changed unless all of it fits.
"""

import logging
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from asctools import __version__
from asctools.errors import CheckpointError, explain
from asctools.scalar.checkpoint import read_file, write_file
from asctools.training import distributed, sharding
from asctools.training.plain import plain
from asctools.training.random_state import put_back, random_state

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["content_of", "load_model", "read", "replayed", "restore", "write"]

log = logging.getLogger(__name__)

FORMAT, VERSION = "asctools.training checkpoint", 1
COUNTERS = ("epoch", "iteration", "position", "loss", "grad_norm", "learning_rate", "validation")
NEEDED = {"model_state_dict", "optimizer", "optimizer_state_dict", "scheduler", "chance", *COUNTERS}
NEEDED |= {"scheduler_state_dict", "precision_state_dict", "training", "seconds", "means"}
NEEDED |= {"history", "callbacks"}


def content_of(trainer: "Trainer", config: Any = None, normaliser: Any = None) -> dict[str, Any]:
    """Return everything that the rest of a training depends on. Every process must call it.

    Parameters
    ----------
    trainer
        At rest: between two steps or two epochs.
    config, normaliser
        Whatever else belongs to the model: mappings, or objects with ``to_dict()`` or
        ``state_dict()``.
    """
    own = trainer.generators()
    chance = {"now": random_state(trainer.device, own), "epoch": trainer.epoch_chance}
    return {
        "format": FORMAT,
        "version": VERSION,
        "asctools": __version__,
        "model_state_dict": trainer.model.state_dict(),
        "optimizer": type(trainer.optimizer).__name__,
        "optimizer_state_dict": plain(trainer.optimizer.state_dict()),
        "scheduler": _name(trainer.scheduler),
        "scheduler_state_dict": plain(trainer.scheduler and trainer.scheduler.state_dict()),
        "precision_state_dict": trainer.precision.state_dict(),
        **{name: plain(getattr(trainer, name)) for name in COUNTERS},
        "accumulate": trainer.accumulate,
        "batches": _length(trainer.train_loader),
        "training": trainer.model.training,
        "seconds": perf_counter() - trainer.started,
        "means": {"sums": trainer.means.sums, "weights": trainer.means.weights},
        "history": {"epochs": plain(trainer.history.epochs), "stopped": trainer.history.stopped},
        "chance": distributed.everyone(plain(chance)),  # one for each process
        "callbacks": [(_name(each), plain(each.state_dict())) for each in trainer.callbacks],
        "config": plain(config),
        "normaliser": plain(normaliser),
    }


def write(path: str | Path, content: Mapping[str, Any]) -> None:
    """Write a checkpoint; an older file at ``path`` stays until the new one is complete.

    Raises
    ------
    CheckpointError
        If the folder is missing or cannot be written to.
    """
    write_file(path, dict(content))


def read(path: str | Path) -> dict[str, Any]:
    """Return the content of a checkpoint.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, something else, or of another version.
    """
    content = read_file(path)
    kind = content.get("format") if isinstance(content, dict) else None
    if kind != FORMAT or "version" not in content:
        came = f"{path}, a file of {kind or 'something else'}"
        raise CheckpointError(
            explain(came, "a checkpoint of a Trainer", "use one that ModelCheckpoint wrote")
        )
    if content["version"] != VERSION:
        came = f"{path}, written in version {content['version']} of the format"
        todo = f"read it with asctools {content.get('asctools', 'of its time')}, which wrote it"
        raise CheckpointError(explain(came, f"version {VERSION}", todo))
    if missing := sorted(NEEDED - content.keys()):
        came = f"{path}, a checkpoint without {', '.join(missing)}"
        raise CheckpointError(explain(came, "all of it", "it was changed: use another"))
    return content


def restore(trainer: "Trainer", content: Mapping[str, Any]) -> None:
    """Put a trainer, and its callbacks, where the checkpoint's were.

    Parameters
    ----------
    trainer
        Made as the one that was saved; its loaders are known.
    content
        What :func:`read` has returned.

    Raises
    ------
    CheckpointError
        If something does not fit: the list of it. Nothing is changed then.
    """
    chance = _own_chance(content["chance"])
    _refuse([*_misfits(trainer, content, chance)])
    if getattr(trainer.train_loader, "persistent_workers", False):
        log.warning(
            "A DataLoader with persistent workers draws their seed once, and a resumed training "
            "draws it anew: it will not be equal to the bit. Set persistent_workers=False."
        )
    trainer.model.load_state_dict(content["model_state_dict"])
    trainer.optimizer.load_state_dict(content["optimizer_state_dict"])
    if trainer.scheduler is not None:
        trainer.scheduler.load_state_dict(content["scheduler_state_dict"])
    trainer.precision.load_state_dict(content["precision_state_dict"])
    for name in COUNTERS:
        setattr(trainer, name, content[name])
    trainer.model.train(content["training"])
    trainer.started = perf_counter() - content["seconds"]
    trainer.means.sums = dict(content["means"]["sums"])
    trainer.means.weights = dict(content["means"]["weights"])
    trainer.history.epochs = [dict(epoch) for epoch in content["history"]["epochs"]]
    trainer.history.stopped = content["history"]["stopped"]
    trainer.epoch_chance = chance["epoch"]
    put_back(chance["now"], trainer.device, trainer.generators())
    saved = list(content["callbacks"])
    for callback in trainer.callbacks:  # of several of a kind, the first gets the first's
        own = next((each for each in saved if each[0] == _name(callback)), None)
        if own is not None:
            saved.remove(own)
            callback.load_state_dict(own[1])


def replayed(trainer: "Trainer") -> Iterator[sharding.Part]:
    """Return the rest of the epoch's batches: those of the same order that were not done yet.

    Raises
    ------
    CheckpointError
        If the loader has fewer batches than were done.
    """
    own = trainer.generators()
    now = random_state(trainer.device, own)
    put_back(trainer.epoch_chance, trainer.device, own)
    parts = iter(sharding.parts(trainer.train_loader))
    skipped = 0
    for _ in range(0, trainer.position, trainer.accumulate):  # a loader may draw when it ends
        skipped += sum(1 for _ in islice(parts, trainer.accumulate))
    if skipped < trainer.position:
        came = f"a loader of {skipped} batches after {trainer.position} were done"
        raise CheckpointError(explain(came, "the loader that was saved", "pass the same data"))
    put_back(now, trainer.device, own)
    return parts


def load_model(path: str | Path, model: nn.Module) -> dict[str, Any]:
    """Give a model the weights of a checkpoint, and return the checkpoint's content.

    Raises
    ------
    CheckpointError
        If it cannot be read, or belongs to another architecture; nothing is changed then.
    """
    content = read(path)
    _refuse([*_other_weights(model, content["model_state_dict"])])
    model.load_state_dict(content["model_state_dict"])
    return content


def _own_chance(of_processes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the random states of this process; those of the first if there was no such one."""
    rank = distributed.world().rank
    return of_processes[rank if rank < len(of_processes) else 0]


def _misfits(
    trainer: "Trainer", content: Mapping[str, Any], chance: Mapping[str, Any]
) -> Iterator[str]:
    """Give everything in which a checkpoint and a trainer differ."""
    yield from _other_weights(trainer.model, content["model_state_dict"])
    for kind in ("optimizer", "scheduler"):
        name = _name(getattr(trainer, kind))
        if content[kind] != name:
            yield f"{kind}: {content[kind]} in the file, {name} here"
    yield from _other_groups(trainer, content["optimizer_state_dict"])
    if content["position"]:
        yield from _other_epoch(trainer, content)
    drawn = [kind for kind, _ in chance["now"]["own"]]
    own = [type(generator).__name__ for generator in trainer.generators()]
    if drawn != own:
        yield f"random generators of loaders and step: {drawn} in the file, {own} here"


def _other_epoch(trainer: "Trainer", content: Mapping[str, Any]) -> Iterator[str]:
    """Give what must not change in the middle of an epoch, and has."""
    now = {
        "batches in the epoch": (content["batches"], _length(trainer.train_loader)),
        "batches for a step": (content["accumulate"], trainer.accumulate),
        "processes, in the middle of an epoch": (len(content["chance"]), distributed.world().size),
    }
    for what, (there, here) in now.items():
        if there != here:
            yield f"{what}: {there} in the file, {here} here"


def _length(loader: Any) -> int | None:
    try:
        return len(loader)
    except TypeError:  # a stream
        return None


def _other_weights(model: nn.Module, saved: Mapping[str, Any]) -> Iterator[str]:
    own = model.state_dict()
    for name in [*own, *(name for name in saved if name not in own)]:
        there, here = (_shape(state.get(name, "nothing")) for state in (saved, own))
        if there != here:
            yield f"{name}: {there} in the file, {here} in the model"


def _other_groups(trainer: "Trainer", saved: Mapping[str, Any]) -> Iterator[str]:
    groups = trainer.optimizer.state_dict()["param_groups"]
    sizes = [[len(group["params"]) for group in each] for each in (saved["param_groups"], groups)]
    if sizes[0] != sizes[1]:
        yield f"parameters of the optimiser's groups: {sizes[0]} in the file, {sizes[1]} here"


def _shape(value: Any) -> str:
    return f"{tuple(value.shape)}" if isinstance(value, Tensor) else str(value)


def _name(held: Any) -> str:
    return type(held).__name__ if held is not None else "none"


def _refuse(misfits: list[str]) -> None:
    if misfits:
        came = f"a checkpoint of something else: {'; '.join(misfits)}"
        todo = "make the model, the optimiser and the loaders that were saved"
        raise CheckpointError(explain(came, "one that fits", todo))
