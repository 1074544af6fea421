"""Training on sequences in one call: what is compared with what, when it stops, what it refuses."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from asctools.dataset.parentheses import ALPHABET, RULES, generate_parentheses_dataset
from asctools.dataset.sequences import encode, one_hot
from asctools.errors import AscError, InputError, ShapeError, UnknownNameError
from asctools.rnn import LSTM, RNN, Readout
from asctools.rnn.readout import set_forget_bias, to_readout
from asctools.rnn_trainer import RNNTrainer
from asctools.training.sequences import SequenceBatches, gather

N, T, INPUTS, H = 30, 6, 3, 8
QUIET = {"show_progress": False, "seed": 0}


def made(outputs: int = 2, kind: type = LSTM, seed: int = 0):
    torch.manual_seed(seed)
    return kind(INPUTS, H, outputs)


def readout(outputs: int = 2, core: type = nn.LSTM, seed: int = 0, **options) -> Readout:
    torch.manual_seed(seed)
    return Readout(core(INPUTS, H, batch_first=True, **options), outputs)


def sequences(seed: int = 0) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Sequences of unequal length; is the first number above 0?"""
    generator = torch.Generator().manual_seed(seed)
    ends = torch.randint(1, T + 1, (N,), generator=generator).tolist()
    x = [torch.randn(end, INPUTS, generator=generator) for end in ends]
    return x, torch.tensor([int(row[0, 0] > 0) for row in x])


def padded(filler: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    x, y = sequences()
    full = torch.full((N, T, INPUTS), filler)
    for row, sequence in zip(full, x, strict=True):
        row[: len(sequence)] = sequence
    return full, y, torch.tensor([len(row) for row in x])


@pytest.mark.parametrize("make", [made, readout])
def test_a_list_and_a_padded_tensor_with_lengths_train_alike(make) -> None:
    results = []
    x, y = sequences()
    for inputs, lengths in ((x, None), (padded(0.0)[0], padded(0.0)[2]), (padded(9.0)[0], None)):
        ends = padded(9.0)[2] if lengths is None and inputs is not x else lengths
        model = make()
        results.append(RNNTrainer(model).train(inputs, y, max_epochs=4, lengths=ends, **QUIET))
    assert results[0] == results[1] == results[2]
    assert len(results[0]) == 4
    assert results[0][-1] < results[0][0]


def test_a_class_is_read_at_each_sequence_s_own_last_step() -> None:
    x, y = sequences()
    model = made(3)
    found = RNNTrainer(model).evaluate(x, y)
    with torch.no_grad():
        said = torch.stack([model(row[None])[0][0, -1] for row in x])
    assert found["loss"] == pytest.approx(F.cross_entropy(said, y).item(), rel=1e-5)
    assert found["accuracy"] == pytest.approx((said.argmax(1) == y).double().mean().item())


@pytest.mark.parametrize("as_list", [True, False])
def test_sequence_targets_count_every_step_but_no_padding(as_list: bool) -> None:
    x, _ = sequences()
    per_step = [(row[:, 0] > 0).long() for row in x]
    model = made()
    if as_list:
        found = RNNTrainer(model).evaluate(x, per_step)
    else:
        inputs, _, lengths = padded(5.0)
        y = torch.full((N, T), -100)  # what stands behind an end is no class
        for row, each in zip(y, per_step, strict=True):
            row[: len(each)] = each
        found = RNNTrainer(model).evaluate(inputs, y, lengths=lengths)
    with torch.no_grad():
        said = torch.cat([model(row[None])[0][0] for row in x])
    wanted = torch.cat(per_step)
    assert found["loss"] == pytest.approx(F.cross_entropy(said, wanted).item(), rel=1e-5)
    assert found["accuracy"] == pytest.approx((said.argmax(1) == wanted).double().mean().item())


def test_one_output_is_a_logit_or_a_number() -> None:
    x, y = sequences()
    model = made(1)
    with torch.no_grad():
        said = torch.stack([model(row[None])[0][0, -1, 0] for row in x])
    found = RNNTrainer(model).evaluate(x, y)
    wanted = F.binary_cross_entropy_with_logits(said, y.float()).item()
    assert found["loss"] == pytest.approx(wanted, rel=1e-5)
    assert found["accuracy"] == pytest.approx(((said > 0) == y).double().mean().item())
    number = RNNTrainer(model).evaluate(x, y.double() + 0.5)
    assert number == {"loss": pytest.approx(F.mse_loss(said, y + 0.5).item(), rel=1e-5)}


def test_numbers_at_every_step_and_a_criterion_of_one_s_own() -> None:
    x, _ = sequences()
    y = [row[:, :2] for row in x]
    model = made(2)
    with torch.no_grad():
        said = torch.cat([model(row[None])[0][0] for row in x])
    found = RNNTrainer(model).evaluate(x, y, criterion=nn.L1Loss())
    assert found == {"loss": pytest.approx((said - torch.cat(y)).abs().mean().item(), rel=1e-5)}


@pytest.mark.parametrize("core", [nn.RNN, nn.GRU, nn.LSTM])
def test_any_network_that_is_called_so_learns(core) -> None:
    x, y = sequences()
    for model in (readout(core=core), readout(core=core, bidirectional=True)):
        trainer = RNNTrainer(model)
        options = {"max_epochs": 25, "batch_size": 8, "learning_rate": 0.03}
        losses = trainer.train(x, y, **options, **QUIET)
        assert losses == trainer.history.losses
        assert losses[-1] < 0.5 * losses[0]
        assert trainer.history["accuracy"][-1] > 0.9


def test_the_twins_train_alike() -> None:
    x, y = sequences()
    slow = made()
    fast = to_readout(slow)
    losses = [RNNTrainer(m).train(x, y, max_epochs=5, **QUIET) for m in (slow, fast)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_validation_decides_when_to_stop_and_which_weights_are_best() -> None:
    x, y = sequences()
    trainer = RNNTrainer(readout())
    # The opposite of what is learned: the validation gets worse from the first epoch on.
    losses = trainer.train(x, y, patience=3, min_delta=0.0, validation=(x, 1 - y), **QUIET)
    history = trainer.history
    assert history.stopped == "patience"
    best = int(np.argmin(history.val_losses))
    assert len(losses) == best + 4
    kept = trainer.evaluate(x, 1 - y)["loss"]
    assert kept == pytest.approx(min(history.val_losses), rel=1e-5)
    assert "val_accuracy" in history.epochs[0]


def test_without_validation_the_training_loss_is_watched() -> None:
    x, _ = sequences()
    noise = torch.arange(N) % 2
    trainer = RNNTrainer(readout(core=nn.RNN))
    losses = trainer.train(x, noise, patience=2, min_delta=0.5, **QUIET)
    assert trainer.history.stopped == "patience"
    assert len(losses) == 3


def test_the_plateau_lowers_the_rate_and_none_keeps_it() -> None:
    x, y = sequences()
    options = {"max_epochs": 8, "validation": (x, 1 - y), **QUIET}
    first = RNNTrainer(readout())
    first.train(x, y, lr_patience=1, lr_factor=0.1, **options)
    rates = first.history.learning_rates
    assert rates[0] == 0.01
    assert 0.001 in [pytest.approx(rate) for rate in rates]
    second = RNNTrainer(readout())
    second.train(x, y, lr_scheduler=None, **options)
    assert set(second.history.learning_rates) == {0.01}
    model = readout()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    halving = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
    third = RNNTrainer(model)
    third.train(x, y, optimizer=optimizer, lr_scheduler=halving, max_epochs=3, **QUIET)
    assert third.history.learning_rates == [0.5, 0.25, 0.125]


def test_a_seed_repeats_a_training_and_no_global_generator_is_touched() -> None:
    x, y = sequences()

    def legacy() -> list[int]:
        return np.random.get_state()[1].tolist()  # noqa: NPY002, it must not be touched

    def run(seed: int) -> list[float]:
        model = readout(dropout=0.0, num_layers=2)
        model.dropout.p = 0.3
        before = (torch.get_rng_state(), legacy())
        losses = RNNTrainer(model).train(
            x, y, max_epochs=3, batch_size=7, seed=seed, show_progress=False
        )
        assert torch.equal(before[0], torch.get_rng_state())
        assert before[1] == legacy()
        return losses

    assert run(1) == run(1) != run(2)


def test_the_bar_is_shown_only_if_asked(capsys) -> None:
    x, y = sequences()
    RNNTrainer(made()).train(x, y, max_epochs=2, **QUIET)
    assert capsys.readouterr() == ("", "")
    RNNTrainer(made()).train(x, y, max_epochs=2, seed=0)
    assert "2/2" in capsys.readouterr().err


def test_batches_hold_every_sequence_once_and_are_cut_to_their_longest() -> None:
    x, y = sequences()
    data = gather(x, y)
    seen = []
    loader = SequenceBatches(data, 8, np.random.default_rng(0))
    orders = []
    for _ in range(2):
        batches = list(loader)
        assert len(batches) == len(loader) == 4
        assert all(len(b.inputs[0]) == int(b.lengths.max()) for b in batches)
        seen = torch.cat([b.inputs[:, 0, 0] for b in batches])
        orders.append(seen.tolist())
        assert sorted(seen.tolist()) == sorted(data.inputs[:, 0, 0].tolist())
    assert orders[0] != orders[1]
    fixed = SequenceBatches(data, 8)
    assert [b.targets.tolist() for b in fixed] == [b.targets.tolist() for b in fixed]


def test_numpy_arrays_and_plain_lists_will_do() -> None:
    x, y = sequences()
    wanted = RNNTrainer(made()).train(x, y, max_epochs=2, **QUIET)
    arrays = [row.numpy() for row in x]
    assert RNNTrainer(made()).train(arrays, y.tolist(), max_epochs=2, **QUIET) == wanted
    assert RNNTrainer(made()).train(arrays, y.numpy(), max_epochs=2, **QUIET) == wanted


FULL = torch.zeros(4, T, INPUTS)
CLASSES = torch.tensor([0, 1, 0, 1])


def holed(place: tuple[int, ...]) -> torch.Tensor:
    x = FULL.clone()
    x[place] = float("nan")
    return x


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((torch.zeros(0, T, INPUTS), CLASSES[:0]), {}, ShapeError, r"\(0, 6, 3\)"),
        (([], []), {}, ShapeError, "no input_tensors"),
        ((FULL[0], CLASSES), {}, ShapeError, r"\(sequences, time, features\)"),
        ((FULL[..., :2], CLASSES), {}, ShapeError, r"\(batch, time, 3\)"),
        ((FULL.double(), CLASSES), {}, InputError, "float64"),
        ((FULL.long(), CLASSES), {}, InputError, "One-hot"),
        (("text", CLASSES), {}, ShapeError, "str as input_tensors"),
        (([FULL[0], FULL[1, :, :2]], CLASSES[:2]), {}, ShapeError, "equal features"),
        (([FULL[0], FULL[1, :0]], CLASSES[:2]), {}, ShapeError, "1 or more"),
        ((FULL, CLASSES[:3]), {}, ShapeError, r"\(3,\) for inputs"),
        ((FULL, torch.zeros(4, T + 1).long()), {}, ShapeError, r"\(4, 6\), one a step"),
        ((FULL, torch.tensor(1)), {}, ShapeError, r"targets of shape \(\)"),
        (([FULL[0], FULL[1, :2]], [CLASSES[:2], CLASSES[:2]]), {}, ShapeError, r"axes|targets"),
        (([FULL[0], FULL[1, :2]], [torch.ones(6).long(), torch.ones(3).long()]), {}, ShapeError,
         "3 targets for the 2 steps of sequence 1"),
        ((holed((2, 1, 0)), CLASSES), {}, InputError, r"nan as input_tensors\[2, 1, 0\]"),
        ((FULL, torch.tensor([0.0, 1, float("inf"), 1])), {}, InputError, r"inf as targets\[2\]"),
        ((FULL, CLASSES + 1), {}, InputError, "classes from 1 to 2"),
        ((FULL, CLASSES - 1), {}, InputError, "classes from -1 to 0"),
        ((FULL, CLASSES.float()), {}, InputError, r"\.long\(\)"),
        ((FULL, torch.zeros(4, T, 3)), {}, ShapeError, "output_size"),
        ((FULL, CLASSES), {"lengths": [1, 2, 3]}, ShapeError, "4 whole numbers"),
        ((FULL, CLASSES), {"lengths": [0, 2, 3, 1]}, ShapeError, r"\[0, 2, 3, 1\]"),
        ((FULL, CLASSES), {"lengths": [7, 2, 3, 1]}, ShapeError, r"\[7, 2, 3, 1\]"),
        ((FULL, CLASSES), {"lengths": [1.0, 2, 3, 1]}, ShapeError, "whole numbers"),
        ((FULL, CLASSES), {"batch_size": 0}, InputError, "batch_size=0"),
        ((FULL, CLASSES), {"patience": 0}, InputError, "patience=0"),
        ((FULL, CLASSES), {"max_epochs": -1}, InputError, "num_epochs=-1"),
        ((FULL, CLASSES), {"lr_scheduler": "cosine"}, UnknownNameError, "'cosine'"),
        ((FULL, CLASSES), {"validation": (FULL, CLASSES + 5)}, InputError, "classes from 5"),
        ((FULL, CLASSES), {"validation": (holed((0, 0, 0)), CLASSES)}, InputError, "nan"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(arguments, options, error, words) -> None:
    with pytest.raises(error, match=words):
        RNNTrainer(made()).train(*arguments, **{**QUIET, **options})


def test_a_nan_behind_the_end_does_no_harm() -> None:
    x, lengths = holed((2, 5, 0)), [6, 6, 3, 6]
    gather(x, CLASSES, lengths)
    losses = RNNTrainer(readout()).train(x, CLASSES, max_epochs=2, lengths=lengths, **QUIET)
    assert np.isfinite(losses).all()


@pytest.mark.parametrize("model", [nn.Linear(INPUTS, 2), nn.LSTM(INPUTS, 2, batch_first=True)])
def test_a_network_that_is_called_otherwise_is_refused(model) -> None:
    with pytest.raises(AscError, match="Readout"):
        RNNTrainer(model).train(FULL, CLASSES, **QUIET)


def test_a_network_of_another_shape_is_refused() -> None:
    class Last(LSTM):
        def forward(self, input, hidden=None, lengths=None):
            outputs, hidden = super().forward(input, hidden, lengths)
            return outputs[:, -1], hidden

    with pytest.raises(ShapeError, match=r"outputs of shape \(1, 2\).*asctools\.rnn"):
        RNNTrainer(made(kind=Last)).train(FULL, CLASSES, **QUIET)


@pytest.mark.slow
def test_it_learns_bracket_matching_which_no_rule_does() -> None:
    def data(count: int, seed: int):
        texts, labels = generate_parentheses_dataset(count, 6, 15, seed=seed)
        rows = [torch.from_numpy(one_hot(row, len(ALPHABET))) for row in encode(texts)]
        return texts, rows, labels

    _, x, y = data(2000, 0)
    texts, x_test, y_test = data(500, 1)
    torch.manual_seed(0)
    model = set_forget_bias(Readout(nn.LSTM(len(ALPHABET), 16, batch_first=True), 2))
    trainer = RNNTrainer(model)
    trainer.train(x, y, max_epochs=12, batch_size=50, **QUIET)
    found = trainer.evaluate(x_test, y_test)["accuracy"]
    rules = [
        np.mean([rule(text) == label for text, label in zip(texts, y_test, strict=True)])
        for rule in RULES.values()
    ]
    assert found > 0.95
    assert max(rules) < 0.65


def test_rnn_is_trained_too() -> None:
    x, y = sequences()
    options = {"max_epochs": 25, "batch_size": 8, "learning_rate": 0.03}
    losses = RNNTrainer(made(kind=RNN)).train(x, y, **options, **QUIET)
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize("make", [made, readout])
def test_another_head_may_take_the_place_of_the_linear_one(make) -> None:
    x, y = sequences()
    model = make()
    model.i2o = nn.Sequential(nn.Linear(H, 5), nn.ReLU(), nn.Linear(5, 2))
    options = {"max_epochs": 25, "batch_size": 8, "learning_rate": 0.03}
    losses = RNNTrainer(model).train(x, y, **options, **QUIET)
    assert losses[-1] < 0.5 * losses[0]
