"""The events of the weights: how long each part is, its gradient, and the step that it took.

``W_f`` is the part of the forget gate, as the readable cell has it: its rows of ``weight_ih`` and
of ``weight_hh``, side by side; ``b_f`` are its rows of the bias. The order of rows is i, f, g, o.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from asctools.numpy_lstm.observe import Watch
from asctools.numpy_lstm.optim import global_norm

if TYPE_CHECKING:
    from asctools.numpy_lstm.run import Run

Arrays = Mapping[str, np.ndarray]

Part = tuple[str, int | None, list[tuple[str, slice]]]

QUARTERS = {"f": 1, "i": 0, "c": 2, "o": 3}  # gate → which quarter of the rows; told in this order


class Side:
    """Weights side by side in one array: one is copied and measured sooner than many.

    Parameters
    ----------
    weights
        Name → array, all of one type.
    """

    def __init__(self, weights: Arrays) -> None:
        self.flat = np.concatenate([w.ravel() for w in weights.values()])
        ends = np.cumsum([w.size for w in weights.values()])
        split = np.split(self.flat, ends[:-1])
        self.parts = {n: p.reshape(weights[n].shape) for n, p in zip(weights, split, strict=True)}

    def copy(self, weights: Arrays) -> None:
        """Copy the weights as they are now."""
        np.concatenate([w.ravel() for w in weights.values()], out=self.flat)

    def change(self, weights: Arrays) -> np.ndarray:
        """Put the weights as they are now, minus what they were, in place of what they were."""
        for name, part in self.parts.items():
            np.subtract(weights[name], part, out=part)
        return self.flat


def side(watch: Watch, run: "Run") -> Side:
    """Return the memory for the weights before an update, which the watch keeps."""
    if "weights" not in watch.buffers:
        watch.buffers["weights"] = Side(run.model.parameters)
    kept: Side = watch.buffers["weights"]
    return kept


def length(arrays: Iterable[np.ndarray]) -> float:
    """Return the norm of all numbers of all arrays; quicker than the norm that clipping needs."""
    arrays = list(arrays)
    total = sum([float(np.vdot(a, a)) for a in arrays])
    # Squares may be too large for float32; then the careful way
    return math.sqrt(total) if total < math.inf else global_norm(arrays)


def tell_weights(watch: Watch, run: "Run", change: Arrays) -> None:
    """Tell one event for each part of the weights: layer, norm, grad_norm, change_norm."""
    sources = {"norm": run.model.parameters, "grad_norm": run.gradients, "change_norm": change}
    found = list(parts(run.model.parameters))
    norms = {
        key: [length(source[name][rows] for name, rows in blocks) for _, _, blocks in found]
        for key, source in sources.items()
    }
    names, layers = [name for name, _, _ in found], [layer for _, layer, _ in found]
    watch.tell_all(names, iteration=run.iteration, layer=layers, **norms)


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
