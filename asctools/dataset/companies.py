"""Two companies whose last three days are the same: the toy task of the first chapters.

A and B differ on day 1 alone, and the target repeats day 1. To tell them apart at the end, a cell
has to carry that one number through three days that say nothing about it.

Source: the example of StatQuest's "Long Short-Term Memory (LSTM), Clearly Explained".
"""

from typing import TYPE_CHECKING, NamedTuple

from asctools.errors import InputError, explain

if TYPE_CHECKING:
    import numpy as np


class Company(NamedTuple):
    """One sequence and what a cell should say at its end.

    Attributes
    ----------
    name
        A label for tables and legends.
    days
        One value a day, no unit; any number of days.
    target
        The wanted short-term memory h after the last day.
    """

    name: str
    days: tuple[float, ...]
    target: float


COMPANY_A = Company("A", (0.0, 0.5, 0.25, 1.0), 0.0)
COMPANY_B = Company("B", (1.0, 0.5, 0.25, 1.0), 1.0)
COMPANIES = (COMPANY_A, COMPANY_B)

# Company A's four days and two more: the numbers that every later chapter computes with.
SIX_DAYS = (0.0, 0.5, 0.25, 1.0, 0.75, 0.0)


def perturbed(
    company: Company, n: int, *, scale: float, rng: "np.random.Generator"
) -> list[Company]:
    """Copy a company with Gaussian noise on every day; the target stays.

    Parameters
    ----------
    company
        The company to copy.
    n
        How many copies, 0 or more.
    scale
        Standard deviation of the noise, in the units of the days; 0 gives exact copies.
    rng
        The generator of the noise, for example ``numpy.random.default_rng(1)``.

    Returns
    -------
    list of Company
        ``n`` companies named ``A1``, ``A2``, …, each with as many days as the original.

    Raises
    ------
    InputError
        If ``n`` or ``scale`` is negative or no number, or ``rng`` is no NumPy generator.
    """
    import numpy as np  # here, not above: the companies themselves need no NumPy

    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 0:
        raise InputError(explain(f"n={n!r}", "a whole number of copies, 0 or more", "change n"))
    if not isinstance(scale, int | float) or not 0.0 <= scale < float("inf"):
        raise InputError(
            explain(f"scale={scale!r}", "a standard deviation, 0 or more", "change scale")
        )
    if not isinstance(rng, np.random.Generator):
        came = f"{type(rng).__name__} as rng"
        raise InputError(
            explain(came, "a numpy.random.Generator", "pass numpy.random.default_rng(seed)")
        )
    noise = rng.normal(0.0, scale, size=(n, len(company.days))).tolist()
    return [
        Company(
            f"{company.name}{number}",
            tuple(day + shift for day, shift in zip(company.days, row, strict=True)),
            company.target,
        )
        for number, row in enumerate(noise, start=1)
    ]
