"""What is multiplied when: many small products against one large one."""

from asctools.plots import style
from figs._draw import Drawing, Sheet

T = 4  # steps drawn
B, I, H, H4 = 9.0, 20.0, 14.0, 42.0  # noqa: E741 - the sides of the matrices, in points
LEFT, RIGHT = 100.0, 326.0  # middles of the two columns
ROWS = {"input": 322.0, "step": 200.0, "weights": 76.0}  # heights of the three rows
SIGN = 14.0  # room for × between two matrices

Matrix = tuple[float, float, str]  # width, height, role

ALT = (
    "Three rows, each with a left and a right half. Input projection: at the left four small "
    "products, x of one step, B by I, times W x, I by 4 H; at the right one product in which the x "
    "of all steps stand in one matrix of T times B rows. Recurrent step: four small products, h "
    "times W h, with an arrow from each to the next; at the right the words that these cannot be "
    "joined. Gradient of the weights: four small products that are added; at the right one "
    "product over all T times B rows."
)


def draw() -> Sheet:
    """Draw the three rows under their headings."""
    sheet = Sheet(432.0, 396.0, bottom=6.0)
    sheet.text(LEFT, 386, "step by step: $T$ products", fontsize=12)
    sheet.text(RIGHT, 386, "all steps at once: one", fontsize=12)
    for y in (266.0, 142.0):
        sheet.wire((8, y), (424, y), role="muted", width=0.7)
    _projection(sheet, ROWS["input"])
    _recurrent(sheet, ROWS["step"])
    _gradient(sheet, ROWS["weights"])
    return sheet


def _projection(sheet: Sheet, y: float) -> None:
    x, w = (I, B, "x"), (H4, I, "numpy")
    for place, height in _grid(y):
        _product(sheet, place, height, x, w)
    _product(sheet, RIGHT, y + 2, (I, T * B, "x"), w, rows=T)
    _says(sheet, y, "input projection", "$(B, I)\\,(I, 4H)$", "$(TB, I)\\,(I, 4H)$")


def _recurrent(sheet: Sheet, y: float) -> None:
    h, w = (H, B, "hidden"), (H4, H, "numpy")
    half = (H + SIGN + H4) / 2
    places = _grid(y, apart=38.0)
    for place, height in places:
        _product(sheet, place, height, h, w)
    (first, top), (second, _), (_, low), _ = places
    for height in (top, low):
        ends = (first + half + 3, height), (second - half - 3, height)
        sheet.wire(*ends, role="hidden", arrow=True, width=1.5)
    middle = (top + low) / 2
    corners = (
        (second + 20, top - 9),
        (second + 20, middle),
        (first - 26, middle),
        (first - 26, low + 7),
    )
    sheet.wire(*corners, role="hidden", arrow=True, width=1.5)
    sheet.text(RIGHT, y + 12, "cannot be joined:", "muted", fontsize=11)
    sheet.text(RIGHT, y - 8, "each $h_t$ waits for $h_{t-1}$", "muted", fontsize=11)
    _says(sheet, y, "recurrent step", "$(B, H)\\,(H, 4H)$", "")


def _gradient(sheet: Sheet, y: float) -> None:
    pitch = B + SIGN + I + 10
    for step in range(T):
        place = LEFT + (step - (T - 1) / 2) * pitch
        _product(sheet, place, y + 2, (B, H4, "gradient"), (I, B, "x"), sign=SIGN - 4)
        if step:
            sheet.text(place - pitch / 2 - 1, y + 2, "+", fontsize=12)
    _product(sheet, RIGHT, y + 2, (T * B, H4, "gradient"), (I, T * B, "x"), columns=T)
    shapes = "$(4H, B)\\,(B, I)$", "$(4H, TB)\\,(TB, I)$"
    _says(sheet, y, "gradient of the weights", *shapes)


def _grid(y: float, apart: float = 30.0) -> list[tuple[float, float]]:
    """Return where four products stand, two by two."""
    return [(LEFT + dx, y + 2 + dy) for dy in (apart / 2, -apart / 2) for dx in (-46.0, 46.0)]


def _product(
    sheet: Sheet,
    x: float,
    y: float,
    left: Matrix,
    right: Matrix,
    *,
    rows: int = 1,
    columns: int = 1,
    sign: float = SIGN,
) -> None:
    """Draw one product, centred on (x, y); rows and columns are how many steps stand in it."""
    start = x - (left[0] + sign + right[0]) / 2
    middles = start + left[0] / 2, start + left[0] + sign + right[0] / 2
    for middle, (width, height, role) in zip(middles, (left, right), strict=True):
        sheet.box(middle, y, width, height, role, tint=0.22, edge=1.2, radius=1.5)
    sheet.text(start + left[0] + sign / 2, y, "×", fontsize=11)
    for cut in range(1, rows):
        height = y - left[1] / 2 + cut * left[1] / rows
        sheet.wire((start, height), (start + left[0], height), role=left[2], width=0.8)
    for cut in range(1, columns):
        place = start + cut * left[0] / columns
        sheet.wire((place, y - left[1] / 2), (place, y + left[1] / 2), role=left[2], width=0.8)
        edge, across = middles[1] - right[0] / 2, y - right[1] / 2 + cut * right[1] / columns
        sheet.wire((edge, across), (edge + right[0], across), role=right[2], width=0.8)


def _says(sheet: Sheet, y: float, name: str, small: str, large: str) -> None:
    """Write the row's name above its left half, and the shapes below both halves."""
    sheet.text(8, y + 44, name, ha="left", fontsize=11, weight="bold")
    for place, shapes in ((LEFT, small), (RIGHT, large)):
        if shapes:
            sheet.text(place, y - 42, shapes, fontsize=12)


def drawings() -> list[Drawing]:
    """Draw the figure."""
    with style():
        return [Drawing("gemm-shapes", "Many small products or a large one", ALT, draw().figure)]
