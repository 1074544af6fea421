"""How long a chapter takes: the reader, from the text; the machine, from its last run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tools.chapters import Chapter

WORDS_PER_MINUTE = 140  # for text that asks to be thought about, not skimmed
MINUTES_PER_CELL = 0.5  # to read a small cell and its output
BUDGET_CPU_S = 60.0  # unless the chapter's front matter says `budget_cpu_s`

_CELL = re.compile(r"^```\{code-cell\}.*?^```", re.MULTILINE | re.DOTALL)
_SOLUTION = re.compile(r"^```\{solution-start\}.*?^```\{solution-end\}", re.MULTILINE | re.DOTALL)
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_MINUTES = re.compile(
    r"^\*\*(?:Pencil|Code|Think|Open)\*\* · level \d of 3 · (\d+) minutes", re.MULTILINE
)
_BUDGET = re.compile(r"^budget_cpu_s:\s*([\d.]+)", re.MULTILINE)
_TRAINS = re.compile(r"^trains:\s*true$", re.MULTILINE)


@dataclass(frozen=True)
class Reading:
    """Minutes a reader needs, estimated from the source."""

    read_min: int
    exercise_min: int
    exercises: int


def reading(chapter: Chapter) -> Reading:
    """Estimate the reading time, and add up the minutes that the exercises state."""
    text = _FRONT.sub("", chapter.text)
    minutes = [int(found) for found in _MINUTES.findall(text)]
    text = _SOLUTION.sub("", text)
    cells = len(_CELL.findall(text))
    words = len(_CELL.sub("", text).split())
    read = words / WORDS_PER_MINUTE + cells * MINUTES_PER_CELL
    return Reading(max(1, round(read)), sum(minutes), len(minutes))


def budget(chapter: Chapter) -> float:
    """Return how many seconds of CPU the chapter may take."""
    front = _FRONT.match(chapter.text)
    found = _BUDGET.search(front.group()) if front else None
    return float(found.group(1)) if found else BUDGET_CPU_S


def trains(chapter: Chapter) -> bool:
    """Tell whether the chapter says that most of its numbers come from trained networks."""
    front = _FRONT.match(chapter.text)
    return bool(front and _TRAINS.search(front.group()))


def facts(chapter: Chapter, card: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Return the lines of a run card, as (what, value) pairs.

    ``card`` is what ``tools.execute`` stored for the last run, or None when there was none.
    """
    times = reading(chapter)
    lines = [("Reading", _minutes(times.read_min))]
    if times.exercises:
        lines.append(("Exercises", f"{times.exercises}, {_minutes(times.exercise_min)}"))
    if card is None:
        return [*lines, ("Run", "not run on this machine yet")]
    lines += [
        ("Run", f"{card['wall_s']:.0f} s on {card['cores']} cores ({card['cpu_s']:.0f} s of CPU)"),
        ("Memory", f"{card['peak_mb']:.0f} MB at the peak"),
    ]
    if card["seed"] is not None:
        lines.append(("Seed", str(card["seed"])))
    versions = ", ".join(f"{_PROPER.get(k, k)} {v}" for k, v in card["versions"].items())
    return [*lines, ("Ran with", versions)]


_PROPER = {
    "python": "Python",
    "numpy": "NumPy",
    "matplotlib": "Matplotlib",
    "torch": "PyTorch",
    "pytorch_lightning": "Lightning",
}


def _minutes(minutes: int) -> str:
    """Rounded, since no two readers are alike: to 5 minutes, from 90 minutes on to half an hour."""
    if minutes < 90:
        return f"about {max(5, 5 * round(minutes / 5))} min"
    return f"about {round(minutes / 30) / 2:g} h"
