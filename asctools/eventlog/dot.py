"""A directly-follows graph as the plain text that Graphviz and its relatives read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from asctools.eventlog.layout import ENDS, START, Arc, all_arcs

if TYPE_CHECKING:
    from asctools.eventlog.dfg import DFG


def to_dot(
    dfg: "DFG",
    *,
    notes: Mapping[str, str] | None = None,
    labels: Mapping[Arc, str] | None = None,
) -> str:
    """Return the graph in the DOT language, whole, names unbroken.

    Parameters
    ----------
    dfg
        A directly-follows graph.
    notes, labels
        As in :func:`asctools.eventlog.layout.layout`.
    """
    notes = {name: f"{n} ×" for name, n in dfg.activities.items()} if notes is None else notes
    labels = {arc: str(n) for arc, n in all_arcs(dfg).items()} if labels is None else labels
    rows = [
        "digraph {",
        '  node [shape=box, style=rounded, fontname="DejaVu Sans", fontsize=11];',
        '  edge [fontname="DejaVu Sans", fontsize=10];',
    ]
    for name in (START, *dfg.activities):
        kept = '[shape=circle, label="", width=0.2]' if name == START else ""
        note = f"\n{notes[name]}" if notes.get(name) else ""
        rows.append(f"  {_quoted(name)} {kept or f'[label={_quoted(name + note)}]'};")
    rows.append(f'  {_quoted(ENDS[1])} [shape=doublecircle, label="", width=0.15];')
    for (a, b), count in all_arcs(dfg).items():
        said = f"label={_quoted(labels[a, b])}, " if labels.get((a, b)) else ""
        rows.append(f"  {_quoted(a)} -> {_quoted(b)} [{said}weight={max(1, round(count))}];")
    return "\n".join([*rows, "}", ""])


def _quoted(text: str) -> str:
    """Quote a text for DOT: its lines centred, its quotes and backslashes kept."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\r", "").replace("\n", "\\n") + '"'
