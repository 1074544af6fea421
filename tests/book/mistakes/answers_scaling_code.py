"""Readers' answers on padding, merging, sharing out, and the batch that pays."""

import math

import numpy as np

from tests.book.mistakes.written import Ways, Written


def padding_stub(lengths, batch_size):
    raise NotImplementedError("Two shares of padding: as the sequences come, and sorted.")


def cut(lengths, size):
    return [lengths[k : k + size] for k in range(0, len(lengths), size)]


def waste(lengths, size):
    computed = 0
    for batch in cut(lengths, size):
        computed += max(batch) * len(batch)
    return (computed - sum(lengths)) / computed


def both(share):
    """Ask for the share of the sequences as they come, and of the sorted ones."""
    return lambda lengths, batch_size: (
        share(lengths, batch_size),
        share(sorted(lengths), batch_size),
    )


def waste_of_one_batch(lengths, size):
    return 1 - np.mean(lengths) / max(lengths)


def mean_waste(lengths, size):
    return np.mean([1 - np.mean(batch) / max(batch) for batch in cut(lengths, size)])


def waste_of_full_batches(lengths, size):
    return 1 - sum(lengths) / sum(size * max(batch) for batch in cut(lengths, size))


def waste_without_the_rest(lengths, size):
    full = [batch for batch in cut(lengths, size) if len(batch) == size]
    return waste([n for batch in full for n in batch], size)


PADDING = Written(
    "scaling-out/padding",
    right=(both(waste), lambda lengths, batch_size: list(both(waste)(lengths, batch_size))),
    mistakes={
        "the longest of all": both(waste_of_one_batch),
        "what is real": both(lambda lengths, size: 1 - waste(lengths, size)),
        "the mean of the batches": both(mean_waste),
        "a full last batch": both(waste_of_full_batches),
        "the last batch dropped": both(waste_without_the_rest),
        "divided by what is real": both(lambda lengths, size: 1 / (1 - waste(lengths, size)) - 1),
    },
    unlisted=(
        lambda lengths, batch_size: (waste(lengths, batch_size), 0.0),
        lambda lengths, batch_size: both(waste)(lengths, batch_size)[::-1],
    ),
    misshapen=(
        lambda lengths, batch_size: waste(lengths, batch_size),
        lambda lengths, batch_size: "much",
    ),
    stub=padding_stub,
)


def merged_stub(parts):
    raise NotImplementedError("Three numbers of all parts together: examples, mean, variance.")


def merged(parts):
    n = sum(count for count, _, _ in parts)
    first = sum(count * mean for count, mean, _ in parts) / n
    second = sum(count * (variance + mean * mean) for count, mean, variance in parts) / n
    return {"examples": n, "mean": first, "variance": second - first * first}


def alike(parts):
    first = np.mean([mean for _, mean, _ in parts])
    second = np.mean([variance + mean**2 for _, mean, variance in parts])
    return merged(parts) | {"mean": first, "variance": second - first**2}


def plain_means(parts):
    first, second = np.mean([part[1] for part in parts]), np.mean([part[2] for part in parts])
    return merged(parts) | {"mean": first, "variance": second}


def only_within(parts):
    n = sum(part[0] for part in parts)
    return merged(parts) | {"variance": sum(part[0] * part[2] for part in parts) / n}


def only_between(parts):
    n, middle = merged(parts)["examples"], merged(parts)["mean"]
    return merged(parts) | {"variance": sum(c * (m - middle) ** 2 for c, m, _ in parts) / n}


def unbiased(parts):
    right = merged(parts)
    return right | {"variance": right["variance"] * right["examples"] / (right["examples"] - 1)}


def root(parts):
    return merged(parts) | {"variance": math.sqrt(merged(parts)["variance"])}


MERGED = Written(
    "scaling-out/merged",
    right=(merged, lambda parts: tuple(merged(parts).values())),
    mistakes={
        "all processes alike": Ways(alike, plain_means),
        "only within": only_within,
        "only between": only_between,
        "divided by one less": unbiased,
        "the root of it": root,
    },
    unlisted=(
        lambda parts: merged(parts) | {"examples": len(parts)},
        lambda parts: merged(parts) | {"mean": max(part[1] for part in parts)},
    ),
    misshapen=(lambda parts: 3.0, lambda parts: {"mean": 0.0}, lambda parts: "all"),
    stub=merged_stub,
)


def rows_stub(order, batch_size, rank, size):
    raise NotImplementedError("One list of row numbers for each batch.")


def strided(order, batch_size, rank, size):
    return [batch[rank::size] for batch in cut(order, batch_size)]


def blocks(order, batch_size, rank, size):
    parts = [np.array_split(batch, size)[rank] for batch in cut(order, batch_size)]
    return [part.tolist() for part in parts]


def whole_batches(order, batch_size, rank, size):
    return cut(order, batch_size)[rank::size]


def without_empty(order, batch_size, rank, size):
    return [rows for rows in strided(order, batch_size, rank, size) if rows]


def everything(order, batch_size, rank, size):
    return cut(order, batch_size)


def filled_up(order, batch_size, rank, size):
    """Divide the epoch, and begin anew where rows are missing."""
    filled = order + order[: -len(order) % size]
    return cut(filled[rank::size], batch_size // size)


def dropped(order, batch_size, rank, size):
    return [
        batch[rank * (len(batch) // size) :][: len(batch) // size]
        for batch in cut(order, batch_size)
    ]


def of_the_epoch(order, batch_size, rank, size):
    """Let each process read its own stretch of the epoch, in as many batches as there are."""
    count = len(cut(order, batch_size))
    own = np.array_split(order, size)[rank]
    return [part.tolist() for part in np.array_split(own, count)]


def rest_to_the_last(order, batch_size, rank, size):
    given = []
    for batch in cut(order, batch_size):
        each = len(batch) // size
        last = len(batch) if rank == size - 1 else (rank + 1) * each
        given.append(batch[rank * each : last])
    return given


ROWS = Written(
    "scaling-out/rows",
    right=(strided, blocks),
    mistakes={
        "not all take part": Ways(whole_batches, without_empty),
        "rows read twice": Ways(everything, filled_up),
        "rows left out": dropped,
        "other batches": of_the_epoch,
        "unfair parts": rest_to_the_last,
    },
    unlisted=(),
    misshapen=(
        lambda order, batch_size, rank, size: order,
        lambda order, batch_size, rank, size: 3,
        lambda order, batch_size, rank, size: [["a"]],
    ),
    stub=rows_stub,
)


def least_batch_stub(size, alone, each, all_reduce, efficiency):
    raise NotImplementedError("The smallest batch with that efficiency, a whole number.")


def efficiency_of(batch, size, alone, each, all_reduce):
    return (alone + each * batch) / size / (alone + each * batch / size + all_reduce)


def searched(size, alone, each, all_reduce, efficiency):
    batch = 1
    while efficiency_of(batch, size, alone, each, all_reduce) < efficiency:
        batch += 1
    return batch


def all_divided(size, alone, each, all_reduce, efficiency):
    batch = 1
    while (alone + each * batch) / (alone + each * batch + size * all_reduce) < efficiency:
        batch += 1
    return batch


def own_part(size, alone, each, all_reduce, efficiency):
    part = 1
    while efficiency_of(part * size, size, alone, each, all_reduce) < efficiency:
        part += 1
    return part


def network_in_one(size, alone, each, all_reduce, efficiency):
    batch = 1
    while (alone + each * batch + all_reduce) / size / (
        alone + each * batch / size + all_reduce
    ) < efficiency:
        batch += 1
    return batch


LEAST_BATCH = Written(
    "scaling-out/least-batch",
    right=(searched, lambda *given: float(searched(*given))),
    mistakes={
        "rounded down": lambda *given: searched(*given) - 1,
        "no network": lambda size, alone, each, all_reduce, efficiency: searched(
            size, alone, each, 0.0, efficiency
        ),
        "all of it divided": all_divided,
        "of one process": own_part,
        "one process with a network": network_in_one,
    },
    unlisted=(lambda *given: 32, lambda *given: 2 * searched(*given)),
    misshapen=(lambda *given: "large", lambda *given: [1, 2]),
    stub=least_batch_stub,
)

ALL = (PADDING, MERGED, ROWS, LEAST_BATCH)
