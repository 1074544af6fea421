"""A training goes on from a checkpoint to the same bits, and a bad file is refused and named."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from asctools.errors import CheckpointError
from asctools.scalar import by_hand, cell, checkpoint


def fresh() -> tuple[cell.ScalarLSTM, torch.optim.Adam]:
    model = cell.ScalarLSTM.from_weights(by_hand.INITIAL)
    return model, torch.optim.Adam(model.parameters(), lr=1e-3)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    model, optimizer = fresh()
    cell.train_cell(model, 3, optimizer)
    checkpoint.save_checkpoint(tmp_path / "last.pth", model, optimizer, 3)
    return tmp_path / "last.pth"


def test_resuming_gives_the_same_bits_as_no_interruption(tmp_path: Path) -> None:
    model, optimizer = fresh()
    whole = cell.train_cell(model, 20, optimizer)
    wanted, state = model.weights(), optimizer.state_dict()["state"]

    model, optimizer = fresh()
    first = cell.train_cell(model, 8, optimizer)
    cell.save_checkpoint(tmp_path / "8.pth", model, optimizer, 8)
    model, optimizer = fresh()
    done = cell.load_checkpoint(tmp_path / "8.pth", model, optimizer)
    assert done == 8
    second = cell.train_cell(model, 20 - done, optimizer)

    assert model.weights() == wanted
    assert first.losses + second.losses == whole.losses
    assert optimizer.state_dict()["state"] == state


def test_a_cell_without_the_optimizers_memory_goes_another_way(saved: Path) -> None:
    model, optimizer = fresh()
    checkpoint.load_checkpoint(saved, model, optimizer)
    forgetful = torch.optim.Adam(model.parameters(), lr=1e-3)
    other = cell.ScalarLSTM.from_weights(model.weights())
    again = torch.optim.Adam(other.parameters(), lr=1e-3)
    checkpoint.load_checkpoint(saved, other, again)
    cell.train_cell(model, 5, forgetful)
    cell.train_cell(other, 5, again)
    assert model.weights() != other.weights()


def test_the_generator_goes_on_where_it_was(tmp_path: Path) -> None:
    torch.manual_seed(9)
    checkpoint.save_checkpoint(tmp_path / "x.pth", *fresh(), 0)
    wanted = torch.rand(3)
    torch.manual_seed(10)
    checkpoint.load_checkpoint(tmp_path / "x.pth", *fresh())
    assert torch.equal(torch.rand(3), wanted)


def test_a_failed_save_leaves_the_old_file_and_nothing_beside_it(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def break_off(content: Any, file: Any) -> None:
        file.write(b"half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", break_off)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save_checkpoint(saved, *fresh(), 4)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_saving_replaces_the_older_file(saved: Path) -> None:
    checkpoint.save_checkpoint(saved, *fresh(), 7)
    assert checkpoint.load_checkpoint(saved, *fresh()) == 7
    assert list(saved.parent.iterdir()) == [saved]


def test_saving_needs_a_folder_and_a_count(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="folder to write into"):
        checkpoint.save_checkpoint(tmp_path / "none" / "x.pth", *fresh(), 0)
    with pytest.raises(ValueError, match="epoch=-2"):
        checkpoint.save_checkpoint(tmp_path / "x.pth", *fresh(), -2)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"lost\.pth, which is not there"):
        checkpoint.load_checkpoint(tmp_path / "lost.pth", *fresh())
    with pytest.raises(CheckpointError, match="which is no file"):
        checkpoint.load_checkpoint(tmp_path, *fresh())


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    with pytest.raises(CheckpointError, match="cut short, damaged"):
        checkpoint.load_checkpoint(saved, *fresh())


class Foreign:
    """A class that a checkpoint has no business to bring to life."""


FOREIGN = [
    ({"weights": torch.zeros(3)}, "a file without epoch, model_state_dict"),
    (torch.zeros(3), "a file without"),
    ({"epoch": 3, "x": Foreign()}, "cannot be read"),
]


@pytest.mark.parametrize(("content", "words"), FOREIGN)
def test_foreign_content_is_refused(tmp_path: Path, content: Any, words: str) -> None:
    torch.save(content, tmp_path / "x.pth")
    with pytest.raises(CheckpointError, match=words):
        checkpoint.load_checkpoint(tmp_path / "x.pth", *fresh())


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pth").write_text("twelve numbers")
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoint.load_checkpoint(tmp_path / "x.pth", *fresh())


def test_another_model_is_refused_with_the_list_of_what_does_not_fit(saved: Path) -> None:
    other = nn.Linear(1, 1)
    with pytest.raises(CheckpointError, match=r"fit in b_c, .*weight, expected.*Linear"):
        checkpoint.load_checkpoint(saved, other, torch.optim.Adam(other.parameters()))


def test_another_optimizer_is_refused_and_nothing_is_changed(saved: Path) -> None:
    model, _ = fresh()
    with pytest.raises(CheckpointError, match="checkpoint of Adam, expected one of SGD"):
        checkpoint.load_checkpoint(saved, model, torch.optim.SGD(model.parameters(), lr=0.1))
    fewer = torch.optim.Adam([model.w_fh])
    with pytest.raises(CheckpointError, match="other parameters"):
        checkpoint.load_checkpoint(saved, model, fewer)
    assert model.weights() == by_hand.INITIAL
