"""A recording comes in as it was, from each kind of file, or not at all."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from asctools.bells.frame import FULL_SCALE
from asctools.errors import AscError, InputError, ShapeError, UnknownNameError
from asctools.events import read_recording

RATE = 2000


def signal(n: int = 500, channels: int = 3) -> np.ndarray:
    """Readings of three channels, a quarter of a second, all different."""
    x = np.random.default_rng(0).normal(size=(n, channels))
    return np.asarray(x, np.float32)


def npy(folder: Path, values: np.ndarray) -> Path:
    path = folder / "r.npy"
    np.save(path, values)
    return path


def wav(folder: Path, values: np.ndarray, rate: int = RATE) -> Path:
    path = folder / "r.wav"
    wavfile.write(path, rate, values)
    return path


def test_an_array_of_float32_is_mapped_and_comes_as_it_is(tmp_path) -> None:
    heard = read_recording(npy(tmp_path, signal()), RATE, 3)
    assert isinstance(heard.signal, np.memmap)
    np.testing.assert_array_equal(heard.signal, signal())
    assert (heard.rate, heard.seconds, heard.channels) == (2000.0, 0.25, ("1", "2", "3"))
    assert heard.valid.all()


def test_an_array_of_float64_becomes_float32(tmp_path) -> None:
    heard = read_recording(npy(tmp_path, signal().astype(np.float64)), RATE)
    assert heard.signal.dtype == np.float32
    np.testing.assert_array_equal(heard.signal, signal())


def test_a_wav_of_floats_says_its_rate_and_comes_as_it_is(tmp_path) -> None:
    heard = read_recording(wav(tmp_path, signal()))
    np.testing.assert_array_equal(heard.signal, signal())
    assert heard.rate == 2000.0


def test_a_wav_of_one_channel_is_a_table_of_one_column(tmp_path) -> None:
    assert read_recording(wav(tmp_path, signal()[:, 0])).signal.shape == (500, 1)


def test_counts_of_any_width_and_floats_are_the_same_signal(tmp_path) -> None:
    units = np.clip(signal(), -3.9, 3.9)
    counts = np.rint(units * 2**15 / 4.0)
    other = tmp_path / "other"
    other.mkdir()
    made = {
        "float": npy(tmp_path, (counts * 4.0 / 2**15).astype(np.float32)),
        "16 bits": wav(tmp_path, counts.astype(np.int16)),
        "24 bits": wav_24(tmp_path, counts.astype(np.int64) * 2**8),
        "32 bits": npy(other, counts.astype(np.int32) * 2**16),
    }
    heard = {kind: read_recording(path, RATE, full_scale=4.0) for kind, path in made.items()}
    for each in heard.values():
        np.testing.assert_allclose(each.signal, heard["float"].signal, rtol=1e-6)


def test_counts_have_the_full_scale_of_the_bell_frame_unless_you_say_it(tmp_path) -> None:
    counts = np.tile(np.array([[-(2**15), 2**14]], np.int16), (400, 1))
    counts[0] = 0
    heard = read_recording(wav(tmp_path, counts))
    np.testing.assert_allclose(heard.signal[-1], [-FULL_SCALE, FULL_SCALE / 2])


def wav_24(folder: Path, counts: np.ndarray) -> Path:
    """Write 24 bits, which SciPy can read and not write."""
    data = b"".join(int(c).to_bytes(3, "little", signed=True) for c in counts.ravel())
    C = counts.shape[1]
    form = struct.pack("<HHIIHH", 1, C, RATE, RATE * C * 3, C * 3, 24)
    body = (
        b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    )
    path = folder / "r24.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        (np.zeros(500, np.float32), ShapeError, r"\(500,\)"),
        (np.zeros((2, 500, 3), np.float32), ShapeError, r"\(2, 500, 3\)"),
        (signal().T, ShapeError, "transposed"),
        (np.zeros((0, 3), np.float32), InputError, "0 samples"),
        (signal(100), InputError, r"100 samples, 0\.05 s"),
        (signal().astype(complex), InputError, "complex128"),
        (np.array([["a", "b"]] * 500), InputError, "<U1"),
        (np.zeros((500, 2), np.uint8), InputError, "uint8"),
        (np.zeros((500, 2), np.uint16), InputError, "subtract the middle and save them as int16"),
        (np.zeros((500, 0), np.float32), ShapeError, "without a channel"),
    ],
)
def test_arrays_that_are_no_recording_are_refused(tmp_path, values, error, said) -> None:
    with pytest.raises(error, match=said):
        read_recording(npy(tmp_path, values), RATE)


def test_another_number_of_channels_is_refused(tmp_path) -> None:
    with pytest.raises(ShapeError, match="3 channels, expected 6"):
        read_recording(npy(tmp_path, signal()), RATE, channels=6)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_reading_is_a_fault_even_where_gaps_are_masked(tmp_path, value) -> None:
    x = signal()
    x[7, 1] = value
    with pytest.raises(InputError, match="inf in sample 7, channel 2"):
        read_recording(npy(tmp_path, x), RATE, gaps="mask")


def test_a_channel_that_stands_still_is_refused_unless_it_may(tmp_path) -> None:
    x = signal()
    x[:, 2] = 1.5
    path = npy(tmp_path, x)
    with pytest.raises(InputError, match="channel 3 stands still"):
        read_recording(path, RATE)
    assert (read_recording(path, RATE, allow_constant=True).signal[:, 2] == 1.5).all()


def test_missing_readings_are_refused_with_their_place(tmp_path) -> None:
    x = signal()
    x[100:110, 0] = np.nan
    x[400:, 1] = np.nan
    with pytest.raises(
        InputError, match=r"2 gaps, 110 samples in all, the first of 10 at 0\.050 s"
    ):
        read_recording(npy(tmp_path, x), RATE)


def test_missing_readings_can_be_masked_and_are_bridged_by_lines(tmp_path) -> None:
    x = signal()
    whole = x.copy()
    x[100:110, 0] = np.nan
    x[:5, 1] = np.nan
    heard = read_recording(npy(tmp_path, x), RATE, gaps="mask")
    assert np.flatnonzero(~heard.valid).tolist() == [*range(5), *range(100, 110)]
    line = np.interp(np.arange(100, 110), [99, 110], [whole[99, 0], whole[110, 0]])
    np.testing.assert_allclose(heard.signal[100:110, 0], line, rtol=1e-5)
    np.testing.assert_array_equal(heard.signal[100:110, 2], whole[100:110, 2])
    assert (heard.signal[:5, 1] == whole[5, 1]).all()  # nothing to lead a line from


def test_a_channel_without_any_reading_cannot_be_masked(tmp_path) -> None:
    x = signal()
    x[:, 1] = np.nan
    with pytest.raises(InputError, match="channel 2 has no reading"):
        read_recording(npy(tmp_path, x), RATE, gaps="mask")


def test_the_rate_has_to_be_known(tmp_path) -> None:
    with pytest.raises(InputError, match="does not say its rate"):
        read_recording(npy(tmp_path, signal()))


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_wide_counts_need_their_full_scale(tmp_path, kind) -> None:
    path = npy(tmp_path, np.rint(signal() * 1000).astype(kind))
    bits = 8 * np.dtype(kind).itemsize
    with pytest.raises(InputError, match=rf"2\*\*{bits - 1} counts.*--full-scale"):
        read_recording(path, RATE)
    heard = read_recording(path, RATE, full_scale=2.0 ** (bits - 1) / 1000)
    np.testing.assert_allclose(heard.signal, signal(), atol=6e-4)


@pytest.mark.parametrize("name", ["rate", "full_scale", "resample_to"])
@pytest.mark.parametrize("value", ["1000", True, 0, np.nan, [1.0]])
def test_settings_that_are_no_number_are_refused(tmp_path, name, value) -> None:
    path = wav(tmp_path, signal())
    with pytest.raises(InputError, match=f"{name}=.*a number above 0"):
        read_recording(path, **{name: value})


@pytest.mark.parametrize("rate", [0.0, -5.0, np.nan, np.inf])
def test_a_rate_that_is_none_is_refused(tmp_path, rate) -> None:
    with pytest.raises(InputError, match="rate"):
        read_recording(npy(tmp_path, signal()), rate)


def test_a_rate_that_contradicts_the_file_is_refused(tmp_path) -> None:
    path = wav(tmp_path, signal(), 1920)
    with pytest.raises(InputError, match="1920 samples a second where 2000 were stated"):
        read_recording(path, 2000)
    assert read_recording(path, 1921).rate == 1920.0  # the clocks of two sensors differ by as much


def test_another_rate_comes_on_request(tmp_path) -> None:
    path = wav(tmp_path, signal(1000), 1000)
    heard = read_recording(path, resample_to=2000)
    assert (heard.rate, heard.signal.shape, heard.seconds) == (2000.0, (2000, 3), 1.0)


@pytest.mark.parametrize("kind", [".npy", ".wav", ".csv"])
def test_an_empty_file_is_refused(tmp_path, kind) -> None:
    path = tmp_path / f"r{kind}"
    path.touch()
    with pytest.raises(InputError, match="empty"):
        read_recording(path, RATE)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
@pytest.mark.parametrize("make", [npy, wav])
def test_a_file_that_is_cut_short_is_refused(tmp_path, make, share) -> None:
    path = make(tmp_path, signal(5000))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError, match="cut short"):
        read_recording(path, RATE)


@pytest.mark.parametrize("kind", [".npy", ".wav", ".csv"])
def test_noise_under_any_name_is_refused(tmp_path, kind) -> None:
    path = tmp_path / f"r{kind}"
    path.write_bytes(np.random.default_rng(1).bytes(5000))
    with pytest.raises(AscError, match=str(path)):
        read_recording(path, RATE)


def test_an_archive_and_objects_are_refused(tmp_path) -> None:
    archive = tmp_path / "r.npz"
    np.savez(archive, a=signal())
    archive.rename(tmp_path / "r.npy")
    with pytest.raises(InputError, match="archive"):
        read_recording(tmp_path / "r.npy", RATE)
    np.save(tmp_path / "o.npy", np.array([{"code": 1}], dtype=object))
    with pytest.raises(InputError, match="cannot be read"):
        read_recording(tmp_path / "o.npy", RATE)


def test_no_file_a_folder_and_other_kinds_are_refused(tmp_path) -> None:
    with pytest.raises(InputError, match="not there"):
        read_recording(tmp_path / "r.npy", RATE)
    with pytest.raises(InputError, match="no file"):
        read_recording(tmp_path, RATE)
    (tmp_path / "r.mp3").write_bytes(b"ID3")
    with pytest.raises(UnknownNameError, match=r"\.wav"):
        read_recording(tmp_path / "r.mp3", RATE)


def test_an_unknown_way_with_gaps_is_refused(tmp_path) -> None:
    with pytest.raises(UnknownNameError, match="'refuse'"):
        read_recording(npy(tmp_path, signal()), RATE, gaps="ignore")


def test_a_wav_with_a_title_is_read_without_a_warning(tmp_path) -> None:
    path = wav(tmp_path, signal())
    content = path.read_bytes()
    title = b"LIST" + struct.pack("<I", 4) + b"INFO"
    longer = content[:4] + struct.pack("<I", len(content) + len(title) - 8) + content[8:] + title
    path.write_bytes(longer)
    np.testing.assert_array_equal(read_recording(path).signal, signal())
