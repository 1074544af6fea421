"""The chapters of the book, in reading order, as ``_toc.yml`` names them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

ROOT: Path = Path(__file__).resolve().parents[1]

_CODE_CELL = re.compile(r"^(`{3,}|:{3,})\{code-cell\}", re.MULTILINE)


class ChapterError(ValueError):
    """A chapter that the table of contents does not know, or that has no file."""


@dataclass(frozen=True)
class Chapter:
    """One page of the book.

    ``name`` is its path below ``book/`` without suffix, such as ``1-one-cell/by-hand``.
    """

    name: str
    root: Path = ROOT

    @property
    def source(self) -> Path:
        """The MyST file that is edited."""
        return self.root / "book" / f"{self.name}.md"

    @property
    def notebook(self) -> Path:
        """The notebook that is generated from it."""
        return self.root / "notebooks" / f"{self.name}.ipynb"

    @property
    def text(self) -> str:
        """The source as it stands on disk now."""
        return self.source.read_text(encoding="utf-8")

    @cached_property
    def has_code(self) -> bool:
        """Whether the page has code cells, and therefore a notebook."""
        return _CODE_CELL.search(self.text) is not None


def chapters(root: Path = ROOT) -> list[Chapter]:
    """All pages of the table of contents, the root page first.

    Raises
    ------
    ChapterError
        If an entry names a file that does not exist or that is not below ``book/``.
    """
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    pages = [_chapter(entry, root) for entry in _entries(toc)]
    missing = [page.name for page in pages if not page.source.is_file()]
    if missing:
        raise ChapterError(
            f"_toc.yml names pages without a file: {', '.join(missing)}. "
            "Write book/<name>.md or take the entry out."
        )
    return pages


def find(name: str, root: Path = ROOT) -> Chapter:
    """The chapter called ``name``: ``by-hand``, ``1-one-cell/by-hand`` or a path of its files.

    Raises
    ------
    ChapterError
        If no chapter, or more than one, answers to the name.
    """
    wanted = _bare(name)
    pages = {page.name: page for page in chapters(root)}
    if wanted in pages:
        return pages[wanted]
    hits = [page for page in pages.values() if page.name.rpartition("/")[2] == wanted]
    if len(hits) == 1:
        return hits[0]
    raise ChapterError(_unknown(name, wanted, list(pages), [page.name for page in hits]))


def _unknown(name: str, wanted: str, known: list[str], hits: list[str]) -> str:
    """The message for a name that fits no chapter or several."""
    if hits:
        return f"'{name}' fits {len(hits)} chapters: {', '.join(hits)}. Give the longer name."
    short = {full.rpartition("/")[2]: full for full in known}
    near = difflib.get_close_matches(wanted, [*known, *short], n=3)
    meant = list(dict.fromkeys(short.get(each, each) for each in near))
    hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
    listed = "\n".join(f"  {each}" for each in known)
    return f"There is no chapter '{name}'.{hint} The chapters are:\n{listed}"


def _bare(name: str) -> str:
    """``name`` as a path below ``book/`` or ``notebooks/``, without suffix."""
    bare = name.strip().replace("\\", "/").removeprefix("./")
    for suffix in (".md", ".ipynb"):
        bare = bare.removesuffix(suffix)
    for folder in ("book/", "notebooks/"):
        head, found, tail = bare.rpartition(folder)
        if found and (not head or head.endswith("/")):
            return tail
    return bare


def _entries(node: Any) -> Iterator[str]:
    """Every page that a ``jb-book`` table of contents names, in order."""
    if isinstance(node, list):
        for item in node:
            yield from _entries(item)
    elif isinstance(node, dict):
        yield from (node[key] for key in ("root", "file") if key in node)
        for key in ("parts", "chapters", "sections", "subtrees", "entries"):
            yield from _entries(node.get(key))


def _chapter(entry: str, root: Path) -> Chapter:
    if not entry.startswith("book/"):
        raise ChapterError(f"_toc.yml names '{entry}'; the pages of the book are below book/.")
    return Chapter(entry.removeprefix("book/").removesuffix(".md"), root)
