"""k-gram models against counting by hand, and against what the grammar says they cost."""

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.dataset import kgrams
from asctools.dataset.automaton import FAR
from asctools.dataset.grammar import GRAMMAR
from asctools.errors import InputError

quick = settings(deadline=None, database=None, max_examples=60)
texts = st.text(alphabet="abc", min_size=1, max_size=30)


def times(text: str, part: str) -> int:
    """Count how often a part stands in a text, overlaps too."""
    return sum(text.startswith(part, at) for at in range(len(text) - len(part) + 1))


def by_hand(text: str, m: Fraction, symbol: str, context: str) -> Fraction:
    """Estimate with fractions, from the longest context down: the other way round."""
    if context:
        lean = by_hand(text, m, symbol, context[1:])
        followed = times(text[:-1], context)  # at the very end nothing follows
    else:
        lean, followed = Fraction(1, 3), len(text)
    return (times(text, context + symbol) + m * lean) / (followed + m)


@pytest.mark.equation("eq-k-gram")
@quick
@given(
    text=texts,
    context=st.text(alphabet="abc", max_size=6),
    k=st.integers(0, 4),
    m=st.sampled_from([Fraction(1, 8), Fraction(1), Fraction(3)]),
)
def test_a_probability_is_what_counting_gives(text: str, context: str, k: int, m: Fraction) -> None:
    model = kgrams.KGram(k, "abc", strength=float(m)).fit(text)
    shown = context[max(0, len(context) - k) :]
    for symbol in "abc":
        expected = float(by_hand(text, m, symbol, shown))
        assert model.probability(symbol, context) == pytest.approx(expected, rel=1e-12)


@pytest.mark.equation("eq-k-gram")
def test_one_probability_step_by_step() -> None:
    model = kgrams.KGram(1, "ab").fit("aab")
    no_context = (1 + 1 * 0.5) / (3 + 1)  # one b among three symbols, one count's worth of 1/2
    after_a = (1 + 1 * no_context) / (2 + 1)  # a was followed twice, once by b
    assert model.probability("b", "a") == pytest.approx(after_a, rel=1e-15)


@quick
@given(text=texts, context=st.text(alphabet="abc", max_size=6), k=st.integers(0, 4))
def test_probabilities_are_above_0_and_add_up_to_1(text: str, context: str, k: int) -> None:
    model = kgrams.KGram(k, "abc").fit(text)
    shares = [model.probability(symbol, context) for symbol in "abc"]
    assert min(shares) > 0
    assert sum(shares) == pytest.approx(1, rel=1e-12)


@quick
@given(text=texts, other=texts, k=st.integers(0, 4))
def test_losses_are_those_of_each_character_after_the_k_before_it(
    text: str, other: str, k: int
) -> None:
    model = kgrams.KGram(k, "abc").fit(text)
    losses = model.losses(other)
    assert losses.shape == (len(other),)
    for at, symbol in enumerate(other):
        # The whole past is given: the model itself must cut it.
        assert losses[at] == pytest.approx(-math.log(model.probability(symbol, other[:at])))
    assert model.loss(other) == pytest.approx(losses.mean())


def test_an_unseen_context_says_what_the_shorter_one_says() -> None:
    model = kgrams.KGram(3, "abc").fit("abab")
    assert model.probability("b", "cca") == model.probability("b", "a")
    assert model.probability("c", "ab") > 0


def test_fitting_again_forgets() -> None:
    model = kgrams.KGram(2, "ab").fit("aaaa").fit("bb")
    assert model.probability("a", "bb") == kgrams.KGram(2, "ab").fit("bb").probability("a", "bb")


TRAIN, TEST = GRAMMAR.sample(100_000, seed=1), GRAMMAR.sample(20_000, seed=2)
TRUE = GRAMMAR.losses(TEST)


@pytest.mark.parametrize(
    ("k", "loss"), [(1, 1.145), (2, 0.513), (3, 0.322), (5, 0.232), (8, 0.201)]
)
def test_on_the_grammar_more_context_costs_less(k: int, loss: float) -> None:
    excess = kgrams.KGram(k, GRAMMAR.vocabulary).fit(TRAIN).losses(TEST) - TRUE
    # The excess over the true model has little noise from the text that happened to be drawn.
    assert GRAMMAR.entropy_rate() + excess.mean() == pytest.approx(loss, abs=0.012)


def test_twelve_characters_know_all_but_the_number_before_a_clause() -> None:
    excess = kgrams.KGram(12, GRAMMAR.vocabulary).fit(TRAIN).losses(TEST) - TRUE
    far = GRAMMAR.kinds(TEST) == FAR
    assert excess[far].mean() == pytest.approx(math.log(2), rel=0.03)
    assert excess[far].sum() > 0.9 * excess.sum()
    assert abs(excess[~far].mean()) < 0.003


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"k": -1}, "k=-1"),
        ({"k": 2.0}, "k=2.0"),
        ({"k": True}, "k=True"),
        ({"vocabulary": ""}, "alphabet ''"),
        ({"vocabulary": "aba"}, "none twice"),
        ({"vocabulary": 3}, "int as text"),
        ({"strength": 0}, "strength=0"),
        ({"strength": float("inf")}, "strength=inf"),
        ({"strength": float("nan")}, "strength=nan"),
        ({"strength": "1"}, "strength='1'"),
    ],
)
def test_a_model_that_cannot_be_is_refused(change: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match="expected") as caught:
        kgrams.KGram(**({"k": 1, "vocabulary": "ab"} | change))
    assert word in str(caught.value)


@pytest.mark.parametrize("name", ["fit", "losses", "loss"])
@pytest.mark.parametrize(
    ("text", "word"),
    [("", "an empty text"), ("abx", "'x' as symbol 2"), (["a", "b"], "list as text")],
)
def test_a_text_of_no_use_is_refused(name: str, text: Any, word: str) -> None:
    model = kgrams.KGram(1, "ab").fit("ab")
    with pytest.raises(InputError, match="expected") as caught:
        getattr(model, name)(text)
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("symbol", "context", "word"),
    [
        ("x", "a", "'x' as symbol 0"),
        ("ab", "a", "'ab' as symbol"),
        ("a", 5, "int as text"),
        ("a", "x", "'x' as symbol 0"),
    ],
)
def test_probability_refuses(symbol: Any, context: Any, word: str) -> None:
    model = kgrams.KGram(1, "ab").fit("ab")
    with pytest.raises(InputError, match="expected") as caught:
        model.probability(symbol, context)
    assert word in str(caught.value)


def test_a_model_without_counts_says_so() -> None:
    with pytest.raises(InputError, match="Call fit first"):
        kgrams.KGram(1, "ab").losses("ab")
    with pytest.raises(InputError, match="Call fit first"):
        kgrams.KGram(1, "ab").probability("a", "b")
