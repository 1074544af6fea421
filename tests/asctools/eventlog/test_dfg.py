"""Directly-follows graphs against counting by hand, and against pm4py's, on logs of every kind."""

import math
import time
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asctools.errors import InputError, UnknownNameError
from asctools.eventlog import dfg, pm4py_bridge

quick = settings(deadline=None, database=None, max_examples=60)

# (trace, iteration, activity, seconds since the event before)
events = st.tuples(
    st.sampled_from(["epoch 1", "epoch 2", "epoch 10"]),
    st.one_of(st.none(), st.integers(1, 4)),
    st.sampled_from("ABC"),
    st.integers(0, 3),
)
logs = st.lists(events, max_size=30)
Rows = list[tuple[str, int | None, str, float]]


def frame_of(rows: Rows) -> pd.DataFrame:
    """Return rows as a table such as read() gives."""
    traces, iterations, names, steps = zip(*rows, strict=True) if rows else ((), (), (), ())
    times = pd.to_datetime(pd.Series(steps, dtype="float").cumsum(), unit="s", utc=True)
    return pd.DataFrame(
        {
            "case:concept:name": pd.Series(traces, dtype="str"),
            "concept:name": pd.Series(names, dtype="str"),
            "time:timestamp": times,
            "iteration": pd.array(iterations, dtype="Int64"),
        }
    )


def by_hand(rows: Rows, per_iteration: bool) -> dfg.DFG:
    """Count one event after another: nothing but dictionaries."""
    arcs: Counter[Any] = Counter()
    activities: Counter[str] = Counter()
    seconds: Counter[Any] = Counter()
    into: Counter[str] = Counter()
    last: dict[Any, tuple[str, float]] = {}
    first: dict[Any, str] = {}
    now = 0.0
    for trace, iteration, name, step in rows:
        now += step
        if per_iteration and iteration is None:
            continue
        case = (trace, iteration) if per_iteration else trace
        activities[name] += 1
        first.setdefault(case, name)
        if case in last:
            before, then = last[case]
            arcs[before, name] += 1
            seconds[before, name] += now - then
            into[name] += now - then
        last[case] = name, now
    ends = Counter(name for name, _ in last.values())
    into = Counter({name: into[name] for name in activities})
    counts = (arcs, Counter(first.values()), ends)
    return dfg.DFG(dict(activities), *map(dict, counts), dict(seconds), dict(into))  # type: ignore[arg-type]


@pytest.mark.equation("eq-dfg")
@quick
@given(rows=logs, per_iteration=st.booleans())
@example(rows=[("epoch 1", 1, "A", 0), ("epoch 1", 1, "B", 2)], per_iteration=True)
def test_the_graph_is_what_counting_by_hand_gives(rows: Rows, per_iteration: bool) -> None:
    found = dfg.discover(frame_of(rows), case="iteration" if per_iteration else "epoch")
    assert found == by_hand(rows, per_iteration)


@quick
@given(rows=logs.filter(bool), case=st.sampled_from(["epoch", "iteration"]), turn=st.randoms())
def test_the_graph_is_pm4pys(rows: Rows, case: str, turn: Any) -> None:
    # Events of the same time stay in the order that they have in the log, whatever that is.
    frame = frame_of(rows)
    frame = frame.loc[sorted(frame.index, key=lambda at: turn.random())]
    ours = dfg.discover(frame, case=case)
    theirs = pm4py_bridge.discover_dfg(frame, case)
    assert ours[:4] == theirs[:4]
    assert ours.seconds == pytest.approx(theirs.seconds)
    assert ours.into == pytest.approx(theirs.into)


def test_arcs_stand_in_order_of_appearance() -> None:
    rows: Rows = [("epoch 1", 1, name, 1) for name in "ABABC"]
    found = dfg.discover(frame_of(rows))
    assert list(found.arcs.items()) == [(("A", "B"), 2), (("B", "A"), 1), (("B", "C"), 1)]
    assert list(found.activities) == ["A", "B", "C"]


def test_a_case_may_be_any_column_or_labels_from_outside() -> None:
    frame = frame_of([("epoch 1", None, name, 1) for name in "ABAB"])
    frame["user"] = ["x", "y", "x", None]
    assert dfg.discover(frame, case="user").arcs == {("A", "A"): 1}
    assert dfg.discover(frame, case="trace") == dfg.discover(frame, case="epoch")
    blocks = pd.Series(range(4)) // 2
    assert dfg.discover(frame, case=blocks).starts == {"A": 2}
    with pytest.raises(InputError, match="3 labels for 4 events"):
        dfg.discover(frame, case=blocks[:3])
    with pytest.raises(UnknownNameError, match=r"'usr'.*Did you mean 'user'"):
        dfg.discover(frame, case="usr")


def test_another_column_can_say_what_happened() -> None:
    frame = frame_of([("epoch 1", None, "A", 1) for _ in range(3)])
    frame["layer"] = pd.array([0, None, 1], dtype="Int64")
    found = dfg.discover(frame, activity="layer")
    assert found.arcs == {("0", "1"): 1}
    assert found.seconds == {("0", "1"): 2.0}


def test_a_log_without_times_has_counts_only() -> None:
    frame = frame_of([("epoch 1", None, name, 1) for name in "BAB"]).drop(columns="time:timestamp")
    found = dfg.discover(frame)
    assert found.arcs == {("B", "A"): 1, ("A", "B"): 1}
    assert found.seconds == found.into == {}


def test_an_event_without_a_time_stands_last_and_takes_none() -> None:
    frame = frame_of([("epoch 1", None, name, 1) for name in "ABC"])
    frame.loc[0, "time:timestamp"] = pd.NaT
    found = dfg.discover(frame)
    assert found.seconds == {("B", "C"): 1.0, ("C", "A"): 0.0}


def test_many_activities_need_no_square_table() -> None:
    n = 20_000
    frame = frame_of([("epoch 1", None, "A", 1)] * n)
    frame["concept:name"] = [f"event {at}" for at in range(n)]
    found = dfg.discover(frame)
    assert len(found.arcs) == n - 1
    assert math.isclose(sum(found.seconds.values()), n - 1)


@quick
@given(rows=logs, case=st.sampled_from(["epoch", "iteration"]))
def test_variants_are_the_runs_of_the_cases(rows: Rows, case: str) -> None:
    runs: dict[Any, tuple[str, ...]] = {}
    for trace, iteration, name, _ in rows:
        if case == "epoch" or iteration is not None:
            key = trace if case == "epoch" else (trace, iteration)
            runs[key] = (*runs.get(key, ()), name)
    found = dfg.variants(frame_of(rows), case=case)
    assert found == Counter(runs.values())
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_it_is_quick() -> None:
    # Half of what the benchmark asks for, since test machines are busy.
    n = 400_000
    frame = frame_of([("epoch 1", 1, name, 1e-3) for name in "ABCAC"])
    frame = frame.loc[[0, 1, 2, 3, 4] * (n // 5)].reset_index(drop=True)
    frame["time:timestamp"] = pd.to_datetime(range(n), unit="ms", utc=True)
    frame["case:concept:name"] = [f"epoch {at * 20 // n}" for at in range(n)]
    best = math.inf
    for _ in range(3):
        begin = time.process_time()
        found = dfg.discover(frame)
        best = min(best, time.process_time() - begin)
    assert sum(found.arcs.values()) == n - 20
    assert n / best > 1.25e6
