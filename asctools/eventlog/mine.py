"""``python -m asctools mine LOG``: graphs and a report of any XES log, as files and as one page."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from asctools.errors import AscError, explain, unknown_name
from asctools.eventlog.dfg import DFG
from asctools.eventlog.dot import to_dot
from asctools.eventlog.drawing.graph_words import number
from asctools.eventlog.drawing.graphviz import program
from asctools.eventlog.errors import LogError
from asctools.eventlog.layout import END, START, all_arcs
from asctools.eventlog.mining.mined import Mined, mined, stem
from asctools.eventlog.mining.report_page import page
from asctools.eventlog.mining.report_text import text
from asctools.eventlog.views import NAME

if TYPE_CHECKING:
    import pandas as pd

Say = Callable[[str], None]
T = TypeVar("T")

OFTEN = 200_000  # events after which a reader of a large log is told how far it is
DEVIATES = 1  # the exit code


def mine(
    log: str | Path,
    *,
    case: str | None = None,
    level: str | None = None,
    activity: str = NAME,
    most_arcs: int = 30,
    out: str | Path | None = None,
    say: Say = print,
) -> int:
    """Mine a log, write what was found, and say what was written.

    Parameters
    ----------
    log
        A file ``.xes`` or ``.xes.gz``, of any tool.
    case, level, most_arcs
        As in :func:`asctools.eventlog.mining.mined.mined`.
    activity
        The attribute that names what happened.
    out
        The folder to write into; beside the log, named after it, by default.
    say
        Gets each line for the reader.

    Returns
    -------
    int
        0 where nothing deviates from healthy training, or nothing is learned in the log; 1 where
        something does.

    Raises
    ------
    AscError
        For a log that cannot be read, or a folder that cannot be written to.
    """
    log = Path(log)
    folder = Path(out) if out else log.with_name(f"{stem(log)}-mined")
    frame = _named(_read(log, say), activity)
    no_pictures = _why_no_pictures()
    say(f"{number(len(frame), 'event')}; looking for ways and deviations")
    found = mined(
        frame, log.name, case=case, level=level, most_arcs=most_arcs, pictures=not no_pictures
    )
    say("")
    say(text(found))
    if no_pictures:
        say(f"No pictures: {no_pictures}")
    for path in _written(_files(found), folder):
        say(f"wrote {path}")
    return DEVIATES if found.deviations else 0


def _read(path: Path, say: Say) -> "pd.DataFrame":
    """Read a log, and say from time to time how far it is."""
    from asctools.eventlog.reader import values
    from asctools.eventlog.reading.scan import scan
    from asctools.eventlog.reading.table import table

    say(f"reading {path.name}")
    attributes: list = []
    frame = table(_counted(scan(path, attributes), say))
    frame.attrs["log"] = values(attributes)
    return frame


def _counted(events: Iterator[T], say: Say) -> Iterator[T]:
    for count, event in enumerate(events, start=1):
        if count % OFTEN == 0:
            say(f"  {count:,} events")
        yield event


def _named(log: "pd.DataFrame", activity: str) -> "pd.DataFrame":
    """Let another column name what happened."""
    if activity == NAME:
        return log
    if activity not in log.columns:
        raise unknown_name("activity", activity, map(str, log.columns))
    names = log[activity].astype("string").astype(object)
    return log.assign(**{NAME: names.where(names.notna(), None)})


def _why_no_pictures() -> str:
    """Return why no graph can be drawn; "" if they can."""
    try:
        program()
    except AscError as error:
        return str(error)
    return ""


def _files(found: Mined) -> dict[str, str]:
    """Return what is written: name of a file → its content."""
    files = {}
    for graph in found.graphs:
        for show, picture in graph.pictures.items():
            files[f"{graph.level}-{show}.svg"] = picture.svg + "\n"
        files[f"{graph.level}.dot"] = to_dot(graph.dfg)
    files["dfg.csv"] = _csv([(graph.level, graph.dfg) for graph in found.graphs])
    files["report.txt"] = text(found)
    files["report.html"] = page(found)
    return files


def _csv(graphs: list[tuple[str, DFG]]) -> str:
    """Return all arcs as a table, those from the start and to the end with an empty cell there."""
    made = io.StringIO(newline="")
    table = csv.writer(made, lineterminator="\n")
    table.writerow(["level", "from", "to", "count", "seconds"])
    for level, dfg in graphs:
        for arc, count in all_arcs(dfg).items():
            a, b = ("" if name in (START, END) else name for name in arc)
            table.writerow([level, a, b, count, dfg.seconds.get(arc, "")])
    return made.getvalue()


def _written(files: dict[str, str], folder: Path) -> Iterator[Path]:
    """Write the files into a folder, each whole or not at all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            beside = folder / f"{name}.part"
            beside.write_text(content, encoding="utf-8", newline="\n")
            yield beside.replace(folder / name)
    except OSError as error:
        came = f"{error.strerror or error} for {folder}"
        todo = "name another folder with --out"
        raise LogError(explain(came, "a folder to write into", todo)) from error
