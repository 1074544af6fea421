"""Two directly-follows graphs in one drawing: what only one of them has stands out."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from asctools.eventlog.dfg import DFG
from asctools.eventlog.drawing.fewer import heaviest
from asctools.eventlog.drawing.graph_words import left_out, listed
from asctools.eventlog.drawing.looks import DASHED, footer, pictured, role_of, tint, width
from asctools.eventlog.drawing.paint import ArcLook, NodeLook, painted
from asctools.eventlog.layout import ENDS, Arc, all_arcs, layout
from asctools.plots import Picture

Key = TypeVar("Key")

_FIRST = 1e15  # in front of every count: what only one of the graphs has is not left out
_ALIKE, _GONE, _NEW = "alike", "gone", "new"
_ROLES = {_ALIKE: "event", _GONE: "baseline", _NEW: "deviation"}


class _Both(NamedTuple):
    """Counts of the same thing in the one graph and in the other."""

    first: int
    second: int

    @property
    def kind(self) -> str:
        return _ALIKE if self.first and self.second else _GONE if self.first else _NEW


def compare(
    first: DFG,
    second: DFG,
    *,
    names: tuple[str, str] = ("the first", "the second"),
    most_arcs: int | None = 30,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """Draw two graphs as one: what only the second has stands out, what it lacks is dashed.

    Parameters
    ----------
    first, second
        Directly-follows graphs with the same case notion: what should be, and what came.
    names
        What they are called: ``("healthy", "this run")``.
    most_arcs
        How many arcs are drawn at most; those of one graph alone come first. None draws all.
    title, alt
        As in :func:`asctools.eventlog.draw.draw`.

    Returns
    -------
    Picture
        Boxes show both counts where they differ; arcs that both have show that of the second.
    """
    merged = _merged(first, second)
    arcs = _paired(all_arcs(first), all_arcs(second))
    nodes = _paired(first.activities, second.activities)
    weights = {arc: max(n) + _FIRST * (n.kind != _ALIKE) for arc, n in arcs.items()}
    few = heaviest(merged, most_arcs, weights)
    notes = {name: _note(nodes[name]) for name in few.activities}
    labels = {arc: _label(arcs[arc]) for arc in all_arcs(few)}
    place = layout(few, notes=notes, labels=labels)
    missing = left_out(merged, few)
    told = _told({arc: arcs[arc] for arc in labels}, names)
    below = [
        line for kind, text in told.items() for line in footer(text, place.width, _ROLES[kind])
    ]
    figure = painted(
        place,
        {name: _node_look(name, nodes[name], notes[name]) for name in few.activities},
        {arc: _arc_look(arcs[arc], place.arcs[arc].back, labels[arc], arcs) for arc in labels},
        title=title or "",
        below=[*below, *footer(missing, place.width)],
    )
    said = " ".join([_opening(few, names), *told.values(), missing]).strip()
    return pictured(figure, alt or said, f"compared {title or ''}")


def _merged(first: DFG, second: DFG) -> DFG:
    """Take of two graphs the larger count of everything; in the order of the first."""
    parts: list[tuple[dict, dict]] = list(zip(first, second, strict=True))
    return DFG(*(_larger(a, b) for a, b in parts))


def _larger(first: dict, second: dict) -> dict:
    return {key: max(first.get(key, 0), second.get(key, 0)) for key in {**first, **second}}


def _paired(first: Mapping[Key, int], second: Mapping[Key, int]) -> dict[Key, _Both]:
    return {key: _Both(first.get(key, 0), second.get(key, 0)) for key in {**first, **second}}


def _note(counts: _Both) -> str:
    same = counts.first == counts.second
    return f"{counts.second:,} ×" if same else f"{counts.first:,} → {counts.second:,} ×"


def _label(counts: _Both) -> str:
    return {
        _ALIKE: f"{counts.second:,}",
        _GONE: f"−{counts.first:,}",
        _NEW: f"+{counts.second:,}",
    }[counts.kind]


def _node_look(name: str, counts: _Both, note: str) -> NodeLook:
    role = role_of(name) if counts.kind == _ALIKE else _ROLES[counts.kind]
    gone = counts.kind == _GONE
    return NodeLook(role, tint(0.0 if gone else 0.25), note, DASHED if gone else "-")


def _arc_look(counts: _Both, back: bool, label: str, arcs: dict[Arc, _Both]) -> ArcLook:
    most = max(each.second or each.first for each in arcs.values())
    part = (counts.second or counts.first) / most
    role = "back" if back and counts.kind == _ALIKE else _ROLES[counts.kind]
    return ArcLook(role, width(part), label, DASHED if counts.kind == _GONE else "-")


def _told(arcs: dict[Arc, _Both], names: tuple[str, str]) -> dict[str, str]:
    """Say which arcs only one of the graphs has."""
    said = {}
    for kind, name in ((_NEW, names[1]), (_GONE, names[0])):
        found = {_way(arc): max(n) for arc, n in arcs.items() if n.kind == kind}
        if found:
            said[kind] = f"Only in {name}: {listed(found)}."
    both = f"{names[0][:1].upper()}{names[0][1:]} and {names[1]}"
    return said or {_ALIKE: f"{both} have the same arcs."}


def _way(arc: Arc) -> str:
    return " → ".join(name.strip("⟨⟩") if name in ENDS else name for name in arc)


def _opening(dfg: DFG, names: tuple[str, str]) -> str:
    both = " and ".join(names)
    return f"Two directly-follows graphs laid over each other, {both}: {len(dfg.arcs)} arcs."
