"""Readings in ``.npy`` and ``.wav``."""

import warnings
from pathlib import Path

import numpy as np

from asctools.events.io.raw import Raw, from_counts, table_of, unreadable

__all__ = ["read_npy", "read_wav"]


def read_npy(path: Path, full_scale: float) -> Raw:
    """Read an array of NumPy; one of float32 is mapped, not loaded, so its length costs nothing.

    Raises
    ------
    InputError
        If it is cut short, damaged, or holds objects.
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
    if values.dtype.kind == "i":
        return Raw(from_counts(values, 8 * values.dtype.itemsize, full_scale))
    return Raw(values)


def read_wav(path: Path, full_scale: float) -> Raw:
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
    except (ValueError, OSError, EOFError, wavfile.WavFileWarning) as error:
        raise unreadable(path, ".wav", error) from error
    except Exception as error:  # the header of a damaged file leads anywhere
        raise unreadable(path, ".wav", error) from error
    values = table_of(values.reshape(len(values), -1), path)
    if values.dtype.kind == "i":  # 24 bits come as 32, with nothing in the lowest eight
        values = from_counts(values, 8 * values.dtype.itemsize, full_scale)
    return Raw(values, float(rate))
