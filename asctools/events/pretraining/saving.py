"""A pretrained model as a file, and classifiers that start from it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from asctools.errors import AscError, CheckpointError, explain
from asctools.events import files
from asctools.events.pretraining.autoencoder import LSTMAutoencoder
from asctools.events.pretraining.contrastive import ContrastiveLSTM
from asctools.events.pretraining.encoder import WithEncoder
from asctools.events.pretraining.variational import LSTMVariationalAutoencoder

__all__ = ["FINAL", "KINDS", "encoder_file", "read_encoder", "start_from"]

FINAL = "encoder.npz"  # what a pretraining leaves in its folder
KINDS: dict[str, type[WithEncoder]] = {
    kind.__name__: kind for kind in (LSTMAutoencoder, LSTMVariationalAutoencoder, ContrastiveLSTM)
}


def encoder_file(model: WithEncoder, about: Mapping[str, Any] | None = None) -> files.ModelFile:
    """Return a pretrained model as :func:`asctools.events.files.write` takes it.

    Parameters
    ----------
    model
        Pretrained, or not.
    about
        Where it comes from: plain values.
    """
    return files.ModelFile(
        type(model).__name__,
        model.arguments,
        {name: tensor.cpu().numpy().copy() for name, tensor in model.state_dict().items()},
        model.normalise.normaliser() if bool(model.normalise.fitted) else None,
        about=dict(about or {}),
    )


def read_encoder(path: str | Path) -> WithEncoder:
    """Build a pretrained model from its file.

    Parameters
    ----------
    path
        A file that was written from :func:`encoder_file`, or the folder of a pretraining.

    Raises
    ------
    CheckpointError
        If it cannot be read, or holds something else.
    """
    place = Path(path) / FINAL if Path(path).is_dir() else Path(path)
    file = files.read(place)
    if file.kind not in KINDS:
        came = f"{path}, a {file.kind}"
        raise CheckpointError(explain(came, f"one of {', '.join(KINDS)}", "pretrain one first"))
    try:
        model = KINDS[file.kind](**file.arguments)
        model.load_state_dict({n: torch.as_tensor(w) for n, w in file.weights.items()})
    except (AscError, TypeError, RuntimeError) as error:
        came = f"{path}, whose arguments and weights do not go together ({error})"
        raise CheckpointError(explain(came, f"a whole {file.kind}", "use another")) from error
    if file.normaliser is not None:
        model.normalise.take(file.normaliser)
    return model.eval()


def start_from(classifier: nn.Module, path: str | Path) -> tuple[str, ...]:
    """Give a classifier the encoder of a file, and its normaliser.

    Parameters
    ----------
    classifier
        Such as :class:`~asctools.events.models.LSTMEventClassifier`, changed in place.
    path
        As for :func:`read_encoder`.

    Returns
    -------
    tuple of str
        The names of the tensors that were copied.

    Raises
    ------
    CheckpointError
        If the file cannot be used.
    InputError
        If it does not fit the classifier; nothing is copied then.
    """
    return read_encoder(path).transfer_encoder_to_classifier(classifier)
