"""The exercise on the training loop: four lines whose order matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from asctools.course.checks.by_hand.cells import random_days, random_weights
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance
from asctools.dataset.companies import Company
from asctools.scalar.by_hand import Weights

if TYPE_CHECKING:
    import torch

    from asctools.scalar.cell import ScalarLSTM

RATE = 0.05


class Trained(NamedTuple):
    """The losses that were returned, and the numbers that the cell holds afterwards."""

    losses: list[float]
    weights: Weights


def _measure(
    answer: Any, cell: ScalarLSTM, companies: Sequence[Company], epochs: int
) -> Trained | Any:
    losses = answer(cell, companies, epochs)
    return losses if losses is None or losses is ... else Trained(losses, cell.weights())


@dataclass(frozen=True)
class Loop:
    """A training loop in which each line can be left out or be put elsewhere."""

    zero: str = "company"  # before each company or epoch, behind a late step, before a step, never
    step: str = "company"  # after each company or epoch, or late: before the forward or backward
    fresh: str = "never"  # how often the optimiser is made anew
    tell: Callable[[list[float]], float] = sum

    def __call__(self, cell: ScalarLSTM, companies: Sequence[Company], epochs: int) -> list[float]:
        optimizer, losses = _adam(cell), []
        for _ in range(epochs):
            optimizer = _adam(cell) if self.fresh == "epoch" else optimizer
            if self.zero == "epoch":
                optimizer.zero_grad()
            errors = [self._visit(cell, company, optimizer) for company in companies]
            if self.step == "epoch":
                optimizer.step()
            losses.append(self.tell(errors))
        return losses

    def _visit(self, cell: ScalarLSTM, company: Company, optimizer: torch.optim.Adam) -> float:
        optimizer = _adam(cell) if self.fresh == "company" else optimizer
        if self.zero == "company":
            optimizer.zero_grad()
        if self.step == "before forward":
            self._late(optimizer)
        loss = (cell(company.days) - company.target) ** 2
        if self.step == "before backward":
            self._late(optimizer)
        loss.backward()
        if self.zero == "step":
            optimizer.zero_grad()
        if self.step == "company":
            optimizer.step()
        return float(loss.item())

    def _late(self, optimizer: torch.optim.Adam) -> None:
        """Step with the gradient of the company before."""
        optimizer.step()
        if self.zero == "late":
            optimizer.zero_grad()

    def measured(self, *arguments: Any) -> Trained:
        """Run the loop and look at the cell, as with an answer."""
        outcome: Trained = _measure(self, *arguments)
        return outcome


def _adam(cell: ScalarLSTM) -> torch.optim.Adam:
    import torch

    return torch.optim.Adam(cell.parameters(), lr=RATE)


def _last(errors: list[float]) -> float:
    return errors[-1]


def _mean(errors: list[float]) -> float:
    return sum(errors) / len(errors)


def _cases(rng: np.random.Generator) -> list[Case]:
    import torch

    from asctools.scalar.cell import ScalarLSTM

    cases = []
    for when, companies, epochs in (
        ("for one company and one epoch", 1, 1),
        ("for one company and more epochs", 1, 4),
        ("for two companies", 2, 3),
        ("for three companies", 3, 5),
    ):
        cell = ScalarLSTM.from_weights(random_weights(rng), dtype=torch.float64)
        targets = rng.uniform(-0.9, 0.9, companies).tolist()
        shown = [Company("ABC"[k], random_days(rng, 3), y) for k, y in enumerate(targets)]
        cases.append(Case(when, (cell, shown, epochs)))
    return cases


CLEAN = Loop()

CLEAN_LOOP = Exercise(
    id="with-pytorch/clean-loop",
    kind="Code",
    level=2,
    minutes=12,
    task="a function my_training(cell, companies, epochs) that trains the cell and returns a "
    "list with one loss per epoch",
    parameters=("cell", "companies", "epochs"),
    cases=_cases,
    reference=CLEAN.measured,
    tolerance=Tolerance(relative=1e-6, absolute=1e-8),
    measure=_measure,
    mistakes=(
        Mistake(
            "zero_grad missing",
            "The first step is right. From then on, every gradient is added to those before it, "
            "and the cell goes where old companies wanted it to go.",
            replace(CLEAN, zero="never").measured,
        ),
        Mistake(
            "step before backward",
            "A step can only follow a slope that is there. The first one finds none, each later "
            "one has that of the company before. (PyTorch may even stop, since backward needs the "
            "numbers as they were.)",
            tuple(
                replace(CLEAN, zero=zero, step=step).measured
                for zero in ("late", "never")
                for step in ("before forward", "before backward")
            ),
        ),
        Mistake(
            "nothing learnt",
            "The cell's numbers have not moved. When `step()` is called, there is no gradient: it "
            "is not there yet, or it is emptied too soon.",
            replace(CLEAN, zero="step").measured,
        ),
        Mistake(
            "one step per epoch",
            "One company is right. With more, you collect their gradients and make one step. Here "
            "every company is followed by a step of its own.",
            replace(CLEAN, zero="epoch", step="epoch").measured,
        ),
        Mistake(
            "zero_grad once per epoch",
            "One company is right. With more, the second one's gradient is added to the first "
            "one's. When must the old one be gone?",
            replace(CLEAN, zero="epoch").measured,
        ),
        Mistake(
            "Adam made anew",
            "The first step is right. Adam's memory must live as long as the training: where in "
            "your loops is it made?",
            (
                replace(CLEAN, fresh="epoch").measured,
                replace(CLEAN, fresh="company").measured,
            ),
        ),
        Mistake(
            "loss of the last company",
            "The cell is trained as it should be. Your list holds the loss of the last company "
            "alone; the sum over the companies was asked for.",
            replace(CLEAN, tell=_last).measured,
        ),
        Mistake(
            "mean instead of sum",
            "The cell is trained as it should be. Your list holds the mean over the companies; "
            "the sum was asked for.",
            replace(CLEAN, tell=_mean).measured,
        ),
    ),
    shape_hint="The list has one loss per epoch: the sum over the companies, each taken before "
    "its own step.",
    value_hint="Take one company and one epoch first: three calls in the right order, and the "
    "learning rate 0.05.",
    closing="zero_grad, backward, step: every training loop of this book has these three in this "
    "order.",
)
