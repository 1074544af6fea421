"""Each key of every configuration, wrong once: by its name, by its type, by its range."""

import re
from typing import Any

import pytest

from asctools.errors import AscError, InputError, UnknownNameError
from asctools.settings import keys, to_dict
from asctools.settings.kinds import allowed
from asctools.settings.section import Key
from asctools.tasks import find, names
from asctools.training.config import Config, load
from tests.asctools.settings.wrong_values import leaves, nested, out_of_range, wrong_types

# The keys that all tasks share, and those of each task.
FREE = ("data", "model")  # checked by the task
CASES: list[tuple[str, str | None, Key]] = [
    *((full, None, each) for full, each in leaves(Config) if full not in FREE),
    *(
        (full, name, each)
        for name in names()
        for part in FREE
        for full, each in leaves(getattr(find(name), part), part)
    ),
]
IDS = [f"{task or 'all'}-{full}" for full, task, _ in CASES]


def read(content: dict[str, Any], task: str | None) -> Config:
    if task is None:
        return load(content)
    return load(content, data=find(task).data, model=find(task).model)


def test_all_keys_are_here() -> None:
    assert len(CASES) > 60
    assert {"training.learning_rate", "scheduler.T_max", "parameter_groups.bias.weight_decay"} <= {
        full for full, _, _ in CASES
    }


@pytest.mark.parametrize(("full", "task", "each"), CASES, ids=IDS)
def test_a_misspelt_name_is_refused_with_the_right_one(full, task, each) -> None:
    path, _, name = full.rpartition(".")
    typo = f"{path}.{name}x" if path else f"{name}x"
    with pytest.raises(UnknownNameError) as told:
        read(nested(typo, to_dict(Config()).get(name, 1)), task)
    message = str(told.value)
    assert typo in message
    assert re.search(rf"Did you mean ({name}\?|{name} or|.* or {name}\?)", message), message


@pytest.mark.parametrize(("full", "task", "each"), CASES, ids=IDS)
def test_a_wrong_type_is_refused_with_the_right_one(full, task, each) -> None:
    values = wrong_types(each)
    assert len(values) >= 3, "too few types are wrong: is the test's own list right?"
    for value in values:
        with pytest.raises(AscError) as told:
            read(nested(full, value), task)
        message = str(told.value)
        assert full in message
        assert ("nothing" if value is None else repr(value)) in message
        if not each.allowed.choices:
            assert allowed(each.kind, each.allowed) in message


RANGED = [(case, name) for case, name in zip(CASES, IDS, strict=True) if out_of_range(case[2])]


@pytest.mark.parametrize("case", [case for case, _ in RANGED], ids=[name for _, name in RANGED])
def test_a_value_out_of_range_is_refused_with_the_range(case) -> None:
    full, task, each = case
    for value in out_of_range(each):
        with pytest.raises((InputError, UnknownNameError)) as told:
            read(nested(full, value), task)
        message = str(told.value)
        assert full in message
        assert repr(value) in message
        words = each.allowed.choices or (allowed(each.kind, each.allowed),)
        assert all(word in message for word in words)


def test_ranges_are_declared() -> None:
    assert len(RANGED) > 45, "nearly every number and every choice has limits"


@pytest.mark.parametrize(("full", "task", "each"), CASES, ids=IDS)
def test_the_default_is_right_and_explained(full, task, each) -> None:
    value = list(each.default) if isinstance(each.default, tuple) else each.default
    read(nested(full, value), task)
    assert each.about.endswith(".")
    assert (
        each.about[0].isupper()
        or each.about.partition(":")[0].replace("*", "").isidentifier()
        or "," in each.about
    )


def test_each_section_refuses_a_value_in_its_place() -> None:
    for each in keys(Config):
        if each.section is not None:
            with pytest.raises(InputError, match=f"3 as {each.name}, expected names with values"):
                load({each.name: 3})
            assert load({each.name: None}) == Config()
