"""Readers' answers on what a forget gate keeps, on sizes, and on a unit that latches."""

import math

import torch

from tests.book.mistakes.written import Ways, Written


def sigma(z):
    return 1 / (1 + math.exp(-z))


def fifty_stub():
    raise NotImplementedError("Three numbers: left, gate, half_life.")


LEFT, GATE, HALF_LIFE = 0.9**50, 0.5**0.02, math.log(0.5) / math.log(sigma(1.0))


def halving():
    f, c, steps = sigma(1.0), 1.0, 0
    while c * f > 0.5:
        c, steps = c * f, steps + 1
    return steps + math.log(0.5 / c) / math.log(f)


FIFTY_STEPS = Written(
    "gates-and-memory/fifty-steps",
    right=(
        lambda: (LEFT, GATE, HALF_LIFE),
        {"left": 0.00515, "gate": 0.986, "half_life": 2.21},
        lambda: [math.exp(50 * math.log(0.9)), 0.98623, halving()],
    ),
    mistakes={
        "taken off in a straight line": Ways(
            (LEFT, 1 - 0.5 / 50, HALF_LIFE),
            (0.0, 0.99, 2.21),
            (1 - 50 * 0.1, GATE, HALF_LIFE),
        ),
        "one gate more or less": Ways((0.9**49, GATE, HALF_LIFE), (0.9**51, 0.986, 2.213)),
        "what is forgotten": Ways((0.1**50, GATE, HALF_LIFE), (1 - LEFT, GATE, HALF_LIFE)),
        "time constant": Ways(
            (LEFT, GATE, -1 / math.log(sigma(1.0))), (LEFT, GATE, 1 / (1 - sigma(1.0)))
        ),
        "tanh for the gate": (LEFT, GATE, math.log(0.5) / math.log(math.tanh(1))),
    },
    unlisted=((GATE, LEFT, HALF_LIFE), (LEFT, GATE, 50.0), (0.9**5, 0.9, 2.0)),
    misshapen=(LEFT, (LEFT, GATE), "half", {"left": LEFT}, lambda f: f),
    stub=fifty_stub,
)


def bias_stub(steps):
    raise NotImplementedError("Which bias keeps a half for so many steps?")


def logit(f):
    return math.log(f / (1 - f))


def my_bias(steps):
    return logit(0.5 ** (1 / steps))


def bias_by_search(steps):
    low, high = -1.0, 20.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if sigma(middle) ** steps < 0.5 else (low, middle)
    return low


FORGET_BIAS = Written(
    "gates-and-memory/forget-bias",
    right=(
        my_bias,
        bias_by_search,
        lambda steps: torch.special.logit(torch.tensor(0.5).double() ** (1 / steps)),
    ),
    mistakes={
        "gate instead of bias": lambda steps: math.exp(-math.log(2) / steps),
        "sign": lambda steps: math.log(2 ** (1 / steps) - 1),
        "time constant": lambda steps: -math.log(math.exp(1 / steps) - 1),
        "a straight line": lambda steps: math.log(2 * steps - 1),
        "power instead of root": lambda steps: logit(0.5**steps),
    },
    unlisted=(
        lambda steps: math.log(steps / math.log(2)),
        lambda steps: my_bias(steps + 1),
        lambda steps: math.atanh(0.5 ** (1 / steps)),
        lambda steps: float(steps),
    ),
    misshapen=(
        lambda steps: [my_bias(steps)] * steps,
        lambda steps: str(my_bias(steps)),
        my_bias(7),
        lambda: 1.0,
    ),
    stub=bias_stub,
)


def reach_stub(f, share):
    raise NotImplementedError("How many days back is the share still there?")


def my_reach(f, share):
    return (f.flip(0).cumprod(0) >= share).sum(0)


def reach_by_loops(f, share):
    reaches = []
    for unit in f.T.tolist():
        kept, days = 1.0, 0
        for gate in reversed(unit):
            kept *= gate
            if kept < share:
                break
            days += 1
        reaches.append(days)
    return reaches


def reach_counting_today(f, share):
    kept = torch.cat((torch.ones_like(f[:1]), f.flip(0).cumprod(0)))
    return (kept >= share).sum(0)


def reach_without_the_last(f, share):
    return (f[:-1].flip(0).cumprod(0) >= share).sum(0)


def reach_with_one_for_the_last(f, share):
    kept = torch.cat((torch.ones_like(f[:1]), f[:-1].flip(0).cumprod(0)))
    return (kept >= share).sum(0)


def reach_of_the_mean(f, share):
    reaches = []
    for gate in f.mean(0).tolist():
        days = 0
        while days < len(f) and gate ** (days + 1) >= share:
            days += 1
        reaches.append(days)
    return reaches


REACH = Written(
    "gates-and-memory/reach",
    right=(my_reach, reach_by_loops, lambda f, share: my_reach(f, share).numpy()),
    mistakes={
        "from the first day on": lambda f, share: (f.cumprod(0) >= share).sum(0),
        "today counted": reach_counting_today,
        "last gate left out": Ways(reach_without_the_last, reach_with_one_for_the_last),
        "across the units": lambda f, share: (f.flip(0).cumprod(1) >= share).sum(0),
        "each gate alone": lambda f, share: (f >= share).sum(0),
        "mean gate": reach_of_the_mean,
        "days that are lost": lambda f, share: (f.flip(0).cumprod(0) < share).sum(0),
    },
    unlisted=(
        lambda f, share: [max(reach_by_loops(f, share))] * f.shape[1],
        lambda f, share: my_reach(f, 2 * share),
        lambda f, share: my_reach(f, share) - 1,
    ),
    misshapen=(
        lambda f, share: my_reach(f, share).sum(),
        lambda f, share: f.flip(0).cumprod(0) >= share,
        lambda f: my_reach(f, 0.5),
        (1, 2, 3),
    ),
    stub=reach_stub,
)


def latch_stub():
    raise NotImplementedError("Three numbers: h, slope, ten.")


def settled():
    h = math.tanh(3)
    for _ in range(60):
        h = math.tanh(2 * h)
    return h


H = settled()
SLOPE = 2 * (1 - H**2)


def by_pytorch():
    h = start = torch.tensor(H, requires_grad=True)
    for _ in range(10):
        h = torch.tanh(2 * h)
    h.backward()
    return H, SLOPE, start.grad


LATCH = Written(
    "gates-and-memory/latch",
    right=(
        lambda: (H, SLOPE, SLOPE**10),
        by_pytorch,
        {"h": 0.9575, "slope": 0.1664, "ten": 1.6e-8},
    ),
    mistakes={
        "state of rest": (0.0, 2.0, 2.0**10),
        "slope of tanh forgotten": (H, 2.0, 1024.0),
        "weight forgotten": (H, 1 - H**2, (1 - H**2) ** 10),
        "not squared": Ways((H, 2 * (1 - H), (2 - 2 * H) ** 10), (H, 1 - H, (1 - H) ** 10)),
        "right after the pulse": lambda: (
            math.tanh(3),
            2 * (1 - math.tanh(3) ** 2),
            (2 * (1 - math.tanh(3) ** 2)) ** 10,
        ),
        "ten times instead of to the tenth": (H, SLOPE, 10 * SLOPE),
    },
    unlisted=((-H, SLOPE, SLOPE**10), (H, SLOPE, 0.0), (H, SLOPE, SLOPE**9), (1.0, 0.0, 0.0)),
    misshapen=((H, SLOPE), H, "it vanishes", {"h": H, "slope": SLOPE}),
    stub=latch_stub,
)


def sizes_stub():
    raise NotImplementedError("Three whole numbers: ours, torch, units.")


def numbers_of(*shapes):
    return sum(math.prod(shape) for shape in shapes)


def ours():
    return numbers_of(*[(32, 60), (32,)] * 4, (1, 32), (1,))


def counted_by_pytorch():
    gates = [torch.nn.Linear(60, 32) for _ in range(4)] + [torch.nn.Linear(32, 1)]
    ready = [torch.nn.LSTM(28, 32), torch.nn.Linear(32, 1)]
    counts = [
        sum(p.numel() for layer in layers for p in layer.parameters()) for layers in (gates, ready)
    ]
    units = 1
    while (units + 1) * (units + 29) + (units + 1) + (units + 1) + 1 <= counts[0]:
        units += 1
    return (*counts, units)


EQUAL_SIZE = Written(
    "gates-and-memory/equal-size",
    right=(counted_by_pytorch, (7841, 7969, 74), {"units": 74, "torch": 7969, "ours": ours()}),
    mistakes={
        "head forgotten": (7808, 7936, 75),
        "no biases": Ways((7680 + 32, 7969, 74), (7680 + 33, 7969, 74)),
        "same number of biases": (7841, 7841, 74),
        "one gate": Ways((1920 + 32 + 33, 1920 + 64 + 33, 32), (1985, 7969, 32)),
        "four times the units": (7841, 7969, 128),
        "twice the units": (7841, 7969, 64),
        "one unit too many": (7841, 7969, 75),
    },
    unlisted=((7841, 7969, 73), (7969, 7841, 74), (7841, 8000, 74)),
    misshapen=(7841, (7841, 7969), "equal", {"ours": 7841}),
    stub=sizes_stub,
)

ALL = (FIFTY_STEPS, FORGET_BIAS, REACH, LATCH, EQUAL_SIZE)
