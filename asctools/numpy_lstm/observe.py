"""The seam between the training loop and whoever keeps a log of it.

An observer is any object with ``event(name, **attributes)``. It may also have

- ``enabled(level)`` or ``enabled(level, iteration)``: whether events of a level are wanted, so that
  what nobody wants is not computed. Levels are epoch < step < gate < weight. Without it, an
  observer is told the first two. It is asked once for each level and iteration, so a level of an
  iteration is told whole or not at all.
- ``events(names, **attributes)``: many events at once, as those of gates and weights come. A list
  among the attributes has one value for each name, None where an event has none; anything else is
  the same for all. Without it, the observer is told one by one.
- ``position`` and ``cut_back(position)``: how far it goes, which a checkpoint keeps, and a way
  back to there, which a resumed training takes.
- ``trace(name, **attributes)``: called before the first event of each epoch, also of one that is
  resumed in its middle.

An event is told when its operation has ended, from inside the operation: delete the call of an
operation from the loop and its event is gone, without another line being edited.
"""

import functools
import inspect
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from asctools.errors import InputError, explain

if TYPE_CHECKING:
    from asctools.numpy_lstm.run import Run

P = ParamSpec("P")
R = TypeVar("R")
Telling = Generator[None, Any, None]

LEVELS = ("epoch", "step", "gate", "weight")
UNASKED = ("epoch", "step")  # what an observer without .enabled is told

OF_EPOCHS = (
    "EpochStart",
    "EpochEnd",
    "Validation",
    "EarlyStoppingCheck",
    "PlateauDetected",
    "GradientExplosion",
    "EarlyStopping",
)


class Watch:
    """An observer, with one answer for each level and iteration.

    Parameters
    ----------
    observer
        Any object with ``event(name, **attributes)``.
    """

    def __init__(self, observer: Any) -> None:
        if not callable(getattr(observer, "event", None)):
            came = f"{type(observer).__name__} as observer"
            todo = "give it a method event(name, **attributes)"
            raise InputError(explain(came, "an object with .event", todo))
        self.observer = observer
        self._asks = _question(observer)
        self._answers: dict[str, bool] = {}
        self._iteration = -1
        self.buffers: dict[str, Any] = {}  # memory that events are computed in
        self.goes_on = False  # whether the first thing told will be in the middle of an epoch
        self.missed: set[str] = set()  # what the model does not expose: said once

    @property
    def position(self) -> int | None:
        """How far the observer's log goes, if it says so."""
        position: int | None = getattr(self.observer, "position", None)
        return position

    def cut_back(self, position: int | None) -> None:
        """Go back to where a log was, unless it has only just begun."""
        now = self.position
        if position is not None and now is not None and now > position:
            self.observer.cut_back(position)

    def enabled(self, level: str, iteration: int) -> bool:
        """Whether the observer wants events of this level in this iteration."""
        if iteration != self._iteration:
            self._iteration, self._answers = iteration, {}
        if level not in self._answers:
            self._answers[level] = bool(self._asks(level, iteration))
        return self._answers[level]

    def tell(self, run: "Run", name: str, **attributes: Any) -> None:
        """Tell an event of one of the levels epoch and step, if that level is wanted."""
        if self.enabled("epoch" if name in OF_EPOCHS else "step", run.iteration):
            self.observer.event(name, iteration=run.iteration, **attributes)

    def tell_all(self, names: list[str], **attributes: Any) -> None:
        """Tell many events; a list has one value for each, anything else is the same for all."""
        if callable(getattr(self.observer, "events", None)):
            self.observer.events(names, **attributes)
            return
        lists = {key: each for key, each in attributes.items() if isinstance(each, list)}
        for k, name in enumerate(names):
            own = attributes | {key: each[k] for key, each in lists.items()}
            told = {key: each for key, each in own.items() if each is not None}
            self.observer.event(name, **told)

    def trace(self, name: str, **attributes: Any) -> None:
        """Begin a trace, if the observer keeps traces."""
        if callable(getattr(self.observer, "trace", None)):
            self.observer.trace(name, **attributes)


def watched(observer: Any | None) -> Watch | None:
    """Return the watch of an observer, or None where nobody observes."""
    return None if observer is None else Watch(observer)


def told(
    teller: Callable[[Watch, "Run"], Telling],
) -> Callable[[Callable[Concatenate["Run", P], R]], Callable[Concatenate["Run", P], R]]:
    """Let an operation of the loop tell what it did.

    Without an observer the operation is called and nothing else happens.

    Parameters
    ----------
    teller
        A generator function of (watch, run). It runs to its ``yield``, then the operation is done,
        then it goes on with the operation's result as the value of the ``yield``, and tells.
    """

    def decorate(
        operation: Callable[Concatenate["Run", P], R],
    ) -> Callable[Concatenate["Run", P], R]:
        @functools.wraps(operation)
        def telling(run: "Run", *args: P.args, **kwargs: P.kwargs) -> R:
            if run.watch is None:
                return operation(run, *args, **kwargs)
            tells = teller(run.watch, run)
            next(tells)
            result = operation(run, *args, **kwargs)
            try:  # noqa: SIM105 - suppress() would take as long as writing half an event
                tells.send(result)
            except StopIteration:  # how a generator says that it has ended
                pass
            return result

        return telling

    return decorate


def _question(observer: Any) -> Callable[[str, int], object]:
    """Return ``enabled(level, iteration)`` for any observer: with one argument, two, or none."""
    enabled = getattr(observer, "enabled", None)
    if not callable(enabled):
        return lambda level, iteration: level in UNASKED
    try:
        inspect.signature(enabled).bind("gate", 1)
    except TypeError:
        return lambda level, iteration: enabled(level)
    return enabled
