"""Forward passes in fewer bits; the weights, and what is saved of them, keep theirs."""

from typing import Any

import pytest
import torch
from torch import nn

from asctools.errors import InputError, UnknownNameError
from asctools.training import StepResult, Trainer, evaluate
from asctools.training.precision import Precision
from tests.asctools.training.plain_loops import PAIRS, small_net

CPU = torch.device("cpu")


def trainer(seen: list[torch.dtype], **options: Any) -> Trainer:
    model = small_net()

    def step(model: nn.Module, batch: Any) -> StepResult:
        said = model(batch[0])
        seen.append(said.dtype)
        loss = ((said.float() - batch[1]) ** 2).mean()
        return StepResult(loss, len(said), {}, {"said": said})

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return Trainer(model, step, optimizer, device="cpu", **options)


def test_bfloat16_computes_in_16_bits_and_learns_in_32() -> None:
    seen: list[torch.dtype] = []
    scored = []
    mine = trainer(seen, precision="bfloat16", scores=lambda kept: scored.append(kept) or {})
    history = mine.fit(PAIRS, PAIRS, 8)
    assert set(seen) == {torch.bfloat16}, "in training and in validation"
    assert {p.dtype for p in mine.model.parameters()} == {torch.float32}
    assert scored[0]["said"].dtype == "float32", "NumPy has no bfloat16"
    plain = trainer([]).fit(PAIRS, PAIRS, 8)
    assert history.losses == pytest.approx(plain.losses, rel=0.05)
    assert history.losses != plain.losses
    assert history.losses[-1] < history.losses[0]


def test_float32_is_the_models_own_precision() -> None:
    seen: list[torch.dtype] = []
    mine = trainer(seen)
    mine.model.double()
    mine.fit([(x.double(), y.double()) for x, y in PAIRS])
    assert set(seen) == {torch.float64}


def test_a_plain_evaluation_computes_as_the_model_is() -> None:
    seen: list[torch.dtype] = []
    mine = trainer(seen, precision="bfloat16")
    evaluate(mine.model, mine.step, PAIRS, "cpu")
    assert seen == [torch.float32] * len(PAIRS)


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match=r"precision='float16' on 'cpu'.*CUDA"):
        trainer([], precision="float16")
    with pytest.raises(UnknownNameError, match=r"'float8'.*'bfloat16', 'float16', 'float32'"):
        trainer([], precision="float8")


def scaling() -> Precision:
    """Return what float16 does, on a processor: the scaler is the same one."""
    found = Precision("float32", CPU)
    found.scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    return found


@pytest.mark.parametrize("factor", [1.0, 0.25])
def test_scaled_slopes_are_made_what_they_are(factor: float) -> None:
    found, w = scaling(), nn.Parameter(torch.tensor([3.0]))
    optimizer = torch.optim.SGD([w], lr=0.1)
    found.backward((w**2).sum(), factor)
    assert w.grad is not None
    assert w.grad.item() == 1024 * factor * 6
    found.unscale(optimizer)
    assert w.grad.item() == pytest.approx(factor * 6)
    found.step(optimizer)
    assert w.item() == pytest.approx(3 - 0.1 * factor * 6)


def test_slopes_out_of_range_are_not_followed_and_lower_the_scale() -> None:
    found, w = scaling(), nn.Parameter(torch.tensor([3.0]))
    optimizer = torch.optim.SGD([w], lr=0.1)
    found.backward((w * torch.inf).sum(), 1.0)
    found.unscale(optimizer)
    found.step(optimizer)
    assert w.item() == 3.0
    assert found.adapts
    state = found.state_dict()
    assert state["scale"] == 512.0
    other = scaling()
    other.load_state_dict(state)
    assert other.state_dict() == state
    assert Precision("float32", CPU).state_dict() == {}
