"""What the bracket reader knows of a network: its rounded weights, and which unit counts.

The page gets the weights as whole millionths. Python and JavaScript divide the same whole numbers
by a million, so both compute with the same ones.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.dataset.parentheses import ALPHABET, depth, generate_parentheses_dataset
from asctools.dataset.sequences import encode, one_hot, pad
from asctools.errors import InputError, ShapeError, explain
from asctools.numpy_lstm import cell
from asctools.numpy_lstm.numerics import softmax

if TYPE_CHECKING:
    from asctools.rnn.readout import Readout

Array = NDArray[Any]

MILLION = 1_000_000
MOST_UNITS = 64  # a page with more of them gets heavy
SAMPLES, SHORTEST, LONGEST, SEED = 200, 15, 60, 4  # the strings that correlations are taken over
RIGHT = "a Readout(nn.LSTM(28, H, batch_first=True), 2)"


class Network(NamedTuple):
    """The weights that Python and the page compute with: the cell's, and those of the head.

    ``W_y`` has the shape (2, H), ``b_y`` (2,); class 1 is "balanced".
    """

    gates: cell.Gates
    W_y: Array
    b_y: Array


class Reading(NamedTuple):
    """What a network makes of a string: each gate and memory is (T, H), ``balanced`` is (T,)."""

    f: Array
    i: Array
    c_tilde: Array
    o: Array
    c: Array
    h: Array
    balanced: Array


def network_of(model: "Readout") -> Network:
    """Copy a model's weights, in float64 and rounded to six decimals.

    Raises
    ------
    InputError
        If it is no ``Readout`` around ``nn.LSTM`` of one layer and one direction, its head is not
        one linear layer, or a weight is not finite.
    ShapeError
        If it does not read one-hot vectors over ``ALPHABET``, has not two outputs, or too many
        units.
    """
    from torch import nn

    from asctools.rnn.readout import Readout

    if not isinstance(model, Readout) or not isinstance(model.core, nn.LSTM):
        inner = f"({type(model.core).__name__})" if isinstance(model, Readout) else ""
        todo = "train an LSTM; asctools.rnn.readout.to_readout turns four linear layers into one"
        raise InputError(explain(f"{type(model).__name__}{inner} as model", RIGHT, todo))
    core, head = model.core, model.i2o
    if core.num_layers > 1 or core.bidirectional or core.proj_size:
        ways = "both directions" if core.bidirectional else "one direction"
        came = f"{core.num_layers} layer(s) in {ways}, projection {core.proj_size}"
        raise InputError(explain(came, "one layer in one direction", f"pass {RIGHT}"))
    if not isinstance(head, nn.Linear):
        came = f"{type(head).__name__} as the model's head"
        raise InputError(explain(came, "one nn.Linear", f"pass {RIGHT}"))
    check_sizes(core.input_size, core.hidden_size, head.out_features)
    held = {name: value.detach().cpu().double().numpy() for name, value in model.named_parameters()}
    wrong = [name for name, values in held.items() if not (abs(values) < MILLION).all()]
    if wrong:
        came = f"weights that are not finite, or a million or more, in {', '.join(wrong)}"
        raise InputError(explain(came, "finite weights", "train with a smaller learning rate"))
    none = np.zeros(4 * core.hidden_size)
    bias = held.get("core.bias_ih_l0", none) + held.get("core.bias_hh_l0", none)
    gates = cell.from_fused(held["core.weight_ih_l0"], held["core.weight_hh_l0"], bias)
    b_y = held.get("i2o.bias", np.zeros(2))
    return Network(cell.Gates(*map(rounded, gates)), rounded(held["i2o.weight"]), rounded(b_y))


def check_sizes(inputs: int, units: int, outputs: int) -> None:
    """Refuse a network that reads or says something else, or is too large for a page."""
    if (inputs, outputs) != (len(ALPHABET), 2):
        came = f"{inputs} inputs and {outputs} outputs"
        wanted = f"{len(ALPHABET)} inputs (ALPHABET) and 2 outputs (1 is balanced)"
        raise ShapeError(explain(came, wanted, f"pass {RIGHT}"))
    if units > MOST_UNITS:
        came = f"{units} units"
        raise ShapeError(explain(came, f"at most {MOST_UNITS}", "train a smaller network"))


def rounded(values: Array) -> Array:
    """Round to millionths, in the way that :func:`packed` and the page undo."""
    return np.asarray(np.rint(values * MILLION) / MILLION)


def packed(network: Network) -> dict[str, Any]:
    """Return a network as the page gets it, with the alphabet.

    Each row is one string of whole millionths in base 36, with blanks between: a quarter shorter
    than in decimals.
    """

    def row(values: Array) -> str:
        whole = np.rint(values * MILLION).astype(int)
        return " ".join(np.base_repr(each, 36).lower() for each in whole.tolist())

    w = network.gates
    parts = {"f": (w.W_f, w.b_f), "i": (w.W_i, w.b_i), "c": (w.W_c, w.b_c), "o": (w.W_o, w.b_o)}
    parts["y"] = (network.W_y, network.b_y)
    matrices = {
        name: {"W": [row(each) for each in W], "b": row(b)} for name, (W, b) in parts.items()
    }
    return {"alphabet": ALPHABET, **matrices}


def read(network: Network, text: str, hold: float | None = None) -> Reading:
    """Let a network read a string of one symbol or more, and keep all that the page shows.

    Parameters
    ----------
    network
        From :func:`network_of`.
    text
        Over ``ALPHABET``.
    hold
        Hold the forget gates of all units at this number above 0; None lets them free.
    """
    return read_all(network, [text], hold)[0]


def read_all(network: Network, texts: Sequence[str], hold: float | None = None) -> list[Reading]:
    """Read several strings at once, as :func:`read` reads one."""
    w = network.gates
    if hold is not None:
        # σ(log(f / (1 − f))) = f, whatever comes in
        z = np.inf if hold == 1 else np.log(hold / (1 - hold))
        w = w._replace(W_f=np.zeros_like(w.W_f), b_f=np.full_like(w.b_f, z))
    inputs = [one_hot(row, len(ALPHABET), np.float64) for row in encode(texts)]
    x, lengths = pad(inputs)
    steps = cell.forward(w, x).steps
    wires = ("f", "i", "c_tilde", "o", "c", "h")
    f, i, c_tilde, o, c, h = (np.stack([getattr(at, wire) for at in steps], 1) for wire in wires)
    # p = softmax(W_y h + b_y)
    p = softmax(h @ network.W_y.T + network.b_y)
    parts = (f, i, c_tilde, o, c, h, p[:, :, 1])
    return [Reading(*(each[row, :n] for each in parts)) for row, n in enumerate(lengths)]


def correlations(network: Network) -> Array:
    """Return how each unit's cell state goes with the depth, over the symbols of many strings.

    Returns
    -------
    numpy.ndarray
        (H,), from −1 to 1; 0 for a unit that never changes.
    """
    texts, _ = generate_parentheses_dataset(SAMPLES, SHORTEST, LONGEST, seed=SEED)
    depths = np.array([d for text in texts for d in depth(text)], dtype=float)
    cells = np.concatenate([each.c for each in read_all(network, texts)])
    moves, counts = cells - cells.mean(axis=0), depths - depths.mean()
    spread = np.sqrt((moves**2).sum(axis=0) * (counts**2).sum())
    return np.divide(counts @ moves, spread, out=np.zeros(len(spread)), where=spread > 1e-12)


def long_text(network: Network, length: int, tries: int = 40) -> str:
    """Return the first of some random strings that a network judges wrongly, else the first one."""
    texts, labels = generate_parentheses_dataset(tries, length, length, seed=SEED)
    said = [each.balanced[-1] > 0.5 for each in read_all(network, texts)]
    wrong = (text for text, p, y in zip(texts, said, labels, strict=True) if p != bool(y))
    return next(wrong, texts[0])
