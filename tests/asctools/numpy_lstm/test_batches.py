"""Batches of a long text: every row goes on where it ended, and nothing is read twice."""

import numpy as np
import pytest

from asctools.errors import InputError, ShapeError
from asctools.numpy_lstm.batches import character_batches


@pytest.mark.parametrize(
    ("size", "rows", "steps"), [(25, 2, 4), (100, 3, 7), (13, 4, 3), (9, 1, 8), (40, 5, 1)]
)
def test_rows_go_on_from_one_batch_to_the_next(size: int, rows: int, steps: int) -> None:
    text = np.arange(size)
    batches = character_batches(text, rows, steps)
    assert all(x.shape == y.shape == (rows, steps) for x, y in batches)
    read = np.concatenate([x for x, _ in batches], axis=1)
    length = (size - 1) // rows
    for b, row in enumerate(read):
        assert row.tolist() == list(range(b * length, b * length + len(row)))
    assert length - steps < read.shape[1] <= length
    assert all(np.array_equal(y, x + 1) for x, y in batches)


def test_batches_are_views() -> None:
    text = np.arange(50)
    assert all(
        np.shares_memory(text, each) for pair in character_batches(text, 2, 5) for each in pair
    )


def test_a_text_that_just_suffices_gives_one_batch() -> None:
    assert len(character_batches(np.arange(13), 4, 3)) == 1
    with pytest.raises(ShapeError, match="12 characters for batches of 4 rows with 3 time steps, "):
        character_batches(np.arange(12), 4, 3)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ShapeError, match="shape"):
        character_batches(np.zeros((3, 30), int), 1, 5)
    with pytest.raises(InputError, match="Encode"):
        character_batches(np.zeros(30), 1, 5)
    with pytest.raises(InputError, match="Encode"):
        character_batches(np.array(list("a text of letters")), 1, 5)
    with pytest.raises(InputError, match="-3"):
        character_batches(np.array([0, 1, -3, 2]), 1, 2)
    for rows, steps in ((0, 5), (2, 0), (2.0, 5), (True, 5)):
        with pytest.raises(InputError, match="1 or more"):
            character_batches(np.arange(30), rows, steps)  # type: ignore[arg-type]
