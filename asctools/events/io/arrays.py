"""Readings in ``.npy`` and ``.wav``."""

import warnings
from pathlib import Path

import numpy as np

from asctools.bells.frame import FULL_SCALE
from asctools.errors import InputError, explain
from asctools.events.io.raw import Raw, from_counts, table_of, unreadable

__all__ = ["read_npy", "read_wav"]


def read_npy(path: Path, full_scale: float | None) -> Raw:
    """Read an array of NumPy; one of float32 is mapped, not loaded, so its length costs nothing.

    Raises
    ------
    InputError
        If it is cut short, damaged, holds objects, or integers of more than 16 bits of which
        nobody says how large they are.
    ShapeError
        If it is not ``(samples, channels)``.
    """
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise unreadable(path, ".npy", error) from error
    if not isinstance(values, np.ndarray):
        values.close()
        raise unreadable(path, ".npy", ValueError("it is an archive of several arrays"))
    values = table_of(values, path)
    if values.dtype.kind != "i":
        return Raw(values)
    bits = 8 * values.dtype.itemsize
    if bits > 16 and full_scale is None:  # a converter of 12 bits is often kept in so many
        came = f"{path} with integers of {bits} bits, and no full scale"
        right = f"what 2**{bits - 1} counts stand for"
        todo = "pass full_scale=... (--full-scale), or save readings in units, as floats"
        raise InputError(explain(came, right, todo))
    return Raw(from_counts(values, bits, FULL_SCALE if full_scale is None else full_scale))


def read_wav(path: Path, full_scale: float | None) -> Raw:
    """Read a WAV of any number of channels, 16, 24 or 32 bits or floats.

    Raises
    ------
    InputError
        If it is cut short, damaged, or of a kind that cannot be read.
    """
    from scipy.io import wavfile

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # of chunks with a title, say
            warnings.filterwarnings("error", "Reached EOF", wavfile.WavFileWarning)
            rate, values = wavfile.read(path)
    except Exception as error:  # the header of a damaged file leads anywhere
        raise unreadable(path, ".wav", error) from error
    values = table_of(values.reshape(len(values), -1), path)
    if values.dtype.kind == "i":  # 24 bits come as 32, with nothing in the lowest eight
        largest = FULL_SCALE if full_scale is None else full_scale
        values = from_counts(values, 8 * values.dtype.itemsize, largest)
    return Raw(values, float(rate))
