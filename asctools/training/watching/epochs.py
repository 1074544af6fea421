"""The epochs of a loop, told from inside its loader: an epoch is a walk through it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager, nullcontext
from typing import Any

from asctools.training.watching.replace import replaced
from asctools.training.watching.tell import Teller

IMMUTABLE = 1 << 8  # the flag of a class such as list, whose methods cannot be replaced
NEVER = (
    "The loop never walked through the %s that was given as loader: the log has no epochs. "
    "Loop over the batches of the watch: with watched(...) as watch: for batch in watch.batches"
)

logger = logging.getLogger(__name__)


class Epochs:
    """Tell where epochs begin and end.

    Parameters
    ----------
    teller
        Tells everything else.
    loader
        What the loop walks through.
    total
        The number of epochs, if it is known.
    """

    def __init__(self, teller: Teller, loader: Iterable[Any], total: int | None = None) -> None:
        self.teller, self.loader, self.total = teller, loader, total
        self.epoch = 0
        self._reached = False  # whether its walks are told from inside
        self._left = False  # an epoch whose loop was left before the loader was at its end
        self._over = False  # whether the watch has ended; a loop may go on

    def __len__(self) -> int:
        return len(self.loader)  # type: ignore[arg-type]  # its own error says that it has none

    def __iter__(self) -> Iterator[Any]:
        """Walk through the loader, for a loop whose loader cannot be watched from inside."""
        walk = iter(self.loader)
        return walk if self._reached else self.walk(walk)

    def walk(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Give the batches on, and tell of the epoch that they are."""
        self.begin()
        known = _batches(self.loader)
        try:
            for k, batch in enumerate(batches, 1):
                if not self._over:
                    self.teller.settle()
                    self.teller.ends_epoch = known is None or k >= known
                    self.teller.count.draw()
                yield batch
        except GeneratorExit:  # the loop has a break in it, or an error
            self._left = True
            raise
        if not self._over:
            self.end()

    @contextmanager
    def inside_loader(self) -> Iterator[None]:
        """Walk whenever the loop walks through the loader, if its class can be reached."""
        begin_trace(self.teller, 1, self.loader)
        kind = type(self.loader)
        self._reached = hasattr(kind, "__iter__") and not kind.__flags__ & IMMUTABLE
        try:
            with replaced(kind, "__iter__", self._walking) if self._reached else nullcontext():
                yield
        finally:
            self._over = True

    def _walking(self, iterate: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def batches_of(loader: Iterable[Any]) -> Iterator[Any]:
            batches = iterate(loader)
            return self.walk(batches) if loader is self.loader else batches

        return batches_of

    def finish(self) -> None:
        """Tell what is left when the loop is over."""
        self.end_if_left()
        if not self.epoch:
            logger.warning(NEVER, type(self.loader).__name__)

    def begin(self) -> None:
        """Tell EpochStart: epoch, total_epochs, iterations_per_epoch, dataset_size."""
        self.end_if_left()
        self.teller.settle()
        self.epoch += 1
        if self.epoch > 1:  # the first began with the watch
            begin_trace(self.teller, self.epoch, self.loader)
        start_epoch(self.teller, self.epoch, self.total, self.loader)

    def end(self) -> None:
        """Tell EpochEnd: epoch, final_loss, final_grad_norm."""
        self.teller.settle()
        end_epoch(self.teller, self.epoch, self.teller.loss, self.teller.grad_norm)

    def end_if_left(self) -> None:
        """Tell of the end of an epoch that was broken off, now that the training goes on."""
        if self._left:
            self._left = False
            self.end()


def begin_trace(teller: Teller, epoch: int, loader: Iterable[Any], accumulate: int = 1) -> None:
    """Begin the trace of an epoch; ``accumulate`` batches are one iteration."""
    known = {"epoch": epoch, "iterations": _iterations(loader, accumulate)}
    told = {name: number for name, number in known.items() if number is not None}
    teller.watch.trace(f"epoch {epoch}", **told)


def start_epoch(
    teller: Teller, epoch: int, total: int | None, loader: Iterable[Any], accumulate: int = 1
) -> None:
    """Tell EpochStart."""
    known = {"total_epochs": total, "iterations_per_epoch": _iterations(loader, accumulate)}
    known["dataset_size"] = _examples(loader)
    told = {name: number for name, number in known.items() if number is not None}
    if teller.wants("epoch"):
        teller.watch.observer.event("EpochStart", epoch=epoch, **told)


def end_epoch(teller: Teller, epoch: int, loss: float, grad_norm: float) -> None:
    """Tell EpochEnd, with the loss and the norm of the last iteration."""
    if teller.wants("epoch"):
        final = {"final_loss": loss, "final_grad_norm": grad_norm}
        teller.watch.observer.event("EpochEnd", epoch=epoch, **final)


def _iterations(loader: Iterable[Any], accumulate: int) -> int | None:
    batches = _batches(loader)
    return None if batches is None else -(-batches // accumulate)


def _batches(loader: Iterable[Any]) -> int | None:
    try:
        return len(loader) if isinstance(loader, Sized) else None
    except TypeError:  # a stream
        return None


def _examples(loader: Iterable[Any]) -> int | None:
    """Return the number of examples behind a loader, if it says so."""
    dataset = getattr(loader, "dataset", None)
    if dataset is None and isinstance(loader, list | tuple):
        return sum(_rows(batch) for batch in loader)
    try:
        return None if dataset is None else len(dataset)
    except TypeError:  # a stream
        return None


def _rows(batch: Any) -> int:
    first = batch[0] if isinstance(batch, list | tuple) and len(batch) else batch
    return len(first) if isinstance(first, Sized) else 1
