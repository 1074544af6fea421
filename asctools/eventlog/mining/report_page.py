"""The outcome of mining a log as one page that stands alone, in light and in dark."""

from collections.abc import Iterable, Sequence
from html import escape

from asctools.eventlog.drawing.graph_words import duration, number
from asctools.eventlog.drawing.node_text import one_line
from asctools.eventlog.mining.mined import Graph, Mined
from asctools.eventlog.mining.report_text import activity_rows, walked
from asctools.eventlog.report import Deviation
from asctools.plots import COLOURS, Picture

MOST_ARCS = 40  # rows of a table

LEVELS = {
    "full": "Everything",
    "main": "The loop",
    "gates": "The gates",
    "weights": "The weights",
}
SHOWS = {
    "count": "How often. Numbers at the arcs count; violet arcs lead back.",
    "time": "How long. Times at the arcs are means; thick and dark is where the time went.",
}

_STYLE = """\
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem;
  background: var(--asc-paper); color: var(--asc-ink);
  font: 16px/1.5 system-ui, sans-serif;
}
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin-top: 2.5rem; }
.verdict { border-left: 6px solid var(--asc-event); margin: 1.5rem 0; padding: .6rem 1rem; }
.verdict.bad { border-color: var(--asc-deviation); }
.verdict strong { font-size: 1.15rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; }
dt { color: var(--asc-muted); } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
figure svg { display: block; width: 100%; height: auto; }
.shows { color: var(--asc-muted); font-size: .9rem; text-align: center; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top; }
th { color: var(--asc-muted); font-weight: 600; }
tr { border-bottom: 1px solid color-mix(in srgb, var(--asc-grid) 40%, transparent); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.name { overflow-wrap: anywhere; min-width: 8rem; }
summary { cursor: pointer; margin: 1rem 0 .5rem; font-weight: 600; }
pre { white-space: pre-wrap; }
"""


def page(found: Mined) -> str:
    """Return the report as HTML that asks no other file and no address for anything."""
    body = [
        f"<h1>{_text(found.source)}</h1>",
        _verdict(found),
        _facts(found.facts),
        *(_level(graph) for graph in found.graphs),
        _ways(found),
    ]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{_text(found.source)}: what mining found</title>",
            f"<style>\n{_colours()}{_STYLE}</style>",
            "<main>",
            *body,
            "</main>",
            "</html>",
            "",
        ]
    )


def _colours() -> str:
    light = " ".join(f"{each.variable}: {each.light};" for each in COLOURS.values())
    dark = " ".join(f"{each.variable}: {each.dark};" for each in COLOURS.values())
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def _verdict(found: Mined) -> str:
    kind = "verdict bad" if found.deviations else "verdict"
    said = [f'<div class="{kind}"><p><strong>{_text(found.verdict)}</strong></p>']
    if found.report:
        report = found.report
        said.append(
            f"<p>{report.fitting:,} of {report.iterations:,} iterations fit the reference, "
            f"fitness {report.fitness:.4f}. Rules: {len(report.tested)} had an occasion, "
            f"{len(report.untested)} had none.</p>"
        )
        if report.deviations:
            heads = ("What deviates", "How often", "First", "Healthy is")
            said.append(_table(heads, map(_deviation, report.deviations), numbers=()))
    return "\n".join([*said, "</div>"])


def _deviation(each: Deviation) -> tuple[str, ...]:
    sentence = each.sentence[:1].upper() + each.sentence[1:]
    return sentence, each.often, each.where, each.healthy


def _facts(facts: dict[str, str]) -> str:
    rows = (f"<dt>{_text(key)}</dt><dd>{_text(value)}</dd>" for key, value in facts.items())
    return "\n".join(["<dl>", *rows, "</dl>"])


def _level(graph: Graph) -> str:
    title = f"{LEVELS[graph.level]} <small>(case: {_text(graph.case)})</small>"
    pictures = [_picture(picture, SHOWS[show]) for show, picture in graph.pictures.items()]
    heads = ("Activity", "Count", "Share of the time", "Mean time")
    activities = _table(heads, activity_rows(graph), numbers=(1, 2, 3))
    arcs = _table(("From", "To", "Count", "Mean time"), _arcs(graph), numbers=(2, 3))
    shown = min(MOST_ARCS, len(graph.dfg.arcs))
    return "\n".join(
        [
            f"<section><h2>{title}</h2>",
            *pictures,
            _folded(number(len(graph.dfg.activities), "activity", "activities"), activities),
            _folded(f"{shown:,} of {number(len(graph.dfg.arcs), 'arc')}", arcs),
            "</section>",
        ]
    )


def _picture(picture: Picture, caption: str) -> str:
    """Return a graph with what it shows below it."""
    inline = picture.html().replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)
    return f'{inline}<p class="shows">{_text(caption)}</p>'


def _arcs(graph: Graph) -> list[tuple[str, ...]]:
    """Return the most frequent arcs: from, to, count, mean time."""
    heavy = sorted(graph.dfg.arcs.items(), key=lambda each: -each[1])[:MOST_ARCS]
    seconds = graph.dfg.seconds
    return [
        (
            one_line(a),
            one_line(b),
            f"{n:,}",
            duration(seconds[a, b] / n) if (a, b) in seconds else "",
        )
        for (a, b), n in heavy
    ]


def _ways(found: Mined) -> str:
    rows = [(walked(way), f"{n:,}") for way, n in list(found.ways.items())[:10]]
    table = _table(("Variant", "Cases"), rows, numbers=(1,))
    return (
        f"<section><h2>Most frequent of {number(len(found.ways), 'variant')} "
        f"<small>(case: {_text(found.ways_of)})</small></h2>{table}</section>"
    )


def _folded(title: str, inside: str) -> str:
    return f"<details><summary>{_text(title)}</summary>{inside}</details>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int]) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        kinds = ("number" if at in numbers else "name" for at in range(len(row)))
        return "".join(
            f'<{tag} class="{kind}">{_text(cell)}</{tag}>'
            for cell, kind in zip(row, kinds, strict=True)
        )

    inside = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    head = f"<thead><tr>{cells('th', heads)}</tr></thead>"
    return f'<div class="wide"><table>{head}<tbody>{inside}</tbody></table></div>'


def _text(words: str) -> str:
    """Return words as the text of a page, never as a part of its markup."""
    return escape(words, quote=True)
