"""What stands in a log before and after its traces."""

from collections.abc import Mapping
from typing import Any

from asctools.errors import InputError, explain
from asctools.eventlog.writing.encode import attributes_text, checked_name

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = {"Concept": "concept", "Time": "time", "Lifecycle": "lifecycle"}
NEVER = "1970-01-01T00:00:00.000000+00:00"

END_OF_LOG = b"</log>\n"
END_OF_TRACE = b" </trace>\n"


def head(metadata: Mapping[str, Any]) -> str:
    """Return a log up to its first trace: what it uses, what every event has, and its settings."""
    extensions = "".join(
        f' <extension name="{name}" prefix="{prefix}" uri="{NAMESPACE}{prefix}.xesext"/>\n'
        for name, prefix in EXTENSIONS.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<log xes.version="1849.2023" xes.features="" xmlns="{NAMESPACE}">\n'
        f"{extensions}"
        ' <global scope="trace">\n'
        '  <string key="concept:name" value=""/>\n'
        " </global>\n"
        ' <global scope="event">\n'
        '  <string key="concept:name" value=""/>\n'
        f'  <date key="time:timestamp" value="{NEVER}"/>\n'
        '  <string key="lifecycle:transition" value="complete"/>\n'
        " </global>\n"
        ' <classifier name="Activity" keys="concept:name"/>\n'
        f"{attributes_text(metadata, ' ')}"
    )


def trace_head(name: str, attributes: Mapping[str, Any]) -> str:
    """Return the beginning of a trace.

    Raises
    ------
    InputError
        If the name is no text, or an attribute cannot be written.
    """
    name = checked_name(name)
    if "concept:name" in attributes:
        came = "concept:name as an attribute of a trace"
        raise InputError(explain(came, "it as the trace's name", "leave it out"))
    return f" <trace>\n{attributes_text({'concept:name': name, **attributes}, '  ')}"
