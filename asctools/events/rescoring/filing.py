"""A re-scorer as a model file, and back."""

from typing import Any, NamedTuple

import numpy as np
import torch

from asctools.bells.pursuit import TemplatePursuit
from asctools.bells.pursuit.saving import Saved
from asctools.bells.pursuit.settings import Settings as PursuitSettings
from asctools.errors import AscError, CheckpointError, explain
from asctools.events.files import ModelFile
from asctools.events.rescoring.reader import CandidateReader
from asctools.events.rescoring.settings import Settings, checked_settings

__all__ = ["KIND", "Parts", "file_of", "parts_of"]

KIND = "PursuitRescorer"
WAVEFORMS, SPECTRUM, READER = "pursuit/waveforms", "pursuit/spectrum", "reader/"


class Parts(NamedTuple):
    """What a re-scorer consists of, and how it was set."""

    pursuit: TemplatePursuit
    reader: CandidateReader
    settings: Settings


def file_of(parts: Parts, threshold: float) -> ModelFile:
    """Return everything that detection needs, for :func:`asctools.events.files.write`."""
    pursuit, reader, own = parts
    saved = pursuit.saved()
    settings = saved.settings.as_dict()
    weights = {
        f"{READER}{name}": tensor.cpu().numpy().copy()
        for name, tensor in reader.state_dict().items()
    }
    weights[WAVEFORMS], weights[SPECTRUM] = saved.waveforms, saved.spectrum
    arguments: dict[str, Any] = {
        "input_size": saved.waveforms.shape[1],
        "rate": settings["rate"],
        "refractory_period_samples": settings["refractory_period_samples"],
        "pursuit": settings,
        "pursuit_threshold": saved.threshold,
        "reader": reader.arguments,
        "settings": own,
    }
    return ModelFile(KIND, arguments, weights, None, threshold)


def parts_of(file: ModelFile) -> Parts:
    """Return the parts of a file that was read.

    Raises
    ------
    CheckpointError
        If it is no re-scorer's, or its parts do not belong together.
    """
    if file.kind != KIND:
        came = f"a model of the kind {file.kind!r}"
        raise CheckpointError(explain(came, KIND, "use a file that PursuitRescorer.save wrote"))
    known, weights = file.arguments, file.weights
    try:
        saved = Saved(
            PursuitSettings(**known["pursuit"]),
            float(known["pursuit_threshold"]),
            weights[WAVEFORMS].astype(np.float32),
            weights[SPECTRUM].astype(np.complex128),
        )
        reader = CandidateReader(**known["reader"])
        own = {n.removeprefix(READER): w for n, w in weights.items() if n.startswith(READER)}
        reader.load_state_dict({name: torch.as_tensor(weight) for name, weight in own.items()})
        return Parts(TemplatePursuit.of(saved), reader, _settings(known["settings"]))
    except (AscError, KeyError, TypeError, RuntimeError) as error:
        came = f"arguments and weights that do not go together ({error})"
        todo = "it was changed, or written by another version: use another, or fit again"
        raise CheckpointError(explain(came, f"a whole {KIND}", todo)) from error


def _settings(plain: dict[str, Any]) -> Settings:
    return checked_settings(Settings(**{name: plain[name] for name in Settings.__annotations__}))  # type: ignore[typeddict-item]
