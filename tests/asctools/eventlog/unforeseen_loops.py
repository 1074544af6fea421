"""Two plain PyTorch trainings as people write them; they know nothing of any log."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR
from torch.utils.data import DataLoader, TensorDataset

EXAMPLES, BATCH, EPOCHS, PATIENCE = 240, 20, 20, 6


def waves(count: int, kinds: int, seed: int) -> tuple[Tensor, Tensor]:
    """Return noisy waves, one kind behind the other, and their kinds: a kind is a frequency."""
    generator = torch.Generator().manual_seed(seed)
    kind = torch.arange(count) * kinds // count
    phase = torch.rand(count, 1, generator=generator) * 2 * math.pi
    time = torch.arange(24) / 24
    wave = torch.sin(2 * math.pi * (kind[:, None] + 1) * time + phase)
    return (wave + 0.2 * torch.randn(count, 24, generator=generator))[..., None], kind


def kinds(count: int, seed: int) -> TensorDataset:
    """Return waves of three kinds, to be told apart."""
    return TensorDataset(*waves(count, 3, seed))


def futures(count: int, seed: int) -> TensorDataset:
    """Return waves without their last value, and that value, to be foretold."""
    x, _ = waves(count, 2, seed)
    return TensorDataset(x[:, :-1], x[:, -1])


class Net(nn.Module):
    """An LSTM of which the last step is read out."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, 20, batch_first=True)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(20, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Say something about each sequence."""
        out, _ = self.lstm(x)
        return self.head(self.dropout(out[:, -1]))


def classifier(seed: int) -> tuple[Any, ...]:
    """Return model, optimiser, both loaders and the loss."""
    torch.manual_seed(seed)
    loader = DataLoader(kinds(EXAMPLES, seed), BATCH, shuffle=True)
    valid = DataLoader(kinds(90, seed + 100), 30)
    model = Net(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    return model, optimizer, loader, valid, nn.CrossEntropyLoss()


def train_classifier(
    model: Any, optimizer: Any, loader: Any, valid: Any, criterion: Any
) -> list[float]:
    """Train until the validation loss falls no more; return it as it was in each epoch."""
    scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=2)
    looks: list[float] = []
    for _ in range(EPOCHS):
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        model.eval()
        with torch.no_grad():
            looks.append(sum(criterion(model(x), y).item() for x, y in valid) / len(valid))
        scheduler.step(looks[-1])
        if len(looks) - looks.index(min(looks)) > PATIENCE:
            break
    return looks


def forecaster(seed: int) -> tuple[Any, ...]:
    """Return model, optimiser, both loaders and the loss."""
    torch.manual_seed(seed)
    loader = DataLoader(futures(EXAMPLES, seed), BATCH, shuffle=True)
    valid = DataLoader(futures(90, seed + 100), 30)
    model = Net(1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    return model, optimizer, loader, valid, nn.MSELoss()


def train_forecaster(
    model: Any, optimizer: Any, loader: Any, valid: Any, criterion: Any
) -> list[float]:
    """Train with a rate that is halved every five epochs."""
    scheduler = StepLR(optimizer, step_size=5, gamma=0.5)
    looks: list[float] = []
    for _ in range(EPOCHS):
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        scheduler.step()
        model.eval()
        with torch.no_grad():
            looks.append(sum(criterion(model(x), y).item() for x, y in valid) / len(valid))
        if len(looks) - looks.index(min(looks)) > PATIENCE:
            break
    return looks
