"""Readers' answers on the forward step: the pencil's first day, and the step in code."""

import math
from math import exp, tanh

from asctools.scalar import by_hand
from tests.book.mistakes.written import Ways, Written


def sigma(z):
    return 1 / (1 + exp(-z))


NAMES = ("f", "i", "c_tilde", "o", "c", "h")


def day_one_stub():
    raise NotImplementedError("Write down the six numbers of Company B's first day.")


def day_one():
    f, i, o = sigma(1.63 + 1.62), sigma(1.65 + 0.62), sigma(-0.19 + 0.59)
    c_tilde = tanh(0.94 - 0.32)
    c = i * c_tilde
    return {"f": f, "i": i, "c_tilde": c_tilde, "o": o, "c": c, "h": o * tanh(c)}


def day_one_rounded():
    return tuple(round(number, 3) for number in day_one().values())


def day_one_with_three_decimals_on_the_way():
    f, i, o = 0.963, 0.906, 0.599
    c_tilde = 0.551
    c = round(i * c_tilde, 3)
    return [f, i, c_tilde, o, c, round(o * round(tanh(c), 3), 3)]


def day_one_without_biases():
    f, i, o = sigma(1.63), sigma(1.65), sigma(-0.19)
    c_tilde = tanh(0.94)
    c = i * c_tilde
    return f, i, c_tilde, o, c, o * tanh(c)


def day_one_sigmoid_candidate():
    day = day_one()
    day["c_tilde"] = sigma(0.94 - 0.32)
    day["c"] = day["i"] * day["c_tilde"]
    day["h"] = day["o"] * tanh(day["c"])
    return day


def day_one_tanh_gates():
    f, i, o = tanh(1.63 + 1.62), tanh(1.65 + 0.62), tanh(-0.19 + 0.59)
    c_tilde = tanh(0.94 - 0.32)
    c = i * c_tilde
    return dict(zip(NAMES, (f, i, c_tilde, o, c, o * tanh(c)), strict=True))


def day_one_all_written():
    day = day_one()
    day["c"] = day["c_tilde"]
    day["h"] = day["o"] * tanh(day["c"])
    return day


def day_one_no_last_tanh():
    day = day_one()
    return {**day, "h": day["o"] * day["c"]}


def day_one_of_company_a():
    f, i, o = sigma(1.62), sigma(0.62), sigma(0.59)
    c_tilde = tanh(-0.32)
    c = i * c_tilde
    return [round(number, 4) for number in (f, i, c_tilde, o, c, o * tanh(c))]


def day_one_slip():
    return {**day_one(), "o": sigma(0.19 + 0.59)}


DAY_ONE = Written(
    "by-hand/pencil-day-one",
    right=(day_one, day_one_rounded, day_one_with_three_decimals_on_the_way, day_one()),
    mistakes={
        "bias forgotten": day_one_without_biases,
        "sigmoid for the candidate": day_one_sigmoid_candidate,
        "tanh for the gates": day_one_tanh_gates,
        "input gate forgotten": day_one_all_written,
        "tanh before the output gate forgotten": day_one_no_last_tanh,
        "the other company": day_one_of_company_a,
    },
    unlisted=(day_one_slip, {**day_one(), "h": -day_one()["h"]}, (0.9, 0.9, 0.5, 0.6, 0.5, 0.3)),
    misshapen=((0.5, 0.3), 0.28, "0.28", {"f": 0.9}, lambda x: x, [None] * 6),
    stub=day_one_stub,
)


def step_stub(weights, x, c_prev, h_prev):
    raise NotImplementedError("Compute the four gates, then c, then h.")


def gates(w, x, h):
    f = sigma(w.w_fh * h + w.w_fx * x + w.b_f)
    i = sigma(w.w_ih * h + w.w_ix * x + w.b_i)
    c_tilde = tanh(w.w_ch * h + w.w_cx * x + w.b_c)
    o = sigma(w.w_oh * h + w.w_ox * x + w.b_o)
    return f, i, c_tilde, o


def my_step(weights, x, c_prev, h_prev):
    f, i, c_tilde, o = gates(weights, x, h_prev)
    c = f * c_prev + i * c_tilde
    return c, o * tanh(c)


def step_by_index(weights, x, c_prev, h_prev):
    sums = [weights[k] * h_prev + weights[k + 1] * x + weights[k + 2] for k in (0, 3, 6, 9)]
    c = sigma(sums[0]) * c_prev + sigma(sums[1]) * tanh(sums[2])
    return {"c": c, "h": sigma(sums[3]) * tanh(c)}


def step_swapped_gates(weights, x, c_prev, h_prev):
    f, i, c_tilde, o = gates(weights, x, h_prev)
    c = i * c_prev + f * c_tilde
    return c, o * tanh(c)


def step_mixed_weights(weights, x, c_prev, h_prev):
    w = weights
    mixed = by_hand.Weights(w.w_ih, w.w_ix, w.b_i, w.w_fh, w.w_fx, w.b_f, *w[6:])
    day = by_hand.step(mixed, x, c_prev, h_prev)
    return day.c, day.h


def step_no_tanh(weights, x, c_prev, h_prev):
    f, i, c_tilde, o = gates(weights, x, h_prev)
    c = f * c_prev + i * c_tilde
    return c, o * c


def step_sigmoid_candidate(w, x, c_prev, h_prev):
    f, i, _, o = gates(w, x, h_prev)
    c = f * c_prev + i * sigma(w.w_ch * h_prev + w.w_cx * x + w.b_c)
    return c, o * tanh(c)


def step_output_into_c(w, x, c_prev, h_prev):
    f, i, c_tilde, o = gates(w, x, h_prev)
    c = o * (f * c_prev + i * c_tilde)
    return c, tanh(c)


def step_output_twice(w, x, c_prev, h_prev):
    f, i, c_tilde, o = gates(w, x, h_prev)
    c = o * (f * c_prev + i * c_tilde)
    return c, o * tanh(c)


def step_h_first(weights, x, c_prev, h_prev):
    c, h = my_step(weights, x, c_prev, h_prev)
    return h, c


def step_without_h(w, x, c_prev, h_prev):
    f = sigma(w.w_fx * x + w.b_f)
    i = sigma(w.w_ix * x + w.b_i)
    o = sigma(w.w_ox * x + w.b_o)
    c = f * c_prev + i * tanh(w.w_cx * x + w.b_c)
    return c, o * tanh(c)


def step_without_biases(w, x, c_prev, h_prev):
    f = sigma(w.w_fh * h_prev + w.w_fx * x)
    i = sigma(w.w_ih * h_prev + w.w_ix * x)
    o = sigma(w.w_oh * h_prev + w.w_ox * x)
    c = f * c_prev + i * tanh(w.w_ch * h_prev + w.w_cx * x)
    return c, o * tanh(c)


def step_without_forgetting(weights, x, c_prev, h_prev):
    _, i, c_tilde, o = gates(weights, x, h_prev)
    c = c_prev + i * c_tilde
    return c, o * tanh(c)


def step_x_and_h_mixed(w, x, c_prev, h_prev):
    f, i, c_tilde, o = gates(w, h_prev, x)
    c = f * c_prev + i * c_tilde
    return c, o * tanh(c)


def step_c_of_yesterday(weights, x, c_prev, h_prev):
    c, _ = my_step(weights, x, c_prev, h_prev)
    return c, gates(weights, x, h_prev)[3] * tanh(c_prev)


FORWARD_STEP = Written(
    "by-hand/forward-step",
    right=(my_step, step_by_index, by_hand.step),
    mistakes={
        "f and i swapped": Ways(step_swapped_gates, step_mixed_weights),
        "tanh on c missing": step_no_tanh,
        "sigmoid for the candidate": step_sigmoid_candidate,
        "o multiplied into c": Ways(step_output_into_c, step_output_twice),
        "results swapped": step_h_first,
        "h_prev ignored": step_without_h,
        "biases ignored": step_without_biases,
        "nothing forgotten": step_without_forgetting,
    },
    unlisted=(
        step_x_and_h_mixed,
        step_c_of_yesterday,
        lambda weights, x, c_prev, h_prev: (0.0, math.nan),
    ),
    misshapen=(
        lambda weights, x, c_prev, h_prev: my_step(weights, x, c_prev, h_prev)[0],
        lambda weights, x, c_prev, h_prev: None,
        lambda weights, x, c_prev, h_prev: ("c", "h"),
        lambda weights, x: (x, x),
        (0.5, 0.3),
    ),
    stub=step_stub,
)

ALL = (DAY_ONE, FORWARD_STEP)
