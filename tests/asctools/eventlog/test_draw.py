"""Drawn graphs: every text can be read in light and dark, numbers are those of the graph."""

import math
import re
from itertools import combinations

import pytest
from matplotlib.text import Text

from asctools.errors import InputError
from asctools.eventlog.compare import compare
from asctools.eventlog.draw import draw
from asctools.eventlog.drawing import looks, paint
from asctools.eventlog.drawing.fewer import heaviest
from asctools.eventlog.drawing.graph_words import arc_labels, duration, left_out, node_notes, share
from asctools.eventlog.layout import ENDS, START, all_arcs, layout
from asctools.plots import COLOURS, Picture, colour
from asctools.plots.labels import text_boxes
from asctools.plots.palette import DARK_GROUND, LIGHT_GROUND
from tests.asctools.eventlog.graphs import CORE, EPOCH, gates, graph_of, training
from tests.asctools.plots.test_palette import contrast, rgb

BUG = graph_of(*[EPOCH.replace("ZeroGrad ", "")] * 6)
PAGE = 700.0  # pixels that a page shows of the width of a figure
SMALLEST = 9.5  # pixels of the smallest text there


@pytest.fixture
def drawn(monkeypatch):
    """Draw as the caller asks; return the picture and the figure that it was made from."""

    def keep(make):
        kept = []
        original = looks.show

        def show(figure, alt, name):
            kept.append(figure)
            return original(figure, alt, name=name)

        monkeypatch.setattr(looks, "show", show)
        return make(), kept[-1]

    return keep


GRAPHS = {
    "loop": lambda: draw(training()),
    "time": lambda: draw(training(), show="time", title="Where time goes"),
    "gates": lambda: draw(gates()),
    "few": lambda: draw(training(), most_arcs=8),
    "bug": lambda: compare(training(), BUG, names=("healthy", "no ZeroGrad")),
    "odd": lambda: draw(graph_of("$5 $6 申請 <b>&amp;</b> " + "x" * 60 + " $5")),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_no_text_covers_another_and_all_lie_on_the_sheet(drawn, name):
    _, figure = drawn(GRAPHS[name])
    width, height = figure.get_size_inches() * figure.dpi
    boxes = [(text, box.padded(-1.0)) for text, _, box in text_boxes(figure)]
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.overlaps(second), (one, other)
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text


@pytest.mark.parametrize("name", GRAPHS)
def test_text_is_large_enough_at_page_width(drawn, name):
    picture, figure = drawn(GRAPHS[name])
    full = float(re.search(r"max-width: (\d+)px", picture.html())[1])
    points = 72.0 * figure.get_figwidth()
    smallest = min(size for _, size, _ in text_boxes(figure))
    assert smallest * min(full, PAGE) / points >= SMALLEST
    assert full / points == pytest.approx(looks.PIXELS_PER_POINT, abs=0.01)


@pytest.mark.parametrize("name", GRAPHS)
def test_it_follows_the_theme_and_is_the_same_each_time(name):
    picture = GRAPHS[name]()
    assert isinstance(picture, Picture)
    assert picture == GRAPHS[name]()
    left = picture.svg
    for one in COLOURS.values():
        left = left.replace(f"var({one.variable}, {one.fallback})", "")
    assert "#" not in left.replace('href="#', "").replace("url(#", "")
    assert len(picture.svg) < 130_000
    assert len(picture.alt) > 100


def test_on_a_narrow_screen_it_scrolls_and_does_not_shrink():
    html = draw(training()).html()
    most, least = (int(each) for each in re.findall(r"(?:max|min)-width: (\d+)px", html))
    assert least / most == pytest.approx(looks.LEAST_PIXELS / looks.PIXELS_PER_POINT, abs=0.01)
    assert html.startswith('<div style="overflow-x: auto" tabindex="0"')
    assert '<figure class="asc-figure"' in html


def test_no_arrow_crosses_a_box():
    place = layout(training())
    for arc, path in place.arcs.items():
        inside = [
            (x, y)
            for x, y in sampled(path.points)
            for name, box in place.nodes.items()
            if name not in arc and name not in ENDS
            if abs(x - box.x) < box.width / 2 - 0.5 and abs(y - box.y) < box.height / 2 - 0.5
        ]
        assert inside == [], arc


def sampled(points):
    """Points along a chain of Bézier curves."""
    for at in range(0, len(points) - 1, 3):
        for t in (0.1 * step for step in range(11)):
            yield paint._split(points[at : at + 4], t)[-1]


@pytest.mark.parametrize("part", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("role", ["event", "forget", "input", "candidate", "output", "deviation"])
def test_names_can_be_read_on_every_tint(role, part):
    for value, ground in (("light", LIGHT_GROUND), ("dark", DARK_GROUND)):
        tint = looks.tint(part)
        mixed = tint * rgb(getattr(COLOURS[role], value)) + (1.0 - tint) * rgb(ground)
        box = "#" + "".join(f"{round(255 * channel):02x}" for channel in mixed)
        assert contrast(getattr(COLOURS["ink"], value), box) >= 4.5


def test_every_number_of_the_graph_is_written(drawn):
    graph = training()
    _, figure = drawn(lambda: draw(graph))
    said = [text.get_text() for text in figure.findobj(Text) if text.get_text()]
    whole = sum(graph.into.values())
    for name, count in graph.activities.items():
        note = f"{count:,} ×"
        note += f" · {share(graph.into[name] / whole)}" if graph.into[name] else ""
        assert name in said and note in said
    wanted = sorted(f"{count:,}" for count in all_arcs(graph).values())
    assert sorted(text for text in said if re.fullmatch(r"[\d,]+", text)) == wanted


def test_ways_back_have_their_own_colour_and_gates_theirs(drawn):
    picture, figure = drawn(lambda: draw(gates()))
    edges = [patch.get_edgecolor() for patch in figure.axes[0].patches]
    from matplotlib.colors import to_rgba

    assert edges.count(to_rgba(colour("back"))) == 2
    for gate in ("forget", "input", "candidate", "output"):
        assert edges.count(to_rgba(colour(gate))) == 2  # a gate and its slope
    assert "OutputGate to ForgetGate (8)" in picture.alt


def test_times_are_means_and_thick_is_where_time_went():
    graph = graph_of("A B C", "A B C", seconds=0.0)
    seconds = {("A", "B"): 0.004, ("B", "C"): 3.0}
    graph = graph._replace(seconds=seconds, into={"A": 0.0, "B": 0.004, "C": 3.0})
    assert arc_labels(graph, "time") == {("A", "B"): "2.0 ms", ("B", "C"): "1.5 s"}
    assert node_notes(graph) == {"A": "2 ×", "B": "2 × · < 1 %", "C": "2 × · 100 %"}
    assert draw(graph, show="time").svg != draw(graph).svg


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0 µs"),
        (2.34e-6, "2.3 µs"),
        (8.7e-4, "870 µs"),
        (0.0123, "12 ms"),
        (3.21, "3.2 s"),
        (119.0, "119 s"),
        (3600.0, "60 min"),
        (86_400.0, "24 h"),
        (2.4e7, "278 d"),
    ],
)
def test_durations_have_two_or_three_digits(seconds, said):
    assert duration(seconds) == said


# ── what is left out ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("most", [4, 8, 12])
def test_what_is_left_out_is_less_and_is_said(most):
    graph = training()
    few = heaviest(graph, most)
    assert len(all_arcs(few)) <= most
    assert few.starts and few.ends
    assert all(graph.arcs[arc] == n for arc, n in few.arcs.items())
    gone = len(all_arcs(graph)) - len(all_arcs(few))
    said = left_out(graph, few)
    assert said.startswith(f"Left out: {gone} of {len(all_arcs(graph))} arcs")
    picture = draw(graph, most_arcs=most)
    assert said in picture.alt
    assert ("ZeroGrad", "ForwardPass") in few.arcs


def test_nothing_left_out_is_not_mentioned():
    graph = training()
    assert heaviest(graph, None) is graph
    assert left_out(training(), heaviest(training(), 100)) == ""
    assert "Left out" not in draw(training(), most_arcs=None).alt


def test_the_heaviest_by_time_differ_from_the_most_frequent():
    graph = graph_of(*["A B"] * 9, "A C")
    graph = graph._replace(seconds={("A", "B"): 1.0, ("A", "C"): 60.0})
    assert ("A", "C") not in heaviest(graph, 3).arcs
    assert ("A", "C") in heaviest(graph, 3, graph.seconds).arcs


# ── alt texts, and two graphs in one ─────────────────────────────────────────────────────────────


def test_the_alt_text_says_where_cases_begin_and_how_the_loop_runs():
    alt = draw(training()).alt
    assert "6 cases begin with EpochStart (6) and end with EpochEnd (6)" in alt
    core = CORE.split()
    assert f"{', '.join(core[:-1])} and {core[-1]}, and back to ZeroGrad" in alt
    assert "WeightsUpdate to ZeroGrad" in alt
    assert draw(
        training(), alt="A sentence of the caller, long enough to be taken."
    ).alt.startswith("A sentence of the caller")


def test_what_only_one_graph_has_stands_out(drawn):
    picture, figure = drawn(GRAPHS["bug"])
    assert "Only in no ZeroGrad: WeightsUpdate → ForwardPass (246)" in picture.alt
    assert "Only in healthy: ZeroGrad → ForwardPass (258)" in picture.alt
    from matplotlib.colors import to_rgba

    edges = [patch.get_edgecolor() for patch in figure.axes[0].patches]
    new = set(all_arcs(BUG)) - set(all_arcs(training()))
    assert edges.count(to_rgba(colour("deviation"))) == len(new) > 0
    said = {text.get_text() for text in figure.findobj(Text)}
    assert {"+246", "−258", "258 → 0 ×"} <= said


def test_a_graph_beside_itself_has_nothing_that_stands_out():
    alt = compare(training(), training(), names=("one", "other")).alt
    assert "One and other have the same arcs." in alt
    assert "Only in" not in alt


def test_arcs_of_both_are_as_thick_as_those_of_the_second(drawn):
    thin = graph_of("A B", *["A C"] * 99)
    thick = graph_of(*["A B"] * 99, *["A C"] * 99)
    _, figure = drawn(lambda: compare(thick, thin))
    lines = [patch.get_linewidth() for patch in figure.axes[0].patches]
    once = looks.width(1 / 100)  # from A to B, and from B to the end
    assert sum(line == pytest.approx(once) for line in lines) == 2


def test_a_rare_difference_is_not_left_out():
    other = graph_of(*[EPOCH] * 6, f"{START[1:-1]} EpochEnd")
    alt = compare(training(), other, names=("a", "b"), most_arcs=6).alt
    assert "start → EpochEnd (1)" in alt.replace("⟨", "").replace("⟩", "")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: draw(training(), show="size"), "'count' or 'time'"),
        (lambda: draw(graph_of("A B", seconds=0.0), show="time"), "without times"),
        (lambda: draw(training(), most_arcs=0), "1 or more"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_an_arrow_stops_before_its_head():
    line = [
        (0.0, 0.0),
        (0.0, 10.0),
        (0.0, 20.0),
        (0.0, 30.0),
        (0.0, 31.0),
        (0.0, 32.0),
        (0.0, 33.0),
    ]
    cut = paint.shortened(line, 8.0)
    assert cut[0] == line[0]
    assert math.dist(cut[-1], line[-1]) == pytest.approx(8.0)
    assert len(cut) == 4
