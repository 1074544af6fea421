"""Readers' answers on when to stop, and on how to draw."""

import math

import numpy as np

from asctools.numpy_lstm.schedule import Patience
from tests.book.mistakes.written import Ways, Written


def stopping_stub(losses, patience, min_delta):
    raise NotImplementedError("Walk along the losses with a bar and a counter.")


def my_stopping(losses, patience, min_delta):
    bar, best, waited = math.inf, 0, 0
    for look, loss in enumerate(losses):
        if loss < bar - min_delta:
            bar, best, waited = loss, look, 0
        else:
            waited += 1
        if waited == patience:
            break
    return look, best


def stopping_by_the_library(losses, patience, min_delta):
    watch, best = Patience(patience, min_delta), 0
    for look, loss in enumerate(losses):
        if watch.look(loss):
            best = look
        if watch.ended:
            return {"stop": look, "best": best}
    return {"stop": len(losses) - 1, "best": best}


def stopping_without_a_counter(losses, patience, min_delta):
    best = 0
    for look in range(1, len(losses)):
        if losses[look] < losses[best] - min_delta:
            best = look
        if look - best >= patience:
            return look, best
    return len(losses) - 1, best


def stopping_after_more(losses, patience, min_delta):
    best = waited = 0
    for look in range(1, len(losses)):
        if losses[look] < losses[best] - min_delta:
            best, waited = look, 0
        else:
            waited += 1
        if waited > patience:
            return look, best
    return len(losses) - 1, best


def stopping_counting_the_best(losses, patience, min_delta):
    best, waited = 0, 1
    for look in range(1, len(losses)):
        waited += 1
        if losses[look] < losses[best] - min_delta:
            best, waited = look, 1
        elif waited >= patience:
            return look, best
    return len(losses) - 1, best


def stopping_with_bar(next_bar, reset=True):
    def stopping(losses, patience, min_delta):
        bar, best, waited = losses[0], 0, 0
        for look, loss in enumerate(losses[1:], 1):
            better = loss < bar - min_delta
            if better:
                best, waited = look, waited if not reset else 0
            else:
                waited += 1
            bar = next_bar(bar, loss, better)
            if waited >= patience:
                return look, best
        return len(losses) - 1, best

    return stopping


def keeping(which):
    def stopping(losses, patience, min_delta):
        stop, best = my_stopping(losses, patience, min_delta)
        return stop, which(losses, stop, best)

    return stopping


STOPPING = Written(
    "known-entropy/stopping",
    right=(my_stopping, stopping_by_the_library, stopping_without_a_counter),
    mistakes={
        "one look too many": Ways(
            stopping_after_more, lambda losses, p, d: my_stopping(losses, p + 1, d)
        ),
        "one look too few": stopping_counting_the_best,
        "sign of min_delta": lambda losses, p, d: my_stopping(losses, p, -d),
        "min_delta forgotten": lambda losses, p, d: my_stopping(losses, p, 0.0),
        "compared with the look before": stopping_with_bar(lambda bar, loss, better: loss),
        "compared with the first": stopping_with_bar(lambda bar, loss, better: bar),
        "counter not set back": stopping_with_bar(
            lambda bar, loss, better: loss if better else bar, reset=False
        ),
        "last weights kept": keeping(lambda losses, stop, best: stop),
        "looked into the future": keeping(lambda losses, stop, best: losses.index(min(losses))),
        "lowest instead of counted": keeping(
            lambda losses, stop, best: losses.index(min(losses[: stop + 1]))
        ),
        "a loss for a look": keeping(lambda losses, stop, best: losses[best]),
    },
    unlisted=(
        lambda losses, p, d: (my_stopping(losses, p, d)[0] + 1, my_stopping(losses, p, d)[1] + 1),
        lambda losses, p, d: my_stopping(losses, p + 2, d),
        lambda losses, p, d: (len(losses) - 1, 0),
    ),
    misshapen=(
        lambda losses, p, d: my_stopping(losses, p, d)[0],
        lambda losses, p, d: losses[: my_stopping(losses, p, d)[0]],
        lambda losses: (0, 0),
        (1, 2),
    ),
    stub=stopping_stub,
)


def drawing_stub(logits, temperature, top_k):
    raise NotImplementedError("The probabilities of all symbols, as an array.")


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def likeliest(z, k):
    return z >= np.sort(z)[len(z) - k]


def my_probabilities(logits, temperature, top_k):
    z = (logits - logits.max()) / temperature
    z[np.argsort(-z)[top_k:]] = -np.inf
    return np.exp(z) / np.exp(z).sum()


def probabilities_cut_afterwards(logits, temperature, top_k):
    p = softmax(logits / temperature)
    p[~likeliest(logits, top_k)] = 0
    return (p / p.sum()).tolist()


def drawn(bend, stay=likeliest):
    def probabilities(logits, temperature, top_k):
        p = np.where(stay(logits, top_k), bend(logits, temperature), 0.0)
        return p / p.sum()

    return probabilities


def naive(z, temperature, top_k):
    e = np.exp(z / temperature)
    e[~likeliest(z, top_k)] = 0
    return e / e.sum()


def naive_quietly(*given):
    with np.errstate(all="ignore"):
        return naive(*given)


def naive_loudly(*given):
    with np.errstate(all="raise"):
        return naive(*given)


def naive_with_math(z, temperature, top_k):
    e = [math.exp(x / temperature) for x in z]
    kept = [x if stays else 0.0 for x, stays in zip(e, likeliest(z, top_k), strict=True)]
    return [x / sum(kept) for x in kept]


def not_rescaled(z, temperature, top_k):
    return softmax(z / temperature) * likeliest(z, top_k)


def others_at_zero(z, temperature, top_k):
    return softmax(np.where(likeliest(z, top_k), z / temperature, 0))


DRAWING = Written(
    "known-entropy/drawing",
    right=(my_probabilities, probabilities_cut_afterwards),
    mistakes={
        "multiplied": Ways(drawn(lambda z, T: softmax(z * T)), drawn(lambda z, T: softmax(z) ** T)),
        "temperature after the softmax": Ways(
            drawn(lambda z, T: softmax(z) / T),
            lambda z, T, k: softmax(z) / T * likeliest(z, k),
        ),
        "softmax twice": drawn(lambda z, T: softmax(softmax(z) / T)),
        "not rescaled": not_rescaled,
        "logit 0 for the others": others_at_zero,
        "the unlikeliest kept": drawn(
            lambda z, T: softmax(z / T), lambda z, k: np.isin(np.arange(len(z)), np.argsort(z)[:k])
        ),
        "one symbol less": drawn(lambda z, T: softmax(z / T), lambda z, k: z > np.sort(z)[-k]),
        "one symbol more": drawn(
            lambda z, T: softmax(z / T),
            lambda z, k: np.isin(np.arange(len(z)), np.argsort(-z)[: k + 1]),
        ),
        "always the likeliest": lambda z, T, k: np.eye(len(z))[z.argmax()],
        "exp overflows": Ways(naive_quietly, naive_loudly, naive_with_math),
    },
    unlisted=(
        lambda z, T, k: my_probabilities(z, T, len(z)),
        lambda z, T, k: my_probabilities(z, T**2, k),
        lambda z, T, k: np.full(len(z), 1 / len(z)),
    ),
    misshapen=(
        lambda z, T, k: my_probabilities(z, T, k).max(),
        lambda z, T, k: my_probabilities(z, T, k)[None],
        lambda z, T, k: "e",
        lambda z: softmax(z),
        np.ones(6) / 6,
    ),
    stub=drawing_stub,
)


ALL = (STOPPING, DRAWING)
