"""Which colour, marker, line and hatch each thing of the book has, everywhere.

Every role has three values: one for a white page, one for a dark page, and a fallback for places
that know no CSS variables (an ``<img>``, a bare notebook), which reads on both. The colours were
tuned so that roles that meet in one figure stay apart under protanopia, deuteranopia and
tritanopia; the tests hold the distances. Colour is never alone: see :data:`MARKS`.
"""

from typing import NamedTuple

from asctools.errors import unknown_name

LIGHT_GROUND = "#ffffff"
DARK_GROUND = "#14181e"


class Colour(NamedTuple):
    """A role's three values and the name of its CSS variable.

    ``fallback`` is unique among the roles: it is what Matplotlib draws with, and the SVG writer
    finds the role by it.
    """

    fallback: str
    light: str
    dark: str
    variable: str


class Mark(NamedTuple):
    """What tells a role apart without colour: its symbol, marker, line style and hatch."""

    symbol: str
    marker: str
    line: str | tuple[float, tuple[float, ...]]
    hatch: str


_VALUES = {
    # the gates, and the two memories
    "forget": ("#d04136", "#9e0a0d", "#ff6b5a"),
    "input": ("#288a56", "#1e633c", "#3fbc8b"),
    "candidate": ("#c78405", "#a06313", "#f0b72e"),
    "output": ("#349fb5", "#007f8c", "#41d9fe"),
    "cell": ("#5b6eee", "#2a3fd6", "#7884fc"),
    "hidden": ("#a24bae", "#7a1e7a", "#c985c1"),
    "x": ("#7b838b", "#50545c", "#c7cbd0"),
    # what is learned from
    "target": ("#70809a", "#2a374e", "#e3e9f0"),
    "loss": ("#d64166", "#9d183f", "#ff6a89"),
    "gradient": ("#33a384", "#1f6357", "#53dcc0"),
    "company_a": ("#cf7030", "#b75716", "#ff9e64"),
    "company_b": ("#3d80d2", "#1a63cb", "#6aa7f4"),
    "baseline": ("#8b909a", "#6b7280", "#9aa5b5"),
    # the models that are compared, what they are held against, and who computes
    "rnn": ("#bf4a14", "#952b00", "#f26432"),
    "lstm": ("#1787f5", "#1034a6", "#869bff"),
    "gru": ("#4d957c", "#028269", "#15cc9e"),
    "linear": ("#a348b3", "#b341c3", "#c273be"),
    "rule": ("#b08b06", "#847526", "#efc452"),
    "truth": ("#647182", "#12181f", "#f1f5f8"),
    "chance": ("#8c9199", "#6b7489", "#939399"),
    "numpy": ("#2299dc", "#0273c6", "#61c4f1"),
    "pytorch": ("#d9532d", "#c0381a", "#fe7b52"),
    "loop": ("#7d69b3", "#5c4c85", "#998bf8"),
    # what event logs show: what happened, the ways back, and what should not have happened
    "event": ("#657490", "#2e3e5a", "#dae5f0"),
    "back": ("#8b65f7", "#503fdf", "#ab8efe"),
    "deviation": ("#f22da4", "#dc1467", "#de79ba"),
    # the page
    "ink": ("#767c86", "#222832", "#d3dae1"),
    "muted": ("#858c95", "#66707c", "#8f99a6"),
    "grid": ("#8f959e", "#8a94a3", "#71809a"),  # drawn at a third of its strength
    "paper": ("#fdfdfd", LIGHT_GROUND, DARK_GROUND),
}

COLOURS = {
    role: Colour(*values, variable=f"--asc-{role.replace('_', '-')}")
    for role, values in _VALUES.items()
}

GATES = ("forget", "input", "candidate", "output")
STATES = ("cell", "hidden")
MODELS = ("rnn", "lstm", "gru", "linear", "rule", "truth", "chance")
MINED = ("event", "back", "deviation")
MAKERS = ("numpy", "pytorch", "loop", "truth", "chance")
TEXT_ROLES = tuple(role for role in COLOURS if role not in ("grid", "paper"))

# Roles that meet in one figure and must be told apart.
TOGETHER = (
    (*GATES, *STATES, "x"),
    ("company_a", "company_b", "target", "baseline", "loss", "gradient"),
    MODELS,
    MAKERS,
    (*GATES, *MINED),
    ("lstm", "truth", "baseline", "loss"),
)

MARKS = {
    "forget": Mark("$f$", "v", "-", "\\\\\\"),
    "input": Mark("$i$", "^", (0, (6, 2)), "//"),
    "candidate": Mark(r"$\tilde{c}$", "D", (0, (1, 1.6)), ".."),
    "output": Mark("$o$", "s", (0, (6, 2, 1, 2)), "--"),
    "cell": Mark("$c$", "o", "-", ""),
    "hidden": Mark("$h$", "h", (0, (4, 1.5)), "xx"),
    "x": Mark("$x$", "X", (0, (1, 1)), ""),
    "company_a": Mark("A", "o", (0, (4, 1.8)), "//"),
    "company_b": Mark("B", "s", "-", ""),
    "target": Mark("$y$", "_", (0, (1, 1.8)), ""),
    "loss": Mark("$L$", "o", "-", ""),
    "gradient": Mark(r"$\partial$", "d", (0, (5, 2)), "\\\\\\"),
    "baseline": Mark("baseline", "x", (0, (3, 2)), ""),
    "rnn": Mark("RNN", "s", (0, (5, 2)), "//"),
    "lstm": Mark("LSTM", "o", "-", ""),
    "gru": Mark("GRU", "^", (0, (6, 2, 1, 2)), "\\\\\\"),
    "linear": Mark("linear", "D", (0, (1, 1.6)), ".."),
    "rule": Mark("rule", "X", (0, (3, 1.5)), "xx"),
    "truth": Mark("truth", "*", (0, (9, 2)), "++"),
    "chance": Mark("chance", "_", (0, (1, 3)), "--"),
    "numpy": Mark("NumPy", "o", "-", ""),
    "pytorch": Mark("PyTorch", "s", (0, (5, 2)), "//"),
    "loop": Mark("loop", "^", (0, (1, 1.6)), ".."),
    "event": Mark("event", "o", "-", ""),
    "back": Mark("back", "<", "-", "//"),
    "deviation": Mark("deviation", "X", (0, (4, 1.5)), "xx"),
}


def colour(role: str) -> str:
    """Return the colour to draw ``role`` with; the SVG writer turns it into a CSS variable.

    Raises
    ------
    UnknownNameError
        If there is no such role.
    """
    if role not in COLOURS:
        raise unknown_name("colour role", role, COLOURS)
    return COLOURS[role].fallback
