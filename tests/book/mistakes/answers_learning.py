"""Readers' answers on learning: Adam's first step, and slopes by differences."""

import math

import numpy as np

from tests.book.mistakes.written import Ways, Written

W, G, ETA = 0.3367, 0.0037, 0.001


def adam_stub():
    raise NotImplementedError("Compute the weight after Adam's first step.")


def adam_first_step(t=1, root=math.sqrt):
    m = 0.9 * 0 + 0.1 * G
    v = 0.999 * 0 + 0.001 * G**2
    m_hat = m / (1 - 0.9**t)
    v_hat = v / (1 - 0.999**t)
    return W - ETA * m_hat / (root(v_hat) + 1e-8)


def adam_uncorrected():
    m, v = 0.1 * G, 0.001 * G**2
    return W - ETA * m / math.sqrt(v)


def numpy_counts_from_zero():
    with np.errstate(all="ignore"):
        m_hat = np.float64(0.1 * G) / (1 - np.float64(0.9) ** 0)
        v_hat = np.float64(0.001 * G**2) / (1 - np.float64(0.999) ** 0)
        return W - ETA * m_hat / np.sqrt(v_hat)


ADAM = Written(
    "by-hand/first-adam-step",
    right=(lambda: adam_first_step(), 0.3357, round(adam_first_step(), 6), np.float64(0.335700)),
    mistakes={
        "no bias correction": Ways(adam_uncorrected, 0.333538),
        "plain gradient descent": Ways(W - ETA * G, 0.336696),
        "uphill": Ways(0.3377, lambda: W + ETA * G / math.sqrt(G**2)),
        "steps counted from zero": Ways(lambda: adam_first_step(t=0), numpy_counts_from_zero),
        "root forgotten": lambda: W - ETA * G / G**2,
        "one mean corrected, one not": Ways(
            lambda: W - ETA * G / math.sqrt(0.001 * G**2), lambda: W - ETA * 0.1 * G / G
        ),
    },
    unlisted=(0.3367, 0.0037, 0.3347, lambda: adam_first_step(root=abs) + 1),
    misshapen=((0.3357, 0.1), "0.3357", lambda w: w, [[0.3357, 0.3357]]),
    stub=adam_stub,
)


def slopes_stub(f, point, epsilon):
    raise NotImplementedError("Move one coordinate up and down, and divide.")


def my_slopes(f, point, epsilon):
    slopes = []
    for k in range(len(point)):
        up, down = list(point), list(point)
        up[k] += epsilon
        down[k] -= epsilon
        slopes.append((f(up) - f(down)) / (2 * epsilon))
    return slopes


def slopes_with_numpy(f, point, epsilon):
    place = np.array(point)
    rows = epsilon * np.eye(len(point))
    return np.array([(f(place + row) - f(place - row)) / epsilon / 2 for row in rows])


def slopes_in_place_restored(f, point, epsilon):
    slopes = []
    for k, here in enumerate(point):
        point[k] = here + epsilon
        up = f(point)
        point[k] = here - epsilon
        slopes.append((up - f(point)) / (2 * epsilon))
        point[k] = here
    return slopes


def forward_slopes(f, point, epsilon):
    slopes = []
    for k in range(len(point)):
        up = list(point)
        up[k] += epsilon
        slopes.append((f(up) - f(point)) / epsilon)
    return slopes


def backward_slopes(f, point, epsilon):
    slopes = []
    for k in range(len(point)):
        down = list(point)
        down[k] -= epsilon
        slopes.append((f(point) - f(down)) / epsilon)
    return slopes


def divided_by_one_epsilon(f, point, epsilon):
    slopes = []
    for k in range(len(point)):
        up, down = list(point), list(point)
        up[k], down[k] = up[k] + epsilon, down[k] - epsilon
        slopes.append((f(up) - f(down)) / epsilon)
    return slopes


def point_stays_below(f, point, epsilon):
    slopes = []
    for k in range(len(point)):
        point[k] += epsilon
        up = f(point)
        point[k] -= 2 * epsilon
        slopes.append((up - f(point)) / (2 * epsilon))
    return slopes


def copy_stays_above(f, point, epsilon):
    place, slopes = list(point), []
    for k in range(len(place)):
        place[k] -= epsilon
        down = f(place)
        place[k] += 2 * epsilon
        slopes.append((f(place) - down) / (2 * epsilon))
    return slopes


def wrong_way_round(f, point, epsilon):
    slopes = []
    for k in range(len(point)):
        up, down = list(point), list(point)
        up[k] += epsilon
        down[k] -= epsilon
        slopes.append((f(down) - f(up)) / (2 * epsilon))
    return slopes


def everything_moves(f, point, epsilon):
    up = [p + epsilon for p in point]
    down = [p - epsilon for p in point]
    return [(f(up) - f(down)) / (2 * epsilon) for _ in point]


def own_epsilon(f, point, epsilon):
    return my_slopes(f, point, 0.3)


def not_divided(f, point, epsilon):
    return [slope * 2 * epsilon for slope in my_slopes(f, point, epsilon)]


def right_but_point_moved(f, point, epsilon):
    slopes = my_slopes(f, point, epsilon)
    point[0] += epsilon
    return slopes


GRADIENT_CHECK = Written(
    "by-hand/gradient-check",
    right=(my_slopes, slopes_with_numpy, slopes_in_place_restored),
    mistakes={
        "one-sided difference": Ways(forward_slopes, backward_slopes),
        "not halved": divided_by_one_epsilon,
        "point left shifted": Ways(point_stays_below, copy_stays_above),
        "sign": wrong_way_round,
        "all coordinates at once": everything_moves,
    },
    unlisted=(own_epsilon, not_divided, right_but_point_moved),
    misshapen=(
        lambda f, point, epsilon: my_slopes(f, point, epsilon)[0],
        lambda f, point, epsilon: dict(enumerate(my_slopes(f, point, epsilon))),
        lambda f, point, epsilon: [*my_slopes(f, point, epsilon), 0.0],
        lambda f, point: [],
    ),
    stub=slopes_stub,
)

ALL = (ADAM, GRADIENT_CHECK)
