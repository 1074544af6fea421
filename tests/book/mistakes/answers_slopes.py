"""Readers' answers on backpropagation through time for the output gate."""

from math import tanh

import numpy as np

from asctools.scalar import by_hand
from tests.book.mistakes.written import Ways, Written


def output_slopes_stub(weights, days, target):
    raise NotImplementedError("Go back day by day and add up the three slopes.")


def back(w, day, delta_h, delta_c, delta_o):
    """One day further back, for answers that differ in delta_o alone."""
    delta_c += delta_h * day.o * (1 - tanh(day.c) ** 2)
    delta_f = delta_c * day.c_prev * day.f * (1 - day.f)
    delta_i = delta_c * day.c_tilde * day.i * (1 - day.i)
    delta_ct = delta_c * day.i * (1 - day.c_tilde**2)
    delta_h = w.w_fh * delta_f + w.w_ih * delta_i + w.w_ch * delta_ct + w.w_oh * delta_o
    return delta_h, delta_c * day.f


def my_output_slopes(weights, days, target):
    past = by_hand.trace(weights, days)
    delta_h, delta_c = 2 * (past[-1].h - target), 0.0
    w_oh = w_ox = b_o = 0.0
    for day in reversed(past):
        delta_o = delta_h * tanh(day.c) * day.o * (1 - day.o)
        w_oh += delta_o * day.h_prev
        w_ox += delta_o * day.x
        b_o += delta_o
        delta_h, delta_c = back(weights, day, delta_h, delta_c, delta_o)
    return w_oh, w_ox, b_o


def last_three_of_twelve(weights, days, target):
    return by_hand.gradients(weights, days, target)[9:]


def measured_slopes(weights, days, target):
    slopes = by_hand.numerical_gradients(weights, days, target, 1e-5)
    return np.array([slopes.w_oh, slopes.w_ox, slopes.b_o])


def last_day_only(weights, days, target):
    day = by_hand.trace(weights, days)[-1]
    delta_o = 2 * (day.h - target) * tanh(day.c) * day.o * (1 - day.o)
    return delta_o * day.h_prev, delta_o * day.x, delta_o


def half(weights, days, target):
    past = by_hand.trace(weights, days)
    delta_h, delta_c = past[-1].h - target, 0.0
    slopes = [0.0, 0.0, 0.0]
    for day in reversed(past):
        delta_o = delta_h * tanh(day.c) * day.o * (1 - day.o)
        slopes = [
            slopes[0] + delta_o * day.h_prev,
            slopes[1] + delta_o * day.x,
            slopes[2] + delta_o,
        ]
        delta_h, delta_c = back(weights, day, delta_h, delta_c, delta_o)
    return slopes


def no_sigmoid_slope(weights, days, target):
    past = by_hand.trace(weights, days)
    delta_h, delta_c = 2 * (past[-1].h - target), 0.0
    slopes = np.zeros(3)
    for day in reversed(past):
        delta_o = delta_h * tanh(day.c)
        slopes += delta_o * np.array([day.h_prev, day.x, 1.0])
        delta_h, delta_c = back(weights, day, delta_h, delta_c, delta_o)
    return slopes


def no_tanh_of_c(weights, days, target):
    past = by_hand.trace(weights, days)
    delta_h, delta_c = 2 * (past[-1].h - target), 0.0
    slopes = np.zeros(3)
    for day in reversed(past):
        delta_o = delta_h * day.o * (1 - day.o)
        slopes += delta_o * np.array([day.h_prev, day.x, 1.0])
        delta_h, delta_c = back(weights, day, delta_h, delta_c, delta_o)
    return slopes


def c_for_tanh_of_c(weights, days, target):
    past = by_hand.trace(weights, days)
    delta_h, delta_c = 2 * (past[-1].h - target), 0.0
    slopes = np.zeros(3)
    for day in reversed(past):
        delta_o = delta_h * day.c * day.o * (1 - day.o)
        slopes += delta_o * np.array([day.h_prev, day.x, 1.0])
        delta_h, delta_c = back(weights, day, delta_h, delta_c, delta_o)
    return slopes


def c_forgotten_over_night(weights, days, target):
    past = by_hand.trace(weights, days)
    delta_h = 2 * (past[-1].h - target)
    slopes = np.zeros(3)
    for day in reversed(past):
        delta_o = delta_h * tanh(day.c) * day.o * (1 - day.o)
        slopes += delta_o * np.array([day.h_prev, day.x, 1.0])
        delta_h, _ = back(weights, day, delta_h, 0.0, delta_o)
    return slopes


def alphabetical(weights, days, target):
    w_oh, w_ox, b_o = my_output_slopes(weights, days, target)
    return w_ox, w_oh, b_o


def uphill(weights, days, target):
    return tuple(-slope for slope in my_output_slopes(weights, days, target))


def through_the_output_gate_only(weights, days, target):
    past = by_hand.trace(weights, days)
    delta_h = 2 * (past[-1].h - target)
    slopes = np.zeros(3)
    for day in reversed(past):
        delta_o = delta_h * tanh(day.c) * day.o * (1 - day.o)
        slopes += delta_o * np.array([day.h_prev, day.x, 1.0])
        delta_h = weights.w_oh * delta_o
    return slopes


SLOPES = Written(
    "by-hand/output-gate-gradient",
    right=(my_output_slopes, last_three_of_twelve, by_hand.gradients, measured_slopes),
    mistakes={
        "last day only": last_day_only,
        "factor 2 missing": half,
        "slope of the sigmoid missing": no_sigmoid_slope,
        "tanh of c missing": Ways(no_tanh_of_c, c_for_tanh_of_c),
        "long-term path missing": c_forgotten_over_night,
        "first two swapped": alphabetical,
    },
    unlisted=(uphill, through_the_output_gate_only),
    misshapen=(
        lambda weights, days, target: my_output_slopes(weights, days, target)[0],
        lambda weights, days, target: list(my_output_slopes(weights, days, target))[:2],
        lambda weights, days, target: {"w_ox": 1.0, "b_o": 2.0},
        my_output_slopes(by_hand.POCKET, (0.5,), 1.0),
    ),
    stub=output_slopes_stub,
    stage="gradient",
)

ALL = (SLOPES,)
