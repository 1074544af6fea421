"""Operations in any order at all are told in that order."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.optim import SGD

from asctools.training.watch import watched
from tests.asctools.numpy_lstm.small_training import Recorder
from tests.asctools.training.plain_loops import X, Y, letters, mse

OPERATIONS = "ZFBUetN"  # N: a forward pass under no_grad


def perform(operations: str, model: nn.Module, optimizer: SGD) -> None:
    """Do what the letters say; a backward pass is one of the last loss."""
    loss = None
    for letter in operations:
        if letter == "Z":
            optimizer.zero_grad()
        elif letter == "F":
            loss = mse(model(X), Y)
        elif letter == "B" and loss is not None:
            loss.backward(retain_graph=True)
        elif letter == "U":
            optimizer.step()
        elif letter in "et":
            model.train(letter == "t")
        elif letter == "N":
            with torch.no_grad():
                model(X)


def expected(operations: str) -> str:
    """Say in another way what the log should be: iterations left out, runs of passes as one."""
    told, train = "", True
    for k, letter in enumerate(operations):
        if letter in "FN" and operations[k + 1 : k + 2] == letter:
            continue
        if letter == "F":
            told += "F" if train or operations[k + 1 : k + 2] == "B" else "E"
        elif letter == "N":
            told += "E"
        else:
            train = letter == "t" if letter in "et" else train
            told += letter
    return told


@settings(max_examples=150, deadline=None)
@given(st.text(OPERATIONS, max_size=14))
def test_operations_in_any_order(operations: str) -> None:
    before, first, rest = operations.partition("F")
    operations = before.replace("B", "") + first + rest  # without a loss there is no way back
    model, recorder = nn.Linear(2, 1), Recorder("step")  # its slopes outlive an update
    optimizer = SGD(model.parameters(), lr=1e-3)
    with watched(model, optimizer, recorder):
        perform(operations, model, optimizer)
    assert letters(recorder).replace(" ", "") == expected(operations)
    iterations = [values["iteration"] for _, values in recorder.events]
    assert iterations == sorted(iterations)
    assert not iterations or set(range(1, iterations[-1] + 1)) <= set(iterations)
