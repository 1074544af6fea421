"""No loop over events: four times as many cost about four times as much, and no more."""

import statistics
import time
from collections.abc import Callable

import pytest
import torch

from asctools.events.models.specific.bank import EventTemplateBank
from asctools.events.models.specific.classifier import EventSpecificClassifier
from asctools.events.models.specific.convolutions import EventSpecificCNN
from asctools.events.models.specific.heads import EventSpecificTimingHeads

FEW, MANY = 16, 64
TURNS = 7


def bank(events: int) -> Callable[[], object]:
    model, x = EventTemplateBank(events), torch.randn(1, 800, 6)
    return lambda: model(x)


def convolutions(events: int) -> Callable[[], object]:
    model, x = EventSpecificCNN(events, stride=10).eval(), torch.randn(1, 1500, 6)
    return lambda: model(x)


def heads(events: int) -> Callable[[], object]:
    model, x = EventSpecificTimingHeads(events).eval(), torch.randn(1, 80, 128)
    return lambda: model(x)


def classifier(events: int) -> Callable[[], object]:
    model = EventSpecificClassifier(hidden_size=32, num_layers=1, num_events=events, whiten=False)
    x = torch.randn(1, 1500, 6)
    return lambda: model.eval()(x)


@pytest.mark.parametrize("part", [bank, convolutions, heads, classifier])
def test_many_events_cost_no_more_than_their_number(
    part: Callable[[int], Callable[[], object]],
) -> None:
    torch.manual_seed(0)
    calls = {events: part(events) for events in (FEW, MANY)}
    seconds: dict[int, list[float]] = {FEW: [], MANY: []}
    with torch.no_grad():
        for call in calls.values():
            call()
        for _ in range(TURNS):  # in turn, so that a busy machine is busy for both
            for events, call in calls.items():
                before = time.process_time()
                for _ in range(MANY // events):  # short times are hard to measure
                    call()
                seconds[events].append((time.process_time() - before) / (MANY // events))
    assert statistics.median(seconds[MANY]) < 5 * statistics.median(seconds[FEW])
