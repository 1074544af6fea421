"""A trained model as one file that NumPy alone can read.

The file holds everything that detection needs: how to build the model, its weights, the normaliser
of its training data, the threshold and the intervals that validation froze, and where it all comes
from. It is written beside its place and then renamed, and read without running any code that it
may contain.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools import __version__
from asctools.errors import CheckpointError, InputError, explain
from asctools.events.io.atomic import write_whole
from asctools.events.normaliser import Normaliser
from asctools.numpy_lstm.saving import read_npz

if TYPE_CHECKING:
    from asctools.events.conformal import Intervals

__all__ = ["ModelFile", "names", "read", "write"]

FORMAT, VERSION = "asctools.events model", 1
WEIGHTS = Path(__file__).parent.parent / "weights"
FINAL = "events.npz"  # what a training leaves in its folder
HALF = 65504.0  # the largest number of 16 bits


class ModelFile(NamedTuple):
    """A trained model, without the network that it is for.

    Attributes
    ----------
    kind
        Name of the class: ``"LSTMEventClassifier"``.
    arguments
        What the class was called with.
    weights
        Name → array: the state of the model, buffers included.
    normaliser
        That of the training data; None if it is not known.
    threshold
        The least score of a strike, frozen on validation.
    intervals
        How sure a time is, from validation; None where nobody measured it.
    about
        Where it comes from: level, seed, the command that remakes it, versions.
    """

    kind: str
    arguments: dict[str, Any]
    weights: dict[str, np.ndarray]
    normaliser: Normaliser | None = None
    threshold: float = 0.5
    intervals: "Intervals | None" = None
    about: dict[str, Any] = {}  # noqa: RUF012  a NamedTuple is never changed

    @property
    def rate(self) -> float:
        """Samples a second of what it was trained for."""
        own = self.normaliser.rate if self.normaliser else 2000.0
        return float(self.arguments.get("rate", own))


def names() -> list[str]:
    """Return the names of the models that come with the library."""
    return sorted(path.stem.removeprefix("events-") for path in WEIGHTS.glob("events-*.npz"))


def write(path: str | Path, model: ModelFile, *, half: bool = True) -> None:
    """Write a model file; an older one at ``path`` stays until the new one is complete.

    Parameters
    ----------
    path
        A file ``.npz``.
    model
        What to write.
    half
        Whether matrices and kernels are kept in 16 bits, which halves the file and costs three
        decimal digits. Vectors and buffers stay as they are.

    Raises
    ------
    CheckpointError
        If the name is no ``.npz``, the folder is missing or cannot be written to, or ``arguments``
        and ``about`` hold more than plain values.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise CheckpointError(explain(f"{path}", "a name that ends with .npz", "rename it"))
    header = {
        "format": FORMAT,
        "version": VERSION,
        "kind": model.kind,
        "arguments": model.arguments,
        "threshold": float(model.threshold),
        "normaliser": model.normaliser and model.normaliser.state_dict(),
        "about": {"asctools": __version__, **model.about},
        "weights": sorted(model.weights),
    }
    try:
        text = json.dumps(header)
    except TypeError as error:
        came = f"arguments or notes of a model that JSON cannot hold ({error})"
        todo = "pass numbers, texts, lists and dictionaries"
        raise CheckpointError(explain(came, "plain values", todo)) from error
    weights = {f"weights/{name}": _small(array, half) for name, array in model.weights.items()}
    held = {} if model.intervals is None else model.intervals._asdict()
    intervals = {f"intervals/{name}": np.asarray(value) for name, value in held.items()}
    arrays: dict[str, Any] = {"header": np.array(text)} | weights | intervals
    try:
        write_whole(path, lambda place: np.savez(place, **arrays))
    except InputError as error:
        raise CheckpointError(str(error)) from error


def read(path: str | Path) -> ModelFile:
    """Read a trained model.

    Parameters
    ----------
    path
        A file that :func:`write` wrote, the folder of a training, the ``.pth`` of a
        :class:`~asctools.training.callbacks.ModelCheckpoint` (which needs PyTorch), or one of
        :func:`names`: ``"standard"``, ``"standard-causal"``.

    Raises
    ------
    CheckpointError
        If it is missing, damaged, something else, or of another version.
    """
    place = _place(path)
    return _from_checkpoint(place) if place.suffix == ".pth" else _from_npz(place)


def _place(path: str | Path) -> Path:
    """Return the file that is meant: a name of the library's own, a folder's, or the path."""
    if not isinstance(path, (str, Path)):
        came = f"{path!r} in place of a model file"
        right = f"a path, or one of {', '.join(map(repr, names()))}"
        raise CheckpointError(explain(came, right, "pass the path as text"))
    place = Path(path)
    if place.is_dir():
        return place / FINAL
    own = WEIGHTS / f"events-{path}.npz"
    if place.exists() or place.suffix or place.name != str(path):
        return place
    if not own.is_file():
        came = f"{str(path)!r}, which is neither a file nor the name of a model"
        right = f"a path, or one of {', '.join(map(repr, names()))}"
        raise CheckpointError(explain(came, right, "check the spelling, or train and save"))
    return own


def _from_npz(path: Path) -> ModelFile:
    arrays = read_npz(path)
    header = _header(path, arrays.pop("header", None))
    weights = {name: _full(array) for name, array in _below("weights/", arrays).items()}
    if header["weights"] != sorted(weights):
        came = f"{path}, in which weights are missing"
        raise CheckpointError(explain(came, "a whole model", "it is damaged: use another"))
    try:
        return ModelFile(
            header["kind"],
            header["arguments"],
            weights,
            header["normaliser"] and Normaliser.from_state(header["normaliser"]),
            float(header["threshold"]),
            _intervals(_below("intervals/", arrays)),
            header["about"],
        )
    except (KeyError, TypeError, ValueError) as error:
        came = f"{path}, a model file with a part that does not fit ({error})"
        todo = "it was changed after it was written: use another"
        raise CheckpointError(explain(came, "a whole model", todo)) from error


def _header(path: Path, text: np.ndarray | None) -> dict[str, Any]:
    try:
        header = json.loads(str(text))
    except json.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        came = f"{path}, a file of something else"
        todo = "use one that asctools.events.files.write wrote"
        raise CheckpointError(explain(came, "a model of asctools.events", todo))
    if header.get("version") != VERSION:
        came = f"{path}, written in version {header.get('version')} of the format"
        wrote = header.get("about", {}).get("asctools", "of its time")
        todo = f"read it with asctools {wrote}, which wrote it"
        raise CheckpointError(explain(came, f"version {VERSION}", todo))
    return header


def _from_checkpoint(path: Path) -> ModelFile:
    """Return the model of a training's checkpoint, which knows no threshold yet."""
    from asctools.training.checkpoint import read as read_checkpoint

    content = read_checkpoint(path)
    config = content["config"] if isinstance(content["config"], Mapping) else {}
    arguments = config.get("arguments", config.get("model"))
    if not isinstance(arguments, Mapping):
        came = f"{path}, a checkpoint that does not say how to build its model"
        todo = "pass ModelCheckpoint(config={'model': {...}}), or save with asctools.events.files"
        raise CheckpointError(explain(came, "one with a section 'model'", todo))
    state = content["normaliser"]
    return ModelFile(
        str(config.get("kind", "LSTMEventClassifier")),
        dict(arguments),
        {name: tensor.numpy() for name, tensor in content["model_state_dict"].items()},
        Normaliser.from_state(state) if isinstance(state, Mapping) else None,
        about={"asctools": content["asctools"], "epoch": content["epoch"]},
    )


def _intervals(parts: dict[str, np.ndarray]) -> "Intervals | None":
    if not parts:
        return None
    from asctools.events.conformal import Intervals

    plain: dict[str, Any] = {n: part if part.ndim else part.item() for n, part in parts.items()}
    return Intervals(**plain)


def _small(array: np.ndarray, half: bool) -> np.ndarray:
    array = np.asarray(array)
    fits = array.ndim > 1 and array.dtype == np.float32 and float(np.abs(array).max()) < HALF
    return array.astype(np.float16) if half and fits else array


def _full(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32) if array.dtype == np.float16 else array


def _below(start: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}
