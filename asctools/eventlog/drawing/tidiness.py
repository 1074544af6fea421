"""How tidy the arcs of a placed graph are: few bends, and no two arrows in one place."""

import math
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

Point = tuple[float, float]

TOO_NEAR = 7.0  # points between the ends of two arcs
PENALTY = math.pi  # two ends in one place are as bad as a needless half turn


def untidiness(arcs: Iterable[Sequence[Point]]) -> float:
    """Return how untidy arcs are; of two layouts take the one with less.

    Parameters
    ----------
    arcs
        The points of each arc, its curves end to end.

    Returns
    -------
    float
        All turns in radians, of the lines through the points, and a half turn for each pair of
        ends that lie on each other.
    """
    arcs = list(arcs)
    ends = [points[at] for points in arcs for at in (0, -1)]
    near = sum(math.dist(one, other) < TOO_NEAR for one, other in combinations(ends, 2))
    return sum(map(turning, arcs)) + PENALTY * near


def turning(points: Sequence[Point]) -> float:
    """Return by how much a line through some points turns in all, left or right, in radians."""
    ways = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points) if math.dist(a, b) > 1e-6]
    return sum(
        abs(math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]))
        for a, b in pairwise(ways)
    )
