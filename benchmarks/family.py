"""The LSTM and its relatives on bracket matching, at an equal number of weights.

    python -m benchmarks.family            # prints the table
    python -m benchmarks.family --write    # and stores it for the book

Every member learns from the same strings for the same number of epochs with the same rate, and is
tested on strings of four lengths. Its hidden size is the one that brings its number of weights
nearest to that of the plain LSTM. CPU times compare members with the same kind of loop: those
that PyTorch runs itself, or those that run step by step in Python.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from asctools.dataset.parentheses import ALPHABET, generate_parentheses_dataset
from asctools.dataset.sequences import encode, one_hot
from asctools.rnn import Readout
from asctools.rnn.readout import set_forget_bias
from asctools.rnn.relatives import BothEnds, CoupledLSTM, LayerNormLSTM, PeepholeLSTM
from asctools.rnn_trainer import RNNTrainer

STORED = Path(__file__).resolve().parent.parent / "asctools" / "weights" / "family.json"
SETTINGS: dict[str, Any] = {
    "task": "near-miss bracket matching",
    "strings": 4000,
    "lengths": [15, 60],
    "test_strings": 1000,
    "test_lengths": [25, 60, 100, 200],
    "epochs": 15,
    "batch_size": 50,
    "learning_rate": 0.01,
    "seeds": [0, 1, 2],
    "hidden_size_of_the_lstm": 32,
}
INPUTS, OUTPUTS = len(ALPHABET), 2


class Member(NamedTuple):
    """One of the family: how to make it at a hidden size, and who runs its loop over time."""

    name: str
    make: Callable[[int], nn.Module]
    loop: str


def lstm(H: int, layers: int = 1) -> nn.Module:
    """Return PyTorch's LSTM with a head, the forget gates' biases 1."""
    core = nn.LSTM(INPUTS, H, num_layers=layers, batch_first=True)
    return set_forget_bias(Readout(core, OUTPUTS))


def both_ways(H: int) -> nn.Module:
    """Return the LSTM that reads from both ends."""
    core = nn.LSTM(INPUTS, H, batch_first=True, bidirectional=True)
    return set_forget_bias(BothEnds(core, OUTPUTS))


FAMILY = (
    Member("LSTM", lstm, "PyTorch"),
    Member("GRU", lambda H: Readout(nn.GRU(INPUTS, H, batch_first=True), OUTPUTS), "PyTorch"),
    Member("two layers", lambda H: lstm(H, layers=2), "PyTorch"),
    Member("both directions", both_ways, "PyTorch"),
    Member("peepholes", lambda H: PeepholeLSTM(INPUTS, H, OUTPUTS), "Python"),
    Member("coupled gates", lambda H: CoupledLSTM(INPUTS, H, OUTPUTS), "Python"),
    Member("layer norm", lambda H: LayerNormLSTM(INPUTS, H, OUTPUTS), "Python"),
)


def parameters(model: nn.Module) -> int:
    """Count the weights that are trained."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def equal_size(make: Callable[[int], nn.Module], wanted: int) -> int:
    """Return the hidden size that comes nearest to a number of weights."""
    return min(range(4, 64), key=lambda H: abs(parameters(make(H)) - wanted))


def strings(count: int, shortest: int, longest: int, seed: int) -> tuple[list[Tensor], Tensor]:
    """Return one-hot strings and their classes."""
    texts, labels = generate_parentheses_dataset(count, shortest, longest, seed=seed)
    rows = [torch.from_numpy(one_hot(row, INPUTS)) for row in encode(texts)]
    return rows, torch.tensor(labels)


def measure(member: Member, H: int) -> dict[str, Any]:
    """Train and test one member with every seed."""
    shortest, longest = SETTINGS["lengths"]
    data = strings(SETTINGS["strings"], shortest, longest, seed=0)
    tests = {
        length: strings(SETTINGS["test_strings"], length, length, seed=1000 + length)
        for length in SETTINGS["test_lengths"]
    }
    accuracy: dict[int, list[float]] = {length: [] for length in tests}
    seconds = []
    for seed in SETTINGS["seeds"]:
        torch.manual_seed(seed)
        model = member.make(H)
        trainer = RNNTrainer(model)
        started = process_time()
        trainer.train(
            *data,
            max_epochs=SETTINGS["epochs"],
            batch_size=SETTINGS["batch_size"],
            learning_rate=SETTINGS["learning_rate"],
            seed=seed,
            show_progress=False,
        )
        seconds.append(round(process_time() - started, 2))
        for length, test in tests.items():
            accuracy[length].append(round(trainer.evaluate(*test)["accuracy"], 4))
    return {
        "name": member.name,
        "hidden_size": H,
        "parameters": parameters(model),
        "loop": member.loop,
        "accuracy": accuracy,
        "cpu_s": seconds,
    }


def line(row: dict[str, Any]) -> str:
    """Return a row of the table: the median over the seeds, and in brackets the range."""
    cells = [
        f"{median(values):.3f} ({min(values):.3f} to {max(values):.3f})"
        for values in row["accuracy"].values()
    ]
    start = f"{row['name']:16} {row['hidden_size']:3} {row['parameters']:7}  "
    return start + "  ".join(cells) + f"  {median(row['cpu_s']):6.1f} {row['loop']}"


def main(arguments: list[str]) -> None:
    """Measure, print the table, and store it if asked to."""
    torch.set_num_threads(1)
    wanted = parameters(lstm(SETTINGS["hidden_size_of_the_lstm"]))
    heads = "".join(f"{f'length {length}':24}" for length in SETTINGS["test_lengths"])
    print(f"{'':16}   H weights  {heads}   CPU s loop")
    rows = []
    for member in FAMILY:
        rows.append(measure(member, equal_size(member.make, wanted)))
        print(line(rows[-1]), flush=True)
    if "--write" in arguments:
        versions = {"python": platform.python_version(), "torch": str(torch.__version__)}
        STORED.parent.mkdir(exist_ok=True)
        stored = {"settings": SETTINGS | {"versions": versions}, "rows": rows}
        STORED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
