"""The exercise that explains two measured factors by counting."""

from __future__ import annotations

from typing import NamedTuple

from asctools.course.checks.lstm_in_numpy.draws import field_is
from asctools.course.checks.spec import Exercise, Mistake, Tolerance, once

T, B = 25, 32


class Counts(NamedTuple):
    """Products of plain, fused, late; uses at B = 1 and 32, of fused and late; who gains."""

    products: tuple[int, int, int]
    uses: tuple[int, int, int, int]
    gains: tuple[int, int, int]


TRICKS = Exercise(
    id="lstm-in-numpy/tricks",
    kind="Think",
    level=2,
    minutes=15,
    task="products, uses and gains, as a dict or in this order",
    cases=once,
    # forward 4 and back 8 a step; 1 and 2; 1 and 1, and one at the end
    reference=lambda: Counts((12 * T, 3 * T, 2 * T + 1), (1, B, T, T * B), (B, 1, 1)),
    tolerance=Tolerance(relative=0.0, absolute=0.0),
    mistakes=(
        Mistake(
            "forward only",
            "`products` counts the way forward. The way back has an `@` too, in two lines.",
            detect=field_is(Counts, "products", (4 * T, T, T), off=0.0),
        ),
        Mistake(
            "one step",
            "`products` counts one step. How often does the loop go round?",
            detect=field_is(Counts, "products", (12, 3, 2), (12, 3, 3), off=0.0),
        ),
        Mistake(
            "one kind of product on the way back",
            "On the way back every δ is multiplied twice: once with the wires, once with the "
            "weights. `products` has one of the two.",
            detect=field_is(Counts, "products", (8 * T, 2 * T, T), (8 * T, 2 * T, T + 1), off=0.0),
        ),
        Mistake(
            "last product forgotten",
            "`products` is right for two of the three. `late` has something to do when its loop is "
            "over.",
            detect=field_is(Counts, "products", (12 * T, 3 * T, 2 * T), off=0.0),
        ),
        Mistake(
            "batch left out",
            "`uses` is right for one sequence. With 32 rows, each entry of the product is a sum of "
            "how many?",
            detect=field_is(Counts, "uses", (1, 1, T, T), off=0.0),
        ),
        Mistake(
            "all steps counted",
            "`uses` asks what happens at one visit. `fused` comes back to `of_W` at every step and "
            "has to fetch it anew.",
            detect=field_is(Counts, "uses", (T, T * B, T, T * B), off=0.0),
        ),
        Mistake(
            "two pairs in another order",
            "`uses` has the right numbers in another order: first `fused` at 1 and at 32, then "
            "`late` at 1 and at 32.",
            detect=field_is(Counts, "uses", (1, T, B, T * B), off=0.0),
        ),
        Mistake(
            "more is better",
            "`gains` says that a batch gains most every time. But two of the three tricks make "
            "rarer what a batch has made rare already: calls, and visits with little to do.",
            detect=field_is(Counts, "gains", (B, B, B), (1, B, B), off=0.0),
        ),
        Mistake(
            "float32 at one sequence",
            "`gains`: at one sequence, is it the arithmetic that one waits for? Shorter numbers "
            "make no call of Python's any cheaper.",
            detect=field_is(Counts, "gains", (1, 1, 1), off=0.0),
        ),
    ),
    value_hint="Read the functions with a finger on each `@`. What is fetched for it, and how "
    "often is it used?",
    closing="A batch makes every visit worth while. At one sequence the tricks have to do that.",
)
