"""Layers on a time axis, each with a version that looks into the past alone."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

__all__ = ["Convolution", "DilatedConvolutions", "LocalAttention", "Recurrence"]

HEADS = 4


class Convolution(nn.Module):
    """Convolution, batch normalisation and ReLU: ``(N, C, T)`` to ``(N, D, T / stride)``.

    Output j stands for the samples stride · j … stride · j + stride − 1. It sees (kernel − stride)
    more of them, half on each side, or all before if it is causal.
    """

    def __init__(
        self,
        channels: int,
        features: int,
        kernel: int,
        stride: int = 1,
        dilation: int = 1,
        causal: bool = False,
    ) -> None:
        super().__init__()
        more = dilation * (kernel - 1) + 1 - stride
        left = more if causal else more // 2
        self.padding = (left, more - left)
        self.conv = nn.Conv1d(channels, features, kernel, stride, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(features)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = F.relu(self.norm(self.conv(F.pad(x, self.padding))))
        return y


class Recurrence(nn.Module):
    """An LSTM over frames ``(N, frames, D)``; backwards as well if it may look ahead."""

    def __init__(
        self, features: int, hidden: int, layers: int, dropout: float, bidirectional: bool
    ) -> None:
        super().__init__()
        self.lstm = nn.LSTM(
            features,
            hidden,
            layers,
            batch_first=True,
            dropout=dropout if layers > 1 else 0.0,  # PyTorch warns if there is one layer
            bidirectional=bidirectional,
        )
        self.features = hidden * (2 if bidirectional else 1)

    def forward(self, x: Tensor, counts: Tensor | None = None) -> Tensor:
        if counts is None:
            said, _ = self.lstm(x)
            return said
        packed = pack_padded_sequence(x, counts.cpu(), batch_first=True, enforce_sorted=False)
        said, _ = pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, total_length=x.shape[1]
        )
        return said


class DilatedConvolutions(nn.Module):
    """A temporal convolutional network: each layer looks twice as far as the one below."""

    def __init__(self, features: int, layers: int = 6, kernel: int = 5, causal: bool = False):
        super().__init__()
        self.layers = nn.ModuleList(
            Convolution(features, features, kernel, dilation=2**n, causal=causal)
            for n in range(layers)
        )
        self.features = features

    def forward(self, x: Tensor, valid: Tensor) -> Tensor:
        y = x.transpose(1, 2)
        for layer in self.layers:
            y = (y + layer(y)) * valid.transpose(1, 2)
        return y.transpose(1, 2)


class LocalAttention(nn.Module):
    """Frames ask each other, no further away than ``width`` frames; None: all of them."""

    def __init__(self, features: int, width: int | None = 40, causal: bool = False) -> None:
        super().__init__()
        self.heads, self.width, self.causal = math.gcd(features, HEADS), width, causal
        self.ask = nn.Linear(features, 3 * features)
        self.answer = nn.Linear(features, features)
        self.norm = nn.LayerNorm(features)

    def forward(self, x: Tensor, valid: Tensor) -> Tensor:
        N, T, D = x.shape
        parts = self.ask(self.norm(x)).reshape(N, T, 3, self.heads, D // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        itself = torch.eye(T, dtype=torch.bool, device=x.device)  # behind the end as well
        allowed = self._reach(T, x.device) & (valid > 0).transpose(1, 2)[:, None] | itself
        seen = F.scaled_dot_product_attention(query, key, value, attn_mask=allowed)
        answered: Tensor = x + self.answer(seen.transpose(1, 2).reshape(N, T, D))
        return answered

    def _reach(self, count: int, device: torch.device) -> Tensor:
        frame = torch.arange(count, device=device)
        back = frame[:, None] - frame
        width = count if self.width is None else self.width
        return (back <= width) & (back >= (0 if self.causal else -width))
