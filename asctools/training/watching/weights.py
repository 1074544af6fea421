"""The weights of a watched loop: their gradients, and how far each optimiser moves them."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from asctools.training.watching.norms import gradients, norms, total
from asctools.training.watching.parts import Part, of_optimizer, parts

Stamp = tuple[Tensor | None, int]  # a gradient, and how often it has been written to


class Moves:
    """How far some parameters move in a step.

    Parameters
    ----------
    own
        Those of one optimiser.
    """

    def __init__(self, own: Sequence[Part]) -> None:
        self.parts = list(own)
        self.parameters: list[Tensor] = [part.parameter for part in own]
        self._before = [torch.empty_like(p) for p in self.parameters]

    @torch.no_grad()
    def begin(self) -> None:
        """Copy the parameters as they are before the step."""
        if self._before:
            torch._foreach_copy_(self._before, self.parameters)

    @torch.no_grad()
    def end(self, others: Sequence[Tensor]) -> tuple[list[float], list[float], list[float]]:
        """Return the norm of each parameter, of its change, and of others; the copy is used up."""
        if self._before:
            torch._foreach_sub_(self._before, self.parameters)
        every, n = norms([*self.parameters, *self._before, *others]), len(self.parameters)
        return every[:n], every[n : 2 * n], every[2 * n :]


class Weights:
    """Every parameter of some models and optimisers.

    Parameters
    ----------
    models, optimizers
        Those that are watched.
    """

    def __init__(self, models: Sequence[nn.Module], optimizers: Sequence[Optimizer]) -> None:
        self._models, self._optimizers = models, optimizers
        self.look()

    def look(self) -> None:
        """Find the parameters, at the beginning and when an optimiser has been given more."""
        size = sum(len(group["params"]) for each in self._optimizers for group in each.param_groups)
        if size == getattr(self, "_size", None):
            return
        self._size = size
        every = parts(self._models, self._optimizers)
        self.parameters: list[Tensor] = [part.parameter for part in every]
        self._ids = set(map(id, self.parameters))
        self.moves = [Moves(of_optimizer(each, every)) for each in self._optimizers]
        held = {id(p) for moves in self.moves for p in moves.parameters}
        self._unheld = [p for p in self.parameters if id(p) not in held]

    def own(self, tensors: Iterable[Tensor]) -> bool:
        """Whether one of the tensors is among them."""
        return not self._ids.isdisjoint(map(id, tensors))

    def stamps(self) -> list[Stamp]:
        """Return what tells later whether a gradient has changed."""
        held = [p.grad for p in self.parameters]
        return [(g, 0 if g is None else g._version) for g in held]

    def changed_since(self, stamps: Sequence[Stamp]) -> bool:
        """Whether a gradient is another one, or was written to, since these stamps were taken."""
        for p, (gradient, version) in zip(self.parameters, stamps, strict=True):
            now = p.grad
            if now is not gradient or (now is not None and now._version != version):
                return True
        return False

    def grad_norm(self) -> float:
        """Return the norm of the whole gradient."""
        return total(norms(gradients(self.parameters)))

    def measured(self, k: int) -> tuple[list[float], list[float], list[float]]:
        """Return the norms of an optimiser's weights and their changes, and of all gradients."""
        return self.moves[k].end(gradients(self.parameters))

    def without_slopes(self) -> int:
        """Return how many parameters should have a gradient and have none."""
        return sum(p.requires_grad and p.grad is None for p in self.parameters)

    def unheld(self) -> int:
        """Return how many have a gradient that no optimiser will follow."""
        return sum(p.grad is not None for p in self._unheld)
