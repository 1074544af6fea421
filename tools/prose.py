"""What a reader reads: a chapter's text without markup, as words, sentences and sections."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.dialect import Page
from tools.myst import ADMONITIONS, Block, Directive, Role, Text, replace_roles

_COMMENT = re.compile(r"<!--.*?-->|^%[^\n]*$", re.DOTALL | re.MULTILINE)
_MATH_BLOCK = re.compile(r"^\$\$.*?\$\$[ \t]*(?:\([\w-]+\))?[ \t]*$", re.DOTALL | re.MULTILINE)
_MATH = re.compile(r"\$[^$\n]+(?:\n[^$\n]+)?\$")
_CODE = re.compile(r"(`+).+?\1", re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\([^)\s]+\)")
_NOT_PROSE = re.compile(r"^\s*(?:#{1,6} .*|\|.*|\([\w.-]+\)=|\*{3,}|-{3,})\s*$", re.MULTILINE)
_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.) +", re.MULTILINE)
_WORD = re.compile(r"[^\W_][\w'’.,-]*")
_SENTENCE_END = re.compile(r"[.!?]['”\")*]*\s+(?=['“\"(*]*[^\Wa-z_])")
_HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*$")
_LEAD = re.compile(r"^\*\*(.+?)\*\*")


@dataclass(frozen=True)
class Section:
    """A heading, or a paragraph's bold beginning, and the lines up to the next one."""

    title: str
    line: int
    text: str

    @property
    def items(self) -> list[str]:
        """The items of the lists in it."""
        parts = re.split(r"^(?=(?:[-*]|\d+\.) )", self.text, flags=re.MULTILINE)
        return [part for part in parts if _ITEM.match(part)]


def words(text: str) -> int:
    """How many words a reader reads; a formula or a piece of code counts as one."""
    return len(_WORD.findall(plain(text)))


def plain(text: str) -> str:
    """``text`` without markup, tables, headings and comments."""
    text = _MATH_BLOCK.sub("", _COMMENT.sub("", text))
    text = replace_roles(text, _shown)
    text = _LINK.sub(r"\1", _MATH.sub("Symbol", _CODE.sub("Code", text)))
    return _NOT_PROSE.sub("", text)


def _shown(role: Role) -> str:
    return role.title or (role.content if role.name in {"term", "kbd"} else "Name")


def sentences(text: str) -> list[str]:
    """The sentences of ``text``; a list item or a paragraph begins a new one."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", _ITEM.sub("\n\n", plain(text))):
        found += [each.strip() for each in _SENTENCE_END.split(paragraph.replace("\n", " "))]
    return [sentence for sentence in found if _WORD.search(sentence)]


def running(blocks: list[Block]) -> str:
    """The text that a reader meets on the way: no captions, and nothing that is folded."""
    pieces = []
    for block in blocks:
        if isinstance(block, Text):
            pieces.append(block.text)
        elif isinstance(block, Directive) and block.name in ADMONITIONS:
            pieces.append(running(block.blocks()))
    return "\n\n".join(pieces)


def sections(page: Page) -> list[Section]:
    """The page's headings and bold beginnings, in order, each with what follows it."""
    marks: list[tuple[int, str]] = []
    for cell in page.cells:
        for block in cell.blocks:
            if isinstance(block, Text):
                lines = block.text.split("\n")
                marks += [
                    (block.line + at, title)
                    for at, line in enumerate(lines)
                    if (title := _title(line))
                ]
    lines = page.text.split("\n")
    ends = [line for line, _ in marks[1:]] + [len(lines) + 1]
    return [
        Section(title, line, "\n".join(lines[line - 1 : end - 1]))
        for (line, title), end in zip(marks, ends, strict=True)
    ]


def _title(line: str) -> str | None:
    heading = _HEADING.match(line)
    if heading:
        return heading[2]
    lead = _LEAD.match(line)
    return lead[1].rstrip(".:") if lead else None
