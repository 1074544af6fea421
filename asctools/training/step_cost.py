"""What a step of a training costs in several processes: on paper, before anybody rents them.

Times are in seconds. The model is the simplest that still says where more processes stop to help:
some work that nobody can share, some that is divided evenly, and the all-reduce that puts the
gradients together. It leaves out that the all-reduce may run beside the backward pass, and that
the slowest process sets the pace.
"""

import math

from asctools.errors import InputError, explain

__all__ = ["all_reduce_seconds", "best_size", "gradient_bytes", "speed_up", "step_seconds"]


def gradient_bytes(num_parameters: int, bytes_each: int = 4) -> int:
    """Return the size of the gradient of a model; a float32 has four bytes."""
    _at_least(1, num_parameters=num_parameters, bytes_each=bytes_each)
    return num_parameters * bytes_each


def all_reduce_seconds(size: int, num_bytes: float, bandwidth: float, latency: float) -> float:
    """Return the time that processes in a ring need to add up their gradients.

    Each sends a piece of a ``size``-th to its neighbour, 2 (size − 1) times: once around to add the
    pieces up, and once more to hand the sums out.
    Implements :eq:`eq-all-reduce`.

    Parameters
    ----------
    size
        The number of processes; one alone sends nothing.
    num_bytes
        The size of the whole gradient.
    bandwidth
        Bytes a second from one process to the next.
    latency
        Seconds until a message of no length has arrived.

    Returns
    -------
    float
        Seconds. However many take part, nobody sends more than twice the gradient; the latencies
        are what grows.

    Raises
    ------
    InputError
        If a number is not positive; bytes and latency may be 0.

    Notes
    -----
    The ring is that of Patarasuk and Yuan (2009), who show that no all-reduce sends less.
    """
    _at_least(1, size=size)
    _at_least(0, num_bytes=num_bytes, latency=latency)
    _above_zero(bandwidth=bandwidth)
    messages = 2 * (size - 1)
    return messages * (latency + num_bytes / size / bandwidth)


def step_seconds(size: int, alone: float, divisible: float, all_reduce: float = 0.0) -> float:
    """Return the time of a step: what each does for itself, its share, and the all-reduce.

    Parameters
    ----------
    size
        The number of processes.
    alone
        Seconds of work that each process does whole: the optimiser's step, starting operations, the
        time steps of an LSTM that wait for each other whatever the batch is.
    divisible
        Seconds of work that can be divided: what one process needs for the examples of the batch.
    all_reduce
        Seconds of :func:`all_reduce_seconds` for this number of processes.
    """
    _at_least(1, size=size)
    _at_least(0, alone=alone, divisible=divisible, all_reduce=all_reduce)
    return alone + divisible / size + all_reduce


def speed_up(size: int, alone: float, divisible: float, all_reduce: float = 0.0) -> float:
    """Return how many times faster a step is than in one process.

    With no all-reduce this is Amdahl's law, and stays below (alone + divisible) / alone.
    Implements :eq:`eq-speed-up`.

    Parameters
    ----------
    size, alone, divisible, all_reduce
        As for :func:`step_seconds`.

    Returns
    -------
    float
        Below 1 if the other processes do harm.
    """
    return step_seconds(1, alone, divisible) / step_seconds(size, alone, divisible, all_reduce)


def best_size(
    alone: float,
    divisible: float,
    num_bytes: float,
    bandwidth: float,
    latency: float,
    most: int = 1024,
) -> int:
    """Return the number of processes, up to ``most``, with the shortest step."""
    _at_least(1, most=most)

    def seconds(size: int) -> float:
        together = all_reduce_seconds(size, num_bytes, bandwidth, latency)
        return step_seconds(size, alone, divisible, together)

    return min(range(1, most + 1), key=seconds)


def _at_least(least: int, **numbers: float) -> None:
    for name, number in numbers.items():
        if not (math.isfinite(number) and number >= least):
            came = f"{name}={number!r}"
            raise InputError(explain(came, f"a number, {least} or more", f"set {name}"))


def _above_zero(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (math.isfinite(number) and number > 0):
            raise InputError(explain(f"{name}={number!r}", "a number above 0", f"set {name}"))
