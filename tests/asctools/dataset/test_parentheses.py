"""Bracket strings: labels, partners that differ where they should, rules that tell nothing."""

import collections
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.dataset.parentheses import (
    ALPHABET,
    RULES,
    _valid_word,
    depth,
    generate_parentheses_dataset,
    is_balanced,
    split_pairs,
)
from asctools.errors import InputError, ShapeError, UnknownNameError

quick = settings(deadline=None, database=None, max_examples=60)
KINDS = ("near-miss", "order", "naive")
brackets = st.text(alphabet="ab()", max_size=12)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """What generate_parentheses_dataset may be asked for, paired."""
    least = draw(st.integers(6, 40))
    return {
        "n_samples": 2 * draw(st.integers(0, 10)),
        "min_length": least,
        "max_length": least + draw(st.integers(0, 30)),
        "negatives": draw(st.sampled_from(KINDS)),
        "seed": draw(st.integers(0, 10**6)),
    }


def shrinks_to_nothing(text: str) -> bool:
    """Tell whether brackets match, by a second way: cross out () until nothing changes."""
    left = "".join(symbol for symbol in text if symbol in "()")
    while "()" in left:
        left = left.replace("()", "")
    return not left


def test_the_alphabet_is_in_the_order_of_the_book() -> None:
    assert ALPHABET == "abcdefghijklmnopqrstuvwxyz)("


def test_depth_counts_the_open_brackets() -> None:
    assert depth("a(b(c))d)(") == [0, 1, 1, 2, 2, 1, 0, 0, -1, 0]
    assert depth("") == []


@quick
@given(text=brackets)
def test_balanced_is_what_can_be_crossed_out(text: str) -> None:
    assert is_balanced(text) == shrinks_to_nothing(text)


@quick
@given(request=requests())
def test_labels_lengths_and_symbols_are_what_was_asked_for(request: dict[str, Any]) -> None:
    texts, labels = generate_parentheses_dataset(**request)
    assert len(texts) == len(labels) == request["n_samples"]
    assert labels == [1, 0] * (len(texts) // 2)
    assert [int(shrinks_to_nothing(text)) for text in texts] == labels
    assert all(request["min_length"] <= len(text) <= request["max_length"] for text in texts)
    assert set("".join(texts)) <= set(ALPHABET)


@quick
@given(request=requests())
def test_partners_have_the_same_letters_and_places_of_brackets(request: dict[str, Any]) -> None:
    texts, _ = generate_parentheses_dataset(**request)
    for valid, invalid in zip(texts[::2], texts[1::2], strict=True):
        assert valid.replace(")", "(") == invalid.replace(")", "(")


@quick
@given(request=requests())
def test_a_near_miss_differs_in_one_ground_level_pair(request: dict[str, Any]) -> None:
    texts, _ = generate_parentheses_dataset(**(request | {"negatives": "near-miss"}))
    for valid, invalid in zip(texts[::2], texts[1::2], strict=True):
        first, second = (at for at in range(len(valid)) if valid[at] != invalid[at])
        assert (valid[first], valid[second]) == ("(", ")")
        assert (invalid[first], invalid[second]) == (")", "(")
        assert "(" not in valid[first + 1 : second], "nothing stands inside the pair but letters"
        assert ")" not in valid[first + 1 : second]
        assert depth(valid)[first] == 1, "the pair opens on the ground"
        # A pair at least on either side, so that the first and the last bracket tell nothing.
        assert is_balanced(valid[:first])
        assert "(" in valid[:first]
        assert is_balanced(valid[second + 1 :])
        assert "(" in valid[second + 1 :]


@quick
@given(request=requests())
def test_a_wrong_order_has_equal_counts_right_ends_and_a_dip(request: dict[str, Any]) -> None:
    texts, _ = generate_parentheses_dataset(**(request | {"negatives": "order"}))
    for text in texts[1::2]:
        word = "".join(symbol for symbol in text if symbol in "()")
        assert (word[0], word[-1]) == ("(", ")")
        assert word.count("(") == word.count(")")
        assert min(depth(word)) < 0


@quick
@given(request=requests(), other=st.integers(0, 10**6))
def test_a_seed_gives_the_same_data_and_another_seed_other_data(
    request: dict[str, Any], other: int
) -> None:
    request |= {"n_samples": 10, "min_length": 20, "max_length": 30}  # short ones hardly differ
    assert generate_parentheses_dataset(**request) == generate_parentheses_dataset(**request)
    if other != request["seed"]:
        changed = generate_parentheses_dataset(**(request | {"seed": other}))
        assert changed != generate_parentheses_dataset(**request)


def test_a_generator_goes_on_and_no_seed_gives_new_data() -> None:
    rng = np.random.default_rng(3)
    first = generate_parentheses_dataset(20, seed=rng)
    assert first == generate_parentheses_dataset(20, seed=3)
    assert first != generate_parentheses_dataset(20, seed=rng)
    assert generate_parentheses_dataset(20) != generate_parentheses_dataset(20)


def test_every_length_of_the_range_comes() -> None:
    texts, _ = generate_parentheses_dataset(400, 20, 24, seed=0)
    counts = collections.Counter(map(len, texts))
    assert set(counts) == {20, 21, 22, 23, 24}
    assert min(counts.values()) > 50


def test_the_defaults_are_a_thousand_near_misses_of_25_symbols() -> None:
    texts, labels = generate_parentheses_dataset(seed=1)
    assert (len(texts), sum(labels), {len(text) for text in texts}) == (1000, 500, {25})
    assert (texts, labels) == generate_parentheses_dataset(
        1000, 25, 25, negatives="near-miss", paired=True, seed=1
    )


def test_unpaired_rows_are_half_valid_in_random_order_and_have_no_partner() -> None:
    texts, labels = generate_parentheses_dataset(301, 15, 40, paired=False, seed=4)
    assert sum(labels) == 150
    assert labels != sorted(labels)
    assert labels != [1, 0] * 150 + [1]
    assert [int(is_balanced(text)) for text in texts] == labels
    assert len({text.replace(")", "(") for text in texts}) == 301


def test_valid_words_are_all_equally_probable() -> None:
    rng = np.random.default_rng(0)
    counts = collections.Counter(tuple(_valid_word(4, rng).tolist()) for _ in range(7000))
    assert len(counts) == 14, "the fourth Catalan number"
    assert all(min(itertools.accumulate(word)) == 0 for word in counts)
    assert max(abs(count - 500) for count in counts.values()) < 4 * 500**0.5


@pytest.mark.parametrize("negatives", ["near-miss", "order"])
@pytest.mark.parametrize(
    "rule", ["as many ( as )", "first ( and last )", "even number of brackets"]
)
def test_a_rule_is_a_coin_on_well_made_data(negatives: str, rule: str) -> None:
    texts, labels = generate_parentheses_dataset(400, 6, 60, negatives=negatives, seed=2)
    assert [RULES[rule](text) for text in texts].count(1) == len(texts)
    assert (
        np.mean([RULES[rule](text) == label for text, label in zip(texts, labels, strict=True)])
        == 0.5
    )


def test_the_rule_of_neighbours_is_near_a_coin_on_near_misses() -> None:
    assert abs(score("more () than )(", "near-miss") - 0.5) < 0.03


def test_simple_rules_win_on_naive_data() -> None:
    assert score("first ( and last )", "naive") == pytest.approx(0.92, abs=0.015)
    assert score("as many ( as )", "naive") == pytest.approx(0.875, abs=0.015)


def score(rule: str, negatives: str) -> float:
    texts, labels = generate_parentheses_dataset(6000, negatives=negatives, seed=9)
    return float(np.mean([RULES[rule](text) for text in texts] == np.array(labels)))


@pytest.mark.parametrize(
    ("rule", "yes", "no"),
    [
        ("as many ( as )", ")a(", "(()"),
        ("first ( and last )", "x(a)b)y", "a)()"),
        ("first ( and last )", "()", "abc"),
        ("even number of brackets", "((", "(a"),
        ("more () than )(", "()a(b)", "()a)("),
    ],
)
def test_rules_do_what_they_are_called(rule: str, yes: str, no: str) -> None:
    assert (RULES[rule](yes), RULES[rule](no)) == (1, 0)


@quick
@given(
    pairs=st.integers(0, 40),
    cuts=st.lists(st.integers(0, 20), min_size=1, max_size=4).filter(any),
    seed=st.integers(0, 1000),
)
def test_a_split_keeps_every_row_once_and_partners_together(
    pairs: int, cuts: list[int], seed: int
) -> None:
    texts, labels = generate_parentheses_dataset(2 * pairs, 20, 30, seed=1)
    fractions = [cut / sum(cuts) for cut in cuts]
    parts = split_pairs(texts, labels, fractions, seed)
    assert parts == split_pairs(texts, labels, fractions, seed)
    assert len(parts) == len(fractions)
    everything = [row for part, marks in parts for row in zip(part, marks, strict=True)]
    assert sorted(everything) == sorted(zip(texts, labels, strict=True))
    for (part, marks), fraction in zip(parts, fractions, strict=True):
        assert abs(len(part) / 2 - fraction * pairs) <= 1
        assert marks == [1, 0] * (len(part) // 2)
        assert [a.replace(")", "(") for a in part[::2]] == [b.replace(")", "(") for b in part[1::2]]


def test_a_split_shuffles() -> None:
    texts, labels = generate_parentheses_dataset(200, seed=1)
    ((shuffled, _),) = split_pairs(texts, labels, [1.0], seed=0)
    assert shuffled != texts
    assert split_pairs(texts, labels, [1.0], seed=1) != [(shuffled, labels)]


@pytest.mark.parametrize(
    ("change", "error", "word"),
    [
        ({"n_samples": -2}, InputError, "n_samples=-2"),
        ({"n_samples": 2.0}, InputError, "n_samples=2.0"),
        ({"n_samples": True}, InputError, "n_samples=True"),
        ({"n_samples": 3}, InputError, "even number"),
        ({"min_length": 5}, InputError, "6 or more"),
        ({"min_length": 1, "negatives": "naive"}, InputError, "2 or more"),
        ({"min_length": "10"}, InputError, "min_length='10'"),
        ({"max_length": 24}, InputError, "max_length=24"),
        ({"negatives": "near_miss"}, UnknownNameError, "mean 'near-miss'"),
        ({"seed": -1}, InputError, "seed=-1"),
        ({"seed": "one"}, InputError, "seed='one'"),
    ],
)
def test_generate_refuses(change: dict[str, Any], error: type[Exception], word: str) -> None:
    with pytest.raises(error, match="expected") as caught:
        generate_parentheses_dataset(**({"min_length": 25} | change))
    assert word in str(caught.value)


GOOD = ["(a)()(b)", "(a))((b)"]


@pytest.mark.parametrize(
    ("texts", "labels", "fractions", "error", "word"),
    [
        (GOOD, [1], [1.0], ShapeError, "2 texts and 1 labels"),
        (GOOD[:1], [1], [1.0], InputError, "1 rows"),
        (GOOD, [1, 1], [1.0], InputError, "rows 0 and 1"),
        ([*GOOD, GOOD[0], "(a))((c)"], [1, 0, 1, 0], [1.0], InputError, "rows 2 and 3"),
        (GOOD, [1, 0], [0.5, 0.4], InputError, "add up to 1"),
        (GOOD, [1, 0], [1.5, -0.5], InputError, "add up to 1"),
        (GOOD, [1, 0], [float("nan")], InputError, "add up to 1"),
        (GOOD, [1, 0], [], InputError, "add up to 1"),
    ],
)
def test_split_refuses(
    texts: Sequence[str],
    labels: Sequence[int],
    fractions: Sequence[float],
    error: type[Exception],
    word: str,
) -> None:
    with pytest.raises(error, match="expected") as caught:
        split_pairs(texts, labels, fractions)
    assert word in str(caught.value)


@pytest.mark.parametrize("function", [depth, is_balanced])
def test_depth_refuses_what_is_no_string(function: Any) -> None:
    with pytest.raises(InputError, match="int as text"):
        function(5)
