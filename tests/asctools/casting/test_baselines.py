"""The rivals: honest where heats are kept together, deceived where they are not, on one thread."""

import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from asctools.casting import CastingData, features, simulate, split
from asctools.casting.baselines import MODELS, fit
from asctools.errors import InputError, UnknownNameError
from asctools.training.scores import auc_roc


@pytest.fixture(scope="module")
def data() -> CastingData:
    return simulate(6000, seed=0)


def quality(data: CastingData, model: str, see, by: str = "heat") -> float:
    """AUC-ROC on the test windows of a split."""
    train, _, test = split(data, by=by, seed=0)
    return auc_roc(test.y, fit(model, see, train)(test.x))


@pytest.mark.parametrize("model", sorted(MODELS))
def test_probabilities_that_are_the_same_again(data: CastingData, model: str) -> None:
    some = data.rows(np.arange(600))
    chances = [fit(model, features.order_free, some, seed=3)(some.x) for _ in range(2)]
    np.testing.assert_array_equal(*chances)
    assert chances[0].shape == (600,)
    assert ((chances[0] >= 0) & (chances[0] <= 1)).all()
    assert auc_roc(some.y, chances[0]) > 0.7  # what it was fitted to


def test_the_order_is_worth_more_than_the_counts(data: CastingData) -> None:
    free = quality(data, "boosting", features.order_free)
    order = quality(data, "boosting", features.with_order)
    assert 0.6 < free < 0.8
    assert free + 0.07 < order < 0.93


def test_raw_readings_tell_a_line_nothing(data: CastingData) -> None:
    assert quality(data, "logistic", features.raw) < 0.65


def test_a_split_by_windows_flatters_what_only_remembers(data: CastingData) -> None:
    honest = quality(data, "neighbours", features.means)
    flattered = quality(data, "neighbours", features.means, by="window")
    assert abs(honest - 0.5) < 0.1
    assert flattered > honest + 0.12


def test_one_thread_and_the_old_number_afterwards(data: CastingData) -> None:
    some, seen = data.rows(np.arange(400)), []

    def spy(x: np.ndarray) -> np.ndarray:
        seen.append({pool["num_threads"] for pool in threadpool_info()})
        return features.means(x)

    fit("boosting", features.means, some)  # so that all libraries are loaded
    before = threadpool_info()
    fit("boosting", spy, some)(some.x)
    assert seen == [{1}, {1}]
    assert threadpool_info() == before


def test_what_cannot_be_fitted(data: CastingData) -> None:
    with pytest.raises(UnknownNameError, match="id you mean 'boosting'"):
        fit("bosting", features.means, data)
    with pytest.raises(InputError, match="0 defects"):
        fit("boosting", features.means, data.rows(data.y == 0))


@pytest.mark.parametrize("package", ["sklearn", "threadpoolctl"])
def test_without_scikit_learn_it_says_what_to_type(data: CastingData, monkeypatch, package) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match="pip install scikit-learn"):
        fit("logistic", features.means, data)
