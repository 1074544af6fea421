"""What the LSTM and the character model refuse, each with a sentence that helps."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from asctools.errors import AscError, InputError, ShapeError, UnknownNameError
from asctools.numpy_lstm.lstm import LSTM
from asctools.numpy_lstm.model import CharLSTM

X = np.zeros((2, 5, 3), np.float32)
ZEROS = np.zeros((1, 2, 4), np.float32)
GAP = X.copy()
GAP[1, 2, 0] = np.nan
WORDS = np.zeros((2, 5), int)


def lstm() -> LSTM:
    return LSTM(3, 4, seed=0)


def after_forward() -> LSTM:
    made = lstm()
    made.forward(X)
    return made


def model() -> CharLSTM:
    return CharLSTM(7, 4, seed=0)


def state_dict(**changes: Any) -> dict[str, Any]:
    return lstm().state_dict() | changes


CASES: list[tuple[Callable[[], object], type[AscError], str]] = [
    (lambda: LSTM(0, 4), InputError, "input_size=0"),
    (lambda: LSTM(3, 2.5), InputError, "hidden_size=2.5"),  # type: ignore[arg-type]
    (lambda: LSTM(3, 4, True), InputError, "num_layers=True"),
    (lambda: LSTM(3, 4, dropout=1.0), InputError, "dropout=1.0"),
    (lambda: LSTM(3, 4, dtype=np.int32), InputError, "float32 or float64"),
    (lambda: LSTM(3, 4, dtype="many"), InputError, "dtype='many'"),
    (lambda: LSTM(3, 4, dtype=None), InputError, "dtype=None"),
    (lambda: lstm().forward(X[0]), ShapeError, "x of shape (5, 3)"),
    (lambda: lstm().forward(X[:, :, :2]), ShapeError, "(any ≥ 1, any ≥ 1, 3)"),
    (lambda: lstm().forward(X[:, :0]), ShapeError, "x of shape (2, 0, 3)"),
    (lambda: lstm().forward(X[:0]), ShapeError, "x of shape (0, 5, 3)"),
    (lambda: lstm().forward(X.astype(np.float64)), InputError, "float64"),
    (lambda: lstm().forward([[[0.0]]]), InputError, "list"),  # type: ignore[arg-type]
    (lambda: lstm().forward(GAP), InputError, "nan at x[1, 2, 0]"),
    (lambda: lstm().forward(WORDS + 3), InputError, "symbol 3 at x[0, 0]"),
    (lambda: lstm().forward(X, ZEROS), ShapeError, "a pair (h, c)"),  # type: ignore[arg-type]
    (lambda: lstm().forward(X, (ZEROS[0], ZEROS)), ShapeError, "state[0] of shape (2, 4)"),
    (lambda: lstm().forward(X, (ZEROS, ZEROS + np.inf)), InputError, "inf at state[1]"),
    (lambda: lstm().forward(X, lengths=[5, 6]), InputError, "a length of 6"),
    (lambda: lstm().forward(X, lengths=[5, 0]), InputError, "a length of 0"),
    (lambda: lstm().forward(X, lengths=[5]), ShapeError, "2 whole numbers"),
    (lambda: lstm().forward(X, lengths=[5.0, 4.0]), ShapeError, "float64"),  # type: ignore[list-item]
    (lambda: lstm().backward(np.zeros((2, 5, 4), np.float32)), InputError, "before any forward"),
    (lambda: lstm().gates, InputError, "before any forward"),
    (lambda: after_forward().gate_gradients, InputError, "before any backward"),
    (lambda: after_forward().backward(X), ShapeError, "grad_outputs of shape (2, 5, 3)"),
    (lambda: lstm().load_state_dict(state_dict(weight=ZEROS)), UnknownNameError, "weight_hh_l0"),
    (lambda: lstm().load_state_dict({}), ShapeError, "weight_ih_l0 is missing"),
    (lambda: lstm().load_state_dict(LSTM(3, 5).state_dict()), ShapeError, "(20, 3)"),
    (lambda: lstm().load_state_dict(state_dict(bias_hh_l0=np.zeros(16))), ShapeError, "float64"),
    (
        lambda: lstm().load_state_dict(state_dict(bias_hh_l0=np.full(16, np.nan, np.float32))),
        ShapeError,
        "bias_hh_l0 holds NaN",
    ),
    (lambda: model().loss(WORDS + 7, WORDS), InputError, "symbol 7 at x[0, 0]"),
    (lambda: model().loss(WORDS, WORDS - 1), InputError, "symbol -1 at y[0, 0]"),
    (lambda: model().loss(WORDS, WORDS[:, 1:]), ShapeError, "y of shape (2, 4)"),
    (lambda: model().loss(WORDS[0], WORDS[0]), ShapeError, "x of shape (5,)"),
    (lambda: model().loss(WORDS * 1.0, WORDS), InputError, "Encode"),
    (lambda: model().loss(WORDS, WORDS, (ZEROS[:, :1], ZEROS)), ShapeError, "state[0]"),
    (lambda: model().sample(0), InputError, "n=0"),
    (lambda: model().sample(3, temperature=-1.0), InputError, "temperature=-1.0"),
    (lambda: model().sample(3, temperature=np.nan), InputError, "temperature=nan"),
    (lambda: model().sample(3, top_k=8), InputError, "top_k=8"),
    (lambda: model().sample(3, top_k=0), InputError, "top_k=0"),
    (lambda: model().sample(3, prompt=np.array([7])), InputError, "symbol 7 at prompt[0]"),
    (lambda: model().sample(3, prompt=np.array([], int)), ShapeError, "prompt of shape (0,)"),
]


@pytest.mark.parametrize(("call", "error", "words"), CASES, ids=[case[2] for case in CASES])
def test_it_is_refused_with_a_sentence_that_helps(call, error, words) -> None:
    with pytest.raises(error) as caught:
        call()
    assert words in str(caught.value)
    assert str(caught.value).startswith("Got ")


def test_a_state_dict_that_does_not_fit_changes_nothing() -> None:
    made = lstm()
    before = made.state_dict()
    wrong = {name: value + 1.0 for name, value in before.items()}
    wrong["bias_hh_l0"] = np.zeros(3, np.float32)
    with pytest.raises(ShapeError):
        made.load_state_dict(wrong)
    after = made.state_dict()
    assert all((after[name] == value).all() for name, value in before.items())
