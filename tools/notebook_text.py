"""Turn a chapter's text into Markdown that reads well in JupyterLab.

jupyterlab-myst, which ships with the book, renders equations and their numbers, admonitions,
dropdowns and figures. What only the page build knows becomes plain text or a link: glued numbers,
citations, glossary terms, other pages, functions of the library, exercises that span cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from myst_nb.core.variables import format_plain_text

from tools.chapters import Chapter
from tools.crossrefs import Book
from tools.dialect import Cell, Region
from tools.myst import (
    DIRECTIVES,
    GATES,
    PYTHON_ROLES,
    Block,
    Directive,
    Role,
    Text,
    replace_roles,
    split,
)

_LINK = re.compile(r"(?<!!)\[(?P<title>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_CLASS = re.compile(r"\\class\{[\w -]+\}\{")
_LOOSE = re.compile(r"\n{3,}")


class NotebookTextError(ValueError):
    """Text that a notebook can't show: an unknown role or directive, a number never glued."""


@dataclass(frozen=True)
class Writer:
    """Writes the text cells of one chapter's notebook.

    ``glued`` holds the text of each glued value; None leaves a mark in its place, which is all
    that can be said before the chapter has run.
    """

    book: Book
    chapter: Chapter
    glued: Mapping[str, str] | None

    def cell(self, cell: Cell, region: Region | None) -> tuple[str, Region | None]:
        """The text of a markdown cell, and the exercise or solution that is open at its end."""
        pieces: list[str] = []
        kept: list[Block] = []
        fresh = False  # whether the region was opened in this very cell

        def close() -> None:
            pieces.append(self._part(region, kept, fresh))
            kept.clear()

        for block in cell.blocks:
            if not isinstance(block, Directive) or block.name not in GATES:
                kept.append(block)
                continue
            close()
            region, fresh = self._opened(block), True
            if region and region.kind == "exercise":
                pieces.append(self._heading(region))
        close()
        return _LOOSE.sub("\n\n", "\n\n".join(p for p in pieces if p.strip())).strip("\n"), region

    def _opened(self, gate: Directive) -> Region | None:
        """The region that a gate opens, None for a gate that closes one."""
        regions = self.book.pages[self.chapter.name].regions
        return next((each for each in regions if each.line == gate.line), None)

    def _heading(self, region: Region) -> str:
        title = f": {self.text(region.title)}" if region.title else ""
        return f"({region.label})=\n#### Exercise {region.number}{title}"

    def _part(self, region: Region | None, blocks: list[Block], fresh: bool) -> str:
        """Text as it stands; the text of a solution folded, as on the page."""
        body = "\n\n".join(self._block(block).strip("\n") for block in blocks).strip("\n")
        if region is None or region.kind == "exercise":
            return body
        title = self.book.label(region.label, self.chapter).title
        if body:
            fence = ":" * max(4, 1 + _longest_fence(body))
            return f"{fence}{{dropdown}} {title}{'' if fresh else ', continued'}\n{body}\n{fence}"
        return f"**{title}** is the folded cell below: open it by its bar." if fresh else ""

    def _block(self, block: Block) -> str:
        if isinstance(block, Text):
            return self.text(block.text)
        if not isinstance(block, Directive):
            return block.text
        if block.name == "run-card":
            return ""
        if block.name not in DIRECTIVES:
            raise NotebookTextError(
                f"{self.chapter.name}, line {block.line}: a notebook can't show "
                f"{{{block.name}}}. The dialect has: {', '.join(sorted(DIRECTIVES))}."
            )
        head = f"{block.fence}{{{block.name}}} {self.text(block.argument)}".rstrip()
        options = [f":{key}: {value}".rstrip() for key, value in block.options.items()]
        body = "\n\n".join(
            self._block(each).strip("\n") for each in split(block.body, block.body_line)
        )
        gap = [""] if options and body else []
        return "\n".join([head, *options, *gap, *([body] if body else []), block.fence])

    def text(self, text: str) -> str:
        """Plain MyST with its roles and links turned into what a notebook can show."""
        return _LINK.sub(self._link, replace_roles(without_classes(text), self._role))

    def _link(self, found: re.Match[str]) -> str:
        target, _, fragment = found["target"].partition("#")
        if not target.endswith(".md") or "://" in target:
            return found.group()
        page = self.book.page_of(target, self.chapter)
        title = found["title"] or self.book.pages[page.name].title
        if page.name == self.chapter.name and fragment:
            return f"[{title}](#{fragment})"
        return f"[{title}]({self.book.link(page, self.chapter)})"

    def _role(self, role: Role) -> str:
        if role.name == "kbd":
            return f"{{kbd}}`{role.content}`"
        if role.name in PYTHON_ROLES:
            shown = role.title or (
                role.target.rpartition(".")[2] if role.target.startswith("~") else role.target
            )
            return f"`{shown}`"
        if role.name == "term":
            return role.title or role.content
        if role.name.startswith("cite:"):
            return self.book.cite(role.target, textual=role.name == "cite:t")
        if role.name == "glue:text":
            return self._glue(role)
        if role.name == "doc":
            page = self.book.page_of(role.target, self.chapter)
            title = role.title or self.book.pages[page.name].title
            return f"[{title}]({self.book.link(page, self.chapter)})"
        if role.name in {"ref", "numref", "eq"}:
            return self._reference(role)
        raise NotebookTextError(f"{self.chapter.name}: a notebook can't show {{{role.name}}}.")

    def _reference(self, role: Role) -> str:
        """A label on this page stays a reference; one on another page becomes a link to it."""
        place = self.book.label(role.target, self.chapter)
        if place.page == self.chapter.name:
            if role.name == "ref" and (role.title or place.title):
                return f"[{role.title or place.title}](#{role.target})"
            return f"{{{role.name}}}`{role.content}`"
        title = self.book.pages[place.page].title
        if role.name == "eq":
            what = f"(equation in {title})"
        else:
            what = role.title or (f"{place.title} in {title}" if place.title else title)
        return f"[{what}]({self.book.link(self.book.chapters[place.page], self.chapter)})"

    def _glue(self, role: Role) -> str:
        key, _, form = role.content.partition(":")
        if self.glued is None:
            return "…"
        if key not in self.glued:
            raise NotebookTextError(f"{self.chapter.name}: no cell glues '{key}'.")
        return format_plain_text(self.glued[key], form or "s")


def without_classes(text: str) -> str:
    r"""Formulas without ``\class{name}{...}``: only the page colours symbols in that way."""
    while found := _CLASS.search(text):
        depth, end = 1, found.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        text = text[: found.start()] + text[found.end() : end - 1] + text[end:]
    return text


def _longest_fence(text: str) -> int:
    return max(
        (len(found) for found in re.findall(r"^ {0,3}(:{3,})", text, re.MULTILINE)), default=0
    )
