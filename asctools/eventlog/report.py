"""What a check found: the deviations of a training, how often, where first, and what is healthy."""

import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

WIDTH = 88
FURTHER = "further iterations"  # those beside what other rules have found


@dataclass(frozen=True)
class Deviation:
    """One thing that is not as in healthy training.

    Attributes
    ----------
    rule
        The name of the rule.
    sentence
        What deviates.
    count, of, unit
        How often, of how many occasions, and what they are.
    healthy
        What the rule says.
    example
        The numbers of the first time, if there are any.
    cases
        The iterations in which it happened.
    seqs
        The number of every event at which it happened, ``first_seq`` the first of them.
    """

    rule: str
    sentence: str
    count: int
    of: int
    unit: str
    healthy: str
    example: str
    cases: tuple[int, ...]
    seqs: tuple[int, ...]

    @property
    def first_seq(self) -> int:
        """The number of the first event at which it happened."""
        return self.seqs[0]

    @property
    def often(self) -> str:
        """How often, in words: "359 of 360 backward passes"."""
        if self.unit == FURTHER:
            return f"in {self.count} {FURTHER if self.count > 1 else FURTHER[:-1]}"
        return "once" if self.unit == "trainings" else f"{self.count} of {self.of} {self.unit}"

    @property
    def where(self) -> str:
        """Where first, in words."""
        iteration = f"iteration {self.cases[0]}, " if self.cases else ""
        example = f" ({self.example})" if self.example else ""
        return f"{iteration}event {self.first_seq}{example}"

    def __str__(self) -> str:
        return f"{self.sentence}: {self.often}, first in {self.where}"


@dataclass(frozen=True)
class Report:
    """The outcome of :func:`asctools.eventlog.conformance.check`.

    Attributes
    ----------
    deviations
        What was found; empty for a healthy training.
    iterations
        How many iterations were laid beside the reference.
    fitting
        How many of them fit it without a deviation.
    fitness
        The mean fitness of the iterations; 1 if there are none.
    moves
        ("log", event that should not be there) or ("model", event that is missing) → how often.
    tested
        The rules that had an occasion, and on how many occasions each.
    untested
        The rules that had none.
    """

    deviations: tuple[Deviation, ...]
    iterations: int
    fitting: int
    fitness: float
    moves: dict[tuple[str, str], int]
    tested: dict[str, int]
    untested: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing deviates."""
        return not self.deviations

    def as_dict(self) -> dict[str, Any]:
        """Return lists, numbers and strings, as JSON can hold them."""
        return {
            "ok": self.ok,
            "iterations": self.iterations,
            "fitting": self.fitting,
            "fitness": self.fitness,
            "moves": [[side, name, n] for (side, name), n in self.moves.items()],
            "deviations": [asdict(each) for each in self.deviations],
            "tested": self.tested,
            "untested": list(self.untested),
        }

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.iterations:
            fit = f"{self.fitting} of {self.iterations} iterations fit the reference"
            yield f"{fit} (fitness {self.fitness:.4f})."
        else:
            yield "The log has no iterations to lay beside the reference."
        for (side, name), n in self.moves.items():
            yield f"  {name} {'where it does not belong' if side == 'log' else 'missing'}: {n} ×"
        yield ""
        if self.ok:
            occasions = f"{sum(self.tested.values()):,} occasions"
            none = f" ({len(self.untested)} had none)" if self.untested else ""
            yield f"No deviation: {len(self.tested)} rules hold on {occasions}{none}."
        else:
            number = len(self.deviations)
            yield f"{number} deviation{'s' if number > 1 else ''} from healthy training:"
        for k, each in enumerate(self.deviations, start=1):
            yield ""
            yield from _entry(k, each)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def _entry(number: int, each: Deviation) -> Iterator[str]:
    """Give the lines of one deviation."""
    start = f"{each.sentence[:1].upper()}{each.sentence[1:]}."
    yield from _wrapped(f"{number:2d}  ", start)
    yield from _wrapped("    how often  ", f"{each.often}; first in {each.where}")
    yield from _wrapped("    healthy    ", each.healthy)


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
