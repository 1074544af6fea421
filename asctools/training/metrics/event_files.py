"""TensorBoard's event files: written with its own messages and records, and cut back on resume.

The usual ``SummaryWriter`` writes a record for each number, in a thread of its own. Here all
numbers of a step are one record, and records wait in memory: a quarter of the work.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from pathlib import Path
from time import time
from typing import Any

from asctools.errors import CheckpointError, InputError, explain

__all__ = ["EventFiles"]

OURS = re.compile(r"events\.out\.tfevents\.(\d{6})")


class EventFiles:
    """The event files of a training in a directory, one more each time that it is resumed.

    Parameters
    ----------
    directory
        Where they are. Their names count them, because TensorBoard reads them in that order.

    Raises
    ------
    InputError
        If TensorBoard is not installed.
    """

    def __init__(self, directory: Path) -> None:
        try:
            from tensorboard.compat.proto.event_pb2 import Event, SessionLog
            from tensorboard.compat.proto.summary_pb2 import Summary
            from tensorboard.summary.writer.record_writer import RecordWriter
        except ImportError as error:
            came = "tensorboard=True in a Python without tensorboard"
            todo = 'run  pip install "asctools[torch]", or say tensorboard=False'
            raise InputError(explain(came, "one that has it", todo)) from error
        self._event, self._session, self._summary = Event, SessionLog, Summary
        self._records = RecordWriter
        self.directory, self.number = directory, 0
        self._waiting: list[tuple[float, int, Mapping[str, float]]] = []

    def begin(self) -> None:
        """Start the first file; those of an earlier training are gone."""
        self._remove_after(0)
        self._start(1)

    def cut(self, state: Mapping[str, Any], step: int) -> None:
        """Go back to what there was at that state, and start a file that goes on after ``step``.

        A TensorBoard that is running has read what is gone: the new file tells it to forget that.

        Raises
        ------
        CheckpointError
            If the files do not hold what the state counts on.
        """
        number, size = int(state["file"]), int(state["bytes"])
        path = self._path(number)
        if not path.exists() or path.stat().st_size < size:
            came = f"{path.name} missing, or with less than {size} bytes"
            todo = "put the folder's files back as they were, or train anew"
            raise CheckpointError(explain(came, "what the checkpoint counts on", todo))
        self._remove_after(number)
        os.truncate(path, size)
        self._start(number + 1, forget_from=step + 1)

    def add(self, step: int, numbers: Mapping[str, float]) -> None:
        """Take numbers: tag → value, at a step."""
        self._waiting.append((time(), step, numbers))

    def flush(self) -> None:
        """Write what waits."""
        make = self._summary.Value
        self._write(
            self._event(
                wall_time=when,
                step=step,
                summary=self._summary(
                    value=[make(tag=tag, simple_value=value) for tag, value in numbers.items()]
                ),
            )
            for when, step, numbers in self._waiting
        )
        self._waiting = []

    def state(self) -> dict[str, Any]:
        """Write what waits, down to the disk itself, and return how much there is."""
        self.flush()
        with self._path(self.number).open("rb") as file:
            os.fsync(file.fileno())
            return {"file": self.number, "bytes": file.seek(0, os.SEEK_END)}

    def _start(self, number: int, forget_from: int | None = None) -> None:
        self.number, self._waiting = number, []
        first = [self._event(wall_time=time(), file_version="brain.Event:2")]
        if forget_from is not None:
            start = self._session(status=self._session.START)
            first.append(self._event(wall_time=time(), step=forget_from, session_log=start))
        self._write(first)

    def _write(self, events: Any) -> None:
        buffer = io.BytesIO()
        records = self._records(buffer)
        for event in events:
            records.write(event.SerializeToString())
        if written := buffer.getvalue():
            with self._path(self.number).open("ab") as file:
                file.write(written)

    def _path(self, number: int) -> Path:
        return self.directory / f"events.out.tfevents.{number:06d}"

    def _remove_after(self, number: int) -> None:
        for path in self.directory.iterdir():
            ours = OURS.fullmatch(path.name)
            if ours and int(ours[1]) > number:
                path.unlink()
