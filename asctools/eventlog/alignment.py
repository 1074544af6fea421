"""Alignments: the cheapest way to lay a case and a model side by side.

A column of an alignment is a *move*. Where case and model agree, both move. Where the case has an
event that the model does not allow, only the log moves; where the model demands an event that the
case does not have, only the model moves. These two cost 1 each.
Source: Adriansyah, van Dongen & van der Aalst 2011.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple, TypeAlias

from asctools.errors import InputError, explain
from asctools.eventlog.tree import Tree, first_steps, may_end

Move: TypeAlias = tuple[str | None, str | None]
Place: TypeAlias = tuple[int, Tree]  # events of the case done, what is left of the tree


class Alignment(NamedTuple):
    """A case beside a run of the model.

    Attributes
    ----------
    moves
        (event of the case, activity of the model); None where one of them stands still.
    cost
        How many moves only one of them made.
    longest
        What it would have cost if they agreed nowhere: the events of the case and those of the
        model's shortest run.
    """

    moves: tuple[Move, ...]
    cost: int
    longest: int

    @property
    def deviations(self) -> list[tuple[str, str]]:
        """The moves of one side: ("log", event) or ("model", activity)."""
        return [
            ("log", event) if event is not None else ("model", str(activity))
            for event, activity in self.moves
            if event != activity
        ]

    def __str__(self) -> str:
        rows = [("log", *(event or "»" for event, _ in self.moves))]
        rows += [("model", *(activity or "»" for _, activity in self.moves))]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )


def align(case: Iterable[str], tree: Tree, *, unfinished: bool = False) -> Alignment:
    """Find the cheapest alignment of a case with a process tree.

    Among equally cheap ones it is one in which most events of the case are matched. The answer to
    each variant is kept.

    Parameters
    ----------
    case
        The names of its events, in order.
    tree
        What may happen.
    unfinished
        Whether the case may end anywhere on its way, as the last one of a log that was cut off.

    Returns
    -------
    Alignment

    Raises
    ------
    InputError
        If the case is one string instead of a sequence of names.
    """
    if isinstance(case, str):
        came = f"the string {case!r} as a case"
        raise InputError(explain(came, "a sequence of names", f"write [{case!r}]"))
    return _align(tuple(case), tree, unfinished)


def fitness(alignment: Alignment) -> float:
    """Return how well a case fits the model: 1 if they agree, 0 if they agree nowhere.

    Implements :eq:`eq-fitness`.
    """
    # fitness = 1 − cost / (events of the case + shortest run of the model)
    return 1.0 - alignment.cost / alignment.longest if alignment.longest else 1.0


@lru_cache(maxsize=4096)
def _align(case: tuple[str, ...], tree: Tree, unfinished: bool) -> Alignment:
    """Go from place to place, always on from the one that was the cheapest to reach."""
    order = count()  # of discovery: settles ties, so that the answer never depends on chance
    start = (0, tree)
    cheapest: dict[Place, tuple[int, int]] = {start: (0, 0)}  # cost, and events left unmatched
    came: dict[Place, tuple[Move, Place] | None] = {start: None}
    waiting = [(0, 0, next(order), start)]
    while waiting:
        cost, alone, _, here = heappop(waiting)
        done, left = here
        if (cost, alone) > cheapest[here]:
            continue
        if done == len(case) and (unfinished or may_end(left)):
            return Alignment(_way(came, here), cost, len(case) + shortest_run(tree))
        for move, there in _next(case, done, left):
            price = (cost + (None in move), alone + (move[1] is None))
            if there not in cheapest or price < cheapest[there]:
                cheapest[there], came[there] = price, (move, here)
                heappush(waiting, (*price, next(order), there))
    raise AssertionError("a process tree always comes to its end")


def _next(case: Sequence[str], done: int, left: Tree) -> list[tuple[Move, Place]]:
    """Return every move that can be made, and where it leads."""
    steps = first_steps(left)
    found: list[tuple[Move, Place]] = []
    if done < len(case):
        event = case[done]
        found += [((event, event), (done + 1, rest)) for name, rest in steps if name == event]
        found += [((event, None), (done + 1, left))]
    return found + [((None, name), (done, rest)) for name, rest in steps]


def _way(came: dict[Place, tuple[Move, Place] | None], place: Place) -> tuple[Move, ...]:
    moves = []
    while (step := came[place]) is not None:
        move, place = step
        moves.append(move)
    return tuple(reversed(moves))


@cache
def shortest_run(tree: Tree) -> int:
    """Return how many events the shortest case has that the tree allows."""
    waiting, seen, steps = {tree}, {tree}, 0
    while not any(map(may_end, waiting)):
        waiting = {rest for each in waiting for _, rest in first_steps(each)} - seen
        seen |= waiting
        steps += 1
    return steps
