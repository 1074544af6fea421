"""A loss that says what it is made of."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from torch import Tensor

__all__ = ["Parts"]


@dataclass(frozen=True)
class Parts:
    """Tensors of shape ``()``, as attributes and as keys; ``total_loss`` is what is made small."""

    total_loss: Tensor

    def __getitem__(self, name: str) -> Tensor:
        part: Tensor = getattr(self, name)
        return part

    def __iter__(self) -> Iterator[str]:
        return (field.name for field in fields(self))

    def keys(self) -> Iterator[str]:
        """Give the names of the parts."""
        return iter(self)

    def numbers(self) -> dict[str, float]:
        """Return the parts, apart from the total, as plain numbers."""
        return {name: self[name].item() for name in self if name != "total_loss"}
