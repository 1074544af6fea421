"""Claims hold, or stop the build; they refuse what can't be decided."""

import json
import subprocess
import sys

import numpy as np
import pytest

from asctools.course.claims import CLAIM_KEY, Claim, ClaimError, claim
from asctools.errors import AscError

SENTENCE = "The LSTM beats the RNN at lag 40"


@pytest.mark.parametrize("true", [True, np.True_, np.array(True), np.array([[True]])])
def test_a_true_condition_gives_a_claim(true):
    assert claim(SENTENCE, true) == Claim(SENTENCE, holds=True, baseline_holds=None)


@pytest.mark.parametrize("false", [False, np.False_, np.array([False])])
def test_a_false_condition_stops_the_build(false):
    with pytest.raises(ClaimError, match=f"is false: “{SENTENCE}”"):
        claim(SENTENCE, false)


def test_a_predicate_is_asked_about_model_and_baseline():
    asked = []

    def small(loss):
        asked.append(loss)
        return loss < 0.1

    assert claim(SENTENCE, small, of=0.01, baseline=0.7).baseline_holds is False
    assert asked == [0.01, 0.7]


def test_a_predicate_that_fails_stops_the_build():
    with pytest.raises(ClaimError, match="is false"):
        claim(SENTENCE, lambda loss: loss < 0.1, of=0.2, baseline=0.7)


def test_a_baseline_that_passes_too_stops_the_build():
    with pytest.raises(ClaimError, match="holds for its baseline too"):
        claim(SENTENCE, lambda loss: loss < 1.0, of=0.2, baseline=0.7)


@pytest.mark.parametrize(
    ("given", "lacking"), [({"of": 0.2}, "baseline="), ({"baseline": 0.2}, "of="), ({}, "of=")]
)
def test_a_predicate_needs_a_model_and_a_baseline(given, lacking):
    with pytest.raises(ClaimError, match=f"without {lacking}"):
        claim(SENTENCE, lambda loss: loss < 1.0, **given)


@pytest.mark.parametrize("given", [{"of": 1}, {"baseline": 1}, {"of": 1, "baseline": 2}])
def test_a_decided_condition_takes_nothing_to_ask(given):
    with pytest.raises(ClaimError, match="decided already"):
        claim(SENTENCE, True, **given)


@pytest.mark.parametrize("several", [np.array([True, True]), np.array([True, False])])
def test_several_values_are_no_condition(several):
    with pytest.raises(ClaimError, match=r"shape \(2,\).*all\(\) or any\(\)"):
        claim(SENTENCE, several)
    with pytest.raises(ClaimError, match=r"all\(\) or any\(\)"):
        claim(SENTENCE, lambda values: values, of=several, baseline=several)


@pytest.mark.parametrize("number", [1, 0, 0.3, "yes", None, np.float64(1.0), [True]])
def test_what_is_no_truth_is_no_condition(number):
    with pytest.raises(ClaimError, match="expected True or False"):
        claim(SENTENCE, number)


@pytest.mark.parametrize("nothing", ["", "  \n"])
def test_a_claim_needs_a_sentence(nothing):
    with pytest.raises(ClaimError, match="empty sentence"):
        claim(nothing, True)


def test_tensors_count_as_conditions():
    torch = pytest.importorskip("torch")
    assert claim(SENTENCE, torch.tensor(0.1) < 0.2).holds
    with pytest.raises(ClaimError, match="all"):
        claim(SENTENCE, torch.tensor([0.1, 0.1]) < 0.2)


def test_it_is_one_of_our_errors():
    assert issubclass(ClaimError, AscError)


def test_a_notebook_shows_it_and_tests_can_find_it():
    from IPython.core.formatters import DisplayFormatter

    made = claim("h < 1 & h > −1", lambda h: abs(h) < 1, of=0.5, baseline=2.0)
    data, record = DisplayFormatter().format(made)
    assert data["text/plain"] == "✓ h < 1 & h > −1"
    assert 'class="asc-claim"' in data["text/html"]
    assert "h &lt; 1 &amp; h &gt; −1" in data["text/html"]
    assert json.loads(json.dumps(record[CLAIM_KEY])) == {
        "sentence": "h < 1 & h > −1",
        "holds": True,
        "baseline_holds": False,
    }


def test_course_needs_no_torch():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from asctools.course.checks import check, exercises\n"
        "from asctools.course.claims import claim\n"
        "assert len(exercises()) > 10 and claim('Without torch', True)\n"
        "assert check('by-hand/pencil-day-one', (1, 2, 3, 4, 5, 6)).stage == 'value'\n"
        "assert 'matplotlib' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
