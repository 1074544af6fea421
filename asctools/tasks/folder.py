"""The folder of a run: what lies where, whether it may be written to, and how one goes on."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import getitem
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from asctools.errors import CheckpointError, InputError, explain
from asctools.settings import to_dict, to_yaml
from asctools.settings.kinds import in_yaml
from asctools.settings.reading import differences
from asctools.tasks.choice import Choice, choose, file_of

if TYPE_CHECKING:
    from asctools.training.config import Config

__all__ = ["Run", "go_on", "plan", "write", "write_json"]

# What makes another training of it: a checkpoint cannot go on with these changed.
FIXED = ("task", "data", "model", "training.batch_size", "training.accumulate", "training.seed")


class Run(NamedTuple):
    """A run that may begin.

    Attributes
    ----------
    folder
        Where everything is written to.
    choice
        The configuration.
    resume_from
        The checkpoint to go on from, or None.
    news
        What differs from the configuration that the run had before: ``"training.num_epochs=4"``.
    """

    folder: Path
    choice: Choice
    resume_from: Path | None = None
    news: tuple[str, ...] = ()

    @property
    def checkpoints(self) -> Path:
        """The folder of the checkpoints."""
        return self.folder / "checkpoints"

    @property
    def last(self) -> Path:
        """The checkpoint to resume from."""
        return self.checkpoints / "last.pth"

    def settings(self) -> Config:
        """Return the configuration with every path filled in that it leaves open."""
        content = to_dict(self.choice.config)
        places = {"checkpoint": ("directory", self.checkpoints)}
        places["metrics"] = ("directory", self.folder / "metrics")
        places["event_log"] = ("path", self.folder / "run.xes.gz")
        for section, (name, path) in places.items():
            if content[section][name] is None:
                content[section][name] = str(path)
        from asctools.training.config import load

        return load(content, data=self.choice.task.data, model=self.choice.task.model)

    def begin(self) -> None:
        """Make the folder, and write down what is going to be trained."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            head = f"# {self.choice.task.about} Go on with: {go_on('THIS_FOLDER')}\n"
            write(self.folder / "config.yaml", head + to_yaml(to_dict(self.choice.config)))
        except OSError as error:
            came = f"{self.folder} ({error.strerror})"
            todo = "choose another one with --out"
            raise InputError(explain(came, "a folder to write into", todo)) from error


def plan(
    config: str | None,
    out: str | None = None,
    resume: str | None = None,
    changes: Sequence[str] = (),
    seed: int | None = None,
) -> Run:
    """Find out what is to be trained, and where.

    Parameters
    ----------
    config
        A shipped name or a path; None only with ``resume``.
    out
        The folder; ``runs/NAME`` by default.
    resume
        A folder or a checkpoint to go on from; ``""``: that of ``out``; None: begin anew.
    changes, seed
        See :func:`asctools.tasks.choice.choose`.

    Raises
    ------
    InputError, CheckpointError, UnknownNameError
        If nothing is there to go on from, or something would be overwritten.
    """
    if resume is None:
        if config is None:
            came, todo = "no configuration", "see python -m asctools train --explain"
            raise InputError(explain(came, "its name or its path", todo))
        file = file_of(config)
        folder = Path(out) if out else Path("runs") / file.stem
        run = Run(folder, choose(file, changes, seed, config))
        _check_new(folder)
        return run
    checkpoint, folder = _found(config, out, resume)
    saved = folder / "config.yaml"
    if not saved.is_file():
        saved = file_of(config) if config else saved
    before, choice = choose(saved), choose(saved, changes, seed)
    asked = to_dict(choice.config)
    news = differences(to_dict(before.config), asked)
    wrong = [name for name in news if name.startswith(FIXED)]
    if wrong:
        came = f"another {', '.join(wrong)} for a training that has begun"
        todo = "resume it as it is, or begin a new one with another --out"
        raise InputError(explain(came, "the values of its config.yaml", todo))
    told = tuple(f"{name}={in_yaml(reduce(getitem, name.split('.'), asked))}" for name in news)
    return Run(folder, choice, checkpoint, told)


def write(path: Path, text: str) -> None:
    """Write a file as a whole: beside its place first, then renamed."""
    beside = path.with_name(f"{path.name}.tmp")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file of JSON; what is no finite number is null there."""
    write(path, json.dumps(_finite(content), indent=2, ensure_ascii=False) + "\n")


def go_on(folder: Path | str, processes: int = 1) -> str:
    """Return the command that goes on with a run, in as many processes."""
    several = f"-m torch.distributed.run --standalone --nproc-per-node {processes} "
    return (
        f"python {several if processes > 1 else ''}-m asctools train --resume {quote(str(folder))}"
    )


def _check_new(folder: Path) -> None:
    if (folder / "checkpoints" / "last.pth").exists() or (folder / "summary.json").exists():
        came = f"{folder}, which holds a training already"
        todo = f"go on with it: {go_on(folder)}; or keep it, and give another folder with --out"
        raise InputError(explain(came, "a new folder", todo))


def _found(config: str | None, out: str | None, resume: str) -> tuple[Path, Path]:
    """Return the checkpoint and the folder of a run that is to go on."""
    if not resume and out is None and config is None:
        came, todo = "--resume alone", "write --resume DIR, the folder of the run"
        raise InputError(explain(came, "what to resume", todo))
    given = Path(resume) if resume else Path(out or f"runs/{file_of(config or '').stem}")
    if given.is_dir() or not given.suffix:
        checkpoint, folder = given / "checkpoints" / "last.pth", given
    else:
        checkpoint, folder = given, given.absolute().parent.parent
        folder = Path(os.path.relpath(folder)) if not given.is_absolute() else folder
    if not checkpoint.is_file():
        came = f"{checkpoint}, which is not there"
        todo = "check the path; without --resume the training begins anew"
        raise CheckpointError(explain(came, "a checkpoint", todo))
    return checkpoint, Path(out) if out else folder


def _finite(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {name: _finite(part) for name, part in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(part) for part in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
