"""Logs of other tools, broken logs, big logs: what the reader says and what it needs."""

import gzip
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

import asctools
from asctools.errors import InputError
from asctools.eventlog import dfg, read, reader
from asctools.eventlog.reader import records

FOREIGN = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!-- written by nobody we know -->
<x:log xmlns:x="http://www.xes-standard.org/" xes.version="1.0" openxes.version="1.0RC7">
  <x:extension name="Thing" prefix="thing" uri="http://nowhere/thing.xesext"/>
  <x:global scope="event"><x:string key="concept:name" value="__INVALID__"/></x:global>
  <x:classifier name="Event Name" keys="concept:name"/>
  <x:string key="source" value="caf\u00e9"><x:int key="page" value="3"/></x:string>
  <x:trace>
    <x:string key="concept:name" value="A1"/>
    <x:date key="begun" value="2026-01-01T00:00:00.000+03:00"/>
    <x:event>
      <x:date key="time:timestamp" value="2026-01-01T00:00:00.123+03:00"/>
      <x:string key="concept:name" value="register"/>
      <x:string key="org:resource" value="Sue"><x:float key="rate" value="1.5"/></x:string>
      <x:list key="tests"><x:values key="values">
        <x:string key="item" value="a"/><x:string key="item" value="b"/>
      </x:values></x:list>
      <x:invented key="what" value="ever"/>
    </x:event>
    <x:event>
      <x:string key="concept:name" value="examine"/>
      <x:date key="time:timestamp" value="2026-01-01T00:00:01"/>
      <x:float key="cost" value="7"/>
    </x:event>
  </x:trace>
  <x:trace>
    <x:event>
      <x:string key="concept:name" value="register"/>
      <x:int key="cost" value="9"/>
      <x:date key="time:timestamp" value="2026-01-01T00:00:02Z"/>
    </x:event>
  </x:trace>
  <x:event><x:string key="concept:name" value="stray"/></x:event>
</x:log>
"""


def save(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a log and return where it is."""
    path = folder / "log.xes"
    path.write_text(text, encoding=encoding)
    return path


def with_events(*bodies: str) -> str:
    """Return a log of one trace, from the attributes of its events."""
    events = "".join(f"<event>{body}</event>" for body in bodies)
    return f'<log><trace><string key="concept:name" value="t"/>{events}</trace></log>'


def test_a_log_of_another_tool_is_read_as_stated(tmp_path: Path) -> None:
    frame = read(save(tmp_path, FOREIGN, "latin-1"))
    assert frame.attrs["log"] == {"source": "caf\u00e9", "source/page": 3}
    assert frame["concept:name"].tolist() == ["register", "examine", "register", "stray"]
    assert frame["case:concept:name"].fillna("none").tolist() == ["A1", "A1", "trace 2", "none"]
    assert frame["case:begun"].iloc[0] == datetime(2025, 12, 31, 21, tzinfo=UTC)
    assert frame["time:timestamp"].iloc[0] == datetime(2025, 12, 31, 21, 0, 0, 123_000, tzinfo=UTC)
    assert frame["time:timestamp"].iloc[1] == datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert frame["org:resource"].iloc[0] == "Sue"
    assert frame["org:resource/rate"].iloc[0] == 1.5
    assert frame["tests"].iloc[0] == [("item", "a"), ("item", "b")]
    assert frame["cost"].tolist()[1:3] == [7.0, 9.0]
    assert str(frame["cost"].dtype) == "float64"
    assert not [name for name in frame.columns if "what" in name]
    assert dfg.discover(frame).arcs == {("register", "examine"): 1}
    assert dfg.discover(frame).starts == {"register": 2}


def test_records_have_the_types_of_the_file(tmp_path: Path) -> None:
    (trace, first), *_, (no_trace, stray) = records(save(tmp_path, FOREIGN, "latin-1"))
    assert trace["concept:name"] == "A1"
    assert trace["begun"] == datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=3)))
    assert first["tests"] == [("item", "a"), ("item", "b")]
    assert (no_trace, stray) == ({}, {"concept:name": "stray"})


def test_a_value_that_is_not_of_its_type_is_kept_as_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reader._said.clear()
    number, truth = '<int key="a" value="{}"/>', '<boolean key="b" value="{}"/>'
    path = save(
        tmp_path,
        with_events(
            number.format("True") + truth.format("True"),
            number.format("7") + truth.format("no"),
            number.format(2**63) + truth.format("0"),
        ),
    )
    frame = read(path)
    assert frame["a"].tolist() == ["True", 7, str(2**63)]
    assert frame["b"].tolist() == [True, "no", False]
    assert [each.getMessage() for each in caplog.records] == [
        "a is declared as int and says 'True': it is kept as text",
        "b is declared as boolean and says 'no': it is kept as text",
    ]
    assert [event["a"] for _, event in records(path)] == ["True", 7, str(2**63)]


@pytest.mark.parametrize("far", ["9999-12-31T23:59:59+00:00", "1583-01-01T00:00:00Z"])
def test_far_dates_and_fine_ones(tmp_path: Path, far: str) -> None:
    day = '<date key="time:timestamp" value="{}"/>'
    fine = "2026-01-01T00:00:00.123456789+00:00"
    frame = read(save(tmp_path, with_events(day.format(far))))
    assert frame["time:timestamp"].iloc[0] == datetime.fromisoformat(far)
    frame = read(save(tmp_path, with_events(day.format(fine), "", day.format("2026-01-01T00:00Z"))))
    assert frame["time:timestamp"].iloc[0] == pd.Timestamp(fine)
    assert frame["time:timestamp"].isna().tolist() == [False, True, False]


def test_a_date_that_is_none_leaves_the_others(tmp_path: Path) -> None:
    date = '<string key="concept:name" value="a"/><date key="time:timestamp" value="{}"/>'
    dates = ["soon", "2026-01-01T00:00:00Z", "2026-01-01T00:00:05Z"]
    frame = read(save(tmp_path, with_events(*map(date.format, dates))))
    assert frame["time:timestamp"].tolist()[:2] == ["soon", datetime(2026, 1, 1, tzinfo=UTC)]
    assert dfg.discover(frame).seconds == {("a", "a"): 5.0}


def test_whole_numbers_beside_floats_stay_exact(tmp_path: Path) -> None:
    big = 2**53 + 1
    body = ['<float key="a" value="0.5"/>', f'<int key="a" value="{big}"/>']
    assert read(save(tmp_path, with_events(*body)))["a"].tolist() == [0.5, big]


def test_of_a_key_that_comes_twice_the_last_counts(tmp_path: Path) -> None:
    twice = '<int key="a" value="1"/><int key="a" value="2"/>'
    path = save(tmp_path, with_events(twice, ""))
    assert read(path)["a"].fillna(-1).tolist() == [2, -1]
    assert next(records(path))[1] == {"a": 2}


def test_a_killed_log_has_things_that_xml_passes_over(tmp_path: Path) -> None:
    name = '<string key="concept:name" value="a"/>'
    text = with_events(name, name).replace("</event><event>", "</event>\n <!--    -->    <event>")
    assert len(read(save(tmp_path, text + "\n<?q </log> <event> ?>"))) == 2


def test_a_log_without_events_has_the_columns_of_one(tmp_path: Path) -> None:
    frame = read(save(tmp_path, '<log><int key="H" value="3"/></log>'))
    assert len(frame) == 0
    assert {"case:concept:name", "concept:name", "time:timestamp"} <= set(frame.columns)
    assert frame.attrs["log"] == {"H": 3}
    assert dfg.discover(frame).activities == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the empty file log.xes"),
        ("  \n", "breaks off in line 2"),
        (with_events("")[:-10], "breaks off in line 1"),
        ("<log><trace></log>", "not XML from line 1 on (mismatched tag)"),
        ("case,activity\n1,a\n", "not XML from line 1 on"),
        ("<html><body/></html>", "first element is <html>"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    path = save(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read(path)
    assert sentence in str(caught.value)
    with pytest.raises(InputError):
        list(records(path))


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.xes, which cannot be read \(No such file"):
        read(tmp_path / "none.xes")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path)
    packed = tmp_path / "log.xes.gz"
    packed.write_bytes(gzip.compress(with_events("" * 100).encode())[:-9])
    with pytest.raises(InputError, match="gzip cannot unpack to its end"):
        read(packed)


def test_records_need_the_standard_library_only(tmp_path: Path) -> None:
    path = save(tmp_path, with_events('<float key="loss" value="0.1"/>'))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from asctools.eventlog.reader import records\n"
        "print(list(records(sys.argv[2])), 'numpy' in sys.modules)"
    )
    folder = str(Path(asctools.__file__).parents[1])
    done = subprocess.run(  # -S leaves out every installed package
        [sys.executable, "-I", "-S", "-c", code, folder, str(path)], capture_output=True, text=True
    )
    assert done.stdout.strip() == "[({'concept:name': 't'}, {'loss': 0.1})] False", done.stderr


def test_records_take_no_more_memory_for_a_longer_log(tmp_path: Path) -> None:
    def peak(n: int) -> int:
        path = save(tmp_path, with_events(*(f'<int key="a" value="{at}"/>' for at in range(n))))
        tracemalloc.start()
        assert sum(event["a"] for _, event in records(path)) == n * (n - 1) // 2
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(24_000) < 1.2 * peak(8_000)
