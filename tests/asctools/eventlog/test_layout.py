"""Where boxes and arrows stand: apart, in reading order, arcs from border to border."""

import math
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asctools.errors import AscError, InputError
from asctools.eventlog.dot import to_dot
from asctools.eventlog.drawing import graphviz
from asctools.eventlog.drawing.node_text import LONGEST_LINE, MOST_LINES, broken, drawable, measured
from asctools.eventlog.drawing.reading_order import reading_order
from asctools.eventlog.drawing.tidiness import turning, untidiness
from asctools.eventlog.layout import END, START, Box, Layout, all_arcs, layout
from tests.asctools.eventlog.graphs import gates, graph_of, training

quick = settings(deadline=None, database=None, max_examples=25)
cases = st.lists(
    st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=12).map(" ".join),
    min_size=1,
    max_size=5,
)


def apart(one: Box, other: Box) -> bool:
    """Whether two boxes do not touch."""
    return (
        abs(one.x - other.x) >= (one.width + other.width) / 2
        or abs(one.y - other.y) >= (one.height + other.height) / 2
    )


def off_border(point: tuple[float, float], box: Box) -> float:
    """How far a point is from the border of a box."""
    dx = abs(point[0] - box.x) - box.width / 2
    dy = abs(point[1] - box.y) - box.height / 2
    if dx > 0 or dy > 0:
        return math.hypot(max(dx, 0.0), max(dy, 0.0))
    return -max(dx, dy)


def assert_placed(place: Layout) -> None:
    """No two boxes touch, all is on the sheet, every arc begins and ends on its boxes."""
    for one, other in combinations(place.nodes.values(), 2):
        assert apart(one, other)
    for box in place.nodes.values():
        assert box.width / 2 - 1 <= box.x <= place.width - box.width / 2 + 1
        assert box.height / 2 - 1 <= box.y <= place.height - box.height / 2 + 1
    for (a, b), path in place.arcs.items():
        assert len(path.points) % 3 == 1
        assert off_border(path.points[0], place.nodes[a]) < 4.0
        assert off_border(path.points[-1], place.nodes[b]) < 4.0


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("graph", [training(), gates()], ids=["loop", "gates"])
def test_every_box_and_arc_has_its_place(graph, direction):
    place = layout(graph, direction=direction)
    assert set(place.nodes) == {START, END, *graph.activities}
    assert set(place.arcs) == set(all_arcs(graph))
    assert_placed(place)
    assert all(path.label is not None for path in place.arcs.values())


@quick
@given(cases)
@example(["A"])
@example(["A A A"])
@example(["A B A B", "B A"])
def test_any_graph_is_placed(words):
    graph = graph_of(*words)
    place = layout(graph)
    assert set(place.arcs) == set(all_arcs(graph))
    assert_placed(place)
    assert place == layout(graph)


def test_the_loop_core_stands_on_one_line():
    place = layout(training())
    core = [place.nodes[name] for name in ("ZeroGrad", "ForwardPass", "BackwardPass")]
    core.append(place.nodes["WeightsUpdate"])
    assert max(box.x for box in core) - min(box.x for box in core) < 1.0
    assert all(one.y < other.y for one, other in pairwise(core))


def test_cases_begin_at_the_top_and_end_at_the_bottom():
    place = layout(training())
    heights = {name: box.y for name, box in place.nodes.items()}
    assert heights.pop(START) < min(heights.values())
    assert heights.pop(END) > max(heights.values())


def test_only_the_ways_back_lead_back():
    place = layout(training())
    back = {arc for arc, path in place.arcs.items() if path.back}
    assert ("WeightsUpdate", "ZeroGrad") in back
    assert ("EarlyStoppingCheck", "ZeroGrad") in back
    assert ("ForwardPass", "BackwardPass") not in back
    for (a, b), path in place.arcs.items():
        assert path.back == (place.nodes[b].y < place.nodes[a].y)


def test_to_and_fro_have_their_own_labels_and_curves():
    graph = graph_of("A B A B A B C", "B C")
    labels = {arc: str(n) for arc, n in all_arcs(graph).items()}
    labels["A", "B"], labels["B", "A"] = "a long label on the way", "1"
    place = layout(graph, labels=labels)
    there, back = place.arcs["A", "B"], place.arcs["B", "A"]
    assert there.points[0][1] < there.points[-1][1]
    assert back.points[0][1] > back.points[-1][1]
    # The label of a curve stands right of it, as far away as half its own width.
    for path, label in ((there, labels["A", "B"]), (back, "1")):
        middle = min(path.points, key=lambda point, p=path: abs(point[1] - p.label[1]))
        assert 0 < path.label[0] - middle[0] < measured((label,), 10.0).width / 2 + 22


def test_an_arc_onto_itself_leaves_room_for_its_head_and_its_label():
    place = layout(graph_of("A A A A B"))
    box, loop = place.nodes["A"], place.arcs["A", "A"]
    assert loop.back
    right = box.x + box.width / 2
    assert loop.points[0][0] == loop.points[-1][0] == pytest.approx(right)
    reach = 0.75 * (loop.points[1][0] - right)
    assert reach > 20
    assert loop.label[0] - measured(("3",), 10.0).width / 2 > right + reach
    assert loop.label[0] < place.width


def test_boxes_fit_their_texts_or_have_the_size_asked_for():
    graph = graph_of("Short Averyverylongname")
    place = layout(graph, notes={"Short": "a note that is longer than the name"})
    note = measured(("a note that is longer than the name",), 10.0).width
    assert place.nodes["Short"].width == pytest.approx(note + 16, abs=0.1)
    assert place.nodes["Averyverylongname"].height < place.nodes["Short"].height
    asked = layout(graph, sizes={"Short": (200.0, 50.0)}).nodes["Short"]
    assert (asked.width, asked.height) == (200.0, 50.0)


def test_arcs_without_a_label_take_no_room_for_one():
    graph = training()
    bare, full = layout(graph, labels={}), layout(graph)
    assert all(path.label is None for path in bare.arcs.values() if not path.back)
    assert bare.height < full.height


def test_what_cannot_be_placed_is_refused(monkeypatch, tmp_path):
    empty = graph_of("A")._replace(activities={}, starts={}, ends={})
    with pytest.raises(InputError, match="one or more"):
        layout(empty)
    with pytest.raises(InputError, match="'up'"):
        layout(training(), direction="up")
    with pytest.raises(InputError, match="Rename"):
        layout(graph_of(f"{START} B"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(graphviz.sys, "executable", str(tmp_path / "python"))
    with pytest.raises(AscError, match=r"asctools\[mining\]"):
        layout(training())


def test_a_graphviz_that_fails_is_reported(monkeypatch, tmp_path):
    broken_dot = tmp_path / "dot"
    broken_dot.write_text("#!/bin/sh\necho 'no memory' >&2\nexit 1\n")
    broken_dot.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(graphviz.sys, "executable", str(tmp_path / "python"))
    assert graphviz.program() == str(broken_dot)
    with pytest.raises(AscError, match="no memory"):
        layout(training())


# ── the order of reading ─────────────────────────────────────────────────────────────────────────


def backwards(graph, order):
    """Count the steps against an order."""
    place = {name: at for at, name in enumerate(order)}
    return sum(n for (a, b), n in graph.arcs.items() if place[a] > place[b])


@quick
@given(cases)
def test_no_activity_alone_can_be_moved_to_a_better_place(words):
    graph = graph_of(*words)
    order = reading_order(graph)
    assert sorted(order) == sorted(graph.activities)
    here = backwards(graph, order)
    for name in order:
        others = [each for each in order if each != name]
        moves = ([*others[:at], name, *others[at:]] for at in range(len(order)))
        assert all(backwards(graph, moved) >= here for moved in moves)


def test_details_that_came_late_are_read_where_they_belong():
    plain = "ForwardPass BackwardPass WeightsUpdate"
    deep = "ForwardPass ForgetGate InputGate BackwardPass WeightsUpdate"
    order = reading_order(graph_of(" ".join([plain] * 9 + [deep] + [plain] * 9)))
    assert order == ["ForwardPass", "ForgetGate", "InputGate", "BackwardPass", "WeightsUpdate"]


# ── texts ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("EarlyStoppingCheck", ("EarlyStoppingCheck",)),
        ("CandidateGateGradient", ("CandidateGate", "Gradient")),
        ("Update_lstm.weight_hh_l0", ("Update_lstm.weight_", "hh_l0")),
        ("Send the letter to the office", ("Send the letter to", "the office")),
        ("new\nline ", ("new line",)),
        (" ", ("(empty)",)),
        ("x" * 70, ("x" * 20, "x" * 20, "x" * 19 + "…")),
    ],
)
def test_long_names_are_broken_where_words_end(name, lines):
    assert broken(name) == lines


@quick
@given(st.text(max_size=200))
def test_any_name_fits_its_box(name):
    lines = broken(name)
    assert 1 <= len(lines) <= MOST_LINES
    assert all(0 < len(line) <= LONGEST_LINE for line in lines)
    shown = [drawable(line) for line in lines]
    assert [len(line) for line in shown] == [len(line) for line in lines]
    assert measured(lines).width > 0


def test_signs_without_a_glyph_become_a_box():
    assert drawable("ok 申 🙂 Ω") == "ok □ □ Ω"


def test_text_is_measured_in_the_font_it_is_drawn_in():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from asctools.plots import new_figure

    figure, axes = new_figure(6.0, 2.0)
    figure.set_dpi(72)
    text = axes.text(0, 0, "WeightsUpdate", fontsize=11.0, weight="bold", parse_math=False)
    renderer = FigureCanvasAgg(figure).get_renderer()
    drawn = text.get_window_extent(renderer).width
    assert measured(("WeightsUpdate",), 11.0, "bold").width == pytest.approx(drawn, abs=3.0)


# ── tidiness, and DOT ────────────────────────────────────────────────────────────────────────────


def test_bends_and_arrows_in_one_place_are_untidy():
    straight = [(0.0, 0.0), (0.0, 5.0), (0.0, 10.0)]
    corner = [(0.0, 0.0), (0.0, 5.0), (5.0, 5.0)]
    assert turning(straight) == 0.0
    assert turning(corner) == pytest.approx(math.pi / 2)
    far = [(x + 50.0, y) for x, y in straight]
    assert untidiness([straight, far]) == 0.0
    assert untidiness([straight, straight]) > untidiness([straight, far])
    assert untidiness([corner, far]) > untidiness([straight, far])


def test_dot_text_names_everything_and_graphviz_reads_it():
    odd = 'say "hi" \\ & go'
    graph = graph_of("A B A")
    graph = graph._replace(
        activities={**graph.activities, odd: 1}, arcs={**graph.arcs, ("B", odd): 7}
    )
    text = to_dot(graph)
    assert text == to_dot(graph)
    assert '"A" -> "B" [label="1"' in text
    assert 'label="7"' in text
    answer = graphviz._run(text.replace("digraph {", "digraph {\n", 1))
    assert answer.count("\nnode ") == len(graph.activities) + 2
    assert answer.count("\nedge ") == len(all_arcs(graph))
