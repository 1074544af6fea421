"""k-gram models: the next character by counting what followed the last k characters.

The counts of one context are few, so every estimate leans on that of the context without its
first character, and in the end on equal shares for all symbols.

Source of this smoothing: MacKay and Peto, "A hierarchical Dirichlet language model", 1995.
"""

import math
from collections import Counter

import numpy as np

from asctools.dataset.inputs import alphabet_of, text_of, unknown_symbol, whole_number
from asctools.errors import InputError, explain


class KGram:
    """A model of the next character given the last k.

    Parameters
    ----------
    k
        Characters of context, 0 or more.
    vocabulary
        The known symbols, none twice.
    strength
        m, how many counts the shorter context's estimate is worth; above 0.

    Attributes
    ----------
    contexts : collections.Counter
        n(c): how often a context of up to k characters was followed by anything.
    pairs : collections.Counter
        n(c x): how often it was followed by x, under the string c + x.

    Raises
    ------
    InputError
        If k, the vocabulary or the strength is none such.
    """

    def __init__(self, k: int, vocabulary: str, *, strength: float = 1.0) -> None:
        if not isinstance(strength, int | float) or not 0 < strength < math.inf:
            came = f"strength={strength!r}"
            raise InputError(explain(came, "a number of counts above 0", "raise it"))
        self.k = whole_number("k", k, 0, "characters")
        self.vocabulary = alphabet_of(vocabulary)
        self.strength = strength
        self.contexts: Counter[str] = Counter()
        self.pairs: Counter[str] = Counter()

    def fit(self, text: str) -> "KGram":
        """Count the contexts of a text, in place of those counted before.

        Parameters
        ----------
        text
            At least one character, all of the vocabulary. Near its start, contexts are shorter.

        Returns
        -------
        KGram
            Itself.

        Raises
        ------
        InputError
            If the text is empty or holds an unknown symbol.
        """
        _check_text(text, self.vocabulary)
        self.contexts.clear()
        self.pairs.clear()
        for length in range(self.k + 1):
            starts = range(len(text) - length)
            self.contexts.update(text[at : at + length] for at in starts)
            self.pairs.update(text[at : at + length + 1] for at in starts)
        return self

    def probability(self, symbol: str, context: str) -> float:
        """Estimate how probable a symbol is after a context.

        Implements :eq:`eq-k-gram`.

        Parameters
        ----------
        symbol
            One symbol of the vocabulary.
        context
            What stands before it; the last k characters count.

        Returns
        -------
        float
            Above 0; over all symbols they add up to 1.

        Raises
        ------
        InputError
            If the model was not fitted, the symbol is none, or the context no string.
        """
        self._check(symbol)
        if len(symbol) != 1:
            raise InputError(explain(f"{symbol!r} as symbol", "a single one", "pass one at a time"))
        if text_of(context):
            self._check(context)
        return _estimate(self, symbol, context)

    def losses(self, text: str) -> np.ndarray:
        """Compute -ln of each character's probability, in nats.

        Parameters
        ----------
        text
            At least one character, all of the vocabulary.

        Returns
        -------
        numpy.ndarray
            Shape (T,), float64. The first k characters have shorter contexts.

        Raises
        ------
        InputError
            If the model was not fitted, or the text is empty or holds an unknown symbol.
        """
        self._check(text)
        contexts = (text[max(0, at - self.k) : at] for at in range(len(text)))
        pairs = zip(text, contexts, strict=True)
        return -np.log([_estimate(self, symbol, context) for symbol, context in pairs])

    def loss(self, text: str) -> float:
        """Compute the mean loss on a text, in nats a character; see ``losses``."""
        return float(self.losses(text).mean())

    def _check(self, text: str) -> None:
        if not self.pairs:
            raise InputError(explain("a model without counts", "a fitted one", "call fit first"))
        _check_text(text, self.vocabulary)


def _estimate(model: KGram, symbol: str, context: str) -> float:
    x, m = symbol, model.strength
    p = 1 / len(model.vocabulary)
    for length in range(min(model.k, len(context)) + 1):
        c = context[len(context) - length :]
        # P(x | c) = (n(c x) + m P(x | c without its first)) / (n(c) + m)
        p = (model.pairs[c + x] + m * p) / (model.contexts[c] + m)
    return p


def _check_text(text: str, vocabulary: str) -> None:
    if not text_of(text):
        raise InputError(explain("an empty text", "at least one character", "pass a longer one"))
    if set(text) - set(vocabulary):
        raise unknown_symbol(text, vocabulary)
