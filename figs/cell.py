"""The LSTM cell, grown in four steps: forget, write, add, put out. And the whole of it."""

from asctools.plots import style
from figs._draw import Drawing, Sheet

WIDTH, TOP = 432.0, 288.0
LEFT_EDGE, RIGHT_EDGE = 56.0, 398.0  # of the cell
GATE_X = {"forget": 112.0, "input": 182.0, "candidate": 252.0, "output": 322.0}
RIGHT = 368.0  # where h leaves downwards
RAIL, MEET, GATE, H_RAIL, X_RAIL = 248.0, 186.0, 130.0, 84.0, 72.0  # heights
GATE_WIDTH, GATE_HEIGHT = 61.0, 42.0
X_IN = 74.0

EQUATIONS = {
    1: [(r"$f_t = \sigma(w_{fh}\,h_{t-1} + w_{fx}\,x_t + b_f)$", "forget")],
    2: [
        (r"$i_t = \sigma(w_{ih}\,h_{t-1} + w_{ix}\,x_t + b_i)$", "input"),
        (r"$\tilde{c}_t = \tanh(w_{ch}\,h_{t-1} + w_{cx}\,x_t + b_c)$", "candidate"),
    ],
    3: [(r"$c_t = f_t\,c_{t-1} + i_t\,\tilde{c}_t$", "cell")],
    4: [
        (r"$o_t = \sigma(w_{oh}\,h_{t-1} + w_{ox}\,x_t + b_o)$", "output"),
        (r"$h_t = o_t\,\tanh(c_t)$", "hidden"),
    ],
}

TITLES = {
    1: (
        "cell-1-forget",
        "The LSTM cell, step 1: forget",
        "The first part of an LSTM cell. The old cell state c at t minus 1 enters at the upper "
        "left and is multiplied by the forget gate f at t. The gate is a sigmoid of the previous "
        "hidden state and the input x at t, which reach it from below.",
    ),
    2: (
        "cell-2-write",
        "The LSTM cell, step 2: write",
        "To the grey forget gate two new boxes are added, fed by the same two inputs: the input "
        "gate i at t, a sigmoid, and the candidate c tilde at t, a tanh. Their product is what "
        "will be written.",
    ),
    3: (
        "cell-3-state",
        "The LSTM cell, step 3: the new cell state",
        "The gates are grey now. What is kept, f times the old state, and what is written, i times "
        "the candidate, meet in a plus on the upper line and leave at the right as the new cell "
        "state c at t.",
    ),
    4: (
        "cell-4-output",
        "The LSTM cell, step 4: output",
        "The last part of the cell. A branch of the new cell state goes down through a tanh and is "
        "multiplied by the output gate o at t, a sigmoid. The product leaves at the lower right as "
        "the hidden state h at t.",
    ),
    5: (
        "cell",
        "The LSTM cell",
        "A whole LSTM cell. Along the top runs the cell state: multiplied by the forget gate, then "
        "increased by input gate times candidate. Below, the previous hidden state and the input "
        "feed all four gates. At the right the output gate times tanh of the cell state leaves as "
        "the hidden state.",
    ),
}
WHOLE = 5


class Cell:
    """One stage: parts of earlier stages are grey, those of later ones are not there yet."""

    def __init__(self, stage: int) -> None:
        self.stage = stage
        self.floor = 28.0 if stage == WHOLE else 2.0
        self.sheet = Sheet(WIDTH, TOP - self.floor, bottom=self.floor)

    def tone(self, role: str, since: int) -> str:
        """Return the role to draw a part in that came with stage ``since``."""
        return role if self.stage in (since, WHOLE) else "muted"

    def draw(self) -> Sheet:
        """Draw everything that this stage has."""
        sheet = self.sheet
        middle, width = (LEFT_EDGE + RIGHT_EDGE) / 2.0, RIGHT_EDGE - LEFT_EDGE
        sheet.box(middle, 169.0, width, 222.0, "muted", tint=0.05, edge=1.0, radius=16.0)
        self._inputs()
        self._kept()
        if self.stage >= 2:
            self._written()
        if self.stage >= 3:
            self._state()
        if self.stage >= 4:
            self._output()
        for row, (equation, role) in enumerate(EQUATIONS.get(self.stage, [])):
            sheet.text(X_IN + 26.0, 38.0 - 25.0 * row, equation, role, ha="left", fontsize=12.5)
        return sheet

    def _inputs(self) -> None:
        """Draw the wires of h and x: along below the gates, and up into the last one."""
        last, since = {1: ("forget", 1), 2: ("candidate", 2), 3: ("candidate", 2)}.get(
            self.stage, ("output", 4)
        )
        end, foot = GATE_X[last], GATE - GATE_HEIGHT / 2.0
        h_role, x_role = self.tone("hidden", since), self.tone("x", since)
        sheet, floor = self.sheet, self.floor + 6.0
        sheet.wire((8, H_RAIL), (end - 9, H_RAIL), (end - 9, foot), role=h_role, arrow=True)
        corners = (X_IN, floor), (X_IN, X_RAIL), (end + 9, X_RAIL), (end + 9, foot)
        sheet.wire(*corners, role=x_role, arrow=True)
        for role, x in GATE_X.items():
            if x < end:
                self._branch(x - 9, H_RAIL, "hidden", h_role, 1 if role == "forget" else 2)
                self._branch(x + 9, X_RAIL, "x", x_role, 1 if role == "forget" else 2)
        sheet.text(8, H_RAIL + 14, "$h_{t-1}$", h_role, ha="left", fontsize=15)
        sheet.text(X_IN - 9, floor + 10, "$x_t$", x_role, ha="right", fontsize=15)

    def _branch(self, x: float, rail: float, role: str, rail_role: str, since: int) -> None:
        """Draw a wire from a rail up into a gate; the dot says that it is joined, not crossing."""
        foot = GATE - GATE_HEIGHT / 2.0
        self.sheet.wire((x, rail), (x, foot), role=self.tone(role, since), arrow=True)
        self.sheet.disc(x, rail, 2.7, rail_role)

    def _gate(self, role: str, since: int, squash: str, symbol: str) -> None:
        sheet, x, tone = self.sheet, GATE_X[role], self.tone(role, since)
        sheet.box(x, GATE, GATE_WIDTH, GATE_HEIGHT, tone)
        sheet.text(x, GATE + 8, squash, tone, fontsize=14)
        sheet.text(x, GATE - 10, role, tone, fontsize=11)
        sheet.text(x + 8, GATE + 34, symbol, tone, ha="left", fontsize=15)

    def _kept(self) -> None:
        sheet, x, top = self.sheet, GATE_X["forget"], GATE + GATE_HEIGHT / 2.0
        cell, forget = self.tone("cell", 1), self.tone("forget", 1)
        sheet.wire((8, RAIL), (x - 9, RAIL), role=cell, width=3.0, arrow=True)
        sheet.text(8, RAIL + 14, "$c_{t-1}$", cell, ha="left", fontsize=15)
        self._gate("forget", 1, r"$\sigma$", "$f_t$")
        sheet.wire((x, top), (x, RAIL - 9.5), role=forget, arrow=True)
        if self.stage == 1:
            sheet.wire((x + 9, RAIL), (x + 66, RAIL), role="cell", width=3.0, arrow=True)
            sheet.text(x + 74, RAIL, r"$f_t\,c_{t-1}$  is kept", "cell", ha="left")
        sheet.operator(x, RAIL, "×", forget)

    def _written(self) -> None:
        sheet, top = self.sheet, GATE + GATE_HEIGHT / 2.0
        i_x, x = GATE_X["input"], GATE_X["candidate"]
        self._gate("input", 2, r"$\sigma$", "$i_t$")
        self._gate("candidate", 2, r"$\tanh$", r"$\tilde{c}_t$")
        gate, candidate = self.tone("input", 2), self.tone("candidate", 2)
        sheet.wire((i_x, top), (i_x, MEET), (x - 9.5, MEET), role=gate, arrow=True)
        sheet.wire((x, top), (x, MEET - 9.5), role=candidate, arrow=True)
        if self.stage == 2:
            kept = GATE_X["forget"]
            sheet.wire((kept + 9, RAIL), (kept + 66, RAIL), role="muted", width=3.0, arrow=True)
            sheet.wire((x, MEET + 9), (x, RAIL - 18), role=candidate, arrow=True)
            sheet.text(x, RAIL - 6, r"$i_t\,\tilde{c}_t$  is written", candidate)
        sheet.operator(x, MEET, "×", candidate)

    def _state(self) -> None:
        sheet, x = self.sheet, GATE_X["candidate"]
        cell = self.tone("cell", 3)
        sheet.wire((GATE_X["forget"] + 9, RAIL), (x - 9, RAIL), role=cell, width=3.0, arrow=True)
        written = self.tone("candidate", 3)
        sheet.wire((x, MEET + 9), (x, RAIL - 9.5), role=written, arrow=True)
        end = WIDTH - 6
        sheet.wire((x + 9, RAIL), (end, RAIL), role=cell, width=3.0, arrow=True)
        sheet.text(end, RAIL + 14, "$c_t$", cell, ha="right", fontsize=15)
        sheet.operator(x, RAIL, "+", cell)
        if self.stage == 3:
            sheet.text((GATE_X["forget"] + x) / 2, RAIL + 13, "kept", "cell", fontsize=11)
            sheet.text(x + 9, (MEET + RAIL) / 2, "written", "candidate", ha="left", fontsize=11)

    def _output(self) -> None:
        sheet, top = self.sheet, GATE + GATE_HEIGHT / 2.0
        x = GATE_X["output"]
        self._gate("output", 4, r"$\sigma$", "$o_t$")
        output, hidden, cell = (self.tone(role, 4) for role in ("output", "hidden", "cell"))
        sheet.disc(RIGHT, RAIL, 3.4, cell)
        sheet.wire((RIGHT, RAIL), (RIGHT, 229.0), role=cell)
        sheet.wire((RIGHT, 209.0), (RIGHT, MEET + 9.5), role=cell, arrow=True)
        sheet.box(RIGHT, 219.0, 40.0, 20.0, cell)
        sheet.text(RIGHT, 219.5, r"$\tanh$", cell, fontsize=12)
        sheet.wire((x, top), (x, MEET), (RIGHT - 9.5, MEET), role=output, arrow=True)
        end = WIDTH - 6
        sheet.wire((RIGHT, MEET - 9), (RIGHT, H_RAIL), (end, H_RAIL), role=hidden, arrow=True)
        sheet.operator(RIGHT, MEET, "×", output)
        sheet.text(end, H_RAIL + 13, "$h_t$", hidden, ha="right", fontsize=15)


def drawings() -> list[Drawing]:
    """Draw the four stages and the whole cell."""
    with style():
        return [Drawing(*TITLES[stage], Cell(stage).draw().figure) for stage in TITLES]
