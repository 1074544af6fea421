"""All scores at once, and how far a score could be off."""

from __future__ import annotations

import logging
import math

import numpy as np
import pytest
from sklearn import metrics

from asctools.errors import InputError, ShapeError
from asctools.training.scores import accuracy, auc_roc, binary_scores, bootstrap, confusion

CLOSE = {"rel": 0.0, "abs": 1e-12}


def drawn(shape, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.random(shape) < 0.15
    return y, np.clip(np.round(rng.random(shape) * 0.7 + 0.3 * y, 2), 0.0, 1.0).astype("float32")


def expected(y, p) -> dict[str, float]:
    says = p >= 0.5
    return {
        "auc_roc": metrics.roc_auc_score(y, p),
        "auc_pr": metrics.average_precision_score(y, p),
        "f1": metrics.f1_score(y, says),
        "precision": metrics.precision_score(y, says),
        "recall": metrics.recall_score(y, says),
        "accuracy": metrics.accuracy_score(y, says),
        "brier": metrics.brier_score_loss(y, p.astype(np.float64)),
    }


@pytest.mark.parametrize("shape", [(500,), (500, 1)])
def test_one_column_equals_scikit_learn(shape) -> None:
    y, p = drawn(shape)
    flat_y, flat_p = y.ravel(), p.ravel()
    found = binary_scores(y, p)
    zeros = {
        "f1_0": metrics.f1_score(flat_y, flat_p >= 0.5, pos_label=0),
        "precision_0": metrics.precision_score(flat_y, flat_p >= 0.5, pos_label=0),
        "recall_0": metrics.recall_score(flat_y, flat_p >= 0.5, pos_label=0),
    }
    wanted = expected(flat_y, flat_p) | zeros
    assert {name: found[name] for name in wanted} == pytest.approx(wanted, **CLOSE)
    quantiles = [found[f"probability_q{q:02d}"] for q in (5, 25, 50, 75, 95)]
    np.testing.assert_allclose(quantiles, np.quantile(flat_p, [0.05, 0.25, 0.5, 0.75, 0.95]))
    assert list(binary_scores(y, p, details=False)) == list(wanted)[:7]
    assert all(type(value) is float for value in found.values())


def test_several_columns_equal_scikit_learn_and_their_mean_is_the_macro_mean() -> None:
    y, p = drawn((400, 3))
    found = binary_scores(y, p, names=["crack", "blister", "scale"])
    for c, name in enumerate(("crack", "blister", "scale")):
        wanted = {f"{score}_{name}": value for score, value in expected(y[:, c], p[:, c]).items()}
        assert {key: found[key] for key in wanted} == pytest.approx(wanted, **CLOSE)
    assert found["auc_roc"] == pytest.approx(metrics.roc_auc_score(y, p, average="macro"), **CLOSE)
    assert found["f1"] == pytest.approx(metrics.f1_score(y, p >= 0.5, average="macro"), **CLOSE)
    assert "auc_roc_1" in binary_scores(y, p) and "auc_roc_1" not in found


def test_the_threshold_is_used() -> None:
    y, p = drawn(500)
    wanted = accuracy(confusion(y, p, 0.8))
    assert binary_scores(y, p, 0.8)["accuracy"] == wanted != binary_scores(y, p)["accuracy"]


def test_one_class_only_is_said(caplog) -> None:
    with caplog.at_level(logging.WARNING):
        found = binary_scores([0, 0, 0], [0.1, 0.2, 0.9])
    assert "all 3 targets are 0" in caplog.text
    assert math.isnan(found["auc_roc"]) and math.isnan(found["auc_pr"])
    assert (found["f1"], found["recall"], found["accuracy"]) == (0.0, 0.0, 2 / 3)


def test_a_column_of_one_class_is_left_out_of_the_mean() -> None:
    y, p = drawn((200, 2))
    y[:, 1] = 0
    found = binary_scores(y, p)
    assert found["auc_roc"] == found["auc_roc_0"] and math.isnan(found["auc_roc_1"])


def test_what_does_not_belong_together_is_refused() -> None:
    y, p = drawn((20, 2))
    for call in (
        lambda: binary_scores(y, p[:, 0]),
        lambda: binary_scores(y, p, names=["a"]),
        lambda: binary_scores(y, p, names=["a", "a"]),
        lambda: binary_scores(y[None], p[None]),
        lambda: binary_scores([], []),
    ):
        with pytest.raises(ShapeError):
            call()
    with pytest.raises(InputError, match="sigmoid"):
        binary_scores([0, 1], [0.1, 3.0])


def test_the_bootstrap_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    truth, inside = 0.760250, 0  # P(Z > −1/√2) of two normal distributions one σ apart
    for k in range(60):
        y = np.arange(120) < 40
        found = bootstrap(auc_roc, y, rng.normal(size=120) + y, draws=120, seed=k)
        assert found.low < found.value < found.high
        inside += found.low <= truth <= found.high
    assert 51 <= inside <= 60


def test_rows_that_repeat_each_other_say_less() -> None:
    y, p = drawn(150)
    copies = [np.repeat(each, 8) for each in (y, p)]
    alone = bootstrap(auc_roc, y, p)
    fooled = bootstrap(auc_roc, *copies)
    heats = bootstrap(auc_roc, *copies, groups=np.repeat(np.arange(150), 8))
    width = {name: each.high - each.low for name, each in locals().items() if hasattr(each, "low")}
    assert width["fooled"] < 0.5 * width["alone"]
    assert width["heats"] == pytest.approx(width["alone"], rel=0.15)


def test_the_same_seed_the_same_interval_and_no_other_generator_is_touched() -> None:
    y, p = drawn(100)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    assert bootstrap(auc_roc, y, p, seed=4) == bootstrap(auc_roc, y, p, seed=4)
    assert bootstrap(auc_roc, y, p, seed=4) != bootstrap(auc_roc, y, p, seed=5)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_bootstrap_that_cannot_be_is_refused_or_nan() -> None:
    nothing = bootstrap(auc_roc, [0, 0], [0.1, 0.2], draws=10)
    assert all(map(math.isnan, nothing))
    for wrong in ({"draws": 0}, {"draws": 2.5}, {"level": 1.0}, {"level": float("nan")}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            bootstrap(auc_roc, [0, 1], [0.1, 0.2], **wrong)
    with pytest.raises(ShapeError, match="groups of shape"):
        bootstrap(auc_roc, [0, 1], [0.1, 0.2], groups=[1])
