"""What the pursuit proposes for training: templates never judge the strikes they were learned from.

Templates fit the recordings that they were learned from a little too well, and scores there are too
high. So the labelled recordings are halved, and each half is searched with templates of the other.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from asctools.bells import Strikes, Windows
from asctools.bells.pursuit import TemplatePursuit
from asctools.bells.pursuit.features import Described, candidate_features
from asctools.bells.pursuit.labelled import Labels, Signals, checked, set_aside
from asctools.events.normaliser import Normaliser

__all__ = ["Known", "Proposals", "propose"]

ASIDE = 0.1  # of the samples, for validation


class Known(NamedTuple):
    """The candidates of some recordings, and their strikes."""

    described: list[Described]
    strikes: list[Strikes]


class Proposals(NamedTuple):
    """What a training of the reader needs.

    Attributes
    ----------
    pursuit
        Fitted on all labelled recordings.
    train
        Their candidates, from templates of the other half each.
    validation
        Those of the validation, from ``pursuit``.
    normaliser
        What is usual in the recordings: whoever detects can say that others are unlike.
    """

    pursuit: TemplatePursuit
    train: Known
    validation: Known
    normaliser: Normaliser


def propose(
    settings: dict[str, Any],
    data: Signals,
    strikes: Sequence[Strikes] | None = None,
    validation: Windows | Labels | None = None,
    least_score: float = 1.0,
    spare: int = 0,
) -> Proposals:
    """Fit pursuits, and describe their candidates.

    Parameters
    ----------
    settings
        Of :class:`~asctools.bells.pursuit.TemplatePursuit`.
    data, strikes, validation
        As its ``fit`` takes them; without validation a tenth of the data is set aside for it.
    least_score, spare
        As for :func:`~asctools.bells.pursuit.features.candidate_features`.
    """
    whole = TemplatePursuit(**settings)
    bells, length = whole.settings.num_events, whole.settings.length
    labels = checked(data, strikes, bells, length)
    if validation is None:
        labels, aside = set_aside(labels, ASIDE, least=length)
    else:
        aside = checked(validation[0], validation[1], bells, length)
    halves = set_aside(labels, 0.5, least=length)
    train = Known([], [])
    for own, other in (halves, halves[::-1]):
        judge = TemplatePursuit(**settings).fit(*other, validation=aside)
        train.described.extend(_described(judge, own, least_score, spare))
        train.strikes.extend(own.strikes)
    whole.fit(*labels, validation=aside)
    held = Known(_described(whole, aside, least_score, spare), aside.strikes)
    options = whole.settings
    usual = Normaliser.fit(labels.signals, options.rate, options.highpass_hz)
    return Proposals(whole, train, held, usual)


def _described(
    pursuit: TemplatePursuit, labels: Labels, least_score: float, spare: int
) -> list[Described]:
    return [candidate_features(pursuit, signal, least_score, spare) for signal in labels.signals]
