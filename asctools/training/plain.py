"""Values as a checkpoint can hold them: numbers, texts, tensors, and what is made of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from asctools.errors import CheckpointError, explain

__all__ = ["plain"]


def plain(value: Any) -> Any:
    """Return a value in kinds that can be read back without running code.

    Scalars of NumPy become Python's, arrays become tensors, paths texts, and objects with
    ``to_dict()`` or ``state_dict()``, dataclasses and NamedTuples become dictionaries.

    Raises
    ------
    CheckpointError
        If it is of another kind.
    """
    if isinstance(value, np.generic):  # first: np.float64 is a float, too
        return value.item()
    if value is None or isinstance(value, bool | int | float | str | bytes | Tensor):
        return value
    if isinstance(value, np.ndarray):
        return torch.tensor(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Counter):
        return value
    if isinstance(value, Mapping):
        return {plain(name): plain(part) for name, part in value.items()}
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, list | tuple):
        return type(value)(map(plain, value))
    for method in ("to_dict", "state_dict"):
        if hasattr(value, method):
            return plain(getattr(value, method)())
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    came = f"a {type(value).__name__} for a checkpoint"
    todo = "give it as numbers and texts: a dictionary, say"
    raise CheckpointError(explain(came, "numbers, texts, tensors, lists or mappings", todo))
