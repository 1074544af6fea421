"""Text with readings: separators, decimal commas, names, clocks, gaps, and mistakes in lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.errors import InputError, ShapeError
from asctools.events import read_recording
from asctools.events.io.clock import places

RATE = 2000.0


def signal(n: int = 300) -> np.ndarray:
    """Readings that a few digits hold exactly."""
    return np.random.default_rng(0).integers(-99, 99, (n, 2)) / 8.0


def write(folder, rows, names=None, separator=",", comma=False):
    """Write rows of cells."""
    lines = [names] if names else []
    lines += [[f"{cell}" for cell in row] for row in rows]
    text = "\n".join(separator.join(line) for line in lines)
    path = folder / "r.csv"
    path.write_text((text.replace(".", ",") if comma else text) + "\n", encoding="utf-8")
    return path


def clocked(step: float = 1 / RATE, n: int = 300) -> list[list[float]]:
    return [[k * step, *row] for k, row in enumerate(signal(n).tolist())]


@pytest.mark.parametrize(
    ("separator", "comma"),
    [(",", False), (";", False), (";", True), ("\t", False), ("\t", True), ("  ", False)],
)
@pytest.mark.parametrize("names", [None, ["left", "right"]])
def test_separators_and_commas_are_found_out(tmp_path, separator, comma, names) -> None:
    path = write(tmp_path, signal().tolist(), names, separator, comma)
    heard = read_recording(path, RATE)
    np.testing.assert_array_equal(heard.signal, signal())
    assert heard.channels == tuple(names or ("1", "2"))


@pytest.mark.parametrize(
    ("name", "step"),
    [("time", 5e-4), ("t", 5e-4), ("Time (s)", 5e-4), ("time_ms", 0.5), ("ms", 0.5), ("t_us", 500)],
)
def test_a_clock_gives_the_rate(tmp_path, name, step) -> None:
    heard = read_recording(write(tmp_path, clocked(step), [name, "a", "b"]))
    assert heard.rate == RATE
    np.testing.assert_array_equal(heard.signal, signal())
    assert heard.channels == ("a", "b")


def test_the_clock_may_stand_in_any_column_and_start_at_any_time(tmp_path) -> None:
    rows = [[a, 7.25 + time, b] for time, a, b in clocked()]
    heard = read_recording(write(tmp_path, rows, ["a", "time_s", "b"]))
    assert (heard.start_s, heard.rate, heard.channels) == (7.25, RATE, ("a", "b"))


def test_a_clock_of_dates_gives_the_rate(tmp_path) -> None:
    start = datetime(2026, 5, 3, 10, 0, tzinfo=UTC)
    rows = [
        [(start + timedelta(seconds=time)).isoformat(), a, b] for time, a, b in clocked(1 / 500)
    ]
    heard = read_recording(write(tmp_path, rows, ["timestamp", "a", "b"]))
    assert heard.rate == 500.0
    assert heard.start_s == start.timestamp()


@pytest.mark.parametrize("digits", [3, 4])
def test_rounded_stamps_are_no_gaps(tmp_path, digits) -> None:
    rows = [[round(time, digits), a, b] for time, a, b in clocked(n=3000)]
    heard = read_recording(write(tmp_path, rows, ["time", "a", "b"]), RATE)
    assert heard.signal.shape == (3000, 2)
    assert heard.rate == pytest.approx(RATE, rel=1e-3)


def test_rows_that_are_missing_are_a_gap(tmp_path) -> None:
    path = write(tmp_path, [*clocked()[:100], *clocked()[140:]], ["time", "a", "b"])
    with pytest.raises(InputError, match=r"1 gap, 40 samples in all, the first of 40 at 0\.050 s"):
        read_recording(path)
    heard = read_recording(path, gaps="mask")
    assert np.flatnonzero(~heard.valid).tolist() == list(range(100, 140))
    np.testing.assert_array_equal(heard.signal[140:], signal()[140:])


@pytest.mark.parametrize("cell", ["", "nan", " "])
def test_an_empty_cell_is_a_gap(tmp_path, cell) -> None:
    rows = signal().tolist()
    rows[7][1] = cell
    path = write(tmp_path, rows)
    with pytest.raises(InputError, match="1 gap, 1 samples"):
        read_recording(path, RATE)
    assert np.flatnonzero(~read_recording(path, RATE, gaps="mask").valid).tolist() == [7]


def test_comments_and_empty_lines_are_no_rows(tmp_path) -> None:
    path = write(tmp_path, signal().tolist(), ["a", "b"])
    text = path.read_text("utf-8").replace("a,b\n", "# from the tower\n\na,b\n\n")
    path.write_text(text, encoding="utf-8")
    np.testing.assert_array_equal(read_recording(path, RATE).signal, signal())


def test_a_mark_of_the_byte_order_is_no_name(tmp_path) -> None:
    path = write(tmp_path, clocked(), ["time", "a", "b"])
    path.write_text(path.read_text("utf-8"), encoding="utf-8-sig")
    assert read_recording(path).channels == ("a", "b")


def test_a_word_among_numbers_is_named_with_its_line(tmp_path) -> None:
    rows = signal().tolist()
    rows[50][1] = "off"
    with pytest.raises(InputError, match="'off' in line 52, column 2"):
        read_recording(write(tmp_path, rows, ["a", "b"]), RATE)


@pytest.mark.parametrize("row", [[1.0], [1.0, 2.0, 3.0]])
def test_a_row_of_another_length_is_named_with_its_line(tmp_path, row) -> None:
    rows = signal().tolist()
    rows[50] = row
    with pytest.raises(ShapeError, match=f"{len(row)} cells in line 51, expected 2"):
        read_recording(write(tmp_path, rows), RATE)


def test_names_alone_are_no_recording(tmp_path) -> None:
    with pytest.raises(InputError, match="no row"):
        read_recording(write(tmp_path, [], ["a", "b"]), RATE)


def test_a_single_row_is_too_short(tmp_path) -> None:
    with pytest.raises(InputError, match="1 samples"):
        read_recording(write(tmp_path, clocked()[:1], ["time", "a", "b"]), RATE)


def test_a_clock_that_goes_back_is_refused(tmp_path) -> None:
    rows = clocked()
    rows[10], rows[11] = rows[11], rows[10]
    with pytest.raises(InputError, match="row 12 that is earlier"):
        read_recording(write(tmp_path, rows, ["time", "a", "b"]))


@pytest.mark.parametrize("time", ["", "nan"])
def test_a_row_without_a_time_is_refused(tmp_path, time) -> None:
    rows = clocked()
    rows[10][0] = time
    with pytest.raises(InputError, match="no time in row 11"):
        read_recording(write(tmp_path, rows, ["time", "a", "b"]))


def test_a_clock_that_stands_still_is_refused(tmp_path) -> None:
    with pytest.raises(InputError, match="stand still"):
        read_recording(write(tmp_path, clocked(0.0), ["time", "a", "b"]))


def test_a_clock_that_jumps_far_ahead_is_refused(tmp_path) -> None:
    rows = clocked()
    rows[-1][0] = 1.7e9
    with pytest.raises(InputError, match="most of it empty"):
        read_recording(write(tmp_path, rows, ["time", "a", "b"]), gaps="mask")


@pytest.mark.parametrize(
    ("name", "step", "said"),
    [("time", 0.5, "time_ms"), ("time", 500, "time_us"), ("time_ms", 5e-4, "time_s")],
)
def test_a_clock_of_another_unit_is_guessed_in_the_error(tmp_path, name, step, said) -> None:
    with pytest.raises(InputError, match=f"Call the column of times {said}"):
        read_recording(write(tmp_path, clocked(step), [name, "a", "b"]), RATE)


@pytest.mark.parametrize("step", [1 / RATE, 0.5, 1])
@pytest.mark.parametrize("rate", [None, RATE])
def test_a_clock_without_a_name_is_refused_and_no_channel(tmp_path, step, rate) -> None:
    with pytest.raises(InputError, match=r"first column that rises evenly.*time_s"):
        read_recording(write(tmp_path, clocked(step)), rate)


def test_a_channel_that_rises_unevenly_is_no_clock(tmp_path) -> None:
    x = np.cumsum(np.random.default_rng(3).exponential(size=(300, 2)), axis=0)
    np.testing.assert_allclose(read_recording(write(tmp_path, x), RATE).signal, x, rtol=1e-6)


@pytest.mark.parametrize("names", [None, ["time_s", "a", "b"]])
def test_decimal_commas_between_commas_are_refused(tmp_path, names) -> None:
    rows = [[f"{cell:.3f}" for cell in row] for row in clocked()]
    with pytest.raises(InputError, match=r"commas between the cells and within.*semicolons"):
        read_recording(write(tmp_path, rows, names, ",", comma=True), RATE)


def test_whole_numbers_between_commas_are_whole_numbers(tmp_path) -> None:
    rows = np.random.default_rng(0).integers(-99, 99, (300, 4))
    np.testing.assert_array_equal(read_recording(write(tmp_path, rows), RATE).signal, rows)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_text_in_another_encoding_is_told_from_damage(tmp_path, encoding) -> None:
    path = tmp_path / "r.csv"
    path.write_text("time_s,µ\n0.0,1.0\n0.1,2.0\n", encoding)
    with pytest.raises(InputError, match="Save it as UTF-8"):
        read_recording(path)


def jittered(n: int, jitter: float, seed: int, rate: float = 1000.0) -> np.ndarray:
    """Stamps that are off by so much of a step; their order is that of the readings."""
    return (np.arange(n) + np.random.default_rng(seed).normal(0, jitter, n)) / rate


@pytest.mark.parametrize("jitter", [0.01, 0.1, 0.15, 0.2, 0.25])
@pytest.mark.parametrize("seed", range(4))
def test_stamps_that_jitter_are_no_gaps_and_do_not_bend_the_rate(jitter, seed) -> None:
    times = jittered(3000, jitter, seed)
    found = places(times)
    np.testing.assert_array_equal(found.at, np.arange(3000))
    assert found.rate == pytest.approx(1000.0, rel=5e-5)
    assert places(times, 1000.0).rate == 1000.0


def test_readings_with_stamps_that_jitter_are_read_as_they_are(tmp_path) -> None:
    times, x = jittered(3000, 0.2, 0), signal(3000)
    rows = [[f"{time:.6f}", *row] for time, row in zip(times, x.tolist(), strict=True)]
    heard = read_recording(write(tmp_path, rows, ["time_s", "a", "b"]), 1000)
    np.testing.assert_array_equal(heard.signal, x)
    assert heard.valid.all() and heard.rate == 1000.0


@pytest.mark.parametrize("jitter", [0.1, 0.2])
@pytest.mark.parametrize("missing", [1, 2, 7, 500])
@pytest.mark.parametrize("seed", range(3))
def test_a_gap_among_stamps_that_jitter_is_found(jitter, missing, seed) -> None:
    kept = np.ones(4000, dtype=bool)
    kept[1000 : 1000 + missing] = kept[2500 : 2500 + missing] = False
    at = np.flatnonzero(kept)
    found = places(jittered(4000, jitter, seed)[kept])
    assert found.at[-1] == at[-1]
    # Which of two late stamps in a row has the gap before it, jitter can hide
    assert (found.at != at).sum() <= (8 if missing == 1 else 0)


def test_a_stamp_that_was_held_up_is_no_gap() -> None:
    times = np.arange(2000) / 1000 + np.random.default_rng(0).uniform(0, 0.3e-3, 2000)
    times[700:706] = times[706] - np.arange(6, 0, -1) * 1e-5  # a buffer that came late
    np.testing.assert_array_equal(places(times).at, np.arange(2000))


def test_rounded_stamps_are_no_gaps_however_coarse() -> None:
    times = np.arange(3000) / 1000
    times = np.concatenate([times[:1200], times[1250:]])
    found = places(np.round(times, 2))
    assert abs(found.at[-1] - 2999) <= 1  # of the 50 that are missing
    assert (np.diff(found.at) > 1).sum() == 1
    assert found.rate == pytest.approx(1000.0, rel=1e-3)


@pytest.mark.parametrize("readings", [2, 3, 7, 10, 20])
@pytest.mark.parametrize("n", [300, 3000])
def test_readings_that_share_a_stamp_are_no_gap(readings, n) -> None:
    found = places(np.round(np.arange(n) / readings) * readings / 2000)
    np.testing.assert_array_equal(found.at, np.arange(n))
    assert found.rate == pytest.approx(2000.0, rel=5e-3)  # the last stamp is rounded


def test_the_rate_that_is_stated_is_taken_where_the_clock_cannot_tell() -> None:
    times = np.arange(3000) / 1000.2
    assert places(times, 1000.0).rate == 1000.0
    assert places(times, 999.0).rate == pytest.approx(1000.2)
    long = np.arange(300_000) / 1000.2  # it is 60 samples off at the end: that would be heard
    assert places(long, 1000.0).rate == pytest.approx(1000.2)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(
    rate=st.sampled_from([50.0, 1000.0, 1920.0, 2000.0]),
    gaps=st.lists(st.tuples(st.integers(1, 400), st.integers(1, 60)), max_size=3),
    start=st.floats(-1e3, 1e9),
)
def test_gaps_are_found_wherever_they_are(rate, gaps, start) -> None:
    kept = np.ones(500, dtype=bool)
    for first, length in gaps:
        kept[first : first + length] = False
    kept[[0, -1]] = True
    at = np.flatnonzero(kept)
    found = places(start + at / rate)
    np.testing.assert_array_equal(found.at, at)
    assert found.rate == pytest.approx(rate, rel=1e-3)
