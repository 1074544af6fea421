"""Windows without labels, alone and in two views."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from asctools.errors import InputError, ShapeError
from asctools.events.pretraining import (
    ContrastiveDataset,
    TemporalAugmentation,
    UnsupervisedDataset,
    collate_fn_contrastive,
    collate_fn_unsupervised,
)


def windows(n: int = 3, length: int = 200, channels: int = 6) -> np.ndarray:
    """Return windows that count: each reading says where it is."""
    x = np.arange(n * length, dtype=np.float32).reshape(n, length, 1)
    return np.repeat(x, channels, axis=2)


def test_windows_come_as_they_are_or_cropped_at_random() -> None:
    data = windows()
    rows = UnsupervisedDataset(data)
    assert len(rows) == 3
    assert np.array_equal(rows[1], data[1])
    cropped = UnsupervisedDataset(data, crop=50)
    starts = {int(cropped[0][0, 0]) for _ in range(30)}
    assert len(starts) > 5
    assert starts <= set(range(51))
    assert cropped[0].shape == (150, 6)


def test_windows_of_unequal_length_are_filled_up() -> None:
    data = [windows()[0], windows()[1][:120]]
    (batch,) = DataLoader(UnsupervisedDataset(data), 2, collate_fn=collate_fn_unsupervised)
    assert batch.data.shape == (2, 200, 6)
    assert batch.lengths.tolist() == [200, 120]
    assert (batch.data[1, 120:] == 0).all()


def test_two_views_overlap_as_the_lag_says() -> None:
    rows = ContrastiveDataset(windows(), lambda x: x + 0.25, crop=60, split_channels=False)
    lags = set()
    for _ in range(20):
        first, second, lag = rows[2]
        lags.add(lag)
        assert lag % 10 == 0
        assert len(first) == len(second) == 140
        t = max(0, -lag)
        assert first[t, 0] == second[t + lag, 0]
    assert len(lags) > 4


def test_each_view_hears_one_of_two_sensors() -> None:
    rows = ContrastiveDataset(windows(channels=5))
    heard = set()
    for _ in range(12):
        moves = [(view.diff(dim=0) != 0).any(0).tolist() for view in rows[0][:2]]
        assert [a != b for a, b in zip(*moves, strict=True)] == [True] * 5
        heard.add(tuple(moves[0]))
    assert heard == {(True, True, False, False, False), (False, False, True, True, True)}
    first, second, _ = ContrastiveDataset(windows(channels=1), lambda x: x)[0]
    assert torch.equal(first, second), "one channel cannot be split"


def test_without_a_split_views_are_changed() -> None:
    assert ContrastiveDataset(windows()).augmentation is None
    rows = ContrastiveDataset(windows(), split_channels=False)
    assert rows.augmentation is TemporalAugmentation.random_augment
    first, second, _ = rows[0]
    assert not torch.equal(first, second)


def test_fixed_views_are_the_same_each_time_and_leave_no_trace() -> None:
    how = {"augmentation": TemporalAugmentation.random_augment, "crop": 60, "fixed": True}
    rows = ContrastiveDataset(windows(), **how)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, second, lag = rows[1]
    assert torch.equal(torch.get_rng_state(), before)
    again = rows[1]
    assert torch.equal(first, again.first)
    assert torch.equal(second, again.second)
    assert lag == again.lag
    assert not torch.equal(rows[0].first, first)


def test_pairs_make_a_batch() -> None:
    data = [windows()[0], windows()[1][:120]]
    (batch,) = DataLoader(ContrastiveDataset(data, crop=40), 2, collate_fn=collate_fn_contrastive)
    assert batch.first.shape == batch.second.shape == (2, 160, 6)
    assert batch.lengths.tolist() == [160, 80]
    assert batch.lag.shape == (2,)


def test_what_cannot_be_used_is_named() -> None:
    with pytest.raises(InputError, match="crop=200"):
        UnsupervisedDataset(windows(), crop=200)
    with pytest.raises(InputError, match=r"crop=100.* must overlap"):
        ContrastiveDataset(windows(), crop=100)
    with pytest.raises(InputError, match=r"crop=1\.5"):
        UnsupervisedDataset(windows(), crop=1.5)
    with pytest.raises(InputError, match="augmentation='jitter'"):
        ContrastiveDataset(windows(), "jitter")
    with pytest.raises(ShapeError, match="row 1 of data"):
        UnsupervisedDataset([windows()[0], windows()[1][:, :2]])
    holed = windows()
    holed[2, 7, 3] = np.nan
    with pytest.raises(InputError, match="row 2 of data, time 7, channel 3"):
        ContrastiveDataset(holed)
