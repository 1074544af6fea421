"""The cosine is PyTorch's; patience counts as it says."""

import math

import pytest
import torch

from asctools.errors import InputError
from asctools.numpy_lstm.schedule import Patience, constant, cosine, cosine_rate


@pytest.mark.equation("eq-cosine")
@pytest.mark.parametrize("floor", [0.0, 1e-3])
def test_the_cosine_is_pytorchs(floor: float) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.01)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20, floor)
    ours = cosine(0.01, 20, floor=floor)
    for step in range(21):
        assert ours(step) == pytest.approx(theirs.get_last_lr()[0], rel=1e-12, abs=1e-15)
        optimizer.step()
        theirs.step()


@pytest.mark.equation("eq-cosine")
def test_the_warm_up_climbs_in_a_straight_line_and_the_cosine_takes_the_rest() -> None:
    rates = [cosine_rate(step, 1.0, 24, warm_up=4) for step in range(25)]
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert rates[4:] == pytest.approx([cosine_rate(step, 1.0, 20) for step in range(21)])
    assert rates[14] == pytest.approx(0.5)


def test_after_the_last_step_the_floor_stays() -> None:
    schedule = cosine(1.0, 10, floor=0.25)
    assert schedule(10) == schedule(11) == schedule(1000) == 0.25


def test_a_constant_is_constant() -> None:
    assert {constant(0.3)(step) for step in (0, 1, 10**6)} == {0.3}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: constant(0.0),
        lambda: cosine(-1.0, 10),
        lambda: cosine(math.nan, 10),
        lambda: cosine(1.0, 0),
        lambda: cosine(1.0, 10, warm_up=10),
        lambda: cosine(1.0, 10, floor=2.0),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: type) -> None:
    with pytest.raises(InputError, match="expected"):
        wrong()


def test_patience_counts_looks_without_a_better_loss() -> None:
    patience = Patience(limit=3, min_delta=0.1)
    said = [patience.look(loss) for loss in (1.0, 0.95, 0.91, 0.85, 0.84, 0.9, math.nan)]
    assert said == [True, False, False, True, False, False, False]
    assert (patience.best, patience.counter, patience.ended) == (0.85, 3, True)
    patience.reset()
    assert (patience.best, patience.counter, patience.ended) == (0.85, 0, False)


def test_without_a_limit_patience_never_ends() -> None:
    patience = Patience()
    for _ in range(1000):
        patience.look(1.0)
    assert patience.counter == 999
    assert not patience.ended
