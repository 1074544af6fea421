"""What a run leaves behind, without what may differ between two runs of the same: the times."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import torch

from asctools.eventlog import read
from asctools.training import checkpoint
from asctools.training.metrics import read_tensorboard

TIMES = ("seconds", "samples_per_second", "memory_mb", "gpu_memory_mb")
PLACES = ("events",)  # how far TensorBoard's file has got: the resumed run has begun another one


def contents(folder: Path) -> dict[str, Any]:
    """File → content; TensorBoard's files together, for a resumed run begins another one."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix == ".pth":
            found[name] = _timeless(checkpoint.read(path))
        elif path.suffix == ".csv":
            with path.open() as file:
                found[name] = [_timeless(row) for row in csv.DictReader(file)]
        elif path.name.endswith((".xes", ".xes.gz")):
            found[name] = _events(path)
        elif path.suffix == ".json":
            found[name] = _timeless(json.loads(path.read_text()))
        elif path.suffix == ".yaml":
            found[name] = path.read_text()
        elif "tfevents" in path.name:
            found["tensorboard"] = _curves(path.parent)
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two contents are equal to the bit; NaN equals NaN."""
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


def different(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The names of files that differ or are missing."""
    names = sorted(one.keys() | other.keys())
    return [n for n in names if n not in one or n not in other or not same(one[n], other[n])]


def _timeless(content: Any) -> Any:
    if isinstance(content, dict):
        return {
            name: _timeless(part) for name, part in content.items() if name not in TIMES + PLACES
        }
    if isinstance(content, list | tuple):
        return [_timeless(part) for part in content]
    return content


def _events(path: Path) -> list[list[str]]:
    table = read(path)
    kept = [name for name in table if not re.search("timestamp|duration|seconds", name)]
    return [[name, *map(str, table[name])] for name in kept]


def _curves(folder: Path) -> dict[str, Any]:
    return {
        tag: [curve.step.tolist(), curve.value.tolist()]
        for tag, curve in read_tensorboard(folder).items()
        if not tag.rpartition("/")[2].startswith(TIMES)
    }
