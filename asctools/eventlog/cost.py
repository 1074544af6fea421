"""What observing a training costs."""

import math
from collections.abc import Mapping

from asctools.errors import InputError, explain


def overhead(told: Mapping[str, float], cost: Mapping[str, float], step: float) -> float:
    """Return how much longer a training step takes because its events are told.

    A cost of a hundredth of a step cannot be seen by timing the step with and without a log: other
    programs disturb it more than that. So the parts are timed, many of each, and summed.

    Implements :eq:`eq-overhead`.

    Parameters
    ----------
    told
        Kind of event → how many of it are told in a step, on average.
    cost
        Kind of event → seconds for one of it: its numbers computed, encoded and written.
    step
        Seconds that a step takes when nobody observes.

    Returns
    -------
    float
        The share of a step: 0.02 where 50 ms become 51 ms.

    Raises
    ------
    InputError
        If a kind that is told has no cost, or a number is negative, not finite or, as a step, 0.
    """
    if not _amount(step, "step"):
        raise InputError(explain("step=0", "the seconds of a step", "measure more steps at once"))
    seconds = 0.0
    for kind, n in told.items():
        if kind not in cost:
            came = f"no cost of {kind!r}"
            raise InputError(explain(came, "seconds for each kind that is told", "measure it"))
        # Σ n_k c_k
        seconds += _amount(n, f"told[{kind!r}]") * _amount(cost[kind], f"cost[{kind!r}]")
    return seconds / step


def _amount(value: float, name: str) -> float:
    if not (isinstance(value, int | float) and math.isfinite(value) and value >= 0):
        raise InputError(explain(f"{name}={value!r}", "a number, 0 or more", "measure it again"))
    return value
