"""Every error is a ValueError and says what came, what was expected and what to do."""

import pytest

from asctools import errors


@pytest.mark.parametrize(
    "name", ["InputError", "ShapeError", "UnknownNameError", "CheckpointError"]
)
def test_every_error_is_an_asc_error_and_a_value_error(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, errors.AscError)
    assert issubclass(kind, ValueError)


def test_explain_says_three_things_in_one_form() -> None:
    said = errors.explain("nan as days[2]", "a finite number", "fill the gap first")
    assert said == "Got nan as days[2], expected a finite number. Fill the gap first."


def test_explain_does_not_double_full_stops_nor_change_names() -> None:
    said = errors.explain("3 axes.", "2 axes.", "use X.reshape(-1, 6).")
    assert said == "Got 3 axes, expected 2 axes. Use X.reshape(-1, 6)."


def test_unknown_name_offers_the_nearest() -> None:
    error = errors.unknown_name("exercise", "by-hand/foward-step", ["by-hand/forward-step", "zoo"])
    assert isinstance(error, errors.UnknownNameError)
    assert "'by-hand/foward-step'" in str(error)
    assert str(error).endswith("Did you mean 'by-hand/forward-step'?")


def test_unknown_name_lists_all_when_nothing_is_near() -> None:
    message = str(errors.unknown_name("init", "qqq", ["uniform", "normal"]))
    assert message == "Got init 'qqq', expected one of 'normal', 'uniform'. Use one of these names."
