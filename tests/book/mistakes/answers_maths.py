"""Readers' answers to the exercises of the refresher."""

import math
from math import exp

import numpy as np

from asctools.scalar import by_hand
from tests.book.mistakes.written import Ways, Written


def values_stub():
    raise NotImplementedError("Write down σ(0), σ(2), σ(−2) and the slope at 0.")


def sigma(z):
    return 1 / (1 + exp(-z))


VALUES = Written(
    "maths/sigmoid-by-hand",
    right=(
        lambda: (sigma(0), sigma(2), sigma(-2), sigma(0) * (1 - sigma(0))),
        (0.5, 0.881, 0.119, 0.25),
        np.array([0.5, 0.8808, 0.1192, 0.25]),
    ),
    mistakes={
        "sign of the exponent": lambda: (0.5, 1 / (1 + exp(2)), 1 / (1 + exp(-2)), 0.25),
        "slope instead of value": (0.5, 0.8808, 0.1192, 0.5),
        "slope of tanh": (0.5, 0.8808, 0.1192, 1.0),
        "tanh": Ways(
            lambda: (math.tanh(0), math.tanh(2), math.tanh(-2), 1.0), (0, 0.964, -0.964, 0.25)
        ),
    },
    unlisted=((0.5, 0.135, 0.865, 0.25), (0.5, 0.88, 0.13, 0.25), (1.0, 0.8808, 0.1192, 0.25)),
    misshapen=((0.5, 0.8808, 0.1192), 0.5, {"at_0": 0.5}, lambda z: z),
    stub=values_stub,
)


def sigmoid_stub(z):
    raise NotImplementedError("Write σ so that it works for any z.")


def my_sigmoid(z):
    if z < 0:
        return exp(z) / (1 + exp(z))
    return 1 / (1 + exp(-z))


def sigmoid_by_tanh(z):
    return 0.5 * (1 + math.tanh(z / 2))


def sigmoid_by_abs(z):
    small = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + small), small / (1 + small))


def sigmoid_clipped(z):
    return sigma(max(-20.0, min(20.0, z)))


def sigmoid_always_positive(z):
    return 1 / (1 + exp(-abs(z)))


STABLE = Written(
    "maths/stable-sigmoid",
    right=(my_sigmoid, sigmoid_by_tanh, sigmoid_by_abs, by_hand.sigmoid),
    mistakes={
        "overflow below zero": Ways(sigma, lambda z: 1 / (1 + np.exp(-z))),
        "overflow above zero": Ways(
            lambda z: exp(z) / (1 + exp(z)), lambda z: np.exp(z) / (np.exp(z) + 1)
        ),
        "clipped too early": Ways(
            sigmoid_clipped, lambda z: 1.0 if z > 9 else 0.0 if z < -9 else sigma(z)
        ),
        "sign of z lost": sigmoid_always_positive,
    },
    unlisted=(math.tanh, lambda z: exp(-abs(z)), lambda z: my_sigmoid(2 * z)),
    misshapen=(
        lambda z: (my_sigmoid(z), 1.0),
        lambda z: None,
        lambda z: "0.5",
        lambda: 0.5,
        0.5,
    ),
    stub=sigmoid_stub,
)


def tanh_stub(z):
    raise NotImplementedError("Make tanh out of σ.")


TANH = Written(
    "maths/tanh-from-sigmoid",
    right=(lambda z: 2 * sigma(2 * z) - 1, lambda z: sigma(2 * z) - sigma(-2 * z)),
    mistakes={
        "z not doubled": lambda z: 2 * sigma(z) - 1,
        "range not doubled": Ways(
            lambda z: sigma(2 * z), lambda z: sigma(2 * z) - 1, lambda z: sigma(2 * z) - 0.5
        ),
        "not moved down": Ways(lambda z: 2 * sigma(2 * z), lambda z: 2 * sigma(z)),
    },
    unlisted=(sigma, lambda z: 2 * sigma(z / 2) - 1, lambda z: 1 - 2 * sigma(2 * z)),
    misshapen=(lambda z: [sigma(z), sigma(-z)], lambda z: None, math.tanh(1.0)),
    stub=tanh_stub,
)


def chain_stub(w, x, b, y):
    raise NotImplementedError("Compute the loss and its slope along w.")


def my_loss_and_slope(w, x, b, y):
    a = sigma(w * x + b)
    return (a - y) ** 2, 2 * (a - y) * a * (1 - a) * x


def slope_along_b(w, x, b, y):
    a = sigma(w * x + b)
    return (a - y) ** 2, 2 * (a - y) * a * (1 - a)


def slope_without_two(w, x, b, y):
    a = sigma(w * x + b)
    return (a - y) ** 2, (a - y) * a * (1 - a) * x


def slope_without_sigmoid(w, x, b, y):
    a = sigma(w * x + b)
    return (a - y) ** 2, 2 * (a - y) * x


def slope_at_z(w, x, b, y):
    z = w * x + b
    a = sigma(z)
    return (a - y) ** 2, 2 * (a - y) * z * (1 - z) * x


def slope_turned(w, x, b, y):
    a = sigma(w * x + b)
    return (y - a) ** 2, 2 * (y - a) * a * (1 - a) * x


def slope_times_w(w, x, b, y):
    a = sigma(w * x + b)
    return (a - y) ** 2, 2 * (a - y) * a * (1 - a) * w


def loss_not_squared(w, x, b, y):
    return abs(sigma(w * x + b) - y), my_loss_and_slope(w, x, b, y)[1]


CHAIN = Written(
    "maths/chain-rule",
    right=(my_loss_and_slope,),
    mistakes={
        "inner derivative forgotten": slope_along_b,
        "factor 2 forgotten": slope_without_two,
        "slope of the sigmoid forgotten": slope_without_sigmoid,
        "slope of the sigmoid taken at z": slope_at_z,
        "sign": slope_turned,
    },
    unlisted=(slope_times_w, loss_not_squared),
    misshapen=(
        lambda w, x, b, y: my_loss_and_slope(w, x, b, y)[1],
        lambda w, x, b, y: {"loss": 0.1},
        lambda w, x: (w, x),
        (0.1, 0.2),
    ),
    stub=chain_stub,
    stage="gradient",
)

ALL = (VALUES, STABLE, TANH, CHAIN)
