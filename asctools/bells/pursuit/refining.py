"""Look again at strikes that were taken while others were still in the way."""

from collections.abc import Sequence

from asctools.bells.pursuit.search import Found, Scene

__all__ = ["refined"]

BESIDE = 3  # samples by which a strike may move


def refined(scene: Scene, taken: Sequence[Found]) -> list[Found]:
    """Give each strike the place and the strength that it has when all others are subtracted.

    The pursuit takes the best strike first, while all others still sound. Here each in turn is
    added back, looked at, and subtracted again.

    Parameters
    ----------
    scene
        After the pursuit; its traces are changed.
    taken
        Strikes that are subtracted in it.

    Returns
    -------
    list of Found
        In the same order. The score is that of the strike alone, without all others.
    """
    again = []
    for found in taken:
        scene.subtract(found, -found.amplitude)
        place = found.start - scene.first
        first = max(place - BESIDE, 0)
        near = scene.traces[found.kind, first : place + BESIDE + 1]
        better = scene.at(found.kind, first + int(near.argmax()))
        again.append(better._replace(amplitude=max(better.amplitude, 0.0)))
        scene.subtract(again[-1], again[-1].amplitude)
    scene.score_again()
    return again
