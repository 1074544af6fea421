"""Indices, one-hot vectors, padding, batches of like lengths, packing."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pad_packed_sequence

from asctools.dataset import sequences
from asctools.dataset.parentheses import ALPHABET
from asctools.errors import AscError, InputError, ShapeError

quick = settings(deadline=None, database=None, max_examples=60)
lengths_lists = st.lists(st.integers(1, 30), max_size=60)


@quick
@given(texts=st.lists(st.text(alphabet=ALPHABET, max_size=15), max_size=5))
def test_decode_undoes_encode(texts: list[str]) -> None:
    encoded = sequences.encode(texts)
    assert [sequences.decode(each) for each in encoded] == texts
    assert all(each.dtype == np.int64 and each.shape == (len(each),) for each in encoded)


def test_indices_are_places_in_the_alphabet() -> None:
    (indices,) = sequences.encode(["az)("])
    np.testing.assert_array_equal(indices, [0, 25, 26, 27])
    np.testing.assert_array_equal(sequences.encode(["cab"], "bca")[0], [1, 2, 0])
    np.testing.assert_array_equal(sequences.encode_text("cab", "bca"), [1, 2, 0])


@quick
@given(indices=st.lists(st.integers(0, 6), max_size=20), dtype=st.sampled_from(["f4", "f8", "i1"]))
def test_one_hot_has_a_single_one_where_the_index_says(indices: list[int], dtype: str) -> None:
    vectors = sequences.one_hot(indices, 7, dtype)
    assert vectors.shape == (len(indices), 7)
    assert vectors.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(vectors, np.eye(7)[np.array(indices, dtype=int)])


def test_one_hot_keeps_the_axes_and_is_float32_unless_told() -> None:
    vectors = sequences.one_hot(np.array([[0, 2], [1, 1]]), 3)
    assert (vectors.shape, vectors.dtype) == ((2, 2, 3), np.float32)
    np.testing.assert_array_equal(vectors.argmax(axis=-1), [[0, 2], [1, 1]])


@quick
@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=6), features=st.integers(1, 4))
def test_padding_keeps_the_steps_and_adds_zeros_behind(lengths: list[int], features: int) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(length, features)).astype(np.float32) + 9 for length in lengths]
    padded, found = sequences.pad(arrays)
    assert padded.shape == (len(lengths), max(lengths), features)
    assert padded.dtype == np.float32
    assert found.tolist() == lengths
    for row, array in zip(padded, arrays, strict=True):
        np.testing.assert_array_equal(row[: len(array)], array)
        assert not row[len(array) :].any()


def test_indices_can_be_padded_too() -> None:
    padded, lengths = sequences.pad(sequences.encode(["ab", "zzz"]))
    np.testing.assert_array_equal(padded, [[0, 1, 0], [25, 25, 25]])
    assert padded.dtype == np.int64
    assert lengths.tolist() == [2, 3]


@quick
@given(lengths=lengths_lists, size=st.integers(1, 12), seed=st.integers(0, 99))
def test_each_row_is_in_one_batch_of_like_lengths(lengths: list[int], size: int, seed: int) -> None:
    batches = sequences.bucketed_batches(lengths, size, np.random.default_rng(seed))
    rows = np.concatenate([np.empty(0, int), *batches])
    assert sorted(rows.tolist()) == list(range(len(lengths)))
    assert all(1 <= len(batch) <= size for batch in batches)
    assert sum(len(batch) < size for batch in batches) <= 1
    spans = sorted((min(batch), max(batch)) for batch in (np.take(lengths, b) for b in batches))
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_batches_are_shuffled_and_follow_the_generator() -> None:
    def batches(seed: int) -> list[list[int]]:
        rng = np.random.default_rng(seed)
        return [batch.tolist() for batch in sequences.bucketed_batches([5] * 20 + [9] * 20, 5, rng)]

    assert batches(0) == batches(0)
    assert batches(0) != batches(1)
    assert {frozenset(batch) for batch in batches(0)} != {frozenset(b) for b in batches(1)}, (
        "rows of one length mix anew"
    )
    starts = [min(batch) >= 20 for batch in batches(0)]
    assert starts != sorted(starts), "long batches come among short ones"


def test_packing_is_padding_that_pytorch_skips() -> None:
    arrays = [np.full((length, 2), length, np.float32) for length in (2, 5, 1)]
    packed = sequences.pack(*sequences.pad(arrays))
    assert packed.data.shape == (8, 2), "no step of padding is left"
    back, lengths = pad_packed_sequence(packed, batch_first=True)
    np.testing.assert_array_equal(back.numpy(), sequences.pad(arrays)[0])
    assert lengths.tolist() == [2, 5, 1], "in the order of the batch"


def test_packing_takes_tensors_and_lets_gradients_through() -> None:
    padded = torch.ones(2, 3, 1, requires_grad=True)
    sequences.pack(padded, [1, 3]).data.sum().backward()
    assert padded.grad is not None
    assert padded.grad[..., 0].tolist() == [[1, 0, 0], [1, 1, 1]]


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("name", "arguments", "error", "word"),
    [
        ("encode", ("abc",), InputError, "one string as texts"),
        ("encode", (["ab", "a!b"],), InputError, "'!' as symbol 1 of text 1"),
        ("encode", (["ab"], "aba"), InputError, "none twice"),
        ("encode", (["ab"], ""), InputError, "alphabet ''"),
        ("encode", ([5],), InputError, "int as text"),
        ("encode_text", ("abd", "abc"), InputError, "'d' as symbol 2"),
        ("encode_text", (b"abd", "abc"), InputError, "bytes as text"),
        ("decode", ([0, 28],), InputError, "indices from 0 to 28"),
        ("decode", ([[0, 1]],), ShapeError, "(1, 2)"),
        ("one_hot", ([0, 3], 3), InputError, "0 to 2"),
        ("one_hot", ([-1], 3), InputError, "indices from -1"),
        ("one_hot", ([0.0], 3), InputError, "float64 indices"),
        ("one_hot", ([0], 0), InputError, "size=0"),
        ("pad", ([],), ShapeError, "no sequence"),
        ("pad", ([np.ones((2, 3)), np.ones((0, 3))],), ShapeError, "sequence 1 of shape (0, 3)"),
        ("pad", ([np.ones((2, 3)), np.ones((2, 4))],), ShapeError, "sequence 1 of shape (2, 4)"),
        ("pad", ([np.float32(1)],), ShapeError, "sequence 0 of shape ()"),
        ("bucketed_batches", ([3, 0], 2, RNG), InputError, "lengths [3, 0]"),
        ("bucketed_batches", ([3.5], 2, RNG), InputError, "lengths [3.5]"),
        ("bucketed_batches", ([[3]], 2, RNG), ShapeError, "(1, 1)"),
        ("bucketed_batches", ([3], 0, RNG), InputError, "batch_size=0"),
        ("bucketed_batches", ([3], 2.0, RNG), InputError, "batch_size=2.0"),
        ("bucketed_batches", ([3], 2, 42), InputError, "int as rng"),
        ("pack", (np.ones((2, 3, 1)), [3]), ShapeError, "lengths [3]"),
        ("pack", (np.ones((2, 3, 1)), [3, 4]), ShapeError, "lengths [3, 4]"),
        ("pack", (np.ones((2, 3, 1)), [3, 0]), InputError, "lengths [3, 0]"),
        ("pack", (np.ones(3), [1, 1, 1]), ShapeError, "(3,)"),
        ("pack", (np.ones((0, 3, 1)), []), ShapeError, "lengths []"),
    ],
)
def test_bad_input_is_named(
    name: str, arguments: tuple[Any, ...], error: type[AscError], word: str
) -> None:
    with pytest.raises(error, match="expected") as caught:
        getattr(sequences, name)(*arguments)
    assert word in str(caught.value)
