"""Small models, data and steps for trainings in several processes: 37 sequences, batches of 8."""

import hashlib
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from asctools.training import StepResult

STEPS, FEATURES = 9, 3


class Reader(nn.Module):
    """An LSTM that says something at its last step."""

    def __init__(self, outputs: int = 1, seed: int = 0, dropout: float = 0.0) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.lstm = nn.LSTM(FEATURES, 8, batch_first=True)
            self.out = nn.Linear(8, outputs)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits, (N, outputs)."""
        return self.out(self.dropout(self.last(x)))

    def last(self, x: Tensor) -> Tensor:
        """Return the state of the last step, (N, 8)."""
        return self.lstm(x)[0][:, -1]


def data(n: int = 37, seed: int = 1) -> TensorDataset:
    """Return sequences, 0 or 1 for each, and their numbers from 0 to n − 1."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, STEPS, FEATURES, generator=generator)
    return TensorDataset(x, (x[:, -3:].sum((1, 2)) > 0.5).long(), torch.arange(n))


def shuffled(batch_size: int = 8, seed: int = 2, **settings: Any) -> DataLoader[Any]:
    """Return a loader that shuffles with a generator of its own."""
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(data(), batch_size, shuffle=True, generator=generator, **settings)


def held_out() -> DataLoader[Any]:
    """Return batches of 16, 16 and 1."""
    return DataLoader(data(33, seed=3), 16)


def step(model: nn.Module, batch: Any) -> StepResult:
    """Return the mean binary cross-entropy, and what validation keeps."""
    x, y, _ = batch
    logits = model(x)[:, 0]
    loss = F.binary_cross_entropy_with_logits(logits, y.float())
    right = ((logits > 0) == (y == 1)).float().mean().item()
    kept = {"score": logits.detach(), "target": y}
    return StepResult(loss, len(y), {"accuracy": right}, kept)


def fingerprint(model: nn.Module) -> str:
    """Return a digest of all weights and buffers: equal only if every bit is."""
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    return digest.hexdigest()
