"""Directly-follows graphs for the tests of drawing: a healthy training's, and any from words."""

from itertools import pairwise

from asctools.eventlog.dfg import DFG


def graph_of(*cases: str, seconds: float = 0.001) -> DFG:
    """Count the steps of cases that are written as words with spaces; each step takes as long."""
    activities, arcs, starts, ends = {}, {}, {}, {}
    for case in cases:
        names = case.split()
        for name in names:
            activities[name] = activities.get(name, 0) + 1
        for arc in pairwise(names):
            arcs[arc] = arcs.get(arc, 0) + 1
        starts[names[0]] = starts.get(names[0], 0) + 1
        ends[names[-1]] = ends.get(names[-1], 0) + 1
    times = {arc: n * seconds for arc, n in arcs.items()} if seconds else {}
    into = dict.fromkeys(activities, 0.0) if seconds else {}
    for (_, b), spent in times.items():
        into[b] += spent
    return DFG(activities, arcs, starts, ends, times, into)


CORE = "ZeroGrad ForwardPass BackwardPass WeightsUpdate"
CLIPPED = "ZeroGrad ForwardPass BackwardPass GradientClipping WeightsUpdate"
LOOK = "ModeChange Validation ModeChange EarlyStoppingCheck"
EPOCH = " ".join(
    ["EpochStart", "ModeChange", *[CORE] * 20, *[CLIPPED] * 3, LOOK, *[CORE] * 20, LOOK, "EpochEnd"]
)
GATES = "ForgetGate InputGate CandidateGate OutputGate"
SLOPES = " ".join(f"{name}Gradient" for name in GATES.split())
GATE_CASE = " ".join(["ForwardPass", *[GATES] * 5, "BackwardPass", *[SLOPES] * 5, "WeightsUpdate"])


def training() -> DFG:
    """Return the graph of a training of six epochs, as the loop of the course logs it."""
    return graph_of(*[EPOCH] * 6)


def gates() -> DFG:
    """Return the graph of two iterations with their gates."""
    return graph_of(GATE_CASE, GATE_CASE)
