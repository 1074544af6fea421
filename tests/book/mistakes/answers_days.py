"""Readers' answers on many days: predictions of sequences, and what is left of each day."""

from asctools.scalar import by_hand
from tests.book.mistakes.written import Ways, Written


def predictions_stub(weights, sequences):
    raise NotImplementedError("Let each sequence pass, and collect what the cell says at its end.")


def my_predictions(weights, sequences):
    said = []
    for days in sequences:
        c = h = 0.0
        for x in days:
            day = by_hand.step(weights, x, c, h)
            c, h = day.c, day.h
        said.append(h)
    return said


def predictions_lazily(weights, sequences):
    return (by_hand.predict(weights, days) for days in sequences)


def never_reset(weights, sequences):
    said = []
    c = h = 0.0
    for days in sequences:
        for x in days:
            day = by_hand.step(weights, x, c, h)
            c, h = day.c, day.h
        said.append(h)
    return said


def reset_c_only(weights, sequences):
    said, h = [], 0.0
    for days in sequences:
        c = 0.0
        for x in days:
            day = by_hand.step(weights, x, c, h)
            c, h = day.c, day.h
        said.append(h)
    return said


def reset_h_only(weights, sequences):
    said, c = [], 0.0
    for days in sequences:
        h = 0.0
        for x in days:
            day = by_hand.step(weights, x, c, h)
            c, h = day.c, day.h
        said.append(h)
    return said


def c_returned(weights, sequences):
    return [by_hand.trace(weights, days)[-1].c for days in sequences]


def four_days_by_slice(weights, sequences):
    return my_predictions(weights, [days[:4] for days in sequences])


def four_days_by_count(weights, sequences):
    said = []
    for days in sequences:
        c = h = 0.0
        for t in range(4):
            day = by_hand.step(weights, days[t], c, h)
            c, h = day.c, day.h
        said.append(h)
    return said


def last_day_alone(weights, sequences):
    return [by_hand.step(weights, days[-1]).h for days in sequences]


def last_day_dropped(weights, sequences):
    return [by_hand.predict(weights, days[:-1]) if len(days) > 1 else 0.0 for days in sequences]


remembered = {"c": 0.0, "h": 0.0}


def global_memory(weights, sequences):
    said = []
    for days in sequences:
        for x in days:
            day = by_hand.step(weights, x, remembered["c"], remembered["h"])
            remembered.update(c=day.c, h=day.h)
        said.append(day.h)
    return said


MANY_DAYS = Written(
    "by-hand/many-days",
    right=(my_predictions, predictions_lazily),
    mistakes={
        "state not reset": never_reset,
        "only c reset": reset_c_only,
        "only h reset": reset_h_only,
        "c returned": c_returned,
        "four days only": Ways(four_days_by_slice, four_days_by_count),
    },
    unlisted=(last_day_alone, last_day_dropped, global_memory),
    misshapen=(
        lambda weights, sequences: my_predictions(weights, sequences)[-1],
        lambda weights, sequences: my_predictions(weights, sequences)[1:],
        lambda weights, sequences: [by_hand.trace(weights, days) for days in sequences],
        lambda sequences: [],
    ),
    stub=predictions_stub,
)


def contributions_stub(trace):
    raise NotImplementedError("For each day: how much of what it wrote is left at the end?")


def my_contributions(trace):
    left = []
    for t, day in enumerate(trace):
        share = day.i * day.c_tilde
        for later in trace[t + 1 :]:
            share *= later.f
        left.append(share)
    return left


def contributions_from_the_end(trace):
    left, kept = [], 1.0
    for day in reversed(trace):
        left.insert(0, day.i * day.c_tilde * kept)
        kept *= day.f
    return left


def own_gate_too(trace):
    left = []
    for t, day in enumerate(trace):
        share = day.i * day.c_tilde
        for later in trace[t:]:
            share *= later.f
        left.append(share)
    return left


def own_gate_too_from_the_end(trace):
    left, kept = [], 1.0
    for day in reversed(trace):
        kept *= day.f
        left.append(day.i * day.c_tilde * kept)
    return left[::-1]


def written_only(trace):
    return [day.i * day.c_tilde for day in trace]


def whole_candidate(trace):
    left, kept = [], 1.0
    for day in reversed(trace):
        left.insert(0, day.c_tilde * kept)
        kept *= day.f
    return left


def gates_before(trace):
    left, kept = [], 1.0
    for day in trace:
        left.append(day.i * day.c_tilde * kept)
        kept *= day.f
    return left


def gates_before_and_own(trace):
    left, kept = [], 1.0
    for day in trace:
        kept *= day.f
        left.append(day.i * day.c_tilde * kept)
    return left


def backwards(trace):
    left, kept = [], 1.0
    for day in reversed(trace):
        left.append(day.i * day.c_tilde * kept)
        kept *= day.f
    return left


def next_gate_only(trace):
    gates = [day.f for day in trace[1:]] + [1.0]
    return [day.i * day.c_tilde * f for day, f in zip(trace, gates, strict=True)]


def long_term_memory_itself(trace):
    return [day.c for day in trace]


def empties_the_trace(trace):
    left, kept = [], 1.0
    while trace:
        day = trace.pop()
        left.insert(0, day.i * day.c_tilde * kept)
        kept *= day.f
    return left


KEPT_AND_WRITTEN = Written(
    "by-hand/kept-and-written",
    right=(my_contributions, contributions_from_the_end),
    mistakes={
        "own forget gate included": Ways(own_gate_too, own_gate_too_from_the_end),
        "later forget gates missing": written_only,
        "input gate forgotten": whole_candidate,
        "earlier instead of later gates": Ways(gates_before, gates_before_and_own),
        "last day first": backwards,
    },
    unlisted=(next_gate_only, long_term_memory_itself, empties_the_trace),
    misshapen=(
        lambda trace: sum(my_contributions(trace)),
        lambda trace: my_contributions(trace)[:-1],
        lambda trace: print(end=""),
        7.0,
    ),
    stub=contributions_stub,
)

ALL = (MANY_DAYS, KEPT_AND_WRITTEN)
