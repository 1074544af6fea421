"""A figure for a page without a kernel: one block of HTML that brings all it needs."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from asctools.course.widgets.source import Source, host
from asctools.errors import AscError, explain
from asctools.plots import Picture

_NO_INK = re.compile(r'<(?:g|defs) />|<path d="[^"]*" style="fill: none" />|\n')
_GROUP = re.compile(r"(</?g\b[^>]*>)")
_STYLE = re.compile(r'(?<=style=")[^"]*')


@dataclass(frozen=True, repr=False)
class StillFigure:
    """An interactive figure in the book. Show it by ending a cell with it.

    Attributes
    ----------
    name, alt
        What it is called, and what one sees.
    state
        What it starts with; each entry is an attribute too.
    html
        The whole figure: picture, module, style sheet and state.
    """

    name: str
    alt: str
    state: Mapping[str, Any] = field(compare=False)
    html: str

    def __getattr__(self, key: str) -> Any:
        if key != "state" and key in self.state:
            return self.state[key]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {key!r}")

    def __repr__(self) -> str:
        return described(self.alt)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


def described(alt: str) -> str:
    """Return what a figure is in a place that shows text only, such as a reference output."""
    return f"Interactive figure: {alt}"


def still_html(source: Source, state: Mapping[str, Any], picture: Picture, alt: str) -> str:
    """Return the block: a picture for readers without scripts, and a script for the others.

    A classic script, because a module script does not start on a page opened as a file. Same
    input, same bytes.
    """
    figure = {"esm": source.esm, "css": source.css, "state": state}
    note = f"<figcaption>{escape(alt)} (This figure moves where scripts may run.)</figcaption>"
    drawn = picture.html().replace(picture.svg, light_svg(picture.svg) + note)
    return (
        f'<div class="asc-widget" data-asc-widget="{source.name}">'
        f"<noscript>{drawn}</noscript>"
        f"<script>({host()})({script_json(figure)})</script></div>"
    )


def script_json(value: Any) -> str:
    """Write ``value`` as JSON that can stand inside ``<script>``.

    Raises
    ------
    AscError
        If something in it is no JSON: a number that is not finite, an object.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        came = f"a state that is no JSON ({error})"
        wanted = "finite numbers, strings, lists and dictionaries"
        raise AscError(explain(came, wanted, "convert it before it becomes state")) from None
    # "</script" would end the script, and "<!--" would change how its end is found.
    return text.replace("</", "<\\/").replace("<!--", "<\\u0021--")


def light_svg(svg: str) -> str:
    """Return the same drawing without what draws nothing: bare groups, unpainted paths, blanks."""
    kept, named = [], []
    for piece in _GROUP.split(_NO_INK.sub("", _NO_INK.sub("", svg))):
        if piece.startswith("<g"):
            named.append(piece != "<g>")
        if piece == "<g>" or (piece == "</g>" and not named.pop()):
            continue
        kept.append(piece)
    return _STYLE.sub(lambda found: re.sub(r"([:;,]) ", r"\1", found[0]), "".join(kept))
