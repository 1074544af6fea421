"""What the other candidates say of one: how long ago the last was, and that of the same bell."""

import numpy as np
from numpy.typing import NDArray

from asctools.bells.pursuit.features import Described

__all__ = ["NAMES", "rhythm"]

NAMES = (
    "since any", "until any", "since a strong one", "until a strong one",
    "since its own", "until its own", "rows since its own", "rows until its own", "how often",
)  # fmt: skip
ALONE = 1  # the column of the score that is left when all others are subtracted
STRONG = np.log1p(6.0)  # such a candidate is probably a strike
SHORT, LONG = 20.0, 8000.0  # samples: times are told apart from 10 ms to 4 s
USUAL_ROW = 6000.0  # samples from a bell's strike to its next, if nobody can tell


def rhythm(described: Described) -> NDArray[np.float32]:
    """Return when the other candidates of a recording are, (n, 9): see :data:`NAMES`.

    Strong candidates stand for strikes that are sure. A row is the median time from one of them to
    the next of the same bell: each bell strikes once in a row.
    """
    times, bells = described.picks.times, described.picks.bells
    strong = described.features[:, ALONE] > STRONG
    everything = np.ones_like(strong)
    own = np.full((2, len(times)), np.inf)
    often = np.zeros(len(times))
    for bell in np.unique(bells):
        mine = bells == bell
        own[:, mine] = _around(times[mine], times[mine & strong])
        often[mine] = np.count_nonzero(mine & strong)
    row = _row(times[strong], bells[strong])
    rows = max(1.0, (times[-1] - times[0]) / row) if len(times) else 1.0
    waits = [*_around(times, times[everything]), *_around(times, times[strong]), *own]
    columns = [np.log1p(np.minimum(wait, LONG) / SHORT) for wait in waits]
    columns += [np.minimum(wait / row, 3.0) for wait in own]
    return np.stack([*columns, np.log1p(often / rows)], axis=1).astype(np.float32)


def _around(times: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the time since the last of the others and until the next, (2, n); ∞ if there is none.

    A time that is among the others does not count as one of them.
    """
    with_ends = np.concatenate([[-np.inf], others, [np.inf]])
    before = np.searchsorted(others, times, side="left")
    after = np.searchsorted(others, times, side="right") + 1
    return np.stack([times - with_ends[before], with_ends[after] - times])


def _row(times: NDArray[np.float64], bells: NDArray[np.int64]) -> float:
    """Return the usual time from a bell's strike to its next, in samples."""
    gaps = [np.diff(times[bells == bell]) for bell in np.unique(bells)]
    return float(np.median(np.concatenate(gaps))) if any(map(len, gaps)) else USUAL_ROW
