"""Readers' answers on what a network costs, on six faults, and on their own cluster."""

from asctools.training.step_cost import all_reduce_seconds, best_size, speed_up
from tests.book.mistakes.written import Ways, Written


def ring_stub():
    raise NotImplementedError("Five numbers: megabytes, all_reduce, step, speed_up, efficiency.")


def of_network(milliseconds):
    step = 12 + milliseconds
    return 0.8, milliseconds, step, 42 / step, 1050 / step


RING = Written(
    "scaling-out/ring",
    right=(
        lambda: (0.8, 10.2, 22.2, 1.89, 47.3),
        of_network(10.2),
        {"megabytes": 0.8, "all_reduce": 10.2, "step": 22.2, "speed_up": 1.9, "efficiency": 47.3},
    ),
    mistakes={
        "the whole gradient each time": of_network(39.0),
        "once around": of_network(5.1),
        "one latency": of_network(9.7),
        "bits for bytes": of_network(1.8),
        "all of it divided": (0.8, 10.2, 20.7, 42 / 20.7, 1050 / 20.7),
        "the network forgotten": (0.8, 10.2, 12.0, 3.5, 87.5),
        "a part of one": (0.8, 10.2, 22.2, 1.89, 0.473),
    },
    unlisted=((0.2, 10.2, 22.2, 1.89, 47.3), (0.8, 10.2, 22.2, 1.89, 94.6), of_network(20.0)),
    misshapen=(1.2, (0.8, 10.2), {"step": 22.2}, "fast", lambda size: size),
    stub=ring_stub,
)


def limit_stub():
    raise NotImplementedError("Four numbers: share, limit, eight, needed.")


def of_share(share):
    needed = next(n for n in range(1, 999) if n * 3 * share + 3 * (1 - share) <= n + 1e-9)
    return share, 1 / share, 1 / (share + (1 - share) / 8), needed


LIMIT = Written(
    "scaling-out/limit",
    right=(
        lambda: (0.25, 4.0, 2.909, 9),
        of_share(0.25),
        {"share": 0.25, "limit": 4, "eight": 32 / 11, "needed": 9},
    ),
    mistakes={
        "what two processes lack": of_share(0.2),
        "the divided share": Ways((0.75, 4.0, 2.909, 9), (0.75, 4 / 3, 1.28, 0)),
        "doubling": (0.25, 4.0, 4.096, 9),
        "in proportion": (0.25, 4.0, 5.2, 9),
        "one too few": (0.25, 4.0, 2.909, 8),
        "no limit": (0.25, float("inf"), 2.909, 9),
    },
    unlisted=((0.25, 4.0, 2.5, 9), (0.25, 4.0, 2.909, 10), (0.4, 2.5, 2.1, 99)),
    misshapen=(0.25, (0.25, 4.0), {"share": 0.25}, "a quarter", lambda size: size),
    stub=limit_stub,
)


def faults_stub():
    raise NotImplementedError("A word for each: ada, ben, cleo, dan, eva, finn.")


NAMES = ("ada", "ben", "cleo", "dan", "eva", "finn")
WORDS = ("same-rows", "both-write", "averaged-score", "left-early", "own-start", "uneven")


def swapped(one, other):
    turn = {one: other, other: one}
    return {name: turn.get(word, word) for name, word in zip(NAMES, WORDS, strict=True)}


FAULTS = Written(
    "scaling-out/faults",
    right=(WORDS, dict(zip(NAMES, WORDS, strict=True)), lambda: list(WORDS)),
    mistakes={
        "faults used twice": Ways(("uneven",) * 6, (*WORDS[:5], "same-rows")),
        "same rows and uneven": swapped("same-rows", "uneven"),
        "own start and same rows": swapped("own-start", "same-rows"),
        "averaged score and uneven": swapped("averaged-score", "uneven"),
        "both write and left early": swapped("both-write", "left-early"),
        "own start and averaged score": swapped("own-start", "averaged-score"),
    },
    unlisted=(swapped("both-write", "uneven"), WORDS[::-1], (*WORDS[1:], WORDS[0])),
    misshapen=(
        WORDS[:5],
        "uneven",
        dict(zip(NAMES[:5], WORDS[:5], strict=True)),
        (*WORDS[:5], "bad luck"),
        7,
    ),
    stub=faults_stub,
)


def cluster_stub():
    raise NotImplementedError("Count the weights and measure a step first.")


WORK = {"alone": 5e-3, "divisible": 2.0}
NETWORK = {"bandwidth": 1.25e9, "latency": 5e-5}


def plan(weights=10_000_000, size=0, **changed):
    """A plan that adds up, but for what is changed."""
    network = NETWORK | {"num_bytes": 4 * weights}
    size = size or best_size(**WORK, **network)
    times = speed_up(size, **WORK, all_reduce=all_reduce_seconds(size, **network))
    found = WORK | NETWORK | {"parameters": weights, "size": size, "speed_up": times}
    return found | changed


OWN_CLUSTER = Written(
    "scaling-out/own-cluster",
    right=(plan(), lambda: plan(1_000_000), plan() | {"name": "the one in the cellar"}),
    mistakes={
        "an impossible number": Ways(plan(alone=0), plan(size=2.5), plan(bandwidth=-1.0)),
        "milliseconds": Ways(plan(latency=0.5), plan(alone=5.0, divisible=2000.0)),
        "does not add up": Ways(plan(speed_up=99.0), plan(bandwidth=1e10)),
        "does not pay": Ways(plan(size=1), plan(400_000_000, size=2)),
        "not the best size": Ways(plan(size=2), plan(size=1000)),
    },
    unlisted=(),
    misshapen=(plan(speed_up="fast"), {"size": 4}, 7, [1, 2], plan(size=True), lambda size: size),
    stub=cluster_stub,
)

ALL = (RING, LIMIT, FAULTS, OWN_CLUSTER)
