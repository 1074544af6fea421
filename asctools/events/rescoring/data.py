"""Sequences of candidates, and which of them are strikes, put together to batches."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Dataset

from asctools.bells import Strikes
from asctools.bells.pursuit.features import Described, about_the_fit, names_of
from asctools.errors import InputError, explain
from asctools.events.rescoring.rhythm import NAMES as RHYTHM
from asctools.events.rescoring.rhythm import rhythm

__all__ = [
    "CandidateBatch",
    "CandidateDataset",
    "CandidateSequence",
    "collate_candidates",
    "columns",
    "table",
]

PIECE = 128  # candidates of a sequence: a long recording becomes several
NOISE = 0.05  # deviations of a feature
LEFT_OUT = 0.1  # of the candidates, at random


class CandidateSequence(NamedTuple):
    """Candidates in order of time: features (n, F), bells (n,), 1 where it is a strike (n,)."""

    features: Tensor
    bells: Tensor
    targets: Tensor


class CandidateBatch(NamedTuple):
    """Several sequences, the shorter ones filled up with 0.

    Attributes
    ----------
    features
        (N, n, F).
    bells, targets
        (N, n).
    lengths
        Candidates of each, (N,).
    """

    features: Tensor
    bells: Tensor
    targets: Tensor
    lengths: Tensor


class CandidateDataset(Dataset[CandidateSequence]):
    """What the pursuit proposed, and what is true.

    Parameters
    ----------
    described
        The candidates of each recording.
    strikes
        What was struck in each.
    tolerance
        A candidate within so many samples of a strike of its bell is right.
    vary
        Whether some candidates are left out and a little noise is added, anew each time.

    Raises
    ------
    InputError
        If there is no candidate at all.
    """

    def __init__(
        self,
        described: Sequence[Described],
        strikes: Sequence[Strikes],
        tolerance: float = 10.0,
        *,
        vary: bool = False,
    ) -> None:
        self.vary = vary
        self.sequences = [
            piece
            for each, true in zip(described, strikes, strict=True)
            for piece in _pieces(each, true, tolerance)
        ]
        if not self.sequences:
            came = "recordings without a single candidate"
            todo = "lower least_score, or look at the labels"
            raise InputError(explain(came, "some candidates", todo))
        self.deviation = self.all_features().std(0, correction=0)

    def all_features(self) -> Tensor:
        """Return the features of all candidates, (n, F)."""
        return torch.cat([sequence.features for sequence in self.sequences])

    def sequences_with(self, number: int) -> int:
        """Return how many sequences have about so many candidates together, 1 at least."""
        mean = sum(len(sequence.bells) for sequence in self.sequences) / len(self)
        return max(1, round(number / mean))

    def __len__(self) -> int:
        return len(self.sequences)

    def __getitem__(self, row: int) -> CandidateSequence:
        sequence = self.sequences[row]
        return _varied(sequence, self.deviation) if self.vary else sequence


def table(described: Described) -> np.ndarray:
    """Return all that the reader is told of each candidate, (n, F), float32."""
    return np.concatenate([described.features, rhythm(described)], axis=1)


def columns(number: int, fit_features: bool = True, rhythm: bool = True) -> tuple[int, ...]:
    """Return which columns of a :func:`table` of so many a reader looks at."""
    names = (*names_of(number - len(names_of(0)) - len(RHYTHM)), *RHYTHM)
    hidden = set() if rhythm else set(RHYTHM)
    hidden |= set() if fit_features else {name for name in names if about_the_fit(name)}
    return tuple(place for place, name in enumerate(names) if name not in hidden)


def collate_candidates(sequences: Sequence[CandidateSequence]) -> CandidateBatch:
    """Put sequences together, filled up with 0 to the longest: for a ``DataLoader``."""
    columns = zip(*sequences, strict=True)
    padded = (pad_sequence(list(column), batch_first=True) for column in columns)
    lengths = torch.tensor([len(sequence.bells) for sequence in sequences])
    features, bells, targets = padded
    return CandidateBatch(features, bells, targets, lengths)


def _pieces(described: Described, true: Strikes, tolerance: float) -> list[CandidateSequence]:
    if not described.picks.number:
        return []
    near = np.abs(described.picks.times[:, None] - true.times) <= tolerance
    right = np.any(near & (described.picks.bells[:, None] == true.bells), axis=1)
    whole = CandidateSequence(
        torch.from_numpy(table(described)),
        torch.from_numpy(described.picks.bells),
        torch.from_numpy(right.astype(np.float32)),
    )
    return [
        CandidateSequence(*piece) for piece in zip(*(c.split(PIECE) for c in whole), strict=True)
    ]


def _varied(sequence: CandidateSequence, deviation: Tensor) -> CandidateSequence:
    """Leave some candidates out, and add noise to what is known of the others."""
    keep = torch.rand(len(sequence.bells)) >= LEFT_OUT  # from the generator that the trainer seeds
    keep[0] |= ~keep.any()
    features, bells, targets = (column[keep] for column in sequence)
    noise = NOISE * deviation * torch.randn_like(features)
    return CandidateSequence(features + noise, bells, targets)
