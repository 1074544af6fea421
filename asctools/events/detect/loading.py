"""From a model file to a network that can be asked."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from asctools.errors import AscError, CheckpointError, explain
from asctools.events import files, models
from asctools.events.models import specific

__all__ = ["build", "load"]

ENCODERS = ("ContrastiveLSTM", "LSTMAutoencoder", "LSTMVariationalAutoencoder")


def load(path: str | Path) -> tuple[nn.Module, files.ModelFile]:
    """Build the network of a model file and give it its weights.

    Parameters
    ----------
    path
        Whatever :func:`asctools.events.files.read` reads: a file, the folder of a training, or a
        name such as ``"standard"``.

    Returns
    -------
    tuple
        The network, ready to detect, and the file with its threshold and intervals.

    Raises
    ------
    CheckpointError
        If it cannot be read, or its parts do not belong together.
    """
    file = files.read(path)
    try:
        return build(file), file
    except CheckpointError as error:
        raise CheckpointError(f"In {path}: {error}") from error


def build(file: files.ModelFile) -> nn.Module:
    """Build the network of a model file that was read.

    Raises
    ------
    CheckpointError
        If its parts do not belong together.
    """
    if file.kind == "PursuitRescorer":
        came = "a re-scorer, which is more than a network"
        todo = "use asctools.events.PursuitRescorer.load, or python -m asctools detect"
        raise CheckpointError(explain(came, "a network", todo))
    if file.kind in ENCODERS:
        came = f"a {file.kind}, which was pretrained and knows no event"
        todo = (
            "start a classifier from it: python -m asctools train events --set model.encoder=FILE"
        )
        raise CheckpointError(explain(came, "a classifier", todo))
    home = specific if file.kind in specific.__all__ else models
    kind = getattr(home, file.kind, None) if file.kind in home.__all__ else None
    if not (isinstance(kind, type) and issubclass(kind, nn.Module)):
        came = f"a model of the kind {file.kind!r}"
        raise CheckpointError(explain(came, "one of asctools.events.models", "update asctools"))
    try:
        model: Any = kind(**file.arguments)
        model.load_state_dict({n: torch.as_tensor(w) for n, w in file.weights.items()})
    except (AscError, TypeError, RuntimeError) as error:
        came = f"arguments and weights that do not go together ({error})"
        todo = "it was changed, or written by another version: use another, or train again"
        raise CheckpointError(explain(came, f"a whole {file.kind}", todo)) from error
    if file.normaliser is not None:
        model.normalise.take(file.normaliser)
    network: nn.Module = model.eval()
    return network
