"""The network: candidates in the order of their times, a logit for each."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

__all__ = ["CandidateReader", "read_in_pieces"]

PIECE, MARGIN = 2048, 256  # candidates that are read together, and what is heard around them
LIMIT = 6.0  # deviations: no feature is further out


class CandidateReader(nn.Module):
    """Read candidates one after the other, in both directions, and decide on each.

    Parameters
    ----------
    num_features
        Numbers that it looks at of a candidate, besides its bell.
    num_events
        Bells.
    width
        Of the layers that look at a candidate alone.
    hidden_size
        Cells of the LSTM, in each direction.
    dropout
        Share dropped behind each of these layers.
    recurrent
        False leaves the LSTM out: each candidate is judged alone.
    columns
        Which of the numbers that it is given it looks at; None: all.

    Attributes
    ----------
    arguments : dict
        What it was called with.
    """

    centre: Tensor
    scale: Tensor

    def __init__(
        self,
        num_features: int,
        num_events: int = 16,
        width: int = 96,
        hidden_size: int = 64,
        dropout: float = 0.2,
        recurrent: bool = True,
        columns: Sequence[int] | None = None,
    ) -> None:
        super().__init__()
        self.arguments: dict[str, Any] = {
            "num_features": num_features, "num_events": num_events, "width": width,
            "hidden_size": hidden_size, "dropout": dropout, "recurrent": recurrent,
            "columns": None if columns is None else list(columns),
        }  # fmt: skip
        self.num_events = num_events
        self.columns = slice(None) if columns is None else list(columns)
        self.register_buffer("centre", torch.zeros(num_features))
        self.register_buffer("scale", torch.ones(num_features))
        self.look = nn.Sequential(
            nn.Linear(num_features + num_events, width), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(width, width), nn.ReLU(), nn.Dropout(dropout),
        )  # fmt: skip
        self.memory = (
            nn.LSTM(width, hidden_size, batch_first=True, bidirectional=True) if recurrent else None
        )
        told = width + 2 * hidden_size * recurrent
        self.decide = nn.Sequential(
            nn.Linear(told, 64), nn.ReLU(), nn.Dropout(dropout), nn.Linear(64, 1)
        )

    def fit_scale(self, features: Tensor) -> None:
        """Take mean and deviation of each feature from those of the training, (n, all)."""
        features = features[:, self.columns]
        self.centre.copy_(features.mean(0))
        self.scale.copy_(features.std(0, correction=0) + 1e-4)

    def forward(self, features: Tensor, bells: Tensor, lengths: Tensor) -> Tensor:
        """Return the log odds of each candidate, (N, n).

        Parameters
        ----------
        features
            (N, n, all), the shorter sequences filled up behind.
        bells
            Whose each candidate is, (N, n).
        lengths
            Candidates of each sequence, (N,), 1 or more.
        """
        x = ((features[..., self.columns] - self.centre) / self.scale).clamp(-LIMIT, LIMIT)
        h = self.look(torch.cat([x, nn.functional.one_hot(bells, self.num_events).to(x)], -1))
        if self.memory is not None:
            packed = pack_padded_sequence(h, lengths.cpu(), batch_first=True, enforce_sorted=False)
            read, _ = pad_packed_sequence(
                self.memory(packed)[0], batch_first=True, total_length=h.shape[1]
            )
            h = torch.cat([h, read], -1)
        logits: Tensor = self.decide(h)[..., 0]
        return logits


def read_in_pieces(reader: CandidateReader, features: Tensor, bells: Tensor) -> Tensor:
    """Return the log odds of the candidates of one recording of any length, (n,).

    Parameters
    ----------
    reader
        Trained; no gradient is kept.
    features, bells
        Of all candidates, (n, F) and (n,).
    """
    number, logits = len(bells), [torch.zeros(0)]
    for start in range(0, number, PIECE):
        first, last = max(start - MARGIN, 0), min(start + PIECE + MARGIN, number)
        with torch.no_grad():
            ends = torch.tensor([last - first])
            said = reader(features[None, first:last], bells[None, first:last], ends)[0]
        logits.append(said[start - first : start - first + PIECE])
    return torch.cat(logits)
