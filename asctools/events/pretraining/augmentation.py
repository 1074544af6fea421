"""Another view of the same: changes to a window after which it still is what it was.

Each takes a window ``(T, C)``, an array or a tensor, as the sensor gives it, and returns a changed
copy. ``keeps_timing`` of each says whether an event is still where it was. What is drawn comes from
the generator that is passed, or from PyTorch's own, which the trainer seeds.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Generator, Tensor

from asctools.errors import InputError, ShapeError, explain
from asctools.events.checks import real
from asctools.rnn.inputs import positive_sizes

__all__ = ["TemporalAugmentation", "keeping_timing"]

Window = TypeVar("Window", np.ndarray, Tensor)


def keeping_timing(keeps: bool) -> Callable[[Callable[..., Tensor]], Any]:
    """Let a function of tensors ``(T, C)`` take arrays too, and say whether it keeps timing."""

    def decorate(change: Callable[..., Tensor]) -> Any:
        @wraps(change)
        def changed(x: Any, *arguments: Any, **settings: Any) -> Any:
            window = torch.as_tensor(x)
            if window.ndim != 2 or not window.numel() or not window.is_floating_point():
                came = f"{window.dtype} of shape {tuple(window.shape)} as a window"
                todo = "give one window, in floating-point numbers"
                raise ShapeError(explain(came, "(time, channels)", todo))
            result = change(window, *arguments, **settings)
            return result.numpy() if isinstance(x, np.ndarray) else result

        changed.keeps_timing = keeps  # type: ignore[attr-defined]
        return changed

    return decorate


class TemporalAugmentation:
    """Ways to change a window: a shelf of functions, none of which needs an object."""

    @staticmethod
    @keeping_timing(True)
    def jitter(x: Tensor, amount: float = 0.5, generator: Generator | None = None) -> Tensor:
        """Add white noise. It keeps timing.

        Parameters
        ----------
        x
            A window ``(T, C)``.
        amount
            Deviation of the noise, in deviations of the noise that each channel has already.
        generator
            Where the noise comes from.
        """
        amount = _from_0("amount", amount)
        return x + amount * _noise(x) * torch.randn(x.shape, generator=generator, dtype=x.dtype)

    @staticmethod
    @keeping_timing(True)
    def scaling(x: Tensor, spread: float = 0.2, generator: Generator | None = None) -> Tensor:
        """Make each channel louder or quieter, by a factor around 1. It keeps timing.

        Parameters
        ----------
        x
            A window ``(T, C)``.
        spread
            Deviation of the logarithm of the factors.
        generator
            Where they come from.
        """
        spread = _from_0("spread", spread)
        factors = (spread * torch.randn(x.shape[1], generator=generator, dtype=x.dtype)).exp()
        return x * factors

    @staticmethod
    @keeping_timing(False)
    def shift(x: Tensor, most: int = 200, generator: Generator | None = None) -> Tensor:
        """Move a window in time; the reading at its edge stands still there. Timing is lost.

        Parameters
        ----------
        x
            A window ``(T, C)``.
        most
            The farthest it is moved, in samples, to either side.
        generator
            Decides how far.
        """
        positive_sizes(most=most)
        move = int(torch.randint(-most, most + 1, (), generator=generator))
        return x[(torch.arange(len(x)) - move).clamp(0, len(x) - 1)]

    @staticmethod
    @keeping_timing(True)
    def time_mask(x: Tensor, longest: int = 100, generator: Generator | None = None) -> Tensor:
        """Replace a stretch by the line between its two ends. It keeps timing of the rest.

        Zeros would be a step, and louder than any strike: the readings lie around 9.81 m/s².

        Parameters
        ----------
        x
            A window ``(T, C)``.
        longest
            Of the stretch, in samples.
        generator
            Decides where, and how long.
        """
        positive_sizes(longest=longest)
        longest = min(longest, len(x))
        length = int(torch.randint(1, longest + 1, (), generator=generator))
        begin = int(torch.randint(len(x) - length + 1, (), generator=generator))
        last = min(begin + length, len(x) - 1)
        way = torch.linspace(0.0, 1.0, length, dtype=x.dtype)[:, None]
        masked = x.clone()
        masked[begin : begin + length] = x[begin] + way * (x[last] - x[begin])
        return masked

    @staticmethod
    @keeping_timing(True)
    def channel_mask(x: Tensor, number: int = 1, generator: Generator | None = None) -> Tensor:
        """Let some channels stand still at their mean, as if they were broken. It keeps timing.

        Parameters
        ----------
        x
            A window ``(T, C)``.
        number
            How many.
        generator
            Decides which.
        """
        if not 0 <= number < x.shape[1]:
            came = f"number={number!r} for {x.shape[1]} channels"
            raise InputError(explain(came, f"0 to {x.shape[1] - 1}", "leave one to hear with"))
        still = torch.randperm(x.shape[1], generator=generator)[:number]
        masked = x.clone()
        masked[:, still] = x[:, still].mean(dim=0)
        return masked

    @staticmethod
    @keeping_timing(True)
    def sensor_mask(
        x: Tensor, silent: int | None = None, generator: Generator | None = None
    ) -> Tensor:
        """Let one of two sensors stand still: half of the channels. It keeps timing.

        Two sensors hear the same bells, each in noise of its own. What one can tell of the other
        is the bells alone.

        Parameters
        ----------
        x
            A window ``(T, C)``: the first half of its channels is one sensor, the rest the other.
        silent
            Which stands still, 0 or 1; None: it is drawn.
        generator
            Decides it then.
        """
        if x.shape[1] < 2:
            came = f"a window of {x.shape[1]} channel"
            raise ShapeError(explain(came, "two sensors", "use time_mask in place of sensor_mask"))
        if silent not in (None, 0, 1):
            raise InputError(explain(f"silent={silent!r}", "0, 1 or None", "two sensors there are"))
        if silent is None:
            silent = int(torch.randint(2, (), generator=generator))
        half = x.shape[1] // 2
        still = slice(None, half) if silent == 0 else slice(half, None)
        masked = x.clone()
        masked[:, still] = x[:, still].mean(dim=0)
        return masked

    @staticmethod
    @keeping_timing(True)
    def mix(
        x: Tensor, other: Tensor, most: float = 0.5, generator: Generator | None = None
    ) -> Tensor:
        """Let another window be heard as well, more quietly. It keeps timing.

        Readings add up where sounds do: both windows are still in it.

        Parameters
        ----------
        x, other
            Two windows ``(T, C)``.
        most
            The largest factor of the other.
        generator
            Decides the factor.
        """
        most, other = _from_0("most", most), torch.as_tensor(other)
        if other.shape != x.shape:
            came = f"windows of shapes {tuple(x.shape)} and {tuple(other.shape)}"
            raise ShapeError(explain(came, "one shape", "cut the longer one"))
        factor = most * torch.rand((), generator=generator, dtype=x.dtype)
        return x + factor * (other - other.mean(dim=0))

    @staticmethod
    @keeping_timing(True)
    def random_augment(x: Tensor, generator: Generator | None = None) -> Tensor:
        """Change a window in several ways at once, none of which moves anything. It keeps timing.

        Always louder or quieter, with up to as much noise again as it has, a stretch masked; in a
        quarter of the cases without one of its channels.

        Parameters
        ----------
        x
            A window ``(T, C)``.
        generator
            Where all of it comes from.
        """
        amount, broken = torch.rand(2, generator=generator).tolist()
        y = TemporalAugmentation.scaling(x, generator=generator)
        y = TemporalAugmentation.jitter(y, amount, generator=generator)
        y = TemporalAugmentation.time_mask(y, generator=generator)
        if broken < 0.25 and x.shape[1] > 1:
            y = TemporalAugmentation.channel_mask(y, generator=generator)
        return y


def _from_0(name: str, value: Any) -> float:
    expected, todo = "a number from 0 on", "0 changes nothing"
    number = real(value, name, expected, todo)
    if not 0.0 <= number < float("inf"):
        raise InputError(explain(f"{name}={value!r}", expected, todo))
    return number


def _noise(x: Tensor) -> Tensor:
    """Return the deviation of each channel's noise: the bend from one sample to the next.

    Sway is a hundred times louder, but so slow that its bend is small beside that of the noise.
    """
    if len(x) < 4:
        return x.new_zeros(x.shape[1])
    return x.diff(n=2, dim=0).std(dim=0) / 6**0.5
