"""What speaks for a candidate and against it: numbers for somebody else to decide with."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.bells.pursuit.detector import TemplatePursuit
from asctools.bells.pursuit.explainer import Explained, Explainer
from asctools.bells.pursuit.fit_features import Fit, fits
from asctools.bells.pursuit.labelled import checked_signal
from asctools.bells.pursuit.proposed import Proposed, proposed
from asctools.bells.pursuit.scores import EIGHTHS, amplitude_score, likely_amplitude
from asctools.bells.pursuit.search import Found, Scene
from asctools.bells.strikes import Picks

__all__ = ["Described", "about_the_fit", "candidate_features", "candidate_score", "names_of"]

TAKEN = 4.0  # from this log-likelihood ratio on a candidate is subtracted
LEAST = 1.0  # a log-likelihood ratio that is surely too low
NEAR = 10  # samples: within so many, two bells compete for one strike
LEAST_AMPLITUDE = 0.05
EDGE = 100.0  # samples: a strike that near to an end of the recording is cut


class Described(NamedTuple):
    """Candidates of a recording, in order of time, and what is known of each.

    Attributes
    ----------
    picks
        Bell, time and the pursuit's log-likelihood ratio, n of them.
    features
        (n, F) float32, the columns of :func:`names_of`.
    """

    picks: Picks
    features: NDArray[np.float32]


def names_of(channels: int) -> tuple[str, ...]:
    """Return what the columns of the features are, for so many channels."""
    return (
        "score", "score alone", "amplitude", "amplitude alone", "energy", "other place",
        "other bell", *(f"channel {k + 1}" for k in range(channels)), "tail",
        "mean misfit", "worst misfit", "from the start", "to the end", "spare",
    )  # fmt: skip


def about_the_fit(name: str) -> bool:
    """Return whether a column says how well the template fits the samples."""
    return name.startswith("channel ") or name in ("tail", "mean misfit", "worst misfit")


def candidate_score(
    c: ArrayLike, a: ArrayLike, E: ArrayLike, variance: float = 0.3
) -> NDArray[np.floating]:
    r"""Return the log-likelihood ratio of a candidate when all others are subtracted.

    The pursuit has subtracted every candidate. What this one took away is added back:

    .. math:: \ell_k = \ell(c_k + a_k E_k,\ E_k)

    Implements :eq:`eq-candidate-score`.

    Parameters
    ----------
    c
        What is left of its template's score at its place, when all are subtracted.
    a
        Its amplitude.
    E
        The score of its template on itself.
    variance
        Of the amplitude, as in :func:`~asctools.bells.pursuit.scores.amplitude_score`.

    Returns
    -------
    ndarray
        As c.
    """
    return amplitude_score(np.asarray(c) + np.asarray(a) * np.asarray(E), E, variance)


def candidate_features(
    pursuit: TemplatePursuit,
    signal: NDArray[np.floating],
    least_score: float = LEAST,
    spare: int = 0,
) -> Described:
    """Return what the pursuit takes down to a low score, and what speaks for each and against it.

    Parameters
    ----------
    pursuit
        Fitted.
    signal
        (T, C); longer than memory if it is memory-mapped.
    least_score
        Of a candidate, a log-likelihood ratio.
    spare
        How many places in a second a bell gets that seems to miss a row; they are not subtracted.
        With 0 all candidates are taken and subtracted, as a pursuit does.
    """
    explainer = pursuit.explainer
    signal = np.asanyarray(signal)  # a memory-mapped array stays one
    channels = explainer.templates.waveforms.shape[1]
    checked_signal(signal, channels, explainer.templates.length)
    blocks = [
        _of_block(explainer, explained, len(signal), least_score, spare)
        for explained in explainer.blocks(signal, max(TAKEN, least_score) if spare else least_score)
    ]
    picks = [described.picks for described in blocks]
    columns = [np.concatenate(column) for column in zip(*picks, strict=True)]
    features = np.concatenate([described.features for described in blocks])
    order = np.argsort(columns[1], kind="stable")
    return Described(Picks(*(column[order] for column in columns)), features[order])


def _of_block(
    explainer: Explainer, explained: Explained, length: int, least_score: float, spare: int
) -> Described:
    scene, candidates = explained.scene, proposed(explained, length, least_score, spare)
    names, found = names_of(explained.block.data.shape[1]), candidates.found
    if not found:
        return Described(Picks.none(), np.zeros((0, len(names)), dtype=np.float32))
    columns = (
        *_scores(scene, candidates),
        *_fitted(fits(explainer, explained.block, candidates)),
        *_edges(candidates.times, length),
        candidates.back == 0,
    )
    bells = scene.bells[[each.kind for each in found]]
    unknown = np.full(len(found), np.nan)
    return Described(
        Picks(bells, candidates.times, candidates.first_scores, unknown),
        np.stack(columns, axis=1).astype(np.float32),
    )


def _scores(scene: Scene, candidates: Proposed) -> tuple[NDArray[np.floating], ...]:
    """Return what the scores say, one array (n,) each; see :func:`names_of`."""
    found, back = candidates.found, candidates.back
    E = scene.bank.energies[[each.kind for each in found]]
    left = np.array([scene.traces[each.kind, each.start - scene.first] for each in found])
    alone = candidate_score(left, back, E, scene.variance)
    others = [_other_bell(scene, *each) for each in zip(found, back, strict=True)]
    return (
        _small(candidates.first_scores),
        _small(alone),
        np.log(np.maximum([each.amplitude for each in found], LEAST_AMPLITUDE)),
        likely_amplitude(left + back * E, E, scene.variance),
        np.log(E),
        _small([_other_place(scene, each) for each in found]),
        _small(alone - np.array(others)),
    )


def _other_place(scene: Scene, found: Found) -> float:
    """Return the score of the second-best place of a candidate's bell within its period."""
    same = np.flatnonzero(scene.bells == scene.bells[found.kind])
    place, reach = found.start - scene.first, max(scene.period, 1)
    columns = slice(max(place - reach, 0), place + reach + 1)
    left = scene.traces[same, columns].copy()
    near = slice(max(place - NEAR - columns.start, 0), place + NEAR + 1 - columns.start)
    left[:, near] = -np.inf
    return _best(scene.bank.energies[same], left, scene.variance)


def _other_bell(scene: Scene, found: Found, back: float) -> float:
    """Return the best score of another bell in place of a candidate."""
    others = np.flatnonzero(scene.bells != scene.bells[found.kind])
    place, L = found.start - scene.first, scene.bank.length
    columns = np.arange(max(place - NEAR, 0), min(place + NEAR + 1, scene.traces.shape[1]))
    late = EIGHTHS + round(2 * EIGHTHS * found.fraction)
    own = scene.bank.responses[late, found.kind][np.ix_(others, L + columns - place)]
    left = scene.traces[np.ix_(others, columns)] + back * own
    return _best(scene.bank.energies[others], left, scene.variance)


def _best(E: NDArray[np.floating], c: NDArray[np.floating], variance: float) -> float:
    """Return the best score in traces (k, J), 0 if there is none."""
    if not c.size:
        return 0.0
    # of one template the score rises with c, so its best place is where c is highest
    return max(0.0, float(amplitude_score(c.max(axis=1), E, variance).max()))


def _fitted(fit: Fit) -> tuple[NDArray[np.floating], ...]:
    misfit = np.log(np.maximum(fit.misfit, 1e-3))
    return (*fit.by_channel.T, fit.tail, np.log(fit.misfit.mean(axis=1) + 1e-3), misfit.max(axis=1))


def _edges(times: NDArray[np.float64], length: int) -> tuple[NDArray[np.float64], ...]:
    """Return how near the ends of the recording are, 1 at an end, 0 far from it."""
    return np.exp(-times / EDGE), np.exp(-(length - 1 - times) / EDGE)


def _small(scores: ArrayLike) -> NDArray[np.float64]:
    """Bring scores, which grow with the square of a strike's strength, to one scale."""
    scores = np.maximum(np.asarray(scores, dtype=np.float64), -50.0)  # −∞: upside down
    return np.sign(scores) * np.log1p(np.abs(scores))
