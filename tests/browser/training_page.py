"""The training-log player on a page: what a reader sees, and what Python says it should be."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import Locator, Page

from asctools.eventlog.conformance import check as check_log
from asctools.eventlog.dfg import discover
from asctools.eventlog.layout import END, START, all_arcs

NAME = '[data-asc-widget="training-player"]'
PLAYER = f"{NAME} form"

# Everything on the page that carries a number, by what marks it.
_READ = r"""form => {
  const all = by => [...form.querySelectorAll(by)];
  const text = name => form.querySelector(`[data-${name}]`).textContent;
  const box = (node, name) => +node.getAttribute(name);
  const path = by => form.querySelector(`[data-chart] ${by}`)?.getAttribute('d') ?? '';
  return {
    run: +form.querySelector('[name=run]:checked').value,
    at: +form.querySelector('[data-at]').value, last: +form.querySelector('[data-at]').max,
    spoken: form.querySelector('[data-at]').getAttribute('aria-valuetext'),
    place: text('place'), words: text('words'), verdict: text('verdict'),
    epoch: text('epoch'), iteration: text('iteration'), loss: text('loss'),
    deviations: text('deviations'), ahead: form.querySelector('[data-step="!"]').ariaDisabled,
    found: all('[data-found] li').map(node => node.textContent),
    strange: all('[data-new] li').map(node => node.textContent),
    counts: all('[data-many]').map(node => node.textContent),
    widths: all('[data-arc] .line').map(node => parseFloat(getComputedStyle(node).strokeWidth)),
    seen: all('[data-arc]').map(node => getComputedStyle(node).visibility === 'visible'),
    names: all('.node').map(node =>
      [...node.querySelectorAll('.called')].map(line => line.textContent).join('')),
    notes: all('.node [data-note]').map(node => node.textContent),
    heat: all('.node .heat').map(node => +node.style.fillOpacity),
    here: all('.node.here').map(node => +node.dataset.node),
    marker: ['cx', 'cy'].map(name => box(form.querySelector('[data-marker]'), name)),
    done: Math.max(...all('.done').map(node => box(node, 'width'))),
    curve: path('.curve'), ghost: path('.ghost'), alarm: path('.alarm'), now: path('.now'),
    looks: all('[data-chart] .look').map(node => [box(node, 'cx'), box(node, 'cy')]),
    ticks: all('[data-chart] text').map(node => [node.textContent, box(node, 'y') - 4]),
    chart: form.querySelector('[data-chart]').getAttribute('aria-label'),
    graph: form.querySelector('[data-graph]').getAttribute('aria-label'),
    table: all('[data-table] tr').map(row => [...row.cells].map(cell => cell.textContent)),
    play: text('play-word'), status: text('status'),
  };
}"""


@dataclass
class PlayerPage:
    """One player, driven and read."""

    page: Page
    root: Locator

    def read(self) -> dict[str, Any]:
        """Everything on it that carries a number, as text."""
        found: dict[str, Any] = self.root.evaluate(_READ)
        return found

    @property
    def slider(self) -> Locator:
        return self.root.locator("[data-at]")

    @property
    def button(self) -> Locator:
        return self.root.locator("[data-play]")

    def choose(self, run: int) -> None:
        """Click a run."""
        self.root.locator(".runs .choice").nth(run).click()

    def press(self, name: str) -> None:
        """Click a button by what it says or is called."""
        self.root.get_by_role("button", name=name, exact=True).click()

    def set(self, run: int, at: int) -> None:
        """Put the player at the beginning of a test."""
        self.choose(run)
        self.slider.fill(str(at))

    def drag(self, share: float) -> None:
        """Take the thumb of the slider where it is, and leave it at a share of the way."""
        self.slider.evaluate("n => n.scrollIntoView({block: 'center', behavior: 'instant'})")
        box = self.slider.bounding_box()
        assert box is not None
        now = float(self.slider.input_value()) / float(self.slider.get_attribute("max") or 1)
        x = [box["x"] + 8 + part * (box["width"] - 16) for part in (now, share)]
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(x[0], y)
        self.page.mouse.down()
        self.page.mouse.move(sum(x) / 2, y + 3)
        self.page.mouse.move(x[1], y + 3)
        self.page.mouse.up()

    def click_chart(self, iteration: int, of: int) -> None:
        """Click the chart where an iteration stands."""
        chart = self.root.locator("[data-chart]")
        left, right = (
            self.root.evaluate("(form, d) => +d.match(/M([\\d.]+)/)[1]", path)
            for path in self._ends()
        )
        chart.evaluate("n => n.scrollIntoView({block: 'center', behavior: 'instant'})")
        box = chart.bounding_box()
        assert box is not None
        x = left + (right - left) * (iteration - 1) / (of - 1)
        self.page.mouse.click(box["x"] + x * box["width"] / 320, box["y"] + 40)

    def _ends(self) -> list[str]:
        d = self.root.locator("[data-chart] .grid").first.get_attribute("d") or ""
        start, _, end = d.partition("H")
        return [start, f"M{end} 0"]


def number(text: str) -> float:
    """The number that a reader reads."""
    assert re.fullmatch(r"−?\d+(\.\d+)?", text), text
    return float(text.replace("−", "-"))


def counted(log: pd.DataFrame, k: int) -> dict[tuple[str, str], int]:
    """The arcs of the first k events; the case of the last one has not ended, unless all have."""
    if not k:
        return {}
    arcs = all_arcs(discover(log.iloc[:k]))
    if k < len(log):
        arcs[log["concept:name"].iloc[k - 1], END] -= 1
    return {arc: n for arc, n in arcs.items() if n}


def check(seen: dict[str, Any], logs: list[tuple[str, pd.DataFrame]], state: Any) -> None:
    """Recompute everything from the log, the run and the number of events that the page shows."""
    name, log = logs[seen["run"]]
    k = seen["at"]
    assert seen["last"] == len(log)
    assert seen["place"] == f"{k} of {len(log)}"
    assert seen["words"] == seen["spoken"]
    done = log.iloc[:k]
    _check_tiles(seen, log, done)
    _check_graph(seen, logs[0][1], log, k, state)
    _check_words(seen, name, log, k)
    _check_chart(seen, logs, k)


def losses_of(log: pd.DataFrame) -> pd.Series:
    """The loss of the first forward pass of each iteration."""
    forward = log[log["concept:name"] == "ForwardPass"]
    return forward.groupby("iteration")["loss"].first()


def iteration_of(done: pd.DataFrame) -> int:
    """How many iterations have begun."""
    return int(done["iteration"].fillna(0).max()) if len(done) else 0


def _check_tiles(seen: dict[str, Any], log: pd.DataFrame, done: pd.DataFrame) -> None:
    epochs, iterations = log["case:concept:name"].nunique(), int(log["iteration"].max())
    assert seen["epoch"] == f"{done['case:concept:name'].nunique()} of {epochs}"
    assert seen["iteration"] == f"{iteration_of(done)} of {iterations}"
    losses = losses_of(done)
    if len(losses):
        assert abs(number(seen["loss"]) - losses.iloc[-1]) <= 5.1e-4 * max(1.0, losses.iloc[-1])
    else:
        assert seen["loss"] == "–"


def _check_graph(
    seen: dict[str, Any], healthy: pd.DataFrame, log: pd.DataFrame, k: int, state: Any
) -> None:
    expected, usual = counted(log, k), set(all_arcs(discover(healthy)))
    names = [*state["names"], START, END]
    arcs = [(names[a], names[b]) for a, b, *_ in state["graph"]["arcs"]]
    shown = {arc: int(text) for arc, text in zip(arcs, seen["counts"], strict=True) if text}
    assert shown == expected
    for arc, visible in zip(arcs, seen["seen"], strict=True):
        assert visible == (arc in usual or arc in expected)
    widths = dict(zip(arcs, seen["widths"], strict=True))
    thicker = sorted((n, widths[arc]) for arc, n in expected.items() if arc in usual)
    assert all(a[1] <= b[1] + 0.006 for a, b in itertools.pairwise(thicker))
    strange = [f"{n} × {a} → {b}" for (a, b), n in expected.items() if (a, b) not in usual]
    assert sorted(seen["strange"]) == sorted(strange)
    assert seen["names"] == state["names"]
    graph = discover(log.iloc[: max(k, 1)])
    whole = sum(graph.into.values())
    for activity, note, heat in zip(seen["names"], seen["notes"], seen["heat"], strict=True):
        count = graph.activities.get(activity, 0) if k else 0
        share = graph.into.get(activity, 0.0) / whole if count and whole else 0.0
        assert note.split(" ·")[0] == (f"{count} ×" if count else "")
        percent = re.search(r"· (\d+) %", note)
        assert abs((int(percent[1]) if percent else 0) - 100 * share) <= 0.5 + 0.4
        assert abs(heat - 0.5 * share) < 0.003
    if seen["table"]:
        assert {(a, b): int(n) for a, b, n, *_ in seen["table"]} == {
            (a.replace(START, "START"), b.replace(END, "END")): n for (a, b), n in expected.items()
        }
        for a, b, n, mean, known in seen["table"]:
            arc = a.replace("START", START), b.replace("END", END)
            assert known == ("yes" if arc in usual else "no")
            took = graph.seconds.get(arc, 0.0) / int(n)
            assert abs(seconds(mean) - took) <= 0.012 * took + 1e-6


def seconds(text: str) -> float:
    """A time as the page writes it."""
    value, unit = text.split()
    return float(value) * {"µs": 1e-6, "ms": 1e-3, "s": 1.0}[unit]


def found_by(log: pd.DataFrame, k: int) -> dict[str, int]:
    """What the report has found in the first k events, and how often."""
    if "found" not in log.attrs:
        log.attrs["found"] = [(each.sentence, each.seqs) for each in check_log(log).deviations]
    reached = log["seq"].iloc[k - 1] if k else 0
    counts = {
        sentence: sum(seq <= reached for seq in seqs) for sentence, seqs in log.attrs["found"]
    }
    return {sentence: n for sentence, n in counts.items() if n}


def _check_words(seen: dict[str, Any], name: str, log: pd.DataFrame, k: int) -> None:
    found = found_by(log, k)
    total = sum(found.values())
    assert seen["found"] == [f"{n} × {sentence}" for sentence, n in found.items()]
    assert seen["deviations"] == str(total)
    assert seen["ahead"] == str(total == sum(found_by(log, len(log)).values())).lower()
    if not k:
        assert seen["words"].startswith(f"Nothing has happened yet in the run “{name}”.")
        return
    event = log.iloc[k - 1]
    assert seen["words"].startswith(f"Event {k} of {len(log)} is {event['concept:name']}")
    assert f"iteration {iteration_of(log.iloc[:k])}" in seen["words"]
    plural = "s" if total != 1 else ""
    assert f"; {total or 'no'} deviation{plural if total else ''} so far." in seen["words"]
    now = [s for s, n in found.items() if n > found_by(log, k - 1).get(s, 0)]
    assert seen["words"].partition(" so far.")[2] == "".join(f" Here {s}." for s in now)


def points(d: str) -> np.ndarray:
    """The points of a path, (n, 2)."""
    return np.array(re.findall(r"([-\d.]+) ([-\d.]+)", d), dtype=float).reshape(-1, 2)


def _check_chart(seen: dict[str, Any], logs: list[tuple[str, pd.DataFrame]], k: int) -> None:
    log, healthy = logs[seen["run"]][1], losses_of(logs[0][1])
    done, curve = losses_of(log.iloc[:k]), points(seen["curve"])
    assert len(curve) == len(done)
    assert bool(seen["ghost"]) == (seen["run"] > 0)
    low, high = (number(text) for text, _ in seen["ticks"][:2])
    foot, top = (y for _, y in seen["ticks"][:2])
    if seen["run"]:
        ghost = points(seen["ghost"])
        assert len(ghost) == len(healthy)
        curve, done = np.concatenate((ghost, curve)), pd.concat((healthy, done))
    whole = np.asarray(done, dtype=float)
    inside = curve[:, 1] > top + 0.05
    assert (whole[~inside] > high - 0.06).all()
    heights = foot + (top - foot) * (whole - low) / (high - low)  # the ends are rounded
    assert (np.abs(heights - curve[:, 1])[inside] < 0.03 * (foot - top)).all()
    if inside.any() and np.ptp(whole[inside]) > 0.05:  # one scale for all
        straight = np.polyval(np.polyfit(whole[inside], curve[inside, 1], 1), whole[inside])
        assert np.abs(straight - curve[inside, 1]).max() < 0.2
    assert seen["alarm"].count("M") == sum(found_by(log, k).values())
    looks = log.iloc[:k]
    assert len(seen["looks"]) == int((looks["concept:name"] == "Validation").sum())
