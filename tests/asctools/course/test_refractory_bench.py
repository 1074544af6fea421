"""The refractory bench in Python: what it stands on, what it sends, and what it refuses."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.bells import RATE, Picks, Strikes
from asctools.course.widgets import refractory_bench, source
from asctools.course.widgets.refractory_still import still_picture
from asctools.course.widgets.refractory_trace import (
    FRAME,
    LEAST,
    RULES,
    TOLERANCE_MS,
    Trace,
    counted,
    packed,
    remade,
    settle,
    stored,
    unpacked,
)
from asctools.errors import AscError, InputError, ShapeError
from asctools.events.decode import picks_from_scores
from asctools.events.metrics import evaluate

LARGEST_BLOCK = 30_000  # bytes


@pytest.fixture
def still(monkeypatch):
    monkeypatch.setenv("ASC_STATIC", "1")


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("ASC_STATIC", raising=False)


def drawn(seed: int, bells: int = 3, frames: int = 900) -> Trace:
    """Scores that crowd around strikes and elsewhere, with plateaus."""
    rng = np.random.default_rng(seed)
    when = [np.sort(rng.choice(np.arange(10, frames, 40), 8, replace=False)) for _ in range(bells)]
    scores = np.round(rng.beta(0.3, 4.0, (frames, bells)), 1)
    for bell, each in enumerate(when):
        scores[each, bell] = rng.uniform(0.0, 1.0, len(each))
    times = np.concatenate(when) * FRAME + rng.uniform(-15.0, 25.0, 8 * bells)
    strikes = Strikes.make(np.repeat(np.arange(bells), 8), times)
    return Trace.make(range(1, bells + 1), scores, strikes)


class TestTrace:
    def test_the_stored_trace_is_what_the_network_says(self) -> None:
        """Remade from the weights in the package; another processor may round otherwise."""
        ours, again = stored(), remade()
        assert ours.bells == again.bells
        np.testing.assert_allclose(ours.scores, again.scores, atol=LEAST + 0.002)
        assert np.mean(np.abs(ours.scores - again.scores) > 0.002) < 0.002
        np.testing.assert_array_equal(ours.strikes.bells, again.strikes.bells)
        np.testing.assert_allclose(ours.strikes.times, again.strikes.times, atol=0.01)

    def test_it_holds_an_interval_below_two_seconds(self) -> None:
        trace = stored()
        waits = [np.diff(trace.strikes.of_bell(bell)) / RATE for bell in range(len(trace.bells))]
        shortest = sorted(np.concatenate(waits))
        assert 1.9 < shortest[0] < 2.0 < shortest[1]

    @pytest.mark.parametrize("seed", range(3))
    def test_packs_every_score_to_the_thousandth(self, seed) -> None:
        trace = drawn(seed)
        sent = json.loads(json.dumps(packed(trace)))
        again = unpacked(sent)
        np.testing.assert_array_equal(again.scores, trace.scores)
        np.testing.assert_allclose(again.strikes.times, trace.strikes.times, atol=0.005)
        assert packed(again) == sent

    def test_silence_and_a_score_at_each_end(self) -> None:
        scores = np.zeros((5, 2))
        scores[[0, 4], 1] = 1.0
        trace = Trace.make([3, 9], scores, Strikes.none())
        assert packed(trace)["scores"] == ["", "0:rs 4:rs"]
        np.testing.assert_array_equal(unpacked(packed(trace)).scores, scores)


class TestSettle:
    @settings(deadline=None, max_examples=40, derandomize=True)
    @given(
        st.integers(0, 50),
        st.integers(2, 98).map(lambda k: k / 100),
        st.integers(0, 80).map(lambda k: k / 20),
        st.sampled_from(sorted(RULES)),
    )
    def test_counts_are_those_of_evaluate(self, seed, threshold, dead_time, rule) -> None:
        trace = drawn(seed)
        settled = settle(trace, threshold, dead_time, rule)
        kept = Picks.together(
            Picks.make(
                np.full(each.kept.sum(), bell), each.times[each.kept], each.scores[each.kept]
            )
            for bell, each in enumerate(settled)
        )
        assert counted(settled) == evaluate(kept, trace.strikes, TOLERANCE_MS)[3:6]
        for bell, each in enumerate(settled):
            np.testing.assert_array_equal(each.strikes, trace.strikes.of_bell(bell))
            assert each.right.sum() == each.found.sum()
            assert not (each.right & ~each.kept).any()
            assert not (each.lost & each.found).any()
            assert dead_time or (each.kept.all() and not each.lost.any())

    def test_the_best_set_is_that_of_the_decoder(self) -> None:
        trace = drawn(4)
        picks = picks_from_scores(trace.scores, None, 0.15, refractory_period_samples=1.25 * RATE)
        settled = settle(trace, 0.15, 1.25, "best")
        for bell, each in enumerate(settled):
            np.testing.assert_array_equal(each.times[each.kept], picks.times[picks.bells == bell])

    def test_a_strike_that_only_a_deleted_pick_found_is_lost(self) -> None:
        scores = np.zeros((400, 1))
        scores[[100, 300], 0] = 0.3, 0.9
        strikes = Strikes.make([0, 0], [1004.0, 3008.0])
        trace = Trace.make([8], scores, strikes)
        for rule, lost in (("first", [False, True]), ("surest", [True, False])):
            (each,) = settle(trace, 0.1, 1.5, rule)
            assert each.lost.tolist() == lost
            assert each.found.tolist() == [not gone for gone in lost]
        (each,) = settle(trace, 0.1, 1.0, "first")  # exactly the dead time is legal
        assert each.found.all()


class TestExport:
    def test_is_small_and_asks_nothing_of_the_network(self, still) -> None:
        figure = refractory_bench()
        assert 15_000 < len(figure.html.encode()) < LARGEST_BLOCK
        html = figure.html.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|//[\w-]+\.\w|url\((?!#)|@import|\brequire|\ssrc=", html)
        assert figure.html == refractory_bench().html
        assert repr(figure).startswith("Interactive figure: The refractory bench. ")
        assert ".asc-dead-time" in source.read("refractory-bench").css

    def test_the_still_picture_says_what_is_kept_and_found(self, still) -> None:
        trace = drawn(1)
        html = refractory_bench(trace, threshold=0.12, dead_time=1.5, rule="best").html
        drawing = BeautifulSoup(html, "html.parser").noscript.find("svg")
        said = drawing["aria-label"]
        bell = int(re.match(r"Bell (\d+)", said)[1]) - 1
        for rule, name in RULES.items():
            each = settle(unpacked(packed(trace)), 0.12, 1.5, rule)[bell]
            assert f"“{name}” keeps {each.kept.sum()} and finds {each.found.sum()}" in said
            title = f"{name}: {each.kept.sum()} of {len(each.times)} picks kept"
            assert any(title in text.get_text() for text in drawing.find_all("text"))
        drawn_right = sum(path["d"].count("a4 4 0 1 0 8 0") for path in drawing.find_all("path"))
        every = (settle(unpacked(packed(trace)), 0.12, 1.5, rule)[bell] for rule in RULES)
        assert drawn_right == sum(each.right.sum() for each in every)

    def test_the_picture_shows_the_bell_that_loses_most(self) -> None:
        trace = stored()
        gone = [(~each.kept).sum() for each in settle(trace, 0.1, 2.0, "first")]
        said = still_picture(trace, 0.1, 2.0, "first").alt
        assert said.startswith(f"Bell {trace.bells[int(np.argmax(gone))]} over 16 s: ")


class TestLive:
    def test_traits_are_read_and_set(self, live) -> None:
        bench = refractory_bench(dead_time=np.float64(1.5), rule="best")
        assert (bench.threshold, bench.dead_time, bench.rule) == (0.05, 1.5, "best")
        bench.threshold, bench.dead_time, bench.rule = 0.5, 0, "surest"
        state = bench.get_state()
        assert (state["threshold"], state["dead_time"], state["rule"]) == (0.5, 0.0, "surest")
        json.dumps({key: state[key] for key in ("trace", "ranges")})


REFUSED = [
    ("threshold", 0.01, "threshold=0.01.*from 0.02 to 0.98"),
    ("threshold", "0.5", "threshold='0.5'"),
    ("threshold", True, "threshold=True"),
    ("dead_time", 4.1, "dead_time=4.1.*from 0 to 4"),
    ("dead_time", float("nan"), "dead_time=nan"),
    ("dead_time", None, "dead_time=None"),
    ("rule", "last", "rule 'last'.*'best', 'first', 'surest'"),
]


class TestRefused:
    @pytest.mark.parametrize(("key", "value", "message"), REFUSED)
    def test_at_the_start_and_at_a_change(self, live, key, value, message) -> None:
        with pytest.raises(AscError, match=message):
            refractory_bench(**{key: value})
        bench = refractory_bench()
        before = getattr(bench, key)
        with pytest.raises(AscError, match=message):
            setattr(bench, key, value)
        assert getattr(bench, key) == before

    @pytest.mark.parametrize(
        ("make", "error", "message"),
        [
            (lambda: Trace.make([1], np.zeros((5, 2)), Strikes.none()), ShapeError, "for 1 bells"),
            (lambda: Trace.make([1], np.full((5, 1), 1.1), Strikes.none()), InputError, "sigmoid"),
            (lambda: _with_strikes([0, 0], [10.0, 50.0]), InputError, "40 samples apart"),
            (lambda: _with_strikes([0], [50.0]), InputError, "outside of 5 frames"),
            (lambda: _with_strikes([1], [10.0]), InputError, "outside"),
        ],
    )
    def test_a_trace_that_cannot_be_shown(self, make, error, message) -> None:
        with pytest.raises(error, match=message):
            make()


def _with_strikes(bells: list[int], times: list[float]) -> Trace:
    return Trace.make([1], np.zeros((5, 1)), Strikes.make(bells, times))
