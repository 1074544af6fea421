"""What healthy training is: rules that hold in every healthy log, and name no bug.

A rule looks at its *occasions*, all backward passes for example, and says at each of them whether
all is well or what is not. The rules stand in five modules, by what they are about: the gradients,
the course of the training, the weights, the losses, and the log itself.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from asctools.eventlog.health.moments import Moment, Training

# An occasion, and what is wrong there; behind " | " the numbers of this very occasion
Finding: TypeAlias = tuple[Moment, str | None]
Findings: TypeAlias = Iterator[Finding]
Examine: TypeAlias = Callable[[Training], Findings]


class Rule(NamedTuple):
    """One thing that holds in healthy training.

    Attributes
    ----------
    name
        A short name.
    sentence
        What holds.
    unit
        What its occasions are, in the plural.
    examine
        Training → each occasion, with what is wrong there; None if nothing is.
    """

    name: str
    sentence: str
    unit: str
    examine: Examine


def rule(name: str, sentence: str, unit: str) -> Callable[[Examine], Rule]:
    """Make a rule of a function that examines a training."""
    return lambda examine: Rule(name, sentence, unit, examine)
