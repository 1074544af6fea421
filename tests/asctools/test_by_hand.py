"""The plain cell against independent oracles: other formulas, complex steps, unrolled sums.

Tests of an equation call functions through the module, so that a changed function is seen, and
each fails when any single sign in the function behind that equation is flipped.
"""

import cmath
import inspect
import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.dataset.companies import COMPANIES, COMPANY_A, COMPANY_B, SIX_DAYS, Company
from asctools.errors import AscError, InputError, ShapeError
from asctools.scalar import by_hand

quick = settings(deadline=None, database=None, max_examples=60)
numbers = st.floats(-3.0, 3.0, allow_nan=False)
cells = st.builds(by_hand.Weights, *[numbers] * 12)
sequences = st.lists(st.floats(-2.0, 2.0, allow_nan=False), min_size=1, max_size=8)


def random_weights(seed: int) -> by_hand.Weights:
    rng = random.Random(seed)
    return by_hand.Weights(*(rng.gauss(0.0, 1.0) for _ in range(12)))


# The loss is small for the trained cell and the gradient of an untrained one is large: take both.
CASES = [
    (by_hand.INITIAL, COMPANY_A.days, 0.0),
    (by_hand.INITIAL, COMPANY_B.days, 1.0),
    (by_hand.POCKET, SIX_DAYS, 0.3),
    (random_weights(1), (0.7,), -0.4),
    (random_weights(2), SIX_DAYS, 0.9),
    (random_weights(3), (-1.2, 0.4, 2.0), 0.5),
]


def complex_loss(w: Sequence[complex], days: Sequence[float], target: float) -> complex:
    """Compute the loss once more, for complex weights and with no code of the library."""

    def squash(row: int, h: complex, x: float) -> complex:
        return w[3 * row] * h + w[3 * row + 1] * x + w[3 * row + 2]

    c, h = 0j, 0j
    for x in days:
        f, i, o = (1 / (1 + cmath.exp(-squash(row, h, x))) for row in (0, 1, 3))
        c = f * c + i * cmath.tanh(squash(2, h, x))
        h = o * cmath.tanh(c)
    return (h - target) ** 2


def complex_step(w: by_hand.Weights, days: Sequence[float], target: float) -> list[float]:
    """Return the gradient as Im L(w + iε) / ε: no difference is taken, so nothing cancels."""
    slopes = []
    for position in range(12):
        moved: list[complex] = list(w)
        moved[position] += 1e-30j
        slopes.append(complex_loss(moved, days, target).imag / 1e-30)
    return slopes


def relative(came: Sequence[float], wanted: Sequence[float]) -> float:
    """Return the length of the difference in units of the length of what was wanted."""
    return math.dist(came, wanted) / math.hypot(*wanted)


@pytest.mark.equation("eq-sigmoid")
def test_sigmoid_is_the_half_angle_form_of_tanh() -> None:
    for z in (-30.0, -2.0, -0.5, 0.0, 0.5, 2.0, 30.0):
        assert by_hand.sigmoid(z) == pytest.approx(0.5 + 0.5 * math.tanh(0.5 * z), abs=1e-15)


@quick
@given(st.floats(-1000.0, 1000.0))
def test_sigmoid_never_overflows_and_is_symmetric(z: float) -> None:
    assert 0.0 <= by_hand.sigmoid(z) <= 1.0
    assert by_hand.sigmoid(-z) == pytest.approx(1.0 - by_hand.sigmoid(z), abs=1e-15)


def test_sigmoid_at_the_far_ends() -> None:
    assert by_hand.sigmoid(1000.0) == 1.0
    assert by_hand.sigmoid(-1000.0) == 0.0
    assert by_hand.sigmoid(-700.0) == pytest.approx(math.exp(-700.0), rel=1e-12)


@pytest.mark.equation("eq-tanh", "eq-sigmoid")
def test_tanh_is_a_stretched_sigmoid() -> None:
    for z in (-3.0, -0.1, 0.4, 2.0):
        assert 2.0 * by_hand.sigmoid(2.0 * z) - 1.0 == pytest.approx(math.tanh(z), abs=1e-15)


@pytest.mark.equation("eq-forget-gate", "eq-input-gate", "eq-candidate", "eq-output-gate")
def test_every_gate_sums_three_terms_and_squashes_them() -> None:
    for seed in range(5):
        w = random_weights(seed)
        day = by_hand.step(w, 0.8, -0.6, 0.3)
        before = [math.fsum((w[k] * 0.3, w[k + 1] * 0.8, w[k + 2])) for k in (0, 3, 6, 9)]
        assert [day.z_f, day.z_i, day.z_c, day.z_o] == pytest.approx(before, rel=1e-12)
        f, i, o = (0.5 + 0.5 * math.tanh(0.5 * before[k]) for k in (0, 1, 3))
        after = [f, i, math.tanh(before[2]), o]
        assert [day.f, day.i, day.c_tilde, day.o] == pytest.approx(after, rel=1e-12)


@pytest.mark.equation("eq-cell-state", "eq-hidden-state")
def test_what_is_kept_and_what_is_written_make_the_new_memory() -> None:
    for seed in range(5):
        day = by_hand.step(random_weights(seed), 0.8, -0.6, 0.3)
        assert (day.x, day.c_prev, day.h_prev) == (0.8, -0.6, 0.3)
        kept, written = day.f * -0.6, day.i * day.c_tilde
        assert day.c == pytest.approx(math.fsum((kept, written)), rel=1e-12)
        assert day.h == pytest.approx(day.o * math.tanh(day.c), rel=1e-12)


@pytest.mark.equation(
    *("eq-forget-gate", "eq-input-gate", "eq-candidate"),
    *("eq-cell-state", "eq-output-gate", "eq-hidden-state", "eq-squared-error"),
)
def test_loss_equals_a_second_forward_pass() -> None:
    for w, days, target in CASES:
        wanted = complex_loss(w, days, target)
        assert by_hand.loss(w, days, target) == pytest.approx(wanted.real, rel=1e-12)


@pytest.mark.equation("eq-squared-error")
def test_loss_is_the_squared_distance_to_the_target() -> None:
    h = by_hand.predict(by_hand.POCKET, COMPANY_B.days)
    assert by_hand.loss(by_hand.POCKET, COMPANY_B.days, h) == 0.0
    assert by_hand.loss(by_hand.POCKET, COMPANY_B.days, h - 0.5) == pytest.approx(0.25)
    assert by_hand.loss(by_hand.POCKET, COMPANY_B.days, h + 2.0) == pytest.approx(4.0)


@pytest.mark.equation(
    *("eq-delta-h", "eq-delta-c", "eq-delta-gates", "eq-weight-gradients", "eq-delta-back"),
    *("eq-sigmoid-slope", "eq-tanh-slope", "eq-chain-rule"),
)
def test_gradients_equal_the_complex_step() -> None:
    for w, days, target in CASES:
        came = by_hand.gradients(w, days, target)
        assert relative(came, complex_step(w, days, target)) < 1e-12


@pytest.mark.equation("eq-central-difference")
def test_central_differences_equal_the_complex_step() -> None:
    for w, days, target in CASES:
        came = by_hand.numerical_gradients(w, days, target)
        assert relative(came, complex_step(w, days, target)) < 1e-7


def test_gradients_equal_central_differences() -> None:
    for w, days, target in CASES:
        came = by_hand.gradients(w, days, target)
        assert relative(came, by_hand.numerical_gradients(w, days, target)) < 1e-7


def test_central_differences_get_four_times_better_with_half_the_width() -> None:
    w, days, target = CASES[4]
    exact = complex_step(w, days, target)
    wide, half = (
        relative(by_hand.numerical_gradients(w, days, target, epsilon), exact)
        for epsilon in (2e-2, 1e-2)
    )
    assert wide / half == pytest.approx(4.0, rel=0.05)


def unrolled_adam(slopes: Sequence[float], rate: float, b1: float, b2: float, eps: float) -> float:
    """Return how far Adam moves one number, from explicit weighted sums over all slopes."""
    moved = 0.0
    for n in range(1, len(slopes) + 1):
        ages = [n - k for k in range(1, n + 1)]
        m = math.fsum(b1**age * g for age, g in zip(ages, slopes, strict=False))
        v = math.fsum(b2**age * g * g for age, g in zip(ages, slopes, strict=False))
        # The weights b**age of a mean must add up to 1, and that is all the correction does.
        m /= math.fsum(b1**age for age in ages)
        v /= math.fsum(b2**age for age in ages)
        moved -= rate * m / (math.sqrt(v) + eps)
    return moved


@pytest.mark.equation("eq-adam-moments", "eq-adam-update")
@pytest.mark.parametrize("options", [(1e-3, 0.9, 0.999, 1e-8), (0.1, 0.7, 0.8, 1e-2)])
def test_adam_equals_its_unrolled_sums(options: tuple[float, float, float, float]) -> None:
    rng = random.Random(5)
    slopes = [by_hand.Weights(*(rng.gauss(0.0, 1.0) for _ in range(12))) for _ in range(6)]
    weights, state = by_hand.INITIAL, by_hand.AdamState.zero()
    for slope in slopes:
        weights, state = by_hand.adam_step(weights, slope, state, *options)
    assert state.step == 6
    for start, end, *history in zip(by_hand.INITIAL, weights, *slopes, strict=True):
        assert end - start == pytest.approx(unrolled_adam(history, *options), abs=1e-13)


@pytest.mark.equation("eq-adam-update")
def test_the_first_adam_step_has_the_length_of_the_learning_rate() -> None:
    slope = by_hand.Weights(*(10.0**-k for k in range(12)))
    moved, _ = by_hand.adam_step(by_hand.INITIAL, slope, by_hand.AdamState.zero(), 0.5)
    for before, after, g in zip(by_hand.INITIAL, moved, slope, strict=True):
        # ε = 1e-8 is felt by slopes of its own size alone.
        assert before - after == pytest.approx(0.5 * g / (g + 1e-8), rel=1e-9)


def test_the_printed_table_to_four_decimals() -> None:
    said = [by_hand.predict(by_hand.INITIAL, company.days) for company in COMPANIES]
    assert [round(h, 4) for h in said] == [-0.0377, -0.0383]
    weights, state = by_hand.INITIAL, by_hand.AdamState.zero()
    table = [(2000, [0.4342, 0.6171]), (1000, [0.2708, 0.7534]), (2000, [0.0022, 0.9693])]
    for epochs, wanted in table:
        training = by_hand.train(weights, epochs, state=state)
        weights, state = training.weights, training.state
        said = [by_hand.predict(weights, company.days) for company in COMPANIES]
        assert [round(h, 4) for h in said] == wanted
    final = (2.7043, 1.6307, 1.6234, 1.9983, 1.6525, 0.6204)
    assert tuple(round(w, 4) for w in weights)[:6] == final
    final = (1.4122, 0.9393, -0.3217, 4.3848, -0.1943, 0.5935)
    assert tuple(round(w, 4) for w in weights)[6:] == final
    assert tuple(round(w, 2) for w in weights) == by_hand.POCKET


def test_the_initial_weights_print_as_in_the_book() -> None:
    printed = (0.3367, 0.1288, 0, 0.2345, 0.2303, 0, -1.1229, -0.1863, 0, 2.2082, -0.638, 0)
    assert tuple(round(w, 4) for w in by_hand.INITIAL) == printed


def test_the_pocket_cell_answers_like_the_trained_one() -> None:
    a, b = (by_hand.predict(by_hand.POCKET, company.days) for company in COMPANIES)
    assert a == pytest.approx(0.0022, abs=0.01)
    assert b == pytest.approx(0.9693, abs=0.01)


def test_training_goes_on_as_if_it_had_never_stopped() -> None:
    whole = by_hand.train(epochs=12)
    first = by_hand.train(epochs=5)
    second = by_hand.train(first.weights, 7, state=first.state)
    assert second.weights == whole.weights
    assert second.state == whole.state
    assert first.losses + second.losses == whole.losses
    assert first.predictions + second.predictions == whole.predictions


def test_a_fresh_adam_is_not_the_same_as_going_on() -> None:
    first = by_hand.train(epochs=5)
    assert by_hand.train(first.weights, 7).weights != by_hand.train(epochs=12).weights


def test_the_curves_are_taken_before_each_update() -> None:
    training = by_hand.train(epochs=3)
    assert len(training.losses) == len(training.predictions) == 3
    a, b = training.predictions[0]
    assert a == by_hand.predict(by_hand.INITIAL, COMPANY_A.days)
    after_a, _ = by_hand.adam_step(
        by_hand.INITIAL,
        by_hand.gradients(by_hand.INITIAL, COMPANY_A.days, COMPANY_A.target),
        by_hand.AdamState.zero(),
    )
    assert b == by_hand.predict(after_a, COMPANY_B.days)
    for (a, b), both in zip(training.predictions, training.losses, strict=True):
        assert both == pytest.approx(a**2 + (b - 1.0) ** 2, rel=1e-14)


def test_no_epochs_change_nothing() -> None:
    training = by_hand.train(epochs=0)
    assert training == (by_hand.INITIAL, by_hand.AdamState.zero(), [], [])


def test_companies_of_unequal_length_can_be_learned_together() -> None:
    short, long = Company("S", (1.0, 0.5), 0.8), Company("L", (*SIX_DAYS, 0.3), 0.2)
    training = by_hand.train(epochs=300, learning_rate=0.03, companies=(short, long))
    assert training.losses[-1] < 0.05 * training.losses[0]


@quick
@given(cells, sequences, sequences)
def test_two_halves_make_the_whole(
    weights: by_hand.Weights, first: list[float], second: list[float]
) -> None:
    whole = by_hand.trace(weights, first + second)
    start = by_hand.trace(weights, first)
    end = by_hand.trace(weights, second, c=start[-1].c, h=start[-1].h)
    assert start + end == whole


@quick
@given(cells, st.floats(-5.0, 5.0))
def test_an_open_forget_gate_and_a_shut_input_gate_keep_the_memory(
    weights: by_hand.Weights, memory: float
) -> None:
    keeper = weights._replace(b_f=1000.0, b_i=-1000.0)
    days = by_hand.trace(keeper, [0.3, -0.7] * 50, c=memory)
    assert {day.c for day in days} == {memory}


@quick
@given(cells, sequences)
def test_what_the_cell_says_lies_between_minus_one_and_one(
    weights: by_hand.Weights, days: list[float]
) -> None:
    past = by_hand.trace(weights, days)
    assert len(past) == len(days)
    assert all(-1.0 <= day.h <= 1.0 and abs(day.c) <= len(days) for day in past)
    assert by_hand.predict(weights, days) == past[-1].h


def test_days_may_be_any_iterable_of_numbers() -> None:
    wanted = by_hand.predict(by_hand.POCKET, (0.0, 1.0))
    assert by_hand.predict(by_hand.POCKET, [0, 1]) == wanted
    assert by_hand.predict(by_hand.POCKET, iter((0.0, 1.0))) == wanted


BAD_DAYS = [
    ((), ShapeError, "no days"),
    ((0.0, float("nan")), InputError, r"nan as days\[1\]"),
    ((float("inf"),), InputError, r"inf as days\[0\]"),
    ((0.0, "0.5"), InputError, r"'0\.5' as days\[1\]"),
    ((0.0, None), InputError, r"None as days\[1\]"),
    ((True,), InputError, r"True as days\[0\]"),
    ("12", InputError, "'12' as days"),
    (0.5, InputError, "0.5 as days"),
]


@pytest.mark.parametrize(("days", "kind", "words"), BAD_DAYS)
@pytest.mark.parametrize(
    "function", ["trace", "predict", "loss", "gradients", "numerical_gradients"]
)
def test_bad_days_are_refused(function: str, days: Any, kind: type, words: str) -> None:
    call = getattr(by_hand, function)
    target = () if function in ("trace", "predict") else (0.0,)
    with pytest.raises(kind, match=words):
        call(by_hand.INITIAL, days, *target)


@pytest.mark.parametrize(
    "function", ["trace", "predict", "loss", "gradients", "numerical_gradients"]
)
def test_weights_of_another_type_are_refused(function: str) -> None:
    call = getattr(by_hand, function)
    target = () if function in ("trace", "predict") else (0.0,)
    with pytest.raises(InputError, match=r"tuple as weights.*Weights\(\.\.\.\)"):
        call(tuple(by_hand.INITIAL), COMPANY_A.days, *target)


BAD_CALLS: list[tuple[str, dict[str, Any], str]] = [
    ("step", {"weights": by_hand.INITIAL, "x": float("nan")}, "nan as x"),
    ("step", {"weights": by_hand.INITIAL, "x": 0.0, "c_prev": "no"}, "'no' as c_prev"),
    ("step", {"weights": by_hand.INITIAL, "x": 0.0, "h_prev": float("inf")}, "inf as h_prev"),
    ("step", {"weights": [0.0] * 12, "x": 0.0}, "list as weights"),
    ("loss", {"weights": by_hand.INITIAL, "days": [1.0], "target": None}, "None as target"),
    ("gradients", {"weights": by_hand.INITIAL, "days": [1.0], "target": "1"}, "'1' as target"),
    ("train", {"epochs": -1}, "epochs=-1"),
    ("train", {"epochs": 2.5}, r"epochs=2\.5"),
    ("train", {"learning_rate": 0.0}, r"learning_rate=0\.0"),
    ("train", {"learning_rate": -1e-3}, r"learning_rate=-0\.001"),
    ("train", {"learning_rate": float("nan")}, "nan as learning_rate"),
    ("train", {"weights": None}, "NoneType as weights"),
    ("train", {"state": {}}, "dict as state"),
    ("train", {"companies": ()}, r"\(\) as companies"),
    ("train", {"companies": COMPANY_A}, "one bare company"),
    ("train", {"companies": [COMPANY_A, ("B", (1.0,), 1.0)]}, "tuple as a company"),
    ("train", {"companies": [COMPANY_A, Company("B", (), 1.0)]}, "no days"),
    (
        "train",
        {"companies": [Company("C", (1.0,), float("nan"))]},
        "nan as the target of company C",
    ),
]


@pytest.mark.parametrize(("function", "arguments", "words"), BAD_CALLS)
def test_bad_calls_are_refused(function: str, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(AscError, match=words) as caught:
        getattr(by_hand, function)(**arguments)
    assert ", expected " in str(caught.value)


def test_adam_refuses_what_is_no_gradient_and_no_state() -> None:
    zero = by_hand.AdamState.zero()
    with pytest.raises(InputError, match="list as gradient"):
        by_hand.adam_step(by_hand.INITIAL, [0.0] * 12, zero)
    with pytest.raises(InputError, match="tuple as state"):
        by_hand.adam_step(by_hand.INITIAL, by_hand.INITIAL, tuple(zero))
    with pytest.raises(InputError, match="a number above 0"):
        by_hand.numerical_gradients(by_hand.INITIAL, [1.0], 0.0, epsilon=0.0)


def test_backward_refuses_what_is_no_trace() -> None:
    with pytest.raises(ShapeError, match="an empty trace"):
        by_hand.backward(by_hand.INITIAL, [], 0.0)
    with pytest.raises(ShapeError, match="floats as past, expected one Day or more"):
        by_hand.backward(by_hand.INITIAL, COMPANY_A.days, 0.0)
    past = by_hand.trace(by_hand.INITIAL, COMPANY_A.days)
    with pytest.raises(InputError, match="tuple as weights"):
        by_hand.backward(tuple(by_hand.INITIAL), past, 0.0)
    gradient = by_hand.backward(by_hand.INITIAL, past, 0.0)
    assert gradient == by_hand.gradients(by_hand.INITIAL, COMPANY_A.days, 0.0)


def test_the_core_stays_short_enough_to_read() -> None:
    functions = (by_hand.backward, by_hand.adam_step, by_hand.train)
    lines = "\n".join(inspect.getsource(function).split('"""')[2] for function in functions)
    code = [line for line in lines.splitlines() if line.strip() and line.strip()[0] != "#"]
    assert len(code) <= 55
