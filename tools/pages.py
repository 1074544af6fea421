"""Look at built pages: where their links lead, what they load and from where, what they weigh."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

# What a <link> may name without the browser fetching it.
_NOT_LOADED = {"canonical", "next", "prev", "author", "license", "index", "search", "alternate"}
_LOADED = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "track": ("src",),
    "image": ("href", "xlink:href"),
}
_CSS_URL = re.compile(r"""(?:@import\s+(?:url\(\s*)?|url\(\s*)(["']?)(?P<url>[^"')\s]+)\1""")


@dataclass(frozen=True)
class Reference:
    """An address in a page, and the element that holds it."""

    element: str
    address: str

    @property
    def is_foreign(self) -> bool:
        """Whether it leads away from the built pages."""
        parts = urlsplit(self.address)
        return bool(parts.netloc) or parts.scheme not in {"", "data", "blob"}

    @property
    def is_data(self) -> bool:
        """Whether the address itself holds the data."""
        return urlsplit(self.address).scheme in {"data", "blob"}


class Site:
    """A folder of built pages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def pages(self) -> dict[str, Html]:
        """Every page by its path below the folder; the theme keeps templates among its files."""
        paths = sorted(path for path in self.folder.rglob("*.html") if "_static" not in path.parts)
        names = [path.relative_to(self.folder).as_posix() for path in paths]
        return {name: Html(name, path) for name, path in zip(names, paths, strict=True)}

    def resolve(self, page: str, address: str) -> tuple[str, str]:
        """The path below the folder, and the anchor, that an address in a page means."""
        parts = urlsplit(address)
        path = posixpath.join(posixpath.dirname(page), unquote(parts.path))
        path = posixpath.normpath(path) if parts.path else page
        if (self.folder / path).is_dir():
            path = posixpath.join(path, "index.html")
        return path, unquote(parts.fragment)

    def dead_links(self) -> Iterator[str]:
        """Links to pages or anchors that are not there."""
        for name, page in self.pages.items():
            for link in page.links:
                if link.is_foreign or link.address in {"", "#"}:
                    continue
                path, anchor = self.resolve(name, link.address)
                if not (self.folder / path).is_file():
                    yield f"{name}: {link.element} leads to {link.address}, which is not there"
                elif anchor and path in self.pages and anchor not in self.pages[path].anchors:
                    yield f"{name}: {link.element} leads to {link.address}: no such place there"

    def missing_resources(self) -> Iterator[str]:
        """Scripts, styles, pictures that a page loads and that are not there."""
        for name, page in self.pages.items():
            for each in page.resources:
                if each.is_foreign or each.is_data:  # a sound may be too long for a file's name
                    continue
                path, _ = self.resolve(name, each.address)
                if not (self.folder / path).is_file():
                    yield f"{name}: {each.element} loads {each.address}, which is not there"

    def foreign_resources(self) -> Iterator[str]:
        """What a page, or a style sheet, would fetch from another address."""
        for name, page in self.pages.items():
            for each in page.resources:
                if each.is_foreign:
                    yield f"{name}: {each.element} loads {each.address}"
        for path in sorted(self.folder.rglob("*.css")):
            for found in _CSS_URL.finditer(path.read_text(encoding="utf-8", errors="replace")):
                if Reference("url", found["url"]).is_foreign:
                    yield f"{path.relative_to(self.folder).as_posix()}: loads {found['url']}"

    def nameless_pictures(self) -> Iterator[str]:
        """Pictures without a text that stands for them."""
        for name, page in self.pages.items():
            yield from (f"{name}: {picture}" for picture in page.nameless_pictures())

    def own_weight(self, page: str, stock: str = "genindex.html") -> int:
        """The bytes that a page costs beyond what the theme and MathJax cost every page."""
        common = self._files(stock)
        own = {
            path for path in self._files(page) - common if not path.startswith("_static/mathjax/")
        }
        return sum((self.folder / path).stat().st_size for path in {page, *own})

    def _files(self, page: str) -> set[str]:
        loaded = [each for each in self.pages[page].resources if not each.is_foreign]
        paths = {self.resolve(page, each.address)[0] for each in loaded if not each.is_data}
        return {path for path in paths if (self.folder / path).is_file()}


@dataclass(frozen=True)
class Html:
    """One built page."""

    name: str
    path: Path

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The parsed page."""
        return BeautifulSoup(self.path.read_text(encoding="utf-8"), "lxml")

    @cached_property
    def anchors(self) -> set[str]:
        """Every place in the page that can be linked to."""
        named = {str(tag["id"]) for tag in self.soup.find_all(id=True)}
        return named | {str(tag["name"]) for tag in self.soup.find_all("a", attrs={"name": True})}

    @cached_property
    def links(self) -> list[Reference]:
        """Where a reader can go from here."""
        found = [Reference("<a>", str(tag["href"])) for tag in self.soup.find_all("a", href=True)]
        for tag in self.soup.find_all("meta", attrs={"http-equiv": re.compile("refresh", re.I)}):
            _, _, address = str(tag.get("content", "")).partition("url=")
            found.append(Reference("<meta refresh>", address.strip()))
        return found

    @cached_property
    def resources(self) -> list[Reference]:
        """What the browser fetches when the page opens."""
        found = []
        for tag in self.soup.find_all("link", href=True):
            relations = {each.lower() for each in _as_list(tag.get("rel"))}
            if not relations or relations - _NOT_LOADED:
                found.append(
                    Reference(f"<link rel={' '.join(sorted(relations))}>", str(tag["href"]))
                )
        for element, attributes in _LOADED.items():
            for tag in self.soup.find_all(element):
                for attribute in attributes:
                    found += [
                        Reference(f"<{element}>", address)
                        for address in _addresses(str(tag.get(attribute, "")), attribute)
                    ]
        styles = [tag.get_text() for tag in self.soup.find_all("style")]
        styles += [str(tag["style"]) for tag in self.soup.find_all(style=True)]
        found += [
            Reference("style", each["url"]) for text in styles for each in _CSS_URL.finditer(text)
        ]
        return [each for each in found if not each.address.startswith("#")]

    def nameless_pictures(self) -> Iterator[str]:
        """Pictures that say nothing to somebody who can't see them."""
        for tag in self.soup.find_all(["img", "svg"]):
            if _is_hidden(tag):
                continue
            if tag.name == "img" and not tag.has_attr("alt"):
                yield f"<img src={tag.get('src')}> has no alt"
            elif tag.name == "svg" and not _svg_name(tag):
                yield f"<svg id={tag.get('id')} class={tag.get('class')}> has no aria-label"


def _svg_name(tag: Tag) -> str:
    title = tag.find("title", recursive=False)
    named = tag.get("aria-label") or tag.get("aria-labelledby")
    return str(named or (title.get_text() if title else "")).strip()


def _is_hidden(tag: Tag) -> bool:
    """Whether the picture is an ornament, or a part of a picture that has a name."""
    if tag.get("role") in {"presentation", "none"}:
        return True
    if any(str(each.get("aria-hidden", "")).lower() == "true" for each in [tag, *tag.parents]):
        return True
    return any(parent.get("role") == "img" or parent.name == "svg" for parent in tag.parents)


def _addresses(value: str, attribute: str) -> list[str]:
    if attribute == "srcset":
        return [part.split()[0] for part in value.split(",") if part.strip()]
    return [value] if value else []


def _as_list(value: object) -> list[str]:
    return value if isinstance(value, list) else str(value or "").split()
