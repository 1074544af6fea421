"""Levels of detail, export and pm4py, on the log of a real training with every kind of event."""

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from asctools.course.planted import small_run
from asctools.errors import InputError, UnknownNameError
from asctools.eventlog import REGISTRY, XESLogger, dfg, pm4py_bridge, read, views
from asctools.eventlog.export import to_csv
from asctools.eventlog.schema import problems

ITERATIONS = {"epochs": 2, "iterations": 30}
EVERY = {"gate": 20, "weight": 15}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of a small training, with gates and weights in some of its iterations."""
    path = tmp_path_factory.mktemp("training") / "run.xes"
    with XESLogger(path, level="weight", every=EVERY, metadata={"H": 32}) as log:
        small_run(log, **ITERATIONS)
    return path


@pytest.fixture(scope="module")
def frame(path: Path) -> pd.DataFrame:
    return read(path)


def names(log: pd.DataFrame, level: str) -> set[str]:
    return set(views.activities(log, level))


def test_a_training_keeps_the_rules_of_xes(path: Path) -> None:
    assert problems(path) == []


def test_the_main_view_leaves_out_gates_and_weights(frame: pd.DataFrame) -> None:
    main = views.view(frame, "main")
    assert {REGISTRY[name].level for name in names(frame, "main")} == {"epoch", "step"}
    hidden = frame.drop(main.index)["concept:name"]
    assert {REGISTRY[name].level for name in hidden} == {"gate", "weight"}
    assert main.attrs == frame.attrs
    assert list(main.columns) == list(frame.columns)
    assert views.view(frame, "full").equals(frame)


def test_the_gates_are_shown_only_where_they_were_logged(frame: pd.DataFrame) -> None:
    gates = views.view(frame, "gates")
    assert set(gates["iteration"]) == {20, 40, 60}
    four = {"ForgetGate", "InputGate", "CandidateGate", "OutputGate"}
    slopes = {f"{name}Gradient" for name in four}
    assert names(frame, "gates") == four | slopes | set(views.AROUND)
    graph = dfg.discover(gates, case="iteration")
    assert ("ForwardPass", "BackwardPass") not in graph.arcs
    assert graph.arcs["ForwardPass", "ForgetGate"] == 3
    assert graph.arcs["OutputGateGradient", "WeightsUpdate"] == 3
    # The arc that a log of every twentieth iteration shows if all of its iterations are drawn
    shown = frame[frame["concept:name"].isin(names(frame, "gates"))]
    assert dfg.discover(shown, case="iteration").arcs["ForwardPass", "BackwardPass"] == 57


def test_the_weights_are_shown_only_where_they_were_logged(frame: pd.DataFrame) -> None:
    weights = views.view(frame, "weights")
    assert set(weights["iteration"]) == {15, 30, 45, 60}
    graph = dfg.discover(weights, case="iteration")
    assert graph.starts == {"ForwardPass": 4}
    assert graph.arcs["WeightsUpdate", "Update_W_f"] == 4
    assert len(graph.activities) == 3 + 10


def test_what_is_not_in_the_log_cannot_be_shown(frame: pd.DataFrame) -> None:
    main = views.view(frame, "main")
    for level in ("gates", "weights"):
        with pytest.raises(InputError, match=f"a log without {level}"):
            views.view(main, level)
    with pytest.raises(UnknownNameError, match="Did you mean 'gates'"):
        views.view(frame, "gate")


def test_a_log_of_another_tool_is_shown_whole() -> None:
    foreign = pd.DataFrame({"case:concept:name": ["1", "1"], "concept:name": ["a", "b"]})
    assert views.view(foreign, "main").equals(foreign)


@pytest.mark.parametrize("level", views.LEVELS)
@pytest.mark.parametrize("case", ["epoch", "iteration"])
def test_every_graph_of_a_training_is_pm4pys(frame: pd.DataFrame, level: str, case: str) -> None:
    log = views.view(frame, level)
    ours, theirs = dfg.discover(log, case=case), pm4py_bridge.discover_dfg(log, case)
    assert ours[:4] == theirs[:4]
    assert ours.seconds == pytest.approx(theirs.seconds)
    assert ours.into == pytest.approx(theirs.into)
    assert sum(ours.seconds.values()) == pytest.approx(sum(ours.into.values()))


def test_the_graph_of_the_file_as_pm4py_reads_it(path: Path, frame: pd.DataFrame) -> None:
    assert dfg.discover(path) == dfg.discover(frame)
    theirs = pm4py_bridge.read(path)
    assert dfg.discover(theirs) == dfg.discover(frame)
    assert theirs["time:timestamp"].tolist() == frame["time:timestamp"].tolist()
    assert theirs["loss"].equals(frame["loss"])


@pytest.mark.filterwarnings("ignore:Install the optional requirement")
def test_a_log_that_pm4py_wrote_has_the_same_graph(frame: pd.DataFrame, tmp_path: Path) -> None:
    main = views.view(frame, "main").head(50)
    path = tmp_path / "theirs.xes"  # full of nan, which the standard does not know
    pm4py_bridge.load().write_xes(main.copy(), str(path), variant_str="line_by_line")
    assert any("'nan'" in problem for problem in problems(path))
    back = read(path)
    assert dfg.discover(back) == dfg.discover(main)
    assert back["loss"].equals(main["loss"])


def test_pm4py_aligns_what_we_give_it(frame: pd.DataFrame) -> None:
    log = views.view(frame, "gates")
    loop = log[log["concept:name"].isin(views.AROUND)]
    tree = "->('ForwardPass', 'BackwardPass', 'WeightsUpdate')"
    assert [each["fitness"] for each in pm4py_bridge.alignments(loop, tree)] == [1.0] * 3
    turned = "->('BackwardPass', 'ForwardPass', 'WeightsUpdate')"
    (first, *_) = pm4py_bridge.alignments(loop, turned)
    assert first["fitness"] == pytest.approx(1 - 2 / 6)


def test_pm4py_says_nothing_and_changes_nothing(
    path: Path, frame: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    before = frame.copy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "tqdm.auto", None)  # what draws a progress bar
        pm4py_bridge.discover_dfg(frame)
        pm4py_bridge.read(path)
        pm4py_bridge.alignments(frame[:20], "'ForwardPass'")
    assert capsys.readouterr() == ("", "")
    assert frame.equals(before)


def test_without_pm4py_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pm4py", None)
    with pytest.raises(InputError, match=r'pip install "asctools\[mining\]"'):
        pm4py_bridge.load()


def test_without_times_pm4py_is_not_asked(frame: pd.DataFrame) -> None:
    with pytest.raises(UnknownNameError, match="time:timestamp"):
        pm4py_bridge.as_pm4py(frame.drop(columns="time:timestamp"))


def test_the_csv_holds_what_the_log_holds(path: Path, frame: pd.DataFrame, tmp_path: Path) -> None:
    text = '"a";\tb\nc, d'
    changed = frame.copy()
    changed["sample_text"] = text
    written = to_csv(changed, tmp_path / "run.csv")
    assert list(tmp_path.iterdir()) == [written]
    back = pd.read_csv(written)
    needed = ["case:concept:name", "concept:name", "time:timestamp"]
    assert list(back.columns[:3]) == needed
    assert not back[needed].isna().any().any()
    assert (
        back["time:timestamp"].str.fullmatch(r"\d{4}(-\d\d){2}T(\d\d:){2}\d\d\.\d{6}\+00:00").all()
    )
    assert pd.to_datetime(back["time:timestamp"]).tolist() == frame["time:timestamp"].tolist()
    assert back["loss"].equals(frame["loss"])
    assert back["iteration"].fillna(-1).tolist() == frame["iteration"].fillna(-1).tolist()
    assert (back["sample_text"] == text).all()
    assert to_csv(path, tmp_path / "run.csv").read_bytes() == to_csv(frame, written).read_bytes()


@pytest.mark.parametrize("column", ["case:concept:name", "concept:name", "time:timestamp"])
def test_a_csv_with_an_empty_cell_that_tools_need_is_refused(
    frame: pd.DataFrame, tmp_path: Path, column: str
) -> None:
    for empty in (None, "") if column != "time:timestamp" else (None,):
        hole: Any = frame.copy()
        hole.loc[3, column] = empty
        with pytest.raises(InputError, match=f"1 of {len(frame)} events without {column}"):
            to_csv(hole, tmp_path / "run.csv")
    with pytest.raises(InputError, match=f"events without {column}"):
        to_csv(frame.drop(columns=column), tmp_path / "run.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_csv_that_cannot_be_written_leaves_nothing(frame: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"run.csv, which cannot be written"):
        to_csv(frame, tmp_path / "nowhere" / "run.csv")
    (tmp_path / "run.csv").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        to_csv(frame, tmp_path / "run.csv")
    assert [each.name for each in tmp_path.iterdir()] == ["run.csv"]
