"""Readers' answers on what a step costs, rows, one product, counted tricks, a profile."""

import math

import numpy as np

from asctools.numpy_lstm import cell
from tests.book.mistakes.written import Ways, Written


def costs_stub():
    raise NotImplementedError("Write down three numbers.")


def costs(products=3162112, megabytes=12.3, epsilon=0.00565):
    return {"products": products, "megabytes": megabytes, "epsilon": epsilon}


def measured_costs():
    """Count by running, and look for the best step by trying many."""
    w = cell.Gates(*(np.zeros(shape, np.float32) for shape in 4 * ((128, 193), (128,))))
    products = sum(2 * 32 * W.size for W in w[::2]) // 2
    run = cell.forward(w, np.zeros((32, 5, 65), np.float32))
    per_step = {
        id(part): part.nbytes
        for step in run.steps[1:]
        for part in (step.c_prev, step.f, step.i, step.c_tilde, step.o, step.c, step.h)
    }
    kept = sum(per_step.values()) - run.steps[0].c.nbytes + 4 * 32 * 193 * 4
    tried = np.geomspace(1e-4, 1, 4001)
    best = tried[np.argmin(tried**2 / 6 + 6e-8 / tried)]
    return products, kept / 4 * 100 / 1e6, best


COSTS = Written(
    "lstm-in-numpy/costs",
    right=(costs, measured_costs, costs(epsilon=5.65e-3, megabytes=12.31)),
    mistakes={
        "one gate": costs(products=32 * 128 * 193),
        "one sequence": costs(products=4 * 128 * 193, megabytes=1.0),
        "h alone": Ways(costs(products=4 * 32 * 128 * 128), costs(products=32 * 512 * 129)),
        "c twice": costs(megabytes=100 * 32 * (193 + 7 * 128) * 4 / 1e6),
        "eight bytes": Ways(costs(megabytes=24.6), costs(megabytes=27.9, epsilon=1.0)),
        "one step kept": Ways(costs(megabytes=0.123), costs(megabytes=0.139)),
        "other units": Ways(costs(megabytes=12300800), costs(megabytes=12301)),
        "epsilon for float64": Ways(costs(epsilon=6.9e-6), costs(epsilon=1e-5)),
        "square root": Ways(costs(epsilon=math.sqrt(6e-8)), costs(epsilon=4.24e-4)),
        "parts made equal": costs(epsilon=(6 * 6e-8) ** (1 / 3)),
    },
    unlisted=(
        costs(products=3162112 + 3 * 32 * 128),
        costs(megabytes=1.3),
        costs(epsilon=0.1),
    ),
    misshapen=(3162112, (1.0, 2.0), {"products": 1}, "many", lambda x: x),
    stub=costs_stub,
)


def fused_stub(w):
    raise NotImplementedError("Stack four gates.")


def fused(w, order="ifco", axis=0):
    n = len(w.b_f)
    W = np.concatenate([getattr(w, "W_" + gate) for gate in order])
    return W[:, n:], W[:, :n], np.concatenate([getattr(w, "b_" + gate) for gate in order])


def fused_unit_by_unit(w):
    W, b = [], []
    for unit in range(len(w.b_f)):
        for gate in "ifco":
            W.append(getattr(w, "W_" + gate)[unit])
            b.append(getattr(w, "b_" + gate)[unit])
    n = len(w.b_f)
    return np.array(W)[:, n:], np.array(W)[:, :n], np.array(b)


def fused_from_the_other_side(w):
    W = np.concatenate((w.W_i, w.W_f, w.W_c, w.W_o))
    inputs = W.shape[1] - len(w.b_f)
    return W[:, :inputs], W[:, inputs:], fused(w)[2]


def fused_transposed(w):
    ih, hh, b = fused(w)
    return ih.T, hh.T, b


def fused_exchanged(w):
    ih, hh, b = fused(w)
    return hh, ih, b


FUSED = Written(
    "lstm-in-numpy/fused-rows",
    right=(fused, cell.to_fused, lambda w: [part.tolist() for part in fused(w)]),
    mistakes={
        "order of this book": lambda w: fused(w, "fico"),
        "candidate last": lambda w: fused(w, "ifoc"),
        "candidate second": lambda w: fused(w, "icfo"),
        "transposed": Ways(fused_transposed, stage="shape"),
        "ih and hh exchanged": Ways(fused_exchanged, stage="shape"),
        "cut at the wrong column": fused_from_the_other_side,
        "unit by unit": fused_unit_by_unit,
    },
    unlisted=(
        lambda w: fused(w, "ofci"),
        lambda w: (*fused(w)[:2], fused(w)[2] / 2),
        lambda w: (*fused(w, "ifco")[:2], fused(w, "fico")[2]),
    ),
    misshapen=(
        lambda w: fused(w)[:2],
        lambda w: np.concatenate((w.W_i, w.W_f, w.W_c, w.W_o)),
        lambda w: (*fused(w)[:2], fused(w)[2][:, None]),
        lambda: None,
        np.zeros(4),
    ),
    stub=fused_stub,
)


def slopes_stub(delta, outputs, x, h_0):
    raise NotImplementedError("All steps side by side.")


def my_slopes(delta, outputs, x, h_0):
    h = np.concatenate((h_0[:, np.newaxis], outputs), axis=1)[:, :-1]
    rows = delta.reshape(-1, delta.shape[-1])
    h_x = np.concatenate((h, x), axis=-1).reshape(len(rows), -1)
    return rows.T @ h_x, rows.sum(axis=0)


def slopes_in_two_products(delta, outputs, x, h_0):
    h = np.empty_like(outputs)
    h[:, 0], h[:, 1:] = h_0, outputs[:, :-1]
    of_h = np.tensordot(delta, h, axes=((0, 1), (0, 1)))
    of_x = np.tensordot(delta, x, axes=((0, 1), (0, 1)))
    return {"W": np.hstack((of_h, of_x)), "b": delta.sum((0, 1))}


def slopes_by_einsum(delta, outputs, x, h_0):
    h = np.insert(outputs, 0, h_0, axis=1)[:, :-1]
    of_W = np.einsum("btk,btm->km", delta, np.concatenate((h, x), axis=2))
    return of_W, np.einsum("btk->k", delta)


def slopes_days_first(delta, outputs, x, h_0):
    d, h, x = (part.swapaxes(0, 1) for part in (delta, outputs, x))
    h = np.concatenate((h_0[None], h[:-1]))
    d, h, x = (part.reshape(-1, part.shape[2]) for part in (d, h, x))
    return np.hstack((d.T.dot(h), d.T.dot(x))), d.sum(0)


def slopes_by_a_loop(delta, outputs, x, h_0):
    h, W = h_0, 0.0
    for t in range(x.shape[1]):
        W = W + delta[:, t].T @ np.concatenate((h, x[:, t]), axis=1)
        h = outputs[:, t]
    return W, delta.sum(axis=(0, 1))


def slopes_by_dots(delta, outputs, x, h_0):
    h, W = h_0, 0.0
    for t in range(x.shape[1]):
        W = W + np.dot(delta[:, t].T, np.hstack((h, x[:, t])))
        h = outputs[:, t]
    return W, delta.sum(axis=(0, 1))


def slopes_of_today(delta, outputs, x, h_0):
    rows = delta.reshape(-1, delta.shape[-1])
    return rows.T @ np.concatenate((outputs, x), axis=-1).reshape(len(rows), -1), rows.sum(axis=0)


def slopes_rolled(delta, outputs, x, h_0):
    return slopes_of_today(delta, np.roll(outputs, 1, axis=1), x, h_0)


def slopes_x_first(delta, outputs, x, h_0):
    W, b = my_slopes(delta, outputs, x, h_0)
    n = outputs.shape[2]
    return np.hstack((W[:, n:], W[:, :n])), b


def slopes_in_two_orders(delta, outputs, x, h_0):
    turned = np.ascontiguousarray(delta.swapaxes(0, 1)).reshape(delta.shape)
    return my_slopes(turned, outputs, x, h_0)


def divided(number):
    return lambda delta, *rest: [part / number(delta) for part in my_slopes(delta, *rest)]


PRODUCT = Written(
    "lstm-in-numpy/one-product",
    right=(my_slopes, slopes_in_two_products, slopes_by_einsum, slopes_days_first),
    mistakes={
        "today's h": slopes_of_today,
        "h_0 forgotten": lambda delta, outputs, x, h_0: my_slopes(delta, outputs, x, 0 * h_0),
        "last h in front": slopes_rolled,
        "x before h": slopes_x_first,
        "rows in two orders": slopes_in_two_orders,
        "mean over the batch": divided(len),
        "mean over all rows": divided(lambda delta: delta.shape[0] * delta.shape[1]),
        "bias averaged": lambda delta, *rest: (my_slopes(delta, *rest)[0], delta.mean((0, 1))),
    },
    unlisted=(
        lambda delta, *rest: [part.astype(np.float32) for part in my_slopes(delta, *rest)],
        lambda delta, *rest: [-part for part in my_slopes(delta, *rest)],
        lambda delta, outputs, x, h_0: my_slopes(delta, outputs[::-1], x, h_0 + 1),
    ),
    misshapen=(
        slopes_by_a_loop,
        slopes_by_dots,
        lambda *given: my_slopes(*given)[0],
        lambda *given: (my_slopes(*given)[0].T, my_slopes(*given)[1]),
        lambda delta, *rest: (my_slopes(delta, *rest)[0], delta.sum(axis=0)),
        lambda delta, outputs, x: None,
        np.zeros((4, 2)),
    ),
    stub=slopes_stub,
    stage="gradient",
)


def counts_stub():
    raise NotImplementedError("Count products and visits.")


def counts(products=(300, 75, 51), uses=(1, 32, 25, 800), gains=(32, 1, 1)):
    return {"products": products, "uses": uses, "gains": gains}


TRICKS = Written(
    "lstm-in-numpy/tricks",
    right=(counts, tuple(counts().values()), [list(part) for part in counts().values()]),
    mistakes={
        "forward only": counts(products=(100, 25, 25)),
        "one step": Ways(counts(products=(12, 3, 2)), counts(products=(12, 3, 3))),
        "one kind of product on the way back": Ways(
            counts(products=(200, 50, 25)), counts(products=(200, 50, 26))
        ),
        "last product forgotten": counts(products=(300, 75, 50)),
        "batch left out": counts(uses=(1, 1, 25, 25)),
        "all steps counted": counts(uses=(25, 800, 25, 800)),
        "two pairs in another order": counts(uses=(1, 25, 32, 800), gains=(1, 1, 1)),
        "more is better": Ways(counts(gains=(32, 32, 32)), counts(gains=(1, 32, 32))),
        "float32 at one sequence": counts(gains=(1, 1, 1)),
    },
    unlisted=(
        counts(products=(300, 75, 52)),
        counts(uses=(32, 32, 800, 800)),
        counts(gains=(32, 1, 32)),
    ),
    misshapen=((300, 75, 51), counts(uses=(1, 32)), {"products": 1}, "more", lambda x: x),
    stub=counts_stub,
)


def profile_stub():
    raise NotImplementedError("Measure the whole and its parts.")


def profile(*parts, whole=100.0):
    return {"whole": whole, "parts": {f"part {k}": time for k, time in enumerate(parts)}}


OWN_PROFILE = Written(
    "lstm-in-numpy/own-profile",
    right=(
        lambda: profile(40, 20, 15, 10, 8, 6),
        profile(np.float64(25), 20, 15, 10, 10, 10, 5),
        lambda: profile(0.03, 0.03, 0.02, 0.01, 0.01, 0.005, whole=0.1),
    ),
    mistakes={
        "two units of time": Ways(
            profile(40, 20, 15, 10, 8, 6, whole=0.1),
            profile(0.04, 0.02, 0.015, 0.01, 0.008, 0.006),
        ),
        "a hole": profile(30, 20, 10, 8, 4, 2),
        "counted twice": profile(60, 40, 20, 15, 10, 8),
        "one lump": profile(75, 5, 5, 5, 5, 5),
    },
    unlisted=(
        profile(40, 20, 15, 10, 8, 6, whole=100 / 20),
        profile(40, 20, 15, 10, 8, 6, whole=100 * 20),
    ),
    misshapen=(
        profile(50, 50),
        profile(40, 20, 15, 10, 8, -1),
        profile(40, 20, 15, 10, 8, 0),
        {"whole": 1.0},
        {"whole": 1.0, "parts": [0.2] * 6},
        12.0,
        lambda machine: {},
    ),
    stub=profile_stub,
)

ALL = (COSTS, FUSED, PRODUCT, TRICKS, OWN_PROFILE)
