"""Strict settings: what is read, what is refused, how it is explained, and the way back."""

# ruff: noqa: RUF009 (a frozen section is a safe default)

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.errors import InputError, UnknownNameError
from asctools.settings import (
    Section,
    changed,
    explained,
    key,
    read,
    read_yaml,
    table,
    to_dict,
    to_yaml,
)
from asctools.settings.kinds import in_yaml
from asctools.settings.names import nearest
from asctools.settings.reading import differences
from asctools.settings.yaml_file import parse_yaml


@dataclass(frozen=True)
class Heat(Section, path="heat"):
    """How hot it gets.

    A second paragraph, which the manual leaves out.
    """

    degrees: float = key(180.0, "Of the air.", above=0, most=300, unit="°C")
    fan: bool = key(False, "Whether the air moves.")


@dataclass(frozen=True)
class Bread(Section):
    """What is baked."""

    flour: str = key("rye", "Which flour.", choices=("rye", "wheat", "whole wheat"))
    loaves: int = key(1, "How many.", least=1)
    slots: tuple[int, ...] = key((1, 2), "Where they stand.", least=1)
    ends: tuple[float, float] = key((0.1, 0.2), "Of the crust.", least=0, below=1)
    label: str | None = key(None, "What is written on it.")
    watch: str | tuple[str, ...] = key("crust", "What is looked at.")
    extra: Mapping[str, int] = key({}, "Grams of other things.", least=1)
    heat: Heat = key(Heat(), "The oven.")

    def check(self) -> None:
        if self.label == "wheat" and self.flour == "rye":
            raise InputError("Got a label that lies, expected the truth. Change label.")


def test_what_is_left_out_has_its_default_and_what_is_said_its_type() -> None:
    bread = read(
        Bread, {"loaves": np.int64(3), "slots": [4], "ends": (0, 0.5), "heat": {"degrees": 200}}
    )
    assert bread == Bread(loaves=3, slots=(4,), ends=(0.0, 0.5), heat=Heat(degrees=200.0))
    assert type(bread.loaves) is int
    assert type(bread.heat.degrees) is float
    assert read(Bread, None) == read(Bread, {}) == read(Bread, {"heat": None}) == Bread()
    with pytest.raises(FrozenInstanceError):
        bread.loaves = 4  # type: ignore[misc]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (
            {"heat": {"degreees": 200}},
            UnknownNameError,
            "Got the unknown key heat.degreees (200), expected one of the keys of heat: degrees, "
            "fan. Did you mean degrees?",
        ),
        (
            {"zzz": {}},
            UnknownNameError,
            "Got the unknown key zzz ({}), expected one of the sections flour, loaves, slots, "
            "ends, label, watch, extra, heat. Use one of these.",
        ),
        (
            {"heat": {"degrees": 301}},
            InputError,
            "Got 301 as heat.degrees, expected a number above 0, at most 300 (°C). "
            "Change heat.degrees.",
        ),
        (
            {"loaves": 0},
            InputError,
            "Got 0 as loaves, expected a whole number, 1 or more. Change loaves.",
        ),
        (
            {"flour": "wheta"},
            UnknownNameError,
            "Got 'wheta' as flour, expected one of rye, wheat, whole wheat. Did you mean wheat?",
        ),
        (
            {"heat": {"degrees": "2e2"}},
            InputError,
            "Got '2e2' as heat.degrees, expected a number above 0, at most 300 (°C). That is "
            "a text: write 200.0 without quotes (PyYAML takes 1e-3 for a text and 1.0e-3 for a "
            "number).",
        ),
        ({"loaves": "3"}, InputError, "rite 3 without quotes."),
        ({"loaves": True}, InputError, "rue and false (in YAML also yes, no, on, off)"),
        (
            {"loaves": None},
            InputError,
            "Got nothing as loaves, expected a whole number, 1 or more.",
        ),
        ({"ends": [0.1]}, InputError, "a list of 2, each a number, 0 or more, below 1"),
        ({"slots": []}, InputError, "Got [] as slots, expected a list, each a whole number"),
        ({"extra": {"salt": 0}}, InputError, "names, each with a whole number, 1 or more"),
        ({"watch": [1]}, InputError, "a text, or a list, each a text"),
        ({"heat": {"degrees": float("nan")}}, InputError, "Got nan as heat.degrees"),
        ({"label": "wheat"}, InputError, "a label that lies"),
        ([1], InputError, "Got [1] as the configuration, expected names with values."),
    ],
)
def test_what_is_wrong_is_named(content, error, message) -> None:
    with pytest.raises(error) as told:
        read(Bread, content)
    assert message in str(told.value)


def test_one_made_by_hand_is_checked_too() -> None:
    with pytest.raises(InputError, match=r"-5 as heat\.degrees"):
        Heat(degrees=-5)
    with pytest.raises(InputError, match="a label that lies"):
        Bread(label="wheat")


def test_yaml_without_its_traps(tmp_path: Path) -> None:
    path = tmp_path / "bread.yaml"
    path.write_text("loaves: 2\nheat:\n  degrees: 1e2\n  fan: yes\n")
    assert read(Bread, read_yaml(path)) == Bread(loaves=2, heat=Heat(100.0, True))
    path.write_text("# nothing\n")
    assert read_yaml(path) == {}
    shared = parse_yaml("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n")
    assert shared["b"] == {"x": 1, "y": 3}
    for text in ("1e3", "1E-3", "-2e+4", "1.5e3", "1_0e2"):
        assert isinstance(parse_yaml(f"x: {text}")["x"], float), text
    for text in ('"1e3"', "1e3x", "e3", "1e"):
        assert isinstance(parse_yaml(f"x: {text}")["x"], str), text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("loaves: 1\nheat: {}\nloaves: 2\n", "'loaves' twice, in lines 1 and 3"),
        ("heat:\n  fan: true\n  fan: false\n", "'fan' twice, in lines 2 and 3"),
        ("loaves: [1\n", "no YAML in line 2"),
        ("a:\n\tb: 1\n", "no YAML in line 2"),
        ("- 1\n- 2\n", "holds a list"),
        ("just words", "holds a str"),
        ("x: !!python/object/apply:os.system ['true']", "no YAML in line 1"),
    ],
)
def test_bad_yaml_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as told:
        read_yaml(path)
    assert message in str(told.value)
    assert "bad.yaml" in str(told.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yaml, which cannot be read"):
        read_yaml(tmp_path / "nowhere.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no text in UTF-8"):
        read_yaml(tmp_path / "bytes.yaml")


breads = st.builds(
    Bread,
    flour=st.sampled_from(["rye", "wheat", "whole wheat"]),
    loaves=st.integers(1, 10**12),
    slots=st.lists(st.integers(1, 9), min_size=1).map(tuple),
    ends=st.tuples(*2 * [st.floats(0, 1, exclude_max=True)]),
    label=st.none() | st.text(st.characters(exclude_categories=["C", "Z"])).filter("wheat".__ne__),
    watch=st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1)
    | st.lists(st.sampled_from(["crust", "no", "1e3"]), min_size=1).map(tuple),
    extra=st.dictionaries(st.sampled_from(["salt", "seeds"]), st.integers(1, 99)),
    heat=st.builds(Heat, degrees=st.floats(1e-300, 300), fan=st.booleans()),
)


@settings(max_examples=40, deadline=None)
@given(breads)
def test_there_is_a_way_back_and_what_is_explained_can_be_used(bread: Bread) -> None:
    assert read(Bread, to_dict(bread)) == bread
    assert read(Bread, parse_yaml(to_yaml(to_dict(bread)))) == bread
    assert read(Bread, parse_yaml(explained(bread))) == bread
    assert read(Bread, yaml.safe_load(to_yaml(to_dict(bread)))) == bread, "any YAML reader can"


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.none() | st.booleans())
def test_a_value_in_yaml_is_that_value(value) -> None:
    back = yaml.safe_load(in_yaml(value))
    assert back == value
    assert type(back) is type(value)


def test_the_manual_comes_from_the_schema() -> None:
    assert explained(Bread()).splitlines()[:4] == [
        "# Which flour. One of rye, wheat, whole wheat.",
        "flour: rye",
        "# How many. A whole number, 1 or more.",
        "loaves: 1",
    ]
    assert explained(Bread(), "heat") == (
        "# How hot it gets.\n"
        "heat:\n"
        "  # Of the air. A number above 0, at most 300 (°C).\n"
        "  degrees: 180.0\n"
        "  # Whether the air moves. True or false.\n"
        "  fan: false\n"
    )
    only = explained(Bread(heat=Heat(200.0)), "heat.degrees")
    assert read(Bread, parse_yaml(only)).heat == Heat(200.0)
    assert "fan" not in only
    with pytest.raises(UnknownNameError, match=r"'degree' to explain.*Did you mean degrees\?"):
        explained(Bread(), "heat.degree")
    with pytest.raises(UnknownNameError, match=r"'loaves\.x' to explain, expected the key loaves"):
        explained(Bread(), "loaves.x")


def test_the_table_has_a_row_for_each_key() -> None:
    lines = table(Bread).splitlines()
    assert len(lines) == 2 + 7 + 2
    assert (
        lines[-2]
        == "| `heat.degrees` | `180.0` | a number above 0, at most 300 (°C) | Of the air. |"
    )


def test_changes_reach_every_key() -> None:
    content = {"loaves": 2, "heat": None}
    new = changed(content, ["heat.degrees=1e2", "loaves=3", "slots=[3, 4]", "label=null"])
    assert read(Bread, new) == Bread(loaves=3, slots=(3, 4), heat=Heat(100.0))
    assert content == {"loaves": 2, "heat": None}
    assert changed(content, {"heat.fan": True})["heat"] == {"fan": True}
    for bad, message in (
        (["loaves"], "'loaves' as a change, expected KEY=VALUE"),
        (["=3"], "'=3' as a change"),
        (["loaves.x=3"], "the key loaves.x, but loaves is 2"),
        (["slots=[3"], r"the change 'slots=\[3'"),
    ):
        with pytest.raises(InputError, match=message):
            changed(content, bad)


def test_differences_have_full_names() -> None:
    one, other = to_dict(Bread()), to_dict(Bread(loaves=2, heat=Heat(fan=True)))
    assert differences(one, other) == ["loaves", "heat.fan"]
    assert differences(one, one) == []
    assert differences({"a": 1}, {"b": {"c": 1}}) == ["a", "b"]


def test_the_nearest_names_are_those_that_were_meant() -> None:
    known = ["cosine_annealing", "cosine_warm_restarts", "none", "step"]
    assert nearest("cosine", known) == ["cosine_annealing", "cosine_warm_restarts"]
    assert nearest("stpe", known) == ["step"]
    assert nearest("xyz", known) == []
