"""A dataset of events names what is wrong, by its row, and gives what it was given."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from asctools.bells import Strikes
from asctools.errors import InputError, ShapeError
from asctools.events.data import EventDataset, collate_fn_supervised

T, C, E = 40, 3, 4


def windows(n: int = 3) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, T, C)).astype(np.float32)


def labelled(n: int = 3) -> tuple[np.ndarray, np.ndarray]:
    labels = np.zeros((n, E))
    labels[0, 1] = labels[2, 3] = 1
    return labels, np.where(labels, 12.25, -1.0)


def test_it_gives_what_it_was_given() -> None:
    data, (labels, timings) = windows(), labelled()
    dataset = EventDataset(data, labels, timings)
    assert len(dataset) == 3
    example = dataset[2]
    assert torch.equal(example.data, torch.from_numpy(data[2]))
    assert example.event_labels.tolist() == [0, 0, 0, 1]
    assert example.event_timings.tolist() == [0, 0, 0, 12.25], "what is absent has no time"


def test_strikes_will_do_as_well_and_may_come_twice() -> None:
    once = [Strikes.make([1], [12.25]), Strikes.none(), Strikes.make([3], [12.25])]
    by_strikes = EventDataset(windows(), strikes=once, num_events=E)
    by_labels = EventDataset(windows(), *labelled())
    assert torch.equal(by_strikes.event_labels, by_labels.event_labels)
    assert torch.equal(by_strikes.event_timings, by_labels.event_timings)
    twice = [Strikes.make([1, 1, 2], [2.0, 32.0, 5.0]), Strikes.none(), Strikes.none()]
    dataset = EventDataset(
        windows(), strikes=twice, num_events=E, refractory_period_samples=30
    )  # exactly the period is legal
    _, labels, timings = dataset[0]
    assert labels.tolist() == [0, 1, 1, 0]
    assert timings[1].tolist() == [2.0, 32.0]
    assert timings[2, 0] == 5.0
    assert timings[2, 1].isnan()
    assert timings[0].isnan().all()


def test_shorter_windows_are_filled_up() -> None:
    data = [windows()[0], windows()[1][:25]]
    dataset = EventDataset(data, strikes=[Strikes.none(), Strikes.make([0], [24.9])])
    (batch,) = DataLoader(dataset, 2, collate_fn=collate_fn_supervised)
    assert batch.data.shape == (2, T, C)
    assert batch.lengths.tolist() == [40, 25]
    assert batch.data[1, 25:].abs().max() == 0
    assert batch.event_labels.shape == batch.event_timings.shape == (2, 16)


def test_a_crop_moves_the_strikes_along() -> None:
    data = np.arange(T, dtype=np.float32)[None, :, None].repeat(3, axis=0)
    strikes = [Strikes.make([0, 1, 2], [1.0, 20.5, 38.0])] * 3
    dataset = EventDataset(data, strikes=strikes, num_events=E, crop=10)
    starts = set()
    for _ in range(30):
        cut, labels, timings = dataset[1]
        start = int(cut[0, 0])
        starts.add(start)
        assert len(cut) == T - 10
        assert cut[-1, 0] == start + T - 11
        assert timings[1] == 20.5 - start
        assert labels.tolist() == [start <= 1, 1, start > 8, 0]
    assert len(starts) > 3


def test_a_crop_forgets_the_one_of_two_strikes_that_it_cuts_off() -> None:
    twice = [Strikes.make([0, 0], [0.0, 30.0])]
    dataset = EventDataset(
        windows(1), strikes=twice, num_events=1, refractory_period_samples=30, crop=9
    )
    kept = {tuple(dataset[0].event_timings[0].isfinite().tolist()) for _ in range(40)}
    assert kept == {(True, True), (False, True)}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "data without a window"),
        ([windows()[0], windows()[0, :, :2]], r"\(40, 2\) in row 1 of data.*3 channels"),
        (windows()[..., 0], r"shape \(40,\) in row 0 of data"),
        ((1000 * windows()).astype(np.int16), "int16 in row 0 of data.*read_recording"),
    ],
)
def test_data_that_cannot_be_used_are_named(data: object, message: str) -> None:
    with pytest.raises((ShapeError, InputError), match=message):
        EventDataset(data, *labelled())


def test_a_gap_is_named_by_its_place() -> None:
    data = windows()
    data[1, 7, 2] = np.nan
    with pytest.raises(InputError, match="nan in row 1 of data, time 7, channel 2"):
        EventDataset(data, *labelled())


def test_labels_that_do_not_fit_are_named() -> None:
    labels, timings = labelled()
    with pytest.raises(ShapeError, match=r"\(3, 4\) and event_timings \(2, 4\).*\(3, events\)"):
        EventDataset(windows(), labels, timings[:2])
    with pytest.raises(InputError, match=r"0\.5 in row 0 of event_labels"):
        EventDataset(windows(), labels / 2, timings)
    with pytest.raises(InputError, match=r"event 3 at 40 in row 2, expected 0 to below 40"):
        EventDataset(windows(), labels, np.where(timings > 0, [0, 39.9, 0, 40], -1))
    with pytest.raises(InputError, match="without event_labels"):
        EventDataset(windows())
    with pytest.raises(InputError, match="strikes together with event_labels"):
        EventDataset(windows(), labels, timings, strikes=[Strikes.none()] * 3)


def test_strikes_that_do_not_fit_are_named() -> None:
    good, late = Strikes.none(), Strikes.make([2], [41.0])
    with pytest.raises(ShapeError, match="strikes of 2 windows, and data of 3"):
        EventDataset(windows(), strikes=[good] * 2)
    with pytest.raises(InputError, match="event 2 at 41 in row 1"):
        EventDataset(windows(), strikes=[good, late, good])
    with pytest.raises(InputError, match=r"event 5 in row 2 of strikes, expected 0 to 3"):
        EventDataset(windows(), strikes=[good, good, Strikes.make([5], [1.0])], num_events=E)
    soon = Strikes.make([2, 2], [1.0, 30.5])
    with pytest.raises(InputError, match=r"two strikes of event 2, 29\.5 samples apart, in row 0"):
        EventDataset(windows(), strikes=[soon, good, good], refractory_period_samples=30)
    with pytest.raises(InputError, match="crop=40"):
        EventDataset(windows(), *labelled(), crop=40)


def test_what_is_no_data_at_all_is_named() -> None:
    labels, timings = labelled()
    with pytest.raises(InputError, match="data of type NoneType"):
        EventDataset(None, labels, timings)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="a list in row 0 of strikes"):
        EventDataset(windows(), strikes=[[1, 2]] * 3, num_events=E)  # type: ignore[list-item]
    with pytest.raises(InputError, match="crop='a'"):
        EventDataset(windows(), labels, timings, crop="a")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="a batch without a window"):
        collate_fn_supervised([])
