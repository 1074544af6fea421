"""Number the iterations of a loop that does not say where one begins."""

from collections.abc import Callable


class Count:
    """Count batches where they are drawn under our eyes; otherwise guess from the operations.

    A forward pass after a backward pass or an update reads the next batch. A loop whose first
    operation is ``zero_grad`` begins its iterations with it.
    """

    given = False  # whether the loop is the trainer's, which does nothing behind our back

    def __init__(self) -> None:
        self._iteration = 0
        self._drawn = False  # whether a loader tells of its batches
        self._opener = ""
        self._learned = self._updated = self._inside_step = False

    @property
    def iteration(self) -> int:
        """The present one, from 1; 0 before the first."""
        return self._iteration

    def draw(self) -> None:
        """Begin an iteration with a batch from the loader."""
        if not self._drawn:
            self._drawn, self._iteration = True, 0
        self._next()

    def zero_grad(self) -> None:
        """See the gradients being cleared."""
        self._see("ZeroGrad", self._updated and self._opener == "ZeroGrad")

    def forward(self) -> None:
        """See a batch being read."""
        self._see("ForwardPass", self._learned or self._updated)

    def backward(self) -> None:
        """See a backward pass."""
        self._see("BackwardPass", False)
        self._learned = True

    def step(self, closure: bool) -> None:
        """See the optimiser begin; with a closure it calls everything else itself."""
        self._see("Step", closure and self._updated)
        self._inside_step = True

    def stepped(self) -> None:
        """See the optimiser end."""
        self._inside_step, self._updated = False, True

    def _see(self, operation: str, opens: bool) -> None:
        self._opener = self._opener or operation
        if self._drawn or self._inside_step:
            return
        if opens or not self._iteration:
            self._next()

    def _next(self) -> None:
        self._iteration += 1
        self._learned = self._updated = False


class Given(Count):
    """An iteration that somebody else counts.

    Parameters
    ----------
    iteration
        Returns the present one.
    """

    given = True

    def __init__(self, iteration: Callable[[], int]) -> None:
        super().__init__()
        self._drawn, self._ask = True, iteration

    @property
    def iteration(self) -> int:
        """The present one."""
        return self._ask()
