"""A small book in a temporary folder: what the tools are tried on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

HEAD = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""

REFERENCES = """\
@article{hochreiter1997lstm,
  author = {Hochreiter, Sepp and Schmidhuber, J{\\"u}rgen},
  title = {Long Short-Term Memory}, journal = {Neural Computation}, year = {1997},
}
@article{gers2000forget,
  author = {Gers, Felix A. and Schmidhuber, J{\\"u}rgen and Cummins, Fred},
  title = {Learning to Forget}, journal = {Neural Computation}, year = {2000},
}
"""

WriteBook = Callable[..., Path]


@pytest.fixture
def write_book(tmp_path: Path) -> WriteBook:
    """A function that writes pages (name=text, ``__`` for ``/``) with their table of contents."""

    def write(**pages: str) -> Path:
        texts = {"index": "# The book\n"}
        texts |= {name.replace("__", "/").replace("_", "-"): text for name, text in pages.items()}
        for name, text in texts.items():
            path = tmp_path / "book" / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEAD + dedent(text).lstrip("\n"), encoding="utf-8")
        files = "".join(f"  - file: book/{name}\n" for name in texts if name != "index")
        toc = (
            f"format: jb-book\nroot: book/index\nchapters:\n{files}"
            if files
            else ("format: jb-book\nroot: book/index\n")
        )
        (tmp_path / "_toc.yml").write_text(toc, encoding="utf-8")
        (tmp_path / "book" / "references.bib").write_text(REFERENCES, encoding="utf-8")
        return tmp_path

    return write
