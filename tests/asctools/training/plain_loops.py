"""Plain PyTorch loops of many forms: none of them knows of a log."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import SGD

from tests.asctools.numpy_lstm.small_training import Recorder

X = torch.linspace(-1, 1, 12).reshape(6, 2)
Y = X.sum(1, keepdim=True) ** 2
PAIRS = list(zip(X.split(2), Y.split(2), strict=True))  # three batches

LETTERS = {
    "ZeroGrad": "Z",
    "ForwardPass": "F",
    "BackwardPass": "B",
    "GradientClipping": "C",
    "WeightsUpdate": "U",
    "EvaluationPass": "E",
    "LearningRateDecay": "L",
    "PlateauDetected": "P",
    "EpochStart": "(",
    "EpochEnd": ")",
}

Loop = Callable[[nn.Module, Any], None]


def letters(recorder: Recorder) -> str:
    """Return the events as letters, t and e for the modes, a space before each new iteration."""
    shown, last = "", 0
    for name, values in recorder.events:
        if values.get("iteration", last) != last:
            shown, last = shown + " ", values["iteration"]
        shown += values["mode"][0] if name == "ModeChange" else LETTERS[name]
    return shown.strip()


def small_net(seed: int = 0) -> nn.Module:
    """Return the same little network every time."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double().float()


def mse(said: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Squared error, as a function that a loop may call."""
    return ((said - right) ** 2).mean()


def clear_first(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        loss = mse(model(x), y)
        loss.backward()
        optimizer.step()


def clear_to_zero(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad(set_to_none=False)
        mse(model(x), y).backward()
        optimizer.step()


def clear_between(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        loss = mse(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def clear_last(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        mse(model(x), y).backward()
        optimizer.step()
        optimizer.zero_grad()


def clear_by_model(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        model.zero_grad()
        mse(model(x), y).backward()
        optimizer.step()


def clear_by_hand(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        for p in model.parameters():
            p.grad = None
        mse(model(x), y).backward()
        optimizer.step()


def clear_never(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        mse(model(x), y).backward()
        optimizer.step()


def clear_twice(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(x), y).backward()
        optimizer.zero_grad()
        optimizer.step()


def back_twice(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        loss = mse(model(x), y)
        loss.backward(retain_graph=True)
        loss.backward()
        optimizer.step()


def two_losses(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        said = model(x)
        torch.autograd.backward([mse(said, y), said.abs().sum()])
        optimizer.step()


def step_twice(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(x), y).backward()
        optimizer.step()
        optimizer.step()


def step_never(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(x), y).backward()


def clip_the_norm(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(x), y).backward()
        clip_grad_norm_(model.parameters(), 1e-2)
        optimizer.step()


def clip_by_full_name(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(x), y).backward()
        torch.nn.utils.clip_grad_norm_(parameters=model.parameters(), max_norm=1e-2)
        optimizer.step()


def clip_late(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(x), y).backward()
        optimizer.step()
        clip_grad_norm_(model.parameters(), max_norm=1e-2)


def clip_values(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(x), y).backward()
        clip_grad_value_(model.parameters(), 1e-2)
        optimizer.step()


def clip_nothing(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(x), y).backward()
        clip_grad_norm_(model.parameters(), 1e2)
        clip_grad_value_(model.parameters(), 1e2)
        optimizer.step()


def accumulate(model: nn.Module, optimizer: Any) -> None:
    optimizer.zero_grad()
    for k, (x, y) in enumerate(PAIRS + PAIRS[:1]):
        (mse(model(x), y) / 2).backward()
        if k % 2:
            optimizer.step()
            optimizer.zero_grad()


def step_by_step(model: nn.Module, optimizer: Any) -> None:
    """Call the model for each row, as a loop over characters does."""
    for x, y in PAIRS:
        optimizer.zero_grad()
        loss = sum(mse(model(row), right) for row, right in zip(x, y, strict=True))
        loss.backward()
        optimizer.step()


def closures(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:

        def closure() -> torch.Tensor:
            optimizer.zero_grad()
            loss = mse(model(x), y)  # noqa: B023, it is called at once
            loss.backward()
            return loss

        optimizer.step(closure)


def scaled(model: nn.Module, optimizer: Any) -> None:
    """Mixed precision that is switched off."""
    scaler = torch.amp.GradScaler("cpu", enabled=False)
    for x, y in PAIRS:
        optimizer.zero_grad()
        with torch.autocast("cpu", enabled=False):
            loss = mse(model(x), y)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()


def look_between(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        model.train()
        optimizer.zero_grad()
        mse(model(x), y).backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            for x_val, y_val in PAIRS:
                mse(model(x_val), y_val)


def look_that_trains(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        model.train()
        optimizer.zero_grad()
        mse(model(x), y).backward()
        optimizer.step()
        model.eval()
        mse(model(-x), y).backward()
        optimizer.step()


def look_without_eval(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(x), y).backward()
        optimizer.step()
        with torch.no_grad():
            mse(model(-x), y)


def look_with_gradients(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        model.train()
        optimizer.zero_grad()
        mse(model(x), y).backward()
        optimizer.step()
        model.eval()
        mse(model(-x), y)


def fresh_bits(model: nn.Module, optimizer: Any) -> None:
    for x, y in PAIRS:
        optimizer.zero_grad()
        mse(model(nn.functional.dropout(x)), y).backward()
        optimizer.step()


# Each loop, and what it does; a new iteration begins behind a space.
LOOPS: dict[Loop, str] = {
    clear_first: "ZFBU ZFBU ZFBU",
    clear_to_zero: "ZFBU ZFBU ZFBU",
    clear_between: "FZBU FZBU FZBU",
    clear_last: "FBUZ FBUZ FBUZ",
    clear_by_model: "ZFBU ZFBU ZFBU",
    clear_by_hand: "FBU ZFBU ZFBU",  # at the first there is nothing to clear
    clear_never: "FBU FBU FBU",
    clear_twice: "ZFBZU ZFBZU ZFBZU",
    back_twice: "ZFBBU ZFBBU ZFBBU",
    two_losses: "ZFBU ZFBU ZFBU",
    step_twice: "ZFBUU ZFBUU ZFBUU",
    step_never: "ZFBZ FBZ FB",
    clip_the_norm: "ZFBCU ZFBCU ZFBCU",
    clip_by_full_name: "ZFBCU ZFBCU ZFBCU",
    clip_late: "ZFBUC ZFBUC ZFBUC",
    clip_values: "ZFBCU ZFBCU ZFBCU",
    clip_nothing: "ZFBU ZFBU ZFBU",
    accumulate: "ZFB FBU ZFB FBU Z",
    step_by_step: "ZFBU ZFBU ZFBU",
    closures: "ZFBU ZFBU ZFBU",
    scaled: "ZFBU ZFBU ZFBU",
    look_between: "t ZFBUeEt ZFBUeEt ZFBUeE",
    look_that_trains: "t ZFBUeFBUt ZFBUeFBUt ZFBUeFBU",
    look_without_eval: "ZFBUE ZFBUE ZFBUE",
    look_with_gradients: "t ZFBUeEt ZFBUeEt ZFBUeE",
    fresh_bits: "ZFBU ZFBU ZFBU",
}


def sgd(model: nn.Module, rate: float = 0.1) -> SGD:
    """Return the optimiser that most loops here use."""
    return SGD(model.parameters(), lr=rate)
