"""Hear a recording: six channels of steel become one of sound."""

import base64
import io
import wave
from html import escape
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.highpass import HighPass
from asctools.bells.recording import Recording
from asctools.errors import InputError, explain

__all__ = ["AudioPlayer", "player", "to_wav"]

LOWEST_HZ = 30.0  # below lies the sway of the tower, which no loudspeaker gives
FADE_S = 0.005
LOUDEST = 0.9
ROUNDING = 1e-9  # what is left of a constant signal
PAGE_BYTES = 250_000


class AudioPlayer(NamedTuple):
    """A sound with its controls, for a notebook or a page.

    Attributes
    ----------
    label
        What is heard, for those who cannot see or hear the player.
    seconds
        How long it lasts.
    html
        The player with its sound inside: nothing is fetched from anywhere.
    """

    label: str
    seconds: float
    html: str

    def __repr__(self) -> str:
        return f"Sound, {self.seconds:.1f} s: {self.label}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


def to_wav(recording: Recording, rate: int = 16000) -> bytes:
    """Mix the channels to one, and write it as a 16 bit WAV file.

    Parameters
    ----------
    recording
        What to hear; its loudest sample becomes nine tenths of the full scale.
    rate
        Samples per second of the file, 8000 or more: not every browser plays less.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    InputError
        If the rate is below 8000, or the recording is empty or not finite.
    """
    from scipy.signal import resample_poly

    if rate < 8000:
        raise InputError(explain(f"{rate} Hz", "8000 Hz or more", "ask for 8000"))
    if not len(recording.signal) or not np.isfinite(recording.signal).all():
        came = f"a signal of shape {recording.signal.shape} that is empty or not finite"
        raise InputError(explain(came, "finite samples", "cut the part that can be heard"))
    steady, _ = HighPass(LOWEST_HZ, recording.rate)(recording.signal.astype(np.float64))
    sound = resample_poly(steady.mean(1), rate, round(recording.rate))
    sound *= _fades(len(sound), rate)
    loudest = float(np.abs(sound).max())
    silent = loudest <= ROUNDING * float(np.abs(recording.signal).max())
    counts = np.round(sound * (0.0 if silent else LOUDEST * (2**15 - 1) / loudest))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(counts.astype("<i2").tobytes())
    return file.getvalue()


def player(recording: Recording, label: str, rate: int = 8000) -> AudioPlayer:
    """Return a player that stands in a notebook's output, or in a page without a kernel.

    Parameters
    ----------
    recording
        What to hear: eleven seconds at most at the usual rate.
    label
        What it is, in words: it stands below the player.
    rate
        Samples per second of the sound, 8000 or more.

    Returns
    -------
    AudioPlayer
        Shown by being a cell's last value.

    Raises
    ------
    InputError
        If the sound would weigh more than 250 kB in the page, or as in :func:`to_wav`.
    """
    sound = base64.b64encode(to_wav(recording, rate)).decode()
    if len(sound) > PAGE_BYTES:
        came = f"a sound of {len(sound)} bytes ({recording.seconds:.1f} s)"
        raise InputError(explain(came, f"at most {PAGE_BYTES}", "cut a shorter part"))
    said = escape(label)
    html = (
        f'<figure class="asc-audio"><audio controls preload="metadata" aria-label="{said}" '
        f'src="data:audio/wav;base64,{sound}">This browser plays no sound: {said}.</audio>'
        f"<figcaption>{said}</figcaption></figure>"
    )
    return AudioPlayer(label, recording.seconds, html)


def _fades(n: int, rate: int) -> NDArray[np.float64]:
    """Rise from 0 at the start and fall to 0 at the end, so that neither clicks."""
    from_end = np.minimum(np.arange(n), np.arange(n)[::-1])
    return np.clip(from_end / (FADE_S * rate), 0, 1)
