"""In how many bits a training computes."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.amp.grad_scaler import GradScaler
from torch.optim import Optimizer

from asctools.errors import InputError, explain, unknown_name

__all__ = ["PRECISIONS", "Precision"]

PRECISIONS = ("float32", "bfloat16", "float16")


class Precision:
    """Forward passes in fewer bits, where that is asked for; the weights keep theirs.

    Parameters
    ----------
    name
        ``"float32"``: as the model is. ``"bfloat16"``: products of matrices in 16 bits, which
        reach as far as those of 32. ``"float16"``: in 16 bits that do not, so slopes are
        multiplied by a large number on their way back, and divided by it before they are used.
    device
        Where it computes.

    Raises
    ------
    UnknownNameError, InputError
        If there is no such precision, or not on this device.
    """

    def __init__(self, name: str, device: torch.device) -> None:
        if name not in PRECISIONS:
            raise unknown_name("precision", name, PRECISIONS)
        if name == "float16" and device.type != "cuda":
            came = f"precision='float16' on {device.type!r}"
            raise InputError(explain(came, "a CUDA device for it", 'use "bfloat16", or "float32"'))
        self.name, self.device = name, device
        self.scaler = GradScaler(device.type) if name == "float16" else None

    @property
    def adapts(self) -> bool:
        """Whether slopes may leave the range of the numbers, which is then adapted."""
        return self.scaler is not None

    def autocast(self) -> AbstractContextManager[Any]:
        """Return a context for forward passes."""
        if self.name == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, getattr(torch, self.name))

    def backward(self, loss: Tensor, factor: float) -> None:
        """Add the slopes of factor · loss to the gradients."""
        if self.scaler is not None:
            loss.backward(gradient=self.scaler.scale(loss.new_tensor(factor)))
        elif factor == 1.0:
            loss.backward()
        else:
            loss.backward(gradient=loss.new_tensor(factor))

    def unscale(self, optimizer: Optimizer) -> None:
        """Make the gradients what they are, before anybody looks at them."""
        if self.scaler is not None:
            self.scaler.unscale_(optimizer)

    def step(self, optimizer: Optimizer) -> None:
        """Let the weights move; in float16 not if a slope has left the range."""
        if self.scaler is None:
            optimizer.step()
        else:
            self.scaler.step(optimizer)
            self.scaler.update()

    def state_dict(self) -> dict[str, Any]:
        """Return the range of float16; nothing otherwise."""
        return {} if self.scaler is None else self.scaler.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with it."""
        if self.scaler is not None and state:
            self.scaler.load_state_dict(state)
