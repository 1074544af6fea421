"""The figures of gates, memory and the LSTM in NumPy: their numbers, and how they grow."""

import math

import pytest

from asctools.dataset.bell_language import NOUNS, VERBS
from asctools.dataset.companies import SIX_DAYS
from asctools.dataset.grammar import GRAMMAR
from asctools.errors import InputError
from asctools.plots import COLOURS
from asctools.scalar import by_hand
from figs import backprop_graph, gemm_shapes, gradient_paths, grammar_automaton, memory_cell
from figs import truncated as windows

DRAWN = {
    drawing.name: drawing.figure
    for script in (
        memory_cell,
        gradient_paths,
        windows,
        backprop_graph,
        gemm_shapes,
        grammar_automaton,
    )
    for drawing in script.drawings()
}
STAGES = ("memory-1-rnn", "memory-2-cell", "memory-3-forget", "memory-4-gates")


def texts(name):
    return [text.get_text() for text in DRAWN[name].axes[0].texts]


def said_in(name, symbol):
    """The colour in which a text stands."""
    drawn = DRAWN[name].axes[0].texts
    return next(text.get_color() for text in drawn if text.get_text() == symbol)


def test_the_rnn_grows_into_an_lstm():
    new = ({"$h_t$", "layer"}, {"$c_t$", r"$\tilde{c}_t$"}, {"$f_t$"}, {"$i_t$", "$o_t$"})
    for number, (name, symbols) in enumerate(zip(STAGES, new, strict=True)):
        assert symbols <= set(texts(name))
        for earlier in STAGES[:number]:
            assert not (symbols - {"layer"}) & set(texts(earlier))
    assert "layer" not in texts("memory-2-cell")


def test_only_what_is_new_has_its_colour():
    for symbol, role, since in (("$c_t$", "cell", 2), ("$f_t$", "forget", 3)):
        assert said_in(STAGES[since - 1], symbol) == COLOURS[role].fallback
        assert said_in(STAGES[3], symbol) == COLOURS["muted"].fallback


@pytest.mark.parametrize("name", STAGES)
def test_every_wire_says_how_many_numbers_it_carries(name):
    widths = texts(name)
    assert widths.count("$I$") == widths.count("$H + I$") == 1
    # h in, h out; then c, the candidate, the forget gate and the input gate
    assert widths.count("$H$") == {1: 2, 2: 4, 3: 5, 4: 5}[1 + STAGES.index(name)]


def by_difference(of, at, step=1e-6):
    return (of(at + step) - of(at - step)) / (2.0 * step)


def rest_of_the_days(c, h):
    """The loss when day five has ended with these memories."""
    last = by_hand.trace(by_hand.POCKET, SIX_DAYS[backprop_graph.DAY :], c, h)[-1]
    return (last.h - backprop_graph.TARGET) ** 2


def test_the_values_of_the_graph_are_those_by_hand():
    values = backprop_graph.numbers().values
    day = by_hand.trace(by_hand.POCKET, SIX_DAYS)[backprop_graph.DAY - 1]
    for name, value in day._asdict().items():
        assert values[name] == pytest.approx(value, abs=1e-12), name


def test_the_slopes_of_the_graph_are_measured_slopes():
    numbers = backprop_graph.numbers()
    day = by_hand.trace(by_hand.POCKET, SIX_DAYS)[backprop_graph.DAY - 1]

    def from_inputs(**changed):
        at = {"x": day.x, "c_prev": day.c_prev, "h_prev": day.h_prev, **changed}
        after = by_hand.step(by_hand.POCKET, at["x"], at["c_prev"], at["h_prev"])
        return rest_of_the_days(after.c, after.h)

    for name in ("x", "c_prev", "h_prev"):
        measured = by_difference(lambda v, name=name: from_inputs(**{name: v}), getattr(day, name))
        assert numbers.slopes[name] == pytest.approx(measured, abs=1e-8), name
    for letter in "fico":
        bias = f"b_{letter}"

        def from_bias(value, bias=bias):
            weights = by_hand.POCKET._replace(**{bias: value})
            after = by_hand.step(weights, day.x, day.c_prev, day.h_prev)
            return rest_of_the_days(after.c, after.h)

        measured = by_difference(from_bias, getattr(by_hand.POCKET, bias))
        assert numbers.slopes[f"z_{letter}"] == pytest.approx(measured, abs=1e-8), letter
    into_h = by_difference(lambda h: rest_of_the_days(day.c, h), day.h)
    into_c = by_difference(lambda c: rest_of_the_days(c, day.h), day.c)
    assert numbers.arriving["h"] == numbers.slopes["h"] == pytest.approx(into_h, abs=1e-8)
    assert numbers.arriving["c"] == pytest.approx(into_c, abs=1e-8)
    c_and_its_h = by_difference(lambda c: rest_of_the_days(c, day.o * math.tanh(c)), day.c)
    assert numbers.slopes["c"] == pytest.approx(c_and_its_h, abs=1e-8)


def test_the_graph_shows_its_numbers_and_the_order_of_the_way_back():
    numbers, shown = backprop_graph.numbers(), texts("backprop-graph")
    for value in (*numbers.values.values(), *numbers.slopes.values()):
        assert f"{value:.4f}".replace("-", "\N{MINUS SIGN}") in shown
    assert [shown.count(str(order)) for order in range(1, 6)] == [1, 1, 4, 4, 3]


def test_one_large_product_does_the_work_of_the_small_ones():
    """On paper too: T small matrices cover the area of the large one."""
    g = gemm_shapes
    x_small, x_large = (g.I, g.B), (g.I, g.T * g.B)
    assert x_large[0] * x_large[1] == g.T * x_small[0] * x_small[1]
    areas = [
        round(box.get_width() * box.get_height(), 6)
        for box in DRAWN["gemm-shapes"].axes[0].patches
        if type(box).__name__ == "FancyBboxPatch" and box.get_facecolor()[3] > 0
    ]
    assert areas.count(g.I * g.B) == 2 * g.T  # x of each step, forwards and for the gradient
    assert areas.count(g.I * g.B * g.T) == 2
    assert areas.count(g.H * g.B) == g.T  # h of each step, which no large one replaces
    assert areas.count(g.H * g.B * g.T) == 0


def test_the_words_are_those_of_the_grammar():
    shown = set(texts("grammar-automaton"))
    assert {f"the {noun}" for noun in NOUNS} <= shown
    assert {*VERBS, *(f"{verb}s" for verb in VERBS)} <= shown


def test_the_lanes_speak_the_language_and_no_other():
    shown = texts("grammar-automaton")
    clauses = sorted({text for text in shown if text.startswith("that")})
    assert len(clauses) == 2
    subjects = {"": f"{VERBS[0]}s", "s": VERBS[0]}  # the noun's ending, the verb of its lane
    for middle in ("", *(f"{clause} " for clause in clauses)):
        for ending, verb in subjects.items():
            for noun in (text for text in shown if text.startswith("the ")):
                GRAMMAR.walk(f"{noun}{ending} {middle}{verb}.\n")
        with pytest.raises(InputError):
            GRAMMAR.walk(f"the {NOUNS[0]} {middle}{subjects['s']}.\n")


def test_each_link_names_its_own_step():
    shown = set(texts("gradient-paths"))
    for step in (2, 3, 4):
        assert {f"$\\times\\; A_{step}$", f"$\\odot\\; f_{step}$"} <= shown
    assert [str(step) for step in range(1, 13)] == [t for t in texts("truncated") if t.isdigit()]
