"""What the pages need beyond Jupyter Book: run cards, and drawings that follow the theme."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools import cards, execute
from tools.chapters import Chapter, chapters


class RunCard(SphinxDirective):
    """``{run-card}``: what this chapter asks of the reader and of the machine."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        chapter = Chapter(self.env.docname.removeprefix("book/"))
        self.env.note_dependency(str(execute.card_path(chapter)))
        items = [
            f"<div><dt>{html.escape(what)}</dt><dd>{html.escape(value)}</dd></div>"
            for what, value in cards.facts(chapter, execute.card(chapter))
        ]
        card = f'<dl class="asc-run-card" aria-label="Run card">{"".join(items)}</dl>'
        return [nodes.raw("", card, format="html")]


class RunCards(SphinxDirective):
    """``{run-cards}``: one row for each chapter that runs code."""

    has_content: ClassVar[bool] = False
    _HEADS = ("Chapter", "Run", "CPU", "Budget", "Memory", "Seed", "Ran with")

    def run(self) -> list[nodes.Node]:
        rows = []
        for chapter in (page for page in chapters() if page.has_code):
            self.env.note_dependency(str(execute.card_path(chapter)))
            rows.append(self._row(chapter))
        head = "".join(f'<th scope="col">{name}</th>' for name in self._HEADS)
        table = (
            '<div class="asc-scroll" role="region" aria-label="Run cards" tabindex="0">'
            f'<table class="table"><thead><tr>{head}</tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table></div>"
        )
        return [nodes.raw("", table, format="html")]

    def _row(self, chapter: Chapter) -> str:
        card, budget = execute.card(chapter), cards.budget(chapter)
        link = self.env.app.builder.get_relative_uri(self.env.docname, f"book/{chapter.name}")
        cells = [f'<th scope="row"><a href="{link}">{html.escape(chapter.name)}</a></th>']
        if card is None:
            return f'<tr>{cells[0]}<td colspan="6">not run on this machine yet</td></tr>'
        within = card["cpu_s"] <= budget
        versions = dict(cards.facts(chapter, card))["Ran with"]
        mark = "within" if within else "over"
        values = [
            f"{card['wall_s']:.0f} s",
            f"{card['cpu_s']:.0f} s",
            f'<span class="asc-{mark}">{mark} {budget:.0f} s</span>',
            f"{card['peak_mb']:.0f} MB",
            "none" if card["seed"] is None else str(card["seed"]),
            html.escape(versions),
        ]
        return f"<tr>{cells[0]}{''.join(f'<td>{value}</td>' for value in values)}</tr>"


def inline_drawings(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the drawings of ``figs/`` into the page itself.

    An ``<img>`` cannot see the page's colours; an inline SVG takes them from the theme's
    variables, in light and in dark, and its alternative text stays with it.
    """
    if app.builder.format != "html":
        return
    for image in list(doctree.findall(nodes.image)):
        source = Path(app.srcdir) / image["uri"]
        if source.suffix != ".svg" or source.parent != Path(app.srcdir) / "figs":
            continue
        drawing = _labelled(source.read_text(encoding="utf-8"), image.get("alt", ""))
        raw = nodes.raw("", f'<div class="asc-drawing">{drawing}</div>', format="html")
        image.replace_self(raw)


def _labelled(svg: str, alt: str) -> str:
    """The ``<svg>`` element alone, named by ``alt``."""
    element = svg[svg.index("<svg") :]
    opening, rest = element.split(">", 1)
    opening = re.sub(r'\s(?:aria-label|role)="[^"]*"', "", opening)
    rest = re.sub(r"<title>.*?</title>", "", rest, count=1, flags=re.DOTALL)
    return f'{opening} role="img" aria-label="{html.escape(alt)}">{rest}'


def true_minus(app: Sphinx, doctree: nodes.document) -> None:
    """Write the minus of a computed number as the prose around it does: −0.2, not -0.2."""
    for inline in doctree.findall(nodes.inline):
        if "pasted-text" in inline["classes"]:
            for text in list(inline.findall(nodes.Text)):
                text.parent.replace(text, nodes.Text(re.sub(r"-(?=[\d.])", "−", text.astext())))


def reread_after_run(
    app: Sphinx, env: Any, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Read again every chapter that ran since its page was read: its outputs may be new."""
    stale = []
    for docname, read_at in env.all_docs.items():
        path = execute.card_path(Chapter(docname.removeprefix("book/")))
        # Sphinx counts in microseconds since 1970.
        if path.exists() and path.stat().st_mtime * 1e6 > read_at:
            stale.append(docname)
    # Sphinx copies style sheets and scripts only when some page is written.
    return stale or ([app.config.root_doc] if _static_changed(app) else [])


def _static_changed(app: Sphinx) -> bool:
    for folder in app.config.html_static_path:
        root = Path(app.confdir) / folder
        for source in (path for path in root.rglob("*") if path.is_file()):
            copy = Path(app.outdir) / "_static" / source.relative_to(root)
            if not copy.exists() or copy.stat().st_mtime < source.stat().st_mtime:
                return True
    return False


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("run-card", RunCard)
    app.add_directive("run-cards", RunCards)
    app.connect("doctree-read", true_minus)
    app.connect("doctree-resolved", inline_drawings)
    app.connect("env-get-outdated", reread_after_run)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
