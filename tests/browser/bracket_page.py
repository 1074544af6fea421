"""The bracket reader on a page: what a reader sees there, and what Python says it should be."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page

from asctools.course.widgets.bracket_network import Network, read
from asctools.dataset.parentheses import depth, is_balanced
from asctools.numpy_lstm.cell import Gates

NAME = '[data-asc-widget="bracket-reader"]'
READER = f"{NAME} form"
WIRES = {"f": "f", "i": "i", "c_tilde": "c_tilde", "o": "o", "c": "c", "h": "h"}

# Everything on the page that carries a number, by what marks it.
_READ = r"""form => {
  const all = by => [...form.querySelectorAll(by)];
  const one = by => form.querySelector(by);
  const at = (node, name) => +node.getAttribute(name);
  const path = by => one(by)?.getAttribute('d') ?? '';
  return {
    text: one('[data-text]').value, cursor: +one('[data-cursor]').value,
    last: +one('[data-cursor]').max, spoken: one('[data-cursor]').getAttribute('aria-valuetext'),
    unit: +one('[data-unit]').value, hold: one('[name=hold]:checked').value,
    options: all('[data-unit] option').map(node => node.textContent),
    wires: Object.fromEntries(all('[data-wire]').map(n => [n.dataset.wire, n.textContent])),
    sum: one('.sum').innerText,
    opened: all('.factor').map(node => getComputedStyle(node, '::before').content),
    closed: all('.factor').map(node => getComputedStyle(node, '::after').content),
    levels: all('[data-level]').map(node => [at(node, 'x'), at(node, 'width')]),
    table: all('[data-table] tr').map(row => [...row.cells].map(cell => cell.textContent)),
    here: all('[data-table] tr.here').map(row => +row.cells[0].textContent),
    verdict: one('[data-verdict]').textContent, words: one('[data-words]').textContent,
    goes: one('[data-goes]').textContent, marked: one('[data-marked]').textContent,
    refused: one('[data-refused]').textContent, place: one('[data-place]').textContent,
    pressed: all('[data-sample][aria-pressed=true]').map(node => node.textContent),
    swap: [one('[data-swap]').textContent, one('[data-swap]').getAttribute('aria-disabled')],
    symbols: all('.symbol').map(node => node.textContent).join(''),
    band: one('rect.here') && [at(one('rect.here'), 'x'), at(one('rect.here'), 'width')],
    ticks: all('.frame text.end').map(node => [node.textContent, at(node, 'y') - 4]),
    titles: all('.frame text:not(.end)').map(node => node.textContent),
    steps: path('.line.asc-truth'),
    c: all('.point').map(node => [at(node, 'cx'), at(node, 'cy')]),
    p: all('.dot').map(node => [at(node, 'cx'), at(node, 'cy')]),
    goals: all('.goal').map(node => [at(node, 'x') + 5, at(node, 'y') + 5]),
    differ: all('.differ').map(node => +node.getAttribute('d').match(/M([-\d.]+)/)[1] + 4),
    changed: all('.changed').map(node => +node.getAttribute('d').match(/M([-\d.]+)/)[1] + 5),
  };
}"""


@dataclass
class ReaderPage:
    """One bracket reader, driven and read."""

    page: Page
    root: Locator

    def read(self) -> dict[str, Any]:
        """Everything on it that carries a number, as text."""
        found: dict[str, Any] = self.root.evaluate(_READ)
        return found

    @property
    def field(self) -> Locator:
        return self.root.locator("[data-text]")

    @property
    def slider(self) -> Locator:
        return self.root.locator("[data-cursor]")

    @property
    def strip(self) -> Locator:
        return self.root.locator("[data-scroll]")

    def press(self, name: str) -> None:
        """Click a button by its words."""
        self.root.get_by_role("button", name=name, exact=True).click()

    def hold(self, value: str) -> None:
        """Click what the forget gates are held at: ``"free"``, ``"1"``, ``"0.9"``, ``"0.5"``."""
        self.root.locator(".choice", has_text=re.compile(f"^\\s*{re.escape(value)}$")).click()

    def place(self, symbol: int) -> tuple[float, float]:
        """Where on the screen a symbol stands, counted from 1."""
        node = self.root.locator(".symbol").nth(symbol - 1)
        node.evaluate("n => n.scrollIntoView({block: 'center', behavior: 'instant'})")
        box = node.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + 60


def network_in(html: str) -> Network:
    """The network that a page carries, as Python reads it from the block."""
    block = html[html.index('data-asc-widget="bracket-reader"') :]
    script = block[: block.index("</script>")]
    state = json.loads(script[script.rindex("})({") + 3 : -1])["state"]

    def row(text: str) -> list[float]:
        return [int(whole, 36) / 1e6 for whole in text.split()]

    parts = []
    for name in "fico":
        parts += [np.array([row(each) for each in state["network"][name]["W"]])]
        parts += [np.array(row(state["network"][name]["b"]))]
    W_y, b_y = state["network"]["y"]["W"], state["network"]["y"]["b"]
    return Network(Gates(*parts), np.array([row(each) for each in W_y]), np.array(row(b_y)))


def number(text: str) -> float:
    """The number that a reader reads."""
    assert re.fullmatch(r"[−+]?\d+(\.\d+)?", text), text
    return float(text.replace("−", "-"))


def four(value: float, shown: str) -> None:
    """Hold a number of the page to its four decimals."""
    assert re.fullmatch(r"−?\d+\.\d{4}", shown), shown
    assert shown != "−0.0000"
    assert abs(number(shown) - value) <= 0.5e-4 + 1e-9, f"{shown} should be {value:.6f}"


def said(balanced: bool) -> str:
    return "“balanced”" if balanced else "“not balanced”"


def check(seen: dict[str, Any], network: Network) -> None:
    """Recompute everything from the string, unit and hold that the page shows."""
    text, unit = seen["text"], seen["unit"]
    assert seen["symbols"] == text
    if not text:
        _check_empty(seen)
        return
    hold = None if seen["hold"] == "null" else float(seen["hold"])
    found = read(network, text, hold)
    truth = [is_balanced(text[: t + 1]) for t in range(len(text))]
    wrong = [t for t, p in enumerate(found.balanced) if (p > 0.5) != truth[t]]
    assert seen["last"] == len(text)
    assert 1 <= seen["cursor"] <= len(text)
    assert seen["place"] == f"{seen['cursor']} of {len(text)}"
    c = found.c[:, unit]
    _check_cell(seen, found._asdict(), unit)
    _check_table(seen, c, found.balanced, truth)
    _check_words(seen, c, found.balanced, truth, wrong)
    _check_drawing(seen, c, found.balanced, truth, wrong)


def _check_empty(seen: dict[str, Any]) -> None:
    assert seen["table"] == seen["c"] == seen["p"] == seen["goals"] == []
    assert seen["words"].startswith("There is nothing to read yet")
    assert set(seen["wires"].values()) == {"–"}
    assert seen["verdict"] == seen["place"] == ""


def _check_cell(seen: dict[str, Any], found: dict[str, Any], unit: int) -> None:
    t = seen["cursor"] - 1
    values = {wire: float(found[name][t, unit]) for wire, name in WIRES.items()}
    values["c_prev"] = float(found["c"][t - 1, unit]) if t else 0.0
    assert set(seen["wires"]) == set(values)
    for wire, value in values.items():
        four(value, seen["wires"][wire])
    plain = seen["wires"]
    factors = "{f} · {c_prev} + {i} · {c_tilde}".format(**plain)
    assert re.sub(r"\s+", " ", seen["sum"]) == (
        f"c = {factors} = {plain['c']}, h = o tanh c = {plain['h']}"
    )
    # a negative factor stands in brackets, which are the style sheet's
    negative = [plain[wire].startswith("−") for wire in ("c_prev", "c_tilde")]
    assert seen["opened"] == ['"("' if each else "none" for each in negative]
    assert seen["closed"] == ['")"' if each else "none" for each in negative]
    for (left, width), wire in zip(seen["levels"], ("f", "i", "c_tilde", "o"), strict=True):
        ends = (0.5, 0.5 + values[wire] / 2) if wire == "c_tilde" else (0.0, values[wire])
        assert abs(left - 100 * min(ends)) < 1e-6
        assert abs(width - 100 * abs(ends[1] - ends[0])) < 1e-6


def _check_table(seen: dict[str, Any], c: Any, p: Any, truth: list[bool]) -> None:
    text, depths = seen["text"], depth(seen["text"])
    assert seen["here"] == [seen["cursor"]]
    for t, row in enumerate(seen["table"]):
        place, symbol, deep, cell, sure, right = row
        assert (int(place), symbol, number(deep)) == (t + 1, text[t], depths[t])
        four(c[t], cell)
        four(p[t], sure)
        assert right == ("balanced" if truth[t] else "not")
    assert len(seen["table"]) == len(text)


def _check_words(seen: dict[str, Any], c: Any, p: Any, truth: list[bool], wrong: list[int]) -> None:
    text, unit, t = seen["text"], seen["unit"], seen["cursor"] - 1
    deep, cell, sure = seen["table"][t][2:5]
    assert seen["verdict"] == seen["spoken"]
    assert seen["verdict"] == (
        f"After symbol {t + 1} of {len(text)}, “{text[t]}”: depth {deep}, c of unit {unit} is "
        f"{cell}. The network says {said(p[t] > 0.5)} ({sure}); the truth is {said(truth[t])}."
    )
    first, _, end = seen["words"].partition(" At the end ")
    but = "and" if (p[-1] > 0.5) == truth[-1] else "but"
    last = seen["table"][-1][4]
    assert end == (
        f"the network says {said(p[-1] > 0.5)} ({last}), {but} the string is "
        f"{said(truth[-1])[1:-1]}."
    )
    if wrong:
        start = f"Network and truth differ after {len(wrong)} of {len(text)} symbols: "
        assert first.startswith(start)
        places: list[int] = []
        for run in first[len(start) : -1].split(", "):
            low, _, high = run.partition(" to ")
            places += range(int(low), int(high or low) + 1)
        assert places == [each + 1 for each in wrong]
    else:
        assert first == f"Network and truth agree after each of the {len(text)} symbols."
    depths = depth(text)
    goes = seen["goes"].removesuffix(".").rpartition(" ")[2]
    if np.ptp(depths) and np.ptp(c) > 1e-9:
        assert abs(number(goes) - np.corrcoef(depths, c)[0, 1]) <= 0.005 + 1e-9
    elif not np.ptp(depths):
        assert goes == "none"


def _check_drawing(
    seen: dict[str, Any], c: Any, p: Any, truth: list[bool], wrong: list[int]
) -> None:
    text, depths = seen["text"], depth(seen["text"])
    ticks = [(number(words), y) for words, y in seen["ticks"]]
    (sure_0, *_, sure_1) = ticks[-3:]
    cut = next(n for n in range(1, len(ticks)) if ticks[n][0] <= ticks[n - 1][0])
    scales = [ticks[:cut], ticks[cut:-3], [sure_0, sure_1]]

    def y(scale: list[tuple[float, float]], value: float) -> float:
        (low, foot), (high, top) = scale[0], scale[-1]
        assert low - 2e-6 <= value <= high + 2e-6
        return foot + (value - low) / (high - low) * (top - foot)

    left, pitch = seen["band"]
    assert abs(left - (seen["cursor"] - 1) * pitch) < 1e-6
    xs = [(t + 0.5) * pitch for t in range(len(text))]

    def close(drawn: list[list[float]], scale: list[tuple[float, float]], values: Any) -> None:
        assert len(drawn) == len(xs)
        for (x, height), at, value in zip(drawn, xs, values, strict=True):
            assert abs(x - at) < 1e-6
            assert abs(height - y(scale, float(value))) < 1e-6

    close(seen["c"], scales[1], c)
    close(seen["p"], scales[2], p)
    close(seen["goals"], scales[2], truth)
    steps = re.findall(r"[ML]([-\d.]+) ([-\d.]+)H([-\d.]+)", seen["steps"])
    close([[(float(a) + float(b)) / 2, float(h)] for a, h, b in steps], scales[0], depths)
    assert (
        seen["differ"] == [xs[t] for t in wrong]
        or max(abs(a - xs[t]) for a, t in zip(seen["differ"], wrong, strict=True)) < 1e-6
    )
    assert seen["titles"] == [
        "true depth",
        f"cell state c of unit {seen['unit']}",
        "● P(balanced) □ truth ✕ they differ",
    ]
    swapped = [round(at / pitch - 0.5) for at in seen["changed"]]
    if swapped:
        i, j = swapped
        mended = text[:i] + "(" + text[i + 1 : j] + ")" + text[j + 1 :]
        assert text[i] + text[j] == ")("
        assert not is_balanced(text)
        assert is_balanced(mended)
        assert seen["marked"].startswith(f"Symbols {i + 1} and {j + 1} (underlined)")
    else:
        assert seen["marked"] == ""
