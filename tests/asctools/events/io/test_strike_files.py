"""Strikes go to files and come back; a file that is wrong names its line."""

from __future__ import annotations

import os
import stat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells import Picks, Strikes
from asctools.errors import AscError, InputError, UnknownNameError
from asctools.eventlog import read
from asctools.events import read_strikes, write_strikes
from asctools.events.io.atomic import write_whole

PICKS = Picks.make([3, 0, 15], [100.5, 200.25, 5000.0], [0.9, 0.8, 0.7], [1.0, np.inf, np.nan])


def test_picks_are_a_table_in_which_bells_count_from_1(tmp_path) -> None:
    write_strikes(tmp_path / "s.csv", PICKS, 2000)
    assert (tmp_path / "s.csv").read_text("utf-8").splitlines() == [
        "time_s,bell,score,plus_minus_ms",
        "0.050250,4,0.9,0.5",
        "0.100125,1,0.8,",  # an endless interval says nothing
        "2.500000,16,0.7,",
    ]


@settings(deadline=None, max_examples=30, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.floats(0, 1e7), st.sampled_from([-1, 0, 1])), max_size=8
    ),
    st.floats(0, 1e5),
)
def test_strikes_come_back(tmp_path_factory, rows, start) -> None:
    path = tmp_path_factory.mktemp("strikes") / "s.csv"
    bells, times, strokes = zip(*rows, strict=True) if rows else ((), (), ())
    strikes = Strikes.make(bells, times, strokes)
    write_strikes(path, strikes, 2000, start)
    back = read_strikes(path, 2000, start)
    np.testing.assert_allclose(back.times, strikes.times, atol=2e-3)  # a microsecond
    order = np.lexsort((strikes.bells, np.round(strikes.times, 2)))
    again = np.lexsort((back.bells, np.round(back.times, 2)))
    assert sorted(back.bells[again]) == sorted(strikes.bells[order])
    assert sorted(back.strokes) == sorted(strikes.strokes)


@pytest.mark.parametrize("ending", ["xes", "xes.gz"])
def test_picks_are_an_event_log(tmp_path, ending) -> None:
    path = tmp_path / f"s.{ending}"
    write_strikes(path, PICKS, 2000, about={"model": "standard"})
    table = read(path)
    assert table["concept:name"].tolist() == ["bell 4", "bell 1", "bell 16"]
    assert table["bell"].tolist() == [4, 1, 16]
    stamps = [stamp.timestamp() for stamp in table["time:timestamp"]]
    np.testing.assert_allclose(stamps, [0.05025, 0.100125, 2.5], atol=1e-6)
    assert table.attrs["log"]["model"] == "standard"
    assert sorted(each.name for each in tmp_path.iterdir()) == [path.name]


def test_labels_by_hand_may_come_in_any_order_with_other_columns(tmp_path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("who,bell,time_s,stroke\nme,2,1.5,back\nme,1,0.5,\nme,3,1.0,Hand\n", "utf-8")
    strikes = read_strikes(path, 1000, start_s=0.25)
    assert strikes.bells.tolist() == [0, 2, 1]
    assert strikes.times.tolist() == [250.0, 750.0, 1250.0]
    assert strikes.strokes.tolist() == [-1, 0, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "time_s and bell"),
        ("time_s,note\n1.0,x\n", "without bell"),
        ("time_s,bell\n1.0,2\nx,3\n", "line 3"),
        ("time_s,bell\n1.0,treble\n", "line 2"),
        ("time_s,bell\n1.0\n", "line 2"),
        ("time_s,bell\n1.0,0\n", "bells from 1"),
        ("time_s,bell\n1.0,-2\n", "bells from 1"),
        ("time_s,bell\nnan,2\n", "line 2"),
        ("time_s,bell,stroke\n1.0,2,up\n", "line 2"),
        ("time_s,bell\n1.0,2\n-1.0,2\n", "a strike at -1 s"),
        ("time_s;bell\n1,0;2\nx;2\n", "line 3"),
    ],
)
def test_wrong_labels_are_named(tmp_path, text, said) -> None:
    path = tmp_path / "l.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=said):
        read_strikes(path, 2000)


@pytest.mark.parametrize(
    "text",
    [
        "time_s;bell\n0,5;2\n1,25;1\n",
        "bell;time_s\n2;0.5\n1;1.25\n",
        "time_s\tbell\n0,5\t2\n1.25\t1\n",
        "time_ms,bell\n500,2\n1250,1\n",
        "time_ms;bell\n500,0;2\n1250,0;1\n",
    ],
)
def test_labels_may_be_written_as_recordings_may(tmp_path, text) -> None:
    path = tmp_path / "l.csv"
    path.write_text(text, "utf-8")
    strikes = read_strikes(path, 2000)
    assert strikes.bells.tolist() == [1, 0]
    np.testing.assert_allclose(strikes.times, [1000.0, 2500.0])


def test_a_strike_before_the_recording_is_refused(tmp_path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("time_s,bell\n5.0,2\n8.0,1\n", "utf-8")
    with pytest.raises(InputError, match=r"at 5 s, expected times from 7\.25 s"):
        read_strikes(path, 2000, start_s=7.25)


def test_labels_that_are_missing_or_no_text_are_refused(tmp_path) -> None:
    with pytest.raises(InputError, match="not there"):
        read_strikes(tmp_path / "l.csv", 2000)
    (tmp_path / "l.csv").write_bytes(b"time_s,bell\n\xff\xfe\n")
    with pytest.raises(InputError, match="cannot be read"):
        read_strikes(tmp_path / "l.csv", 2000)


def test_other_endings_and_missing_folders_are_refused(tmp_path) -> None:
    with pytest.raises(UnknownNameError, match=r"'\.xes\.gz'"):
        write_strikes(tmp_path / "s.txt", PICKS, 2000)
    with pytest.raises(InputError, match="folder"):
        write_strikes(tmp_path / "none" / "s.csv", PICKS, 2000)


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("mine", "utf-8")
    with pytest.raises(AscError):
        write_strikes(tmp_path / "s.xes", PICKS, 2000, about={"": "a key without a name"})

    def half(place) -> None:
        place.write_text("half", "utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, half)
    assert path.read_text("utf-8") == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["s.csv"]


@pytest.mark.parametrize("ending", ["csv", "xes"])
def test_others_may_read_what_is_written(tmp_path, ending) -> None:
    mask = os.umask(0o022)
    try:
        write_strikes(tmp_path / f"s.{ending}", PICKS, 2000)
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / f"s.{ending}").stat().st_mode) == 0o644
