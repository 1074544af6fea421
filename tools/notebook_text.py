"""Turn a chapter's text into Markdown that reads well in JupyterLab.

jupyterlab-myst, which ships with the book, renders equations and their numbers, admonitions,
dropdowns and figures. What only the page build knows becomes plain text or a link: glued numbers,
citations, glossary terms, other pages, functions of the library, exercises that span cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from myst_nb.core.variables import format_plain_text

from tools.chapters import Chapter
from tools.crossrefs import Book, Label
from tools.dialect import Cell, Page, Region
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
from tools.notebook_numbers import counted, prefixes

_LINK = re.compile(r"(?<!!)\[(?P<title>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_CLASS = re.compile(r"\\class\{[\w -]+\}\{")
_EQUATION = re.compile(
    r"^\$\$(?P<formula>(?:(?!\$\$).)*)\$\$[ \t]*(?P<label>\([\w-]+\))?[ \t]*$", re.M | re.S
)
_HEADING = re.compile(r"(?:\([\w-]+\)=\n)?#{1,5} ")
_LOOSE = re.compile(r"\n{3,}")
_MINUS = re.compile(r"-(?=[\d.])")


class NotebookTextError(ValueError):
    """Text that a notebook can't show: an unknown role or directive, a number never glued."""


@dataclass(frozen=True)
class Part:
    """The text of one cell of the notebook.

    ``folds`` marks the heading of a solution, below which JupyterLab folds all up to the next
    heading, ``folded`` what is folded there.
    """

    text: str
    folds: bool = False
    folded: bool = False


@dataclass(frozen=True)
class Writer:
    """Writes the text cells of one chapter's notebook.

    ``glued`` holds the text of each glued value; None leaves a mark in its place, which is all
    that can be said before the chapter has run.
    """

    book: Book
    chapter: Chapter
    glued: Mapping[str, str] | None

    def cell(self, cell: Cell, region: Region | None) -> tuple[list[Part], Region | None]:
        """The text of a markdown cell, and the exercise or solution that is open at its end."""
        parts: list[Part] = []
        for block in cell.blocks:
            if isinstance(block, Directive) and block.name in GATES:
                region = self._opened(block)
                parts += [self._heading(region)] if region else []
            elif text := self._block(block).strip("\n"):
                parts.append(Part(text, folded=bool(region and region.kind == "solution")))
        return _joined(parts), region

    def _opened(self, gate: Directive) -> Region | None:
        """The region that a gate opens, None for a gate that closes one."""
        regions = self.book.pages[self.chapter.name].regions
        return next((each for each in regions if each.line == gate.line), None)

    def _heading(self, region: Region) -> Part:
        if region.kind == "solution":
            title = self._counted(self.book.label(region.label, self.chapter))
            return Part(f"({region.label})=\n##### {title}", folds=True)
        title = f": {self.text(region.title)}" if region.title else ""
        number = f"{self.prefix}{region.number}"
        return Part(f"({region.label})=\n#### Exercise {number}{title}")

    @property
    def prefix(self) -> str:
        """What stands before each number of this chapter."""
        return self._prefixes.get(self.chapter.name, "")

    @cached_property
    def _prefixes(self) -> dict[str, str]:
        return prefixes(self.book.root)

    def _counted(self, place: Label) -> str:
        return counted(place.title, self._prefixes.get(place.page, ""))

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
        plain = _EQUATION.sub(_numbered, without_classes(text))
        return _LINK.sub(self._link, replace_roles(plain, self._role))

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
        called = self._counted(place)
        if place.page == self.chapter.name:
            if role.name == "ref" and (role.title or called):
                return f"[{role.title or called}](#{role.target})"
            return f"{{{role.name}}}`{role.content}`"
        title = self.book.pages[place.page].title
        where = self.book.link(self.book.chapters[place.page], self.chapter)
        if role.name == "eq":
            labels = [label for label, _ in self.book.pages[place.page].equations()]
            number = f"{self._prefixes.get(place.page, '')}{labels.index(role.target) + 1}"
            return f'[({number})]({where} "{title}")'
        what = role.title or (f"{called} in {title}" if called else title)
        return f"[{what}]({where})"

    def _glue(self, role: Role) -> str:
        key, _, form = role.content.partition(":")
        if self.glued is None:
            return "…"
        if key not in self.glued:
            raise NotebookTextError(f"{self.chapter.name}: no cell glues '{key}'.")
        return _MINUS.sub("−", format_plain_text(self.glued[key], form or "s"))


def without_classes(text: str) -> str:
    r"""Formulas without ``\class{name}{...}``: only the page colours symbols in that way."""
    while found := _CLASS.search(text):
        depth, end = 1, found.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        text = text[: found.start()] + text[found.end() : end - 1] + text[end:]
    return text


def _numbered(equation: re.Match[str]) -> str:
    """A labelled equation as it stands, another as one that is not counted, as on the page."""
    if equation["label"]:
        return equation.group()
    return f"```{{math}}\n:enumerated: false\n{equation['formula'].strip()}\n```"


def _joined(parts: list[Part]) -> list[Part]:
    """Neighbours in one cell, unless only one of them is folded."""
    cells: list[Part] = []
    for part in parts:
        last = cells[-1] if cells else None
        if last and not last.folds and not part.folds and last.folded == part.folded:
            text = _LOOSE.sub("\n\n", f"{last.text}\n\n{part.text}")
            cells[-1] = replace(last, text=text)
        else:
            cells.append(replace(part, text=_LOOSE.sub("\n\n", part.text)))
    return cells


def end_of_fold(page: Page) -> None:
    """Make sure that a fold ends with its solution: JupyterLab folds up to the next heading.

    Raises
    ------
    NotebookTextError
        If anything but a heading or an exercise follows a solution.
    """
    ended = False
    for cell in page.cells:
        pieces: Sequence[Block | Cell] = cell.blocks or [cell]
        for piece in pieces:
            if isinstance(piece, Directive) and piece.name in GATES:
                ended = piece.name == "solution-end"
                continue
            if ended and not (isinstance(piece, Text) and _HEADING.match(piece.text.lstrip("\n"))):
                raise NotebookTextError(
                    f"{page.name}, line {piece.line}: JupyterLab folds a solution up to the next "
                    "heading, this too: let a heading or an exercise follow the solution."
                )
            ended = False
