"""The command: what it writes, says and returns, for our logs and for those of other tools."""

import csv
import gzip
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from asctools.cli import main
from asctools.course.planted import small_run
from asctools.eventlog import XESLogger, mine, read
from asctools.eventlog.dfg import discover, variants
from asctools.eventlog.drawing import graphviz
from asctools.eventlog.layout import all_arcs
from tests.asctools.eventlog import foreign

FILES = {"dfg.csv", "report.html", "report.txt"}


def pictures(level: str) -> set[str]:
    """The files that a level of detail becomes."""
    return {f"{level}-count.svg", f"{level}-time.svg", f"{level}.dot"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    """A folder with the logs of small trainings: one healthy, one deep, one with a bug."""
    folder = tmp_path_factory.mktemp("runs")
    small = {"epochs": 2, "iterations": 30}
    small_run(folder / "healthy.xes", **small)
    small_run(folder / "double-step.xes", "double-step", **small)
    with XESLogger(folder / "deep.xes", level="weight", every={"gate": 10, "weight": 10}) as log:
        small_run(log, **small)
    return folder


def written(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_healthy_training_is_mined_whole(runs, tmp_path, capsys):
    assert main(["mine", str(runs / "healthy.xes"), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert written(tmp_path) == FILES | pictures("full")
    assert "No deviation" in said
    assert all(f"wrote {tmp_path / name}" in said for name in written(tmp_path))
    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert report in said
    assert "60 of 60 iterations fit the reference" in report


def test_deviations_are_named_and_returned(runs, tmp_path, capsys):
    assert main(["mine", str(runs / "double-step.xes"), "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "deviation" in said
    assert "6 of" in said  # every tenth of 60 iterations
    assert "deviat" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_every_level_that_the_log_has_is_drawn(runs, tmp_path):
    assert mine.mine(runs / "deep.xes", out=tmp_path, say=lambda line: None) == 0
    wanted = set().union(*map(pictures, ("full", "main", "gates", "weights")))
    assert written(tmp_path) == FILES | wanted
    for name in sorted(written(tmp_path)):
        if name.endswith(".svg"):
            root = ET.parse(tmp_path / name).getroot()
            assert "directly-follows graph" in root.get("aria-label")
            assert root.get("viewBox")


def test_the_table_has_the_numbers_of_the_graph(runs, tmp_path):
    mine.mine(runs / "healthy.xes", out=tmp_path, say=lambda line: None)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "dfg.csv").read_text(encoding="utf-8"))))
    graph = discover(read(runs / "healthy.xes"))
    found = {(row["from"] or "⟨start⟩", row["to"] or "⟨end⟩"): int(row["count"]) for row in rows}
    assert found == all_arcs(graph)
    seconds = {(row["from"], row["to"]): float(row["seconds"]) for row in rows if row["seconds"]}
    assert seconds == graph.seconds


def test_the_case_and_the_level_are_the_reader_s_choice(runs, tmp_path, capsys):
    log = str(runs / "deep.xes")
    chosen = ["--case", "iteration", "--level", "gates", "--arcs", "5"]
    assert main(["mine", log, *chosen, "--out", str(tmp_path)]) == 0
    assert written(tmp_path) == FILES | pictures("gates")
    frame = read(log)
    assert f"{len(variants(frame, case='iteration'))} variants" in capsys.readouterr().out
    assert "cases (iteration)" in (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert "Left out" in (tmp_path / "gates-count.svg").read_text(encoding="utf-8")


def test_it_writes_beside_the_log_unless_told(tmp_path, capsys):
    log = foreign.untimed(tmp_path / "my log.xes")
    packed = tmp_path / "packed.xes.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    assert main(["mine", str(log)]) == main(["mine", str(packed)]) == 0
    assert written(tmp_path / "my log-mined") == written(tmp_path / "packed-mined")
    assert str(tmp_path / "packed-mined" / "report.html") in capsys.readouterr().out


# ── logs of other tools ──────────────────────────────────────────────────────────────────────────


def test_odd_names_come_through_whole(tmp_path, capsys):
    assert main(["mine", str(foreign.odd(tmp_path / "odd.xes")), "--out", str(tmp_path)]) == 0
    assert "Not the log of a training" in capsys.readouterr().out
    with (tmp_path / "dfg.csv").open(encoding="utf-8", newline="") as file:
        names = {row["from"] for row in csv.DictReader(file)} - {""}
    assert names == set(foreign.ODD)
    dot = (tmp_path / "full.dot").read_text(encoding="utf-8")
    assert r'"\"quoted\" \\back\\slash"' in dot
    assert graphviz._run(dot).count("\nnode ") == len(foreign.ODD) + 2
    ET.parse(tmp_path / "full-count.svg")


def test_several_hundred_activities_become_a_picture_that_can_be_read(tmp_path, capsys):
    log = foreign.wide(tmp_path / "wide.xes")
    assert main(["mine", str(log), "--out", str(tmp_path)]) == 0
    graph = discover(read(log))
    assert len(graph.activities) > 200
    picture = (tmp_path / "full-count.svg").read_text(encoding="utf-8")
    assert f"of {len(all_arcs(graph))} arcs" in picture
    assert len(picture) < 300_000
    assert (tmp_path / "full.dot").read_text(encoding="utf-8").count(" -> ") == len(all_arcs(graph))
    assert "source" in capsys.readouterr().out


def test_a_log_without_times_has_no_picture_of_them(tmp_path, capsys):
    assert main(["mine", str(foreign.untimed(tmp_path / "a.xes")), "--out", str(tmp_path)]) == 0
    assert written(tmp_path) == FILES | {"a.xes", "full-count.svg", "full.dot"}


def test_any_attribute_may_name_what_happened(tmp_path, capsys):
    log = str(foreign.unnamed(tmp_path / "tasks.xes"))
    assert main(["mine", log]) == 2
    assert "--activity" in capsys.readouterr().err
    assert main(["mine", log, "--activity", "Task"]) == 0
    assert "register → check → pay" in capsys.readouterr().out
    assert main(["mine", log, "--activity", "Tsak"]) == 2
    assert "Did you mean 'Task'" in capsys.readouterr().err


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("hello", "expected"),
        ('<log xes.version="1.0"></log>', "no event"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path, capsys, content, words):
    path = tmp_path / "log.xes"
    if content is not None:
        path.write_text(content)
    assert main(["mine", str(path)]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "log-mined").exists()


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["--level", "gates"], "without gates"),
        (["--level", "everything"], "'full', 'gates', 'main', 'weights'"),
        (["--case", "customer"], "column 'customer'"),
        (["--arcs", "0"], "1 or more"),
    ],
)
def test_what_the_log_does_not_have_is_said(runs, tmp_path, capsys, chosen, words):
    assert main(["mine", str(runs / "healthy.xes"), "--out", str(tmp_path / "a"), *chosen]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_a_folder_that_cannot_be_written_to_is_reported(tmp_path, capsys):
    log = foreign.untimed(tmp_path / "a.xes")
    (tmp_path / "taken").write_text("a file")
    assert main(["mine", str(log), "--out", str(tmp_path / "taken")]) == 2
    assert "another folder" in capsys.readouterr().err


def test_without_graphviz_all_but_the_pictures_is_written(tmp_path, capsys, monkeypatch):
    log = foreign.untimed(tmp_path / "a.xes")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(graphviz.sys, "executable", str(tmp_path / "python"))
    assert main(["mine", str(log), "--out", str(tmp_path / "out")]) == 0
    assert written(tmp_path / "out") == FILES | {"full.dot"}
    assert 'pip install "asctools[mining]"' in capsys.readouterr().out


def test_the_reader_of_a_large_log_is_told_how_far_it_is(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(mine, "OFTEN", 4)
    log = foreign.untimed(tmp_path / "a.xes")
    main(["mine", str(log)])
    said = capsys.readouterr().out
    assert "reading a.xes\n  4 events\n6 events" in said


def test_files_are_whole_or_as_they_were(tmp_path, capsys):
    log = foreign.untimed(tmp_path / "a.xes")
    for _ in range(2):
        assert main(["mine", str(log), "--out", str(tmp_path / "out")]) == 0
    assert not [name for name in written(tmp_path / "out") if name.endswith(".part")]
