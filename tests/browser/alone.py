"""What the browser's tests share: a folder served on this machine, and a page with one figure."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asctools.plots import css

# Nothing but the figure: the colours of the book, and a link on either side.
PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<link rel="icon" href="data:,"><style>{css}
html {{ --pst-color-background: var(--asc-paper); --pst-color-text-base: var(--asc-ink); }}
body {{ margin: 1rem; font-family: sans-serif; }}
body {{ background: var(--asc-paper); color: var(--asc-ink); }}
</style><main><h1>{title}</h1><p><a href="#" id="before">before</a></p>{blocks}
<p><a href="#" id="after">after</a></p></main></html>"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves the pages and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder, and give its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def write_pages(folder: Path, title: str, pages: dict[str, str]) -> Path:
    """Write one page for each block of HTML, under its name, and return the folder."""
    for name, blocks in pages.items():
        text = PAGE.format(css=css(), title=title, blocks=blocks)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


def fits(figure: Any) -> None:
    """Nothing of a figure (``page``, ``root``) is wider than the page, or it scrolls in a box."""
    edge = figure.page.evaluate("document.documentElement.clientWidth")
    assert figure.page.evaluate("document.documentElement.scrollWidth") <= edge
    wide = figure.root.evaluate(
        """(form, edge) => [...form.querySelectorAll('*')]
             .filter(node => !node.parentElement.closest('.scroll'))
             .filter(node => { const box = node.getBoundingClientRect();
               return box.left < -1 || box.right > edge + 1; })
             .map(node => node.outerHTML.slice(0, 90))""",
        edge,
    )
    assert wide == []
