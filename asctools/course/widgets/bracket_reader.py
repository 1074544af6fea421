"""The bracket reader: a string under the reader's hands, and what one unit makes of it."""

import operator
import string
from typing import TYPE_CHECKING, Any

from asctools.course.widgets.figure import interactive
from asctools.errors import InputError, ShapeError, explain
from asctools.plots import Picture, show

if TYPE_CHECKING:
    from asctools.course.widgets.bracket_network import Network
    from asctools.rnn.readout import Readout

SYMBOLS = frozenset(string.ascii_lowercase + "()")
MOST_SYMBOLS = 120
HOLDS = (None, 1.0, 0.9, 0.5)
# A valid string, and its partner: one ground-level pair stands the wrong way round. Of three
# letters only, since the still picture carries the outline of each.
VALID = "a(b(c(a)))b(ca)b((c)a)b(c)"
NEAR_MISS = "a(b(c(a)))b)ca(b((c)a)b(c)"
LONG = 100  # symbols; the strings of the chapter's training have 60 at most

ALT = (
    "The bracket reader. Below each symbol of a string that can be edited stand its true depth, "
    "the cell state of one unit of a network, and how sure the network is that all is balanced."
)


def bracket_reader(model: "Readout", *, text: str = VALID, unit: int | None = None) -> Any:
    """Return the reader. With a kernel, what is edited there can be read and set from Python.

    Parameters
    ----------
    model
        A :class:`~asctools.rnn.Readout` around ``nn.LSTM(28, H, batch_first=True)`` with two
        outputs, 1 for "balanced", trained on strings over ``ALPHABET``. It is not changed.
    text
        The string to begin with: at most 120 of the letters a to z and round brackets.
    unit
        The unit to begin with, from 0. By default the one whose cell state goes best with the
        depth: the largest correlation, up or down, over 200 random strings of 15 to 60 symbols.

    Returns
    -------
    StillFigure or anywidget.AnyWidget
        With the attributes ``text``; ``cursor``, the symbol that is looked at, from 1 (the last
        one if there are fewer); ``unit``; ``hold``, at which the forget gates of all units are
        held: None (free), 1, 0.9 or 0.5; ``units``, pairs of unit and correlation, best first.

    Raises
    ------
    InputError, ShapeError
        If the model is another one, or the text, unit, cursor or hold is none of those above.

    Notes
    -----
    The weights are rounded to six decimals. The string of 100 symbols is the first of 40 random
    ones that the network judges wrongly, if there is one.
    """
    from asctools.course.widgets import bracket_network as networks  # needs NumPy, and torch

    network = networks.network_of(model)
    found = [round(float(each), 4) for each in networks.correlations(network)]
    units = sorted(enumerate(found), key=lambda pair: -abs(pair[1]))
    shown = units[0][0] if unit is None else clean_unit(unit, len(units))
    text = clean_text(text)
    samples = {"valid": VALID, "near miss": NEAR_MISS}
    samples[f"{LONG} symbols"] = networks.long_text(network, LONG)
    if text not in samples.values():
        samples = {"first": text, **samples}
    return interactive(
        "bracket-reader",
        state={
            "network": networks.packed(network),
            "units": [list(pair) for pair in units],
            "samples": [list(pair) for pair in samples.items()],
            "text": text,
            "cursor": max(1, len(text)),
            "unit": shown,
            "hold": None,
        },
        alt=ALT,
        picture=lambda: still_picture(network, text or VALID, shown),
        checks={
            "text": clean_text,
            "cursor": clean_cursor,
            "unit": lambda value: clean_unit(value, len(units)),
            "hold": clean_hold,
        },
    )


def clean_text(value: Any) -> str:
    """Return a text that the reader can show, or say what is wrong with it."""
    if not isinstance(value, str) or set(value) - SYMBOLS:
        wrong = "" if not isinstance(value, str) else f" with {min(set(value) - SYMBOLS)!r} in it"
        wanted = "the letters a to z and round brackets"
        raise InputError(explain(f"text={value!r}{wrong}", wanted, "leave out the rest"))
    if len(value) > MOST_SYMBOLS:
        came = f"a text of {len(value)} symbols"
        raise ShapeError(explain(came, f"at most {MOST_SYMBOLS}", "take a part of it"))
    return value


def clean_cursor(value: Any) -> int:
    """Return the number of a symbol, or say which there are."""
    return _within("cursor", value, 1, MOST_SYMBOLS)


def clean_unit(value: Any, count: int) -> int:
    """Return the number of a unit, or say which there are."""
    return _within("unit", value, 0, count - 1)


def clean_hold(value: Any) -> float | None:
    """Return what the forget gates are held at, or say which values there are."""
    if isinstance(value, bool) or value not in HOLDS:
        raise InputError(explain(f"hold={value!r}", "None, 1, 0.9 or 0.5", "take one of these"))
    return value if value is None else float(value)


def _within(name: str, value: Any, least: int, most: int) -> int:
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)  # NumPy's integers too
    except TypeError:
        number = -1
    if not least <= number <= most:
        wanted = f"a whole number from {least} to {most}"
        raise InputError(explain(f"{name}={value!r}", wanted, f"change {name}"))
    return number


def still_picture(network: "Network", text: str, unit: int) -> Picture:
    """Draw what stands in the page where no scripts run: one string, one unit, the verdict."""
    from asctools.course.widgets.bracket_network import read
    from asctools.dataset.parentheses import depth, is_balanced
    from asctools.plots import brackets

    text = text[: brackets.MOST_SYMBOLS]
    found, depths = read(network, text), depth(text)
    drawn = brackets.depth_cell(text, depths, found.c[:, unit].tolist(), unit)
    truth = "balanced" if is_balanced(text) else "not balanced"
    said = (
        f"The string {text}. Above, its depth after each symbol, {max(depths)} at most; below, the "
        f"cell state of unit {unit}. After the last symbol the network says with probability "
        f"{found.balanced[-1]:.2f} that it is balanced; it is {truth}."
    )
    return show(drawn, alt=said, name="reader")
