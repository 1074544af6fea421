"""Comparing: forms first, then values, and the first place that differs by name."""

import re
from collections import namedtuple
from io import BytesIO

import numpy as np
import pytest

from asctools.course.checks.compare import difference, is_tensor, place
from asctools.course.checks.spec import Tolerance

Memory = namedtuple("Memory", "c h")
Day = namedtuple("Day", "x c h")
EXPECTED = Memory(0.25, -0.5)


def found(got, expected, *, exact=True):
    return difference(got, expected, Tolerance(relative=1e-6, absolute=1e-9), exact=exact)


@pytest.mark.parametrize(
    "got",
    [
        (0.25, -0.5),
        [0.25, -0.5 + 1e-10],
        {"c": 0.25, "h": -0.5, "o": 0.9},
        {"h": np.float32(-0.5), "c": np.array([0.25])},
        np.array([0.25, -0.5]),
        Day(x=7.0, c=0.25, h=-0.5),
        Memory(np.array(0.25), -0.5),
        iter([0.25, -0.5]),
    ],
)
def test_many_forms_agree_with_named_fields(got):
    assert found(got, EXPECTED) is None


@pytest.mark.parametrize(
    ("got", "path", "words"),
    [
        (None, (), "None"),
        (0.25, (), "one number. It needs `c`, `h`"),
        ((0.25,), (), "1 entries; 2 are needed (c, h)"),
        (np.zeros((3, 2)), (), "3 entries"),
        ({"c": 0.25}, (), "lacks `h`"),
        ("ch", (), "a text"),
        ({"c": 0.25, "h": "−0.5"}, ("h",), "`h` is a text, not one number"),
        ((0.25, None), ("h",), "`h` is None"),
        ((True, -0.5), ("c",), "`c` is a truth value"),
        ((0.25, [1, 2, 3]), ("h",), "`h` is a list of 3"),
        ((0.25, 1j), ("h",), "a complex number"),
        ((0.25, max), ("h",), "a function"),
    ],
)
def test_other_forms_are_told_apart(got, path, words):
    kind, where, message = found(got, EXPECTED)
    assert (kind, where) == ("shape", path)
    assert words in message


@pytest.mark.parametrize(
    ("got", "path", "words"),
    [
        ((0.26, -0.5), ("c",), "`c` came out as 0.26: too large, but not by much"),
        ((0.25, 0.5), ("h",), "the size is right, but the sign is wrong"),
        ((0.25, 0.1), ("h",), "0.1: the sign is wrong"),
        ((0.5, -0.5), ("c",), "exactly twice what it should be"),
        ((0.25, -0.25), ("h",), "exactly half of"),
        ((0.25, -0.7), ("h",), "too far below zero"),
        ((0.25, -0.01), ("h",), "not far enough below zero, by more than a factor of 10"),
        ((0.251, -0.5), ("c",), "by less than one per cent"),
        ((0.9, -0.5), ("c",), "too large, by more than a factor of 2"),
        ((0.0, -0.5), ("c",), "0: too small"),
        ((float("nan"), -0.5), ("c",), "divided by zero"),
        ((0.25, -np.inf), ("h",), "infinite"),
        ((1.0, 1.0), ("c",), "`c`"),
    ],
)
def test_the_first_wrong_value_is_described(got, path, words):
    kind, where, message = found(got, EXPECTED)
    assert (kind, where) == ("value", path)
    assert words in message
    assert "0.25" not in re.sub(r"came out as \S+", "", message)  # the right c is not told


def test_a_simple_factor_is_named_only_where_it_is_no_solution():
    assert "exactly twice" in found(0.5, 0.25).message
    assert "exactly" not in found(0.5, 0.25, exact=False).message


def test_zero_is_nothing_to_divide_by():
    assert found(1e-10, 0.0) is None
    assert "too large" in found(0.2, 0.0).message
    assert "too small" in found(-0.2, 0.0).message


def test_a_form_in_the_last_place_comes_before_a_value_in_the_first():
    assert found([1.0, 2.0, (3.0,)], [9.0, 9.0, (9.0, 9.0)]).kind == "shape"


def test_lists_dicts_and_arrays_may_be_nested():
    expected = {"days": [Memory(1.0, 2.0), Memory(3.0, 4.0)], "table": np.eye(2)}
    right = {"days": [(1.0, 2.0), (3.0, 4.0)], "table": [[1, 0], [0, 1]]}
    assert found(right, expected) is None
    wrong = {**right, "days": [(1.0, 2.0), (3.0, 9.0)]}
    assert found(wrong, expected).path == ("days", 1, "h")
    wrong = {**right, "table": [[1, 0], [0, 2]]}
    assert found(wrong, expected).path == ("table", 1, 1)
    wrong = {**right, "table": np.eye(3)}
    assert "shape (3, 3); (2, 2) is needed" in found(wrong, expected).message
    assert "not an array" in found({**right, "table": "eye"}, expected).message


def test_texts_and_truths_are_equal_or_not():
    assert found(["f", True], ["f", True]) is None
    assert found(["i", True], ["f", True]).path == (0,)
    assert found(["f", False], ["f", True]).path == (1,)


def test_tensors_are_read_without_importing_torch():
    torch = pytest.importorskip("torch")
    tensor = torch.tensor([0.25, -0.5], requires_grad=True)
    assert found(tensor, EXPECTED) is None
    assert found(tensor[0], 0.25) is None
    assert found((tensor[0], tensor[1].bfloat16()), EXPECTED) is None
    assert found(tensor, np.array([0.25, -0.4])).path == (1,)
    assert found(np.array([0.25, -0.5]), tensor) is None
    assert found(torch.zeros(2, 2), EXPECTED).path == ("c",)


def test_places_read_as_python():
    assert place(()) == "Your answer"
    assert place(("h",)) == "`h`"
    assert place((2, "h")) == "`answer[2].h`"


class Tensor:
    """What the checker knows of a tensor: enough to read it, and too much for NumPy."""

    def __init__(self, *numbers):
        self.numbers = numbers

    def detach(self):
        return self

    cpu = detach

    def tolist(self):
        return list(self.numbers)

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("this tensor requires grad")


@pytest.mark.parametrize("got", [[Tensor(1.0, 2.0), Tensor(3.0, 4.0)], (Tensor(1, 2), [3, 4])])
def test_tensors_in_a_list_agree_with_an_array(got):
    assert found(got, np.array([[1.0, 2.0], [3.0, 4.0]])) is None
    assert found(got, np.array([[1.0, 2.0], [3.0, 5.0]])).path == (1, 1)
    assert found(got, np.zeros((2, 3))).kind == "shape"


def test_an_open_file_is_no_tensor():
    assert is_tensor(Tensor(1.0)) and not is_tensor(BytesIO(b"1"))
    assert found(BytesIO(b"1"), 0.25).kind == "shape"


def test_only_the_infinite_is_near_the_infinite():
    assert found(float("inf"), float("inf")) is None
    assert "too small" in found(25.0, float("inf")).message
    assert found(-float("inf"), float("inf")) is not None
    assert found(float("inf"), 25.0) is not None
