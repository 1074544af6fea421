"""Read a recording of sensors, and refuse what would give wrong strikes without saying so."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from asctools.bells import RATE
from asctools.bells.frame import FULL_SCALE
from asctools.errors import InputError, ShapeError, explain, unknown_name
from asctools.events.checks import positive
from asctools.events.io.arrays import read_npy, read_wav
from asctools.events.io.gaps import fill, refuse_gaps, valid_of
from asctools.events.io.raw import Raw
from asctools.events.io.resampling import resample
from asctools.events.io.table import read_table

__all__ = ["FULL_SCALE", "SensorRecording", "read_recording"]

SHORTEST_S = 0.1  # a strike needs that much to be one
SAME_RATE = 0.01  # relative: the clocks of two cheap sensors differ by less
RATE_TODO = "pass 2000, say"
COUNTS_TODO = "pass what the largest count stands for, as 40.0 of the bell frame"


class SensorRecording(NamedTuple):
    """A recording that can be worked with.

    Attributes
    ----------
    signal
        Readings ``(n, C)``, float32, all finite; gaps are bridged by straight lines. A file
        ``.npy`` of float32 stays on the disk and is mapped.
    rate
        Samples a second.
    valid
        Where all channels were measured, ``(n,)`` of bool: no strike may be claimed elsewhere.
    start_s
        When the first sample was taken, by the file's clock; 0 if it has none.
    channels
        What the channels are called.
    """

    signal: np.ndarray
    rate: float = float(RATE)
    valid: np.ndarray = np.ones(0, dtype=bool)
    start_s: float = 0.0
    channels: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.signal) / self.rate


def read_recording(
    path: str | Path,
    rate: float | None = None,
    channels: int | None = None,
    gaps: str = "refuse",
    resample_to: float | None = None,
    *,
    full_scale: float | None = None,
    allow_constant: bool = False,
) -> SensorRecording:
    """Read a recording.

    Parameters
    ----------
    path
        A file ``.npy`` ``(samples, channels)``, ``.wav`` of any number of channels, or ``.csv``,
        ``.tsv`` or ``.txt`` as :mod:`asctools.events.io.table` says.
    rate
        Samples a second. Needed where the file does not say it; where it does, both must agree
        within 1 %. Yours is taken where a clock in the file cannot tell the two apart, else the
        file's: over an hour, a little is whole seconds.
    channels
        How many there have to be; any number if None.
    gaps
        What to do where readings are missing: ``"refuse"``, or ``"mask"`` them.
    resample_to
        The rate that is wanted; None keeps the recording's.
    full_scale
        What the largest count stands for, where a file holds the integers of a converter. None is
        that of :class:`~asctools.bells.BellFrame` for ``.wav`` and 16 bits; for wider integers in
        ``.npy`` it has to be given, for nobody knows how many of their bits the converter used:
        it is what 2³¹ (or 2⁶³) counts stand for. Floats are taken as they are.
    allow_constant
        Whether a channel may stand still from beginning to end.

    Raises
    ------
    InputError
        If the file is missing, empty, damaged or of another kind, too short, has gaps, a channel
        that stands still, or no rate or one that contradicts yours.
    ShapeError
        If it is no table, or has another number of channels.
    """
    path = Path(path)
    if gaps not in ("refuse", "mask"):
        raise unknown_name("gaps", gaps, ("refuse", "mask"))
    raw = _raw(path, rate, full_scale)
    rate = _rate(raw.rate, rate, path)
    _check_shape(raw, rate, channels, path)
    valid = valid_of(raw.signal, path)
    if gaps == "refuse":
        refuse_gaps(valid, rate, path)
    signal = raw.signal if valid.all() else fill(raw.signal, path)
    if not allow_constant:
        _refuse_constant(signal, path)
    to = rate if resample_to is None else positive(resample_to, "resample_to", "leave it at None")
    if to != rate:
        signal, valid = resample(signal, valid, rate, to)
        rate = to
    names = raw.names or tuple(str(k + 1) for k in range(signal.shape[1]))
    return SensorRecording(_single(signal), rate, valid, raw.start_s, names)


def _raw(path: Path, rate: float | None, full_scale: float | None) -> Raw:
    if rate is not None:
        positive(rate, "rate", RATE_TODO)
    if full_scale is not None:
        full_scale = positive(full_scale, "full_scale", COUNTS_TODO)
    if not path.is_file():
        came = f"{path}, which is {'no file' if path.exists() else 'not there'}"
        raise InputError(explain(came, "a recording", "check the path"))
    if not path.stat().st_size:
        raise InputError(explain(f"{path}, which is empty", "a recording", "record again"))
    kind = path.suffix.lower()
    if kind == ".npy":
        return read_npy(path, full_scale)
    if kind == ".wav":
        return read_wav(path, full_scale)
    if kind in (".csv", ".tsv", ".txt"):
        return read_table(path, rate)
    raise unknown_name("kind of recording", kind, (".npy", ".wav", ".csv", ".tsv", ".txt"))


def _rate(of_file: float | None, given: float | None, path: Path) -> float:
    """Return the one rate that the file and the caller agree on."""
    if given is None and of_file is None:
        came = f"{path}, which does not say its rate"
        raise InputError(explain(came, "samples a second", "pass rate=2000 (--rate 2000), say"))
    if given is None or of_file is None:
        return positive(of_file if given is None else given, "rate", RATE_TODO)
    if abs(of_file / given - 1) > SAME_RATE:
        came = f"{path} with {of_file:g} samples a second where {given:g} were stated"
        todo = "state the file's own rate, and ask for another with resample_to (--resample)"
        thousand = next((k for k in (1e3, 1e6) if abs(k * of_file / given - 1) <= SAME_RATE), None)
        if thousand:
            unit = "ms" if thousand == 1e3 else "us"
            todo = f"call the column of times time_{unit} if it has that unit"
        elif abs(of_file * 1e-3 / given - 1) <= SAME_RATE:
            todo = "call the column of times time_s if it is in seconds"
        raise InputError(explain(came, "one and the same rate", todo))
    return of_file


def _check_shape(raw: Raw, rate: float, channels: int | None, path: Path) -> None:
    length, found = raw.signal.shape
    if channels is not None and found != channels:
        names = f" ({', '.join(raw.names)})" if raw.names else ""
        came = f"{path} with {found} channels{names}"
        todo = "give the channels of the training, in that order, and call a column of times time_s"
        raise ShapeError(explain(came, f"{channels}", todo))
    if not found:
        raise ShapeError(explain(f"{path} without a channel", "one or more", "add a column"))
    if length < 2 or length < SHORTEST_S * rate:
        came = f"{path} of {length} samples, {length / rate:.3g} s"
        raise InputError(explain(came, f"at least {SHORTEST_S} s", "record for longer"))


def _refuse_constant(signal: np.ndarray, path: Path) -> None:
    still = [k + 1 for k in range(signal.shape[1]) if np.ptp(signal[:, k]) == 0]
    if still:
        came = f"{path}, in which channel {', '.join(map(str, still))} stands still"
        todo = "look at its cable; to go on without it, pass allow_constant=True (--allow-constant)"
        raise InputError(explain(came, "channels that move", todo))


def _single(signal: np.ndarray) -> np.ndarray:
    return signal if signal.dtype == np.float32 else np.asarray(signal, dtype=np.float32)
