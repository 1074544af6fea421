"""The numbers of a training on disk: tables, TensorBoard's event files, and both read back."""

from asctools.training.metrics.reading import Scalars, read_csv, read_tensorboard

__all__ = ["Scalars", "read_csv", "read_tensorboard"]
