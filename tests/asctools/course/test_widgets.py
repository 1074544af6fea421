"""Interactive figures: the block for a page, the widget for a kernel, and what is refused."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from asctools.course import widgets
from asctools.course.widgets import cell_bench, interactive, source, training_stages
from asctools.dataset.companies import COMPANIES, SIX_DAYS
from asctools.errors import AscError, InputError, ShapeError, UnknownNameError
from asctools.plots import COLOURS, Picture
from asctools.scalar import by_hand
from asctools.scalar.by_hand import INITIAL, POCKET, Weights

ROOT = Path(__file__).resolve().parents[3]
LARGEST_BLOCK = 30_000  # bytes: what the bench may add to a page, all in all
ALT = "A line that rises and, beside it, one that falls."
PICTURE = Picture(ALT, '<svg role="img"><g>\n<path d="M 0 0" style="fill: none" /></g></svg>', 6.0)


@pytest.fixture
def still(monkeypatch):
    monkeypatch.setenv("ASC_STATIC", "1")


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("ASC_STATIC", raising=False)


@pytest.fixture
def own(monkeypatch, tmp_path):
    """Make a figure of our own: its module and style sheet, then interactive(…)."""
    for name in ("static.js", "shared.css"):
        (tmp_path / name).write_text((source.FOLDER / name).read_text("utf-8"), "utf-8")
    monkeypatch.setattr(source, "FOLDER", tmp_path)

    def make(js="export default {};", css=".own {}", **changes):
        (tmp_path / "own_figure.js").write_text(js, "utf-8")
        (tmp_path / "own_figure.css").write_text(css, "utf-8")
        given = {"state": {"n": 1}, "alt": ALT, "picture": lambda: PICTURE} | changes
        return interactive("own-figure", **given)

    return make


def sent(figure):
    """What the script of a block hands to the page."""
    script = BeautifulSoup(figure.html, "html.parser").script.string
    return json.loads(script[script.rindex("})({") + 3 : -1])


class TestStill:
    def test_is_one_block_with_a_picture_and_one_classic_script(self, still):
        shown = cell_bench()._repr_mimebundle_()
        assert set(shown) == {"text/html", "text/plain"}
        (block,) = BeautifulSoup(shown["text/html"], "html.parser").contents
        assert block["data-asc-widget"] == "cell-bench"
        assert [part.name for part in block.contents] == ["noscript", "script"]
        assert block.script.attrs == {}
        drawing = block.noscript.find("svg")
        assert drawing["role"] == "img"
        assert len(drawing["aria-label"]) > 60
        for role in ("company-a", "company-b"):
            assert f"var(--asc-{role}," in str(drawing)
        assert shown["text/plain"].startswith("Interactive figure: The cell bench. ")

    def test_is_small(self, still):
        assert 10_000 < len(cell_bench().html.encode()) < LARGEST_BLOCK

    def test_asks_nothing_of_the_network(self, still):
        html = cell_bench().html.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|//[\w-]+\.\w|url\(|@import|\brequire|\ssrc=", html)

    def test_gives_the_same_bytes_in_every_process(self):
        code = (
            "import hashlib; from asctools.course.widgets import cell_bench;"
            "print(hashlib.sha256(cell_bench().html.encode()).hexdigest())"
        )
        digests = set()
        for seed in ("1", "2"):
            environment = {"ASC_STATIC": "1", "PYTHONHASHSEED": seed, "MPLBACKEND": "agg"}
            command = [sys.executable, "-c", code]
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
            )
            digests.add(done.stdout)
        assert len(digests) == 1

    def test_hands_over_what_the_source_and_the_state_say(self, own, still):
        js = 'export const a = "</script><!-- <script> é";\nexport default {};'
        figure = own(js=js, state={"text": "</SCRIPT>", "xs": (1.5, 2)})
        assert figure.html.lower().count("</script") == 1
        assert "<!--" not in figure.html
        assert sent(figure)["esm"] == js
        assert sent(figure)["state"] == {"text": "</SCRIPT>", "xs": [1.5, 2]}

    def test_has_its_state_as_attributes(self, still):
        bench = cell_bench(INITIAL, day=2, company="B")
        assert bench.weights == Weights(*(float(w) for w in INITIAL))
        assert (bench.day, bench.company) == (2, "B")
        assert sent(bench)["state"]["start"]["company"] == "B"
        with pytest.raises(AttributeError, match="colour"):
            _ = bench.colour

    def test_the_picture_loses_what_draws_nothing(self, own, still):
        assert '<svg role="img"></svg><figcaption>' in own().html

    @pytest.mark.parametrize(
        ("value", "static"), [("1", True), ("yes", True), ("0", False), ("", False)]
    )
    def test_the_environment_decides(self, monkeypatch, value, static):
        monkeypatch.setenv("ASC_STATIC", value)
        assert widgets.is_static() is static


class TestSources:
    def test_comments_and_indentation_stay_at_home(self):
        text = '// one\n\nconst a = "https://x"; // here\n    // three\n  f(a);\n'
        assert source.squeezed_js(text) == 'const a = "https://x"; // here\nf(a);'

    def test_a_style_sheet_keeps_the_blanks_that_mean_something(self):
        text = "/* a\nb */ .a .b > p:not(.c) {\n  margin: 0 1px;\n  color: red;\n}\n"
        assert source.squeezed_css(text) == ".a .b>p:not(.c){margin:0 1px;color:red}"

    def test_every_colour_has_its_fallback(self):
        css = source.with_fallbacks("a{color:var(--asc-company-a)}b{color:var(--pst-x)}")
        fallback = COLOURS["company_a"].fallback
        assert css == f"a{{color:var(--asc-company-a,{fallback})}}b{{color:var(--pst-x)}}"

    def test_an_unknown_colour_is_refused(self, own, still):
        with pytest.raises(UnknownNameError, match="'forget'"):
            own(css="p { color: var(--asc-forgot); }")

    def test_no_colour_is_typed(self):
        for path in source.FOLDER.glob("*.css"):
            assert not re.search(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(", path.read_text("utf-8")), (
                path.name
            )

    def test_importing_loads_nothing_heavy(self):
        heavy = "{'anywidget', 'ipywidgets', 'traitlets', 'matplotlib', 'numpy', 'torch'}"
        code = f"import asctools.course.widgets, sys; print({heavy} & set(sys.modules))"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout == "set()\n"


class TestLive:
    def test_is_an_anywidget_that_runs_the_same_module(self, live):
        import anywidget

        bench = cell_bench()
        assert isinstance(bench, anywidget.AnyWidget)
        assert bench._esm == source.read("cell-bench").esm
        assert bench._css.startswith(source.read("cell-bench").css)
        for theme, ground in (("true", "light"), ("false", "dark")):
            block = bench._css.split(f'[data-jp-theme-light="{theme}"]')[1].split("}")[0]
            assert f"--asc-forget:{getattr(COLOURS['forget'], ground)}" in block
        assert repr(bench).startswith("Interactive figure: The cell bench. ")

    def test_traits_are_read_and_set(self, live):
        bench = cell_bench()
        assert bench.weights == POCKET
        assert bench.days == {company.name: list(company.days) for company in COMPANIES}
        seen = []
        bench.observe(lambda change: seen.append(change["new"]), names="weights")
        bench.weights = bench.weights._replace(b_f=-3)
        bench.day, bench.company = 3, "B"
        assert seen == [POCKET._replace(b_f=-3.0)]
        state = bench.get_state()
        assert state["weights"] == list(POCKET._replace(b_f=-3.0))
        assert (state["day"], state["company"]) == (3, "B")
        json.dumps({key: state[key] for key in ("weights", "days", "start", "stages", "targets")})

    def test_what_the_page_sends_arrives_as_weights(self, live):
        bench = cell_bench()
        bench.set_state({"weights": [0.5] * 12})
        assert bench.weights == Weights(*[0.5] * 12)
        assert by_hand.predict(bench.weights, bench.days["A"]) > 0

    def test_any_number_of_days(self, live):
        bench = cell_bench(days={"A": SIX_DAYS, "B": (1.0, *SIX_DAYS[1:])}, day=6)
        bench.days = {"A": [0.0] * 6, "B": [1.0] * 6}
        assert bench.day == 6

    def test_says_what_to_do_without_anywidget(self, live, monkeypatch):
        monkeypatch.setitem(sys.modules, "anywidget", None)
        with pytest.raises(AscError, match=r"anywidget.*pip install anywidget.*ASC_STATIC=1"):
            cell_bench()

    def test_needs_no_anywidget_in_the_book(self, still, monkeypatch):
        monkeypatch.setitem(sys.modules, "anywidget", None)
        assert cell_bench().name == "cell-bench"


REFUSED = [
    ("weights", [1.0] * 11, ShapeError, "11 numbers as weights.*twelve"),
    ("weights", [math.nan] * 12, InputError, "finite"),
    ("weights", None, InputError, "weights=None"),
    ("weights", ["a"] * 12, InputError, "finite"),
    ("days", {"A": [0.0] * 4}, InputError, "both companies"),
    ("days", {"A": [0.0] * 4, "B": [0.0] * 3}, ShapeError, "4 days for A and 3 days for B"),
    ("days", {"A": [], "B": []}, ShapeError, "0 days"),
    ("days", {"A": [0.0] * 4, "B": [11.0] * 4}, InputError, "from -10 to 10"),
    ("day", 0, InputError, "from 1 to 4"),
    ("day", 5, InputError, "from 1 to 4"),
    ("day", True, InputError, "day=True"),
    ("company", "C", UnknownNameError, "'A', 'B'"),
]


class TestRefused:
    @pytest.mark.parametrize(("key", "value", "error", "message"), REFUSED)
    def test_at_the_start(self, still, key, value, error, message):
        with pytest.raises(error, match=message):
            cell_bench(**{key: value})

    @pytest.mark.parametrize(("key", "value", "error", "message"), REFUSED)
    def test_at_a_change_and_nothing_changes(self, live, key, value, error, message):
        bench = cell_bench()
        before = getattr(bench, key)
        with pytest.raises(error, match=message):
            setattr(bench, key, value)
        assert getattr(bench, key) == before

    def test_another_number_of_days_than_at_the_start(self, live):
        with pytest.raises(ShapeError, match=r"4 days each.*new bench"):
            cell_bench().days = {"A": [0.0] * 5, "B": [0.0] * 5}

    def test_an_unknown_figure(self, still):
        with pytest.raises(UnknownNameError, match="'cell-bench'"):
            interactive("cell-bank", state={}, alt=ALT, picture=lambda: PICTURE)

    @pytest.mark.parametrize("value", [math.nan, math.inf, object(), {1, 2}])
    def test_a_state_that_is_no_json(self, own, still, value):
        with pytest.raises(AscError, match="no JSON"):
            own(state={"n": value})

    def test_a_check_of_nothing(self, own, still):
        with pytest.raises(AscError, match="'m'"):
            own(checks={"m": float})

    def test_an_alternative_text_that_says_nothing(self, own, still):
        with pytest.raises(AscError, match="alt text"):
            own(alt="A figure")


class TestNumbers:
    def test_stages_are_those_of_the_chapter(self):
        stages = training_stages()
        assert list(stages) == ["untrained", "2000", "3000", "5000", "pocket"]
        whole = by_hand.train(epochs=5000).weights  # not stopped and resumed
        assert max(abs(a - b) for a, b in zip(stages["5000"], whole, strict=True)) < 6e-6
        for company in COMPANIES:
            said = by_hand.predict(stages["5000"], company.days)
            assert f"{said:.4f}" == f"{by_hand.predict(whole, company.days):.4f}"
        assert stages["pocket"] == POCKET
        assert {round(w, 5) for stage in stages.values() for w in stage} == {
            w for stage in stages.values() for w in stage
        }

    @pytest.mark.parametrize("weights", [INITIAL, POCKET])
    @pytest.mark.parametrize("days", [company.days for company in COMPANIES] + [SIX_DAYS])
    def test_what_the_lstm_carries_is_a_slope(self, weights, days):
        past = by_hand.trace(weights, days)

        def c_after(c_1, t):
            """The cell state t days after day 1, with gates and candidates held as they were."""
            for day in past[1 : t + 1]:
                c_1 = day.f * c_1 + day.i * day.c_tilde
            return c_1

        for t, share in enumerate(widgets.carried_by_lstm(weights, days)):
            up, down = c_after(past[0].c + 0.5, t), c_after(past[0].c - 0.5, t)
            assert share == pytest.approx(up - down, abs=1e-12)
            assert c_after(past[0].c, t) == pytest.approx(past[t].c, abs=1e-12)

    @pytest.mark.parametrize("weights", [INITIAL, POCKET])
    @pytest.mark.parametrize("days", [company.days for company in COMPANIES] + [SIX_DAYS])
    def test_what_the_rnn_carries_is_a_slope(self, weights, days):
        first, *later = days
        r_1 = math.tanh(weights.w_cx * first + weights.b_c)

        def r_after(r, t):
            for x in later[:t]:
                r = math.tanh(weights.w_ch * r + weights.w_cx * x + weights.b_c)
            return r

        for t, slope in enumerate(widgets.carried_by_rnn(weights, days)):
            measured = (r_after(r_1 + 1e-6, t) - r_after(r_1 - 1e-6, t)) / 2e-6
            assert slope == pytest.approx(measured, abs=1e-8)
