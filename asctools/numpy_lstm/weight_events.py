"""The events of the weights: how long each part is, its gradient, and the step that it took.

``W_f`` is the part of the forget gate, as the readable cell has it: its rows of ``weight_ih`` and
of ``weight_hh``, side by side; ``b_f`` are its rows of the bias. The order of rows is i, f, g, o.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from asctools.numpy_lstm.observe import Watch
from asctools.numpy_lstm.optim import global_norm

if TYPE_CHECKING:
    from asctools.numpy_lstm.run import Run

Arrays = Mapping[str, np.ndarray]

Part = tuple[str, int | None, list[tuple[str, slice]]]

QUARTERS = {"f": 1, "i": 0, "c": 2, "o": 3}  # gate → which quarter of the rows; told in this order


def copied(watch: Watch, run: "Run") -> Arrays:
    """Return the weights as they are now, in buffers that the watch keeps."""
    if "weights" not in watch.buffers:
        watch.buffers["weights"] = {n: np.empty_like(w) for n, w in run.model.parameters.items()}
    before: Arrays = watch.buffers["weights"]
    for name, w in run.model.parameters.items():
        np.copyto(before[name], w)
    return before


def changes(run: "Run", before: Arrays) -> Arrays:
    """Return the weights minus what they were, in the buffers of ``before``."""
    for name, w in run.model.parameters.items():
        np.subtract(w, before[name], out=before[name])
    return before


def tell_weights(watch: Watch, run: "Run", change: Arrays) -> None:
    """Tell one event for each part of the weights: layer, norm, grad_norm, change_norm."""
    sources = {"norm": run.model.parameters, "grad_norm": run.gradients, "change_norm": change}
    for event, layer, blocks in parts(run.model.parameters):
        norms = {
            key: global_norm(source[name][rows] for name, rows in blocks)
            for key, source in sources.items()
        }
        where = {} if layer is None else {"layer": layer}
        watch.observer.event(event, iteration=run.iteration, **where, **norms)


def parts(parameters: Arrays) -> Iterator[Part]:
    """Give each part of the weights: its event, its layer, and the rows of arrays it is made of.

    First the matrices, layer by layer, then the biases. A parameter that belongs to no gate is a
    part of its own, under its name.
    """
    for matrices in (True, False):
        for name, w in parameters.items():
            found = re.fullmatch(r"(weight_ih|weight_hh|bias_ih)_l(\d+)", name)
            if matrices != (w.ndim > 1) or (found and found[1] == "weight_hh"):
                continue  # the rows of weight_hh belong to those of weight_ih
            if not found:
                yield f"Update_{name}", None, [(name, slice(None))]
                continue
            names = [name, name.replace("_ih_", "_hh_")] if matrices else [name]
            H = len(w) // 4
            for gate, quarter in QUARTERS.items():
                rows = slice(quarter * H, (quarter + 1) * H)
                event = f"Update_{'W' if matrices else 'b'}_{gate}"
                yield event, int(found[2]), [(each, rows) for each in names]
