"""From strings to arrays: indices, one-hot vectors, padding, batches of like lengths, packing.

Shapes are batch first. B is the number of sequences, T the steps of the longest one, F the numbers
a step.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from asctools.dataset.inputs import alphabet_of, text_of, unknown_symbol, whole_number
from asctools.dataset.parentheses import ALPHABET
from asctools.errors import InputError, ShapeError, explain

if TYPE_CHECKING:
    from torch.nn.utils.rnn import PackedSequence


def encode(texts: Sequence[str], alphabet: str = ALPHABET) -> list[np.ndarray]:
    """Replace each symbol by its place in the alphabet.

    Parameters
    ----------
    texts
        Several strings; a lone string is refused, since it would be read letter by letter.
    alphabet
        The known symbols, in order, none twice.

    Returns
    -------
    list of numpy.ndarray
        One int64 array of shape (T,) for each text.

    Raises
    ------
    InputError
        If a symbol is not in the alphabet, or the alphabet has one twice.
    """
    if isinstance(texts, str):
        raise InputError(explain("one string as texts", "a list of them", "write [text]"))
    return [_encode(text, alphabet_of(alphabet), f" of text {at}") for at, text in enumerate(texts)]


def encode_text(text: str, alphabet: str) -> np.ndarray:
    """Replace each symbol of one text by its place in the alphabet.

    Parameters
    ----------
    text
        Any text over the alphabet, an empty one too.
    alphabet
        The known symbols, in order, none twice.

    Returns
    -------
    numpy.ndarray
        Shape (T,), int64.

    Raises
    ------
    InputError
        If a symbol is not in the alphabet, or the alphabet has one twice.
    """
    return _encode(text, alphabet_of(alphabet))


def decode(indices: ArrayLike, alphabet: str = ALPHABET) -> str:
    """Write the text that indices stand for: ``encode_text`` backwards.

    Raises
    ------
    ShapeError
        If the indices do not have one axis.
    InputError
        If one is no whole number, or out of range.
    """
    found = _indices(indices, len(alphabet_of(alphabet)))
    if found.ndim != 1:
        came = f"indices of shape {found.shape}"
        raise ShapeError(explain(came, "one text, (T,)", "decode the rows one by one"))
    return "".join(alphabet[at] for at in found.tolist())


def _encode(text: str, alphabet: str, where: str = "") -> np.ndarray:
    places = {symbol: place for place, symbol in enumerate(alphabet)}
    if set(text_of(text)) - set(alphabet):
        raise unknown_symbol(text, alphabet, where)
    return np.array([places[symbol] for symbol in text], dtype=np.int64)


def _indices(indices: ArrayLike, size: int) -> np.ndarray:
    found = np.asarray(indices)
    if found.size == 0:
        found = found.astype(np.int64)  # an empty list would be read as float
    if not np.issubdtype(found.dtype, np.integer):
        came = f"{found.dtype} indices"
        raise InputError(explain(came, "whole numbers", "encode the text first"))
    if found.size and not 0 <= found.min() <= found.max() < size:
        came = f"indices from {found.min()} to {found.max()}"
        raise InputError(explain(came, f"0 to {size - 1}", "pass the alphabet's size"))
    return found


def one_hot(indices: ArrayLike, size: int, dtype: DTypeLike = np.float32) -> np.ndarray:
    """Turn each index into a vector that is 1 there and 0 elsewhere.

    Parameters
    ----------
    indices
        Whole numbers from 0 to ``size - 1``, in any shape.
    size
        Entries of a vector: the number of symbols.
    dtype
        Of the result.

    Returns
    -------
    numpy.ndarray
        The shape of ``indices`` with one more axis, of ``size``.

    Raises
    ------
    InputError
        If an index is no whole number or out of range.
    """
    found = _indices(indices, whole_number("size", size, 1, "symbols"))
    vectors = np.zeros((*found.shape, size), dtype=dtype)
    np.put_along_axis(vectors, found[..., None], 1, axis=-1)
    return vectors


def pad(sequences: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Put sequences of unequal length into one array, with zeros after each end.

    Parameters
    ----------
    sequences
        Arrays of shape (T_b, F), or (T_b,) for indices, each of at least one step.

    Returns
    -------
    padded : numpy.ndarray
        Shape (B, T, F), or (B, T), of the sequences' common dtype.
    lengths : numpy.ndarray
        Shape (B,), int64: the steps that count.

    Raises
    ------
    ShapeError
        If there is no sequence, one is empty, or they differ in F.
    """
    arrays = [np.asarray(sequence) for sequence in sequences]
    if not arrays:
        raise ShapeError(explain("no sequence", "at least one", "leave out the empty batch"))
    for row, array in enumerate(arrays):
        if array.ndim == 0 or len(array) == 0:
            came = f"sequence {row} of shape {array.shape}"
            raise ShapeError(explain(came, "at least one step", "leave out the empty sequences"))
        if array.shape[1:] != arrays[0].shape[1:]:
            came = f"sequence {row} of shape {array.shape}"
            expected = f"(T, …) with {arrays[0].shape[1:]} a step, as in sequence 0"
            raise ShapeError(explain(came, expected, "give every step the same numbers"))
    lengths = np.array([len(array) for array in arrays], dtype=np.int64)
    shape = (len(arrays), int(lengths.max()), *arrays[0].shape[1:])
    padded = np.zeros(shape, dtype=np.result_type(*arrays))
    for row, array in zip(padded, arrays, strict=True):
        row[: len(array)] = array
    return padded, lengths


def bucketed_batches(
    lengths: ArrayLike, batch_size: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Cut the rows of a data set into batches of like lengths, so that little is padded.

    Rows are sorted by length, equal lengths in random order, then cut; the batches come in random
    order.

    Parameters
    ----------
    lengths
        Shape (N,): the steps of each row.
    batch_size
        Rows in a batch, 1 or more; one batch may have fewer.
    rng
        The generator of the shuffling.

    Returns
    -------
    list of numpy.ndarray
        Row numbers; each row is in exactly one batch.

    Raises
    ------
    ShapeError
        If ``lengths`` has not one axis.
    InputError
        If a length or the batch size is below 1, or ``rng`` is no NumPy generator.
    """
    found = checked_lengths(lengths)
    whole_number("batch_size", batch_size, 1, "rows")
    if not isinstance(rng, np.random.Generator):
        came = f"{type(rng).__name__} as rng"
        raise InputError(
            explain(came, "a numpy.random.Generator", "pass numpy.random.default_rng(seed)")
        )
    shuffled = rng.permutation(len(found))
    rows = shuffled[np.argsort(found[shuffled], kind="stable")]
    batches = [rows[start : start + batch_size] for start in range(0, len(rows), batch_size)]
    return [batches[at] for at in rng.permutation(len(batches))]


def pack(padded: Any, lengths: ArrayLike) -> "PackedSequence":
    """Hand a padded batch to PyTorch in the form that skips the padding.

    Parameters
    ----------
    padded
        Shape (B, T, F), a NumPy array or a tensor.
    lengths
        Shape (B,): the steps that count, each from 1 to T, in any order.

    Returns
    -------
    torch.nn.utils.rnn.PackedSequence
        For any recurrent layer of PyTorch; outputs come back in the order of the batch.

    Raises
    ------
    ShapeError
        If the batch and the lengths do not fit each other.
    InputError
        If a length is below 1.
    """
    import torch  # here, not above: the data sets themselves need no PyTorch
    from torch.nn.utils.rnn import pack_padded_sequence

    batch = torch.as_tensor(padded)
    found = checked_lengths(lengths)
    fits = batch.ndim >= 2 and len(batch) == len(found) > 0 and found.max() <= batch.shape[1]
    if not fits:
        came = f"a batch of shape {tuple(batch.shape)} and lengths {found.tolist()}"
        raise ShapeError(explain(came, "one length from 1 to T for each row", "pass both from pad"))
    return pack_padded_sequence(
        batch, torch.as_tensor(found), batch_first=True, enforce_sorted=False
    )


def checked_lengths(lengths: ArrayLike) -> np.ndarray:
    """Return lengths as an int64 array of shape (B,), or say what is wrong with them.

    Raises
    ------
    ShapeError
        If there is not exactly one axis.
    InputError
        If one is no whole number, or below 1.
    """
    found = np.asarray(lengths)
    if found.size == 0:
        found = found.astype(np.int64)  # an empty list would be read as float
    if found.ndim != 1:
        came = f"lengths of shape {found.shape}"
        raise ShapeError(explain(came, "one length for each row, (B,)", "pass a list of numbers"))
    if not np.issubdtype(found.dtype, np.integer) or (found.size and found.min() < 1):
        came = f"lengths {found.tolist()}"
        raise InputError(explain(came, "whole numbers, 1 or more", "leave out the empty sequences"))
    return found.astype(np.int64)
