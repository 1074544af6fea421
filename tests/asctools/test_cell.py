"""The cell in PyTorch: against the plain cell, against nn.LSTM, and against the printed table."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from asctools.dataset.companies import COMPANIES, COMPANY_A, COMPANY_B, SIX_DAYS, Company
from asctools.errors import AscError, InputError, ShapeError, UnknownNameError
from asctools.scalar import by_hand, cell

NAMES = by_hand.Weights._fields


def double(weights: by_hand.Weights = by_hand.INITIAL) -> cell.ScalarLSTM:
    return cell.ScalarLSTM.from_weights(weights, dtype=torch.float64)


def drawn(init: str, seed: int = 42) -> cell.ScalarLSTM:
    torch.manual_seed(seed)
    return cell.ScalarLSTM(init)


def some_weights(seed: int) -> by_hand.Weights:
    generator = torch.Generator().manual_seed(seed)
    return by_hand.Weights(*torch.randn(12, generator=generator, dtype=torch.float64).tolist())


def column(days: tuple[float, ...]) -> Tensor:
    return torch.tensor(days, dtype=torch.float64).reshape(-1, 1)


# ------------------------------------------------------------------------------- the draw


def test_the_normal_draw_at_seed_42_is_initial_to_the_last_bit() -> None:
    assert drawn("normal").weights() == by_hand.INITIAL


def test_the_normal_draw_has_the_documented_order() -> None:
    fresh = drawn("normal", seed=3)
    torch.manual_seed(3)
    for name in ("w_fh", "w_fx", "w_ih", "w_ix", "w_ch", "w_cx", "w_oh", "w_ox"):
        assert getattr(fresh, name).item() == torch.randn(()).item()
    assert all(getattr(fresh, f"b_{gate}").item() == 0.0 for gate in "fico")


@pytest.mark.parametrize("seed", [0, 1, 42])
def test_the_uniform_draw_is_that_of_nn_lstm_without_its_second_bias(seed: int) -> None:
    fresh = drawn("uniform", seed)
    torch.manual_seed(seed)
    lstm = nn.LSTM(1, 1)
    with torch.no_grad():
        lstm.bias_hh_l0.zero_()
    assert cell.from_torch_lstm(lstm).weights() == fresh.weights()


def test_the_uniform_draw_fills_minus_one_to_one() -> None:
    torch.manual_seed(0)
    numbers = torch.tensor([cell.ScalarLSTM("uniform").weights() for _ in range(200)])
    assert numbers.abs().max() < 1.0
    assert numbers.min(0).values.max() < -0.9
    assert numbers.max(0).values.min() > 0.9


def test_an_unknown_init_is_refused_with_the_names_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match=r"'norml'.*'normal', 'uniform'.*mean 'normal'"):
        cell.ScalarLSTM("norml")


def test_the_parameters_have_the_names_and_order_of_the_plain_cell() -> None:
    fresh = cell.ScalarLSTM()
    assert tuple(dict(fresh.named_parameters())) == NAMES
    assert all(p.shape == () and p.requires_grad for p in fresh.parameters())
    assert cell.DayTensors._fields == by_hand.Day._fields


def test_from_weights_draws_nothing_and_keeps_every_digit() -> None:
    before = torch.get_rng_state()
    assert double(by_hand.POCKET).weights() == by_hand.POCKET
    assert torch.equal(torch.get_rng_state(), before)
    assert cell.ScalarLSTM.from_weights(by_hand.INITIAL).w_fh.dtype == torch.float32


# ------------------------------------------------------------- values and gradients, float64


@pytest.mark.equation(
    *("eq-forget-gate", "eq-input-gate", "eq-candidate"),
    *("eq-cell-state", "eq-output-gate", "eq-hidden-state"),
)
def test_every_wire_equals_the_plain_cell() -> None:
    for seed in range(5):
        weights = some_weights(seed)
        came = cell.ScalarLSTM.step(double(weights), 0.8, -0.6, 0.3)
        wanted = by_hand.step(weights, 0.8, -0.6, 0.3)
        assert [wire.item() for wire in came] == pytest.approx(list(wanted), abs=1e-14)


def test_a_trace_equals_the_plain_cell_day_by_day() -> None:
    came = double().trace(SIX_DAYS, c=0.4, h=-0.2)
    wanted = by_hand.trace(by_hand.INITIAL, SIX_DAYS, c=0.4, h=-0.2)
    assert len(came) == 6
    for day, plain in zip(came, wanted, strict=True):
        assert [wire.item() for wire in day] == pytest.approx(list(plain), abs=1e-14)


def test_forward_returns_the_last_h_for_any_number_of_days() -> None:
    model = double(by_hand.POCKET)
    for days in ((0.5,), COMPANY_B.days, SIX_DAYS * 3):
        wanted = by_hand.predict(by_hand.POCKET, days)
        for form in (days, list(days), torch.tensor(days), torch.tensor(days).double()):
            assert model(form).shape == ()
            assert model(form).item() == pytest.approx(wanted, abs=1e-14)


@pytest.mark.equation(
    *("eq-delta-h", "eq-delta-c", "eq-delta-gates", "eq-weight-gradients", "eq-delta-back"),
    *("eq-sigmoid-slope", "eq-tanh-slope", "eq-chain-rule"),
)
def test_autograd_equals_the_gradients_by_hand() -> None:
    for weights, days, target in (
        (by_hand.INITIAL, COMPANY_B.days, 1.0),
        (by_hand.POCKET, SIX_DAYS, 0.3),
        (some_weights(1), SIX_DAYS, -0.5),
    ):
        model = double(weights)
        ((model(days) - target) ** 2).backward()
        came = torch.tensor(by_hand.gradients(weights, days, target), dtype=torch.float64)
        wanted = torch.stack([parameter.grad for parameter in model.parameters()])
        assert torch.linalg.norm(came - wanted) < 1e-12 * torch.linalg.norm(wanted)


def test_gradients_reach_the_days_and_the_memories() -> None:
    days = torch.tensor(SIX_DAYS, dtype=torch.float64, requires_grad=True)
    c = torch.tensor(0.4, dtype=torch.float64, requires_grad=True)
    last = double(by_hand.POCKET).trace(days, c=c)[-1].h
    slopes, memory = torch.autograd.grad(last, (days, c))

    def moved(by: float) -> float:
        return by_hand.trace(by_hand.POCKET, SIX_DAYS, c=0.4 + by)[-1].h

    assert memory.item() == pytest.approx((moved(1e-6) - moved(-1e-6)) / 2e-6, rel=1e-6)
    assert (slopes != 0.0).all()


@pytest.mark.equation("eq-adam-moments", "eq-adam-update")
def test_torch_adam_equals_adam_by_hand() -> None:
    numbers = torch.tensor(by_hand.INITIAL, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([numbers], lr=0.02)
    weights, state = by_hand.INITIAL, by_hand.AdamState.zero()
    for seed in range(20):
        slope = some_weights(seed)
        numbers.grad = torch.tensor(slope, dtype=torch.float64)
        optimizer.step()
        weights, state = by_hand.adam_step(weights, slope, state, 0.02)
        assert weights == pytest.approx(numbers.tolist(), abs=1e-12)


def test_training_equals_the_plain_training() -> None:
    model = double()
    came = cell.train_cell(model, 30, learning_rate=0.05)
    wanted = by_hand.train(epochs=30, learning_rate=0.05)
    assert model.weights() == pytest.approx(wanted.weights, abs=1e-11)
    assert came.losses == pytest.approx(wanted.losses, abs=1e-11)
    for told, plain in zip(came.predictions, wanted.predictions, strict=True):
        assert told == pytest.approx(plain, abs=1e-11)


def test_training_goes_on_with_the_optimizer_it_returned() -> None:
    whole, halves = double(), double()
    cell.train_cell(whole, 9)
    first = cell.train_cell(halves, 4)
    cell.train_cell(halves, 5, first.optimizer)
    assert halves.weights() == whole.weights()


@pytest.mark.slow
def test_the_printed_table_to_four_decimals() -> None:
    model, optimizer = drawn("normal"), None
    said = [model(company.days).item() for company in COMPANIES]
    assert [round(h, 4) for h in said] == [-0.0377, -0.0383]
    table = [(2000, [0.4342, 0.6171]), (1000, [0.2708, 0.7534]), (2000, [0.0022, 0.9693])]
    for epochs, wanted in table:
        optimizer = cell.train_cell(model, epochs, optimizer).optimizer
        said = [model(company.days).item() for company in COMPANIES]
        assert [round(h, 4) for h in said] == wanted
    plain = by_hand.train(epochs=5000).weights
    assert model.weights() == pytest.approx(plain, abs=1e-4)
    assert tuple(round(w, 2) for w in model.weights()) == by_hand.POCKET


# ------------------------------------------------------------------------------- nn.LSTM


def test_nn_lstm_gives_the_same_values_and_gradients() -> None:
    for seed in range(5):
        model = double(some_weights(seed))
        lstm = cell.to_torch_lstm(model)
        outputs, (h, c) = lstm(column(SIX_DAYS))
        past = model.trace(SIX_DAYS)
        assert outputs.flatten().tolist() == pytest.approx(
            [day.h.item() for day in past], abs=1e-12
        )
        assert (h.item(), c.item()) == pytest.approx((past[-1].h.item(), past[-1].c.item()))
        ((outputs[-1, 0] - 0.7) ** 2).backward()
        ((past[-1].h - 0.7) ** 2).backward()
        for row, gate in enumerate("ifco"):
            own = [getattr(model, n.format(gate)).grad.item() for n in ("w_{}x", "w_{}h", "b_{}")]
            held = (lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0)
            assert [p.grad[row].item() for p in held] == pytest.approx(own, abs=1e-12)
        torch.testing.assert_close(lstm.bias_ih_l0.grad, lstm.bias_hh_l0.grad)


def test_nn_lstm_has_rows_i_f_g_o_and_the_bias_in_the_first_place() -> None:
    w = by_hand.POCKET
    lstm = cell.to_torch_lstm(double(w))
    assert lstm.weight_ih_l0.tolist() == [[w.w_ix], [w.w_fx], [w.w_cx], [w.w_ox]]
    assert lstm.weight_hh_l0.tolist() == [[w.w_ih], [w.w_fh], [w.w_ch], [w.w_oh]]
    assert lstm.bias_ih_l0.tolist() == [w.b_i, w.b_f, w.b_c, w.b_o]
    assert lstm.bias_hh_l0.tolist() == [0.0] * 4
    assert all(parameter.requires_grad for parameter in lstm.parameters())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_there_and_back_changes_no_bit_and_draws_nothing(dtype: torch.dtype) -> None:
    model = cell.ScalarLSTM.from_weights(by_hand.INITIAL, dtype=dtype)
    before = torch.get_rng_state()
    back = cell.from_torch_lstm(cell.to_torch_lstm(model))
    assert torch.equal(torch.get_rng_state(), before)
    assert back.weights() == model.weights()
    assert back.w_fh.dtype == dtype


def test_the_copy_is_a_copy() -> None:
    model = double()
    lstm = cell.to_torch_lstm(model)
    with torch.no_grad():
        lstm.weight_ih_l0.fill_(9.0)
    assert model.weights() == by_hand.INITIAL


def test_both_biases_of_nn_lstm_are_added() -> None:
    torch.manual_seed(5)
    lstm = nn.LSTM(1, 1, dtype=torch.float64)
    model = cell.from_torch_lstm(lstm)
    assert model(SIX_DAYS).item() == pytest.approx(lstm(column(SIX_DAYS))[0][-1, 0].item())


def test_an_nn_lstm_without_bias_becomes_a_cell_with_biases_of_zero() -> None:
    lstm = nn.LSTM(1, 1, bias=False, dtype=torch.float64)
    model = cell.from_torch_lstm(lstm)
    assert all(getattr(model, f"b_{gate}").item() == 0.0 for gate in "fico")
    assert model(SIX_DAYS).item() == pytest.approx(lstm(column(SIX_DAYS))[0][-1, 0].item())


def train_torch_lstm(lstm: nn.LSTM, epochs: int) -> by_hand.Weights:
    optimizer = torch.optim.Adam([p for p in lstm.parameters() if p.requires_grad], lr=1e-3)
    for _ in range(epochs):
        for company in COMPANIES:
            optimizer.zero_grad()
            loss = (lstm(column(company.days))[0][-1, 0] - company.target) ** 2
            loss.backward()
            optimizer.step()
    return cell.from_torch_lstm(lstm).weights()


def test_nn_lstm_trains_alike_only_with_its_second_bias_frozen() -> None:
    frozen, free = (cell.to_torch_lstm(double()) for _ in range(2))
    frozen.bias_hh_l0.requires_grad_(False)
    wanted = by_hand.train(epochs=5).weights
    assert train_torch_lstm(frozen, 5) == pytest.approx(wanted, abs=1e-11)
    twice = train_torch_lstm(free, 5)
    for name in ("b_f", "b_i", "b_c", "b_o"):
        assert getattr(twice, name) == pytest.approx(2.0 * getattr(wanted, name), rel=0.1)
    for name in ("w_fx", "w_ih", "w_cx", "w_oh"):
        assert getattr(twice, name) == pytest.approx(getattr(wanted, name), rel=0.02)


@pytest.mark.parametrize(
    "lstm",
    [
        nn.LSTM(2, 1),
        nn.LSTM(1, 2),
        nn.LSTM(1, 1, num_layers=2),
        nn.LSTM(1, 1, bidirectional=True),
        nn.LSTM(1, 2, proj_size=1),
    ],
)
def test_another_nn_lstm_is_refused(lstm: nn.LSTM) -> None:
    with pytest.raises(ShapeError, match=r"expected LSTM\(1, 1\)"):
        cell.from_torch_lstm(lstm)


# ------------------------------------------------------------------------------- bad input

WRONG_CALLS: list[tuple[Callable[[], Any], type, str]] = [
    (lambda: double()([]), ShapeError, "no days"),
    (lambda: double()(torch.zeros(0)), ShapeError, r"shape \(0,\)"),
    (lambda: double()(torch.zeros(4, 1)), ShapeError, r"\(4, 1\).*reshape"),
    (lambda: double()(torch.tensor(0.5)), ShapeError, r"days of shape \(\)"),
    (lambda: double()([0.0, float("nan")]), InputError, r"nan as days\[1\]"),
    (lambda: double()(torch.tensor([0.0, torch.inf])), InputError, r"inf as days\[1\]"),
    (lambda: double()(["0"]), InputError, r"'0' as days\[0\]"),
    (lambda: double()(torch.tensor([True])), InputError, "True as days"),
    (lambda: double()(torch.tensor([1j])), InputError, "1j as days"),
    (lambda: double().step(torch.zeros(1)), ShapeError, r"shape \(1,\) as x"),
    (lambda: double().step(0.0, torch.zeros(2, 2)), ShapeError, r"shape \(2, 2\) as c"),
    (lambda: double().step(torch.tensor(torch.nan)), InputError, "nan as x"),
    (lambda: double().step(0.0, 0.0, float("inf")), InputError, "inf as h"),
    (lambda: cell.ScalarLSTM.from_weights([0.0] * 12), InputError, "list as weights"),
    (lambda: cell.to_torch_lstm(nn.LSTM(1, 1)), InputError, "LSTM as cell"),
    (lambda: cell.from_torch_lstm(double()), InputError, "ScalarLSTM as lstm"),
    (lambda: cell.train_cell(double(), -1), InputError, "epochs=-1"),
    (lambda: cell.train_cell(double(), 1, learning_rate=0.0), InputError, "learning_rate=0"),
    (lambda: cell.train_cell(double(), 1, companies=()), InputError, "as companies"),
    (lambda: cell.train_cell(double(), 1, companies=[COMPANY_A.days]), InputError, "a company"),
    (
        lambda: cell.train_cell(double(), 1, companies=[Company("C", (), 0.0)]),
        ShapeError,
        "no days",
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), WRONG_CALLS)
def test_bad_input_is_refused(call: Callable[[], Any], kind: type, words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        call()
    assert isinstance(caught.value, AscError)
    assert ", expected " in str(caught.value)


def test_numbers_of_another_precision_are_brought_to_that_of_the_cell() -> None:
    single = cell.ScalarLSTM.from_weights(by_hand.POCKET)
    assert single(torch.tensor(SIX_DAYS, dtype=torch.float64)).dtype == torch.float32
    assert double()(torch.tensor([0, 1])).dtype == torch.float64
    assert single.step(torch.tensor(1.0, dtype=torch.float64)).h.dtype == torch.float32
