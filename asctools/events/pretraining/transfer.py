"""Weights that move from one network into another: all of them, or none and a list of reasons."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from asctools.errors import InputError, explain
from asctools.events.models.backbone import Backbone

__all__ = ["misfits", "transfer"]

PARTS = ("normalise.", "front_end.", "memory.", "attention.")


def transfer(encoder: Backbone, classifier: nn.Module) -> tuple[str, ...]:
    """Copy every tensor of an encoder to where it belongs in a classifier.

    A weight that is skipped in silence is a network that was half pretrained, and looks as if
    pretraining did not help. So one tensor that does not fit stops it all.

    Parameters
    ----------
    encoder
        Gives its weights, its running means and its normaliser.
    classifier
        Takes them; its heads stay as they are.

    Returns
    -------
    tuple of str
        The names of the tensors that were copied.

    Raises
    ------
    InputError
        If a tensor has no place, another shape, or the two networks read time in other ways.
    """
    if reasons := list(misfits(encoder, classifier)):
        came = f"an encoder that does not fit {type(classifier).__name__}:\n  "
        came += "\n  ".join(reasons) + "\nwhich is no transfer"
        todo = "build both with the same arguments; nothing was copied"
        raise InputError(explain(came, "the same shape for every tensor", todo))
    ours, theirs = encoder.state_dict(), classifier.state_dict()
    with torch.no_grad():
        for name, tensor in ours.items():
            theirs[name].copy_(tensor)
    taken: Any = classifier.normalise
    taken.take(encoder.normalise.normaliser())
    taken.fitted.copy_(encoder.normalise.fitted)
    return tuple(ours)


def misfits(encoder: Backbone, classifier: nn.Module) -> Iterator[str]:
    """Give a line for each tensor, and for each setting, that does not fit."""
    ours, theirs = encoder.state_dict(), classifier.state_dict()
    places = {name: each for name, each in theirs.items() if name.startswith(PARTS)}
    for name in dict.fromkeys([*ours, *places]):
        here, there = _shape(ours.get(name)), _shape(places.get(name))
        if here != there:
            yield f"{name}: {here} here, {there} there"
    for name in ("resolution", "causal", "lookahead"):  # the same shapes, but of another time
        own, other = getattr(encoder, name), getattr(classifier, name, None)
        if own != other:
            yield f"{name}: {own} here, {other} there"
    own, other = ours["normalise.filter"], places.get("normalise.filter")
    if other is not None and not torch.equal(own, other):
        yield "normalise.filter: another sampling rate or high-pass filter"


def _shape(tensor: Tensor | None) -> str:
    return "missing" if tensor is None else str(tuple(tensor.shape))
