"""A fitted pursuit as a file: the same strikes afterwards, and no other file taken for one."""

from __future__ import annotations

import json

import numpy as np
import pytest

from asctools.bells.pursuit import TemplatePursuit
from asctools.errors import CheckpointError, InputError


@pytest.fixture(scope="module")
def pursuit(fitted) -> TemplatePursuit:
    return fitted(variance=0.2)


def test_what_is_read_finds_the_same_strikes(pursuit, world, tmp_path) -> None:
    path = tmp_path / "bells.npz"
    pursuit.save(path)
    again = TemplatePursuit.load(path)
    assert again.settings == pursuit.settings
    assert again.threshold == pursuit.threshold
    signal = world.signal(world.ring(1500, 7), 1500)
    for one, other in zip(pursuit.detect(signal), again.detect(signal), strict=True):
        np.testing.assert_array_equal(one, other)
    assert [file.name for file in tmp_path.iterdir()] == ["bells.npz"]


def test_a_pursuit_without_templates_cannot_be_saved(tmp_path) -> None:
    with pytest.raises(InputError, match="Call fit"):
        TemplatePursuit().save(tmp_path / "bells.npz")


def test_a_missing_or_damaged_file_is_named(pursuit, tmp_path) -> None:
    path = tmp_path / "bells.npz"
    with pytest.raises(CheckpointError, match="not there"):
        TemplatePursuit.load(path)
    pursuit.save(path)
    whole = path.read_bytes()
    for cut in (0, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(CheckpointError, match="cannot be read"):
            TemplatePursuit.load(path)


def changed(arrays: dict, **parts) -> dict:
    header = json.loads(str(arrays["header"]))
    header |= {name: parts.pop(name) for name in ("format", "version") if name in parts}
    header["settings"] |= parts.pop("settings", {})
    return arrays | {"header": np.array(json.dumps(header))} | parts


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"format": "something"}, "something else"),
        ({"version": 2}, "version 2"),
        ({"settings": {"num_events": 4}}, "do.* not fit|does not fit"),
        ({"settings": {"colour": 4}}, "does not fit"),
        ({"settings": {"variance": -1}}, "does not fit"),
        ({"waveforms": np.zeros((3, 2, 5))}, "does not fit"),
        ({"waveforms": np.full((3, 2, 120), np.nan)}, "does not fit"),
        ({"spectrum": np.zeros((257, 3, 3))}, "does not fit"),
        ({"threshold": np.array(np.nan)}, "does not fit"),
    ],
)
def test_a_file_that_was_changed_is_refused(pursuit, tmp_path, parts: dict, words: str) -> None:
    path = tmp_path / "bells.npz"
    pursuit.save(path)
    arrays = dict(np.load(path))
    np.savez(path, **changed(arrays, **parts))
    with pytest.raises(CheckpointError, match=words):
        TemplatePursuit.load(path)


def test_the_file_of_another_model_is_refused(tmp_path) -> None:
    np.savez(tmp_path / "other.npz", weights=np.zeros(3))
    with pytest.raises(CheckpointError, match="something else"):
        TemplatePursuit.load(tmp_path / "other.npz")
