"""Cut one long text into batches whose rows go on from one batch to the next."""

import numpy as np

from asctools.errors import InputError, ShapeError, explain
from asctools.numpy_lstm import inputs

Batch = tuple[np.ndarray, np.ndarray]


def character_batches(text: np.ndarray, batch_size: int, time_steps: int) -> list[Batch]:
    """Return the batches of one pass through a text, as views: nothing is copied.

    The text is laid out in ``batch_size`` rows, each a stretch of it. Row b of a batch goes on
    where row b of the batch before ended, so the state that a network ends a batch with is the one
    to start the next with. What does not fill a batch, at the end of each row, is left out.

    Parameters
    ----------
    text
        Indices of the characters, integers of shape (characters,).
    batch_size
        B, how many stretches are read side by side.
    time_steps
        T, how many characters a batch holds of each.

    Returns
    -------
    list of (x, y)
        Integers of shape (B, T): the characters, and the ones that follow them.

    Raises
    ------
    InputError, ShapeError
        If the text is no row of integers, or too short for one batch.
    """
    text = _indices(text)
    B, T = inputs.size(batch_size, "batch_size"), inputs.size(time_steps, "time_steps")
    length = (len(text) - 1) // B  # of a row; the last character has none to predict
    if length < T:
        came = f"{len(text)} characters for batches of {B} rows with {T} time steps"
        todo = "take a longer text, fewer rows or fewer time steps"
        raise ShapeError(explain(came, f"{B * T + 1} characters or more", todo))
    x = text[: B * length].reshape(B, length)
    y = text[1 : B * length + 1].reshape(B, length)
    starts = range(0, length - T + 1, T)
    return [(x[:, t : t + T], y[:, t : t + T]) for t in starts]


def _indices(text: np.ndarray) -> np.ndarray:
    """Return the text as an array, after a look at whether it can be one of indices."""
    text = np.asarray(text)
    if text.ndim != 1:
        came = f"a text of shape {text.shape}"
        raise ShapeError(explain(came, "one row of characters", "flatten it first"))
    if not np.issubdtype(text.dtype, np.integer):
        came = f"a text of {text.dtype}"
        todo = "encode the characters first: each as its index in the vocabulary"
        raise InputError(explain(came, "integers", todo))
    if text.size and text.min() < 0:
        came = f"{text.min()} as the index of a character"
        raise InputError(explain(came, "0 or more", "encode the text with its own vocabulary"))
    return text
