"""Small XES files as other tools write them: other extensions, no lifecycle, odd names."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from xml.sax.saxutils import quoteattr

Event = Sequence[tuple[str, str, object]]  # (tag, key, value)
Trace = tuple[str | None, Sequence[Event]]

PLAIN = '<log xes.version="1.0">'
DRESSED = (
    '<log xes.version="1849.2016" xmlns="http://www.xes-standard.org/" openxes.version="1.0RC7">'
    '<extension name="Organizational" prefix="org" '
    'uri="http://www.xes-standard.org/org.xesext"/>'
    '<string key="source" value="an office"/>'
)
ODD = (
    "Send $5 & take $6",
    "<script>alert(1)</script>",
    '"quoted" \\back\\slash',
    "申請を受け付ける",
    "🙂 happy",
    "A very long activity name that goes on and on, for ever and longer",
    "x" * 70,
    "a_b.c-d/e:f",
    "new\nline",
    " ",
    "ForwardPassing",
)


def write(
    path: Path, traces: Iterable[tuple[str | None, Sequence[Event]]], head: str = PLAIN
) -> Path:
    """Write traces, each with its name or none, as XES."""
    rows = ['<?xml version="1.0" encoding="UTF-8"?>', head]
    for name, events in traces:
        named = "" if name is None else f'<string key="concept:name" value={quoteattr(name)}/>'
        rows.append(f"<trace>{named}")
        for event in events:
            said = (f'<{t} key="{k}" value={quoteattr(str(v))}/>' for t, k, v in event)
            rows.append(f"<event>{''.join(said)}</event>")
        rows.append("</trace>")
    path.write_text("\n".join([*rows, "</log>"]), encoding="utf-8")
    return path


def event(name: str, minute: int) -> Event:
    """Return an event with a name and a local time, two hours before UTC's."""
    time = f"2020-01-{1 + minute // 1440:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00+02:00"
    return [("string", "concept:name", name), ("date", "time:timestamp", time)]


def odd(path: Path) -> Path:
    """Write a log whose names are anything but names."""
    draw = Random(1)
    traces = []
    for number in range(20):
        names = [ODD[0], *draw.choices(ODD[1:], k=6), ODD[-1]]
        minutes = range(60 * number, 60 * number + len(names))
        traces.append((f"case {number}", list(map(event, names, minutes))))
    return write(path, traces)


def wide(path: Path, activities: int = 400) -> Path:
    """Write a log with several hundred activities, dressed as other tools dress theirs."""
    draw = Random(2)
    traces = []
    for number in range(60):
        at, events = draw.randint(0, 5), []
        while at < activities:
            events.append(event(f"Activity {at}", 300 * number + len(events)))
            at += draw.choice((1, 1, 2, 3, 30, 60)) if at < 4 else draw.choice((1, 2, 30, -2))
        traces.append((f"case {number}", events))
    return write(path, traces, DRESSED)


def untimed(path: Path) -> Path:
    """Write a log without times."""
    events = [[("string", "concept:name", name)] for name in "ABCB"]
    return write(path, [("a", events), ("b", events[:2])])


def unnamed(path: Path) -> Path:
    """Write a log whose events are named by an attribute of their own, and whose traces are not."""
    said = enumerate(("register", "check", "pay"))
    events = [[("string", "Task", name), *event("", minute)[1:]] for minute, name in said]
    return write(path, [(None, events), (None, events)])
