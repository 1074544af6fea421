"""A Matplotlib figure as an SVG that lives in a page: themed, accessible, the same every time."""

import hashlib
import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from asctools.plots.palette import COLOURS
from asctools.plots.style import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMESPACE = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"

_REFERENCE = re.compile(r"(?<=url\(#)[^)]+(?=\))")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
# What Matplotlib says once for the whole page (as a rule for *) is said for our drawing alone.
_INHERITED = {"stroke-linejoin": "round", "stroke-linecap": "butt"}
_ROLE_OF = {colour.fallback: colour.variable for colour in COLOURS.values()}
_HEX = re.compile("|".join(_ROLE_OF))


def to_svg(figure: "Figure", alt: str, name: str, title: str | None = None) -> str:
    """Draw ``figure`` as an SVG element, ready to stand inside an HTML page or alone in a file.

    Parameters
    ----------
    figure
        The figure, drawn with the colours of :func:`asctools.plots.colour`.
    alt
        What one sees; becomes the ``aria-label``.
    name
        Makes the ids in this drawing its own, so that two drawings on a page do not mix.
    title
        A ``<title>`` for a drawing that stands alone.

    Returns
    -------
    str
        One ``<svg>`` element: no prolog, no date, no width or height (it scales by its
        ``viewBox``), each role's colour as ``var(--asc-role, #fallback)``, text as outlines.
        The same figure and name give the same characters.
    """
    root = _plain(ElementTree.fromstring(_draw(figure, name)))
    root.attrib = {
        "xmlns": NAMESPACE,
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-label": " ".join(alt.split()),
        # Text in Matplotlib's own black carries no fill; like this it takes the ink of the page.
        "style": f"fill: {COLOURS['ink'].fallback}",
        **_INHERITED,
    }
    _own_ids(root, prefix=_slug(name))
    for element in root.iter():
        _tidy(element)
    if title:
        heading = ElementTree.Element("title")
        heading.text = title
        root.insert(0, heading)
    ElementTree.indent(root, space="")
    return ElementTree.tostring(root, encoding="unicode")


def short_hash(text: str) -> str:
    """Return eight hexadecimal digits that stand for ``text``, the same in every process."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _draw(figure: "Figure", name: str) -> str:
    import matplotlib as mpl

    buffer = io.StringIO()
    with style(), mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _plain(root: ElementTree.Element) -> ElementTree.Element:
    """Drop namespaces from the names, and the elements that would reach beyond the drawing."""
    for parent in list(root.iter()):
        parent.tag = parent.tag.removeprefix(f"{{{NAMESPACE}}}")
        if XLINK_HREF in parent.attrib:
            parent.set("href", parent.attrib.pop(XLINK_HREF))
        for child in list(parent):
            local = child.tag.rpartition("}")[2]
            if local in ("metadata", "style"):
                parent.remove(child)
    return root


def _own_ids(root: ElementTree.Element, prefix: str) -> None:
    """Rename the ids that something refers to, and remove all others."""
    used = {id_ for element in root.iter() for id_ in _references(element)}
    names: dict[str, str] = {}
    for element in root.iter():
        old = element.attrib.pop("id", None)
        if old is not None and old in used:
            names.setdefault(old, f"{prefix}-{len(names) + 1}")
            element.set("id", names[old])
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "href":
                element.set(key, f"#{names[value[1:]]}")
            else:
                element.set(key, _REFERENCE.sub(lambda found: names[found[0]], value))


def _references(element: ElementTree.Element) -> list[str]:
    found = [id_ for value in element.attrib.values() for id_ in _REFERENCE.findall(value)]
    return [*found, element.attrib["href"][1:]] if "href" in element.attrib else found


def _tidy(element: ElementTree.Element) -> None:
    """Shorten numbers, theme colours and drop the empty remains of one element."""
    element.tail = None
    if element.text is not None and not element.text.strip():
        element.text = None
    # A CSS variable works in a style only, not in an attribute like fill="…".
    painted = [key for key in ("fill", "stroke") if _HEX.fullmatch(element.attrib.get(key, ""))]
    if painted:
        styles = [f"{key}: {element.attrib.pop(key)}" for key in painted]
        element.set("style", "; ".join([*styles, *filter(None, [element.attrib.get("style")])]))
    for key, value in list(element.attrib.items()):
        if key == "style":
            value = _themed(value)
        elif key != "aria-label":
            value = _shortened(value, digits=4 if key == "transform" else 2)
        element.set(key, " ".join(value.split()))
        if not value:
            del element.attrib[key]


def _themed(style_text: str) -> str:
    with_black = style_text.replace("#000000", COLOURS["ink"].fallback)
    return _HEX.sub(lambda found: f"var({_ROLE_OF[found[0]]}, {found[0]})", with_black)


def _shortened(text: str, digits: int) -> str:
    def short(found: re.Match[str]) -> str:
        number = f"{float(found[0]):.{digits}f}".rstrip("0").rstrip(".")
        return "0" if number == "-0" else number

    return _NUMBER.sub(short, text)


def _slug(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(["asc", *words]) if words else f"asc-{short_hash(name)}"
