"""``TemplatePursuit``: learn what each bell looks like, then explain recordings by strikes."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.highpass import HighPass
from asctools.bells.pursuit import saving
from asctools.bells.pursuit.explainer import Explainer
from asctools.bells.pursuit.fitting import prepared, remaining_noise, threshold_for
from asctools.bells.pursuit.labelled import Labels, Signals, checked_signal, divided
from asctools.bells.pursuit.least_squares import Labelled, learn
from asctools.bells.pursuit.noise import white
from asctools.bells.pursuit.settings import Settings
from asctools.bells.pursuit.templates import LEAD, Templates
from asctools.bells.recording import Windows
from asctools.bells.strikes import Picks, Strikes
from asctools.errors import InputError, ShapeError, explain

__all__ = ["Candidates", "TemplatePursuit"]


class Candidates(NamedTuple):
    """Strikes that a pursuit took down to a low score, in order of time.

    Attributes
    ----------
    picks
        Bell, time and score of each, n of them.
    amplitudes
        How strong each is, 1 = usual, (n,).
    kinds
        Which template explains it best, (n,): the bell's index, or with two templates per bell
        twice that, plus 1 for a backstroke.
    """

    picks: Picks
    amplitudes: NDArray[np.float64]
    kinds: NDArray[np.int64]


class TemplatePursuit:
    """Matching pursuit with templates that least squares learn from labels.

    Parameters
    ----------
    num_events
        How many bells there are.
    length
        Samples of a template, its strike at sample 20.
    refractory_period_samples
        A bell strikes once in so many samples; exactly so many are legal. 0: no such rule.
    rate
        Samples a second.
    highpass_hz
        Below it everything is taken out first.
    ridge, steps
        Of the least squares, see :func:`~asctools.bells.pursuit.least_squares.learn`.
    variance
        Of the strength of strikes around 1.
    strokes
        Whether handstroke and backstroke have templates of their own. The labels must know them.
    whiten
        False takes the noise for white, alike and unrelated in all channels.
    tolerance
        In samples: how near a strike a candidate is right, when the threshold is chosen.

    Attributes
    ----------
    threshold : float
        The least score of a strike, a log-likelihood ratio. :meth:`fit` chooses it.
    settings : Settings
        The parameters above.
    """

    def __init__(
        self,
        num_events: int = 16,
        length: int = 600,
        refractory_period_samples: int = 4000,
        *,
        rate: float = 2000.0,
        highpass_hz: float = 15.0,
        ridge: float = 5.0,
        steps: int = 6,
        variance: float = 0.3,
        strokes: bool = False,
        whiten: bool = True,
        tolerance: float = 10.0,
    ) -> None:
        self.settings = Settings(
            num_events, length, refractory_period_samples, rate, highpass_hz,
            ridge, steps, variance, strokes, whiten, tolerance,
        )  # fmt: skip
        self._high_pass = HighPass(highpass_hz, rate)
        self.threshold = float("inf")
        self._explainer: Explainer | None = None

    def fit(
        self,
        data: Signals,
        strikes: Sequence[Strikes] | None = None,
        validation: Windows | Labels | None = None,
    ) -> "TemplatePursuit":
        """Learn templates, noise and threshold from labelled signals.

        Parameters
        ----------
        data
            :class:`~asctools.bells.recording.Windows`, or signals (T, C) of any lengths.
        strikes
            Those of each signal; windows know theirs.
        validation
            Windows, or a pair of signals and their strikes, that choose the threshold. None: the
            last tenth of the data is set aside for it, if it holds a strike.

        Returns
        -------
        TemplatePursuit
            Itself.

        Raises
        ------
        ShapeError, InputError
            For signals and strikes that do not go together; the message names the row.
        """
        labels, aside = divided(data, strikes, validation, self.settings)
        return self.fit_prepared(self.prepared(labels), aside)

    def prepared(self, labels: Labels) -> list[Labelled]:
        """High-pass signals, and put their strikes where the templates would have to lie."""
        return prepared(labels, self._high_pass, self.settings.per_bell)

    def fit_prepared(self, recordings: Sequence[Labelled], aside: Labels) -> "TemplatePursuit":
        """Learn as :meth:`fit` does, from strikes that may have amplitudes, signals with weights.

        Parameters
        ----------
        recordings
            As :meth:`prepared` makes them; nothing is checked here.
        aside
            Chooses the threshold.
        """
        options = self.settings
        waveforms = learn(
            recordings, len(self._bells), options.length, options.ridge, options.steps
        )
        return self._take(waveforms, recordings, aside)

    def use(
        self,
        templates: ArrayLike,
        data: Signals,
        strikes: Sequence[Strikes] | None = None,
        validation: Windows | Labels | None = None,
    ) -> "TemplatePursuit":
        """Take templates that are known, and learn only noise and threshold.

        Parameters
        ----------
        templates
            As a sensor would record them, strike at sample 20: (num_events, C, length), with
            ``strokes=True`` (num_events, 2, C, length).
        data, strikes, validation
            As for :meth:`fit`.

        Returns
        -------
        TemplatePursuit
            Itself.
        """
        labels, aside = divided(data, strikes, validation, self.settings)
        raw = np.asarray(templates, dtype=np.float32)
        one = (labels.signals[0].shape[1], self.settings.length)
        wanted = (self.settings.num_events, *([2] if self.settings.strokes else []), *one)
        if raw.shape != wanted:
            came = f"templates of shape {raw.shape}"
            raise ShapeError(explain(came, f"{wanted}", "cut them so, or change the settings"))
        waveforms, _ = self._high_pass(raw.reshape(-1, *one).transpose(0, 2, 1))
        return self._take(waveforms, self.prepared(labels), aside)

    def detect(self, signal: NDArray[np.floating], threshold: float | None = None) -> Picks:
        """Return the strikes in a signal.

        Parameters
        ----------
        signal
            (T, C), at least as long as a template; longer than memory if it is memory-mapped.
        threshold
            The least score; None: that of the fit.

        Returns
        -------
        Picks
            Scores are log-likelihood ratios, times fractions of samples.
        """
        return self.candidates(signal, self.threshold if threshold is None else threshold).picks

    def candidates(self, signal: NDArray[np.floating], least_score: float = 1.0) -> Candidates:
        """Return what the pursuit takes down to a score, and how strong each strike is."""
        explainer = self._fitted
        signal = np.asanyarray(signal)  # a memory-mapped array stays one
        checked_signal(signal, explainer.templates.waveforms.shape[1], self.settings.length)
        found = list(explainer.explain(signal, least_score))
        times = np.array([each.start + LEAD + each.fraction for each in found])
        inside = np.flatnonzero((times > -1) & (times < len(signal)))
        order = inside[np.argsort(times[inside], kind="stable")]
        kinds = np.array([each.kind for each in found], dtype=np.int64)[order]
        picks = Picks.make(
            self._bells[kinds],
            np.clip(times[order], 0, len(signal) - 1),
            np.array([each.score for each in found])[order],
        )
        return Candidates(picks, np.array([each.amplitude for each in found])[order], kinds)

    @property
    def templates(self) -> NDArray[np.float32]:
        """What each bell looks like after the high-pass, (num_events, C, length).

        Where the strokes have templates of their own this is their mean.
        """
        return self.stroke_templates.mean(axis=1)

    @property
    def stroke_templates(self) -> NDArray[np.float32]:
        """All templates, (num_events, 1 or 2, C, length)."""
        waveforms = self._fitted.templates.waveforms
        return waveforms.reshape(self.settings.num_events, -1, *waveforms.shape[1:])

    @property
    def spectrum(self) -> NDArray[np.complex128]:
        """The cross-spectrum of the noise, (F, C, C), from 0 to rate / 2."""
        return self._fitted.spectrum

    def save(self, path: str | Path) -> None:
        """Write it into one file, ``.npz``."""
        saving.write(path, self.saved())

    @classmethod
    def load(cls, path: str | Path) -> "TemplatePursuit":
        """Read what :meth:`save` wrote; ``CheckpointError`` if that is not what the file holds."""
        return cls.of(saving.read(path))

    def saved(self) -> saving.Saved:
        """Return all that it has learned."""
        known = self._fitted
        return saving.Saved(
            self.settings, self.threshold, known.templates.waveforms, known.spectrum
        )

    @classmethod
    def of(cls, saved: saving.Saved) -> "TemplatePursuit":
        """Make one that knows what another has learned."""
        pursuit = cls(**saved.settings.as_dict())
        pursuit._know(saved.waveforms, saved.spectrum)
        pursuit.threshold = saved.threshold
        return pursuit

    @property
    def explainer(self) -> Explainer:
        """What explains recordings with these templates: for those who look at its inside."""
        return self._fitted

    @property
    def _fitted(self) -> Explainer:
        if self._explainer is None:
            raise InputError(explain("a pursuit without templates", "a fitted one", "call fit"))
        return self._explainer

    @property
    def _bells(self) -> NDArray[np.int64]:
        """Whose template each one is, (K,)."""
        return np.repeat(np.arange(self.settings.num_events), self.settings.per_bell)

    def _take(
        self, waveforms: NDArray[np.floating], recordings: Sequence[Labelled], aside: Labels
    ) -> "TemplatePursuit":
        """Use these templates, (K, L, C), and learn the rest."""
        spectrum = remaining_noise(waveforms, recordings)
        by_channel = waveforms.transpose(0, 2, 1)
        self._know(by_channel, spectrum if self.settings.whiten else white(spectrum))
        self.threshold = threshold_for(aside, self.detect, self.settings.tolerance)
        return self

    def _know(self, waveforms: NDArray[np.floating], spectrum: NDArray[np.complex128]) -> None:
        templates = Templates(np.ascontiguousarray(waveforms, dtype=np.float32), self._bells)
        self._explainer = Explainer(templates, spectrum, self.settings)
