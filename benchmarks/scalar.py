"""The twelve-number cell three ways: plain floats, PyTorch scalar by scalar, nn.LSTM.

CPU time per epoch in one process and one thread, alternating, the best of several rounds; what
the book quotes are the ratios.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import torch

from asctools.dataset.companies import COMPANIES
from asctools.scalar import by_hand
from asctools.scalar.cell import ScalarLSTM, to_torch_lstm, train_cell

EPOCHS, ROUNDS = 200, 5


def plain_floats() -> None:
    """Backpropagation and Adam written out."""
    by_hand.train(by_hand.INITIAL, EPOCHS)


def torch_cell() -> None:
    """Twelve scalar parameters, autograd and torch's Adam."""
    train_cell(ScalarLSTM.from_weights(by_hand.INITIAL), EPOCHS)


def torch_lstm() -> None:
    """The same numbers in nn.LSTM(1, 1), its second bias frozen."""
    lstm = to_torch_lstm(ScalarLSTM.from_weights(by_hand.INITIAL))
    lstm.bias_hh_l0.requires_grad_(False)
    optimizer = torch.optim.Adam([p for p in lstm.parameters() if p.requires_grad], lr=1e-3)
    days = {k.name: torch.tensor(k.days).reshape(-1, 1) for k in COMPANIES}
    for _ in range(EPOCHS):
        for company in COMPANIES:
            optimizer.zero_grad()
            output, _ = lstm(days[company.name])
            ((output[-1, 0] - company.target) ** 2).backward()
            optimizer.step()


def best_ms(contender: Callable[[], None]) -> float:
    """Return the CPU milliseconds of one epoch in this round."""
    started = process_time()
    contender()
    return 1e3 * (process_time() - started) / EPOCHS


def main() -> None:
    """Measure and print the table."""
    torch.set_num_threads(1)
    contenders = (plain_floats, torch_cell, torch_lstm)
    rounds = [[best_ms(contender) for contender in contenders] for _ in range(ROUNDS)]
    best = [min(column) for column in zip(*rounds, strict=True)]
    print(f"{'':14} ms an epoch   times plain floats (range over {ROUNDS} rounds)")
    for contender, ms, column in zip(contenders, best, zip(*rounds, strict=True), strict=True):
        ratios = [other / plain for other, (plain, *_) in zip(column, rounds, strict=True)]
        spread = f"({min(ratios):.1f} to {max(ratios):.1f})"
        print(f"{contender.__name__:14} {ms:11.3f}   {ms / best[0]:6.1f} {spread}")


if __name__ == "__main__":
    main()
