"""Reference outputs: what a cell printed, as text, and nothing that differs from run to run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

IGNORE = "nbval-ignore-output"
_SILENT_TAGS = {"remove-output", "remove-cell"}
_WIDGET = "application/vnd.jupyter.widget-view+json"
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_BARE_REPR = re.compile(r"<[\w.]+(?: object)?(?: at 0x[0-9a-f]+)?>")


def as_text(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """The outputs of a cell without pictures, HTML, addresses and glued values."""
    kept: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            _add_stream(kept, output.name, _clean(output.text))
        elif output.output_type == "error":
            value = _clean(output.evalue)
            traceback = [f"{output.ename}: {value}"]
            kept.append(new_output("error", ename=output.ename, evalue=value, traceback=traceback))
        elif "text/plain" in output.data:
            data = {"text/plain": _clean(output.data["text/plain"])}
            kept.append(new_output(output.output_type, data=data, metadata={}))
    return kept


def cannot_compare(outputs: Iterable[NotebookNode], tags: Iterable[str]) -> bool:
    """Whether nbval must not compare this cell: it varies, is silenced, or has no text to compare.

    A picture can be compared, by its alternative text. HTML that comes without text can't.
    """
    if "varies" in tags or _SILENT_TAGS & set(tags):
        return True
    return any(_no_text(output.get("data", {})) for output in outputs)


def glued_values(outputs: Iterable[NotebookNode]) -> dict[str, str]:
    """The text of each value that a cell glued, by its key."""
    values = {}
    for output in outputs:
        scrap = output.get("metadata", {}).get("scrapbook")
        text = output.data.get(f"{scrap.get('mime_prefix', '')}text/plain") if scrap else None
        if scrap and text is not None:
            values[scrap["name"]] = text
    return values


def _no_text(data: Mapping[str, Any]) -> bool:
    if _WIDGET in data:
        return True
    bare = _BARE_REPR.fullmatch(data.get("text/plain", "<None>"))
    return "text/html" in data and bare is not None


def _add_stream(kept: list[NotebookNode], name: str, text: str) -> None:
    """Streams come in pieces whose number depends on the weather: one output for each run."""
    if kept and kept[-1].output_type == "stream" and kept[-1].name == name:
        kept[-1].text += text
    else:
        kept.append(new_output("stream", name=name, text=text))


def _clean(text: str) -> str:
    return _ADDRESS.sub("0x0", text)
