"""What the writer accepts comes back exact: through our reader, through lxml, through pm4py."""

import itertools
import math
import re
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from asctools.errors import InputError
from asctools.eventlog import XESLogger, pm4py_bridge, read
from asctools.eventlog.reader import records
from asctools.eventlog.schema import problems
from tests.asctools.eventlog import xes_schema

BEGIN = 1_790_000_000  # seconds since 1970
FIXED = ("concept:name", "time:timestamp", "lifecycle:transition", "seq")

fuzzed = settings(
    deadline=None,
    database=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Any character at all: forbidden ones, quotes, lone surrogates, those beyond the first plane
characters = st.characters(exclude_categories=())
texts = st.text(characters, max_size=20) | st.text(st.sampled_from("\0\x0b\x1f\t\n\r &<>\"'%]"))
numpy_scalars = st.one_of(
    st.floats(width=32).map(np.float32),
    st.floats(width=16).map(np.float16),
    st.floats().map(np.float64),
    st.integers(-(2**63), 2**63 - 1).map(np.int64),
    st.integers(0, 2**64 - 1).map(np.uint64),
    st.integers(-128, 127).map(np.int8),
    st.booleans().map(np.bool_),
    texts.map(np.str_),
    st.floats().map(np.array),
)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63 - 1, -(2**63), 2**63, 10**40, 0.1, 5e-324, 1.7e308, -0.0]),
    st.floats(),
    texts,
    numpy_scalars,
)
keys = st.one_of(
    st.sampled_from(["iteration", "loss", "a.b-c", "org:role", "_", "É", "λ", "case:x", "True"]),
    st.from_regex("[A-Za-z_][A-Za-z0-9_:.-]{0,8}", fullmatch=True),
    texts,
)
attributes = st.dictionaries(keys, values, max_size=5)
logs = st.lists(
    st.tuples(st.sampled_from(["ForwardPass", "%s <é>\n"]) | texts, attributes), max_size=6
)
Events = list[tuple[str, dict[str, Any]]]


def expected(value: Any) -> Any:
    """Return a value as it should come back: written down anew, from the promise of the writer."""
    value = value.item() if isinstance(value, np.generic | np.ndarray) else value
    if isinstance(value, str):
        return re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value)
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return str(value)
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to the last bit; every NaN is one."""
    if isinstance(one, float) and isinstance(other, float):
        nan = math.isnan(one) and math.isnan(other)
        return nan or struct.pack("d", one) == struct.pack("d", other)
    return type(one) is type(other) and bool(one == other)


def write(path: Path, events: Events, metadata: dict[str, Any]) -> Events:
    """Log events, and return those that the writer took, as they should come back."""
    clock = itertools.count(BEGIN * 10**9, 10**6).__next__
    taken: Events = []
    with XESLogger(path, level="weight", metadata=metadata, clock=clock) as log:
        log.trace("epoch 1", epoch=1)
        for name, own in events:
            try:
                log.event(name, **own)
            except InputError:
                continue
            came = {key: expected(value) for key, value in own.items() if value is not None}
            taken.append((expected(name), came))
    return taken


def through_lxml(path: Path) -> list[dict[str, Any]]:
    """Return the events of a log as lxml sees them."""
    kinds: dict[str, Callable[[str], Any]] = {
        "string": str,
        "int": int,
        "float": float,
        "boolean": {"true": True, "false": False}.__getitem__,
        "date": datetime.fromisoformat,
    }
    tree = etree.parse(path, etree.XMLParser(huge_tree=True))
    return [
        {each.get("key"): kinds[etree.QName(each).localname](each.get("value")) for each in event}
        for event in tree.iter("{*}event")
    ]


def through_pm4py(path: Path) -> list[dict[str, Any]]:
    """Return the events of a log as pm4py's iterparse sees them, before they become a table."""
    pm4py_bridge.load()
    from pm4py.objects.log.importer.xes.variants import iterparse

    log = iterparse.apply(str(path), {iterparse.Parameters.SHOW_PROGRESS_BAR: False})
    return [dict(event) for trace in log for event in trace]


def through_us(path: Path) -> list[dict[str, Any]]:
    """Return the events of a log as our reader gives them, one after another."""
    return [event for _, event in records(path)]


@fuzzed
@given(events=logs, metadata=st.dictionaries(st.sampled_from("abcdeH"), values))
def test_what_the_writer_takes_is_valid_and_comes_back_exact(
    tmp_path: Path, events: Events, metadata: dict[str, Any]
) -> None:
    path = tmp_path / "log.xes"
    taken = write(path, events, metadata)
    assert problems(path) == []
    assert xes_schema.complaints(path.read_bytes()) == []
    for reader in (through_us, through_lxml, through_pm4py):
        found = reader(path)
        assert len(found) == len(taken), reader
        for seq, (came, (name, own)) in enumerate(zip(found, taken, strict=True), start=1):
            assert came["concept:name"] == name
            assert came["seq"] == seq
            assert came["lifecycle:transition"] == "complete"
            assert came["time:timestamp"].utcoffset() == timedelta(0)
            rest = {key: value for key, value in came.items() if key not in FIXED}
            assert rest.keys() == own.keys(), reader
            assert all(same(rest[key], own[key]) for key in own), (reader, rest, own)


@fuzzed
@given(events=logs, metadata=st.dictionaries(st.sampled_from("abcdeH"), values))
def test_the_table_holds_every_value_exactly(
    tmp_path: Path, events: Events, metadata: dict[str, Any]
) -> None:
    path = tmp_path / "log.xes"
    taken = write(path, events, metadata)
    frame = read(path)
    assert list(frame["concept:name"]) == [name for name, _ in taken]
    for key, value in frame.attrs["log"].items():
        assert same(value, expected(metadata[key]))
    assert frame.attrs["log"].keys() == {
        key for key, value in metadata.items() if value is not None
    }
    for row, (_, own) in enumerate(taken):
        for key, value in own.items():
            column = f"event:{key}" if key.startswith("case:") and key not in frame else key
            cell = frame[column].iloc[row]
            if isinstance(value, float) and math.isnan(value):
                assert np.isnan(cell)
            else:
                assert cell == value
                assert isinstance(value, str) == isinstance(cell, str)
        for key in set(frame.columns) - own.keys() - set(FIXED):
            assert key.startswith("case:") or frame[key].isna().iloc[row]


def test_the_types_of_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    full = {"iteration": 7, "loss": np.float32(0.1), "ok": True, "word": "a\tb\n"}
    write(path, [("ForwardPass", full), ("ForwardPass", full)], {})
    frame = read(path)
    kinds = {"iteration": "int64", "loss": "float64", "ok": "boolean", "word": "str"}
    assert {key: str(frame[key].dtype) for key in kinds} == kinds
    assert str(frame["time:timestamp"].dtype) == "datetime64[us, UTC]"
    assert frame["time:timestamp"].iloc[0] >= datetime.fromtimestamp(BEGIN, UTC)
    assert frame["case:concept:name"].tolist() == ["epoch 1", "epoch 1"]
    assert frame["case:epoch"].tolist() == [1, 1]
    assert list(frame.columns[:3]) == ["case:concept:name", "case:epoch", "concept:name"]

    write(path, [("ForwardPass", full), ("EpochEnd", {})], {})
    gaps = read(path)
    assert str(gaps["iteration"].dtype) == "Int64"
    assert gaps["iteration"].isna().tolist() == [False, True]
    assert gaps["ok"].isna().tolist() == [False, True]


def test_a_long_text_and_a_great_many_digits(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    text = "é<\t\0" * 50_000
    taken = write(path, [("Sampling", {"sample_text": text, "n": 10**400})], {})
    assert problems(path) == []
    (event,) = through_us(path)
    assert event["sample_text"] == taken[0][1]["sample_text"] == "é<\t" * 50_000
    assert event["n"] == "1" + "0" * 400


def test_a_packed_log_is_read_like_a_plain_one(tmp_path: Path) -> None:
    events: Events = [("ForwardPass", {"iteration": at, "loss": 1 / (at + 1)}) for at in range(50)]
    for name in ("plain.xes", "packed.xes.gz"):
        write(tmp_path / name, events, {"H": 32})
    assert (tmp_path / "packed.xes.gz").read_bytes()[:2] == b"\x1f\x8b"
    one, other = read(tmp_path / "plain.xes"), read(tmp_path / "packed.xes.gz")
    assert one.equals(other)
    assert one.attrs == other.attrs == {"log": {"H": 32}}


@pytest.mark.parametrize("key", ["two words", "", "1st", "a/b", "seq", "time:timestamp"])
def test_the_fuzz_meets_keys_that_the_writer_refuses(tmp_path: Path, key: str) -> None:
    assert write(tmp_path / "log.xes", [("ForwardPass", {key: 1})], {}) == []


@fuzzed
@given(name=texts, own=attributes)
def test_what_a_trace_says_comes_back_exact(tmp_path: Path, name: str, own: dict[str, Any]) -> None:
    path = tmp_path / "log.xes"
    with XESLogger(path) as log:
        try:
            log.trace(name, **own)
        except InputError:
            name, own = "epoch 1", {}
            log.trace(name)
        log.event("ForwardPass")
    assert problems(path) == []
    assert xes_schema.complaints(path.read_bytes()) == []
    ((trace, _),) = records(path)
    assert trace.pop("concept:name") == expected(name)
    wanted = {key: expected(value) for key, value in own.items() if value is not None}
    assert trace.keys() == wanted.keys()
    assert all(same(trace[key], wanted[key]) for key in wanted)


@fuzzed
@given(
    names=st.lists(st.sampled_from(["ForgetGate", "InputGate", "%d"]), min_size=1, max_size=4),
    shared=st.dictionaries(st.sampled_from(["iteration", "layer"]), values),
    draw=st.data(),
)
def test_many_events_at_once_are_the_same_as_one_by_one(
    tmp_path: Path, names: list[str], shared: dict[str, Any], draw: st.DataObject
) -> None:
    own = st.lists(st.floats() | values, min_size=len(names), max_size=len(names))
    each = draw.draw(st.dictionaries(st.sampled_from(["mean", "std", "timestep"]), own))
    path = tmp_path / "log.xes"
    with XESLogger(path, level="weight") as log:
        log.events(names, **shared, **each)
    assert problems(path) == []
    found = through_us(path)
    assert [event["concept:name"] for event in found] == names
    for at, event in enumerate(found):
        wanted = shared | {key: value[at] for key, value in each.items()}
        wanted = {key: expected(value) for key, value in wanted.items() if value is not None}
        assert event.keys() - set(FIXED) == wanted.keys()
        assert all(same(event[key], wanted[key]) for key in wanted)
