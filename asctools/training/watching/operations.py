"""What is put around PyTorch's operations while a loop is watched."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from asctools.training.watching.norms import gradients, norms, total
from asctools.training.watching.rates import on_plateau, schedulers
from asctools.training.watching.replace import replaced, replaced_everywhere
from asctools.training.watching.tell import Teller

Function = Callable[..., Any]


@contextmanager
def operations(teller: Teller, criterion: Function | None = None) -> Iterator[None]:
    """Let every operation of a training tell, for as long as this lasts."""
    with ExitStack() as stack:
        do = stack.enter_context
        do(replaced(nn.Module, "__call__", _calls(teller, criterion)))
        do(replaced(nn.Module, "train", _modes(teller)))
        do(replaced(nn.Module, "zero_grad", _clearing_by_model(teller)))
        do(replaced(torch.autograd, "backward", _backward(teller)))
        do(replaced_everywhere(clip_grad_norm_, _clipping_by_norm(teller)))
        do(replaced_everywhere(clip_grad_value_, _clipping_by_value(teller)))
        for scheduler in schedulers():
            do(replaced(scheduler, "step", _scheduling(teller)))
        if criterion is not None and not isinstance(criterion, nn.Module):
            do(replaced_everywhere(criterion, _criterion(teller)))
        for k, optimizer in enumerate(teller.optimizers):
            do(replaced(optimizer, "zero_grad", _clearing(teller, k)))
            for handle in _steps(teller, optimizer, k):
                stack.callback(handle.remove)
        stack.callback(teller.gates.restore)
        yield


def _calls(teller: Teller, criterion: Function | None) -> Callable[[Function], Function]:
    models = {id(model) for model in teller.models}

    def wrap(call: Function) -> Function:
        def run(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            if id(module) in models:
                succeeded = False
                teller.forward_begins(module)
                try:
                    result = call(module, *args, **kwargs)
                    succeeded = True
                finally:
                    teller.forward_ends(succeeded)
                return result
            result = call(module, *args, **kwargs)
            if module is criterion:
                teller.criterion_ends(result)
            return result

        return run

    return wrap


def _criterion(teller: Teller) -> Callable[[Function], Function]:
    def wrap(criterion: Function) -> Function:
        def compare(*args: Any, **kwargs: Any) -> Any:
            loss = criterion(*args, **kwargs)
            teller.criterion_ends(loss)
            return loss

        return compare

    return wrap


def _modes(teller: Teller) -> Callable[[Function], Function]:
    models = {id(model) for model in teller.models}

    def wrap(train: Function) -> Function:
        def set_mode(module: nn.Module, mode: bool = True) -> nn.Module:
            train(module, mode)
            if id(module) in models:
                teller.mode_changes(module)
            return module

        return set_mode

    return wrap


def _clearing_by_model(teller: Teller) -> Callable[[Function], Function]:
    models = {id(model): k for k, model in enumerate(teller.models)}

    def wrap(zero_grad: Function) -> Function:
        def clear(module: nn.Module, *args: Any, **kwargs: Any) -> None:
            k = models.get(id(module))
            if k is not None:
                teller.clearing_begins()
            zero_grad(module, *args, **kwargs)
            if k is not None:
                teller.clearing_ends({"model": k} if len(models) > 1 else {})

        return clear

    return wrap


def _clearing(teller: Teller, k: int) -> Callable[[Function], Function]:
    where = {"optimizer": k} if len(teller.optimizers) > 1 else {}

    def wrap(zero_grad: Function) -> Function:
        def clear(*args: Any, **kwargs: Any) -> None:
            teller.clearing_begins()
            zero_grad(*args, **kwargs)
            teller.clearing_ends(where)

        return clear

    return wrap


def _backward(teller: Teller) -> Callable[[Function], Function]:
    depth = 0  # checkpoints call it from inside a backward pass

    def wrap(backward: Function) -> Function:
        def go_back(tensors: Any, *args: Any, **kwargs: Any) -> None:
            nonlocal depth
            if not depth:
                tensors = tensors if isinstance(tensors, Tensor) else tuple(tensors)
                teller.backward_begins(tensors)
            depth += 1
            succeeded = False
            try:
                backward(tensors, *args, **kwargs)
                succeeded = True
            finally:
                depth -= 1
                if not depth:
                    teller.backward_ends(tensors, succeeded)

        return go_back

    return wrap


def _clipping_by_norm(teller: Teller) -> Callable[[Function], Function]:
    def wrap(clip: Function) -> Function:
        def shorten(
            parameters: Any, max_norm: float, norm_type: float = 2.0, *args: Any, **kwargs: Any
        ) -> Tensor:
            held = _listed(parameters)
            norm: Tensor = clip(held, max_norm, norm_type, *args, **kwargs)
            # Where there is nothing to shorten it comes at the wrong time, and that is told too
            if (norm > max_norm or norm == 0.0) and teller.weights.own(held):
                more = {} if float(norm_type) == 2.0 else {"norm_type": float(norm_type)}
                teller.clipped(norm.item(), float(max_norm), more)
            return norm

        return shorten

    return wrap


def _clipping_by_value(teller: Teller) -> Callable[[Function], Function]:
    def wrap(clip: Function) -> Function:
        def cut(parameters: Any, clip_value: float, *args: Any, **kwargs: Any) -> None:
            held = _listed(parameters)
            before = gradients(held)
            largest = max((g.abs().max().item() for g in before if g.numel()), default=0.0)
            norm = total(norms(before))
            clip(held, clip_value, *args, **kwargs)
            if (largest > clip_value or largest == 0.0) and teller.weights.own(held):
                teller.clipped(norm, float(clip_value), {"by": "value"})

        return cut

    return wrap


def _listed(parameters: Any) -> list[Tensor]:
    return [parameters] if isinstance(parameters, Tensor) else list(parameters)


def _steps(teller: Teller, optimizer: Optimizer, k: int) -> Iterator[Any]:
    def has_closure(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        return kwargs.get("closure", args[1] if len(args) > 1 else None) is not None

    def begins(_: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        teller.step_begins(k, has_closure(args, kwargs))

    def ends(_: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        teller.step_ends(k, has_closure(args, kwargs))

    yield optimizer.register_step_pre_hook(begins)
    yield optimizer.register_step_post_hook(ends)


def _scheduling(teller: Teller) -> Callable[[Function], Function]:
    def wrap(step: Function) -> Function:
        def follow(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
            act = functools.partial(step, scheduler, *args, **kwargs)
            if not any(scheduler.optimizer is each for each in teller.optimizers):
                return act()
            teller.look_at_rates("hand")
            if not isinstance(scheduler, ReduceLROnPlateau):
                result = act()
                teller.look_at_rates("schedule")
                return result
            result, waited = on_plateau(scheduler, act)
            if waited is not None:
                current = float(args[0] if args else kwargs["metrics"])
                least = min(map(float, scheduler.min_lrs))
                teller.plateau_ends(waited, float(scheduler.best), current, least)
            return result

        return follow

    return wrap
