"""The exercise on a training of the reader's own, from a configuration to a conforming log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import (
    Exercise,
    Mistake,
    Tolerance,
    WrongFormError,
    call,
    once,
)
from asctools.errors import AscError

EPOCHS, CHANGES = 4, 2


class OwnRun(NamedTuple):
    """What holds of a folder; each is 1 or 0."""

    complete: int
    own_settings: int
    long_enough: int
    learns: int
    healthy: int


PARTS = ("config.yaml", "checkpoints/last.pth", "metrics/epochs.csv", "run.xes.gz", "summary.json")


def _measure(answer: object) -> Any:
    folder = call(answer)
    if folder is None or folder is Ellipsis:
        return folder
    if not isinstance(folder, (str, Path)):
        raise WrongFormError("The path of a folder is needed.")
    folder = Path(folder)
    if not folder.is_dir():
        raise WrongFormError(f"There is no folder {folder.name}.")
    if not all((folder / part).is_file() for part in PARTS):
        return OwnRun(0, 0, 0, 0, 0)
    losses = _losses(folder)
    changed = len(_changed(folder)) >= CHANGES
    if not changed or len(losses) < EPOCHS or not losses[-1] < losses[0]:
        long_enough = len(losses) >= EPOCHS
        return OwnRun(1, int(changed), int(long_enough), int(long_enough and not changed), 0)
    return OwnRun(1, 1, 1, 1, int(_healthy(folder)))


def _losses(folder: Path) -> list[float]:
    from asctools.training.metrics import read_csv

    columns = read_csv(folder / "metrics" / "epochs.csv")
    watched = "val_loss" if "val_loss" in columns else "loss"
    return [float(loss) for loss in columns[watched]]


def _changed(folder: Path) -> set[str]:
    """Return the settings in which a training differs from what ships for its task."""
    from asctools.settings import to_dict
    from asctools.tasks.choice import choose, file_of

    try:
        own = choose(folder / "config.yaml")
        shipped = choose(file_of(own.task.name))
    except AscError:  # a task of the reader's own
        return {"all", "of it"}
    pairs = zip(_leaves(to_dict(own.config)), _leaves(to_dict(shipped.config)), strict=False)
    return {name for (name, value), (_, usual) in pairs if value != usual}


def _leaves(content: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in sorted(content.items()):
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _healthy(folder: Path) -> bool:
    from asctools.eventlog.conformance import check as check_log
    from asctools.eventlog.errors import LogError

    try:
        return check_log(folder / "run.xes.gz").ok
    except LogError:
        return False


OWN_RUN = Exercise(
    id="training-loop/own-run",
    kind="Open",
    level=2,
    minutes=30,
    task="the folder that `python -m asctools train` has written",
    cases=once,
    reference=lambda: OwnRun(1, 1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "no such training",
            f"The folder lacks something of {', '.join(PARTS)}. Did the training come to its end?",
            detect=first_no(OwnRun, "complete"),
        ),
        Mistake(
            "as it was shipped",
            "Fewer than two settings differ from those that ship. It is to be your training.",
            detect=first_no(OwnRun, "own_settings"),
        ),
        Mistake(
            "too short",
            "Fewer than four epochs: a callback that waits has hardly had anything to wait for.",
            detect=first_no(OwnRun, "long_enough"),
        ),
        Mistake(
            "nothing learned",
            "The loss of the last epoch is not below that of the first. Look at steps.csv: is the "
            "rate too high, or too low?",
            detect=first_no(OwnRun, "learns"),
        ),
        Mistake(
            "the log deviates",
            "`python -m asctools mine` finds deviations in the log of this training. Read what it "
            "says.",
            detect=first_no(OwnRun, "healthy"),
        ),
    ),
    shape_hint="The path of the folder.",
    value_hint="Look into the folder: what did the command write?",
    closing="A file, a command, a folder. That is a training that somebody else can repeat.",
)
