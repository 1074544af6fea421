"""What a run says before its training and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asctools.tasks.folder import Run, go_on
from asctools.tasks.task import Prepared, Table

if TYPE_CHECKING:
    from asctools.training.lstm_trainer import LSTMTrainer

__all__ = ["head", "interrupted", "table", "tail"]


def head(run: Run, prepared: Prepared, trainer: LSTMTrainer, processes: int) -> str:
    """Say what is going to be trained, on what, how and where to."""
    config = run.choice.config
    training = config.training
    numbers = sum(parameter.numel() for parameter in trainer.model.parameters())
    count = len(prepared.train_loader)  # type: ignore[arg-type]
    batches = _many(count, "batch", "es")
    epochs = _many(training.num_epochs, "epoch")
    whole = "" if isinstance(prepared.train_loader, list) else f" of {training.batch_size}"
    lines = {
        "task": f"{run.choice.task.name}: {run.choice.task.about}",
        "configuration": run.choice.called,
        "changed": ", ".join(run.news or run.choice.changes),
        "data": prepared.about,
        "model": f"{type(trainer.model).__name__}, {numbers:,} numbers to learn",
        "training": f"up to {epochs} of {batches}{whole}, "
        f"Adam at {training.learning_rate:g}, schedule {config.scheduler.type}, "
        f"seed {training.seed}",
        "device": f"{trainer.trainer.device}"
        + (f", {processes} processes" if processes > 1 else ""),
        "output": str(run.folder),
        "goes on from": "" if run.resume_from is None else str(run.resume_from),
    }
    return "\n".join(f"{name:>14}  {text}" for name, text in lines.items() if text) + "\n"


def table(rows: Table, columns: Sequence[str], marked: str = "") -> str:
    """Lay out rows of numbers; a row without a column has a dash there."""
    wide = max(len(name) for name in rows) + 2
    sizes = [max(len(name), 8) for name in columns]
    lines = ["".join([" " * wide, *(f"  {n:>{w}}" for n, w in zip(columns, sizes, strict=True))])]
    for name, numbers in rows.items():
        cells = [
            f"  {_shown(numbers.get(column)):>{size}}"
            for column, size in zip(columns, sizes, strict=True)
        ]
        lines.append("".join([f"{'* ' if name == marked else '  '}{name:<{wide - 2}}", *cells]))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def tail(summary: Mapping[str, Any], prepared: Prepared, rows: Table) -> str:
    """Say how it ended, and how good it is beside the others."""
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    shown = [name for name in columns if _base(name, prepared) in prepared.columns]
    why = {
        "epochs": "all epochs are done",
        "patience": "nothing had got better for a while",
    }.get(summary["stopped"], summary["stopped"])
    best = summary["best"]
    kept = f"; the weights are those of epoch {best['epoch']}, the best" if best else ""
    done = _many(summary["epochs"], "epoch")
    text = f"\n{done}: {why}{kept}.\n\n{table(rows, shown, prepared.called)}"
    return text + (f"\n{prepared.note}\n" if prepared.note else "")


def interrupted(run: Run, where: str = "", processes: int = 1) -> str:
    """Say that nothing is lost, and how to go on; or that there is nothing to go on from."""
    if run.last.is_file():
        command = go_on(run.folder, processes)
        return f"\nInterrupted{where}. Nothing is lost; go on with\n\n    {command}\n"
    return f"\nInterrupted{where}, before anything was saved.\n"


def _base(column: str, prepared: Prepared) -> str:
    suffixes = [suffix for suffix in prepared.tests if suffix and column.endswith(suffix)]
    return column.removesuffix(suffixes[0]) if suffixes else column


def _many(count: int, of: str, plural: str = "s") -> str:
    return f"{count} {of}{plural if count != 1 else ''}"


def _shown(number: float | None) -> str:
    return "–" if number is None else f"{number:.4f}"
