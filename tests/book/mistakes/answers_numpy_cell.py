"""Readers' answers on the cell in NumPy: a batch forward, a step back, peepholes."""

from types import SimpleNamespace

import numpy as np

from asctools.numpy_lstm import cell
from tests.book.mistakes.written import Ways, Written


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def run_stub(w, x, state):
    raise NotImplementedError("Let all steps pass.")


def step(w, x, h, c):
    h_x = np.hstack((h, x))
    f = sigmoid(h_x @ w.W_f.T + w.b_f)
    i = sigmoid(h_x @ w.W_i.T + w.b_i)
    c_tilde = np.tanh(h_x @ w.W_c.T + w.b_c)
    o = sigmoid(h_x @ w.W_o.T + w.b_o)
    c = f * c + i * c_tilde
    return o * np.tanh(c), c


def start(w, x, state):
    return (np.zeros((len(x), len(w.b_f))),) * 2 if state is None else state


def my_run(w, x, state, one=step, begin=start):
    h, c = begin(w, x, state)
    outputs = np.empty((*x.shape[:2], len(w.b_f)))
    for t in range(x.shape[1]):
        h, c = one(w, x[:, t], h, c)
        outputs[:, t] = h
    return outputs, (h, c)


def run_by_library(w, x, state):
    run = cell.forward(w, x, state)
    return {"outputs": run.outputs.tolist(), "state": {"c": run.state[1], "h": run.state[0]}}


def run_in_two(w, x, state):
    first, state = my_run(w, x[:, :2], state)
    if x.shape[1] <= 2:
        return [first, list(state)]
    second, state = my_run(w, x[:, 2:], state)
    return [np.concatenate((first, second), axis=1), list(state)]


def only_h(w, x, state):
    h, c = start(w, x, state)
    return h, np.zeros_like(c)


def step_x_first(w, x, h, c):
    x_h = np.hstack((x, h))
    f, i = sigmoid(x_h @ w.W_f.T + w.b_f), sigmoid(x_h @ w.W_i.T + w.b_i)
    c = f * c + i * np.tanh(x_h @ w.W_c.T + w.b_c)
    return sigmoid(x_h @ w.W_o.T + w.b_o) * np.tanh(c), c


def step_swapped(w, x, h, c):
    return step(w._replace(W_f=w.W_i, b_f=w.b_i, W_i=w.W_f, b_i=w.b_f), x, h, c)


def step_without_bias(w, x, h, c):
    return step(w._replace(b_f=0, b_i=0, b_c=0, b_o=0), x, h, c)


def output_gate(w, x, h):
    return sigmoid(np.hstack((h, x)) @ w.W_o.T + w.b_o)


def step_without_tanh(w, x, h, c):
    o = output_gate(w, x, h)
    _, c = step(w, x, h, c)
    return o * c, c


def step_showing_the_old(w, x, h, c):
    return output_gate(w, x, h) * np.tanh(c), step(w, x, h, c)[1]


def step_all_sigmoid(w, x, h, c):
    h_x = np.hstack((h, x))
    f, i, c_tilde, o = (
        sigmoid(h_x @ W.T + b)
        for W, b in ((w.W_f, w.b_f), (w.W_i, w.b_i), (w.W_c, w.b_c), (w.W_o, w.b_o))
    )
    c = f * c + i * c_tilde
    return o * np.tanh(c), c


def run_with_first_state(w, x, state):
    outputs, _ = my_run(w, x, state)
    return outputs, my_run(w, x[:, :1], state)[1]


def step_in_a_hurry(w, x, h, c):
    """Open the output gate by today's h of a first attempt."""
    h_new, c_new = step(w, x, h, c)
    return output_gate(w, x, h_new) * np.tanh(c_new), c_new


FORWARD = Written(
    "lstm-in-numpy/forward",
    right=(my_run, run_by_library, run_in_two),
    mistakes={
        "state not taken": lambda w, x, state: my_run(w, x, None),
        "c not taken": lambda w, x, state: my_run(w, x, state, begin=only_h),
        "h and c swapped in the state": lambda w, x, state: my_run(w, x, state and state[::-1]),
        "x before h": lambda w, x, state: my_run(w, x, state, step_x_first),
        "f and i swapped": lambda w, x, state: my_run(w, x, state, step_swapped),
        "bias forgotten": lambda w, x, state: my_run(w, x, state, step_without_bias),
        "last tanh forgotten": lambda w, x, state: my_run(w, x, state, step_without_tanh),
        "yesterday's c shown": lambda w, x, state: my_run(w, x, state, step_showing_the_old),
        "sigmoid for the candidate": lambda w, x, state: my_run(w, x, state, step_all_sigmoid),
        "first state returned": run_with_first_state,
    },
    unlisted=(
        lambda w, x, state: my_run(w, x, state, step_in_a_hurry),
        lambda w, x, state: my_run(w, x[:, ::-1] + 0.1, state),
        lambda w, x, state: my_run(w._replace(W_o=w.W_f), x, state),
    ),
    misshapen=(
        lambda w, x, state: my_run(w, x, state)[0],
        lambda w, x, state: (my_run(w, x, state)[0][:, :, None], my_run(w, x, state)[1]),
        lambda w, x, state: (my_run(w, x, state)[0][:, -1], my_run(w, x, state)[1]),
        lambda w, x: None,
        np.zeros((1, 1, 1)),
    ),
    stub=run_stub,
)


def back_stub(w, s, delta_h, grad_c):
    raise NotImplementedError("Walk back through one step.")


def my_back(w, s, delta_h, grad_c):
    t = np.tanh(s.c)
    d_o = delta_h * t * s.o * (1 - s.o)
    d_c = grad_c + delta_h * s.o * (1 - t**2)
    d_f = d_c * s.c_prev * s.f * (1 - s.f)
    d_i = d_c * s.c_tilde * s.i * (1 - s.i)
    d_z = d_c * s.i * (1 - s.c_tilde**2)
    slopes = cell.Gates(
        d_f.T @ s.h_x, d_f.sum(0), d_i.T @ s.h_x, d_i.sum(0),
        d_z.T @ s.h_x, d_z.sum(0), d_o.T @ s.h_x, d_o.sum(0),
    )  # fmt: skip
    both = d_f @ w.W_f + d_i @ w.W_i + d_z @ w.W_c + d_o @ w.W_o
    n = s.h.shape[1]
    return slopes, both[:, n:], both[:, :n], d_c * s.f


def back_by_library(w, s, delta_h, grad_c):
    n = s.h.shape[1]
    step = cell.step(w, s.h_x[:, n:], s.h_x[:, :n], s.c_prev)
    found = cell.step_back(w, step, delta_h, grad_c)
    return {
        "slopes": found.gradients._asdict(),
        "grad_h": found.grad_h_prev,
        "grad_x": found.grad_x,
        "grad_c": found.grad_c_prev,
    }


def back_by_complex_steps(w, s, delta_h, grad_c):
    """Measure every slope; nothing of the derivation is used."""
    n = s.h.shape[1]

    def loss(v):
        gates = cell.Gates(**{name: v[name] for name in cell.Gates._fields})
        one = cell.step(gates, v["x"], v["h"], v["c"])
        return (delta_h * one.h + grad_c * one.c).sum()

    places = w._asdict() | {"h": s.h_x[:, :n], "x": s.h_x[:, n:], "c": s.c_prev}
    lifted = {name: part.astype(complex) for name, part in places.items()}
    slopes = {name: np.zeros(part.shape) for name, part in places.items()}
    for name, part in lifted.items():
        for place in np.ndindex(part.shape):
            part[place] += 1e-40j
            slopes[name][place] = loss(lifted).imag / 1e-40
            part[place] = part[place].real
    of_state = [slopes.pop(name) for name in ("x", "h", "c")]
    return [list(slopes.values()), *of_state]


def back_with(**changes):
    """Walk back with one line changed; it may use all that stands before it."""

    def back(w, s, delta_h, grad_c):
        v = SimpleNamespace(**s._asdict(), dh=delta_h, gc=grad_c, t=np.tanh(s.c))
        lines = {
            "d_c": lambda v: v.gc + v.dh * v.o * (1 - v.t**2),
            "d_f": lambda v: v.d_c * v.c_prev * v.f * (1 - v.f),
            "d_i": lambda v: v.d_c * v.c_tilde * v.i * (1 - v.i),
            "d_z": lambda v: v.d_c * v.i * (1 - v.c_tilde**2),
            "d_o": lambda v: v.dh * v.t * v.o * (1 - v.o),
            "back": lambda v: v.d_c * v.f,
            "b": lambda d: d.sum(axis=0),
            "W": lambda d, h_x: d.T @ h_x,
        } | changes
        for name in ("d_c", "d_f", "d_i", "d_z", "d_o", "back"):
            setattr(v, name, lines[name](v))
        deltas = (v.d_f, v.d_i, v.d_z, v.d_o)
        slopes = [g for d in deltas for g in (lines["W"](d, s.h_x), lines["b"](d))]
        both = sum(d @ W for d, W in zip(deltas, w[::2], strict=True))
        n = s.h.shape[1]
        return slopes, both[:, n:], both[:, :n], v.back

    return back


def back_cut_wrongly(w, s, delta_h, grad_c):
    slopes, x, h, c = my_back(w, s, delta_h, grad_c)
    both, inputs = np.hstack((h, x)), x.shape[1]
    return slopes, both[:, :inputs], both[:, inputs:], c


def back_h_before_x(w, s, delta_h, grad_c):
    slopes, x, h, c = my_back(w, s, delta_h, grad_c)
    return slopes, h, x, c


BACKWARD = Written(
    "lstm-in-numpy/backward",
    right=(my_back, back_by_library, back_by_complex_steps, back_with()),
    mistakes={
        "next day's slope of c dropped": back_with(d_c=lambda v: v.dh * v.o * (1 - v.t**2)),
        "slope of tanh missing": back_with(d_c=lambda v: v.gc + v.dh * v.o),
        "output gate missing": back_with(d_c=lambda v: v.gc + v.dh * (1 - v.t**2)),
        "no slope from h to c": back_with(d_c=lambda v: v.gc),
        "bias not summed": Ways(
            back_with(b=lambda d: d), back_with(b=lambda d: d.sum(0)[None]), stage="shape"
        ),
        "bias averaged": back_with(b=lambda d: d.mean(axis=0)),
        "slope of the sigmoid missing": back_with(
            d_f=lambda v: v.d_c * v.c_prev,
            d_i=lambda v: v.d_c * v.c_tilde,
            d_o=lambda v: v.dh * v.t,
        ),
        "sigmoid's slope for the candidate": back_with(
            d_z=lambda v: v.d_c * v.i * v.c_tilde * (1 - v.c_tilde)
        ),
        "f and i swapped": back_with(
            d_f=lambda v: v.d_c * v.c_tilde * v.i * (1 - v.i),
            d_i=lambda v: v.d_c * v.c_prev * v.f * (1 - v.f),
        ),
        "forget gate missing on the way to yesterday": back_with(back=lambda v: v.d_c),
        "cut at the wrong place": back_cut_wrongly,
        "h before x": Ways(back_h_before_x, stage="shape"),
    },
    unlisted=(
        back_with(d_i=lambda v: v.d_c * v.c_tilde),
        back_with(d_c=lambda v: v.gc + v.dh * v.o * (1 - v.c**2)),
        back_with(W=lambda d, h_x: d.T @ h_x / len(d)),
        back_with(d_o=lambda v: v.dh * v.c * v.o * (1 - v.o)),
    ),
    misshapen=(
        lambda *given: my_back(*given)[0],
        lambda *given: (my_back(*given)[0][:4], *my_back(*given)[1:]),
        back_with(W=lambda d, h_x: h_x.T @ d),
        back_with(b=lambda d: d.sum()[None, None]),
        lambda w, s: None,
    ),
    stub=back_stub,
    stage="gradient",
)


def peephole_stub(p, s, delta_h, grad_c):
    raise NotImplementedError("Three arrows leave c.")


def my_peepholes(p, s, delta_h, grad_c):
    t = np.tanh(s.c)
    d_o = delta_h * t * s.o * (1 - s.o)
    d_c = grad_c + delta_h * s.o * (1 - t**2) + d_o * p.p_o
    d_f = d_c * s.c_prev * s.f * (1 - s.f)
    d_i = d_c * s.c_tilde * s.i * (1 - s.i)
    d_z = d_c * s.i * (1 - s.c_tilde**2)
    of_p = [(d_f * s.c_prev).sum(0), (d_i * s.c_prev).sum(0), (d_o * s.c).sum(0)]
    return (d_f, d_i, d_z, d_o), of_p, d_c * s.f + p.p_f * d_f + p.p_i * d_i


def peepholes_by_complex_steps(p, s, delta_h, grad_c):
    """Take the sums back from the gates, and wiggle everything."""
    logit = lambda gate: np.log(gate / (1 - gate))  # noqa: E731
    at = {
        "f": logit(s.f) - p.p_f * s.c_prev,
        "i": logit(s.i) - p.p_i * s.c_prev,
        "c_tilde": np.arctanh(s.c_tilde),
        "o": logit(s.o) - p.p_o * s.c,
        **p._asdict(),
        "c": s.c_prev,
    }

    def loss(v):
        f, i = sigmoid(v["f"] + v["p_f"] * v["c"]), sigmoid(v["i"] + v["p_i"] * v["c"])
        c = f * v["c"] + i * np.tanh(v["c_tilde"])
        h = sigmoid(v["o"] + v["p_o"] * c) * np.tanh(c)
        return (delta_h * h + grad_c * c).sum()

    slopes = {name: np.zeros(part.shape) for name, part in at.items()}
    lifted = {name: part.astype(complex) for name, part in at.items()}
    for name, part in lifted.items():
        for place in np.ndindex(part.shape):
            part[place] += 1e-40j
            slopes[name][place] = loss(lifted).imag / 1e-40
            part[place] = part[place].real
    return {
        "deltas": {name: slopes[name] for name in ("f", "i", "c_tilde", "o")},
        "peepholes": {name: slopes[name] for name in ("p_f", "p_i", "p_o")},
        "grad_c": slopes["c"],
    }


def without_o(p):
    return p._replace(p_o=0 * p.p_o)


def o_blind(p, s, delta_h, grad_c):
    return my_peepholes(without_o(p), s, delta_h, grad_c)


def to_yesterday(change):
    def back(p, s, delta_h, grad_c):
        deltas, of_p, so_far = my_peepholes(p, s, delta_h, grad_c)
        return deltas, of_p, so_far + change(p, *deltas)

    return back


def o_to_yesterday(p, s, delta_h, grad_c):
    deltas, of_p, grad_c = o_blind(p, s, delta_h, grad_c)
    return deltas, of_p, grad_c + deltas[3] * p.p_o


def slopes_of_p(make):
    def back(p, s, delta_h, grad_c):
        deltas, _, grad_c = my_peepholes(p, s, delta_h, grad_c)
        return deltas, make(s, *deltas), grad_c

    return back


def what_they_saw(s, f, i, z, o):
    return f * s.c_prev, i * s.c_prev, o * s.c


PEEPHOLE = Written(
    "lstm-in-numpy/peephole-back",
    right=(my_peepholes, peepholes_by_complex_steps),
    mistakes={
        "c not seen by o": o_blind,
        "peepholes to yesterday forgotten": to_yesterday(
            lambda p, f, i, z, o: -f * p.p_f - i * p.p_i
        ),
        "one of two peepholes": Ways(
            to_yesterday(lambda p, f, i, z, o: -f * p.p_f),
            to_yesterday(lambda p, f, i, z, o: -i * p.p_i),
        ),
        "peephole of o to yesterday": Ways(
            o_to_yesterday, to_yesterday(lambda p, f, i, z, o: o * p.p_o)
        ),
        "old c for p_o": slopes_of_p(
            lambda s, f, i, z, o: [(d * s.c_prev).sum(0) for d in (f, i, o)]
        ),
        "new c for p_f and p_i": slopes_of_p(
            lambda s, f, i, z, o: [(d * s.c).sum(0) for d in (f, i, o)]
        ),
        "peepholes not summed": Ways(
            slopes_of_p(what_they_saw),
            slopes_of_p(lambda *v: [part.sum(0)[None] for part in what_they_saw(*v)]),
            stage="shape",
        ),
        "peepholes averaged": slopes_of_p(lambda *v: [part.mean(0) for part in what_they_saw(*v)]),
    },
    unlisted=(
        to_yesterday(lambda p, f, i, z, o: f * p.p_f),
        slopes_of_p(lambda s, f, i, z, o: [d.sum(0) for d in (f, i, o)]),
        lambda p, s, delta_h, grad_c: my_peepholes(p, s, delta_h, 0 * grad_c),
    ),
    misshapen=(
        lambda *given: my_peepholes(*given)[0],
        lambda *given: (my_peepholes(*given)[0][:3], *my_peepholes(*given)[1:]),
        lambda *given: (*my_peepholes(*given), None),
        lambda p, s: None,
        np.zeros(3),
    ),
    stub=peephole_stub,
    stage="gradient",
)

ALL = (FORWARD, BACKWARD, PEEPHOLE)
