"""A table of numbers that grows at its end, as CSV, and that can be cut back."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from asctools.errors import CheckpointError, explain

__all__ = ["Table"]

Row = Mapping[str, float | None]


class Table:
    """Rows that wait in memory until :meth:`flush`, which adds them to the file in one piece.

    A number is written so that it reads back as the same float64. A name that comes up later is a
    further column, empty in the rows before.

    Parameters
    ----------
    path
        The file.

    Attributes
    ----------
    columns
        Their names, in the order in which they came up.
    rows
        How many are in the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns: list[str] = []
        self.rows = 0
        self._waiting: list[Row] = []

    def begin(self) -> None:
        """Start with nothing; a file of an earlier training is gone."""
        self.path.unlink(missing_ok=True)
        self.columns, self.rows, self._waiting = [], 0, []

    def add(self, row: Row) -> None:
        """Take a row: name → number, or None where there is none."""
        self._waiting.append(row)

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        known = set(self.columns)
        new = {name: None for row in self._waiting if row.keys() - known for name in row}
        if added := [name for name in new if name not in known]:
            self._widen(added)
        cells = [[row.get(name) for name in self.columns] for row in self._waiting]
        with self.path.open("a", encoding="utf-8", newline="") as file:
            _writer(file).writerows(cells)
        self.rows += len(cells)
        self._waiting = []

    def state(self) -> dict[str, Any]:
        """Write what waits, down to the disk itself, and return how much there is."""
        self.flush()
        if self.rows:
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
        return {"columns": list(self.columns), "rows": self.rows}

    def cut(self, state: Mapping[str, Any], step: int) -> None:
        """Go back to what there was at that state, whatever the step, if the file still holds it.

        Raises
        ------
        CheckpointError
            If it does not.
        """
        columns, rows = list(state["columns"]), int(state["rows"])
        if not rows:
            self.begin()
        elif self._rewrite(columns, rows):
            self.columns, self.rows, self._waiting = columns, rows, []
        else:
            came = f"{self.path.name} without the {rows} rows that the checkpoint counts on"
            todo = "put the folder's files back as they were, or train anew"
            raise CheckpointError(explain(came, "all of them, with their columns", todo))

    def _widen(self, added: list[str]) -> None:
        columns = self.columns + added
        if self.rows:
            self._rewrite(columns, self.rows)
        else:
            with self.path.open("w", encoding="utf-8", newline="") as file:
                _writer(file).writerow(columns)
        self.columns = columns

    def _rewrite(self, columns: list[str], rows: int) -> bool:
        """Put these columns of the first rows in the file's place, if it has so many."""
        if not self.path.exists():
            return False
        beside = self.path.with_name(f"{self.path.name}.part")
        with (
            self.path.open(encoding="utf-8", newline="") as file,
            beside.open("w", encoding="utf-8", newline="") as other,
        ):
            lines, writer, n = csv.reader(whole_lines(file)), _writer(other), len(columns)
            header = next(lines, [])
            kept = 0
            writer.writerow(columns)
            for cells in islice(lines, rows):
                writer.writerow([*cells[:n], *[""] * (n - len(cells))])
                kept += 1
        fits = kept == rows and all(a == b for a, b in zip(header, columns, strict=False))
        if fits:
            beside.replace(self.path)
        else:
            beside.unlink()
        return fits


def whole_lines(file: TextIO) -> Iterator[str]:
    """Give the lines of a file; the last one only if it is complete, not cut off by a crash."""
    return (line for line in file if line.endswith("\n"))


def _writer(file: TextIO) -> Any:
    return csv.writer(file, lineterminator="\n")
