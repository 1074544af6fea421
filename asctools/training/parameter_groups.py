"""Sort a model's parameters by the kind of their layer, so that each kind can have its own rate."""

from collections.abc import Iterator
from typing import Any

from torch import nn
from torch.optim import Adam

from asctools.errors import InputError, explain
from asctools.rnn.loop import Recurrent
from asctools.training.config.sections import Groups, Training

__all__ = ["KINDS", "adam", "by_kind"]

KINDS = ("recurrent", "linear", "conv", "embedding", "norm", "bias", "other")

NORMS = (
    nn.modules.batchnorm._NormBase,
    nn.LayerNorm,
    nn.GroupNorm,
    nn.RMSNorm,
    nn.LocalResponseNorm,
)
LAYERS: tuple[tuple[str, Any], ...] = (
    ("norm", NORMS),
    ("recurrent", (nn.RNNBase, nn.RNNCellBase)),
    ("linear", (nn.Linear, nn.Bilinear)),
    ("conv", nn.modules.conv._ConvNd),
    ("embedding", (nn.Embedding, nn.EmbeddingBag)),
)


def by_kind(model: nn.Module) -> dict[str, list[nn.Parameter]]:
    """Return a model's trainable parameters by kind; one that is shared counts where it is first.

    ``"bias"`` has the biases of all layers but the normalising ones. The gates of
    :class:`asctools.rnn.LSTM` are linear layers, and recurrent.
    """
    found: dict[str, list[nn.Parameter]] = {kind: [] for kind in KINDS}
    seen: set[int] = set()
    for kind, parameter in _sorted_out(model):
        if parameter.requires_grad and id(parameter) not in seen:
            seen.add(id(parameter))
            found[kind].append(parameter)
    return {kind: parameters for kind, parameters in found.items() if parameters}


def adam(model: nn.Module, training: Training, groups: Groups) -> Adam:
    """Make the optimiser: one group for each kind with a rate of its own, one for the rest.

    Each group has its kind as ``"name"``; that of the rest is ``"default"`` and comes first.

    Raises
    ------
    InputError
        If the model has nothing to train, or a rate is given to a kind that it does not have.
    """
    rest: list[nn.Parameter] = []
    own: list[dict[str, Any]] = []
    kinds = by_kind(model)
    if not kinds:
        came = f"{type(model).__name__}, which has no trainable parameter"
        raise InputError(explain(came, "a model to train", "check requires_grad"))
    for kind in KINDS:
        asked = {
            name: value
            for name, value in (
                ("lr", getattr(groups, kind).learning_rate),
                ("weight_decay", getattr(groups, kind).weight_decay),
            )
            if value is not None
        }
        if asked and kind not in kinds:
            came = f"parameter_groups.{kind} for {type(model).__name__}, which has no such layer"
            raise InputError(explain(came, f"one of {', '.join(kinds)}", "delete these lines"))
        if asked:
            own.append({"name": kind, "params": kinds[kind], **asked})
        else:
            rest += kinds.get(kind, [])
    first = [{"name": "default", "params": rest}] if rest else []
    return Adam(
        [*first, *own],
        lr=training.learning_rate,
        betas=training.betas,
        eps=training.eps,
        weight_decay=training.weight_decay,
    )


def _sorted_out(model: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
    gates = {
        id(layer)
        for cell in model.modules()
        if isinstance(cell, Recurrent)
        for name, layer in cell.named_children()
        if name != "i2o"
    }
    for module in model.modules():
        kind = "recurrent" if id(module) in gates else _kind(module)
        for name, parameter in module.named_parameters(recurse=False):
            yield "bias" if kind != "norm" and name.startswith("bias") else kind, parameter


def _kind(module: nn.Module) -> str:
    """Return what a layer is; one that is of no known class may say it in ``kind_of_layer``."""
    own = getattr(module, "kind_of_layer", "other")
    if own in KINDS and own != "other":
        return str(own)
    return next((kind for kind, layers in LAYERS if isinstance(module, layers)), "other")
