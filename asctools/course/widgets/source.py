"""The files that a figure is drawn by, as they are sent to the page."""

import re
from pathlib import Path
from typing import NamedTuple

from asctools.errors import unknown_name
from asctools.plots import colour

FOLDER = Path(__file__).parent
_HOST = "static"  # static.js: no figure of its own, but what carries one

_COMMENT_LINE = re.compile(r"^\s*//.*$", re.MULTILINE)
_IMPORT = re.compile(r'@import "(\w+\.css)";')  # a sheet that several figures share
_ROLE = re.compile(r"var\(--asc-([a-z-]+)\)")


class Source(NamedTuple):
    """The module and the style sheet of one figure."""

    name: str
    esm: str
    css: str


def read(name: str) -> Source:
    """Return what draws the figure ``name``.

    Raises
    ------
    UnknownNameError
        If no module belongs to the name, or the style sheet uses a colour role that is none.
    """
    known = {path.stem.replace("_", "-") for path in FOLDER.glob("*.js")} - {_HOST}
    if name not in known:
        raise unknown_name("interactive figure", name, known)
    stem = name.replace("-", "_")
    css = _text("shared.css") + _IMPORT.sub(lambda found: _text(found[1]), _text(f"{stem}.css"))
    return Source(name, squeezed_js(_text(f"{stem}.js")), with_fallbacks(squeezed_css(css)))


def host() -> str:
    """Return the function that runs a module on a page without a kernel."""
    return squeezed_js(_text(f"{_HOST}.js"))


def squeezed_js(text: str) -> str:
    """Leave out indentation, blank lines, and comments that stand on lines of their own."""
    lines = (line.strip() for line in _COMMENT_LINE.sub("", text).splitlines())
    return "\n".join(line for line in lines if line)


def squeezed_css(text: str) -> str:
    """Leave out comments and the blanks that mean nothing."""
    one_line = " ".join(re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL).split())
    return re.sub(r" ?([{};,>]) ?", r"\1", one_line).replace(";}", "}").replace(": ", ":")


def with_fallbacks(css: str) -> str:
    """Give every ``var(--asc-role)`` the colour of that role for places that do not define it."""

    def filled(found: re.Match[str]) -> str:
        return f"var(--asc-{found[1]},{colour(found[1].replace('-', '_'))})"

    return _ROLE.sub(filled, css)


def _text(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")
