"""Process trees: a model of what may happen, from five ways of putting smaller models together.

A tree is its own automaton. :func:`first_steps` says which activities may come next, and what is
left of the tree after each of them; :func:`may_end` says whether nothing more need come. What is
left is a tree again, so this is all that is needed to walk through a case.
Source of the idea: Brzozowski 1964 and Antimirov 1996, on derivatives of regular expressions.
"""

from functools import cache
from typing import NamedTuple, TypeAlias

from asctools.errors import InputError, explain


class Activity(NamedTuple):
    """One event of a name."""

    name: str

    def __str__(self) -> str:
        return f"'{self.name}'"


class Silent(NamedTuple):
    """Nothing at all."""

    def __str__(self) -> str:
        return "tau"


class Node(NamedTuple):
    """Parts, put together by an operator: ``->``, ``X``, ``*`` or ``+``."""

    operator: str
    parts: "tuple[Tree, ...]"

    def __str__(self) -> str:
        return f"{self.operator}( {', '.join(map(str, self.parts))} )"


Tree: TypeAlias = Activity | Silent | Node
Part: TypeAlias = Tree | str
NOTHING = Silent()


def sequence(*parts: Part) -> Tree:
    """One after the other."""
    return _node("->", parts)


def choice(*parts: Part) -> Tree:
    """Exactly one of them."""
    return _node("X", parts)


def optional(part: Part) -> Tree:
    """Once or not at all."""
    return choice(part, NOTHING)


def loop(part: Part, again: Part = NOTHING) -> Tree:
    """Once or more often; between two rounds comes ``again``."""
    return _node("*", (part, again))


def any_order(*parts: Part) -> Tree:
    """All of them, at the same time: their events may be mixed in any order."""
    return _node("+", parts)


def _node(operator: str, parts: tuple[Part, ...]) -> Tree:
    trees = tuple(Activity(part) if isinstance(part, str) else part for part in parts)
    for tree in trees:
        if not isinstance(tree, Activity | Silent | Node):
            todo = "build trees with sequence, choice, optional, loop and any_order"
            raise InputError(explain(f"{tree!r} in a tree", "a name or a tree", todo))
    if not trees:
        raise InputError(explain(f"a tree {operator} of nothing", "parts", "name its activities"))
    return trees[0] if len(trees) == 1 else Node(operator, trees)


# ── the tree as an automaton ─────────────────────────────────────────────────────────────────────


@cache
def may_end(tree: Tree) -> bool:
    """Whether nothing more need come."""
    if not isinstance(tree, Node):
        return isinstance(tree, Silent)
    if tree.operator == "X":
        return any(map(may_end, tree.parts))
    if tree.operator == "*":
        return may_end(tree.parts[0])
    return all(map(may_end, tree.parts))


@cache
def first_steps(tree: Tree) -> tuple[tuple[str, Tree], ...]:
    """Return each activity that may come next, with what is left of the tree after it."""
    if isinstance(tree, Activity):
        return ((tree.name, NOTHING),)
    if isinstance(tree, Silent):
        return ()
    steps = {"->": _in_sequence, "X": _in_choice, "*": _in_loop, "+": _in_any_order}
    return tuple(dict.fromkeys(steps[tree.operator](tree.parts)))


Steps: TypeAlias = list[tuple[str, Tree]]


def _in_sequence(parts: tuple[Tree, ...]) -> Steps:
    head, rest = parts[0], parts[1:]
    steps = [(name, _rest("->", (left, *rest))) for name, left in first_steps(head)]
    if rest and may_end(head):
        steps += first_steps(_rest("->", rest))
    return steps


def _in_choice(parts: tuple[Tree, ...]) -> Steps:
    return [step for part in parts for step in first_steps(part)]


def _in_loop(parts: tuple[Tree, ...]) -> Steps:
    """A round, and then perhaps ``again`` and another round."""
    part, again = parts
    more = optional(sequence(again, loop(part, again)))
    steps = [(name, _rest("->", (left, more))) for name, left in first_steps(part)]
    if may_end(part):  # a round of nothing: what comes next may be of the part between
        steps += [
            (name, _rest("->", (left, loop(part, again)))) for name, left in first_steps(again)
        ]
    return steps


def _in_any_order(parts: tuple[Tree, ...]) -> Steps:
    return [
        (name, _rest("+", (*parts[:k], left, *parts[k + 1 :])))
        for k, part in enumerate(parts)
        for name, left in first_steps(part)
    ]


def _rest(operator: str, parts: tuple[Tree, ...]) -> Tree:
    """Put together what is left, without what is nothing."""
    left = tuple(part for part in parts if part != NOTHING)
    return _node(operator, left) if left else NOTHING


@cache
def activities(tree: Tree) -> frozenset[str]:
    """Return the names of all activities of a tree."""
    if isinstance(tree, Activity):
        return frozenset({tree.name})
    return (
        frozenset().union(*map(activities, tree.parts)) if isinstance(tree, Node) else frozenset()
    )
