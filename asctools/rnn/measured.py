"""The family of the LSTM, measured once: what ``benchmarks/family.py --write`` stored."""

import json
from importlib.resources import files
from typing import Any, NamedTuple

__all__ = ["FamilyRow", "family_rows", "family_settings"]


class FamilyRow(NamedTuple):
    """One member of the family.

    ``parameters`` is how many numbers were trained; ``accuracy`` has for each length of the test
    strings one value a seed; ``cpu_s`` is the median CPU time of one training in seconds.
    """

    name: str
    parameters: int
    accuracy: dict[int, list[float]]
    cpu_s: float


def family_rows() -> list[FamilyRow]:
    """Return the stored results, one row for each member."""
    return [
        FamilyRow(
            row["name"],
            row["parameters"],
            {int(length): values for length, values in row["accuracy"].items()},
            sorted(row["cpu_s"])[len(row["cpu_s"]) // 2],
        )
        for row in _stored()["rows"]
    ]


def family_settings() -> dict[str, Any]:
    """Return how they were measured: data, epochs, seeds, rates, versions."""
    settings: dict[str, Any] = _stored()["settings"]
    return settings


def _stored() -> dict[str, Any]:
    text = (files("asctools") / "weights" / "family.json").read_text(encoding="utf-8")
    stored: dict[str, Any] = json.loads(text)
    return stored
