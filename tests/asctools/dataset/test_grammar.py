"""The language of known entropy: the rate by a second way, sampling, losses, what is forbidden."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.dataset import grammar
from asctools.dataset.automaton import CHOICE, FAR, FIXED, KINDS, NEAR, NUMBER, Alternative
from asctools.dataset.bell_language import bell_language
from asctools.dataset.grammar import GRAMMAR, Grammar
from asctools.errors import AscError, InputError, UnknownNameError

quick = settings(deadline=None, database=None, max_examples=40)
TEXT = GRAMMAR.sample(60_000, seed=2)


def sentences(
    phases: Any, start: str, phase: str | None = None, written: str = "", share: float = 1.0
) -> Iterator[tuple[str, float]]:
    """List every way from a start back to it, with its probability."""
    if phase == start:
        yield written, share
        return
    for way in phases[phase or start]:
        longer = written + way.stem + way.ending
        yield from sentences(phases, start, way.then, longer, share * way.probability)


def rate_by_sentences(phases: Any, start: str) -> float:
    """Compute the entropy of a sentence over its mean length: no automaton is needed."""
    every = list(sentences(phases, start))
    assert len({text for text, _ in every}) == len(every), "each sentence is read in one way"
    entropy = sum(p * math.log(1 / p) for _, p in every)
    return entropy / sum(p * len(text) for text, p in every)


def coin(p: float) -> dict[str, list[Alternative]]:
    return {"toss": [Alternative("h", "", p, "toss"), Alternative("t", "", 1 - p, "toss")]}


SENTENCES = dict(sentences(bell_language(), "subject"))


@pytest.mark.equation("eq-entropy-rate")
def test_the_rate_is_the_entropy_of_a_sentence_over_its_length() -> None:
    expected = rate_by_sentences(bell_language(), "subject")
    assert grammar.GRAMMAR.entropy_rate() == pytest.approx(expected, rel=1e-12)


@pytest.mark.equation("eq-entropy-rate")
@quick
@given(
    weights=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    lengths=st.lists(st.integers(1, 6), min_size=5, max_size=5),
)
def test_the_rate_of_any_list_of_words(weights: list[int], lengths: list[int]) -> None:
    words = [f"{name}{'x' * length}" for name, length in zip("abcde", lengths, strict=True)]
    table = {
        "word": [
            Alternative(word, ".", weight / sum(weights), "word")
            for word, weight in zip(words, weights, strict=False)
        ]
    }
    expected = rate_by_sentences(table, "word")
    assert Grammar(table, "word").entropy_rate() == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.equation("eq-entropy-rate")
@pytest.mark.parametrize("p", [0.5, 0.1, 0.999])
def test_the_rate_of_a_coin(p: float) -> None:
    expected = -p * math.log(p) - (1 - p) * math.log(1 - p)
    assert Grammar(coin(p), "toss").entropy_rate() == pytest.approx(expected, rel=1e-12)


def test_the_rate_of_the_course_is_the_one_in_the_book() -> None:
    assert GRAMMAR.entropy_rate() == pytest.approx(0.186516, abs=5e-7)
    assert len(GRAMMAR.states) == 199
    assert GRAMMAR.vocabulary == "\n .abefghilmnoprstuvw"


def test_the_true_models_loss_on_a_long_text_is_the_rate() -> None:
    losses = GRAMMAR.losses(TEXT)
    # Sentences are independent: their spread gives the standard error.
    ends = np.flatnonzero(np.array(list(TEXT)) == "\n") + 1
    by_sentence = np.add.reduceat(losses, np.concatenate([[0], ends[:-1]]))
    error = by_sentence.std() * len(ends) ** 0.5 / len(TEXT)
    assert error < 0.001
    assert abs(losses.mean() - GRAMMAR.entropy_rate()) < 4 * error
    assert GRAMMAR.loss(TEXT) == losses.mean()


def test_a_long_text_is_in_each_state_as_often_as_the_stationary_share_says() -> None:
    share = np.bincount(GRAMMAR.walk(TEXT), minlength=199) / len(TEXT)
    stationary = GRAMMAR.stationary()
    assert stationary.sum() == pytest.approx(1, abs=1e-12)
    assert (stationary > 0).all()
    assert np.abs(share - stationary).max() < 0.003


def test_the_loss_of_a_sentence_is_that_of_its_choices() -> None:
    for text, p in SENTENCES.items():
        assert GRAMMAR.losses(text).sum() == pytest.approx(-math.log(p), rel=1e-12)
    assert len(SENTENCES) == 312
    assert sum(SENTENCES.values()) == pytest.approx(1, abs=1e-12)


def test_a_sample_is_made_of_sentences_as_often_as_they_are_probable() -> None:
    *whole, rest = TEXT.split("\n")
    counts = Counter(sentence + "\n" for sentence in whole)
    assert set(counts) <= set(SENTENCES)
    assert any(sentence.startswith(rest) for sentence in SENTENCES)
    expected = {text: p * len(whole) for text, p in SENTENCES.items()}
    chi = sum((counts[text] - mean) ** 2 / mean for text, mean in expected.items())
    freedom = len(SENTENCES) - 1
    assert abs(chi - freedom) < 5 * (2 * freedom) ** 0.5


def test_verbs_agree_with_their_subjects_across_the_clause() -> None:
    pattern = re.compile(r"the (\w+?)(s?)(?: that the \w+?(s?) \w+?(s?))? (swing|wait|move)(s?)\.")
    for sentence in TEXT.split("\n")[:-1]:
        found = pattern.fullmatch(sentence)
        assert found, sentence
        _, plural, inner, inner_verb, _, verb = found.groups()
        assert bool(plural) != bool(verb), sentence
        if inner is not None:
            assert bool(inner) != bool(inner_verb), sentence


@quick
@given(n=st.integers(0, 300), seed=st.integers(0, 10**6))
def test_samples_follow_their_seed_and_can_be_read(n: int, seed: int) -> None:
    text = GRAMMAR.sample(n, seed)
    assert len(text) == n
    assert text == GRAMMAR.sample(n, np.random.default_rng(seed))
    assert GRAMMAR.sample(n + 50, seed).startswith(text)
    losses, states = GRAMMAR.losses(text), GRAMMAR.walk(text)
    assert losses.shape == states.shape == (n,)
    assert (losses >= 0).all()
    symbols = [GRAMMAR.vocabulary.index(symbol) for symbol in text]
    np.testing.assert_array_equal(losses, -np.log(GRAMMAR.probability[states, symbols]))


def test_other_seeds_write_other_texts() -> None:
    assert GRAMMAR.sample(200, 1) != GRAMMAR.sample(200, 2)
    assert GRAMMAR.sample(200) != GRAMMAR.sample(200)


def test_what_decides_each_character_of_a_sentence() -> None:
    text = "the bells that the ringer pulls wait.\nthe bell waits.\n"
    kinds = GRAMMAR.kinds(text)
    marks = "".join({FIXED: ".", CHOICE: "?", NUMBER: "n", NEAR: "a", FAR: "A"}[k] for k in kinds)
    lines = text.splitlines(keepends=True)
    assert marks[: len(lines[0])] == "....?...n.?........?.....n?...a.?...A."
    assert marks[len(lines[0]) :] == "....?...n?...a.."
    assert set(kinds) == set(KINDS)


def test_only_choices_and_numbers_are_uncertain() -> None:
    entropies = GRAMMAR.state_entropies()
    for state, entropy in zip(GRAMMAR.states, entropies, strict=True):
        if state.kind == NUMBER:
            assert entropy == pytest.approx(math.log(2), rel=1e-12)
        else:
            assert (entropy > 0.5) == (state.kind == CHOICE)
            assert entropy == 0 or state.kind == CHOICE


def test_what_the_far_agreement_is_worth() -> None:
    """A model that sees no subject pays ln 2 there: a coin between s and the full stop."""
    far = np.array([state.kind == FAR for state in GRAMMAR.states])
    cost = math.log(2) * GRAMMAR.stationary()[far].sum()
    # One sentence in two has a clause.
    mean_length = sum(p * len(text) for text, p in SENTENCES.items())
    assert cost == pytest.approx(0.5 * math.log(2) / mean_length, rel=1e-12)


def test_the_tables_fit_each_other() -> None:
    np.testing.assert_allclose(GRAMMAR.probability.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_array_equal(GRAMMAR.probability > 0, GRAMMAR.successor >= 0)
    assert len({(state.phase, state.prefix) for state in GRAMMAR.states}) == len(GRAMMAR.states)
    assert (GRAMMAR.states[0].phase, GRAMMAR.states[0].prefix) == ("subject", "")


@quick
@given(place=st.integers(0, 400), symbol=st.sampled_from(GRAMMAR.vocabulary))
def test_a_changed_symbol_is_read_or_named(place: int, symbol: str) -> None:
    text = GRAMMAR.sample(401, seed=5)
    state = GRAMMAR.walk(text)[place]
    changed = text[:place] + symbol
    if GRAMMAR.probability[state, GRAMMAR.vocabulary.index(symbol)] > 0:
        assert np.isfinite(GRAMMAR.loss(changed))
    else:
        with pytest.raises(InputError, match=f"as symbol {place},"):
            GRAMMAR.losses(changed)


@pytest.mark.parametrize("name", ["walk", "kinds", "losses", "loss"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the bell swing.", ["'.' as symbol 14", "after 'the bell swing'", "one of 's'"]),
        ("bell", ["'b' as symbol 0, at the start", "one of 't'"]),
        ("the cat", ["'c' as symbol 4", "one of the 21 symbols"]),
        ("the bellx", ["'x' as symbol 8"]),
        (5, ["int as text"]),
    ],
)
def test_a_text_that_the_grammar_forbids_is_refused(name: str, text: Any, words: list[str]) -> None:
    with pytest.raises(InputError, match="expected") as caught:
        getattr(GRAMMAR, name)(text)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_an_empty_text_has_no_mean_loss() -> None:
    assert GRAMMAR.losses("").shape == GRAMMAR.kinds("").shape == (0,)
    with pytest.raises(InputError, match="an empty text"):
        GRAMMAR.loss("")


@pytest.mark.parametrize(
    ("n", "seed", "word"),
    [(-1, 0, "n_characters=-1"), (1.5, 0, "n_characters=1.5"), (3, "x", "seed='x'")],
)
def test_sample_refuses(n: Any, seed: Any, word: str) -> None:
    with pytest.raises(InputError, match="expected") as caught:
        GRAMMAR.sample(n, seed)
    assert word in str(caught.value)


A, B = Alternative("a", "", 0.5, "one"), Alternative("b", "", 0.5, "one")


@pytest.mark.parametrize(
    ("phases", "start", "error", "word"),
    [
        ({"one": [A, B]}, "two", UnknownNameError, "start 'two'"),
        ({"one": [A]}, "one", InputError, "probabilities [0.5] in phase 'one'"),
        ({"one": []}, "one", InputError, "probabilities []"),
        ({"one": [A, B, B._replace(stem="c", probability=0)]}, "one", InputError, "above 0"),
        ({"one": [A, B._replace(probability=float("nan"))]}, "one", InputError, "nan"),
        ({"one": [A, B._replace(stem="ab")]}, "one", InputError, "'a' and 'ab'"),
        ({"one": [A, A]}, "one", InputError, "'a' and 'a'"),
        ({"one": [A._replace(stem="", probability=1)]}, "one", InputError, "an empty spelling"),
        ({"one": [A, B._replace(then="oen")]}, "one", UnknownNameError, "mean 'one'"),
        ({"one": [A, B._replace(decided_by="god")]}, "one", UnknownNameError, "decided_by 'god'"),
        ({"one": [A, B], "two": [A, B]}, "one", InputError, "phase 'two', which no text"),
        (
            {"one": [A, B._replace(then="two")], "two": [B._replace(probability=1, then="two")]},
            "one",
            InputError,
            "phase 'two', which no text",
        ),
    ],
)
def test_a_table_that_is_no_grammar_is_refused(
    phases: Any, start: str, error: type[AscError], word: str
) -> None:
    with pytest.raises(error, match="expected") as caught:
        Grammar(phases, start)
    assert word in str(caught.value)
