"""The exercise on the slopes of all weights in one product, over all steps and sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.lstm_in_numpy.draws import Array
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance, WrongFormError

MOST_PRODUCTS = 3


class Slopes(NamedTuple):
    """The slopes at the stacked matrix, (4H, H + I), and at the stacked bias, (4H,)."""

    W: Array
    b: Array


class Counted(np.ndarray[Any, Any]):
    """An array that counts the matrix products in which it, or what is made of it, takes part."""

    tally: list[str]

    def __array_finalize__(self, source: Any) -> None:
        self.tally = getattr(source, "tally", [])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute with plain arrays, and note down a product."""
        if ufunc is np.matmul:
            self.tally.append("@")
        if "out" in options:
            options["out"] = tuple(_plain(each) for each in options["out"])
        return self._again(getattr(ufunc, method)(*map(_plain, inputs), **options))

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """Let NumPy's other functions pass, and note down those that multiply."""
        if function in (np.dot, np.einsum, np.tensordot, np.outer, np.inner):
            self.tally.append(function.__name__)
        return self._again(function(*_plain(args), **_plain(options)))

    def dot(self, other: Any, out: Any = None) -> Any:
        """Multiply with another array."""
        return self @ other

    def _again(self, result: Any) -> Any:
        if isinstance(result, np.ndarray) and result.ndim:
            counted = np.asarray(result).view(Counted)
            counted.tally = self.tally
            return counted
        return result


def _plain(value: Any) -> Any:
    """Take the counting away, within lists too."""
    if isinstance(value, Counted):
        return value.view(np.ndarray)
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(part) for part in value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return value


def _measure(answer: Any, *arguments: Array) -> Any:
    """Call the answer with arrays that count, and refuse a loop of products."""
    tally: list[str] = []
    counting = [each.view(Counted) for each in arguments]
    for each in counting:
        each.tally = tally
    value = _plain(answer(*counting))
    if len(tally) > MOST_PRODUCTS:
        raise WrongFormError(
            f"Your answer makes {len(tally)} matrix products. One is asked for, or one for h and "
            "one for x, however many steps there are: lay the steps side by side first."
        )
    return value


def _yesterday(outputs: Array, h_0: Array) -> Array:
    return np.concatenate((h_0[:, None], outputs[:, :-1]), axis=1)


def _rows(stacked: Array) -> Array:
    """Lay all steps of all sequences below each other."""
    return stacked.reshape(-1, stacked.shape[-1])


def _rows_days_first(stacked: Array) -> Array:
    return _rows(stacked.swapaxes(0, 1))


def _slopes(
    h_before: Callable[[Array, Array], Array] = _yesterday,
    h_first: bool = True,
    rows_of_delta: Callable[[Array], Array] = _rows,
    share: Callable[[Array], float] = lambda delta: 1.0,
) -> Callable[[Array, Array, Array, Array], Slopes]:
    """Build a way to the slopes, right by default."""

    def slopes(delta: Array, outputs: Array, x: Array, h_0: Array) -> Slopes:
        pair = h_before(outputs, h_0), x
        h_x = _rows(np.concatenate(pair if h_first else pair[::-1], axis=2))
        d = rows_of_delta(delta) * share(delta)
        return Slopes(d.T @ h_x, d.sum(axis=0))

    return slopes


def _bias_averaged(delta: Array, outputs: Array, x: Array, h_0: Array) -> Slopes:
    right = _slopes()(delta, outputs, x, h_0)
    return Slopes(right.W, _rows(delta).mean(axis=0))


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for one step", 1, 1, 1, 2),
        ("for several steps", 1, 5, 2, 3),
        ("for a batch", 3, 7, 2, 4),
    ]
    cases = []
    for when, B, T, inputs, hidden in kinds:
        widths = (4 * hidden, hidden, inputs)
        arrays = [rng.normal(0.0, 1.0, (B, T, width)) for width in widths]
        cases.append(Case(when, (*arrays, rng.normal(0.0, 1.0, (B, hidden)))))
    return cases


PRODUCT = Exercise(
    id="lstm-in-numpy/one-product",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_slopes(delta, outputs, x, h_0) that returns the slopes at W and at b",
    parameters=("delta", "outputs", "x", "h_0"),
    cases=_cases,
    reference=_slopes(),
    tolerance=Tolerance(relative=1e-12, absolute=1e-12),
    gradients=Slopes._fields,
    measure=_measure,
    mistakes=(
        Mistake(
            "today's h",
            "`outputs[:, t]` is h after step t. The sums of that step have read the h before it.",
            _slopes(h_before=lambda outputs, h_0: outputs),
        ),
        Mistake(
            "h_0 forgotten",
            "Your first step reads zeros. It went on from a state, and h_0 holds what was in it.",
            _slopes(h_before=lambda outputs, h_0: _yesterday(outputs, 0.0 * h_0)),
        ),
        Mistake(
            "last h in front",
            "You roll the days, so that the last h comes round to the front. Before the first "
            "step stood another one.",
            _slopes(h_before=lambda outputs, h_0: np.roll(outputs, 1, axis=1)),
        ),
        Mistake(
            "x before h",
            "The numbers are right and stand in the wrong columns: h comes first in W.",
            _slopes(h_first=False),
        ),
        Mistake(
            "rows in two orders",
            "One sequence is right. With several, the rows of δ and those of h and x come in two "
            "orders, so that δ of one sequence meets the wires of another.",
            _slopes(rows_of_delta=_rows_days_first),
        ),
        Mistake(
            "mean over the batch",
            "One sequence is right. For a batch you divide by its size; the slopes of the "
            "sequences add.",
            _slopes(share=lambda delta: 1.0 / len(delta)),
        ),
        Mistake(
            "mean over all rows",
            "You divide by the number of steps and sequences. A weight is used in all of them, and "
            "the slopes add.",
            _slopes(share=lambda delta: 1.0 / (len(delta) * delta.shape[1])),
        ),
        Mistake(
            "bias averaged",
            "The matrix is right. The product has summed over steps and sequences, and the bias "
            "should be summed likewise.",
            _bias_averaged,
        ),
    ),
    shape_hint="Two arrays: (4H, H + I), and (4H,). Which axes have to go in `reshape`?",
    value_hint="Write the loop first, one outer product per step, and compare.",
    closing="A sum of products is one product, and no step had to wait for it.",
)
