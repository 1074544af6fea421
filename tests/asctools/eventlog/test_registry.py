"""The registry says what there is to tell; what the NumPy trainer tells fits it."""

from typing import Any

import numpy as np
import pytest

from asctools.eventlog.registry import LEVELS, REGISTRY, UPDATE, event_type, level_of
from asctools.numpy_lstm import observe
from asctools.numpy_lstm.optim import SGD
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

KINDS = {"int": int, "float": float, "string": str, "boolean": bool}


def told() -> list[tuple[str, dict[str, Any]]]:
    """Everything that short runs tell: one with all its looks, a plateau, and an explosion."""
    everything = Recorder()
    settings: dict[str, Any] = {"validation": HELD_OUT, "validate_every": 3, "sample_every": 4}
    settings |= {"vocabulary": VOCABULARY, "gate_summary_every": 2, "clip_grad_norm": 1e-3}
    train(small_model(), TEXT, SGD(0.1), observer=everything, **settings, **SIZES)
    looks: dict[str, Any] = {"validation": np.arange(3), "validate_every": 1, "batch_size": 1}
    looks |= {"time_steps": 2, "lr_patience": 1, "patience": 3, "clip_grad_norm": None}
    train(ScriptedModel([1.0, 2.0, 3.0, 4.0]), TEXT, SGD(1.0), observer=everything, **looks)
    bounds: dict[str, Any] = {"explosion": 0.5, "batch_size": 1, "time_steps": 2}
    train(ScriptedModel(), TEXT, SGD(1.0), observer=everything, **bounds)
    return everything.events


def test_the_numpy_trainer_tells_every_type_as_the_registry_says() -> None:
    events = told()
    assert {name for name, _ in events} >= set(REGISTRY)
    for name, attributes in events:
        known = event_type(name)
        assert known is not None, name
        for key, kind in known.attributes.items():
            assert key in attributes, (name, key)
            if attributes.get(key) is not None:
                assert type(attributes[key]) is KINDS[kind], (name, key)


def test_levels_are_those_of_the_observer() -> None:
    assert LEVELS == observe.LEVELS
    assert {name for name, each in REGISTRY.items() if each.level == "epoch"} == {
        *observe.OF_EPOCHS
    }


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("EpochEnd", "epoch"),
        ("ZeroGrad", "step"),
        ("OutputGateGradient", "gate"),
        ("Update_b_y", "weight"),
        ("Update_encoder.0.bias", "weight"),
        ("CoffeeBreak", "step"),
    ],
)
def test_every_name_has_a_level(name: str, level: str) -> None:
    assert level_of(name) == level


def test_the_parts_of_other_models_are_weights_too() -> None:
    found = event_type("Update_encoder.bias")
    assert found is not None
    assert set(found.attributes) == {"iteration", "norm", "grad_norm", "change_norm"}
    assert "encoder.bias" in found.meaning
    assert event_type("CoffeeBreak") is None


def test_every_type_is_explained_in_a_sentence_of_its_own() -> None:
    meanings = [each.meaning for each in REGISTRY.values()]
    assert len(set(meanings)) == len(meanings) == 34
    assert all(each.endswith(".") and each[0].isupper() for each in meanings)
    assert all(each.name == name for name, each in REGISTRY.items())
    assert all(each.level in LEVELS for each in REGISTRY.values())
    assert {name for name in REGISTRY if name.startswith(UPDATE)} == {
        name for name, each in REGISTRY.items() if each.level == "weight"
    }
