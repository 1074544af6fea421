"""The cell bench on a page: what a reader sees there, and what Python says it should be."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page

from asctools.course.widgets import carried_by_lstm, carried_by_rnn
from asctools.dataset.companies import COMPANIES
from asctools.scalar import by_hand
from asctools.scalar.by_hand import Weights

NAMES = tuple(company.name for company in COMPANIES)
TARGETS = {company.name: company.target for company in COMPANIES}
WIRES = (
    *("x", "c_prev", "h_prev", "z_f", "f", "z_i", "i", "z_c", "c_tilde", "z_o", "o"),
    *("kept", "written", "c", "tanh_c", "h"),
)

# Everything on the page that carries a number, by what marks it.
_READ = r"""bench => {
  const texts = (name, by = node => node.dataset[name]) => Object.fromEntries(
    [...bench.querySelectorAll(`[data-${name}]`)].map(node => [by(node), node.textContent]));
  const charts = {};
  for (const chart of bench.querySelectorAll('[data-chart]')) {
    const box = (node, name) => +node.getAttribute(name);
    charts[chart.dataset.chart] = {
      series: Object.fromEntries([...chart.querySelectorAll('[data-series]')].map(
        node => [node.dataset.series, node.textContent])),
      aria: chart.querySelector('svg').getAttribute('aria-label'),
      ticks: [...chart.querySelectorAll('text.end')].map(
        node => [node.textContent, box(node, 'y') - 4]),
      points: [...chart.querySelectorAll('.point')].map(node => node.tagName === 'rect'
        ? box(node, 'y') + 3 : box(node, 'cy')),
      parts: [...chart.querySelectorAll('.part')].map(
        node => [box(node, 'y'), box(node, 'y') + box(node, 'height')]),
      goals: [...chart.querySelectorAll('.goal')].map(
        node => +node.getAttribute('d').match(/M[\d.]+ ([\d.]+)/)[1]),
    };
  }
  return {
    charts, weights: texts('weight'), wires: texts('wire'), says: texts('says'),
    errors: texts('error'), where: bench.querySelector('[data-where]').textContent,
    score: bench.querySelector('[data-score]').textContent,
    drawing: bench.querySelector('[data-drawing]').getAttribute('aria-label'),
    symbols: [...bench.querySelectorAll('[data-symbol]')].map(node => node.textContent),
    sliders: [...bench.querySelectorAll('[data-slider]')].map(
      node => [node.value, node.getAttribute('aria-valuetext')]),
    days: [...bench.querySelectorAll('[data-days]')].map(
      node => [node.dataset.days, node.value]),
    day: +bench.querySelector('[name=day]:checked').value,
    company: bench.querySelector('[name=company]:checked').value,
    pressed: [...bench.querySelectorAll('[data-stage][aria-pressed=true]')].map(
      node => node.dataset.stage),
    levels: [...bench.querySelectorAll('[data-level]')].map(
      node => [+node.getAttribute('y'), +node.getAttribute('height')]),
  };
}"""


@dataclass
class Bench:
    """One bench, driven and read."""

    page: Page
    root: Locator

    def read(self) -> dict[str, Any]:
        """Everything on it that carries a number, as text."""
        found: dict[str, Any] = self.root.evaluate(_READ)
        return found

    def slider(self, k: int) -> Locator:
        return self.root.locator(f'[data-slider="{k}"]')

    def weight(self, k: int) -> float:
        return number(self.root.locator(f'[data-weight="{k}"]').inner_text())

    def weights(self) -> Weights:
        return Weights(*(self.weight(k) for k in range(12)))

    def drag(self, k: int, share: float) -> None:
        """Take the thumb of a slider where it is, and leave it at a share of the way."""
        box = self._in_sight(self.slider(k))
        thumb = (float(self.slider(k).input_value()) + 6.0) / 12.0
        place = [box["x"] + 8 + part * (box["width"] - 16) for part in (thumb, share)]
        height = box["y"] + box["height"] / 2
        self.page.mouse.move(place[0], height)
        self.page.mouse.down()
        self.page.mouse.move(sum(place) / 2, height + 3)
        self.page.mouse.move(place[1], height + 3)
        self.page.mouse.up()

    def choose(self, name: str, value: str | int) -> None:
        """Click a company or a day."""
        self.root.locator(f'.choice:has([name="{name}"][value="{value}"])').click()

    def press(self, data: str) -> None:
        """Click a button by what marks it: ``stage="2000"``, ``step="1"``, ``reset``."""
        self.root.locator(f"[data-{data}]").click()

    def news(self) -> str:
        """What is said, once things have come to rest."""
        self.page.wait_for_timeout(450)
        return self.root.locator("[data-news]").inner_text()

    def _in_sight(self, control: Locator) -> dict[str, float]:
        control.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
        box = control.bounding_box()
        assert box is not None
        return dict(box)


def number(text: str) -> float:
    """The number that a reader reads."""
    assert re.fullmatch(r"−?\d+(\.\d+)?", text), text
    return float(text.replace("−", "-"))


def four(value: float, shown: str) -> None:
    """Hold a number of the page to its four decimals."""
    assert re.fullmatch(r"−?\d+\.\d{4}", shown), shown
    assert shown != "−0.0000"
    assert abs(number(shown) - value) <= 0.5e-4 + 1e-9, f"{shown} should be {value:.6f}"


def numbers_in(text: str) -> list[str]:
    """The numbers with four decimals in a sentence."""
    return re.findall(r"−?\d+\.\d{4}(?!\d)", text)


def check(seen: dict[str, Any]) -> None:
    """Recompute every number from the weights and days that the page shows."""
    weights = Weights(*(number(seen["weights"][str(k)]) for k in range(12)))
    days = {name: [float(x) for who, x in seen["days"] if who == name] for name in NAMES}
    traces = {name: by_hand.trace(weights, row) for name, row in days.items()}
    _check_controls(seen, weights)
    _check_wires(seen, traces[seen["company"]])
    _check_score(seen, traces)
    _check_charts(seen, weights, days, traces)


def _check_controls(seen: dict[str, Any], weights: Weights) -> None:
    for (value, spoken), shown, weight in zip(
        seen["sliders"], seen["weights"].values(), weights, strict=True
    ):
        assert abs(float(value) - min(6.0, max(-6.0, weight))) <= 0.005 + 1e-9
        assert spoken == shown


def wires(day: by_hand.Day) -> dict[str, float]:
    """Every wire of the drawing: those of the trace, and three that it does not name."""
    more = {"kept": day.f * day.c_prev, "written": day.i * day.c_tilde, "tanh_c": math.tanh(day.c)}
    return {wire: (day._asdict() | more)[wire] for wire in WIRES}


def _check_wires(seen: dict[str, Any], trace: list[by_hand.Day]) -> None:
    day = trace[seen["day"] - 1]
    expected = wires(day)
    assert set(seen["wires"]) == set(WIRES)
    for wire, value in expected.items():
        four(value, seen["wires"][wire])
        assert f"{wire} {seen['wires'][wire]}" in seen["drawing"]
    assert seen["where"] == f"day {seen['day']} of company {seen['company']}"
    assert seen["where"] in seen["drawing"]
    index = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    now, before = (str(t).translate(index) for t in (seen["day"], seen["day"] - 1))
    today = [f"{symbol}{now}" for symbol in ("f", "i", "c̃", "o", "c", "h", "x")]
    assert sorted(seen["symbols"]) == sorted([*today, f"c{before}", f"h{before}"])
    gates = (day.f, day.i, day.c_tilde, day.o)
    for k, ((top, height), gate) in enumerate(zip(seen["levels"], gates, strict=True)):
        low, high = sorted((0.5, 0.5 + gate / 2)) if k == 2 else (0.0, gate)
        assert abs(height - 46 * (high - low)) < 1e-6
        assert abs(top + 46 * high - 206) < 1e-6  # the foot of the tanks


def _check_score(seen: dict[str, Any], traces: dict[str, list[by_hand.Day]]) -> None:
    errors = {name: (trace[-1].h - TARGETS[name]) ** 2 for name, trace in traces.items()}
    for name, trace in traces.items():
        four(trace[-1].h, seen["says"][name])
        four(errors[name], seen["errors"][name])
    four(sum(errors.values()), seen["errors"]["sum"])
    assert numbers_in(seen["score"]) == [
        *(text for name in NAMES for text in (seen["says"][name], seen["errors"][name])),
        seen["errors"]["sum"],
    ]
    assert re.findall(r"target (\d)", seen["score"]) == [f"{TARGETS[name]:.0f}" for name in NAMES]


def _check_charts(
    seen: dict[str, Any],
    weights: Weights,
    days: dict[str, list[float]],
    traces: dict[str, list[by_hand.Day]],
) -> None:
    expected: dict[str, dict[str, list[float]]] = {
        "c": {name: [day.c for day in trace] for name, trace in traces.items()},
        "h": {name: [day.h for day in trace] for name, trace in traces.items()},
    }
    for name, trace in traces.items():
        parts = {"kept": [day.f * day.c_prev for day in trace]}
        parts["written"] = [day.i * day.c_tilde for day in trace]
        lstm, rnn = carried_by_lstm(weights, days[name]), carried_by_rnn(weights, days[name])
        expected |= {f"parts-{name}": parts, f"left-{name}": {"LSTM": lstm, "RNN": rnn}}
    assert set(seen["charts"]) == set(expected)
    for chart, series in expected.items():
        _check_chart(chart, seen["charts"][chart], series, seen["day"])


def _check_chart(
    name: str, chart: dict[str, Any], series: dict[str, list[float]], day: int
) -> None:
    assert set(chart["series"]) == set(series)
    for who, values in series.items():
        four(values[day - 1], chart["series"][who])
    spoken = numbers_in(chart["aria"])
    drawn = [value for values in series.values() for value in values]
    assert len(spoken) == len(drawn)
    for value, text in zip(drawn, spoken, strict=True):
        four(value, text)
    heights = {number(text): y for text, y in chart["ticks"]}
    (low, bottom), (high, top) = min(heights.items()), max(heights.items())
    assert low <= 0 < high

    def y(value: float) -> float:
        return bottom + (value - low) / (high - low) * (top - bottom)

    if name.startswith("parts"):
        kept, written = series.values()
        stacks = [
            sorted((y(start), y(end)))
            for part, more in zip(kept, written, strict=True)
            for start, end in ((0.0, part), (part, part + more))
        ]
        places = [place for stack in stacks for place in stack]
        drawn_at = [place for part in chart["parts"] for place in part]
    else:
        places, drawn_at = [y(value) for value in drawn], chart["points"]
    assert len(places) == len(drawn_at)
    assert max(abs(a - b) for a, b in zip(places, drawn_at, strict=True)) < 1e-6
    assert min(drawn_at) >= top - 1e-6
    assert max(drawn_at) <= bottom + 1e-6
    goals = [y(target) for target in TARGETS.values()] if name == "h" else []
    assert (
        chart["goals"] == goals
        or max(abs(a - b) for a, b in zip(goals, chart["goals"], strict=True)) < 1e-6
    )
