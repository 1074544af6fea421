"""Readers' answers on texts: k-grams, and rows that go on."""

import math
from collections import Counter, defaultdict

import numpy as np

from tests.book.mistakes.written import Ways, Written


def counts_stub(train, test, k, vocabulary, m):
    raise NotImplementedError("Count, then estimate from the shortest context upwards.")


def followers(train, k):
    table = defaultdict(Counter)
    for n in range(k + 1):
        for at in range(n, len(train)):
            table[train[at - n : at]][train[at]] += 1
    return table


def estimate(table, x, context, vocabulary, m):
    """From the longest context downwards, by recursion."""
    if context is None:
        return 1 / len(vocabulary)
    shorter = estimate(table, x, context[1:] if context else None, vocabulary, m)
    found = table[context]
    return (found[x] + m * shorter) / (sum(found.values()) + m)


def my_losses(train, test, k, vocabulary, m):
    table = followers(train, k)
    contexts = [test[max(0, at - k) : at] for at in range(len(test))]
    return [
        -math.log(estimate(table, x, c, vocabulary, m)) for x, c in zip(test, contexts, strict=True)
    ]


def losses_by(count, cut=lambda context, n: context[len(context) - n :]):
    """An answer in a loop, with counts and cuts of its own."""

    def losses(train, test, k, vocabulary, m):
        found = []
        for at, x in enumerate(test):
            context, p = test[max(0, at - k) : at], 1 / len(vocabulary)
            for n in range(len(context) + 1):
                c = cut(context, n)
                p = (count(train, c + x) + m * p) / (count(train, c, follow=True) + m)
            found.append(p)
        return -np.log(found)

    return losses


def slices(train, c, follow=False):
    last = len(train) - len(c) - follow
    return sum(train[at : at + len(c)] == c for at in range(last + 1))


def slices_to_the_end(train, c, follow=False):
    return slices(train, c) if c else len(train)


def str_count(train, c, follow=False):
    return train.count(c) if c else len(train)


def str_count_but_the_last(train, c, follow=False):
    return train[: len(train) - follow].count(c) if c else len(train)


def losses_of_one_context(smooth):
    def losses(train, test, k, vocabulary, m):
        table, found = followers(train, k), []
        for at, x in enumerate(test):
            counts = table[test[max(0, at - k) : at]]
            found.append(-math.log(smooth(counts[x], sum(counts.values()), m, len(vocabulary))))
        return np.array(found)

    return losses


def only_known_contexts(train, test, k, vocabulary, m):
    table, found = followers(train, k), []
    for at, x in enumerate(test):
        c = test[max(0, at - k) : at]
        while c and not table[c]:
            c = c[1:]
        counts = table[c]
        found.append(-math.log((counts[x] + m / len(vocabulary)) / (sum(counts.values()) + m)))
    return found


COUNTS = Written(
    "known-entropy/counts",
    right=(my_losses, losses_by(slices), lambda *given: np.array(my_losses(*given))),
    mistakes={
        "context cut at the wrong end": losses_by(slices, cut=lambda context, n: context[:n]),
        "equal shares at once": losses_of_one_context(
            lambda n, all_, m, V: (n + m / V) / (all_ + m)
        ),
        "m for each symbol": losses_of_one_context(lambda n, all_, m, V: (n + m) / (all_ + m * V)),
        "test text counted": Ways(
            lambda train, test, *rest: my_losses(train + test, test, *rest),
            lambda train, test, *rest: my_losses(test, test, *rest),
        ),
        "nothing follows at the end": Ways(
            losses_by(slices_to_the_end), losses_by(lambda train, c, follow=False: slices(train, c))
        ),
        "overlaps missed": Ways(losses_by(str_count), losses_by(str_count_but_the_last)),
        "beginning left out": Ways(
            lambda train, test, k, *rest: my_losses(train, test, k, *rest)[k:], stage="shape"
        ),
        "bits": lambda *given: [loss / math.log(2) for loss in my_losses(*given)],
        "probabilities": lambda *given: np.exp(-np.array(my_losses(*given))),
    },
    unlisted=(
        only_known_contexts,
        lambda train, test, k, vocabulary, m: my_losses(train, test, k, vocabulary, m + 1),
        lambda train, test, k, vocabulary, m: my_losses(train, test, k + 1, vocabulary, m),
        lambda *given: -np.array(my_losses(*given)),
    ),
    misshapen=(
        lambda *given: np.mean(my_losses(*given)),
        lambda *given: dict(enumerate(my_losses(*given))),
        lambda train, test: [0.0] * len(test),
        lambda *given: "nats",
        [1.0, 2.0],
    ),
    stub=counts_stub,
)


def batches_stub(text, batch_size, time_steps):
    raise NotImplementedError("Cut the text into rows, and the rows into windows.")


def my_batches(text, batch_size, time_steps):
    length = (len(text) - 1) // batch_size
    end = batch_size * length
    x = text[:end].reshape(batch_size, length)
    y = text[1 : end + 1].reshape(batch_size, length)
    starts = range(0, length - time_steps + 1, time_steps)
    return [(x[:, t : t + time_steps], y[:, t : t + time_steps]) for t in starts]


def batches_by_loops(text, B, T):
    length = (len(text) - 1) // B
    found = []
    for t in range(length // T):
        at = [[b * length + t * T + k for k in range(T)] for b in range(B)]
        found.append(([[text[k] for k in row] for row in at], text[np.array(at) + 1].tolist()))
    return found


def windows_in_a_row(text, B, T):
    found = []
    for start in range(0, len(text) - B * T, B * T):
        x = text[start : start + B * T].reshape(B, T)
        found.append((x, text[start + 1 : start + B * T + 1].reshape(B, T)))
    return found


def dealt_out(text, B, T):
    length = (len(text) - 1) // B
    x, y = text[: B * length].reshape(-1, B).T, text[1 : B * length + 1].reshape(-1, B).T
    return [(x[:, t : t + T], y[:, t : t + T]) for t in range(0, length - T + 1, T)]


def from_the_row(text, B, T):
    rows = text[: len(text) // B * B].reshape(B, -1)
    x, y = rows[:, :-1], rows[:, 1:]
    return [(x[:, t : t + T], y[:, t : t + T]) for t in range(0, x.shape[1] - T + 1, T)]


def step_by_one(text, B, T):
    length = (len(text) - 1) // B
    at = np.arange(B)[:, None] * length + np.arange(T)
    return [(text[at + t], text[at + t + 1]) for t in range(length - T + 1)]


def with_the_rest(text, B, T):
    length = (len(text) - 1) // B
    x, y = text[: B * length].reshape(B, -1), text[1 : B * length + 1].reshape(B, -1)
    return [(x[:, t : t + T], y[:, t : t + T]) for t in range(0, length, T)]


def changed(change):
    return lambda *given: [change(x, y) for x, y in my_batches(*given)]


def row_rolled(by):
    def batches(text, B, T):
        length = (len(text) - 1) // B
        x = text[: B * length].reshape(B, length)
        y = np.roll(x, by, axis=1)
        return [(x[:, t : t + T], y[:, t : t + T]) for t in range(0, length - T + 1, T)]

    return batches


BATCHES = Written(
    "known-entropy/batches",
    right=(my_batches, batches_by_loops, lambda *given: iter(my_batches(*given))),
    mistakes={
        "rows do not go on": windows_in_a_row,
        "characters dealt out": dealt_out,
        "targets not shifted": changed(lambda x, y: (x, x)),
        "targets from the past": Ways(
            changed(lambda x, y: (y, x)),
            changed(lambda x, y: (x, np.roll(x, 1, axis=1))),
            row_rolled(1),
        ),
        "targets go round": Ways(changed(lambda x, y: (x, np.roll(x, -1, axis=1))), row_rolled(-1)),
        "windows overlap": Ways(step_by_one, stage="shape"),
        "rest kept": Ways(with_the_rest, stage="shape"),
        "time first": Ways(changed(lambda x, y: (x.T, y.T)), stage="shape"),
        "a character of each row lost": Ways(from_the_row, stage="shape"),
    },
    unlisted=(
        lambda *given: my_batches(*given)[::-1],
        changed(lambda x, y: (x[::-1], y[::-1])),
        changed(lambda x, y: (x, y + 1)),
    ),
    misshapen=(
        lambda *given: my_batches(*given)[0],
        changed(lambda x, y: x),
        lambda *given: my_batches(*given)[:1],
        lambda text, batch_size: [],
        [1, 2],
    ),
    stub=batches_stub,
)


ALL = (COUNTS, BATCHES)
