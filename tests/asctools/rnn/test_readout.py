"""PyTorch's layers with a head: the same promises as gate by gate, and the same numbers."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from asctools.errors import InputError, ShapeError
from asctools.rnn import LSTM, RNN, Readout
from asctools.rnn.readout import from_readout, set_forget_bias, to_readout

B, T, INPUTS, H, OUTPUTS = 4, 9, 3, 5, 2
EXACT = {"rtol": 1e-12, "atol": 1e-12}
CORES = {
    "rnn": lambda: nn.RNN(INPUTS, H, batch_first=True),
    "lstm": lambda: nn.LSTM(INPUTS, H, batch_first=True),
    "gru": lambda: nn.GRU(INPUTS, H, batch_first=True),
    "stacked": lambda: nn.LSTM(INPUTS, H, num_layers=2, batch_first=True),
    "two-way": lambda: nn.LSTM(INPUTS, H, batch_first=True, bidirectional=True),
    "two-way gru": lambda: nn.GRU(INPUTS, H, 2, batch_first=True, bidirectional=True),
    "projected": lambda: nn.LSTM(INPUTS, H, batch_first=True, proj_size=2),
}
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported")


def made(name: str) -> Readout:
    torch.manual_seed(0)
    return Readout(CORES[name](), OUTPUTS).double()


def numbers(*shape: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


def parts(hidden) -> tuple[torch.Tensor, ...]:
    return hidden if isinstance(hidden, tuple) else (hidden,)


@pytest.mark.parametrize("lengths", [[9, 9, 9, 9], [9, 2, 5, 5], [4, 3, 3, 4], [1, 1, 2, 1]])
@pytest.mark.parametrize("name", CORES)
def test_lengths_do_what_packing_does(name: str, lengths: list[int]) -> None:
    mine, theirs = made(name), made(name)
    x = numbers(B, T, INPUTS)
    state = tuple(numbers(*part.shape, seed=7) for part in parts(mine.initHidden(B)))
    state = state if len(state) > 1 else state[0]
    outputs, hidden = mine(x, state, lengths)
    packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    said, last = theirs.core(packed, state)
    said = pad_packed_sequence(said, batch_first=True, total_length=T)[0]
    running = torch.arange(T) < torch.tensor(lengths)[:, None]
    wanted = theirs.i2o(said) * running[..., None]
    torch.testing.assert_close((outputs, *parts(hidden)), (wanted, *parts(last)), **EXACT)

    for result in ((outputs, *parts(hidden)), (wanted, *parts(last))):
        sum((part**2).sum() for part in result).backward()
    for p, q in zip(mine.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(p.grad, q.grad, **EXACT)


@pytest.mark.parametrize("name", CORES)
def test_axes_and_states(name: str) -> None:
    model, x = made(name), numbers(B, T, INPUTS)
    outputs, hidden = model(x)
    assert outputs.shape == (B, T, OUTPUTS)
    assert model(x[:, 0])[0].shape == (B, OUTPUTS)
    assert model(x[0, 0])[0].shape == (1, OUTPUTS)
    assert [p.shape for p in parts(model.initHidden(B))] == [p.shape for p in parts(hidden)]
    assert (model.input_size, model.hidden_size, model.output_size) == (INPUTS, H, OUTPUTS)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "stacked"])
def test_step_by_step_is_the_same_as_at_once(name: str) -> None:
    model, x = made(name), numbers(B, T, INPUTS)
    whole, last = model(x)
    state, said = None, []
    for x_t in x.unbind(1):
        one, state = model(x_t, state)
        said.append(one)
    torch.testing.assert_close(torch.stack(said, 1), whole, **EXACT)
    torch.testing.assert_close(state, last, **EXACT)


@pytest.mark.equation("eq-lstm-gates", "eq-lstm-state")
@pytest.mark.parametrize("lengths", [None, [9, 2, 5, 5]])
def test_the_twin_has_the_same_values_and_gradients(lengths) -> None:
    torch.manual_seed(3)
    slow = LSTM(INPUTS, H, OUTPUTS).double()
    fast = to_readout(slow)
    x = numbers(B, T, INPUTS)
    ends = torch.tensor(lengths or [T] * B)
    grads = []
    for model in (slow, fast):
        inputs = x.clone().requires_grad_()
        outputs, (h, c) = model(inputs, lengths=lengths)
        ((outputs**2).sum() + h.sum() + (c**3).sum()).backward()
        grads.append((outputs, h.reshape(B, H), c.reshape(B, H), inputs.grad))
    torch.testing.assert_close(grads[0], grads[1], **EXACT)
    order = (slow.input_gate, slow.forget_gate, slow.cell_gate, slow.output_gate)
    W = torch.cat([gate.weight.grad for gate in order])
    b = torch.cat([gate.bias.grad for gate in order])
    core = fast.core
    torch.testing.assert_close(torch.cat((core.weight_hh_l0.grad, core.weight_ih_l0.grad), 1), W)
    torch.testing.assert_close(core.bias_ih_l0.grad, b, **EXACT)
    torch.testing.assert_close(fast.i2o.weight.grad, slow.i2o.weight.grad, **EXACT)
    assert core.bias_hh_l0.grad is None
    assert int(ends.sum()) > 0


def test_twins_stay_together_in_training() -> None:
    torch.manual_seed(4)
    slow = LSTM(INPUTS, H, OUTPUTS).double()
    fast = to_readout(slow)
    x = numbers(B, T, INPUTS)
    for model in (slow, fast):
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for _ in range(20):
            optimizer.zero_grad()
            (model(x)[0] - 1).pow(2).mean().backward()
            optimizer.step()
    torch.testing.assert_close(slow(x)[0], fast(x)[0], rtol=1e-9, atol=1e-9)


def test_there_and_back_draws_nothing_and_loses_nothing() -> None:
    torch.manual_seed(5)
    model = LSTM(INPUTS, H, OUTPUTS)
    before = torch.get_rng_state()
    back = from_readout(to_readout(model))
    assert torch.equal(torch.get_rng_state(), before)
    for name, tensor in model.state_dict().items():
        assert torch.equal(back.state_dict()[name], tensor)


def test_from_readout_adds_two_biases_and_does_without() -> None:
    x = numbers(B, T, INPUTS)
    twin = made("lstm")
    torch.testing.assert_close(from_readout(twin)(x)[0], twin(x)[0], **EXACT)
    bare = Readout(nn.LSTM(INPUTS, H, bias=False, batch_first=True), OUTPUTS).double()
    torch.testing.assert_close(from_readout(bare)(x)[0], bare(x)[0], **EXACT)


@pytest.mark.parametrize("name", ["rnn", "gru", "stacked", "two-way", "projected"])
def test_from_readout_refuses_what_has_more_or_less_than_four_gates(name: str) -> None:
    with pytest.raises(ShapeError, match="four gates"):
        from_readout(made(name))


def test_to_readout_refuses_other_networks() -> None:
    with pytest.raises(InputError, match="RNN as model"):
        to_readout(RNN(2, 3, 1))
    with pytest.raises(ShapeError, match="a Readout of"):
        from_readout(nn.LSTM(2, 3))


def test_forget_biases_are_set_everywhere_and_nothing_else() -> None:
    for model in (made("stacked"), made("two-way"), LSTM(INPUTS, H, OUTPUTS)):
        before = copy.deepcopy(model.state_dict())
        assert set_forget_bias(model, 2.5) is model
        for name, tensor in model.state_dict().items():
            was = before[name]
            if "bias" not in name or name.startswith(("i2o", "input_", "cell_", "output_")):
                assert torch.equal(tensor, was)
            elif name.startswith("core"):
                wanted = 0.0 if "_hh_" in name else 2.5
                assert torch.all(tensor[H : 2 * H] == wanted)
                assert torch.equal(tensor[:H], was[:H])
                assert torch.equal(tensor[2 * H :], was[2 * H :])
            else:
                assert torch.all(tensor == 2.5)
    with pytest.raises(InputError, match="forget gates"):
        set_forget_bias(made("gru"))


def test_dropout_acts_in_training_only() -> None:
    torch.manual_seed(0)
    model = Readout(CORES["lstm"](), OUTPUTS, dropout=0.5).double()
    x = numbers(B, T, INPUTS)
    assert not torch.equal(model(x)[0], model(x)[0])
    model.eval()
    assert torch.equal(model(x)[0], model(x)[0])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda m: m(numbers(B, T, INPUTS + 1)), ShapeError, r"\(batch, time, 3\)"),
        (lambda m: m(numbers(B, T, INPUTS).float()), InputError, "float32"),
        (lambda m: m(numbers(B, T, INPUTS), lengths=[1, 2, 3]), ShapeError, "4 whole numbers"),
        (lambda m: m(numbers(B, T, INPUTS), lengths=[1, 2, 3, 0]), ShapeError, "from 1 to 9"),
        (lambda m: m(numbers(B, T, INPUTS), m.initHidden(2)), ShapeError, r"\(1, 4, 5\)"),
        (lambda m: m(numbers(B, T, INPUTS), numbers(1, B, H)), ShapeError, "h and c"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, words) -> None:
    with pytest.raises(error, match=words):
        call(made("lstm"))


def test_other_cores_are_refused() -> None:
    for core in (nn.LSTM(2, 3), nn.Linear(2, 3), nn.LSTMCell(2, 3)):
        with pytest.raises(InputError, match="batch_first=True"):
            Readout(core, 1)
