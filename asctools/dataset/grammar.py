"""A language whose entropy is known: its automaton, its entropy rate, the loss of the true model.

    the bells that the ringer pulls wait.

A verb takes an *s* when its subject is singular, however long the clause between them. So most
characters are decided nearby, and one in a while is decided far back.
"""

import numpy as np

from asctools.dataset.automaton import Phases, check_phases, states_of, symbols_of, tables_of
from asctools.dataset.bell_language import START, bell_language
from asctools.dataset.inputs import generator, text_of, unknown_symbol, whole_number
from asctools.errors import InputError, explain


class Grammar:
    """A language as an automaton that reads or writes a character at a time.

    Parameters
    ----------
    phases
        For each phase its alternatives; see ``asctools.dataset.automaton.Alternative``. In a phase
        no spelling begins another one, and the probabilities add up to 1.
    start
        The phase in which every text begins. Every phase leads back to it.

    Attributes
    ----------
    vocabulary : str
        The symbols, sorted; V of them.
    states : tuple of asctools.dataset.automaton.State
        S of them, the start first.
    probability : numpy.ndarray
        Shape (S, V): p(x | s) of each symbol in each state.
    successor : numpy.ndarray
        Shape (S, V): the number of the next state, -1 where the symbol is forbidden.

    Raises
    ------
    UnknownNameError, InputError
        If the table is no grammar; the message says which phase and why.
    """

    def __init__(self, phases: Phases, start: str) -> None:
        check_phases(phases, start)
        self.vocabulary = symbols_of(phases)
        self.states = states_of(phases, start)
        self.probability, self.successor = tables_of(phases, self.states)

    def stationary(self) -> np.ndarray:
        """Compute the share of its characters that a long text has in each state.

        Returns
        -------
        numpy.ndarray
            Shape (S,), adding up to 1.
        """
        return _stationary(self.probability, self.successor)

    def state_entropies(self) -> np.ndarray:
        """Compute how uncertain the next character is in each state.

        Returns
        -------
        numpy.ndarray
            Shape (S,), in nats; 0 where only one symbol is allowed.
        """
        return _entropies(self.probability)

    def entropy_rate(self) -> float:
        """Compute the entropy of the language: over long texts, no model has a lower loss.

        It is the entropy of the next character in each state, weighted by the share of characters
        that a long text has there.

        Implements :eq:`eq-entropy-rate`.

        Returns
        -------
        float
            In nats a character.
        """
        # H = sum_s pi_s H_s,  H_s = -sum_x p(x | s) ln p(x | s)
        pi = _stationary(self.probability, self.successor)
        return float(pi @ _entropies(self.probability))

    def sample(self, n_characters: int, seed: int | np.random.Generator | None = None) -> str:
        """Write a text, from the start of a sentence on.

        Parameters
        ----------
        n_characters
            How many, 0 or more; the last sentence is cut where they end.
        seed
            A seed, or the generator to draw from; None draws new numbers in every call.

        Returns
        -------
        str
            ``n_characters`` symbols of the vocabulary.

        Raises
        ------
        InputError
            If ``n_characters`` or the seed is no whole number, or negative.
        """
        draws = generator(seed).random(whole_number("n_characters", n_characters, 0))
        ways = [self._ways(state) for state in range(len(self.states))]
        written, state = [], 0
        for draw in draws.tolist():
            _, symbol, state = next(way for way in ways[state] if draw < way[0])
            written.append(symbol)
        return "".join(written)

    def walk(self, text: str) -> np.ndarray:
        """Find the state before each character of a text.

        Parameters
        ----------
        text
            A text of the language that begins with a sentence and may end anywhere.

        Returns
        -------
        numpy.ndarray
            Shape (T,), int64: numbers of ``states``.

        Raises
        ------
        InputError
            If a symbol is unknown, or cannot stand where it does; the message says what could.
        """
        if set(text_of(text)) - set(self.vocabulary):
            raise unknown_symbol(text, self.vocabulary)
        successor, column = self.successor.tolist(), self._columns()
        found, state = [], 0
        for place, symbol in enumerate(text):
            found.append(state)
            state = successor[state][column[symbol]]
            if state < 0:
                raise self._forbidden(text, place, found[-1])
        return np.array(found, dtype=np.int64)

    def kinds(self, text: str) -> np.ndarray:
        """Say what decides each character of a text; see ``walk`` for what it may be.

        Returns
        -------
        numpy.ndarray
            Shape (T,), strings out of ``asctools.dataset.automaton.KINDS``.
        """
        return np.array([state.kind for state in self.states])[self.walk(text)]

    def losses(self, text: str) -> np.ndarray:
        """Compute the true model's loss at each character: -ln p(x | s).

        Parameters
        ----------
        text
            A text of the language that begins with a sentence and may end anywhere.

        Returns
        -------
        numpy.ndarray
            Shape (T,), float64, in nats.

        Raises
        ------
        InputError
            If the grammar forbids the text.
        """
        states, column = self.walk(text), self._columns()
        return -np.log(self.probability[states, [column[symbol] for symbol in text]])

    def loss(self, text: str) -> float:
        """Compute the true model's mean loss on a text, in nats a character.

        Raises
        ------
        InputError
            If the text is empty, or the grammar forbids it.
        """
        if not text_of(text):
            raise InputError(explain("an empty text", "at least one character", "sample a longer"))
        return float(self.losses(text).mean())

    def _columns(self) -> dict[str, int]:
        return {symbol: x for x, symbol in enumerate(self.vocabulary)}

    def _ways(self, state: int) -> list[tuple[float, str, int]]:
        """The allowed symbols of a state: where its interval of [0, 1) ends, symbol, successor."""
        (allowed,) = np.nonzero(self.probability[state])
        ends = np.cumsum(self.probability[state, allowed])
        ends[-1] = 1  # whatever rounding made of it
        return [
            (float(end), self.vocabulary[x], int(self.successor[state, x]))
            for end, x in zip(ends, allowed, strict=True)
        ]

    def _forbidden(self, text: str, place: int, state: int) -> InputError:
        allowed = "".join(symbol for _, symbol, _ in self._ways(state))
        before = f"after {text[max(0, place - 20) : place]!r}" if place else "at the start"
        came = f"{text[place]!r} as symbol {place}, {before}"
        expected = f"one of {allowed!r}, which the grammar allows there"
        return InputError(explain(came, expected, "begin with a sentence, and keep to its words"))


def _entropies(probability: np.ndarray) -> np.ndarray:
    logarithm = np.log(probability, out=np.zeros_like(probability), where=probability > 0)
    return -(probability * logarithm).sum(axis=1)


def _stationary(probability: np.ndarray, successor: np.ndarray) -> np.ndarray:
    moves = np.zeros((len(successor), len(successor)))  # P[s, s']: from s to s' in one character
    states, symbols = np.nonzero(probability)
    np.add.at(moves, (states, successor[states, symbols]), probability[states, symbols])
    # pi P = pi is one equation too many; the last one gives way to sum(pi) = 1.
    equations = moves.T - np.eye(len(moves))
    equations[-1] = 1
    return np.linalg.solve(equations, np.eye(len(moves))[-1])


GRAMMAR = Grammar(bell_language(), START)
