"""On the simulated bell frame: the oracle, and what was learned beside it."""

from __future__ import annotations

import numpy as np
import pytest

from asctools.bells.frame import BellFrame
from asctools.bells.highpass import HighPass
from asctools.bells.pursuit import TemplatePursuit, oracle
from asctools.bells.recording import Windows
from asctools.events.metrics import EventScores, evaluate

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def frame() -> BellFrame:
    return BellFrame(0, level="light")


@pytest.fixture(scope="module")
def known(frame) -> Windows:
    return frame.windows(200, seed=1)


@pytest.fixture(scope="module")
def unseen(frame) -> Windows:
    return frame.windows(40, seed=2)


def scores(pursuit: TemplatePursuit, windows: Windows) -> EventScores:
    picks = [pursuit.detect(signal) for signal in windows.data]
    return evaluate(picks, list(windows.strikes), tolerance_ms=5.0)


@pytest.fixture(scope="module")
def told(frame, known) -> TemplatePursuit:
    return oracle(frame, known)


def test_the_oracle_has_the_true_templates_of_both_strokes(frame, told) -> None:
    truth = frame.templates(strokes=True).reshape(32, 6, 600).transpose(0, 2, 1)
    heard = HighPass()(truth)[0].transpose(0, 2, 1).reshape(16, 2, 6, 600)
    np.testing.assert_allclose(told.stroke_templates, heard, atol=1e-6)


def test_200_windows_teach_nearly_what_the_oracle_was_told(known, unseen, told) -> None:
    best = scores(told, unseen)
    learned = scores(TemplatePursuit().fit(known), unseen)
    assert best.f1 > 0.93
    assert learned.f1 > 0.93 * best.f1
    assert learned.mean_error_ms < 0.3
    assert abs(learned.bias_ms) < 0.1


def test_few_steps_of_conjugate_gradients_are_enough(known, frame) -> None:
    truth = frame.templates(strokes=False)
    likeness = []
    for steps in (1, 6):
        learned = TemplatePursuit(steps=steps).fit(known.part(slice(0, 100))).templates
        dots = np.einsum("bct,bct->b", learned, truth)
        lengths = np.sqrt(np.einsum("bct,bct->b", learned, learned))
        likeness.append(np.mean(dots / lengths / np.sqrt(np.einsum("bct,bct->b", truth, truth))))
    assert likeness[0] < likeness[1]
    assert likeness[1] > 0.7
