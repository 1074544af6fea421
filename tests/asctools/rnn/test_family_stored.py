"""The stored table of the family: what the benchmark would write, and remade in small."""

import pytest

from asctools.dataset.parentheses import RULES
from asctools.rnn.measured import family_rows, family_settings
from benchmarks import family

# A fiftieth of the symbols that the table's members read.
SMALL = {
    "strings": 2000,
    "lengths": [6, 16],
    "test_strings": 600,
    "test_lengths": [16],
    "epochs": 6,
    "seeds": [0],
}


def test_it_was_made_with_the_settings_of_the_benchmark() -> None:
    stored = {key: value for key, value in family_settings().items() if key != "versions"}
    assert stored == family.SETTINGS


def test_its_members_have_the_sizes_that_the_benchmark_would_choose() -> None:
    wanted = family.parameters(family.lstm(family.SETTINGS["hidden_size_of_the_lstm"]))
    made = {
        member.name: family.parameters(member.make(family.equal_size(member.make, wanted)))
        for member in family.FAMILY
    }
    assert {row.name: row.parameters for row in family_rows()} == made


@pytest.mark.parametrize("name", ["LSTM", "GRU", "layer norm"])
def test_remade_in_small_it_beats_every_rule(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "SETTINGS", family.SETTINGS | SMALL)
    member = next(each for each in family.FAMILY if each.name == name)
    row = family.measure(member, 24)
    texts, labels = family.generate_parentheses_dataset(600, 16, 16, seed=1016)
    rules = [
        sum(rule(text) == label for text, label in zip(texts, labels, strict=True)) / len(texts)
        for rule in RULES.values()
    ]
    assert row["accuracy"][16][0] > max(rules) + 0.1
