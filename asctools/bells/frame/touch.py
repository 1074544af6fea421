"""Which bells strike in a recording, and when: a method, a rhythm and human hands."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.methods import METHODS, Rhythm, ring, rows
from asctools.bells.recording import RATE
from asctools.bells.strikes import NUM_BELLS, Strikes
from asctools.errors import InputError, explain

__all__ = ["NUMBERS", "Touch", "with_label_errors"]

NUMBERS = (12, 14, 16)
GAPS_S = (0.20, 0.235)
REFRACTORY_S = 2.01  # a little more than 2 s, so that errors of labels cannot break the rule
STEPS = 8  # true times lie on eighths of a sample
WIDEST_ERROR = 3.0  # standard deviations


class Touch(NamedTuple):
    """What is rung in a recording.

    Attributes
    ----------
    method
        A name of :func:`asctools.bells.methods.rows`; ``None`` draws one.
    bells
        12, 14 or 16, counted from the tenor; ``None`` draws one of them.
    refractory
        ``False`` lets a bell strike again within 2 s where the striking errors do so.
    first_row
        With which row of the method the ringing starts.
    lead_s
        Seconds from the first strike's place to the start of the recording; negative where the
        recording starts in silence.
    """

    method: str | None = "plain bob"
    bells: int | None = None
    refractory: bool = True
    first_row: int = 0
    lead_s: float = -0.5

    def strikes(self, n: int, rng: np.random.Generator) -> Strikes:
        """Draw the true strikes before sample ``n``; those before sample 0 are listed too.

        Parameters
        ----------
        n
            Length of the recording in samples.
        rng
            Source of the rhythm, the errors, and whatever is ``None``.

        Returns
        -------
        Strikes
            Bells 16 − number … 15, times in eighths of a sample.

        Raises
        ------
        InputError
            If the number of bells is none of the three.
        UnknownNameError
            If there is no such method.
        """
        drawn, number = METHODS[rng.integers(len(METHODS))], NUMBERS[rng.integers(len(NUMBERS))]
        number = number if self.bells is None else self.bells
        if number not in NUMBERS:
            raise InputError(explain(f"{number} bells", "12, 14 or 16", "ring one of these"))
        course = rows(drawn if self.method is None else self.method, number)[:-1]
        rhythm = Rhythm(rng.uniform(*GAPS_S), refractory_s=REFRACTORY_S if self.refractory else 0.0)
        needed = int((n / RATE + max(self.lead_s, 0) + 1) / (number * rhythm.gap_s)) + 2
        order = [course[(self.first_row + row) % len(course)] for row in range(needed)]
        bells, times, strokes = ring(order, rhythm, rng)
        true = np.round((times - self.lead_s * RATE) * STEPS) / STEPS
        struck = Strikes.make(bells + NUM_BELLS - number, true, strokes)
        return struck.kept(struck.times < n)


def with_label_errors(
    true: Strikes, sd: float, n: int, rng: np.random.Generator
) -> tuple[Strikes, NDArray[np.int64]]:
    """Return what somebody who labels ``n`` samples by ear would write down.

    Parameters
    ----------
    true
        The strikes that sounded.
    sd
        Standard deviation of the errors in samples; none is larger than three of them.
    n
        Length of the recording; strikes outside are left out.
    rng
        Source of the errors.

    Returns
    -------
    Strikes, array
        The labels, and which of the true strikes each of them means.
    """
    errors = np.clip(rng.normal(0, 1, true.number), -WIDEST_ERROR, WIDEST_ERROR) * sd
    times = true.times + errors
    order = np.argsort(times, kind="stable")
    inside = order[(times[order] >= 0) & (times[order] < n)]
    return Strikes(true.bells[inside], times[inside], true.strokes[inside]), inside
