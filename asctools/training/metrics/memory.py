"""How much memory a training takes."""

from __future__ import annotations

import torch

__all__ = ["Memory"]

MB = 2**20


class Memory:
    """Reads the memory of this process, and of its tensors on a CUDA card, in MB of 2²⁰ bytes.

    Parameters
    ----------
    device
        Where the model is.
    """

    def __init__(self, device: torch.device) -> None:
        import psutil

        self._process = psutil.Process()
        self._card = device if device.type == "cuda" else None

    def read(self) -> dict[str, float]:
        """Return ``memory_mb``, and ``gpu_memory_mb`` where there is a card."""
        found = {"memory_mb": self._process.memory_info().rss / MB}
        if self._card is not None:
            found["gpu_memory_mb"] = torch.cuda.memory_allocated(self._card) / MB
        return found
