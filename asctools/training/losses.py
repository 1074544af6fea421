"""The loss of a binary classification in which one class is rare."""

import torch
from torch import Tensor
from torch.nn import functional as F

from asctools.errors import InputError, explain

__all__ = ["pos_weight", "weighted_bce"]


def pos_weight(targets: Tensor, multiplier: float = 1.0) -> Tensor:
    """Return what a positive has to count for, if the two classes are to pull equally hard.

    Implements :eq:`eq-pos-weight`.

    Parameters
    ----------
    targets
        ``(N,)`` or ``(N, C)``: 0 or 1, of all training data.
    multiplier
        More than 1: a positive counts for more than that.

    Returns
    -------
    Tensor
        Shape ``()`` or ``(C,)``, float32: ``multiplier · negatives / positives``.

    Raises
    ------
    InputError
        If a target is neither 0 nor 1, a class has no positive or no negative, or the multiplier
        is not above 0.
    """
    if not (isinstance(multiplier, int | float) and 0 < multiplier < float("inf")):
        came = f"multiplier={multiplier!r}"
        raise InputError(explain(came, "a number above 0", "1 lets both classes pull equally hard"))
    y = torch.as_tensor(targets).double()
    if not y.numel() or not bool(((y == 0) | (y == 1)).all()):
        came = f"targets {sorted(set(y.flatten().tolist()))[:4]}" if y.numel() else "no targets"
        raise InputError(explain(came, "0 and 1 alone", "write 1 for a positive and 0 otherwise"))
    positives = y.sum(0)
    negatives = len(y) - positives
    if not bool((positives > 0).all() and (negatives > 0).all()):
        came = f"{positives.tolist()} positives among {len(y)} training examples"
        todo = "take data with both, or set loss.pos_weight yourself"
        raise InputError(explain(came, "at least one positive and one negative", todo))
    return (multiplier * negatives / positives).float()


def weighted_bce(logits: Tensor, targets: Tensor, pos_weight: Tensor | float = 1.0) -> Tensor:
    """Return the mean binary cross-entropy in which a positive counts ``pos_weight`` times.

    It equals ``torch.nn.BCEWithLogitsLoss(pos_weight=...)``, which :class:`~asctools.training.
    lstm_trainer.LSTMTrainer` uses; here it is written out.

    Implements :eq:`eq-weighted-bce`.

    Parameters
    ----------
    logits
        ``(N,)`` or ``(N, C)``: what the model says, before the sigmoid.
    targets
        The same shape, 0 or 1.
    pos_weight
        Shape ``()`` or ``(C,)``.

    Returns
    -------
    Tensor
        Shape ``()``.
    """
    # ln(1 − σ(z)) = ln σ(−z), and logsigmoid neither overflows nor takes the logarithm of 0
    missed = -pos_weight * targets * F.logsigmoid(logits)
    alarmed = -(1 - targets) * F.logsigmoid(-logits)
    return (missed + alarmed).mean()
