"""Readers' answers on graphs, alignments and bugs, by pencil."""

from tests.book.mistakes.written import Ways, Written


def graph_stub():
    raise NotImplementedError("Five numbers, counted in four traces.")


GRAPH = Written(
    "mining/graph",
    right=(
        (7, 21, 5, 2, 8),
        lambda: [7, 21, 5, 2, 8],
        {"arrows": 7, "steps": 21, "backward_update": 5, "starts": 2, "arrows_as_one": 8},
    ),
    mistakes={
        "counts for arrows": Ways((21, 21, 5, 2, 8), (21, 21, 5, 2, 24)),
        "as many steps as events": (7, 25, 5, 2, 8),
        "steps between traces": (7, 24, 5, 2, 8),
        "no arrow back to itself": (6, 21, 5, 2, 7),
        "with the start and the end": (10, 21, 5, 2, 8),
        "after some time": (7, 21, 6, 2, 8),
        "each trace": (7, 21, 5, 4, 8),
        "nothing new": (7, 21, 5, 2, 7),
        "every seam": Ways((7, 21, 5, 2, 10), (7, 21, 5, 2, 9)),
    },
    unlisted=((7, 21, 5, 1, 8), (7, 20, 5, 2, 8), (5, 21, 5, 2, 8)),
    misshapen=(7, (7, 21), {"arrows": 7}, "seven", lambda traces: 7),
    stub=graph_stub,
)


def fitting_stub():
    raise NotImplementedError("Five numbers: cost, first, second, third, mean.")


FITTING = Written(
    "mining/fitting",
    right=(
        (2, 0.8, 0.875, 0.5, 0.999),
        lambda: {
            "cost": 2,
            "first": 1 - 2 / 10,
            "second": 7 / 8,
            "third": 0.5,
            "mean": 199.8 / 200,
        },
    ),
    mistakes={
        "only the case's length": (2, 2 / 3, 0.75, 0.0, (199 + 2 / 3) / 200),
        "the run that was taken": (2, 0.8, 8 / 9, 0.5, 0.999),
        "the longest run": (2, 9 / 11, 8 / 9, 5 / 9, (199 + 9 / 11) / 200),
        "one run only": (2, 0.8, 0.75, 0.5, 0.999),
        "replaced": Ways((2, 0.8, 0.875, 0.75, 0.999), (2, 0.8, 0.875, 0.625, 0.999)),
        "nothing fits": Ways((2, 0.8, 0.875, 0.0, 0.999), (2, 0.8, 0.875, 0.25, 0.999)),
        "one of the extra events": Ways(
            (1, 0.9, 0.875, 0.5, 199.9 / 200), (1, 0.8, 0.875, 0.5, 0.999)
        ),
        "share of the good ones": (2, 0.8, 0.875, 0.5, 0.995),
    },
    unlisted=(
        (3, 0.7, 0.875, 0.5, 0.9985),
        (2, 0.8, 0.5, 0.5, 0.999),
        (2, 0.8, 0.875, 0.5, 0.8),
    ),
    misshapen=(2, (2, 0.8), {"cost": 2}, "all of them", lambda case: 1.0),
    stub=fitting_stub,
)


def bugs_stub():
    raise NotImplementedError("An arrow for each: ada, ben, cleo, dan, eva, finn.")


NAMES = ("ada", "ben", "cleo", "dan", "eva", "finn")
ARROWS = ("F-F", "Z-U", "F-U", "D-Z", "U-V", "none")


def swapped(one, other):
    turn = {one: other, other: one}
    return {name: turn.get(arrow, arrow) for name, arrow in zip(NAMES, ARROWS, strict=True)}


BUGS = Written(
    "mining/bugs",
    right=(ARROWS, dict(zip(NAMES, ARROWS, strict=True)), lambda: list(ARROWS)),
    mistakes={
        "arrows used twice": Ways(("none",) * 6, (*ARROWS[:4], "none", "none")),
        "Z-U and F-U": swapped("Z-U", "F-U"),
        "F-F and F-U": swapped("F-F", "F-U"),
        "U-V and none": swapped("U-V", "none"),
        "D-Z and none": swapped("D-Z", "none"),
        "Z-U and none": swapped("Z-U", "none"),
    },
    unlisted=(swapped("F-F", "none"), ARROWS[::-1], (*ARROWS[1:], ARROWS[0])),
    misshapen=(
        ARROWS[:5],
        "none",
        dict(zip(NAMES[:5], ARROWS[:5], strict=True)),
        (*ARROWS[:5], "B-B"),
        7,
    ),
    stub=bugs_stub,
)

ALL = (GRAPH, FITTING, BUGS)
