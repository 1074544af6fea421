"""Where a network computes: ``"auto"`` takes the graphics card where there is one."""

import torch

from asctools.errors import explain, unknown_name

__all__ = ["pick_device"]


def pick_device(device: str | torch.device = "auto") -> torch.device:
    """Return the device that a name stands for.

    Parameters
    ----------
    device
        ``"auto"``: the first CUDA card if there is one, else the processor. Any other name is
        PyTorch's: ``"cpu"``, ``"cuda"``, ``"cuda:1"``.

    Raises
    ------
    UnknownNameError
        If PyTorch knows no such device, or a CUDA card is asked for and there is none.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        picked = torch.device(device)
    except (RuntimeError, TypeError):
        raise unknown_name("device", device, ("auto", "cpu", "cuda")) from None
    if picked.type == "cuda" and not torch.cuda.is_available():
        message = explain(f"device {device!r}", "a device of this computer", 'use "auto" or "cpu"')
        raise type(unknown_name("device", device, ()))(message)
    return picked
