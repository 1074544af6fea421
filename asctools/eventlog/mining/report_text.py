"""The outcome of mining a log as plain text, for a terminal and for ``report.txt``."""

from collections.abc import Iterator

from asctools.eventlog.drawing.graph_words import duration, number, share
from asctools.eventlog.drawing.node_text import one_line
from asctools.eventlog.mining.mined import Graph, Mined

MOST_ROWS = 15
MOST_STEPS = 8
WIDEST = 44  # characters of a name


def text(found: Mined) -> str:
    """Return the report: facts, what happened how often, the ways through, what deviates."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Mined) -> Iterator[str]:
    yield found.source
    yield "═" * len(found.source)
    wide = max(map(len, found.facts))
    yield from (f"{key:<{wide}}  {_cut(value, 80)}" for key, value in found.facts.items())
    yield ""
    yield from _activities(found.graphs[0])
    yield ""
    yield f"Most frequent of {number(len(found.ways), 'variant')}, case: {found.ways_of}"
    for way, count in list(found.ways.items())[:5]:
        yield f"  {count:>7,} ×  {walked(way)}"
    yield ""
    yield str(found.report) if found.report else found.verdict


def _activities(graph: Graph) -> Iterator[str]:
    """Give a table of the activities, the most frequent first."""
    rows = activity_rows(graph)
    yield f"{'Activity':<{WIDEST}} {'count':>9} {'time':>7} {'mean':>8}"
    for name, count, part, mean in rows[:MOST_ROWS]:
        yield f"  {_cut(name, WIDEST - 2):<{WIDEST - 2}} {count:>9} {part:>7} {mean:>8}"
    if len(rows) > MOST_ROWS:
        yield f"  and {len(rows) - MOST_ROWS:,} more: see report.html"


def activity_rows(graph: Graph) -> list[tuple[str, str, str, str]]:
    """Return name, count, share of the time and mean time of each, the most frequent first."""
    dfg = graph.dfg
    whole = sum(dfg.into.values())
    entered: dict[str, int] = {}
    for (_, b), count in dfg.arcs.items():
        entered[b] = entered.get(b, 0) + count
    rows = []
    for name, count in sorted(dfg.activities.items(), key=lambda each: -each[1]):
        seconds = dfg.into.get(name, 0.0)
        part = share(seconds / whole) if whole and name in entered else ""
        mean = duration(seconds / entered[name]) if whole and name in entered else ""
        rows.append((one_line(name), f"{count:,}", part, mean))
    return rows


def walked(way: tuple[str, ...]) -> str:
    """Return a variant as its first steps; a step again and again is written once."""
    steps: list[list[object]] = []
    for name in way:
        if steps and steps[-1][0] == name:
            steps[-1][1] = int(str(steps[-1][1])) + 1
        else:
            steps.append([name, 1])
    said = [f"{_cut(str(name), 28)}{f' {n}×' if n != 1 else ''}" for name, n in steps[:MOST_STEPS]]
    more = f" → … ({len(way):,} events)" if len(steps) > MOST_STEPS else ""
    return " → ".join(said) + more


def _cut(words: str, most: int) -> str:
    line = one_line(words)
    return line if len(line) <= most else line[: most - 1] + "…"
