"""The loop does what a plain loop does, and stops, slows down and looks when it should."""

import math
import os
import signal
import threading
from typing import Any

import numpy as np
import pytest

from asctools.errors import InputError, ShapeError, UnknownNameError
from asctools.numpy_lstm import operations
from asctools.numpy_lstm.batches import character_batches
from asctools.numpy_lstm.history import History
from asctools.numpy_lstm.interrupt import interruptible
from asctools.numpy_lstm.optim import SGD, Adam
from asctools.numpy_lstm.schedule import cosine
from asctools.numpy_lstm.train import train
from tests.asctools.numpy_lstm.small_training import (
    HELD_OUT,
    SIZES,
    TEXT,
    VOCABULARY,
    Recorder,
    ScriptedModel,
    small_model,
)


def scripted(model: ScriptedModel, num_epochs: int = 1, **settings: Any) -> History:
    """Train on 12 batches of one row and two time steps."""
    settings = {"batch_size": 1, "time_steps": 2, "clip_grad_norm": None} | settings
    return train(model, np.arange(25), SGD(1.0), num_epochs, **settings)


def looked(validation: list[float], num_epochs: int = 1, **settings: Any) -> tuple[Any, History]:
    """Train a scripted model with a look at one validation batch after each iteration."""
    model = ScriptedModel(validation)
    settings |= {"validation": np.arange(3), "validate_every": 1}
    return model, scripted(model, num_epochs, **settings)


def test_the_loop_is_the_plain_loop() -> None:
    model, plain = small_model(2), small_model(2)
    settings = {"schedule": cosine(0.05, 12, warm_up=2), "clip_grad_norm": 0.2}
    history = train(model, TEXT, Adam(0.05), 2, **SIZES, **settings)  # type: ignore[arg-type]

    optimizer, losses, norms, rates = Adam(0.05), [], [], []
    for iteration in range(12):
        place = iteration % 6
        if place == 0:
            state = None
        rows = TEXT[:128].reshape(4, 32), TEXT[1:129].reshape(4, 32)
        x, y = (each[:, 5 * place : 5 * place + 5] for each in rows)
        loss, gradients, state = plain.loss_and_gradients(x, y, state)
        norm = math.sqrt(sum(float((g.astype(float) ** 2).sum()) for g in gradients.values()))
        for g in gradients.values():
            g *= min(1.0, 0.2 / norm)
        optimizer.learning_rate = cosine(0.05, 12, warm_up=2)(iteration)
        optimizer.step(plain.parameters, gradients)
        losses, norms, rates = (
            [*losses, loss],
            [*norms, norm],
            [*rates, optimizer.learning_rate],
        )

    assert history.losses == pytest.approx(losses, rel=1e-5)
    assert history.grad_norms == pytest.approx(norms, rel=1e-4)
    assert max(norms) > 0.2
    assert history.learning_rates == rates
    assert history.epoch_losses == pytest.approx([np.mean(losses[:6]), np.mean(losses[6:])])
    for name, w in plain.parameters.items():
        np.testing.assert_allclose(model.parameters[name], w, atol=1e-5)
        assert model.parameters[name].dtype == np.float32
    assert (history.stopped, history.validations, history.best_loss) == (None, [], None)


def test_the_state_is_carried_and_an_epoch_begins_without_one() -> None:
    model = ScriptedModel()
    scripted(model, 2)
    carried = [None if state is None else int(state[0][0]) for state in model.states]
    assert carried == [None, *range(1, 12), None, *range(13, 24)]


def test_rows_begin_afresh_in_turn() -> None:
    class Keeps(ScriptedModel):
        def loss_and_gradients(self, x: Any, y: Any, state: Any = None) -> tuple[float, Any, Any]:
            self.states.append(state)
            assert state is None or state[0].shape == state[1].shape == (2, 4, 3)
            return 1.0, {"w": np.ones(1)}, (np.ones((2, 4, 3)), np.full((2, 4, 3), 2.0))

    model = Keeps()
    scripted(model, batch_size=4, time_steps=2, renew_every=3)
    scripted(model, batch_size=4, time_steps=2, renew_every=3)
    assert model.states[0] is None
    found = [(list(h[0, :, 0]), list(c[1, :, 2])) for h, c in model.states[1:3]]
    # Iteration 2: row 1; iteration 3: rows 0 and 3
    assert found == [([1, 0, 1, 1], [2, 0, 2, 2]), ([0, 1, 1, 0], [0, 2, 2, 0])]


def test_validation_looks_at_the_end_of_each_epoch_or_as_often_as_asked() -> None:
    for every, iterations in ((None, [6, 12]), (4, [4, 8, 12])):
        model = small_model()
        settings = {"validation": HELD_OUT, "validate_every": every, "restore_best": False}
        history = train(model, TEXT, Adam(0.05), 2, **SIZES, **settings)  # type: ignore[arg-type]
        assert [iteration for iteration, _ in history.validations] == iterations
        state, losses = None, []
        for x, y in character_batches(HELD_OUT, 4, 5):
            loss, _, state = model.loss_and_gradients(x, y, state)
            losses.append(loss)
        assert history.validations[-1][1] == pytest.approx(float(np.mean(losses)), rel=1e-6)


def test_the_best_weights_are_put_back_unless_they_are_not_wanted() -> None:
    losses = [3.0, 2.0, 2.5, 1.5, *[1.6] * 8]
    model, history = looked(losses)
    assert model.parameters["w"][0] == 4.0
    assert (history.best_iteration, history.best_loss) == (4, 1.5)
    model, _ = looked(losses, restore_best=False)
    assert model.parameters["w"][0] == 12.0


def test_patience_ends_the_training() -> None:
    model, history = looked([3.0, 2.0, 1.95, 2.1, 1.92, *[0.0] * 7], patience=3, min_delta=0.1)
    assert history.stopped == "patience"
    assert [loss for _, loss in history.validations] == [3.0, 2.0, 1.95, 2.1, 1.92]
    assert history.best_loss == 1.92
    assert model.parameters["w"][0] == 5.0
    assert len(history.losses) == 5
    assert history.epoch_losses == []


def test_a_target_ends_the_training() -> None:
    _, history = looked([3.0, 2.0, 1.0, 0.9], target=1.0)
    assert (history.stopped, len(history.losses)) == ("target", 3)


def test_a_plateau_lowers_the_rate_again_and_again_down_to_the_lowest() -> None:
    settings = {"lr_patience": 2, "lr_factor": 0.1, "min_lr": 0.005}
    _, history = looked([1.0] * 12, **settings)
    # Two looks without a better one, then a tenth; the third tenth would be below the lowest
    expected = [1.0] * 3 + [0.1] * 2 + [0.01] * 2 + [0.005] * 5
    assert history.learning_rates == pytest.approx(expected, rel=1e-12)
    assert history.stopped is None


def test_a_better_loss_keeps_the_rate_up() -> None:
    _, history = looked([12.0 - k for k in range(12)], lr_patience=1)
    assert set(history.learning_rates) == {1.0}


def test_plateau_and_schedule_multiply() -> None:
    schedule = cosine(0.5, 12)
    _, history = looked([1.0] * 12, lr_patience=4, lr_factor=0.25, schedule=schedule)
    expected = [schedule(k) * (1.0 if k < 5 else 0.25 if k < 9 else 0.0625) for k in range(12)]
    assert history.learning_rates == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_training_before_the_update(loss: float) -> None:
    model = ScriptedModel(losses=[1.0, 1.0, loss])
    history = scripted(model)
    assert (history.stopped, len(history.losses)) == ("explosion", 3)
    assert model.parameters["w"][0] == 2.0


def test_gradients_beyond_the_threshold_end_the_training_before_the_update() -> None:
    model = ScriptedModel(norm=10.0)
    assert scripted(model, explosion=9.9).stopped == "explosion"
    assert model.parameters["w"][0] == 0.0
    assert scripted(ScriptedModel(norm=10.0), explosion=10.1).stopped is None
    history = scripted(ScriptedModel(norm=math.nan))
    assert (history.stopped, len(history.losses)) == ("explosion", 1)


@pytest.mark.filterwarnings("error")
def test_a_real_explosion_raises_no_warning_and_the_best_weights_are_left() -> None:
    model = small_model()
    settings: dict[str, Any] = SIZES | {"clip_grad_norm": None, "validate_every": 1}
    history = train(model, TEXT, SGD(1e38, 0.99), 9, validation=HELD_OUT, **settings)
    assert history.stopped == "explosion"
    assert history.best_loss is not None
    assert math.isfinite(history.best_loss)
    assert not math.isfinite(history.validations[-1][1])
    assert all(np.isfinite(w).all() for w in model.parameters.values())


def test_clipping_is_on_unless_it_is_switched_off() -> None:
    model = ScriptedModel(norm=10.0)
    scripted(model, clip_grad_norm=0.5)
    assert model.parameters["w"][0] == pytest.approx(12 * 0.5, rel=1e-6)
    model = ScriptedModel(norm=10.0)
    history = scripted(model)
    assert model.parameters["w"][0] == 120.0
    assert set(history.grad_norms) == {10.0}


def test_dropout_would_be_off_in_looks_and_samples() -> None:
    model = ScriptedModel([1.0] * 12)
    settings = {"validation": np.arange(3), "validate_every": 6, "sample_every": 6}
    scripted(model, **settings)
    turn = [("train", True)] * 6 + [("sample", False), ("validate", False)]
    assert model.modes == turn * 2
    assert model.training


def test_dropout_is_off_in_looks() -> None:
    model, other = small_model(2), small_model(2)
    model.lstm.dropout = 0.5
    settings: dict[str, Any] = {"validation": HELD_OUT, "restore_best": False}
    history = train(model, TEXT, Adam(0.05), **SIZES, **settings)
    for name, w in model.parameters.items():
        other.parameters[name][...] = w
    other.lstm.dropout = 0.0
    wanted = operations.mean_loss(other, character_batches(HELD_OUT, 4, 5))
    assert history.validations == [(6, wanted)]
    assert model.lstm.training
    noisy = operations.mean_loss(model, character_batches(HELD_OUT, 4, 5))
    assert noisy != wanted


def test_samples_are_written_now_and_then_and_repeat_with_the_seed() -> None:
    settings: dict[str, Any] = {"sample_every": 5, "sample_length": 7, "vocabulary": VOCABULARY}
    runs = [
        train(small_model(), TEXT, Adam(0.01), 2, seed=s, **SIZES, **settings) for s in (1, 1, 2)
    ]
    assert [iteration for iteration, _ in runs[0].samples] == [5, 10]
    assert all(len(text) == 7 and set(text) <= set(VOCABULARY) for _, text in runs[0].samples)
    assert runs[0].samples == runs[1].samples != runs[2].samples
    assert runs[0].losses == runs[2].losses
    assert scripted(ScriptedModel(), sample_every=12, sample_length=3).samples == [(12, "1 1 1")]


def test_looks_and_samples_do_not_disturb_the_training() -> None:
    calm, busy = small_model(2), small_model(2)
    wanted = train(calm, TEXT, Adam(0.05), 2, **SIZES)  # type: ignore[arg-type]
    settings: dict[str, Any] = {"validation": HELD_OUT, "validate_every": 1, "sample_every": 1}
    settings |= {"gate_summary_every": 1, "observer": Recorder(), "restore_best": False}
    history = train(busy, TEXT, Adam(0.05), 2, **SIZES, **settings)
    assert (history.losses, history.grad_norms) == (wanted.losses, wanted.grad_norms)
    for name, w in calm.parameters.items():
        np.testing.assert_array_equal(busy.parameters[name], w)


def test_a_text_is_never_changed_by_training_on_it() -> None:
    before = TEXT.copy()
    train(small_model(), TEXT, Adam(0.05), **SIZES)  # type: ignore[arg-type]
    np.testing.assert_array_equal(TEXT, before)


def test_ctrl_c_lets_the_iteration_end() -> None:
    for event in ("ZeroGrad", "ForwardPass", "BackwardPass", "WeightsUpdate"):
        model, plain = small_model(), small_model()
        observer = Recorder("step", interrupt_at=(event, 3))
        history = train(model, TEXT, Adam(0.05), 2, observer=observer, **SIZES)  # type: ignore[arg-type]
        assert (history.stopped, len(history.losses)) == ("interrupt", 3)
        train(plain, TEXT[:65], Adam(0.05), **SIZES)  # type: ignore[arg-type]
        assert observer.names()[-1] == "WeightsUpdate"
    with pytest.raises(KeyboardInterrupt):  # the handler of before is back
        os.kill(os.getpid(), signal.SIGINT)


def test_a_second_ctrl_c_ends_at_once_and_still_cleanly() -> None:
    class Impatient(Recorder):
        def event(self, name: str, **attributes: Any) -> None:
            super().event(name, **attributes)
            if name == "BackwardPass":
                os.kill(os.getpid(), signal.SIGINT)
                os.kill(os.getpid(), signal.SIGINT)

    observer = Impatient("step")
    history = train(small_model(), TEXT, Adam(0.05), observer=observer, **SIZES)  # type: ignore[arg-type]
    assert history.stopped == "interrupt"
    assert observer.names()[-1] == "BackwardPass"


def test_a_training_in_another_thread_leaves_ctrl_c_alone() -> None:
    caught: list[object] = []

    def work() -> None:
        with interruptible() as asked:
            caught.append(signal.getsignal(signal.SIGINT))
            caught.append(bool(asked))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert caught == [signal.default_int_handler, False]


def test_the_model_may_offer_the_two_halves_itself() -> None:
    calls: list[str] = []

    class InHalves(ScriptedModel):
        def forward(self, x: Any, y: Any, state: Any = None) -> tuple[float, Any]:
            calls.append("forward")
            loss, self.held, after = super().loss_and_gradients(x, y, state)
            return loss, after

        def backward(self) -> Any:
            calls.append("backward")
            return self.held

        def loss_and_gradients(self, *arguments: Any) -> Any:
            raise AssertionError("the halves are there")

    model = InHalves()
    scripted(model)
    assert calls == ["forward", "backward"] * 12
    assert model.parameters["w"][0] == 12.0


def test_gradients_add_up_when_nobody_zeroes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asctools.numpy_lstm.train.zero_grad", lambda run: None)
    model = ScriptedModel()
    history = scripted(model)
    assert history.grad_norms == [float(k + 1) for k in range(12)]
    assert model.parameters["w"][0] == sum(range(13))


def test_mean_loss_reads_on() -> None:
    model = small_model(dtype=np.float64)
    whole, _ = model.loss(TEXT[None, :60], TEXT[None, 1:61])
    assert operations.mean_loss(model, character_batches(TEXT[:61], 1, 10)) == pytest.approx(whole)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"patience": 0}, "patience=0, expected 1 or more"),
        ({"batch_size": 2.5}, "batch_size=2.5"),
        ({"sample_every": True}, "sample_every=True"),
        ({"clip_grad_norm": -1.0}, "clip_grad_norm=-1.0, expected a number above 0"),
        ({"explosion": math.nan}, "explosion=nan"),
        ({"lr_factor": 1.0}, "between 0 and 1"),
        ({"num_epochs": 0}, "num_epochs=0"),
        ({"patience": 2}, "without a validation text"),
        ({"target": 1.0}, "without a validation text"),
        ({"observer": print}, "with .event"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        train(small_model(), TEXT, Adam(0.1), **(SIZES | settings))


def test_an_unknown_setting_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'patience'"):
        train(small_model(), TEXT, Adam(0.1), patiense=3)


def test_a_text_that_is_too_short_is_refused() -> None:
    with pytest.raises(ShapeError, match="20 characters"):
        train(small_model(), TEXT[:20], Adam(0.1), **SIZES)  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="9 characters"):
        train(small_model(), TEXT, Adam(0.1), validation=HELD_OUT[:9], **SIZES)  # type: ignore[arg-type]
