"""A part of a directly-follows graph that can be read: its heaviest arcs and what they join."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from asctools.errors import InputError, explain
from asctools.eventlog.layout import END, START, Arc, all_arcs

if TYPE_CHECKING:
    from asctools.eventlog.dfg import DFG


ROUNDS = 2  # of joining; in a long chain, going on would end with rare arcs only


def heaviest(
    dfg: "DFG", most_arcs: int | None, weights: Mapping[Arc, float] | None = None
) -> "DFG":
    """Keep the heaviest arcs of a graph, and the activities that they join.

    Parameters
    ----------
    dfg
        A directly-follows graph.
    most_arcs
        How many arcs may stay, those from the start and to the end included; None keeps all. The
        most frequent first and last activity stay, and to activities that would hang loose the
        heaviest arc that joins them to others.
    weights
        What makes an arc heavy: its count by default. Arcs that are not in it weigh nothing.

    Returns
    -------
    DFG
        With the counts of the whole.
    """
    if most_arcs is not None and most_arcs < 1:
        raise InputError(explain(f"most_arcs={most_arcs}", "1 or more, or None", "keep some"))
    arcs = all_arcs(dfg)
    if most_arcs is None or len(arcs) <= most_arcs:
        return dfg
    weights = arcs if weights is None else weights
    heavy = sorted(arcs, key=lambda arc: (-weights.get(arc, 0.0), -arcs[arc]))
    first, last = _most(dfg.starts), _most(dfg.ends)
    kept = _fitting([(START, first), (last, END)], heavy, most_arcs)
    joined = {name for arc in kept for name in arc}
    return dfg._replace(
        activities={a: n for a, n in dfg.activities.items() if a in joined},
        arcs={arc: n for arc, n in dfg.arcs.items() if arc in kept},
        starts={a: n for a, n in dfg.starts.items() if (START, a) in kept},
        ends={a: n for a, n in dfg.ends.items() if (a, END) in kept},
        seconds={arc: t for arc, t in dfg.seconds.items() if arc in kept},
        into={a: t for a, t in dfg.into.items() if a in joined},
    )


def _most(counts: dict[str, int]) -> str:
    return max(counts, key=lambda name: counts[name])


def _fitting(ends: list[Arc], heavy: list[Arc], most: int) -> set[Arc]:
    """Take as many heavy arcs as leave room for those that join them; at least half of all."""
    for rounds in (ROUNDS, 1, 0):
        for many in range(most, most // 2, -1):
            kept = _joined([*ends, *heavy[:many]], heavy, rounds)
            if len(kept) <= most:
                return kept
    return set([*ends, *heavy][:most])


def _joined(arcs: list[Arc], heavy: list[Arc], rounds: int) -> set[Arc]:
    """Add to each activity that is not entered, or not left, the heaviest such arc."""
    into: dict[str, Arc] = {}
    out: dict[str, Arc] = {}
    for a, b in heavy:
        if a != b:
            out.setdefault(a, (a, b))
            into.setdefault(b, (a, b))
    kept = set(arcs)
    for _ in range(rounds):
        names = {name for arc in kept for name in arc}
        left, entered = ({arc[side] for arc in kept if arc[0] != arc[1]} for side in (0, 1))
        wanted = {into[name] for name in names - entered if name in into}
        wanted |= {out[name] for name in names - left if name in out}
        kept |= wanted
    return kept
