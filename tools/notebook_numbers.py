"""The numbers of chapters, so that a notebook counts as its page does: equation (3.4), Figure 3.1.

Sphinx counts the chapters of the numbered parts of ``_toc.yml`` in one row, whatever the part.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

_COUNTED = re.compile(r"^(?P<what>Exercise|Solution to exercise) (?P<number>\d+)$")


def prefixes(root: Path) -> dict[str, str]:
    """What stands before each number of a chapter, such as ``3.``, by the chapter's name."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = [part for part in toc.get("parts", []) if part.get("numbered")]
    files = [entry["file"] for part in parts for entry in part.get("chapters", [])]
    names = [file.removeprefix("book/").removesuffix(".md") for file in files]
    return {name: f"{number}." for number, name in enumerate(names, start=1)}


def front_matter(prefix: str) -> str:
    """What makes JupyterLab count equations and figures of a notebook with this prefix."""
    return f"---\nnumbering:\n  enumerator: {prefix}%s\n---\n\n" if prefix else ""


def counted(title: str, prefix: str) -> str:
    """The title of an exercise or solution with the chapter's prefix; any other as it is."""
    return _COUNTED.sub(rf"\g<what> {prefix}\g<number>", title)
