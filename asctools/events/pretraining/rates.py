"""How to go on with weights that are good already: slower below, or frozen for a while."""

from typing import Any

from torch import nn

from asctools.errors import InputError, explain
from asctools.events.checks import positive
from asctools.events.models.backbone import Backbone
from asctools.training import distributed
from asctools.training.callbacks import Callback
from asctools.training.trainer import Trainer

__all__ = ["Thaw", "layerwise_rates"]


def layerwise_rates(
    model: nn.Module, learning_rate: float = 1e-3, decay: float = 0.5
) -> list[dict[str, Any]]:
    """Return groups of parameters whose learning rate falls from the head down to the readings.

    The head is new and must learn most. What is close to the readings is what pretraining knows
    best: each stage below gets ``decay`` times the rate of the one above.

    Parameters
    ----------
    model
        Such as :class:`~asctools.events.models.LSTMEventClassifier`.
    learning_rate
        Of the head.
    decay
        1: one rate for all.

    Returns
    -------
    list of dict
        For any optimiser: ``Adam(layerwise_rates(model, 1e-2))``. Each has ``params``, ``lr``, and
        the ``name`` of its stage; the head comes first.

    Raises
    ------
    InputError
        If a number is not above 0, ``decay`` above 1, or the model has no backbone.

    Notes
    -----
    The idea is the discriminative fine-tuning of Howard and Ruder (2018).
    """
    rate = positive(learning_rate, "learning_rate", "begin with 1e-3")
    factor = positive(decay, "decay", "1 gives all layers one rate")
    if factor > 1.0:
        todo = "what is below is to move less than the head"
        raise InputError(explain(f"decay={decay!r}", "at most 1", todo))
    stages = dict(reversed(backbone_of(model).stages().items()))
    below = {id(each) for part in stages.values() for each in part.parameters()}
    head = [each for each in model.parameters() if id(each) not in below]
    groups = {"head": head} | {name: list(part.parameters()) for name, part in stages.items()}
    return [
        {"name": name, "params": weights, "lr": rate * factor**depth}
        for depth, (name, weights) in enumerate(groups.items())
        if weights
    ]


class Thaw(Callback):
    """Keep a backbone frozen at first, so that the gradients of a new head do not spoil it.

    Parameters
    ----------
    after_epochs
        So many epochs the head learns alone.
    stage_epochs
        Then one stage of the backbone more thaws every so many epochs, from the head downwards;
        0: all of it at once.

    Notes
    -----
    Stage by stage is the gradual unfreezing of Howard and Ruder (2018). In several processes the
    weights must be those that had a gradient from the beginning: there it refuses.
    """

    def __init__(self, after_epochs: int = 1, stage_epochs: int = 0) -> None:
        if not all(type(number) is int and number >= 0 for number in (after_epochs, stage_epochs)):
            came = f"after_epochs={after_epochs!r} and stage_epochs={stage_epochs!r}"
            raise InputError(explain(came, "whole numbers from 0 on", "0 freezes nothing"))
        self.after_epochs, self.stage_epochs = after_epochs, stage_epochs

    def frozen(self, epoch: int, stages: int) -> int:
        """Return how many of the stages are frozen in an epoch, counted from 1."""
        since = epoch - 1 - self.after_epochs
        if since < 0:
            return stages
        if not self.stage_epochs:
            return 0
        return max(0, stages - 1 - since // self.stage_epochs)

    def on_fit_start(self, trainer: Trainer) -> None:
        """Freeze what is frozen in the epoch that comes, or goes on."""
        if distributed.world().several:
            todo = "train in one process, or give the layers rates: layerwise_rates"
            raise InputError(explain("Thaw in several processes", "one process", todo))
        self._freeze(trainer, len(trainer.history) + 1)

    def on_epoch_start(self, trainer: Trainer) -> None:
        """Thaw what is due."""
        self._freeze(trainer, trainer.epoch)

    def _freeze(self, trainer: Trainer, epoch: int) -> None:
        backbone = backbone_of(trainer.model)
        backbone.freeze_backbone(self.frozen(epoch, len(backbone.stages())))


def backbone_of(model: nn.Module) -> Backbone:
    """Return the backbone of a model: itself, or its part of that kind.

    Raises
    ------
    InputError
        If it has none.
    """
    for part in model.modules():
        if isinstance(part, Backbone):
            return part
    came = f"{type(model).__name__}, which has no backbone"
    raise InputError(explain(came, "such as an LSTMEventClassifier", "use a plain optimiser"))
