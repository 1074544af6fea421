"""Which characters of a text cannot be told from those just before them."""

from __future__ import annotations

import numpy as np

from asctools.dataset.grammar import Grammar
from asctools.dataset.sequences import encode_text


def undecided(grammar: Grammar, text: str, window: int, stake: float) -> np.ndarray:
    """Find the characters on which a reader of the last few characters would be in doubt.

    Parameters
    ----------
    grammar
        The language, of S states.
    text
        A text of it.
    window
        How many characters are read before each.
    stake
        Two states are in doubt if their probabilities of the character differ by more than this.

    Returns
    -------
    numpy.ndarray
        Places in the text, at least ``window``.
    """
    x = encode_text(text, grammar.vocabulary)
    places, dead = np.arange(window, len(x)), len(grammar.states)
    no_way = np.full((1, len(grammar.vocabulary)), dead)
    successor = np.vstack([np.where(grammar.successor < 0, dead, grammar.successor), no_way])
    probability = np.vstack([grammar.probability, np.zeros(no_way.shape)])
    # All states at once begin to read; most die at the first character that they do not allow.
    states = np.broadcast_to(np.arange(dead), (len(places), dead))
    for back in range(window, 0, -1):
        states = successor[states, x[places - back, None]]
        if back % 8 == 0:  # the dead have the highest number: sort them to the end, cut them off
            most_alive = (states < dead).sum(axis=1).max()
            states = np.sort(states, axis=1)[:, :most_alive]
    p = probability[states, x[places, None]]
    alive = states < dead
    highest = np.where(alive, p, 0.0).max(axis=1)
    lowest = np.where(alive, p, 1.0).min(axis=1)
    return np.asarray(places[highest - lowest > stake])
