"""Windows of readings with what happened in them, checked, and put together to batches."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.utils.data import Dataset

from asctools.bells import Strikes
from asctools.errors import InputError, ShapeError, explain

__all__ = ["EventBatch", "EventDataset", "EventExample", "collate_fn_supervised", "windows_of"]


class EventExample(NamedTuple):
    """One window: data ``(T, C)``, labels ``(E,)``, timings ``(E,)`` or ``(E, K)``."""

    data: Tensor
    event_labels: Tensor
    event_timings: Tensor


class EventBatch(NamedTuple):
    """Several windows, the shorter ones filled up with 0.

    Attributes
    ----------
    data
        ``(B, T, C)``.
    lengths
        Readings of each window, ``(B,)``.
    event_labels
        1 where an event is in the window, ``(B, E)``.
    event_timings
        When, in samples, ``(B, E)``, or ``(B, E, K)`` with NaN where fewer than K strikes are.
    """

    data: Tensor
    lengths: Tensor
    event_labels: Tensor
    event_timings: Tensor


class EventDataset(Dataset[EventExample]):
    """Windows, and which events they hold when.

    Parameters
    ----------
    data
        Readings as the sensor gives them: ``(N, T, C)``, or a list of windows ``(T_n, C)``.
    event_labels
        1 where an event is in the window, else 0, ``(N, E)``.
    event_timings
        When, in samples from the start of its window, as fractions or not, ``(N, E)``; what stands
        at an absent event is ignored.
    strikes
        In place of these two, a list of the strikes of each window: an event may come twice.
    num_events
        Kinds of events, where ``strikes`` are given.
    refractory_period_samples
        Two strikes of one event are at least so far apart.
    crop
        Each time a window is asked for, so many samples are cut off, at random from its two ends:
        the network meets each strike at other places. 0: windows as they are.

    Raises
    ------
    ShapeError, InputError
        If something does not fit; the message names the row.
    """

    def __init__(
        self,
        data: np.ndarray | Sequence[np.ndarray],
        event_labels: ArrayLike | None = None,
        event_timings: ArrayLike | None = None,
        *,
        strikes: Sequence[Strikes] | None = None,
        num_events: int = 16,
        refractory_period_samples: int = 4000,
        crop: int = 0,
    ) -> None:
        windows = windows_of(data)
        lengths = np.array([len(window) for window in windows])
        if strikes is None:
            labels, timings = _given(event_labels, event_timings, lengths)
        else:
            _alone(event_labels, event_timings)
            labels, timings = _listed(strikes, lengths, num_events, refractory_period_samples)
        if not isinstance(crop, int) or not 0 <= crop < lengths.min():
            came = f"crop={crop!r}"
            right = f"a whole number from 0 to below {lengths.min()}, the shortest window"
            raise InputError(explain(came, right, "cut off less"))
        self.data, self.crop = windows, crop
        self.event_labels = torch.from_numpy(labels)
        self.event_timings = torch.from_numpy(timings)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, row: int) -> EventExample:
        data = torch.from_numpy(self.data[row])
        example = EventExample(data, self.event_labels[row], self.event_timings[row])
        return _cropped(example, self.crop) if self.crop else example


def collate_fn_supervised(examples: Sequence[EventExample]) -> EventBatch:
    """Put windows together, filled up with 0 to the longest: for a ``DataLoader``.

    Raises
    ------
    InputError
        If there is no window.
    """
    if not examples:
        raise InputError(explain("a batch without a window", "one or more", "look at the sampler"))
    data, labels, timings = zip(*examples, strict=True)
    return EventBatch(
        torch.nn.utils.rnn.pad_sequence(list(data), batch_first=True),
        torch.tensor([len(window) for window in data]),
        torch.stack(labels),
        torch.stack(timings),
    )


def _cropped(example: EventExample, crop: int) -> EventExample:
    """Return a window less ``crop`` samples, and the events that are left in it."""
    start = int(torch.randint(crop + 1, ()))  # from the generator that the trainer seeds
    data = example.data[start : len(example.data) - crop + start]
    timings = example.event_timings - start
    inside = (timings >= 0) & (timings < len(data))
    if timings.ndim == 1:
        return EventExample(data, example.event_labels * inside, timings)
    timings = timings.masked_fill(~inside, torch.nan)
    return EventExample(data, example.event_labels * inside.any(-1), timings)


def windows_of(data: np.ndarray | Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the windows in float32, without a copy where they are that already."""
    if data is None or isinstance(data, str | bytes) or not hasattr(data, "__len__"):
        came = f"data of type {type(data).__name__}"
        raise InputError(
            explain(came, "an array (N, T, C), or a list of (T_n, C)", "read it first")
        )
    if not len(data):
        came = "data without a window"
        raise ShapeError(explain(came, "(windows, time, channels)", "pass one window or more"))
    windows = [np.asarray(window) for window in data]
    channels = windows[0].shape[-1] if windows[0].ndim else 0
    for row, window in enumerate(windows):
        if window.ndim != 2 or not window.size or window.shape[1] != channels:
            came = f"a window of shape {window.shape} in row {row} of data"
            right = f"(time, {channels} channels)" if row else "(time, channels)"
            raise ShapeError(explain(came, right, "pass (N, T, C), or a list of (T_n, C)"))
        if not np.issubdtype(window.dtype, np.floating):
            came = f"{window.dtype} in row {row} of data"
            todo = "scale whole numbers to the sensor's units first, as read_recording does"
            raise InputError(explain(came, "floating-point readings", todo))
        if not np.isfinite(window).all():
            time, channel = np.argwhere(~np.isfinite(window))[0]
            came = f"{window[time, channel]} in row {row} of data, time {time}, channel {channel}"
            todo = "fill the gap, or leave that window out"
            raise InputError(explain(came, "finite readings", todo))
    return [np.ascontiguousarray(window, dtype=np.float32) for window in windows]


def _given(
    event_labels: ArrayLike | None, event_timings: ArrayLike | None, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    if event_labels is None or event_timings is None:
        came = "data without event_labels, event_timings"
        todo = "pass both, or strikes=[...] in place of them"
        raise InputError(explain(came, "what happened in each window", todo))
    labels = np.asarray(event_labels, dtype=np.float32)
    timings = np.asarray(event_timings, dtype=np.float64)
    if labels.ndim != 2 or labels.shape != timings.shape or len(labels) != len(lengths):
        came = f"event_labels {labels.shape} and event_timings {timings.shape}"
        right = f"({len(lengths)}, events) for both, a row for each window"
        raise ShapeError(explain(came, right, "check the number of rows"))
    if len(bad := np.argwhere((labels != 0) & (labels != 1))):
        row, event = bad[0]
        came = f"{labels[row, event]} in row {row} of event_labels"
        raise InputError(explain(came, "0 or 1", "write 1 where the event is in the window"))
    outside = (labels == 1) & ~((timings >= 0) & (timings < lengths[:, None]))
    if len(bad := np.argwhere(outside)):
        row, event = bad[0]
        raise _outside(timings[row, event], int(event), int(row), int(lengths[row]))
    return labels, np.where(labels == 1, timings, 0.0).astype(np.float32)


def _listed(
    strikes: Sequence[Strikes], lengths: np.ndarray, num_events: int, period: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return labels ``(N, E)``, and timings ``(N, E)`` or, if an event comes again, (N, E, K)."""
    if len(strikes) != len(lengths):
        came = f"strikes of {len(strikes)} windows, and data of {len(lengths)}"
        raise ShapeError(explain(came, "as many of one as of the other", "check the rows"))
    found = [
        [_of_event(listed, event, row, int(lengths[row]), period) for event in range(num_events)]
        for row, listed in enumerate(_known(strikes, num_events))
    ]
    most = max(1, *(len(times) for row in found for times in row))
    timings: np.ndarray = np.full((len(found), num_events, most), np.nan, dtype=np.float32)
    for row, events in enumerate(found):
        for event, times in enumerate(events):
            timings[row, event, : len(times)] = times
    labels: np.ndarray = np.isfinite(timings).any(axis=2).astype(np.float32)
    if most == 1:
        timings = np.nan_to_num(timings[..., 0])
    return labels, timings


def _known(strikes: Iterable[Strikes], num_events: int) -> Iterable[Strikes]:
    for row, listed in enumerate(strikes):
        if not isinstance(listed, Strikes):
            came = f"a {type(listed).__name__} in row {row} of strikes"
            raise InputError(explain(came, "Strikes", "make them with Strikes.make(bells, times)"))
        if listed.number and not listed.bells.max() < num_events:
            came = f"event {listed.bells.max()} in row {row} of strikes"
            todo = "set num_events; events are counted from 0"
            raise InputError(explain(came, f"0 to {num_events - 1}", todo))
        yield listed


def _of_event(listed: Strikes, event: int, row: int, length: int, period: int) -> np.ndarray:
    times = listed.of_bell(event)
    for time in times[(times < 0) | (times >= length)]:
        raise _outside(time, event, row, length)
    gaps = np.diff(times)
    if len(gaps) and gaps.min() < period:
        came = f"two strikes of event {event}, {gaps.min():g} samples apart, in row {row}"
        todo = "correct the labels, or set refractory_period_samples"
        raise InputError(explain(came, f"{period} or more", todo))
    return times


def _outside(time: float, event: int, row: int, length: int) -> InputError:
    came = f"event {event} at {time:g} in row {row}"
    todo = "timings count from the start of their own window"
    return InputError(explain(came, f"0 to below {length}, the window's samples", todo))


def _alone(event_labels: ArrayLike | None, event_timings: ArrayLike | None) -> None:
    if event_labels is not None or event_timings is not None:
        came = "strikes together with event_labels or event_timings"
        raise InputError(explain(came, "one of the two", "leave strikes out, or the other two"))
