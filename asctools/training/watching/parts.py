"""Which event tells of which parameters."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from torch import nn
from torch.nn import Parameter
from torch.optim import Optimizer

from asctools.rnn.cells import LSTM

# Of asctools.rnn.LSTM, as the other logs of the course call them and in their order.
LAYERS = {
    "forget_gate": "f",
    "input_gate": "i",
    "cell_gate": "c",
    "output_gate": "o",
    "i2o": "y",
}


class Part(NamedTuple):
    """A parameter, the event that tells of its steps, and the layer whose gate it belongs to."""

    event: str
    parameter: Parameter
    layer: int | None = None


def parts(models: Sequence[nn.Module], optimizers: Sequence[Optimizer]) -> list[Part]:
    """Return every parameter of the models and of the optimisers once.

    The gates of an ``asctools.rnn.LSTM`` are ``Update_W_f``, …, ``Update_b_y``, first all weights
    and then all biases; any other parameter goes by its own name.
    """
    found: dict[int, Part] = {}
    for part in (*_of_gates(models), *_of_models(models), *_of_optimizers(optimizers)):
        found.setdefault(id(part.parameter), part)
    return list(found.values())


def of_optimizer(optimizer: Optimizer, all_parts: Iterable[Part]) -> list[Part]:
    """Return the parts that an optimiser moves."""
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    return [part for part in all_parts if id(part.parameter) in held]


def _of_gates(models: Sequence[nn.Module]) -> Iterable[Part]:
    modules = (module for model in models for module in model.modules())
    lstms = [module for module in modules if isinstance(module, LSTM)]
    for kind in ("weight", "bias"):
        for layer, lstm in enumerate(lstms):
            for name, gate in LAYERS.items():
                head = gate == "y"
                symbol = "W_hy" if head and kind == "weight" else f"{'Wb'[kind == 'bias']}_{gate}"
                where = None if head and len(lstms) == 1 else layer
                yield Part(f"Update_{symbol}", getattr(getattr(lstm, name), kind), where)


def _of_models(models: Sequence[nn.Module]) -> Iterable[Part]:
    for k, model in enumerate(models):
        prefix = f"{k}." if len(models) > 1 else ""
        for name, parameter in model.named_parameters():
            yield Part(f"Update_{prefix}{name}", parameter)


def _of_optimizers(optimizers: Sequence[Optimizer]) -> Iterable[Part]:
    for optimizer in optimizers:
        for g, group in enumerate(optimizer.param_groups):
            for k, parameter in enumerate(group["params"]):
                yield Part(f"Update_group{g}.{k}", parameter)
