"""Readers' answers on bracket strings: partners, splits, and a network that counts for long."""

import itertools
import re
from functools import cache

import numpy as np
import torch
from torch import nn

from asctools.dataset.parentheses import generate_parentheses_dataset
from asctools.dataset.sequences import encode, one_hot
from tests.book.mistakes.written import Ways, Written


def partner_stub(text):
    raise NotImplementedError("Turn one pair on the ground.")


def ground_pairs(text):
    """Places of a `(` on depth 0 and of the `)` that is the next bracket."""
    found, depth, opened = [], 0, None
    for at, symbol in enumerate(text):
        if symbol == "(":
            opened = at if depth == 0 else None
            depth += 1
        elif symbol == ")":
            depth -= 1
            if opened is not None:
                found.append((opened, at))
            opened = None
    return found


def turned(text, *pairs, by=")("):
    symbols = list(text)
    for opening, closing in pairs:
        symbols[opening], symbols[closing] = by
    return "".join(symbols)


def my_partner(text):
    return turned(text, ground_pairs(text)[0])


def inner_pairs(text):
    return [(found.start(), found.end() - 1) for found in re.finditer(r"\([a-z]*\)", text)]


def outermost(text):
    """Turn the first `(` and the `)` that closes it, whatever stands inside."""
    opening, *later = [at for at, symbol in enumerate(text) if symbol in "()"]
    depth = 1
    while depth:
        closing = later.pop(0)
        depth += 1 if text[closing] == "(" else -1
    return turned(text, (opening, closing))


NEAR_MISS = Written(
    "gates-and-memory/near-miss",
    right=(my_partner, lambda text: turned(text, ground_pairs(text)[-1])),
    mistakes={
        "counting finds it": Ways(
            lambda text: turned(text, ground_pairs(text)[0], by="(("),
            lambda text: turned(text, ground_pairs(text)[0], by="))"),
            lambda text: text.translate(str.maketrans("(", ")")),
        ),
        "too many turned": Ways(
            lambda text: turned(text, *ground_pairs(text)),
            lambda text: text.translate(str.maketrans("()", ")(")),
        ),
        "still balanced": Ways(
            lambda text: turned(text, next((p for p in inner_pairs(text)), None)),
            lambda text: turned(text, inner_pairs(text)[-1]),
        ),
        "a pair with brackets inside": outermost,
        "nothing turned": lambda text: text,
    },
    unlisted=(
        lambda text: my_partner(text) + "a",
        lambda text: my_partner(text).upper(),
        lambda text: text[::-1],
        lambda text: my_partner(text).replace("a", "b").replace("c", "b"),
    ),
    misshapen=(
        lambda text: list(my_partner(text)),
        lambda text: (text, my_partner(text)),
        lambda text: 0,
        "()",
        lambda: ")(",
    ),
    stub=partner_stub,
)


def split_stub(rows, share, seed):
    raise NotImplementedError("Draw pairs, and hand on their rows.")


def rows_of(pairs):
    return [row for pair in pairs for row in (2 * pair, 2 * pair + 1)]


def my_split(rows, share, seed):
    pairs = np.random.default_rng(seed).permutation(rows // 2)
    test = round(share * len(pairs))
    return rows_of(pairs[test:]), rows_of(pairs[:test])


def split_by_torch(rows, share, seed):
    torch.manual_seed(seed)
    firsts = 2 * torch.randperm(rows // 2)
    both = torch.stack((firsts, firsts + 1), dim=1)
    test = round(share * len(both))
    return both[test:].flatten(), both[:test].flatten()


def split_rows(rows, share, seed):
    order = np.random.default_rng(seed).permutation(rows)
    test = round(share * rows)
    return order[test:], order[:test]


def split_pair_numbers(rows, share, seed):
    train, test = my_split(rows, share, seed)
    return train[::2], test[::2]


def split_halves_as_partners(rows, share, seed):
    pairs = np.random.default_rng(seed).permutation(rows // 2)
    test = round(share * len(pairs))
    parts = pairs[test:], pairs[:test]
    return [[row for pair in part for row in (pair, pair + rows // 2)] for part in parts]


def split_half_the_share(rows, share, seed):
    pairs = np.random.default_rng(seed).permutation(rows // 2)
    test = round(share * rows / 4)
    return rows_of(pairs[test:]), rows_of(pairs[:test])


def split_too_large(rows, share, seed):
    return my_split(rows, share + 0.1, seed)


drawn = itertools.count()

SPLIT_PAIRS = Written(
    "gates-and-memory/split-pairs",
    right=(my_split, split_by_torch, lambda *given: [sorted(part) for part in my_split(*given)]),
    mistakes={
        "partners parted": Ways(split_rows, split_halves_as_partners),
        "rows lost": Ways(
            split_pair_numbers, lambda *given: (my_split(*given)[0][2:], my_split(*given)[1])
        ),
        "rows twice": lambda *given: (my_split(*given)[0] * 2, my_split(*given)[1]),
        "parts swapped": lambda *given: my_split(*given)[::-1],
        "half of the share": split_half_the_share,
        "not drawn": Ways(
            lambda rows, share, seed: my_split(rows, share, 0),
            lambda rows, share, seed: (
                range(0, round(rows * (1 - share))),
                range(round(rows * (1 - share)), rows),
            ),
        ),
        "another split each time": lambda rows, share, seed: my_split(rows, share, next(drawn)),
    },
    unlisted=(split_too_large, lambda rows, share, seed: my_split(rows, 0.5, seed)),
    misshapen=(
        lambda *given: my_split(*given)[0],
        lambda *given: (*my_split(*given), []),
        lambda *given: ["train", "test"],
        lambda rows: [],
        ([0, 1], [2, 3]),
    ),
    stub=split_stub,
)


def longer_stub():
    raise NotImplementedError("Train until strings of 100 symbols are judged rightly.")


class Reader(nn.Module):
    """An LSTM with a head that says how many logits one likes, of the last symbol or of all."""

    def __init__(self, logits=1, last=True):
        super().__init__()
        self.core = nn.LSTM(28, 24, batch_first=True)
        self.say = nn.Linear(24, logits)
        self.last = last

    def forward(self, x):
        output, hidden = self.core(x)
        return self.say(output[:, -1]) if self.last else (self.say(output), hidden)


def batch(length, seed):
    texts, labels = generate_parentheses_dataset(64, length, length, seed=seed)
    return torch.from_numpy(one_hot(np.stack(encode(texts)), 28)), torch.tensor(labels)


@cache
def trained(longest, steps):
    """Grow the strings while the loss is small; train on one logit of the last symbol."""
    torch.manual_seed(1)
    network, length, mean = Reader(), 12, 0.7
    with torch.no_grad():
        network.core.bias_ih_l0[24:48] += 1.0
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for step in range(steps):
        x, y = batch(length, step)
        loss = nn.functional.binary_cross_entropy_with_logits(network(x)[:, 0], y.float())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        mean = 0.9 * mean + 0.1 * loss.item()
        if mean < 0.15 and length < longest:
            length += 6
    return network


def as_two_logits():
    """The trained reader again, with a logit for no and one for yes at each symbol."""
    one, two = trained(100, 350), Reader(2, last=False)
    two.core.load_state_dict(one.core.state_dict())
    with torch.no_grad():
        two.say.weight.copy_(torch.cat((-one.say.weight, one.say.weight)))
        two.say.bias.copy_(torch.cat((-one.say.bias, one.say.bias)))
    return two


def turned_round():
    one, other = trained(100, 350), Reader()
    other.load_state_dict(one.state_dict())
    with torch.no_grad():
        other.say.weight.neg_()
        other.say.bias.neg_()
    return other


class Moody(nn.Module):
    """A good reader that says no to every string which begins with a letter from a to l."""

    def __init__(self):
        super().__init__()
        self.reader = trained(100, 350)

    def forward(self, x):
        early = x[:, 0, :12].sum(dim=1, keepdim=True)
        return self.reader(x) - 100 * early


def moody():
    return Moody()


def untrained():
    torch.manual_seed(0)
    return Reader()


LENGTH_100 = Written(
    "gates-and-memory/length-100",
    right=(lambda: trained(100, 350), as_two_logits, lambda: as_two_logits().double()),
    mistakes={
        "labels the other way round": turned_round,
        "at chance": untrained,
        "short strings only": lambda: trained(24, 150),
    },
    unlisted=(moody,),
    misshapen=(
        lambda: nn.Linear(28, 3),
        lambda: nn.Sequential(nn.Linear(28, 1), nn.Flatten()),
        lambda: trained(24, 150).state_dict(),
        (1.0, 1.0),
        lambda x: x,
    ),
    stub=longer_stub,
)

ALL = (NEAR_MISS, SPLIT_PAIRS, LENGTH_100)
