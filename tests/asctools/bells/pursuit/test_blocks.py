"""A recording in blocks: whole, filtered as one, and never more of it at once than a block."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.bells.highpass import HighPass
from asctools.bells.pursuit.blocks import Grid
from asctools.errors import InputError

GRID = Grid(before=30, after=50, edge=10)


def test_the_sizes_add_up() -> None:
    assert GRID.size == 256
    assert GRID.core == 256 - 30 - 50 - 20 >= 100


@pytest.mark.parametrize("samples", [1, 100, 155, 156, 157, 206, 312, 1000])
def test_every_sample_is_in_one_core(samples: int) -> None:
    blocks = list(GRID.blocks(np.zeros((samples, 2)), HighPass()))
    bounds = [(block.start, block.stop) for block in blocks]
    assert [sample for start, stop in bounds for sample in range(start, stop)] == list(
        range(samples)
    )


def test_a_block_is_a_piece_of_the_filtered_whole_with_its_surroundings() -> None:
    signal = 9.81 + np.random.default_rng(0).normal(size=(1000, 2))
    whole, _ = HighPass()(signal)
    for block in GRID.blocks(signal, HighPass()):
        assert block.first == max(block.start - 30, 0)
        stop = min(block.stop + 50, 1000)
        np.testing.assert_allclose(block.data, whole[block.first : stop], atol=1e-5)
        assert len(block.data) + 2 * GRID.edge <= GRID.size_for(block) <= GRID.size


def test_a_short_signal_needs_a_short_transform() -> None:
    (block,) = GRID.blocks(np.zeros((40, 2)), HighPass())
    assert GRID.size_for(block) == 64


def test_a_gap_is_named_when_the_reading_comes_to_it() -> None:
    signal = np.zeros((1000, 2))
    signal[700, 1] = np.nan
    blocks = GRID.blocks(signal, HighPass())
    assert next(blocks).start == 0
    with pytest.raises(InputError, match="not finite, at 700"):
        list(blocks)
