"""Keep a training on disk and go on with it later, to the same bits.

A checkpoint holds the model's numbers, the optimiser's memory, the epoch and the state of PyTorch's
generator. It is written beside its place and then renamed, so a file is either whole or not there,
and it is read without running any code that it may contain.
"""

import os
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import nn

from asctools.errors import CheckpointError, explain
from asctools.scalar import inputs

KEYS = {"model_state_dict", "optimizer_state_dict", "optimizer_name", "epoch", "rng_state"}
CODE = "GLOBAL"  # what PyTorch says of a file that names code to be run


def save_checkpoint(
    path: str | Path, cell: nn.Module, optimizer: torch.optim.Optimizer, epoch: int
) -> None:
    """Write a checkpoint; an older file at ``path`` stays until the new one is complete.

    Parameters
    ----------
    path
        The file; its folder must exist.
    cell, optimizer
        What to keep.
    epoch
        How many epochs are done.

    Raises
    ------
    CheckpointError
        If the folder is missing or cannot be written to.
    """
    content = {
        "model_state_dict": cell.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "optimizer_name": type(optimizer).__name__,
        "epoch": inputs.whole(epoch, "epoch"),
        "rng_state": torch.get_rng_state(),
    }
    write_file(path, content)


def load_checkpoint(path: str | Path, cell: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Put a checkpoint's numbers into ``cell`` and ``optimizer``, and restore the generator.

    Nothing is changed unless all of it fits.

    Parameters
    ----------
    path
        A file that :func:`save_checkpoint` wrote.
    cell, optimizer
        Of the same kind as those that were saved; changed in place.

    Returns
    -------
    int
        How many epochs were done.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged or no checkpoint, or belongs to another model or optimiser.
    """
    content = _read(Path(path))
    _check_model(path, content["model_state_dict"], cell)
    name = type(optimizer).__name__
    if content["optimizer_name"] != name:
        came = f"{path}, a checkpoint of {content['optimizer_name']}"
        raise CheckpointError(explain(came, f"one of {name}", "make the optimiser that was saved"))
    try:
        optimizer.load_state_dict(content["optimizer_state_dict"])  # checks before it changes
    except ValueError as error:
        came = f"{path}, whose optimiser has other parameters ({error})"
        todo = "give the optimiser the same parameters in the same groups"
        raise CheckpointError(explain(came, "the optimiser that was saved", todo)) from error
    cell.load_state_dict(content["model_state_dict"])
    torch.set_rng_state(content["rng_state"])
    return int(content["epoch"])


def write_file(path: str | Path, content: object) -> None:
    """Write what PyTorch can save; an older file at ``path`` stays until this one is complete.

    Raises
    ------
    CheckpointError
        If the folder is missing or cannot be written to.
    """
    path = Path(path)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        file = beside.open("wb")
    except OSError as error:
        came = f"{path} ({error.strerror})"
        todo = "make the folder, or choose one of your own"
        raise CheckpointError(explain(came, "a folder to write into", todo)) from error
    try:
        with file:
            torch.save(content, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_file(path: str | Path) -> Any:
    """Return what :func:`write_file` wrote, without running any code that is in the file.

    Raises
    ------
    CheckpointError
        If the file is missing, cut short, damaged, or holds more than numbers and texts.
    """
    path = Path(path)
    if not path.is_file():
        came = f"{path}, which is {'no file' if path.exists() else 'not there'}"
        raise CheckpointError(explain(came, "a checkpoint", "check the path, or train and save"))
    try:
        with zipfile.ZipFile(path) as file:
            damaged = file.testzip()  # PyTorch does not look whether the bytes are still the same
        if damaged is not None:
            raise zipfile.BadZipFile(damaged)
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch.load raises half a dozen kinds for a damaged file
        came = f"{path}, which cannot be read ({type(error).__name__})"
        todo = "it is cut short, damaged or no checkpoint at all: use another, or train again"
        if CODE in str(error):
            came = f"{path}, which cannot be read without running code that is in it"
            todo = "do not trust it: use another, or train again"
        raise CheckpointError(explain(came, "a checkpoint", todo)) from error


def _read(path: Path) -> dict[str, Any]:
    """Return the content of a checkpoint, after a look at whether it is one."""
    content = read_file(path)
    if not isinstance(content, dict) or not content.keys() >= KEYS:
        missing = sorted(KEYS - content.keys()) if isinstance(content, dict) else sorted(KEYS)
        came = f"{path}, a file without {', '.join(missing)}"
        raise CheckpointError(
            explain(came, "a checkpoint of save_checkpoint", "it was made by something else")
        )
    return content


def _check_model(path: str | Path, saved: dict[str, torch.Tensor], cell: nn.Module) -> None:
    """Refuse numbers that do not fit the model, with the list of what does not."""
    own = {name: tuple(value.shape) for name, value in cell.state_dict().items()}
    came = {name: tuple(value.shape) for name, value in saved.items()}
    wrong = sorted(name for name in own.keys() | came.keys() if own.get(name) != came.get(name))
    if wrong:
        raise CheckpointError(
            explain(
                f"{path}, which does not fit in {', '.join(wrong)}",
                f"the parameters of {type(cell).__name__}",
                "make the model that was saved",
            )
        )
