"""The training-log player in Python: what it sends to the page, its map, and what it refuses."""

import itertools
import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from asctools.course.planted import BUGS
from asctools.course.widgets import source, training_map, training_player, training_runs
from asctools.course.widgets.training_map import BACK, STRANGE, USUAL
from asctools.errors import InputError
from asctools.eventlog import conformance
from asctools.eventlog.dfg import DFG, discover
from asctools.eventlog.layout import END, START, all_arcs, layout
from tests.asctools.course.played import played, small_log

SHORT = {"epochs": 2, "iterations": 30}
LARGEST_MODULE, LARGEST_RUNS, LARGEST_BLOCK = 30_000, 60_000, 110_000  # bytes


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def healthy(folder):
    return small_log(folder, **SHORT)


@pytest.fixture(scope="module")
def late(folder):
    return small_log(folder, "late-clipping", **SHORT)


@pytest.fixture(scope="module")
def leaking(folder):
    return small_log(folder, "training-validation", **SHORT)


@pytest.fixture
def still(monkeypatch):
    monkeypatch.setenv("ASC_STATIC", "1")


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("ASC_STATIC", raising=False)


def names_of(log):
    return log["concept:name"].tolist()


class TestRuns:
    def test_sends_every_event_in_its_order(self, still, healthy, late, leaking):
        logs = {"a": healthy, "b": late, "c": leaking}
        figure = training_player(logs.items())
        for number, log in enumerate(logs.values()):
            run = played(figure.state, number)
            assert run.activities == names_of(log)
            assert run.begins == (~log["case:concept:name"].duplicated()).tolist()
            iterations = log["iteration"].astype("Float64").cummax().ffill().fillna(0)
            assert run.iterations == iterations.astype(int).tolist()
            assert figure.state["runs"][number]["name"] == list(logs)[number]

    def test_times_are_those_into_each_event(self, still, healthy):
        run = played(training_player([("a", healthy)]).state, 0)
        times = healthy["time:timestamp"].astype("int64").to_numpy()
        for k, (begins, seconds) in enumerate(zip(run.begins, run.seconds, strict=True)):
            expected = 0.0 if begins else (times[k] - times[k - 1]) / 1e6
            assert seconds == pytest.approx(expected, rel=0.004, abs=1e-12)

    def test_losses_are_those_of_the_first_forward_pass(self, still, leaking):
        run = played(training_player([("a", leaking)]).state, 0)
        forward = leaking[leaking["concept:name"] == "ForwardPass"]
        first = forward.groupby("iteration")["loss"].first()
        assert len(forward) > len(first)  # the validation reads forward too
        assert run.losses == pytest.approx(first.tolist(), rel=5e-4)
        looks = leaking.loc[leaking["concept:name"] == "Validation", "validation_loss"]
        assert run.validations == pytest.approx(looks.tolist(), rel=5e-4)

    def test_details_of_gates_and_weights_are_left_out(self, still, folder, healthy):
        from asctools.course.planted import small_run
        from asctools.eventlog import read

        small_run(folder / "fine.xes", level="weight", **SHORT)
        log = read(folder / "fine.xes")
        run = played(training_player([("a", folder / "fine.xes")]).state, 0)
        assert len(log) > 2 * len(run.activities)
        assert run.activities == names_of(healthy)

    def test_deviations_stand_where_they_happen(self, still, healthy, late):
        figure = training_player([("a", healthy), ("b", late)])
        assert played(figure.state, 0).deviations == []
        run, report = played(figure.state, 1), conformance.check(late)
        assert len(report.deviations) > 0
        for (sentence, places), expected in zip(run.deviations, report.deviations, strict=True):
            assert sentence == expected.sentence
            assert len(places) == expected.count
            assert [late["seq"].iloc[place - 1] for place in places] == sorted(expected.seqs)

    @given(st.floats(0.0, 8.0))
    def test_a_time_in_two_signs_is_close(self, seconds):
        signs = training_runs.two_signs(seconds)
        state = {"names": ["a"], "words": [[1, 0, 0]]}
        run = {"path": "0", "seconds": signs, "losses": [], "validations": [], "deviations": []}
        found = played(state | {"runs": [run]}, 0).seconds[0]
        assert found == pytest.approx(seconds, rel=0.004, abs=0.5000001e-6)

    def test_a_time_beyond_the_scale_is_its_end(self):
        assert training_runs.two_signs(1e9) == "__"
        assert training_runs.two_signs(-1e-9) == "00"

    @pytest.mark.parametrize(
        ("value", "sent"),
        [(2.34567, 2.346), (0.000123456, 0.0001235), (479.123, 479.1), (math.nan, None)],
    )
    def test_losses_have_four_digits(self, value, sent):
        assert training_runs.digits(value) == sent
        assert training_runs.digits(-math.inf) is None

    def test_events_of_two_cases_that_mix_are_put_apart(self, still, healthy):
        mixed = healthy.sample(frac=1.0, random_state=0)
        mixed = pd.concat([mixed[mixed["seq"] == 1], mixed[mixed["seq"] > 1]])
        run = played(training_player([("a", mixed)]).state, 0)
        assert run.activities == names_of(healthy)


def inside(point, box, more=0.0):
    x, y = abs(point[0] - box.x), abs(point[1] - box.y)
    return x < box.width / 2 + more and y < box.height / 2 + more


class TestMap:
    def test_the_usual_arcs_stand_where_the_layout_puts_them(self, healthy, leaking):
        graph = discover(healthy)
        drawn = training_map.drawn_map([graph], [discover(leaking)])
        assert len(drawn.arcs) > len(all_arcs(graph))
        alone = training_map.drawn_map([graph], [])
        assert set(alone.arcs) == set(all_arcs(graph))
        placed = layout(graph, labels={arc: f"0{n}" for arc, n in all_arcs(graph).items()})
        start = placed.nodes[START]
        x, y = drawn.boxes[START].x - start.x, drawn.boxes[START].y - start.y
        for name, box in drawn.boxes.items():
            there = placed.nodes[name]
            assert np.allclose((box.x, box.y), (there.x + x, there.y + y))
            assert box[2:] == there[2:]
        for arc, path in placed.arcs.items():
            way = drawn.arcs[arc]
            assert way.kind == (BACK if path.back else USUAL)
            moved = [(px + x, py + y) for px, py in path.points]
            assert np.allclose(way.points, moved)

    @pytest.mark.parametrize("bug", ["late", "leaking"])
    def test_an_arc_of_no_healthy_run_leads_from_box_to_box(self, request, healthy, bug):
        usual, other = discover(healthy), discover(request.getfixturevalue(bug))
        drawn = training_map.drawn_map([usual], [other])
        strange = {arc for arc, way in drawn.arcs.items() if way.kind == STRANGE}
        assert strange == set(all_arcs(other)) - set(all_arcs(usual))
        assert strange
        for a, b in strange:
            way = drawn.arcs[a, b]
            assert inside(way.points[0], drawn.boxes[a], 0.1)
            assert inside(way.points[-1], drawn.boxes[b], 0.1)
            assert not inside(way.points[0], drawn.boxes[a], -0.1)

    def test_nothing_stands_outside(self, healthy, late, leaking):
        drawn = training_map.drawn_map([discover(healthy)], [discover(late), discover(leaking)])
        for box in drawn.boxes.values():
            assert box.width / 2 < box.x < drawn.width - box.width / 2
            assert box.height / 2 < box.y < drawn.height - box.height / 2
        for way in drawn.arcs.values():
            for x, y in (way.points[0], way.points[-1]):
                assert 0 < x < drawn.width
                assert 0 < y < drawn.height

    def test_an_activity_that_only_others_have_gets_a_box(self):
        known = DFG({"a": 2, "b": 2}, {("a", "b"): 2}, {"a": 2}, {"b": 2}, {}, {})
        arcs = {("a", "b"): 1, ("b", "c"): 1, ("c", "c"): 3, ("b", "b"): 1}
        other = DFG({"a": 1, "b": 2, "c": 4}, arcs, {"a": 1}, {"c": 1}, {}, {})
        drawn = training_map.drawn_map([known], [other])
        assert set(drawn.boxes) == {START, END, "a", "b", "c"}
        strange = {arc for arc, way in drawn.arcs.items() if way.kind == STRANGE}
        assert strange == {("b", "c"), ("c", "c"), ("b", "b"), ("c", END)}
        loop = drawn.arcs["b", "b"].points
        assert max(math.dist(p, q) for p, q in itertools.combinations(loop, 2)) > 20

    def test_further_healthy_runs_make_arcs_usual(self, still, healthy, late):
        alone = training_player([("a", healthy), ("b", late)]).state["graph"]
        known = training_player([("a", healthy), ("b", late)], healthy=[late]).state["graph"]
        assert STRANGE in {arc[4] for arc in alone["arcs"]}
        assert STRANGE not in {arc[4] for arc in known["arcs"]}

    def test_counts_add_up(self, healthy, late):
        both = training_map.together([discover(healthy), discover(late)])
        assert both.activities["ForwardPass"] == 120
        assert sum(both.starts.values()) == sum(both.ends.values()) == 4


@pytest.fixture(scope="module")
def seven(folder):
    """All runs of the chapter, as long as there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASC_STATIC", "1")
        logs = [(str(bug), small_log(folder, bug)) for bug in (None, *BUGS)]
        return training_player(logs)


class TestExport:
    def test_is_small(self, seven):
        runs = json.dumps(seven.state["runs"], separators=(",", ":"))
        assert len(seven.state["runs"]) == 7
        assert 20_000 < len(runs) < LARGEST_RUNS
        assert len(source.read("training-player").esm.encode()) < LARGEST_MODULE
        assert len(seven.html.encode()) < LARGEST_BLOCK

    def test_the_style_sheets_come_in_one(self):
        css = source.read("training-player").css
        for part in (".asc-player", "summary{", "div.cell_output"):
            assert part in css
        assert "@import" not in css

    def test_every_bug_lights_up_and_the_healthy_run_does_not(self, seven):
        found = [played(seven.state, n).deviations for n in range(7)]
        assert found[0] == []
        assert all(found[1:])

    def test_asks_nothing_of_the_network_and_is_the_same_again(self, still, healthy, late):
        runs = [("healthy", healthy), ("late", late)]
        figure = training_player(runs)
        html = figure.html.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|//[\w-]+\.\w|url\((?!#)|@import|\brequire|\ssrc=", html)
        assert figure.html == training_player(runs).html
        assert repr(figure).startswith("Interactive figure: The training-log player. ")

    def test_the_still_picture_has_the_counts_of_the_healthy_run(self, still, healthy, late):
        html = training_player([("good", healthy), ("late", late)]).html
        drawing = BeautifulSoup(html, "html.parser").noscript.find("svg")
        counts = discover(healthy)
        assert drawing["aria-label"].startswith("The directly-follows graph of the run “good”: ")
        assert drawing["role"] == "img"
        words = [text.get_text() for text in drawing.find_all("text")]
        for name, count in counts.activities.items():
            assert f"{count} ×" == words[words.index(name) + 1]
        arcs = sorted(str(n) for n in all_arcs(counts).values())
        assert sorted(word for word in words if word.isdigit()) == arcs
        for role in ("event", "back", "ink"):
            assert f"var(--asc-{role}," in str(drawing)
        assert "--asc-deviation" not in str(drawing)


class TestLive:
    def test_traits_are_read_and_set(self, live, healthy, late):
        player = training_player([("a", healthy), ("b", late)], at=5, speed=100)
        assert (player.run, player.at, player.speed) == (0, 5, 100)
        seen = []
        player.observe(lambda change: seen.append(change["new"]), names="run")
        player.run, player.at, player.speed = np.int64(1), len(late), 10
        assert seen == [1]
        player.set_state({"run": 0, "at": 0, "speed": 1})
        assert (player.run, player.at, player.speed) == (0, 0, 1)
        json.dumps({key: player.get_state()[key] for key in ("runs", "words", "graph", "names")})


REFUSED = [
    ("run", 2, "run=2.*from 0 to 1"),
    ("run", -1, "run=-1"),
    ("run", True, "run=True"),
    ("at", -1, "at=-1.*from 0 to"),
    ("at", 10**6, "at=1000000"),
    ("at", 1.5, "at=1.5"),
    ("speed", 2, "speed=2.*1000, 100, 10, 1"),
    ("speed", True, "speed=True"),
]


class TestRefused:
    @pytest.mark.parametrize(("key", "value", "message"), REFUSED)
    def test_at_the_start_and_at_a_change(self, live, healthy, late, key, value, message):
        logs = [("a", healthy), ("b", late)]
        with pytest.raises(InputError, match=message):
            training_player(logs, **{key: value})
        player = training_player(logs)
        before = getattr(player, key)
        with pytest.raises(InputError, match=message):
            setattr(player, key, value)
        assert getattr(player, key) == before

    def test_no_run(self, still):
        with pytest.raises(InputError, match=r"no run.*the first healthy"):
            training_player([])

    @pytest.mark.parametrize("column", ["loss", "iteration", "time:timestamp", "seq"])
    def test_what_is_no_log_of_a_training(self, still, healthy, column):
        with pytest.raises(InputError, match=f"the log of 'mine' without '{column}'"):
            training_player([("mine", healthy.drop(columns=column))])

    def test_an_iteration_without_its_forward_pass(self, still, healthy):
        gone = (healthy["concept:name"] == "ForwardPass") & (healthy["iteration"] == 7)
        with pytest.raises(InputError, match="'mine', in which some iteration has no ForwardPass"):
            training_player([("mine", healthy[~gone])])
