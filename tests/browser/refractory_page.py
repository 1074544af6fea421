"""The refractory bench on a page: what a reader sees there, and what Python says it should be."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page

from asctools.bells import RATE
from asctools.course.widgets.refractory_trace import (
    RULES,
    Settled,
    Trace,
    counted,
    settle,
    unpacked,
)

NAME = '[data-asc-widget="refractory-bench"]'
BENCH = f"{NAME} form"

# Everything on the page that carries a number, by what marks it.
_READ = r"""form => {
  const all = by => [...form.querySelectorAll(by)];
  const one = by => form.querySelector(by);
  const named = (by, key) => Object.fromEntries(all(by).map(n => [n.dataset[key], n.textContent]));
  const x = node => +(node.getAttribute('cx') ?? 0);
  const from = node => +node.getAttribute('d').match(/M([-\d.]+)/)[1];
  return {
    threshold: +one('[data-set=threshold]').value, dead_time: +one('[data-set=dead_time]').value,
    spoken: all('[data-set]').map(node => node.getAttribute('aria-valuetext')),
    rule: one('[name=rule]:checked').value, said: named('[data-said]', 'said'),
    f1: named('[data-f1]', 'f1'), tiles: named('[data-tile]', 'tile'),
    words: one('[data-words]').textContent, label: one('[data-strip]').getAttribute('aria-label'),
    width: +one('[data-strip]').getAttribute('width'),
    table: all('[data-table] tr').map(row => [...row.cells].map(cell => cell.textContent)),
    bells: all('.drawing > svg text:not(.fine)').map(node => node.textContent),
    panels: all('[data-panel]').map(panel => {
      const in_ = by => [...panel.querySelectorAll(by)];
      return {
        right: in_('circle.kept').map(x),
        alarms: in_('rect.alarm').map(node => +node.getAttribute('x') + 4),
        gone: in_('.gone').map(node => from(node) + 4),
        found: in_('.strike.found').map(from), missed: in_('.strike.missed').map(from),
        lost: in_('.strike.lost').map(from),
        dead: in_('.dead').map(node => [+node.getAttribute('x'), +node.getAttribute('width')]),
        level: +in_('.level')[0].getAttribute('d').match(/M0 ([\d.]+)/)[1],
      }; }),
  };
}"""


@dataclass
class BenchPage:
    """One refractory bench, driven and read."""

    page: Page
    root: Locator

    def read(self) -> dict[str, Any]:
        """Everything on it that carries a number."""
        found: dict[str, Any] = self.root.evaluate(_READ)
        return found

    def slider(self, key: str) -> Locator:
        """The slider of the threshold or of the dead time."""
        return self.root.locator(f"[data-set={key}]")

    def choose(self, words: str) -> None:
        """Click a rule or a zoom by its words."""
        self.root.locator(".choice", has_text=re.compile(f"^\\s*{re.escape(words)}")).click()

    def drag(self, key: str, to: float) -> None:
        """Drag a slider's thumb from where it stands to a share of its length."""
        node = self.slider(key)
        box = node.bounding_box()
        assert box is not None
        least, most, value = (
            float(node.evaluate(f"node => node.{name}")) for name in ("min", "max", "value")
        )
        now = (value - least) / (most - least)
        middle = box["y"] + box["height"] / 2
        ends = [box["x"] + 8 + (box["width"] - 16) * share for share in (now, to)]
        self.page.mouse.move(ends[0], middle)
        self.page.mouse.down()
        self.page.mouse.move(ends[1], middle, steps=3)
        self.page.mouse.up()


def trace_in(html: str) -> Trace:
    """The trace that a page carries, as Python reads it from the block."""
    block = html[html.index('data-asc-widget="refractory-bench"') :]
    script = block[: block.index("</script>")]
    return unpacked(json.loads(script[script.rindex("})({") + 3 : -1])["state"]["trace"])


def check(seen: dict[str, Any], trace: Trace) -> None:
    """Recompute everything from the threshold, dead time and rule that the page shows."""
    setting = seen["threshold"], seen["dead_time"]
    every = {rule: settle(trace, *setting, rule) for rule in RULES}
    bells = every[seen["rule"]]
    counts = counted(bells)
    threshold, dead = (f"{value:.2f}" for value in setting)
    assert seen["said"] == {"threshold": threshold, "dead_time": f"{dead} s"}
    assert seen["spoken"] == [threshold, f"{dead} seconds"]
    for rule, settled in every.items():
        two(counted(settled).f1, seen["f1"][rule])
    picks = sum(len(each.times) for each in bells)
    kept = counts.true_positives + counts.false_alarms
    assert seen["tiles"]["kept"] == f"{kept} of {picks}"
    for name in ("precision", "recall", "f1"):
        two(getattr(counts, name), seen["tiles"][name])
    lost = sum(int(each.lost.sum()) for each in bells)
    strikes = counts.true_positives + counts.misses
    for part in (
        f"at {threshold} and a dead time of {dead} s, “{RULES[seen['rule']]}” keeps {kept} ",
        f" of {picks} pick",
        f"find {counts.true_positives} of {strikes} strike",
        f"; {counts.false_alarms} false alarm",
        f"costs {lost or 'no'} strike",
    ):
        assert part in seen["words"]
    assert seen["label"].startswith(seen["words"])
    assert seen["bells"] == [f"bell {bell}" for bell in trace.bells]
    _check_table(seen["table"], trace, bells)
    for panel, each in zip(seen["panels"], bells, strict=True):
        _check_panel(panel, each, seen, trace.seconds)


def _check_table(table: list[list[str]], trace: Trace, bells: list[Settled]) -> None:
    rows = sorted(
        (
            time,
            bell,
            score,
            "deleted" if not kept else "kept, right" if right else "kept, false alarm",
        )
        for bell, each in zip(trace.bells, bells, strict=True)
        for time, score, kept, right in zip(
            each.times, each.scores, each.kept, each.right, strict=True
        )
    )
    assert [[row[0], row[3]] for row in table] == [[f"{bell}", fate] for _, bell, _, fate in rows]
    for (time, _, score, _), (_, second, shown, _) in zip(rows, table, strict=True):
        assert abs(float(second) - time / RATE) <= 0.5e-3 + 1e-9
        assert shown == f"{score:.3f}"


def _check_panel(
    panel: dict[str, Any], each: Settled, seen: dict[str, Any], seconds: float
) -> None:
    def x(times: Any) -> list[float]:
        return [6 + (seen["width"] - 12) * time / (seconds * RATE) for time in times]

    def same(drawn: list[float], times: Any) -> None:
        expected = x(times)
        assert len(drawn) == len(expected)
        assert all(abs(a - b) < 1e-6 for a, b in zip(drawn, expected, strict=True))

    same(panel["right"], each.times[each.kept & each.right])
    same(panel["alarms"], each.times[each.kept & ~each.right])
    same(panel["gone"], each.times[~each.kept])
    same(panel["found"], each.strikes[each.found])
    same(panel["lost"], each.strikes[each.lost])
    same(panel["missed"], each.strikes[~each.found & ~each.lost])
    same([left for left, _ in panel["dead"]], each.times[each.kept])
    longest = (seen["width"] - 12) * seen["dead_time"] / seconds
    assert all(0.0 <= width <= longest + 1e-6 for _, width in panel["dead"])
    assert abs(panel["level"] - (62 - 46 * seen["threshold"])) < 1e-6


def two(value: float, shown: str) -> None:
    """Hold a number of the page to its two decimals."""
    assert re.fullmatch(r"[01]\.\d\d", shown), shown
    assert abs(float(shown) - value) <= 0.5e-2 + 1e-9, f"{shown} should be {value:.4f}"
