"""A process tree allows exactly the cases that its operators say, found in a second way."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.errors import InputError
from asctools.eventlog.alignment import shortest_run
from asctools.eventlog.tree import (
    NOTHING,
    Activity,
    Node,
    Tree,
    activities,
    any_order,
    choice,
    first_steps,
    loop,
    may_end,
    optional,
    sequence,
)

LONGEST = 4
Words = frozenset[str]


def words(tree: Tree) -> Words:
    """Every case of up to LONGEST one-letter events, straight from what the operators mean."""
    if isinstance(tree, Activity):
        return frozenset({tree.name})
    if not isinstance(tree, Node):
        return frozenset({""})
    parts = [words(part) for part in tree.parts]
    if tree.operator == "X":
        return frozenset().union(*parts)
    if tree.operator == "*":
        return repeated(*parts)
    together = joined if tree.operator == "->" else mixed
    found = parts[0]
    for part in parts[1:]:
        found = together(found, part)
    return found


def joined(first: Words, second: Words) -> Words:
    return frozenset(a + b for a, b in product(first, second) if len(a + b) <= LONGEST)


def repeated(part: Words, again: Words) -> Words:
    found = part
    while (more := found | joined(joined(found, again), part)) != found:
        found = more
    return found


def mixed(first: Words, second: Words) -> Words:
    pairs = product(first, second)
    return frozenset(w for a, b in pairs if len(a + b) <= LONGEST for w in shuffles(a, b))


def shuffles(a: str, b: str) -> set[str]:
    if not a or not b:
        return {a + b}
    return {a[0] + w for w in shuffles(a[1:], b)} | {b[0] + w for w in shuffles(a, b[1:])}


def walked(tree: Tree) -> Words:
    """The same by walking: one step of the automaton after the other."""
    found, places = set(), {("", tree)}
    for _ in range(LONGEST + 1):
        found |= {word for word, left in places if may_end(left)}
        places = {(word + name, rest) for word, left in places for name, rest in first_steps(left)}
    return frozenset(found)


def pairs_of(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    ways: list[Callable[..., Tree]] = [sequence, choice, any_order, loop]
    two = st.builds(lambda way, a, b: way(a, b), st.sampled_from(ways), trees, trees)
    three = st.builds(lambda way, *p: way(*p), st.sampled_from(ways[:3]), trees, trees, trees)
    return two | three | trees.map(optional) | trees.map(loop)


LEAVES = st.sampled_from("abc").map(Activity) | st.just(NOTHING)
TREES = st.recursive(LEAVES, pairs_of, max_leaves=5)


@settings(deadline=None, max_examples=150)
@given(TREES)
def test_the_automaton_walks_through_exactly_the_words(tree: Tree) -> None:
    assert walked(tree) == words(tree)


@settings(deadline=None, max_examples=60)
@given(TREES)
def test_the_shortest_run_is_as_long_as_the_shortest_word(tree: Tree) -> None:
    found = words(tree)
    if found:
        assert shortest_run(tree) == min(map(len, found))
    else:
        assert shortest_run(tree) > LONGEST


@pytest.mark.parametrize(
    ("tree", "allowed", "forbidden"),
    [
        (sequence("a", "b"), ["ab"], ["a", "b", "ba", ""]),
        (choice("a", "b"), ["a", "b"], ["ab", ""]),
        (optional("a"), ["", "a"], ["aa"]),
        (loop("a"), ["a", "aaa"], [""]),
        (loop("a", "b"), ["a", "aba"], ["ab", "aa", "b"]),
        (any_order("a", sequence("b", "c")), ["abc", "bac", "bca"], ["acb", "ab"]),
        (loop(optional("a"), "b"), ["", "a", "b", "bb", "ab", "aba"], ["aa"]),
    ],
)
def test_each_operator(tree: Tree, allowed: list[str], forbidden: list[str]) -> None:
    found = walked(tree)
    assert set(allowed) <= found
    assert found.isdisjoint(forbidden)


def test_a_tree_is_written_as_others_write_it() -> None:
    tree = sequence("a", optional("b"), loop("c", "d"), any_order("e", "f"))
    assert str(tree) == "->( 'a', X( 'b', tau ), *( 'c', 'd' ), +( 'e', 'f' ) )"


def test_an_activity_called_tau_is_an_activity() -> None:
    assert walked(sequence("a", "tau")) == {"atau"}
    assert Activity("tau") != NOTHING


def test_the_activities_of_a_tree() -> None:
    assert activities(sequence("a", optional(loop("b", "a")))) == {"a", "b"}


def test_what_is_no_tree_is_refused() -> None:
    with pytest.raises(InputError, match="3 in a tree"):
        sequence("a", 3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="of nothing"):
        choice()
