"""What ``python -m asctools train`` can train.

A task is one file in ``known`` that makes a :class:`~asctools.tasks.task.Task`, and a configuration
of the same name in ``asctools/configs``. Nothing else has to be told of it.
"""

import importlib
import pkgutil

from asctools.settings.names import unknown
from asctools.tasks import known
from asctools.tasks.task import Prepared, Task

__all__ = ["Prepared", "Task", "find", "names"]


def names() -> list[str]:
    """Return the names of all tasks."""
    return sorted(module.name for module in pkgutil.iter_modules(known.__path__))


def find(name: str) -> Task:
    """Return a task.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    if name not in names():
        raise unknown(f"task {name!r}", name, names())
    task: Task = importlib.import_module(f"{known.__name__}.{name}").TASK
    return task
