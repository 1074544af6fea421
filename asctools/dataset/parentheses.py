"""Bracket matching: is every bracket of a string closed in its turn?

A string holds brackets among random letters. It is valid when its depth, the brackets opened less
those closed, never falls below 0 and ends at 0. The letters mean nothing: they are what a network
has to look past.

What the wrong strings are like decides what a network has to learn. Each kind of ``negatives``
keeps the letters and the places of the brackets, and changes the brackets:

``"near-miss"``
    one ground-level ``()``, with letters between or none, becomes ``)(``. Counts, first and last
    bracket tell nothing.
``"order"``
    as many ``(`` as ``)``, a ``(`` first and a ``)`` last, and a depth that dips below 0.
``"naive"``
    each bracket drawn anew by a coin until the string is wrong. Simple rules win here.
"""

import string
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import numpy as np

from asctools.dataset.inputs import generator, text_of, whole_number
from asctools.errors import InputError, ShapeError, explain, unknown_name

ALPHABET = string.ascii_lowercase + ")("  # the order of the one-hot vectors
STEPS = {"(": 1, ")": -1}

# One pair of brackets to four symbols at most; three pairs at least where the kind needs them:
# something before the wrong place, the wrong place, something after it.
SYMBOLS_PER_PAIR = 4
FEWEST_PAIRS = {"near-miss": 3, "order": 3, "naive": 1}

# The brackets of a string, in order: 1 opens, -1 closes. One array of shape (2 * pairs,).
Word = np.ndarray


def depth(text: str) -> list[int]:
    """Count the open brackets after each symbol: 1 more at ``(``, 1 less at ``)``.

    Parameters
    ----------
    text
        Any string; only round brackets count.

    Returns
    -------
    list of int
        One number a symbol; negative where more were closed than opened.

    Raises
    ------
    InputError
        If it is no string.
    """
    return list(accumulate(STEPS.get(symbol, 0) for symbol in text_of(text)))


def is_balanced(text: str) -> bool:
    """Tell whether the depth never falls below 0 and ends at 0; it does without any brackets."""
    depths = depth(text)
    return not depths or (min(depths) >= 0 and depths[-1] == 0)


def generate_parentheses_dataset(
    n_samples: int = 1000,
    min_length: int = 25,
    max_length: int = 25,
    *,
    negatives: str = "near-miss",
    paired: bool = True,
    seed: int | np.random.Generator | None = None,
) -> tuple[list[str], list[int]]:
    """Draw valid and invalid bracket strings, half of each.

    The length of a string is uniform from ``min_length`` to ``max_length``, and the number of its
    bracket pairs uniform up to a quarter of its length. Among the valid orders of that many pairs
    each is equally probable; for near-misses, on either side of the ground-level pair.

    Parameters
    ----------
    n_samples
        How many strings; an even number when ``paired``.
    min_length, max_length
        Fewest and most symbols of a string; at least 6, or 2 for ``"naive"``.
    negatives
        What the invalid strings are like: ``"near-miss"``, ``"order"`` or ``"naive"``.
    paired
        Rows 2k and 2k + 1 are partners, the valid one first: same length, same letters, brackets
        at the same places. Otherwise every row is drawn on its own, and rows are in random order.
    seed
        A seed, or the generator to draw from; None draws new numbers in every call.

    Returns
    -------
    texts : list of str
        ``n_samples`` strings over ``ALPHABET``.
    labels : list of int
        1 for a valid string, 0 for an invalid one.

    Raises
    ------
    InputError
        If a number is out of range, or ``n_samples`` is odd with ``paired``.
    UnknownNameError
        If ``negatives`` is none of the three kinds.
    """
    _check_request(n_samples, min_length, max_length, negatives, paired)
    rng = generator(seed)

    def partners() -> tuple[str, str]:
        length = int(rng.integers(min_length, max_length + 1))
        return _partners(length, negatives, rng)

    if paired:
        texts = [text for _ in range(n_samples // 2) for text in partners()]
        return texts, [1, 0] * (n_samples // 2)
    labels = [int(label) for label in rng.permutation(np.arange(n_samples) % 2)]
    return [partners()[1 - label] for label in labels], labels


def split_pairs(
    texts: Sequence[str],
    labels: Sequence[int],
    fractions: Sequence[float],
    seed: int | np.random.Generator | None = None,
) -> list[tuple[list[str], list[int]]]:
    """Split a paired data set at random, and never separate partners.

    A network that trained on a string and is tested on its partner could compare the two, so
    whole pairs move.

    Parameters
    ----------
    texts, labels
        As ``generate_parentheses_dataset`` gives them with ``paired=True``.
    fractions
        The share of each part; they add up to 1: ``(0.8, 0.1, 0.1)``.
    seed
        Of the shuffling, or the generator to draw from.

    Returns
    -------
    list of (texts, labels)
        One part for each fraction, itself paired. Sizes are rounded to whole pairs.

    Raises
    ------
    ShapeError
        If texts and labels differ in number.
    InputError
        If rows 2k and 2k + 1 are no partners, or the fractions don't add up to 1.
    """
    _check_pairs(texts, labels)
    shares = np.asarray(fractions, dtype=float)
    if shares.ndim != 1 or not (shares >= 0).all() or abs(shares.sum() - 1) > 1e-9:
        came = f"fractions={fractions!r}"
        raise InputError(explain(came, "shares that add up to 1", "pass (0.8, 0.2), for example"))
    pairs = generator(seed).permutation(len(texts) // 2)
    ends = np.rint(np.cumsum(shares) * len(pairs)).astype(int)
    parts = []
    for part in np.split(pairs, ends[:-1]):
        rows = [row for pair in part for row in (2 * pair, 2 * pair + 1)]
        parts.append(([texts[row] for row in rows], [labels[row] for row in rows]))
    return parts


def _skeleton(text: str) -> str:
    """The text with every bracket made the same: what partners share."""
    return text.replace(")", "(")


def _brackets(text: str) -> str:
    return "".join(symbol for symbol in text if symbol in STEPS)


# Rules that a network may find instead of counting. Each says 1 for "valid".
RULES: dict[str, Callable[[str], int]] = {
    "as many ( as )": lambda text: int(text.count("(") == text.count(")")),
    "first ( and last )": lambda text: int(_brackets(text)[:1] + _brackets(text)[-1:] == "()"),
    "even number of brackets": lambda text: int(len(_brackets(text)) % 2 == 0),
    "more () than )(": lambda text: int(text.count("()") > text.count(")(")),
}


def _partners(length: int, negatives: str, rng: np.random.Generator) -> tuple[str, str]:
    """Draw a valid text of some length, and its invalid partner."""
    fewest = FEWEST_PAIRS[negatives]
    pairs = int(rng.integers(fewest, max(fewest, length // SYMBOLS_PER_PAIR) + 1))
    valid, invalid = WORDS[negatives](pairs, rng)
    letters = rng.choice(list(string.ascii_lowercase), size=length)
    # Any places, so that letters may stand inside the ground-level pair. Were its brackets always
    # side by side, the rule "more () than )(" would be right three times in four.
    places = np.sort(rng.choice(length, size=2 * pairs, replace=False))
    return _write(letters, places, valid), _write(letters, places, invalid)


def _write(letters: np.ndarray, places: np.ndarray, word: Word) -> str:
    symbols = letters.copy()
    symbols[places] = np.where(word > 0, "(", ")")
    return "".join(symbols)


def _valid_word(pairs: int, rng: np.random.Generator) -> Word:
    """Draw one of the valid words of some pairs, each with the same probability.

    Of the rotations of a word with one ``)`` too many, exactly one stays at 0 or above until its
    last bracket (the cycle lemma): the one that starts after the first lowest depth.
    """
    word = rng.permutation(np.repeat([1, -1], [pairs, pairs + 1]))
    start = int(np.argmin(np.cumsum(word))) + 1
    return np.roll(word, -start)[:-1]


def _is_valid_word(word: Word) -> bool:
    return bool(word.sum() == 0 and np.cumsum(word).min() >= 0)


def _near_miss(pairs: int, rng: np.random.Generator) -> tuple[Word, Word]:
    before = int(rng.integers(1, pairs - 1))  # a pair at least on either side
    left, right = _valid_word(before, rng), _valid_word(pairs - 1 - before, rng)
    return np.concatenate([left, [1, -1], right]), np.concatenate([left, [-1, 1], right])


def _order(pairs: int, rng: np.random.Generator) -> tuple[Word, Word]:
    inside = np.repeat([1, -1], pairs - 1)
    while True:
        word = np.concatenate([[1], rng.permutation(inside), [-1]])
        if not _is_valid_word(word):
            return _valid_word(pairs, rng), word


def _naive(pairs: int, rng: np.random.Generator) -> tuple[Word, Word]:
    while True:
        word = rng.choice([1, -1], size=2 * pairs)
        if not _is_valid_word(word):
            return _valid_word(pairs, rng), word


WORDS: dict[str, Callable[[int, np.random.Generator], tuple[Word, Word]]] = {
    "near-miss": _near_miss,
    "order": _order,
    "naive": _naive,
}


def _check_request(
    n_samples: int, min_length: int, max_length: int, negatives: str, paired: bool
) -> None:
    if negatives not in WORDS:
        raise unknown_name("negatives", negatives, WORDS)
    fewest = 2 * FEWEST_PAIRS[negatives]
    whole_number("n_samples", n_samples, 0, "strings")
    whole_number("min_length", min_length, fewest, f"symbols for {negatives!r} negatives")
    whole_number("max_length", max_length, min_length, "symbols as min_length is")
    if paired and n_samples % 2:
        came = f"n_samples={n_samples} with paired=True"
        raise InputError(explain(came, "an even number", "add one, or pass paired=False"))


def _not_partners(texts: Sequence[str], labels: Sequence[int]) -> Iterator[int]:
    for row in range(0, len(texts) - 1, 2):
        same_skeleton = _skeleton(texts[row]) == _skeleton(texts[row + 1])
        if not same_skeleton or sorted(labels[row : row + 2]) != [0, 1]:
            yield row


def _check_pairs(texts: Sequence[str], labels: Sequence[int]) -> None:
    if len(texts) != len(labels):
        came = f"{len(texts)} texts and {len(labels)} labels"
        raise ShapeError(explain(came, "one label for each text", "pass both from one call"))
    if len(texts) % 2:
        raise InputError(
            explain(f"{len(texts)} rows", "an even number, two to a pair", "keep whole pairs")
        )
    for row in _not_partners(texts, labels):
        came = f"rows {row} and {row + 1} that are no partners"
        expected = "a valid and an invalid text with the same letters"
        raise InputError(explain(came, expected, "generate the data with paired=True"))
