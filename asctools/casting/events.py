"""When the level fluctuates and when the temperature drops: the events of each window."""

import numpy as np

from asctools.casting.process import GAPS, KINDS, gaps

__all__ = ["add_crowd", "draw_stories", "draw_times"]

FIRST, LAST = 5, 12  # seconds that an event keeps from the window's start, and from its end
TRIES = 10  # to find a place for a second event

# How the windows without a defect are shared out, before some get second events.
SHARES = {"quiet": 0.5, "level only": 0.1, "drop only": 0.1, "reversed": 0.15, "too late": 0.15}


def draw_stories(
    heat: np.ndarray, rate: float, habit: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw what happens in each window, from its heat's own mixture.

    Parameters
    ----------
    heat
        ``(N,)``: 0, 0, …, 1, 1, ….
    rate
        Share of defects, over all heats.
    habit
        Concentration of the Dirichlet distribution that the mixtures are drawn from.

    Returns
    -------
    ndarray
        ``(N,)``, indices into ``KINDS``.
    """
    shares = np.array([SHARES.get(kind, 0.0) * (1.0 - rate) for kind in KINDS])
    shares[KINDS.index("defect")] = rate
    mixtures = rng.dirichlet(habit * shares, size=heat[-1] + 1)
    drawn = rng.random((len(heat), 1)) > np.cumsum(mixtures, axis=1)[heat]
    return np.minimum(drawn.sum(axis=1), len(KINDS) - 1)


def draw_times(
    kind: np.ndarray, steps: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw when the level fluctuates and when the temperature drops.

    Returns
    -------
    level, cold : ndarray
        ``(N, 2)`` each: the time, or −1 for never; and room for a second one, −1.
    """
    gap = np.zeros(len(kind), dtype=np.int64)
    for name, (first, last) in GAPS.items():
        gap = np.where(kind == KINDS.index(name), rng.integers(first, last + 1, len(kind)), gap)
    start = rng.integers(FIRST, steps - LAST - np.abs(gap))  # of the earlier of the two
    level, cold = start + np.maximum(-gap, 0), start + np.maximum(gap, 0)
    has_level = ~np.isin(kind, [KINDS.index("quiet"), KINDS.index("drop only")])
    has_drop = ~np.isin(kind, [KINDS.index("quiet"), KINDS.index("level only")])
    none = np.full(len(kind), -1)
    return (
        np.stack((np.where(has_level, level, -1), none), axis=1),
        np.stack((np.where(has_drop, cold, -1), none), axis=1),
    )


def add_crowd(
    level: np.ndarray, cold: np.ndarray, share: float, steps: int, rng: np.random.Generator
) -> None:
    """Add a second fluctuation and a second drop to some windows, harmless ones, in place.

    None has a partner of the other sort that would make a defect of the two. They are what keeps
    "the largest change" from telling everything. Few windows have no room for one.
    """
    for mine, others, sign in ((level, cold, 1), (cold, level, -1)):
        for _ in range(TRIES):
            at = rng.integers(FIRST, steps - LAST, len(mine))[:, None]
            apart = sign * gaps(at, others)
            same = np.abs(gaps(mine, at))
            far = ~((apart > GAPS["reversed"][1]) & (apart < GAPS["too late"][0])).any(axis=1)
            clear = far & ~(same < LAST).any(axis=1)
            mine[:, 1] = np.where(clear & (mine[:, 1] < 0), at[:, 0], mine[:, 1])
        mine[rng.random(len(mine)) >= share, 1] = -1
