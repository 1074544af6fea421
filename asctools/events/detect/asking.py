"""Ask a network about windows of readings, after a look at whether they can be read at all."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from asctools.errors import InputError, ShapeError, explain

__all__ = ["Answer", "ask", "checked", "shortest"]

FEWEST_FRAMES = 20  # 0.1 s at 2000 Hz: no onset can be told from less
FARTHEST = 2.0  # frames: an offset beyond is no offset, and a stream could not wait for it


class Answer(NamedTuple):
    """What a network says of one window.

    Attributes
    ----------
    scores
        Probability of a strike in each frame, ``(frames, E)``.
    offsets
        Where in the frame, in frames from its middle, ``(frames, E)``.
    presence
        Probability that each event is anywhere in the window, ``(E,)``.
    """

    scores: np.ndarray
    offsets: np.ndarray
    presence: np.ndarray


def ask(model: nn.Module, windows: Sequence[np.ndarray]) -> list[Answer]:
    """Return the answers of a network in evaluation mode to windows ``(T_n, C)``."""
    device = next(model.parameters()).device
    lengths = [len(window) for window in windows]
    x = np.zeros((len(windows), max(lengths), windows[0].shape[1]), np.float32)
    for row, window in zip(x, windows, strict=True):
        row[: len(window)] = window
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            same = len(set(lengths)) == 1
            out = model(torch.from_numpy(x).to(device), None if same else lengths)
    finally:
        model.train(training)
    scores, offsets, presence = (
        part.double().cpu().numpy()
        for part in (
            out.timing_logits.sigmoid(),
            out.timing_offsets.clamp(-FARTHEST, FARTHEST),
            out.event_logits.sigmoid(),
        )
    )
    ends = [-(-length // resolution(model)) for length in lengths]
    return [Answer(scores[k, :end], offsets[k, :end], presence[k]) for k, end in enumerate(ends)]


def resolution(model: nn.Module) -> int:
    """Return the samples of a frame."""
    return int(getattr(model, "resolution", 10))


def shortest(model: nn.Module) -> int:
    """Return the least number of samples that can be asked about."""
    return FEWEST_FRAMES * resolution(model)


def checked(sequence: Any, model: nn.Module, least: int = 0) -> np.ndarray:
    """Return readings ``(T, C)`` as they came, if the model can read them.

    Raises
    ------
    ShapeError
        If they are no table, or have another number of channels.
    InputError
        If they are too few, one is no finite number, or they are the integers of a converter:
        how large those are, nobody but you can say.
    """
    x = np.asarray(sequence)
    channels = int(getattr(model, "input_size", x.shape[-1] if x.ndim else 1))
    if x.ndim != 2 or x.shape[1] != channels:
        came = f"a sequence of shape {x.shape}"
        raise ShapeError(explain(came, f"(time, {channels} channels)", "give one such recording"))
    if len(x) < least:
        came = f"a sequence of {len(x)} samples"
        raise InputError(explain(came, f"at least {least}", "record for longer"))
    if x.dtype.kind in "iu":
        came = f"counts of type {x.dtype}"
        todo = "read the file with read_recording, or pass x * full_scale / 32768"
        raise InputError(explain(came, "readings in the units of the training, as floats", todo))
    if x.dtype.kind != "f":
        raise InputError(explain(f"values of type {x.dtype}", "floats", "convert them"))
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        row, channel = bad[0]
        came = f"{x[row, channel]} in sample {row}, channel {channel + 1}"
        todo = "read the file with gaps='mask', or fill the gap"
        raise InputError(explain(came, "finite readings", todo))
    return x
