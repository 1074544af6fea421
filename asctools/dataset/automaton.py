"""From a table of phases to the states of an automaton that reads a character at a time.

A phase is a place in a sentence: before the subject, in a clause. Its row lists the spellings with
which a text can go on, how probable each is, and the phase after it. The automaton has one state
for each beginning of a spelling in each phase. It is *unifilar*: state and character together give
the next state, so whoever reads a text from its start always knows the state.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from asctools.errors import InputError, explain, unknown_name

# What decides a character.
FIXED = "fixed"  # nothing is left to decide: the word so far leaves one way
CHOICE = "choice"  # which of the words that are still possible
NUMBER = "number"  # whether the noun takes its s
NEAR = "agreement"  # whether the verb takes its s: the noun just before it says so
FAR = "far agreement"  # the same, with a clause between the noun and the verb
KINDS = (FIXED, CHOICE, NUMBER, NEAR, FAR)


class Alternative(NamedTuple):
    """One way to go on in a phase.

    Attributes
    ----------
    stem
        What is spelled first; stems that begin alike share the states of their beginning.
    ending
        What follows it; the first character of the ending is of the kind ``decided_by``.
    probability
        Of this alternative among those of its phase, above 0.
    then
        The name of the next phase.
    decided_by
        One of ``KINDS``. Only what words cannot tell is said here; which characters are fixed and
        which are a choice shows by itself.
    """

    stem: str
    ending: str
    probability: float
    then: str
    decided_by: str = FIXED

    @property
    def spelling(self) -> str:
        """Stem and ending."""
        return self.stem + self.ending


Phases = Mapping[str, Sequence[Alternative]]


class State(NamedTuple):
    """Where the reader of a text is.

    Attributes
    ----------
    phase
        The name of the phase.
    prefix
        What was spelled in it so far.
    kind
        What decides the next character, one of ``KINDS``.
    """

    phase: str
    prefix: str
    kind: str


def symbols_of(phases: Phases) -> str:
    """List every symbol of a language once, sorted."""
    return "".join(sorted({x for ways in phases.values() for way in ways for x in way.spelling}))


def states_of(phases: Phases, start: str) -> tuple[State, ...]:
    """List the states, the start first."""
    names = (start, *(name for name in phases if name != start))
    return tuple(state for name in names for state in _trie(name, phases[name]))


def _trie(phase: str, ways: Sequence[Alternative]) -> Iterator[State]:
    nexts: dict[str, set[str]] = {}
    for way in ways:
        for end, symbol in enumerate(way.spelling):
            nexts.setdefault(way.spelling[:end], set()).add(symbol)
    decided = {way.stem: way.decided_by for way in ways if way.decided_by != FIXED}
    for prefix, symbols in nexts.items():
        yield State(phase, prefix, decided.get(prefix, CHOICE if len(symbols) > 1 else FIXED))


def tables_of(phases: Phases, states: Sequence[State]) -> tuple[np.ndarray, np.ndarray]:
    """Tabulate what each symbol does in each state.

    Parameters
    ----------
    phases
        The language.
    states
        Its S states, as ``states_of`` lists them.

    Returns
    -------
    probability : numpy.ndarray
        Shape (S, V), each row adding up to 1.
    successor : numpy.ndarray
        Shape (S, V): the number of the next state, -1 where the symbol is forbidden.
    """
    number = {(state.phase, state.prefix): at for at, state in enumerate(states)}
    column = {symbol: x for x, symbol in enumerate(symbols_of(phases))}
    mass = np.zeros((len(states), len(column)))
    successor = np.full(mass.shape, -1)
    for phase, ways in phases.items():
        for way in ways:
            for end, symbol in enumerate(way.spelling):
                place = number[phase, way.spelling[:end]], column[symbol]
                mass[place] += way.probability
                longer = (phase, way.spelling[: end + 1])
                successor[place] = number.get(longer, number[way.then, ""])
    return mass / mass.sum(axis=1, keepdims=True), successor


def check_phases(phases: Phases, start: str) -> None:
    """Refuse a table that is no grammar.

    Raises
    ------
    UnknownNameError
        If the start, a next phase or a kind is not known.
    InputError
        If probabilities do not add up to 1, one spelling begins another, or a phase is cut off.
    """
    if start not in phases:
        raise unknown_name("start", start, phases)
    for name, ways in phases.items():
        for way in ways:
            if way.then not in phases:
                raise unknown_name(f"the phase after {name!r}", way.then, phases)
            if way.decided_by not in KINDS:
                raise unknown_name("decided_by", way.decided_by, KINDS)
        _check_probabilities(name, [way.probability for way in ways])
        _check_spellings(name, [way.spelling for way in ways])
    for name in phases:
        if name not in _reached(phases, start) or start not in _reached(phases, name):
            came = f"phase {name!r}, which no text reaches or from which none returns"
            expected = f"a way from {start!r} and one back"
            raise InputError(explain(came, expected, "remove the row, or connect it"))


def _check_probabilities(name: str, shares: list[float]) -> None:
    if not all(share > 0 for share in shares) or abs(sum(shares) - 1) > 1e-9:
        came = f"probabilities {shares} in phase {name!r}"
        raise InputError(explain(came, "numbers above 0 that add up to 1", "mend the row"))


def _check_spellings(name: str, spellings: list[str]) -> None:
    # Sorted, a spelling that begins others stands right before one of them; "" begins them all.
    ordered = sorted(spellings)
    for shorter, longer in pairwise(ordered):
        if longer.startswith(shorter):
            came = f"{shorter!r} and {longer!r} in phase {name!r}"
            expected = "spellings of which none begins another one"
            raise InputError(explain(came, expected, "let each word end with a space"))
    if "" in spellings:
        came = f"an empty spelling in phase {name!r}"
        raise InputError(explain(came, "at least one symbol", "remove the row"))


def _reached(phases: Phases, start: str) -> set[str]:
    waiting, reached = [start], {start}
    while waiting:
        found = {way.then for way in phases[waiting.pop()]} - reached
        reached |= found
        waiting += found
    return reached
