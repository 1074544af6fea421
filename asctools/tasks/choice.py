"""Which configuration is meant: a shipped name or a path, with changes from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from asctools.errors import AscError, InputError, explain
from asctools.settings import changed, read_yaml
from asctools.settings.names import nearest
from asctools.tasks import Task, find, names

if TYPE_CHECKING:
    from asctools.training.config import Config

__all__ = ["Choice", "choose", "file_of"]


class Choice(NamedTuple):
    """A configuration with its task, what it is called, and what was changed in it."""

    config: Config
    task: Task
    called: str
    changes: tuple[str, ...]


def file_of(name: str) -> Path:
    """Return the file of a shipped configuration, or the path itself.

    Raises
    ------
    InputError
        If it is neither; the nearest names are suggested.
    """
    from asctools.training.config.loading import shipped

    known = shipped()
    if name in known:
        return known[name]
    if Path(name).is_file():
        return Path(name)
    near = nearest(name, known)
    todo = f"did you mean {' or '.join(near)}?" if near else "check the path"
    right = f"the path of a YAML file, or one of {', '.join(known)}"
    raise InputError(explain(f"{name!r} as configuration", right, todo).replace("?.", "?"))


def choose(
    file: Path, changes: Sequence[str] = (), seed: int | None = None, called: str = ""
) -> Choice:
    """Read a configuration, and change it as the command line says.

    Parameters
    ----------
    file
        A YAML file.
    changes
        ``"training.learning_rate=3e-4"``, any number of them.
    seed
        In place of ``training.seed``.
    called
        What to call it in messages; the path by default.

    Raises
    ------
    UnknownNameError, InputError
        If a key is wrong; the message begins with the file, unless a change is to blame.
    """
    from asctools.training.config.loading import unwrapped

    content = unwrapped(read_yaml(file))
    try:
        config, task = _checked(content)
    except AscError as error:
        raise type(error)(f"{file}: {error}") from None
    asked = [*changes, *([] if seed is None else [f"training.seed={seed}"])]
    if asked:
        config, task = _checked(changed(content, asked))
    return Choice(config, task, called or str(file), tuple(asked))


def _checked(content: Any) -> tuple[Config, Task]:
    from asctools.training.config import load

    name = load(content).task  # first of all: is the rest right?
    if name is None:
        came, right = "a configuration without a task", f"task: one of {', '.join(names())}"
        raise InputError(explain(came, right, "add the line 'task: ...' at its head"))
    task = find(name)
    return load(content, data=task.data, model=task.model), task
