"""To know again: two views of the same are to be closer to each other than to all others."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.errors import InputError, ShapeError, explain
from asctools.events.checks import positive
from asctools.events.models.frames import counts_of_frames
from asctools.events.pretraining.contrastive import ContrastiveOutput
from asctools.events.pretraining.parts import Parts
from asctools.rnn.inputs import positive_sizes

__all__ = [
    "ContrastiveLoss",
    "ContrastiveParts",
    "FrameContrastiveLoss",
    "NTXentLoss",
    "found_again",
    "frame_contrast",
    "nt_xent",
]


def nt_xent(first: Tensor, second: Tensor, temperature: float = 0.1) -> Tensor:
    """Return how badly each view finds its other view among all views of the batch, in nats.

    Views are compared by the cosine of their angle. Guessing costs ln(2 N − 1); a single window
    has nothing to be mistaken for, and costs 0.
    Implements :eq:`eq-nt-xent`.

    Parameters
    ----------
    first, second
        Two views of N things, row by row, ``(N, P)``.
    temperature
        What cosines are divided by: the smaller, the more only the nearest others count.

    Notes
    -----
    The normalised, temperature-scaled cross-entropy of Chen et al. (2020), *SimCLR*.
    """
    N = len(first)
    z = F.normalize(torch.cat([first, second]), dim=1)
    alike = z @ z.T / temperature
    alike = alike.masked_fill(torch.eye(2 * N, dtype=torch.bool, device=z.device), -torch.inf)
    other = torch.arange(2 * N, device=z.device).roll(N)
    return F.cross_entropy(alike, other)


def frame_contrast(
    first: Tensor, second: Tensor, others: Tensor, temperature: float = 0.1
) -> Tensor:
    """Return how badly a moment is found again among other moments in the other view, in nats.

    Implements :eq:`eq-frame-contrast`.

    Parameters
    ----------
    first, second
        M moments as the two views show them, row by row, ``(M, P)``.
    others
        Which moments of the other view may be mistaken for this one, ``(M, M)``, bool, symmetric:
        not the neighbours, which truly look alike.
    temperature
        As in :func:`nt_xent`.

    Notes
    -----
    Comparing moments rather than whole series follows Yue et al. (2022), *TS2Vec*.
    """
    M = len(first)
    alike = F.normalize(first, dim=1) @ F.normalize(second, dim=1).T / temperature
    itself = torch.eye(M, dtype=torch.bool, device=first.device)
    alike = alike.masked_fill(~(others | itself), -torch.inf)
    same = torch.arange(M, device=first.device)
    return 0.5 * (F.cross_entropy(alike, same) + F.cross_entropy(alike.T, same))


def found_again(first: Tensor, second: Tensor, others: Tensor | None = None) -> Tensor:
    """Return the share of rows of the first view whose nearest in the second is their own.

    Parameters
    ----------
    first, second
        ``(M, P)``.
    others
        Which rows of the second view compete, ``(M, M)``, bool; None: all.
    """
    alike = F.normalize(first, dim=1) @ F.normalize(second, dim=1).T
    if others is not None:
        itself = torch.eye(len(first), dtype=torch.bool, device=first.device)
        alike = alike.masked_fill(~(others | itself), -torch.inf)
    return (alike.argmax(1) == torch.arange(len(first), device=first.device)).float().mean()


class NTXentLoss(nn.Module):
    """Windows find their other view: see :func:`nt_xent`.

    Parameters
    ----------
    temperature
        Above 0.
    """

    def __init__(self, temperature: float = 0.1) -> None:
        super().__init__()
        self.temperature = positive(temperature, "temperature", "begin with 0.1")

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Compare projections ``(N, P)`` of two views of N windows."""
        _alike(first, second, 2)
        return nt_xent(first, second, self.temperature)


class FrameContrastiveLoss(nn.Module):
    """Moments find themselves in the other view: see :func:`frame_contrast`.

    Parameters
    ----------
    temperature
        Above 0.
    moments
        Drawn from each window, from PyTorch's generator: all frames against all would be
        millions of pairs.
    near
        Frames: what is closer is no other moment.
    """

    def __init__(self, temperature: float = 0.1, moments: int = 24, near: int = 4) -> None:
        super().__init__()
        self.temperature = positive(temperature, "temperature", "begin with 0.1")
        self.moments, self.near = moments, near

    def forward(
        self,
        first: Tensor,
        second: Tensor,
        lag: Tensor | None = None,
        counts: Tensor | None = None,
    ) -> Tensor:
        """Compare projections ``(N, frames, P)`` of two views of N windows.

        Parameters
        ----------
        first, second
            The two views; their frames show the same moments, or do once they are moved by the lag.
        lag
            Frame k of the first view is frame k + lag of the second, ``(N,)``, whole numbers.
        counts
            Frames of each window that count, ``(N,)``; None: all.

        Raises
        ------
        InputError
            If two views have no moment in common.
        """
        return frame_contrast(*self.chosen(first, second, lag, counts), self.temperature)

    def chosen(
        self, first: Tensor, second: Tensor, lag: Tensor | None, counts: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return moments of two views as :func:`frame_contrast` takes them.

        Without gradients they lie evenly in each window, so that validation repeats itself.
        """
        _alike(first, second, 3)
        N, frames, _ = first.shape
        whole = torch.full((N,), frames, device=first.device)
        counts = whole if counts is None else counts.to(first.device)
        lag = torch.zeros_like(whole) if lag is None else lag.to(first.device)
        at = self._drawn((-lag).clamp(min=0), torch.minimum(counts, counts - lag))
        rows = torch.arange(N, device=at.device)[:, None]
        one, two = first[rows, at], second[rows, at + lag[:, None]]
        window, time = rows.expand_as(at).flatten(), at.flatten()
        others = (window[:, None] != window) | ((time[:, None] - time).abs() > self.near)
        return one.flatten(0, 1), two.flatten(0, 1), others

    def _drawn(self, begin: Tensor, end: Tensor) -> Tensor:
        """Draw moments between begin and end of each window, ``(N, moments)``."""
        if bool((end <= begin).any()):
            came = "two views of a window that have no moment in common"
            raise InputError(explain(came, "views that overlap", "cut off less"))
        even = (torch.arange(self.moments) + 0.5).expand(len(begin), -1) / self.moments
        drawn = torch.is_grad_enabled()
        chance = (torch.rand(even.shape) if drawn else even).to(begin.device)
        return begin[:, None] + (chance * (end - begin)[:, None]).long()


@dataclass(frozen=True)
class ContrastiveParts(Parts):
    """The loss of a contrast and what it is made of.

    Attributes
    ----------
    total_loss
        The weighted sum of the others.
    window_loss
        NT-Xent of windows.
    frame_loss
        Contrast of frames.
    windows_found, frames_found
        The share whose nearest in the other view is the right one.
    """

    window_loss: Tensor
    frame_loss: Tensor
    windows_found: Tensor
    frames_found: Tensor


class ContrastiveLoss(nn.Module):
    """Windows, frames, or both find their other view.

    Parameters
    ----------
    window_weight, frame_weight
        What each counts for. To know a window again it is best to forget when things were; to
        know a frame again it is not.
    temperature
        Of both.
    timing_resolution_samples
        Samples of a frame, as the model's.

    Raises
    ------
    InputError
        If the temperature is not above 0, or both weights are 0.
    """

    def __init__(
        self,
        window_weight: float = 0.0,
        frame_weight: float = 1.0,
        temperature: float = 0.1,
        *,
        timing_resolution_samples: int = 10,
    ) -> None:
        super().__init__()
        if min(window_weight, frame_weight) < 0 or not window_weight + frame_weight > 0:
            came = f"window_weight={window_weight!r} and frame_weight={frame_weight!r}"
            raise InputError(explain(came, "numbers from 0 on, not both 0", "set one to 1"))
        positive_sizes(timing_resolution_samples=timing_resolution_samples)
        self.window_weight, self.frame_weight = window_weight, frame_weight
        self.windows, self.frames = NTXentLoss(temperature), FrameContrastiveLoss(temperature)
        self.resolution = timing_resolution_samples

    def forward(
        self,
        first: ContrastiveOutput,
        second: ContrastiveOutput,
        lag: Tensor | None = None,
        lengths: Tensor | None = None,
    ) -> ContrastiveParts:
        """Compare what a model says of two views.

        Parameters
        ----------
        first, second
            Of N windows each.
        lag
            Sample t of the first view is sample t + lag of the second, ``(N,)``, in whole frames.
        lengths
            Samples of each view, ``(N,)``, where they differ.
        """
        window = self.windows(first.projections, second.projections)
        steps = None if lag is None else torch.div(lag, self.resolution, rounding_mode="floor")
        counts = None if lengths is None else counts_of_frames(lengths, self.resolution)
        moments = self.frames.chosen(
            first.frame_projections, second.frame_projections, steps, counts
        )
        frame = frame_contrast(*moments, self.frames.temperature)
        total = self.window_weight * window + self.frame_weight * frame
        again = found_again(first.projections, second.projections)
        return ContrastiveParts(total, window, frame, again, found_again(*moments))


def _alike(first: Tensor, second: Tensor, axes: int) -> None:
    if first.shape != second.shape or first.ndim != axes or not first.numel():
        came = f"views of shapes {tuple(first.shape)} and {tuple(second.shape)}"
        right = "(N, P) for both" if axes == 2 else "(N, frames, P) for both"
        raise ShapeError(explain(came, right, "give both views of the same windows"))
