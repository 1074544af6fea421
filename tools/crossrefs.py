"""What the chapters point at: pages, labels and works cited, as plain text and relative links."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from pybtex.database import (  # type: ignore[import-untyped]
    BibliographyData,
    Entry,
    parse_file,
)

from tools.chapters import ROOT, Chapter, chapters
from tools.dialect import Page, parse
from tools.myst import Directive, Text

_TARGET = re.compile(r"^\((?P<label>[\w.-]+)\)=\s*\n+#{1,6} +(?P<title>.+)$", re.MULTILINE)
_BRACES = re.compile(r"[{}]")


class CrossReferenceError(ValueError):
    """A chapter points at something that the book does not have."""


@dataclass(frozen=True)
class Label:
    """A place that can be pointed at: on which page, and what it is called there."""

    page: str
    title: str


class Book:
    """All pages of the book, read once, with what they can point at."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.chapters = {chapter.name: chapter for chapter in chapters(root)}

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Every page, by name."""
        return {name: parse(chapter.text, name) for name, chapter in self.chapters.items()}

    @cached_property
    def labels(self) -> dict[str, Label]:
        """Every label of a heading, figure, exercise, solution or equation."""
        return {label: place for page in self.pages.values() for label, place in _labels(page)}

    @cached_property
    def bibliography(self) -> BibliographyData:
        """The works that the book cites."""
        return parse_file(str(self.root / "book" / "references.bib"))

    def cite(self, keys: str, textual: bool) -> str:
        """Citations as plain text: *Gers et al. [2000]* in a sentence, else all in brackets."""
        works = [self._entry(key.strip()) for key in keys.split(",")]
        if textual:
            return ", ".join(f"{_authors(work)} [{_year(work)}]" for work in works)
        return f"[{'; '.join(f'{_authors(work)}, {_year(work)}' for work in works)}]"

    def _entry(self, key: str) -> Entry:
        if key not in self.bibliography.entries:
            raise CrossReferenceError(
                f"'{key}' is cited, but book/references.bib does not have it."
            )
        return self.bibliography.entries[key]

    def page_of(self, target: str, source: Chapter) -> Chapter:
        """The page that ``target``, written in ``source``, leads to.

        ``target`` is relative to the source's folder, or to the repository if it begins with ``/``.
        """
        folder = "/" if target.startswith("/") else f"/book/{source.name}/../"
        name = os.path.normpath(folder + target.removesuffix(".md"))
        found = self.chapters.get(PurePosixPath(name).as_posix().removeprefix("/book/"))
        if found is None:
            raise CrossReferenceError(f"{source.name} leads to '{target}', which is no page.")
        return found

    def label(self, label: str, source: Chapter) -> Label:
        """The place that carries ``label``."""
        if label not in self.labels:
            raise CrossReferenceError(f"{source.name} refers to '{label}', which labels nothing.")
        return self.labels[label]

    def link(self, target: Chapter, source: Chapter) -> str:
        """From the notebook of ``source`` to the notebook of ``target``, or to its text.

        Pages without code have no notebook; JupyterLab shows their Markdown.
        """
        goal = target.notebook if target.has_code else target.source
        return Path(os.path.relpath(goal, source.notebook.parent)).as_posix()


def _labels(page: Page) -> list[tuple[str, Label]]:
    found = [(label, Label(page.name, "")) for label, _ in page.equations()]
    for region in page.regions:
        number = region.number if region.kind == "exercise" else _solved(page, region.target)
        title = f"{'Exercise' if region.kind == 'exercise' else 'Solution to exercise'} {number}"
        found.append((region.label, Label(page.name, title)))
    for block in page.blocks():
        if isinstance(block, Text):
            titles = _TARGET.finditer(block.text)
            found += [(each["label"], Label(page.name, each["title"].strip())) for each in titles]
        elif isinstance(block, Directive) and block.options.get("name"):
            found.append((block.options["name"], Label(page.name, f"the {block.name}")))
    return found


def _solved(page: Page, label: str) -> int:
    """The number of the exercise with that label."""
    return next((each.number for each in page.regions if each.label == label), 0)


def _authors(work: Entry) -> str:
    names = [
        " ".join([*person.prelast_names, *person.last_names]) for person in work.persons["author"]
    ]
    names = [_BRACES.sub("", name) for name in names]
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names)


def _year(work: Entry) -> str:
    return str(work.fields.get("year", "n.d."))
