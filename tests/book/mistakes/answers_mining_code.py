"""Readers' answers on seconds, a rule for every loop, and the cheapest alignment."""

from functools import cache
from itertools import pairwise

import numpy as np

from tests.book.mistakes.written import Ways, Written

CASE, NAME, TIME = "case:epoch", "concept:name", "time:timestamp"


def seconds_stub(log):
    raise NotImplementedError("The seconds of each activity, as a dict.")


def my_seconds(log):
    took = log.groupby(CASE)[TIME].diff().dt.total_seconds().fillna(0.0)
    return took.groupby(log[NAME]).sum().to_dict()


def seconds_in_a_loop(log, charged=1, scale=1.0, among=lambda event: event[0]):
    found, last = dict.fromkeys(log[NAME], 0.0), {}
    for event in zip(log[CASE], log[NAME], log[TIME], strict=True):
        key = among(event)
        if key in last:
            found[(last[key], event)[charged][1]] += (
                scale * (event[2] - last[key][2]).total_seconds()
            )
        last[key] = event
    return found


def looping(**options):
    return lambda log: seconds_in_a_loop(log, **options)


def seconds_since_the_start(log):
    first = log.groupby(CASE)[TIME].transform("first")
    return (log[TIME] - first).dt.total_seconds().groupby(log[NAME]).sum().to_dict()


def mean_seconds(log):
    took = log.groupby(CASE)[TIME].diff().dt.total_seconds()
    return took.groupby(log[NAME]).mean().fillna(0.0).to_dict()


SECONDS = Written(
    "mining/seconds",
    right=(my_seconds, seconds_in_a_loop),
    mistakes={
        "charged to the beginning": looping(charged=0),
        "across cases": looping(among=lambda event: "all"),
        "since the beginning": seconds_since_the_start,
        "from one to the next of its kind": looping(among=lambda event: event[:2]),
        "means": mean_seconds,
        "another unit": Ways(looping(scale=1e3), looping(scale=1e6)),
    },
    unlisted=(
        looping(scale=2.0),
        lambda log: dict.fromkeys(log[NAME], 0.0),
        lambda log: {name: -value for name, value in my_seconds(log).items()},
    ),
    misshapen=(
        lambda log: sum(my_seconds(log).values()),
        lambda log: {k: v for k, v in my_seconds(log).items() if k != "ForwardPass"},
        lambda log: log.groupby(CASE)[TIME].diff().groupby(log[NAME]).sum().to_dict(),
        lambda: {},
        {"ForwardPass": 1.0},
    ),
    stub=seconds_stub,
)


def cleared_stub(names):
    raise NotImplementedError("The places of the backward passes that break the rule.")


def my_rule(names):
    used, broken = False, []
    for k, name in enumerate(names):
        if name == "WeightsUpdate":
            used = True
        elif name == "ZeroGrad":
            used = False
        elif name == "BackwardPass" and used:
            broken.append(k)
    return broken


def last_of(names, k, *wanted):
    return next((name for name in reversed(names[:k]) if name in wanted), None)


def rule_by_looking_back(names):
    return [
        k
        for k, name in enumerate(names)
        if name == "BackwardPass"
        and last_of(names, k, "ZeroGrad", "WeightsUpdate") == "WeightsUpdate"
    ]


def accusing(test):
    return lambda names: [
        k for k, name in enumerate(names) if name == "BackwardPass" and test(names, k)
    ]


def before_the_forward(names, k):
    forward = max((j for j in range(k) if names[j] == "ForwardPass"), default=0)
    return forward == 0 or names[forward - 1] != "ZeroGrad"


def updates(names):
    found = []
    for k in my_rule(names):
        found += [max(j for j in range(k) if names[j] == "WeightsUpdate")]
    return sorted(set(found))


CLEARED = Written(
    "mining/cleared",
    right=(my_rule, rule_by_looking_back, lambda names: tuple(my_rule(names))),
    mistakes={
        "the first pass": Ways(
            accusing(lambda n, k: last_of(n, k, "ZeroGrad", "WeightsUpdate") != "ZeroGrad"),
            stage="shape",
        ),
        "before the forward pass": Ways(accusing(before_the_forward), stage="shape"),
        "each pass its own": Ways(
            accusing(lambda n, k: last_of(n, k, "ZeroGrad", "BackwardPass") == "BackwardPass"),
            stage="shape",
        ),
        "cleared once and for all": Ways(
            accusing(lambda n, k: "ZeroGrad" not in n[:k] and "WeightsUpdate" in n[:k]),
            stage="shape",
        ),
        "the updates": Ways(updates, stage="shape"),
        "only the first after an update": Ways(
            accusing(
                lambda n, k: (
                    last_of(n, k, "ZeroGrad", "WeightsUpdate", "BackwardPass") == "WeightsUpdate"
                )
            ),
            stage="shape",
        ),
    },
    unlisted=(
        lambda names: [k + 1 for k in my_rule(names)],
        lambda names: my_rule(names)[::-1] or [],
    ),
    misshapen=(
        lambda names: len(my_rule(names)),
        lambda names: [],
        lambda names: bool(my_rule(names)),
        lambda: [],
        [1],
    ),
    stub=cleared_stub,
)


def cheapest_stub(case, run, extra, missing):
    raise NotImplementedError("The cost of the cheapest alignment.")


def my_cost(case, run, extra, missing):
    @cache
    def cost(i, j):
        if i == len(case) or j == len(run):
            return (len(case) - i) * extra + (len(run) - j) * missing
        best = min(cost(i + 1, j) + extra, cost(i, j + 1) + missing)
        return min(best, cost(i + 1, j + 1)) if case[i] == run[j] else best

    return cost(0, 0)


def common(case, run, alike=lambda a, b: a == b):
    table = np.zeros((len(case) + 1, len(run) + 1), int)
    for i, a in enumerate(case):
        for j, b in enumerate(run):
            table[i + 1, j + 1] = max(table[i, j] + alike(a, b), table[i, j + 1], table[i + 1, j])
    return table[-1, -1]


def cost_of(matched):
    return lambda case, run, extra, missing: (
        (len(case) - matched(case, run)) * extra + (len(run) - matched(case, run)) * missing
    )


def cost_with(replace=None, left=1, top=1):
    def cost(case, run, extra, missing):
        D = np.zeros((len(case) + 1, len(run) + 1))
        D[:, 0] = left * extra * np.arange(len(case) + 1)
        D[0] = top * missing * np.arange(len(run) + 1)
        for i in range(1, len(case) + 1):
            for j in range(1, len(run) + 1):
                D[i, j] = min(D[i - 1, j] + extra, D[i, j - 1] + missing)
                if case[i - 1] == run[j - 1]:
                    D[i, j] = min(D[i, j], D[i - 1, j - 1])
                elif replace:
                    D[i, j] = min(D[i, j], D[i - 1, j - 1] + replace(extra, missing))
        return D[-1, -1]

    return cost


def first_that_fits(case, run):
    matched, rest = 0, list(run)
    for event in case:
        if event in rest:
            matched, rest = matched + 1, rest[rest.index(event) + 1 :]
    return matched


def as_bags(case, run):
    return sum(min(list(case).count(name), list(run).count(name)) for name in set(case))


CHEAPEST = Written(
    "mining/cheapest",
    right=(my_cost, cost_of(common), cost_with()),
    mistakes={
        "prices for each other": lambda case, run, extra, missing: my_cost(
            case, run, missing, extra
        ),
        "prices forgotten": lambda case, run, extra, missing: my_cost(case, run, 1, 1),
        "replaced": Ways(cost_with(lambda extra, missing: 1.0), cost_with(max), cost_with(min)),
        "edges for nothing": Ways(cost_with(left=0, top=0), cost_with(left=0), cost_with(top=0)),
        "the first that fits": cost_of(first_that_fits),
        "place by place": cost_of(
            lambda case, run: sum(a == b for a, b in zip(case, run, strict=False))
        ),
        "without order": cost_of(as_bags),
    },
    unlisted=(
        lambda *given: my_cost(*given) + 1,
        lambda case, run, extra, missing: my_cost(case[::-1], run, extra, missing) + 0.5,
        lambda case, run, extra, missing: len(list(pairwise(case))),
    ),
    misshapen=(
        lambda *given: [my_cost(*given)],
        lambda *given: str(my_cost(*given)),
        lambda case, run: 0.0,
        3.0,
    ),
    stub=cheapest_stub,
)

ALL = (SECONDS, CLEARED, CHEAPEST)
