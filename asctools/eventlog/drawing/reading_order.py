"""In which order activities are read: the one in which the fewest steps lead backwards."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from asctools.eventlog.dfg import DFG


def reading_order(dfg: "DFG") -> list[str]:
    """Order the activities so that few steps lead backwards.

    Parameters
    ----------
    dfg
        A directly-follows graph.

    Returns
    -------
    list of str
        The better of two: one begins as the order of first appearance, one as a topological order
        would if there were no loops. In each that activity moves whose move makes the count of all
        backward arcs smaller by the most, one at a time, until no move does.
    """
    names = list(dfg.activities)
    place = {name: at for at, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    for (a, b), count in dfg.arcs.items():
        counts[place[a], place[b]] = count
    roots = sorted(range(len(names)), key=lambda at: -dfg.starts.get(names[at], 0))
    found = [
        _improved(first, counts) for first in (np.arange(len(names)), _last_left(roots, counts))
    ]
    best = min(found, key=lambda order: np.tril(counts[np.ix_(order, order)], -1).sum())
    return [names[at] for at in best]


def _last_left(roots: list[int], counts: np.ndarray) -> np.ndarray:
    """Walk along the arcs, frequent ones first; order by when all behind an activity was seen."""
    seen: set[int] = set()
    left: list[int] = []
    for root in roots:
        path = [(root, iter([root]))]
        while path:
            here, onwards = path[-1]
            after = next((at for at in onwards if at not in seen), None)
            if after is None:
                path.pop()
                if path:
                    left.append(here)
            else:
                seen.add(after)
                path.append(
                    (
                        after,
                        iter(
                            np.argsort(-counts[after], kind="stable")[
                                : np.count_nonzero(counts[after])
                            ].tolist()
                        ),
                    )
                )
    return np.array(left[::-1], dtype=np.int64)


def _improved(order: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Move one activity at a time, as long as that helps."""
    while True:
        moved = _best_move(order, counts)
        if moved is None:
            return order
        order = moved


def _best_move(order: np.ndarray, counts: np.ndarray) -> np.ndarray | None:
    """Return the order after the move that gains most; None if no move gains anything."""
    n = len(order)
    here = counts[np.ix_(order, order)]
    onwards = np.zeros((n, n + 1), dtype=np.int64)  # [i, q]: arcs from i to all before q, less …
    np.cumsum(here - here.T, axis=1, out=onwards[:, 1:])  # … those from there to i
    gains = onwards.diagonal()[:, None] - onwards  # of moving i to stand before q
    best = gains.max(initial=0)
    if best <= 0:
        return None
    at, before = np.nonzero(gains == best)
    nearest = np.abs(before - at).argmin()
    source, target = at[nearest], before[nearest]
    rest = np.delete(order, source)
    return np.insert(rest, target - (target > source), order[source])
