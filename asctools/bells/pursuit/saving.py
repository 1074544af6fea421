"""Keep a fitted pursuit in one ``.npz`` file, and read it with care."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.settings import Settings
from asctools.errors import CheckpointError, InputError, explain
from asctools.numpy_lstm.saving import read_npz, write_npz

__all__ = ["Saved", "read", "write"]

FORMAT, VERSION = "asctools.bells pursuit", 1


class Saved(NamedTuple):
    """What a fitted pursuit knows: templates (K, C, L), spectrum (F, C, C), settings, threshold."""

    settings: Settings
    threshold: float
    waveforms: NDArray[np.float32]
    spectrum: NDArray[np.complex128]


def write(path: str | Path, saved: Saved) -> None:
    """Write it beside ``path``, then rename: the file is whole or not there."""
    header = {"format": FORMAT, "version": VERSION, "settings": saved.settings.as_dict()}
    arrays: dict[str, NDArray[Any]] = {
        "header": np.array(json.dumps(header)),
        "threshold": np.array(saved.threshold),
        "waveforms": saved.waveforms,
        "spectrum": saved.spectrum,
    }
    write_npz(path, arrays)


def read(path: str | Path) -> Saved:
    """Read what :func:`write` wrote.

    Raises
    ------
    CheckpointError
        If it is missing, damaged, something else, of another version, or does not fit together.
    """
    arrays = read_npz(path)
    header = _header(path, arrays.get("header"))
    try:
        saved = Saved(
            Settings(**header["settings"]),
            float(arrays["threshold"]),
            arrays["waveforms"].astype(np.float32),
            arrays["spectrum"].astype(np.complex128),
        )
        _check(saved)
    except (KeyError, TypeError, ValueError) as error:
        came = f"{path}, a pursuit with a part that does not fit ({error})"
        raise CheckpointError(
            explain(came, "a whole pursuit", "use another, or fit again")
        ) from error
    return saved


def _header(path: str | Path, text: NDArray[Any] | None) -> dict[str, Any]:
    try:
        header = json.loads(str(text))
    except json.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        came = f"{path}, a file of something else"
        raise CheckpointError(explain(came, "a pursuit", "use one that TemplatePursuit.save wrote"))
    if header.get("version") != VERSION:
        came = f"{path}, written in version {header.get('version')} of the format"
        raise CheckpointError(explain(came, f"version {VERSION}", "fit again, and save"))
    return header


def _check(saved: Saved) -> None:
    kinds = saved.settings.num_events * saved.settings.per_bell
    waves, spectrum = saved.waveforms, saved.spectrum
    fits = (
        waves.ndim == 3
        and (len(waves), waves.shape[2]) == (kinds, saved.settings.length)
        and spectrum.ndim == 3
        and spectrum.shape[1:] == (waves.shape[1], waves.shape[1])
        and np.isfinite(waves).all()
        and np.isfinite(spectrum).all()
        and not np.isnan(saved.threshold)
    )
    if not fits:
        came = f"waveforms of shape {waves.shape}, spectrum of shape {spectrum.shape}"
        raise InputError(explain(came, f"finite numbers for {kinds} templates", "fit again"))
