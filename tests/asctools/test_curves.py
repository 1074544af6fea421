"""Curves come back from TensorBoard's files as they were written, version by version."""

from pathlib import Path

import numpy as np
import pytest
from torch.utils.tensorboard import SummaryWriter

from asctools.errors import InputError
from asctools.scalar.curves import read_scalars, read_versions


def write(folder: Path, **curves: list[tuple[int, float]]) -> None:
    with SummaryWriter(str(folder)) as writer:
        for tag, entries in curves.items():
            for step, value in entries:
                writer.add_scalar(tag, value, step)


def test_every_entry_of_every_tag_comes_back(tmp_path: Path) -> None:
    many = [(step, 0.1 * step) for step in range(12_000)]  # more than TensorBoard would show
    write(tmp_path, loss=many, said=[(7, -0.25)])
    curves = read_scalars(tmp_path)
    assert set(curves) == {"loss", "said"}
    assert curves["said"] == [(7, -0.25)]
    assert curves["loss"] == [(step, float(np.float32(value))) for step, value in many]


def test_entries_come_in_the_order_of_their_steps(tmp_path: Path) -> None:
    write(tmp_path, loss=[(4, 0.5), (2, 0.75), (3, 0.625)])
    assert read_scalars(str(tmp_path))["loss"] == [(2, 0.75), (3, 0.625), (4, 0.5)]


def test_versions_come_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    for number in (10, 2, 0, 9):
        write(tmp_path / f"version_{number}", loss=[(number, 0.5)])
    write(tmp_path / "version_3", other=[(1, 1.0)])
    (tmp_path / "notes.txt").write_text("not a version")
    versions = read_versions(tmp_path, "loss")
    assert list(versions) == ["version_0", "version_2", "version_9", "version_10"]
    assert versions["version_9"] == [(9, 0.5)]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no events.*version_0"):
        read_scalars(tmp_path)
    with pytest.raises(InputError, match=r"'loss' below .*expected folders version_0"):
        read_versions(tmp_path, "loss")
    write(tmp_path / "version_0", train_loss=[(1, 0.5)], out_0=[(1, 0.5)])
    with pytest.raises(InputError, match=r"'loss' below .*one of out_0, train_loss"):
        read_versions(tmp_path, "loss")
