"""The exercise on a k-gram with back-off."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from asctools.course.checks.spec import Case, Exercise, Mistake
from asctools.dataset.kgrams import KGram

Counts = Callable[[str, str], tuple[int, int]]
Way = Callable[[str, str, int, str, float], np.ndarray]


def _right(train: str, test: str, k: int, vocabulary: str, m: float) -> np.ndarray:
    return KGram(k, vocabulary, strength=m).fit(train).losses(test)


def _counting(train: str, k: int) -> Counts:
    """Count as one should: n(c x), and how often c was followed by anything."""
    pairs = Counter(train[at : at + n + 1] for n in range(k + 1) for at in range(len(train) - n))
    contexts = Counter(train[at : at + n] for n in range(k + 1) for at in range(len(train) - n))
    return lambda c, x: (pairs[c + x], contexts[c])


def _to_the_very_end(train: str, k: int, shortest: int = 1) -> Counts:
    """Count a context at the end of the text as well, where nothing follows."""
    counts = _counting(train, k)
    return lambda c, x: (
        counts(c, x)[0],
        counts(c, x)[1] + (len(c) >= shortest and train.endswith(c)),
    )


def _and_the_empty_one(train: str, k: int) -> Counts:
    return _to_the_very_end(train, k, shortest=0)


def _by_count(train: str, k: int) -> Counts:
    """Count with str.count, which goes on behind what it has found."""
    length = len(train)
    return lambda c, x: (train.count(c + x), train[: length - 1].count(c) if c else length)


def _by_count_to_the_end(train: str, k: int) -> Counts:
    return lambda c, x: (train.count(c + x), train.count(c) if c else len(train))


def _front(c: str, n: int) -> str:
    return c[:n]


def _back(c: str, n: int) -> str:
    return c[len(c) - n :]


def _way(
    count: Callable[[str, int], Counts] = _counting,
    shorter: Callable[[str, int], str] = _back,
) -> Way:
    """Build a k-gram that counts or shortens in another way."""

    def losses(train: str, test: str, k: int, vocabulary: str, m: float) -> np.ndarray:
        counts = count(train, k)
        found = []
        for at, x in enumerate(test):
            context, p = test[max(0, at - k) : at], 1 / len(vocabulary)
            for n in range(len(context) + 1):
                both, alone = counts(shorter(context, n), x)
                p = (both + m * p) / (alone + m)
            found.append(-math.log(p))
        return np.array(found)

    return losses


def _one_level(train: str, test: str, k: int, vocabulary: str, m: float) -> np.ndarray:
    """Lean on equal shares at once."""
    counts, found = _counting(train, k), []
    for at, x in enumerate(test):
        both, alone = counts(test[max(0, at - k) : at], x)
        found.append(-math.log((both + m / len(vocabulary)) / (alone + m)))
    return np.array(found)


def _for_each_symbol(train: str, test: str, k: int, vocabulary: str, m: float) -> np.ndarray:
    """Add m to the count of every symbol."""
    counts, found = _counting(train, k), []
    for at, x in enumerate(test):
        both, alone = counts(test[max(0, at - k) : at], x)
        found.append(-math.log((both + m) / (alone + m * len(vocabulary))))
    return np.array(found)


def _changed(change: Callable[[np.ndarray, int], Any]) -> Callable[..., Any]:
    return lambda train, test, k, vocabulary, m: change(_right(train, test, k, vocabulary, m), k)


def _text(rng: np.random.Generator, letters: str, count: int) -> str:
    """Draw a text that likes to go on in the alphabet, and says some letters twice."""
    steps = rng.choice(3, size=count, p=(0.3, 0.5, 0.2))
    text = "".join(letters[at % len(letters)] for at in np.cumsum(steps))
    return text + text[-1]


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for k = 0", 0, "abc", 40, 1.0),
        ("for k = 1", 1, "abcd", 60, 1.0),
        ("for k = 3", 3, "abcd", 120, 2.0),
        ("for k = 5", 5, "abcde", 90, 0.5),
    ]
    return [
        Case(when, (_text(rng, letters, count), _text(rng, letters, 30), k, letters + " ", m))
        for when, k, letters, count, m in kinds
    ]


COUNTS = Exercise(
    id="known-entropy/counts",
    kind="Code",
    level=3,
    minutes=20,
    task="a function my_losses(train, test, k, vocabulary, m) that returns an array, a loss for "
    "each character of the test text",
    parameters=("train", "test", "k", "vocabulary", "m"),
    cases=_cases,
    reference=_right,
    mistakes=(
        Mistake(
            "context cut at the wrong end",
            "k = 0 and k = 1 are right. When you make a context shorter, you cut off its end and "
            "keep what stands farthest back. The nearest characters say most: which end goes?",
            _way(shorter=_front),
        ),
        Mistake(
            "equal shares at once",
            "k = 0 is right. A longer context leans on equal shares at once. It should lean on the "
            "estimate of the context that is one shorter, and that one on the next, down to the "
            "empty one.",
            _one_level,
        ),
        Mistake(
            "m for each symbol",
            "You add m to the count of every symbol. Here m is shared out among them, as the "
            "shorter context says, so that the counts grow by m altogether.",
            _for_each_symbol,
        ),
        Mistake(
            "test text counted",
            "The characters that you predict are among those that you counted. No wonder that they "
            "are no surprise. Only the training text may be counted.",
            (
                lambda train, test, *rest: _right(train + test, test, *rest),
                lambda train, test, *rest: _right(test, test, *rest),
            ),
        ),
        Mistake(
            "nothing follows at the end",
            "Nearly right. n(c) is how often something *followed* the context. You also count it "
            "at the very end of the training text, where nothing does, so the probabilities do not "
            "add up to 1.",
            (_way(_to_the_very_end), _way(_and_the_empty_one)),
        ),
        Mistake(
            "overlaps missed",
            "`str.count` goes on behind what it has found: in 'aaa' it sees 'aa' once. Count at "
            "every place of the text, for instance with a Counter of slices.",
            (_way(_by_count), _way(_by_count_to_the_end)),
        ),
        Mistake(
            "beginning left out",
            "The first k characters of the test text have a loss too. Their contexts are just "
            "shorter.",
            _changed(lambda losses, k: losses[k:]),
        ),
        Mistake(
            "bits",
            "That is right in bits. This book counts in nats, with the natural logarithm.",
            _changed(lambda losses, k: losses / math.log(2)),
        ),
        Mistake(
            "probabilities",
            "These are the probabilities. The loss is minus their logarithm.",
            _changed(lambda losses, k: np.exp(-losses)),
        ),
    ),
    shape_hint="An array with one loss for each character of the test text, the first one too.",
    value_hint="Try one place with a pencil: the empty context first, then one character, then "
    "two. And test whether the probabilities of all symbols add up to 1.",
    closing="Where the counts are many, they win. Where there are none, the shorter context does.",
)
