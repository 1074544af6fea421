"""From an RNN to an LSTM in four steps, as layers: what runs on the wires and how wide it is."""

from asctools.plots import style
from figs._draw import WIRE, Drawing, Sheet

WIDTH, TOP, FLOOR = 432.0, 292.0, -22.0
LEFT_EDGE, RIGHT_EDGE = 56.0, 398.0  # of the cell
GATE_X = {"forget": 118.0, "input": 186.0, "candidate": 254.0, "output": 322.0}
RIGHT = 368.0  # where h leaves downwards
C_RAIL, MEET, GATE, RAIL = 248.0, 190.0, 132.0, 78.0  # heights
GATE_WIDTH, GATE_HEIGHT = 58.0, 42.0
JOIN = 80.0  # where h and x become one vector
RING = 9.5

SQUASH = {
    "forget": r"$\sigma$",
    "input": r"$\sigma$",
    "candidate": r"$\tanh$",
    "output": r"$\sigma$",
}
SYMBOL = {"forget": "$f_t$", "input": "$i_t$", "candidate": r"$\tilde{c}_t$", "output": "$o_t$"}
SINCE = {"candidate": 1, "forget": 3, "input": 4, "output": 4}

EQUATIONS = {
    1: [(r"$h_t = \tanh(W\,[h_{t-1}, x_t] + b)$", "hidden")],
    2: [
        (r"$c_t = c_{t-1} + \tilde{c}_t$", "cell"),
        (r"$h_t = \tanh(c_t)$", "hidden"),
    ],
    3: [
        (r"$f_t = \sigma(W_f\,[h_{t-1}, x_t] + b_f)$", "forget"),
        (r"$c_t = f_t \odot c_{t-1} + \tilde{c}_t$", "cell"),
    ],
    4: [
        (r"$c_t = f_t \odot c_{t-1} + i_t \odot \tilde{c}_t$", "cell"),
        (r"$h_t = o_t \odot \tanh(c_t)$", "hidden"),
    ],
}

TITLES = {
    1: (
        "memory-1-rnn",
        "From the RNN to the LSTM, step 1: the RNN",
        "A layer of an RNN. The previous hidden state, H numbers, and the input, I numbers, are "
        "joined to one vector of H plus I numbers. It goes through one box, a weight matrix and a "
        "tanh. What comes out is the new hidden state, H numbers: it leaves at the lower right. "
        "There is no other way through.",
    ),
    2: (
        "memory-2-cell",
        "From the RNN to the LSTM, step 2: a straight line",
        "The same layer in grey, with a thick straight line added along the top: the cell state c, "
        "H numbers, from the left edge to the right. The box is now called candidate, and what it "
        "says is added to the line. The hidden state is a tanh of the line.",
    ),
    3: (
        "memory-3-forget",
        "From the RNN to the LSTM, step 3: the forget gate",
        "A second box stands on the joined vector, the forget gate, a sigmoid. Its H numbers are "
        "multiplied into the straight line, one each, before the candidate is added.",
    ),
    4: (
        "memory-4-gates",
        "From the RNN to the LSTM, step 4: input and output gate",
        "Four boxes now stand on the joined vector of H plus I numbers. The input gate is "
        "multiplied with the candidate before both reach the straight line. The output gate is "
        "multiplied with the tanh of the line, and the product is the hidden state. All wires "
        "above the boxes carry H numbers.",
    ),
}


class Layer:
    """One stage: parts of earlier stages are grey, those of later ones are not there yet."""

    def __init__(self, stage: int) -> None:
        self.stage = stage
        self.sheet = Sheet(WIDTH, TOP - FLOOR, bottom=FLOOR)

    def tone(self, role: str, since: int) -> str:
        """Return the role to draw a part in that came with stage ``since``."""
        return role if self.stage == since else "muted"

    def draw(self) -> Sheet:
        """Draw everything that this stage has."""
        middle, width = (LEFT_EDGE + RIGHT_EDGE) / 2.0, RIGHT_EDGE - LEFT_EDGE
        self.sheet.box(middle, 164.0, width, 232.0, "muted", tint=0.05, edge=1.0, radius=16.0)
        self._inputs()
        for role, since in SINCE.items():
            if self.stage >= since:
                self._gate(role, since)
        self._line() if self.stage >= 2 else self._only_way()
        for row, (equation, role) in enumerate(EQUATIONS[self.stage]):
            look = {"ha": "left", "fontsize": 12.5}
            self.sheet.text(JOIN + 30.0, 28.0 - 25.0 * row, equation, role, **look)
        return self.sheet

    def wide(self, x: float, y: float, size: str, role: str, flat: bool = True) -> None:
        """Say with a stroke across a wire how many numbers run on it."""
        self.sheet.wire((x - 3.5, y - 5.5), (x + 3.5, y + 5.5), role=role, width=1.2)
        place = (x + 1, y + 12) if flat else (x + 7, y + 1)
        self.sheet.text(*place, f"${size}$", role, ha="center" if flat else "left", fontsize=11)

    def _inputs(self) -> None:
        """Draw h and x, the vector that both make, and its branch into every box."""
        sheet, h_role, x_role = self.sheet, self.tone("hidden", 1), self.tone("x", 1)
        last = "output" if self.stage == 4 else "candidate"
        sheet.wire((8, RAIL), (JOIN - 11, RAIL), role=h_role, arrow=True)
        sheet.wire((JOIN, FLOOR + 6), (JOIN, RAIL - 11), role=x_role, arrow=True)
        self.wide(40, RAIL, "H", h_role)
        self.wide(JOIN, 26, "I", x_role, flat=False)
        # Two strands, one of each kind: both in one vector.
        for rise, role in ((1.5, h_role), (-1.5, x_role)):
            sheet.wire((JOIN + 11, RAIL + rise), (GATE_X[last], RAIL + rise), role=role, width=2.6)
        self.wide(JOIN + 62, RAIL, "H + I", "ink" if self.stage == 1 else "muted")
        for role, since in SINCE.items():
            if self.stage >= since:
                foot, branch = GATE - GATE_HEIGHT / 2.0, self.tone("ink", since)
                sheet.wire((GATE_X[role], RAIL), (GATE_X[role], foot), role=branch, arrow=True)
                sheet.disc(GATE_X[role], RAIL, 3.6, branch)
        join = self.tone("ink", 1)
        sheet.box(JOIN, RAIL, 22, 22, join, tint=0.06, edge=1.2, radius=5)
        sheet.text(JOIN, RAIL + 1, "[ , ]", join, fontsize=11)
        sheet.text(8, RAIL - 15, "$h_{t-1}$", h_role, ha="left", fontsize=15)
        sheet.text(JOIN - 9, FLOOR + 16, "$x_t$", x_role, ha="right", fontsize=15)

    def _gate(self, role: str, since: int) -> None:
        sheet, x, tone = self.sheet, GATE_X[role], self.tone(role, since)
        name = "layer" if self.stage == 1 else role
        sheet.box(x, GATE, GATE_WIDTH, GATE_HEIGHT, tone)
        sheet.text(x, GATE + 8, SQUASH[role], tone, fontsize=14)
        sheet.text(x, GATE - 10, name, tone, fontsize=11)
        if self.stage > 1:
            sheet.text(x - 8, GATE + 34, SYMBOL[role], tone, ha="right", fontsize=15)
        if role == "candidate" and self.stage == 1:
            words = r"$W$ has $H \times (H + I)$ numbers, $b$ has $H$"
            sheet.text((LEFT_EDGE + RIGHT_EDGE) / 2, 236, words, "muted", fontsize=11)

    def _only_way(self) -> None:
        """Draw the RNN's way out: from its one box round to h."""
        x, top, end = GATE_X["candidate"], GATE + GATE_HEIGHT / 2.0, WIDTH - 6
        corners = (x, top), (x, MEET), (RIGHT, MEET), (RIGHT, RAIL), (end, RAIL)
        self.sheet.wire(*corners, role="hidden", arrow=True)
        self.wide((x + RIGHT) / 2, MEET, "H", "hidden")
        self.sheet.text(end, RAIL - 15, "$h_t$", "hidden", ha="right", fontsize=15)

    def _line(self) -> None:
        """Draw the straight line of c, what meets on it, and the way from it to h."""
        sheet, role, end = self.sheet, self.tone("cell", 2), WIDTH - 6
        forget, x, top = GATE_X["forget"], GATE_X["candidate"], GATE + GATE_HEIGHT / 2.0
        stops = [8.0, x - RING, x + RING, end]
        if self.stage >= 3:
            stops[1:1] = [forget - RING, forget + RING]
            gate = self.tone("forget", 3)
            sheet.wire((forget, top), (forget, C_RAIL - RING), role=gate, arrow=True)
            sheet.operator(forget, C_RAIL, "×", gate)
            self.wide(forget, 212, "H", gate, flat=False)
        for start, stop in zip(stops[::2], stops[1::2], strict=True):
            sheet.wire((start, C_RAIL), (stop, C_RAIL), role=role, width=3.0, arrow=True)
        sheet.operator(x, C_RAIL, "+", role)
        sheet.text(8, C_RAIL + 15, "$c_{t-1}$", role, ha="left", fontsize=15)
        sheet.text(end, C_RAIL + 15, "$c_t$", role, ha="right", fontsize=15)
        self.wide((forget + x) / 2, C_RAIL, "H", role)
        self._written(x, top)
        self._read(end)

    def _written(self, x: float, top: float) -> None:
        sheet, written = self.sheet, self.tone("candidate", 2)
        if self.stage < 4:
            sheet.wire((x, top), (x, C_RAIL - RING), role=written, arrow=True)
            self.wide(x, 212, "H", written, flat=False)
            return
        i_x = GATE_X["input"]
        sheet.wire((i_x, top), (i_x, MEET), (x - RING, MEET), role="input", arrow=True)
        sheet.wire((x, top), (x, MEET - RING), role=written, arrow=True)
        sheet.wire((x, MEET + RING), (x, C_RAIL - RING), role=written, arrow=True)
        sheet.operator(x, MEET, "×", "input")
        self.wide((i_x + x) / 2 + 6, MEET, "H", "input")

    def _read(self, end: float) -> None:
        """Draw the branch of c that goes down through tanh, and the output gate on it."""
        sheet, cell, hidden = self.sheet, self.tone("cell", 2), self.tone("hidden", 2)
        sheet.disc(RIGHT, C_RAIL, 3.4, cell)
        sheet.wire((RIGHT, C_RAIL), (RIGHT, 231.0), role=cell)
        sheet.box(RIGHT, 221.0, 40.0, 20.0, cell)
        sheet.text(RIGHT, 221.5, r"$\tanh$", cell, fontsize=12)
        if self.stage == 4:
            x, top = GATE_X["output"], GATE + GATE_HEIGHT / 2.0
            sheet.wire((RIGHT, 211.0), (RIGHT, MEET + RING), role=cell, arrow=True)
            sheet.wire((x, top), (x, MEET), (RIGHT - RING, MEET), role="output", arrow=True)
            sheet.operator(RIGHT, MEET, "×", "output")
        start = MEET - RING if self.stage == 4 else 211.0
        corners = (RIGHT, start), (RIGHT, RAIL), (end, RAIL)
        sheet.wire(*corners, role=hidden, width=WIRE, arrow=True)
        self.wide(RIGHT, 120, "H", hidden, flat=False)
        sheet.text(end, RAIL - 15, "$h_t$", hidden, ha="right", fontsize=15)


def drawings() -> list[Drawing]:
    """Draw the four stages."""
    with style():
        return [Drawing(*TITLES[stage], Layer(stage).draw().figure) for stage in TITLES]
