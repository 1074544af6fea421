"""The exercise on a file that is either the old one or the new one, whatever happens."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.questions import first_no
from asctools.course.checks.spec import Case, Exercise, Mistake, Tolerance

OLD = b"the checkpoint of yesterday"


class Saved(NamedTuple):
    """What was found after the saving; each is 1 or 0."""

    whole: int
    no_gap: int
    told: int
    nothing_beside: int


class DiskFullError(OSError):
    """What a full disk raises, half way through a file."""


class Pieces:
    """The content of a file, piece by piece; on a full disk it ends with an error.

    Parameters
    ----------
    parts
        The pieces.
    room
        How many of them can be had; None: all.
    """

    def __init__(self, parts: Sequence[bytes], room: int | None = None) -> None:
        self.parts, self.room = list(parts), room
        self.path: Path | None = None  # where they are to be written
        self.gaps = 0  # how often no whole file was there

    def __iter__(self) -> Iterator[bytes]:
        for k, part in enumerate(self.parts):
            if self.path is not None:
                self.gaps += not (self.path.is_file() and self.path.read_bytes() == OLD)
            if k == self.room:
                raise DiskFullError(28, "No space left on device")
            yield part

    def __repr__(self) -> str:
        return f"Pieces({self.parts!r}, room={self.room!r})"


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _measure(answer: Any, name: str, pieces: Pieces) -> Any:
    """Let a file be replaced, and look at what is in the folder."""
    folder = Path(_folder().name) / "checkpoints"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / name
    path.write_bytes(OLD)
    pieces.path = path
    told = None
    try:
        returned = answer(path, pieces)
    except DiskFullError as error:
        returned, told = 0, error
    if returned is Ellipsis:
        return returned
    wanted = OLD if pieces.room is not None else b"".join(pieces.parts)
    found = path.read_bytes() if path.is_file() else b""
    return Saved(
        whole=int(found == wanted),
        no_gap=int(not pieces.gaps),
        told=int((told is not None) == (pieces.room is not None)),
        nothing_beside=int([each.name for each in folder.iterdir() if each != path] == []),
    )


def _cases(rng: np.random.Generator) -> list[Case]:
    def parts(count: int) -> list[bytes]:
        return [rng.bytes(int(rng.integers(3, 9))) for _ in range(count)]

    return [
        Case("where the disk has room", ("last.pth", Pieces(parts(4)))),
        Case("where the disk is full after a while", ("last.pth", Pieces(parts(5), room=2))),
        Case("where it is full at once", ("last.pth", Pieces(parts(3), room=0))),
    ]


ORDER = ("no_gap", "whole", "told", "nothing_beside")

SAVING = Exercise(
    id="training-loop/saving",
    kind="Code",
    level=2,
    minutes=15,
    task="a function my_save(path, pieces) that leaves a whole file, whatever happens",
    parameters=("path", "pieces"),
    cases=_cases,
    reference=lambda path, pieces: Saved(1, 1, 1, 1),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    measure=_measure,
    mistakes=(
        Mistake(
            "written in its place",
            "While you write, there is no whole file at `path`. A process that is killed then "
            "leaves half of a checkpoint. Write beside it first.",
            detect=first_no(Saved, "no_gap", ORDER),
        ),
        Mistake(
            "the wrong file at the end",
            "At the end the file is not what it should be: all pieces, or, if the disk was full, "
            "the old content. When do you rename?",
            detect=first_no(Saved, "whole", ORDER),
        ),
        Mistake(
            "the error swallowed",
            "The disk was full, and whoever called you does not learn of it. Tidy up, and let the "
            "error go on its way.",
            detect=first_no(Saved, "told", ORDER),
        ),
        Mistake(
            "left lying about",
            "A file is left beside the checkpoint. Remove it, also when the disk was full.",
            detect=first_no(Saved, "nothing_beside", ORDER),
        ),
    ),
    shape_hint="my_save writes the pieces into a file; it returns nothing that is looked at.",
    value_hint="Write beside, then rename. What if writing fails?",
    closing="Written beside, and renamed: a checkpoint that a power cut cannot harm.",
)
