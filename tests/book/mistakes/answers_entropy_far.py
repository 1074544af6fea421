"""Readers' answers on where the excess is, and on a far language of their own."""

import math
from functools import cache

import numpy as np

from asctools.dataset.automaton import FAR, KINDS, Alternative
from asctools.dataset.grammar import GRAMMAR, Grammar
from asctools.dataset.sequences import encode_text
from asctools.numpy_lstm.model import CharLSTM
from asctools.numpy_lstm.optim import Adam
from asctools.numpy_lstm.schedule import cosine
from asctools.numpy_lstm.train import train
from tests.book.mistakes.written import Ways, Written


def excess_stub(losses, text):
    raise NotImplementedError("The part of each kind, in nats per character of the text.")


def my_excess(losses, text):
    excess, kinds = losses - GRAMMAR.losses(text)[1:], GRAMMAR.kinds(text)[1:]
    return {kind: excess[kinds == kind].sum() / len(excess) for kind in KINDS}


def excess_by_loops(losses, text):
    parts = dict.fromkeys(KINDS, 0.0)
    true, kinds = GRAMMAR.losses(text), GRAMMAR.kinds(text)
    for at in range(1, len(text)):
        parts[str(kinds[at])] += (losses[at - 1] - true[at]) / (len(text) - 1)
    return parts


def excess_less(truth, place=slice(1, None)):
    def excess(losses, text):
        kinds = GRAMMAR.kinds(text)[place]
        over = losses - truth(text)
        return {kind: over[kinds == kind].sum() / len(over) for kind in KINDS}

    return excess


def excess_within(losses, text):
    excess, kinds = losses - GRAMMAR.losses(text)[1:], GRAMMAR.kinds(text)[1:]
    return {k: excess[kinds == k].mean() if (kinds == k).any() else 0.0 for k in KINDS}


def excess_shares(losses, text):
    parts = my_excess(losses, text)
    return {kind: part / sum(parts.values()) for kind, part in parts.items()}


def scaled(factor):
    return lambda losses, text: {
        kind: factor(len(losses)) * part for kind, part in my_excess(losses, text).items()
    }


EXCESS = Written(
    "known-entropy/excess",
    right=(my_excess, excess_by_loops),
    mistakes={
        "mean of each kind": excess_within,
        "entropy rate taken off": excess_less(lambda text: GRAMMAR.entropy_rate()),
        "mean loss taken off": excess_less(lambda text: GRAMMAR.losses(text)[1:].mean()),
        "entropy instead of loss": excess_less(
            lambda text: GRAMMAR.state_entropies()[GRAMMAR.walk(text)][1:]
        ),
        "one character off": Ways(
            excess_less(lambda text: GRAMMAR.losses(text)[:-1]),
            excess_less(lambda text: GRAMMAR.losses(text)[1:], slice(0, -1)),
            excess_less(lambda text: GRAMMAR.losses(text)[:-1], slice(0, -1)),
        ),
        "nothing taken off": excess_less(lambda text: 0.0),
        "shares of the excess": excess_shares,
        "sums": scaled(lambda count: count),
        "sign": scaled(lambda count: -1),
    },
    unlisted=(
        scaled(lambda count: count / (count + 1)),
        scaled(lambda count: 1 / math.log(2)),
        lambda losses, text: dict.fromkeys(KINDS, 0.01),
    ),
    misshapen=(
        lambda *given: sum(my_excess(*given).values()),
        lambda *given: {
            kind: part for kind, part in my_excess(*given).items() if kind != "far agreement"
        },
        lambda *given: list(my_excess(*given).values()),
        lambda losses: {},
        {"fixed": 0.0},
    ),
    stub=excess_stub,
)


def own_stub():
    raise NotImplementedError("A grammar with a long way, and a model that was trained on it.")


def far_language():
    one = Alternative("the ringer", " ", 0.5, "one")
    phases = {"start": [one, one._replace(ending="s ", then="many")]}
    for number, end in (("one", "s.\n"), ("many", ".\n")):
        on = Alternative("very ", "", 0.8, number)
        phases[number] = [on, Alternative("pull", end, 0.2, "start", FAR)]
    return Grammar(phases, "start")


FAR_LANGUAGE = far_language()
SYMBOLS = FAR_LANGUAGE.vocabulary


@cache
def learnt():
    text = encode_text(FAR_LANGUAGE.sample(64 * 16 * 800 + 64, seed=3), SYMBOLS)
    model = CharLSTM(len(SYMBOLS), 32, seed=3)
    rates = cosine(0.02, 800, warm_up=20)
    train(model, text, Adam(0.02), schedule=rates, batch_size=64, time_steps=16)
    return model


def far_loss(model):
    text = FAR_LANGUAGE.sample(10_000, seed=4)
    x = encode_text(text, SYMBOLS)[None]
    losses, _ = model.losses(x[:, :-1], x[:, 1:])
    return losses[0][FAR_LANGUAGE.kinds(text)[1:] == FAR].mean()


def with_head(model, W_hy, b_y):
    other = CharLSTM(len(SYMBOLS), model.hidden_size)
    for name, w in model.parameters.items():
        other.parameters[name][...] = w
    other.parameters["W_hy"][...] = W_hy
    other.parameters["b_y"][...] = b_y
    return other


def coin():
    """A model that always says: an s or a full stop, each with a half."""
    two = np.array([8.0 if symbol in "s." else 0.0 for symbol in SYMBOLS])
    return FAR_LANGUAGE, with_head(CharLSTM(len(SYMBOLS), 8, seed=0), 0.0, two)


def half_learnt():
    """The trained model, with its head so weak that it is unsure where it should not be."""
    model, weak, strong = learnt(), 0.0, 1.0
    W_hy, b_y = model.parameters["W_hy"], model.parameters["b_y"]
    for _ in range(12):
        share = (weak + strong) / 2
        loss = far_loss(with_head(model, share * W_hy, share * b_y))
        weak, strong = (share, strong) if loss > 0.25 else (weak, share)
    return FAR_LANGUAGE, with_head(model, share * W_hy, share * b_y)


def broken():
    return FAR_LANGUAGE, with_head(learnt(), np.nan, 0.0)


OWN_LANGUAGE = Written(
    "known-entropy/own-language",
    right=(lambda: (FAR_LANGUAGE, learnt()), lambda: [FAR_LANGUAGE, learnt()]),
    mistakes={
        "not far enough": (GRAMMAR, CharLSTM(len(GRAMMAR.vocabulary), 32, seed=0)),
        "too many units": Ways(
            (FAR_LANGUAGE, CharLSTM(len(SYMBOLS), 33, seed=0)),
            (FAR_LANGUAGE, CharLSTM(len(SYMBOLS), 20, 2, seed=0)),
        ),
        "no better than a coin": coin,
        "surely wrong": (FAR_LANGUAGE, CharLSTM(len(SYMBOLS), 32, seed=0)),
        "learnt in part": half_learnt,
    },
    unlisted=(broken,),
    misshapen=(
        FAR_LANGUAGE,
        lambda: (learnt(), FAR_LANGUAGE),
        lambda: (FAR_LANGUAGE, learnt(), 60),
        (FAR_LANGUAGE, CharLSTM(21, 32, seed=0)),
        "far",
        lambda gap: (FAR_LANGUAGE, learnt()),
    ),
    stub=own_stub,
)

ALL = (EXCESS, OWN_LANGUAGE)
