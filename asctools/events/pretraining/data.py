"""Windows of readings of which nobody has said what is in them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Dataset

from asctools.errors import InputError, explain
from asctools.events.data import windows_of
from asctools.events.pretraining.augmentation import TemporalAugmentation

__all__ = [
    "ContrastiveBatch",
    "ContrastiveDataset",
    "ContrastiveExample",
    "UnlabelledBatch",
    "UnsupervisedDataset",
    "collate_fn_contrastive",
    "collate_fn_unsupervised",
]


class UnlabelledBatch(NamedTuple):
    """Several windows, the shorter ones filled up with 0: data ``(B, T, C)``, lengths ``(B,)``."""

    data: Tensor
    lengths: Tensor


class ContrastiveExample(NamedTuple):
    """Two views of a window, ``(T, C)`` each; sample t of one is sample t + lag of the other."""

    first: Tensor
    second: Tensor
    lag: int


class ContrastiveBatch(NamedTuple):
    """Two views of several windows.

    Attributes
    ----------
    first, second
        ``(B, T, C)``, the shorter ones filled up with 0.
    lengths
        Readings of each view, ``(B,)``.
    lag
        Sample t of the first view shows what sample t + lag of the second shows, ``(B,)``.
    """

    first: Tensor
    second: Tensor
    lengths: Tensor
    lag: Tensor


class UnsupervisedDataset(Dataset[Tensor]):
    """Windows without labels.

    Parameters
    ----------
    data
        Readings as the sensor gives them: ``(N, T, C)``, or a list of windows ``(T_n, C)``. Where
        lengths differ, the loader needs ``collate_fn=collate_fn_unsupervised``.
    crop
        Each time a window is asked for, so many samples are cut off, at random from its two ends.

    Raises
    ------
    ShapeError, InputError
        If something does not fit; the message names the row.
    """

    def __init__(self, data: np.ndarray | Sequence[np.ndarray], *, crop: int = 0) -> None:
        self.data = windows_of(data)
        self.crop = crop
        shortest = min(len(window) for window in self.data)
        if type(crop) is not int or not 0 <= crop < shortest:
            came, right = f"crop={crop!r}", f"0 to below {shortest}, the shortest window"
            raise InputError(explain(came, right, "cut off less"))

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, row: int) -> Tensor:
        window = torch.from_numpy(self.data[row])
        start = int(torch.randint(self.crop + 1, ())) if self.crop else 0
        return window[start : len(window) - self.crop + start]


class ContrastiveDataset(Dataset[ContrastiveExample]):
    """Windows without labels, in two views each.

    Parameters
    ----------
    data
        As for :class:`UnsupervisedDataset`.
    augmentation
        ``augmentation(window)`` returns another view of ``(T, C)``; it is called twice. If it has
        an attribute ``keeps_timing`` that is False, frames cannot be compared. None: where
        channels are split the window as it is, whose noise differs by itself, else
        :meth:`~asctools.events.pretraining.augmentation.TemporalAugmentation.random_augment`.
    crop
        Each view loses so many samples, at random from its two ends and in whole frames: a frame
        must not be known again by how long ago its window began.
    split_channels
        Whether each view is what one of two sensors says: half of the channels, while the others
        stand still. Two views with the same noise are known again by their noise. A single
        channel cannot be split.
    frame_samples
        Samples of a frame.
    fixed
        Whether a window has the same two views each time: for validation.

    Raises
    ------
    ShapeError, InputError
        If something does not fit; the message names the row.
    """

    def __init__(
        self,
        data: np.ndarray | Sequence[np.ndarray],
        augmentation: Callable[[Tensor], Tensor] | None = None,
        *,
        crop: int = 0,
        split_channels: bool = True,
        frame_samples: int = 10,
        fixed: bool = False,
    ) -> None:
        self.data, self.fixed = windows_of(data), fixed
        self.crop, self.frame_samples = crop, frame_samples
        self.split_channels = split_channels and self.data[0].shape[1] > 1
        if augmentation is None and not self.split_channels:
            augmentation = TemporalAugmentation.random_augment
        if not (augmentation is None or callable(augmentation)):
            came = f"augmentation={augmentation!r}"
            todo = "pass a function, such as TemporalAugmentation.jitter"
            raise InputError(explain(came, "a function of a window, or None", todo))
        self.augmentation = augmentation
        shortest = min(len(window) for window in self.data)
        if type(crop) is not int or not 0 <= 2 * crop < shortest:
            came, right = f"crop={crop!r}", f"less than half of {shortest}, the shortest window"
            raise InputError(explain(came, right, "two views must overlap: cut off less"))

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, row: int) -> ContrastiveExample:
        if not self.fixed:
            return self._views(row)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(row)
            return self._views(row)

    def _views(self, row: int) -> ContrastiveExample:
        window = torch.from_numpy(self.data[row])
        starts = [self._start(), self._start()]
        first, second = (window[start : len(window) - self.crop + start] for start in starts)
        if self.augmentation is not None:
            first, second = self.augmentation(first), self.augmentation(second)
        if self.split_channels:
            silent = int(torch.randint(2, ()))
            first = TemporalAugmentation.sensor_mask(first, silent)
            second = TemporalAugmentation.sensor_mask(second, 1 - silent)
        return ContrastiveExample(first, second, starts[0] - starts[1])

    def _start(self) -> int:
        return self.frame_samples * int(torch.randint(self.crop // self.frame_samples + 1, ()))


def collate_fn_unsupervised(windows: Sequence[Tensor]) -> UnlabelledBatch:
    """Put windows together, filled up with 0 to the longest: for a ``DataLoader``."""
    lengths = torch.tensor([len(window) for window in windows])
    return UnlabelledBatch(pad_sequence(list(windows), batch_first=True), lengths)


def collate_fn_contrastive(examples: Sequence[ContrastiveExample]) -> ContrastiveBatch:
    """Put pairs of views together, filled up with 0 to the longest: for a ``DataLoader``."""
    first, second, lags = zip(*examples, strict=True)
    lengths = torch.tensor([len(view) for view in first])
    one, two = (pad_sequence(list(each), batch_first=True) for each in (first, second))
    return ContrastiveBatch(one, two, lengths, torch.tensor(lags))
