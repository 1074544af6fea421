"""The ablation changes one thing at a time, and its stored runs are what they say."""

import pytest

from asctools.course import stored
from asctools.events.models.specific import EventSpecificClassifier
from asctools.settings import to_dict
from benchmarks.event_specific import ARMS, SHORT, configured, line

LEFT_OUT = [arm for arm in ARMS if arm not in ("full", "short")]


@pytest.mark.parametrize("arm", LEFT_OUT)
def test_an_arm_differs_from_the_whole_model_in_one_thing(arm: str) -> None:
    whole, changed = (to_dict(configured(name, 1).config) for name in ("short", arm))
    differences = [key for key in whole["model"] if whole["model"][key] != changed["model"][key]]
    assert len(differences) == 1
    assert ARMS[arm][0] == SHORT, "as much training as the whole model beside it"
    assert whole["training"] == changed["training"]
    assert whole["data"] == changed["data"]
    arguments = changed["model"] | {"input_size": 2, "num_events": 2, "hidden_size": 2}
    model = EventSpecificClassifier(
        **{
            name: value
            for name, value in arguments.items()
            if name not in ("start", "template_weight")
        }
    )
    assert model.rounds == changed["model"]["rounds"]


def test_the_stored_runs_hold_what_the_table_says() -> None:
    runs = stored.chosen(stored.read("specific"), arm="full")
    assert [run.seed for run in runs] == [0, 1, 2]
    assert all(run.seconds < 180 for run in runs), "the fit of the templates included"
    best = 0.923
    shown = line("full", runs, best)
    middle = sorted(run.about["scores"]["F1@5"] for run in runs)[1]
    assert f"{middle:.3f}" in shown
    assert f"{middle / best:.3f}" in shown
