"""Training as an event log: written in XES, read into a table, mined and checked.

``XESLogger`` writes and ``read`` reads; ``NullLogger`` has the same methods and does nothing. What
stands in a log says :data:`~asctools.eventlog.registry.REGISTRY`. The writer needs the standard
library only; everything else is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from asctools.eventlog.registry import LEVELS, REGISTRY
from asctools.eventlog.writer import NullLogger, XESLogger

if TYPE_CHECKING:
    from asctools.eventlog.processes import merge, process_path
    from asctools.eventlog.reader import read

LATER = {"read": "reader", "merge": "processes", "process_path": "processes"}

__all__ = ["LEVELS", "REGISTRY", "NullLogger", "XESLogger", "merge", "process_path", "read"]


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATER[name]}"), name)
