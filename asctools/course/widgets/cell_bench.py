"""The cell bench: the scalar cell with its twelve numbers under the reader's hands."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asctools.course.widgets.figure import interactive
from asctools.dataset.companies import COMPANIES
from asctools.errors import InputError, ShapeError, explain, unknown_name
from asctools.plots import MARKS, Picture, colour, new_figure, show, styled
from asctools.scalar import by_hand
from asctools.scalar.by_hand import INITIAL, POCKET, Weights

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = tuple(company.name for company in COMPANIES)
STAGES = (2000, 3000, 5000)  # epochs
DECIMALS = 5  # the bench shows every digit that it computes with
LARGEST_DAY = 10.0

ALT = (
    "The cell bench. Twelve sliders set the numbers of one LSTM cell; a drawing of the cell shows "
    "what each wire carries on the chosen day, and small charts show both companies over the days."
)


def cell_bench(
    weights: Weights = POCKET,
    *,
    days: Mapping[str, Sequence[float]] | None = None,
    day: int = 1,
    company: str = "A",
) -> Any:
    """Return the bench. With a kernel, what the reader moves can be read and set from Python.

    Parameters
    ----------
    weights
        The twelve numbers to begin with.
    days
        For ``"A"`` and ``"B"`` the values of their days, as many for one as for the other. By
        default those of the two companies of the book.
    day
        The day that the drawing shows, from 1.
    company
        The company that the drawing shows.

    Returns
    -------
    StillFigure or anywidget.AnyWidget
        With the attributes ``weights`` (a :class:`~asctools.scalar.by_hand.Weights`), ``days``,
        ``day`` and ``company``. Set them whole: ``bench.weights = bench.weights._replace(b_f=-3)``.

    Raises
    ------
    InputError, ShapeError, UnknownNameError
        If there are not twelve finite numbers, not the same number of days, no such day or company.
    """
    rows = clean_days(days or {each.name: each.days for each in COMPANIES}, None)
    length = len(rows[NAMES[0]])
    start: dict[str, Any] = {"weights": clean_weights(weights), "days": rows}
    start |= {"day": clean_day(day, length), "company": clean_company(company)}
    return interactive(
        "cell-bench",
        state={
            **start,
            "start": start,
            "stages": [[name, stage] for name, stage in training_stages().items()],
            "targets": {each.name: each.target for each in COMPANIES},
        },
        alt=ALT,
        picture=lambda: still_picture(start["weights"], rows),
        checks={
            "weights": clean_weights,
            "days": lambda value: clean_days(value, length),
            "day": lambda value: clean_day(value, length),
            "company": clean_company,
        },
    )


@functools.cache
def training_stages() -> dict[str, Weights]:
    """Train the cell as the chapter does, and return its numbers at each stage.

    Returns
    -------
    dict
        ``"untrained"``, ``"2000"``, ``"3000"``, ``"5000"`` (epochs) and ``"pocket"``, each rounded
        to five decimals: enough for the four that the chapter prints of every answer.
    """
    stages, run, done = {"untrained": INITIAL}, by_hand.train(INITIAL, 0), 0
    for epochs in STAGES:
        run = by_hand.train(run.weights, epochs - done, state=run.state)
        stages[str(epochs)], done = run.weights, epochs
    stages["pocket"] = POCKET
    return {name: Weights(*(round(w, DECIMALS) for w in ws)) for name, ws in stages.items()}


def carried_by_lstm(weights: Weights, days: Sequence[float]) -> list[float]:
    """Return how much of day 1 is left in the cell state after each day: f₂ f₃ ⋯ f_t.

    It is the slope of c_t in c₁ along the cell state alone, by :eq:`eq-cell-state`; what reaches
    c_t through h comes on top. For day 1 it is 1.
    """
    forget = [day.f for day in by_hand.trace(weights, days)]
    return [math.prod(forget[1 : t + 1]) for t in range(len(forget))]


def carried_by_rnn(weights: Weights, days: Sequence[float]) -> list[float]:
    """Return the slope of r_t in r₁, each day, for a simple recurrent network.

    The network is r_t = tanh(w_ch r_{t−1} + w_cx x_t + b_c) with r₀ = 0: the candidate's three
    numbers of :eq:`eq-candidate`, fed with its own last output and nothing else. Its slope is the
    product of w_ch (1 − r_s²) over the days s = 2 … t. For day 1 it is 1.
    """
    r, slope, slopes = 0.0, 1.0, []
    for t, x in enumerate(days):
        r = math.tanh(weights.w_ch * r + weights.w_cx * x + weights.b_c)
        slope *= weights.w_ch * (1.0 - r * r) if t else 1.0
        slopes.append(slope)
    return slopes


def clean_weights(value: Any) -> Weights:
    """Return twelve finite numbers as Weights, or say what is wrong."""
    numbers = _numbers(value, "weights")
    if len(numbers) != len(Weights._fields):
        came = f"{len(numbers)} numbers as weights"
        raise ShapeError(explain(came, "twelve, w_fh to b_o", "pass a by_hand.Weights"))
    return Weights(*numbers)


def clean_days(value: Any, length: int | None) -> dict[str, list[float]]:
    """Return the values of both companies' days, of the given length if there is one."""
    if not isinstance(value, Mapping) or set(value) != set(NAMES):
        raise InputError(
            explain(f"days={value!r}", "a dictionary with A and B", "name both companies")
        )
    rows = {name: _numbers(value[name], f"days[{name!r}]") for name in NAMES}
    lengths = {len(row) for row in rows.values()}
    if len(lengths) > 1 or lengths & {0} or lengths - {length or len(rows[NAMES[0]])}:
        wanted = f"{length} days each" if length else "one day or more, as many for A as for B"
        came = " and ".join(f"{len(row)} days for {name}" for name, row in rows.items())
        raise ShapeError(explain(came, wanted, "make a new bench for another number of days"))
    largest = max(abs(x) for row in rows.values() for x in row)
    if largest > LARGEST_DAY:
        raise InputError(explain(f"a day of {largest:g}", "values from -10 to 10", "scale them"))
    return rows


def clean_day(value: Any, length: int) -> int:
    """Return the number of a day, or say which there are."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= length:
        raise InputError(explain(f"day={value!r}", f"a day from 1 to {length}", "change day"))
    return value


def clean_company(value: Any) -> str:
    """Return the name of a company, or say which there are."""
    if value not in NAMES:
        raise unknown_name("company", value, NAMES)
    return str(value)


def _numbers(value: Any, name: str) -> list[float]:
    """Return a sequence of finite numbers as a list of floats."""
    try:
        numbers = [float(each) for each in value]
    except (TypeError, ValueError):
        numbers = [math.nan]
    if not all(math.isfinite(each) for each in numbers):
        raise InputError(explain(f"{name}={value!r}", "finite numbers", "change them"))
    return numbers


def still_picture(weights: Weights, days: Mapping[str, Sequence[float]]) -> Picture:
    """Draw what stands in the page where no scripts run: the long-term memory over the days."""
    traces = {name: by_hand.trace(weights, row) for name, row in days.items()}
    ends = " and ".join(f"{trace[-1].c:.2f} for {name}" for name, trace in traces.items())
    said = f"The long-term memory of companies A and B, day by day. On the last day it is {ends}."
    return show(_draw(traces), alt=said, name="bench")


@styled
def _draw(traces: Mapping[str, Sequence[by_hand.Day]]) -> "Figure":
    """Draw it with few shapes: the picture goes into the page beside the module."""
    figure, axes = new_figure(4.5, 1.6)
    days = len(next(iter(traces.values())))
    axes.axhline(0.0, color=colour("muted"), linewidth=0.9, clip_on=False)
    for (name, trace), role in zip(traces.items(), ("company_a", "company_b"), strict=True):
        cs = [day.c for day in trace]
        hand: dict[str, Any] = {"marker": MARKS[role].marker, "linestyle": MARKS[role].line}
        axes.plot(range(1, days + 1), cs, color=colour(role), clip_on=False, **hand)
        place: dict[str, Any] = {"xytext": (9, 0), "textcoords": "offset points", "va": "center"}
        axes.annotate(name, (days, cs[-1]), color=colour(role), **place)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set(xticks=[1, days], yticks=())
    axes.tick_params(length=0)
    return figure
