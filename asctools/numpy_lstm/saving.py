"""Keep the parameters of a model in one ``.npz`` file, and read it with care.

The file is written beside its place and then renamed, so it is either whole or not there, and it
is read without running any code that it may contain.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from asctools.errors import AscError, CheckpointError, explain
from asctools.numpy_lstm.parameters import Parameters, fitting

Array = NDArray[Any]
VERSION = 1
PREFIX = "parameters/"


class Model(Protocol):
    """What can be kept: anything with named parameters of one precision."""

    parameters: Parameters
    dtype: np.dtype[Any]


Saved = TypeVar("Saved", bound=Model)


def save(path: str | Path, model: Model, sizes: tuple[int, ...]) -> None:
    """Write the parameters of a model, with its kind, its sizes and the version of the format.

    Raises
    ------
    CheckpointError
        If the folder is missing or cannot be written to.
    """
    header = {
        "kind": np.array(type(model).__name__),
        "version": np.array(VERSION),
        "sizes": np.array(sizes),
        "dtype": np.array(model.dtype.name),
    }
    named = {f"{PREFIX}{name}": value for name, value in model.parameters.items()}
    write_npz(path, header | named)


def write_npz(path: str | Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays as ``.npz`` beside ``path``, then rename; the name is taken as it is."""
    path = Path(path)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        file = beside.open("xb")  # with the rights that any new file has
    except OSError as error:
        came = f"{path} ({error.strerror})"
        todo = "make the folder, or choose one of your own"
        raise CheckpointError(explain(came, "a folder to write into", todo)) from error
    try:
        with file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_npz(path: str | Path) -> dict[str, Array]:
    """Return all arrays of an ``.npz`` file.

    Raises
    ------
    CheckpointError
        If it is missing, cut short, damaged or something else.
    """
    path = Path(path)
    if not path.is_file():
        came = f"{path}, which is {'no file' if path.exists() else 'not there'}"
        raise CheckpointError(explain(came, "a saved model", "check the path, or train and save"))
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except Exception as error:  # half a dozen kinds, by where the damage is
        came = f"{path}, which cannot be read ({type(error).__name__})"
        todo = "it is cut short, damaged or no .npz at all: use another, or train again"
        raise CheckpointError(explain(came, "a saved model", todo)) from error


def load(path: str | Path, kind: type[Saved]) -> Saved:
    """Make the model that :func:`save` wrote.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, of another kind, version or size.
    """
    arrays = read_npz(path)
    header = {name: arrays.pop(name, None) for name in ("kind", "version", "sizes", "dtype")}
    if any(value is None for value in header.values()) or str(header["kind"]) != kind.__name__:
        came = f"{path}, a file of {header['kind'] or 'something else'}"
        todo = "load it with what saved it"
        raise CheckpointError(explain(came, f"a file of {kind.__name__}", todo))
    if str(header["version"]) != str(VERSION):
        came = f"{path}, written in version {header['version']} of the format"
        todo = "read it with the asctools that wrote it, and save it from there"
        raise CheckpointError(explain(came, f"version {VERSION}", todo))
    parameters = {name.removeprefix(PREFIX): value for name, value in arrays.items()}
    try:
        sizes = np.atleast_1d(header["sizes"]).tolist()  # type: ignore[arg-type]
        make: Any = kind
        model: Saved = make(*sizes, dtype=str(header["dtype"]))
        values = fitting(parameters, model.parameters)
    except (AscError, TypeError, MemoryError) as error:
        came = f"{path}, whose sizes and numbers do not go together ({error})"
        todo = "the file was changed after it was written: use another"
        raise CheckpointError(explain(came, "the parameters of its sizes", todo)) from error
    for name, value in values.items():
        model.parameters[name][...] = value
    return model
