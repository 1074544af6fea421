"""A simulated bell frame: recordings whose every strike is known."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.frame.design import Design, design
from asctools.bells.frame.levels import level_named
from asctools.bells.frame.noise import coloured_noise
from asctools.bells.frame.sensors import Switches, hear
from asctools.bells.frame.shapes import ONSET, Shapes
from asctools.bells.frame.touch import Touch, with_label_errors
from asctools.bells.frame.waves import attack_shapes, snr_db, tail_shapes
from asctools.bells.recording import RATE, Recording, Windows, cut
from asctools.errors import InputError, explain

__all__ = ["BellFrame"]

LEAD_S, MINUTE_S = 2.0, 60.0
RINGING, CUTTING = 1, 2  # what a random stream is for; 0 is the design


class _Rung(NamedTuple):
    """A recording, and how loud attack and tail of each of its strikes were, (k, 2)."""

    recording: Recording
    loudness: NDArray[np.float64]


class BellFrame:
    """Sixteen bells in a steel frame with two sensors of three axes, recorded 2000 times a second.

    Parameters
    ----------
    seed
        Decides the bells, the steel and the sensors' places: another seed is another frame.
    level
        ``"quiet"``, ``"light"``, ``"standard"`` or ``"hard"``.
    noise, sway, impulses, clipping
        ``False`` leaves it out.
    strokes
        ``False`` lets the backstroke sound like the handstroke.
    clock_skew_ppm
        How much faster the second unit's clock runs; both are set to each other once a minute.
    label_jitter_ms
        Standard deviation of the labels' errors; 0 gives the true times, to an eighth of a sample.

    Attributes
    ----------
    onset
        The sample of every template at which its bell strikes: 20.
    delays
        Samples from a strike to its arrival at each channel, shape ``(16, 6)``.
    sigma
        Standard deviation of the white noise of each channel, in the units of the signal.
    partials
        Frequencies of each bell's tail in Hz, 16 arrays of shape ``(K,)``.
    gains
        Their signed gains before the bells are brought to their loudness, 16 arrays of shape
        ``(2, K, 6)``: hand and back, partials, channels.

    Raises
    ------
    UnknownNameError
        If there is no such level.
    """

    onset = ONSET

    def __init__(
        self,
        seed: int = 0,
        level: str = "standard",
        *,
        noise: bool = True,
        sway: bool = True,
        impulses: bool = True,
        clipping: bool = True,
        strokes: bool = True,
        clock_skew_ppm: float = 5.0,
        label_jitter_ms: float = 0.2,
    ) -> None:
        self.seed, self.level, self.settings = seed, level, level_named(level)
        self.switches = Switches(noise, sway, impulses, clipping, clock_skew_ppm)
        self.strokes, self.label_jitter_ms = strokes, label_jitter_ms
        drawn = _design(seed)
        self.delays, self.sigma = drawn.delays, self.settings.sigma
        self.partials = [modes.hertz for modes in drawn.tails]
        self.gains = [modes.gains for modes in drawn.tails]

    def __repr__(self) -> str:
        return f"BellFrame(seed={self.seed}, level={self.level!r})"

    @property
    def parts(self) -> tuple[Shapes, Shapes]:
        """The attack and the tail of each bell, both strokes, in eighths of a sample."""
        return _parts(self.seed, self.strokes)

    def templates(self, strokes: bool = True, length: int = 600) -> NDArray[np.float32]:
        """Return what a strike of loudness 1 gives, with its onset at sample 20.

        Parameters
        ----------
        strokes
            Whether hand and back come apart.
        length
            Samples per template, at most 3000.

        Returns
        -------
        array
            Shape ``(16, 2, 6, length)``, or ``(16, 6, length)``: the mean of both strokes.

        Raises
        ------
        InputError
            If the length is out of range.
        """
        attack, tail = (shapes.waves[:, :, 0] for shapes in self.parts)
        if not 1 <= length <= tail.shape[-1]:
            expected = f"1 to {tail.shape[-1]} samples"
            raise InputError(explain(f"length {length}", expected, "ask for shorter templates"))
        whole = tail[..., :length].copy()
        whole[..., : attack.shape[-1]] += attack[..., :length]
        return whole if strokes else whole.mean(1)

    def snr_db(self) -> NDArray[np.float64]:
        """Return energy of each bell's 40 ms template over the noise's variance, dB, ``(16,)``."""
        return snr_db(self.templates(), self.sigma)

    def noise(self, n: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Draw what the sensors hear without bells, knocks and sway, shape ``(n, 6)``."""
        return coloured_noise(n, self.sigma, rng).T

    def record(
        self,
        seconds: float,
        seed: int = 0,
        method: str | None = "plain bob",
        bells: int | None = None,
        *,
        refractory: bool = True,
        first_row: int = 0,
        lead_s: float = -0.5,
    ) -> Recording:
        """Record ringing.

        Parameters
        ----------
        seconds
            How long.
        seed
            Another seed is another recording of the same frame.
        method, bells, refractory, first_row, lead_s
            What is rung, as in :class:`asctools.bells.frame.touch.Touch`. The strikes of
            ``record(120, seed=30, bells=12, refractory=False)`` break the rule of 2 s.

        Returns
        -------
        Recording
            ``(n, 6)`` float32, with its strikes.

        Raises
        ------
        InputError
            If it would be empty, or the number of bells is not 12, 14 or 16.
        UnknownNameError
            If there is no such method.
        """
        touch = Touch(method, bells, refractory, first_row, lead_s)
        return self._ring(seconds, seed, touch).recording

    def windows(
        self,
        n: int,
        seconds: float = 2.0,
        seed: int = 0,
        method: str | None = None,
        bells: int | None = None,
        refractory: bool = True,
    ) -> Windows:
        """Cut ``n`` windows, one behind the other, from recordings of about a minute.

        Parameters
        ----------
        n
            How many.
        seconds
            How long each is.
        seed
            Another seed is other recordings: use one each for training, validation and test.
        method, bells, refractory
            As in :meth:`record`; method and bells are drawn for each recording by default.

        Returns
        -------
        Windows
            Data ``(n, seconds · 2000, 6)``; a strike before a window leaves its tail in it.

        Raises
        ------
        InputError
            If there would be no window, or an empty one.
        """
        return self.windows_and_loudness(n, seconds, seed, method, bells, refractory)[0]

    def windows_and_loudness(
        self,
        n: int,
        seconds: float = 2.0,
        seed: int = 0,
        method: str | None = None,
        bells: int | None = None,
        refractory: bool = True,
    ) -> tuple[Windows, tuple[NDArray[np.float64], ...]]:
        """Cut the windows of :meth:`windows`, and say how loud each of their strikes truly was.

        Parameters
        ----------
        n, seconds, seed, method, bells, refractory
            As in :meth:`windows`.

        Returns
        -------
        Windows, tuple of arrays
            For each window an array ``(k, 2)`` beside its ``k`` strikes: by how much the attack and
            the tail were louder than the template's, 1 = as loud.
        """
        length = round(seconds * RATE)
        if n < 1 or length < 1:
            came = f"{n} windows of {seconds} seconds"
            raise InputError(explain(came, "1 or more that are not empty", "ask for more"))
        each = max(1, int(MINUTE_S * RATE) // length)
        rng = np.random.default_rng([self.seed, CUTTING, seed])
        parts: list[Windows] = []
        loud: list[NDArray[np.float64]] = []
        for left in range(n, 0, -each):
            own_seed, row = int(rng.integers(2**62)), int(rng.integers(1000))
            touch = Touch(method, bells, refractory, row, LEAD_S)
            rung = self._ring(min(each, left) * length / RATE, own_seed, touch)
            parts.append(cut(rung.recording, length))
            ends = np.cumsum([window.number for window in parts[-1].strikes])
            loud += np.split(rung.loudness[: ends[-1]], ends[:-1])
        return Windows.together(parts), tuple(loud)

    def _ring(self, seconds: float, seed: int, touch: Touch) -> "_Rung":
        n = round(seconds * RATE)
        if n < 1:
            raise InputError(explain(f"{seconds} seconds", "more than 0", "record longer"))
        rng = np.random.default_rng([self.seed, RINGING, seed])
        true = touch.strikes(n, rng)
        signal, loud = hear(self.parts, true, n, self.settings, self.switches, rng)
        labels, which = with_label_errors(true, self.label_jitter_ms * RATE / 1000, n, rng)
        return _Rung(Recording(signal, float(RATE), labels), loud[which])

    def unlabelled(self, n: int, seconds: float = 2.0, seed: int = 0) -> NDArray[np.float32]:
        """Return the data of ``windows`` alone, ``(n, T, 6)``, for learning without labels."""
        return self.windows(n, seconds, seed).data


def _design(seed: int) -> Design:
    return design(np.random.default_rng([seed, 0]))


@lru_cache(maxsize=2)
def _parts(seed: int, strokes: bool) -> tuple[Shapes, Shapes]:
    """Make the waveforms of a frame once; levels share them, so nobody may write to them."""
    drawn = _design(seed)
    attack, tail = attack_shapes(drawn), tail_shapes(drawn)
    both = tail.waves[:, :, 0, :, : attack.waves.shape[-1]] + attack.waves[:, :, 0]
    gain = 10 ** ((drawn.loudness_db - snr_db(both, 1.0)) / 20)
    for shapes in (attack, tail):
        shapes.waves[:] *= gain[:, None, None, None, None].astype(np.float32)
        if not strokes:
            shapes.waves[:, 1] = shapes.waves[:, 0]
        shapes.waves.flags.writeable = False
    return attack, tail
