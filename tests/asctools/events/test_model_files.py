"""A model file comes back as it was; anything else is refused with the reason."""

from __future__ import annotations

import json
import os
import stat

import numpy as np
import pytest
import torch

from asctools.errors import AscError, CheckpointError
from asctools.events import files
from asctools.events.detect import detect_recording, load
from asctools.events.files import ModelFile
from tests.asctools.events.small import classifier, model_file, readings


@pytest.fixture(scope="module")
def model() -> ModelFile:
    return model_file(classifier())


@pytest.fixture
def path(tmp_path, model):
    files.write(tmp_path / "m.npz", model, half=False)
    return tmp_path / "m.npz"


def changed(path, **changes) -> None:
    """Write the file again with another header."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    header = json.loads(str(arrays["header"])) | changes
    arrays["header"] = np.array(json.dumps(header))
    np.savez(path, **arrays)


def test_everything_comes_back(path, model) -> None:
    back = files.read(path)
    assert (back.kind, back.arguments, back.threshold) == (
        model.kind,
        model.arguments,
        model.threshold,
    )
    assert back.about["seed"] == 0 and "asctools" in back.about
    assert back.weights.keys() == model.weights.keys()
    for name, value in model.weights.items():
        np.testing.assert_array_equal(back.weights[name], value)
    for one, other in zip(back.intervals, model.intervals, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(back.normaliser.scale, model.normaliser.scale)
    for one, other in zip(back.normaliser.usual, model.normaliser.usual, strict=True):
        np.testing.assert_array_equal(one, other)


def test_16_bits_halve_the_file_and_find_the_same(tmp_path, path, model) -> None:
    small = tmp_path / "small.npz"
    files.write(small, model)
    assert small.stat().st_size < 0.62 * path.stat().st_size
    back = files.read(small)
    kernel = next(name for name, each in model.weights.items() if each.ndim == 3)
    assert back.weights[kernel].dtype == np.float32
    np.testing.assert_allclose(back.weights[kernel], model.weights[kernel], rtol=1e-3, atol=1e-4)
    for name, each in model.weights.items():
        if each.ndim < 2 or each.dtype != np.float32:
            np.testing.assert_array_equal(back.weights[name], each)


def test_weights_that_16_bits_cannot_hold_stay_as_they_are(tmp_path, model) -> None:
    large = model._replace(weights=model.weights | {"head.weight": np.full((32, 9), 1e5, "f4")})
    files.write(tmp_path / "m.npz", large)
    assert (files.read(tmp_path / "m.npz").weights["head.weight"] == 1e5).all()


def test_a_model_without_normaliser_and_intervals_comes_back(tmp_path, model) -> None:
    files.write(tmp_path / "m.npz", model._replace(normaliser=None, intervals=None))
    back = files.read(tmp_path / "m.npz")
    assert back.normaliser is None and back.intervals is None


def test_the_network_that_is_built_from_it_finds_the_same(path) -> None:
    model, file = load(path)
    assert not model.training
    here = detect_recording(classifier(), readings(), threshold=file.threshold)
    there = detect_recording(model, readings(), threshold=file.threshold)
    assert here.number > 5
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_folder_of_a_training_means_its_final_file(tmp_path, model) -> None:
    files.write(tmp_path / "events.npz", model)
    assert files.read(tmp_path).threshold == model.threshold


def test_the_library_s_own_models_have_names() -> None:
    assert {"standard", "standard-causal"} <= set(files.names())
    for name in ("standard", "standard-causal"):
        file = files.read(name)
        assert file.normaliser.usual is not None and file.intervals is not None
        assert 0 < file.threshold < 1 and "command" in file.about


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_short_is_refused(path, share) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(CheckpointError, match="cut short"):
        files.read(path)


def test_any_flipped_byte_is_noticed_or_harmless(path, model) -> None:
    content = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    refused = 0
    for place in rng.integers(0, len(content), 60).tolist():
        content[place] ^= 0x55
        path.write_bytes(content)
        try:
            back = files.read(path)
        except CheckpointError:
            refused += 1
        else:
            for name, value in model.weights.items():
                np.testing.assert_array_equal(back.weights[name], value)
        content[place] ^= 0x55
    assert refused > 30


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "a picture"}, "something else"),
        ({"version": 99}, "version 99"),
        ({"weights": ["other"]}, "weights are missing"),
        ({"normaliser": {"scale": [1.0]}}, "does not fit"),
        ({"threshold": "high"}, "does not fit"),
    ],
)
def test_a_header_of_something_else_is_refused(path, changes, said) -> None:
    changed(path, **changes)
    with pytest.raises(CheckpointError, match=said):
        files.read(path)


def test_a_fingerprint_of_another_version_is_forgotten(path, model) -> None:
    state = model.normaliser.state_dict()
    state["usual"]["level"] = [[0.0] * 6] * 3
    changed(path, normaliser=state)
    back = files.read(path).normaliser
    assert back.usual is None and back.looks_unlike(readings() * 50) == []


def test_archives_of_others_are_refused(tmp_path) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros(3))
    with pytest.raises(CheckpointError, match="something else"):
        files.read(tmp_path / "a.npz")
    np.savez(tmp_path / "o.npz", header=np.array([{"code": 1}], dtype=object))
    with pytest.raises(CheckpointError, match="cannot be read"):
        files.read(tmp_path / "o.npz")


def test_names_and_places_that_are_not_there_are_refused(tmp_path) -> None:
    with pytest.raises(CheckpointError, match="'standard'"):
        files.read("standart")
    for place in (tmp_path / "m.npz", tmp_path, tmp_path / "m.pth"):
        with pytest.raises(CheckpointError, match="not there"):
            files.read(place)


@pytest.mark.parametrize("path", [None, 3, ["standard"]])
def test_what_is_no_path_is_refused(path) -> None:
    with pytest.raises(CheckpointError, match="'standard'"):
        files.read(path)


def test_what_cannot_be_written_is_refused(tmp_path, model) -> None:
    with pytest.raises(CheckpointError, match=r"\.npz"):
        files.write(tmp_path / "m.pth", model)
    with pytest.raises(CheckpointError, match="folder"):
        files.write(tmp_path / "none" / "m.npz", model)
    with pytest.raises(CheckpointError, match="JSON"):
        files.write(tmp_path / "m.npz", model._replace(about={"model": object()}))
    assert list(tmp_path.iterdir()) == []


def test_others_may_read_it(tmp_path, model) -> None:
    mask = os.umask(0o022)
    try:
        files.write(tmp_path / "m.npz", model)
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "m.npz").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "Oracle"}, "'Oracle'"),
        ({"kind": "EventOutput"}, "'EventOutput'"),
        ({"arguments": {"hidden": 3}}, "do not go together"),
        ({"arguments": {"hidden_size": 9}}, "do not go together"),
        ({"arguments": {"hidden_size": -1}}, "do not go together"),
    ],
)
def test_arguments_of_another_network_are_refused(path, changes, said) -> None:
    changed(path, **changes)
    with pytest.raises(CheckpointError, match=said) as caught:
        load(path)
    assert "m.npz" in str(caught.value)


def test_a_checkpoint_of_the_trainer_can_be_read(tmp_path, model) -> None:
    from asctools.training.checkpoint import NEEDED, write

    content = dict.fromkeys(NEEDED)
    weights = {name: torch.from_numpy(each) for name, each in model.weights.items()}
    content |= {
        "format": "asctools.training checkpoint",
        "version": 1,
        "asctools": "0",
        "epoch": 7,
        "model_state_dict": weights,
        "config": {"model": model.arguments, "data": {}},
        "normaliser": model.normaliser.state_dict(),
    }
    write(tmp_path / "c.pth", content)
    built, file = load(tmp_path / "c.pth")
    assert file.about["epoch"] == 7
    assert file.threshold == 0.5 and file.intervals is None
    torch.testing.assert_close(built.state_dict()["head.weight"], weights["head.weight"])
    write(tmp_path / "d.pth", content | {"config": None})
    with pytest.raises(AscError, match="how to build"):
        files.read(tmp_path / "d.pth")
