"""The stored logs are what their command makes, and show what the exercises ask for."""

import subprocess
import sys
from pathlib import Path

import pytest

from asctools.course import mystery as module
from asctools.course.checks.mining import mystery_one, mystery_two, own_rule
from asctools.course.mystery import FAULTS, SEEDS, made, mystery, remake
from asctools.errors import InputError
from asctools.eventlog import XESLogger, read
from asctools.eventlog.conformance import check
from asctools.eventlog.schema import problems

FINDERS = {1: mystery_one._right, 2: mystery_two._right}


def small(path, number, **settings):
    """A log of three short epochs with one of the faults, or with none."""
    with XESLogger(path) as log:
        made(log, number, seed=3, epochs=3, iterations=20, validate_every=4, **settings)
    return read(path)


def losses(log):
    return log.loc[log["concept:name"] == "ForwardPass", "loss"].to_numpy(float)


@pytest.mark.parametrize("number", SEEDS)
def test_a_stored_log_is_valid_and_small(number):
    path = mystery(number)
    assert problems(path) == []
    assert path.stat().st_size < 40_000
    assert read(path).attrs["log"]["mystery"] == number  # and no word of what is wrong


@pytest.mark.parametrize("number", SEEDS)
def test_a_stored_log_is_that_of_a_training_that_learns(number):
    found = losses(read(mystery(number)))
    assert len(found) == module.EPOCHS * module.ITERATIONS
    assert found[-20:].mean() < 0.6 < 2.5 < found[:5].mean()


@pytest.mark.parametrize("number", FINDERS)
def test_the_fault_is_in_its_log_and_in_no_other(number, tmp_path):
    fault, sound = small(tmp_path / "a.xes", number), small(tmp_path / "b.xes", None)
    assert len(FINDERS[number](read(mystery(number)))) > 10
    assert len(FINDERS[number](fault)) > 5
    assert FINDERS[number](sound) == []
    assert FINDERS[number](read(mystery(3))) == []


def test_the_first_fault_is_one_of_order(tmp_path):
    log = small(tmp_path / "a.xes", 1)
    assert FINDERS[1](log) == list(range(4, 60, 4))
    for each in (log, read(mystery(1))):
        told = {deviation.sentence for deviation in check(each).deviations}
        assert "slopes are cleared that no update has used" in told


@pytest.mark.parametrize("number", [2, 3])
def test_the_report_clears_the_other_two(number):
    report = check(mystery(number))
    assert report.ok, report
    assert report.fitness == 1.0


def test_the_second_fault_is_a_rate_that_does_not_stay_low(tmp_path):
    log = small(tmp_path / "a.xes", 2)
    wrong = log[log["iteration"].isin(FINDERS[2](log)) & log["learning_rate"].notna()]
    falls = log[log["concept:name"] == "LearningRateDecay"]
    assert len(wrong) > 5
    assert set(wrong["learning_rate"]) == {falls["old_lr"].max()}


def test_the_third_fault_repeats_its_losses_after_half_an_epoch():
    assert own_rule._right(read(mystery(3)))
    assert not own_rule._right(read(mystery(1)))


def test_the_third_fault_reads_the_first_half_twice_and_the_second_never():
    class Batches:
        batches = tuple("abcdef")

    assert list(FAULTS[3].batches(Batches())) == list("abcabc")
    assert list(module.HEALTHY.batches(Batches())) == list("abcdef")


def test_remaking_finds_the_same(tmp_path):
    again = remake(tmp_path / "logs")
    for path, (number, _) in zip(again, SEEDS.items(), strict=True):
        assert path.name == mystery(number).name
        ours, theirs = read(path), read(mystery(number))
        for name in ("BackwardPass", "WeightsUpdate", "Validation", "EpochStart"):
            counts = [int((log["concept:name"] == name).sum()) for log in (ours, theirs)]
            assert counts[0] == counts[1], name
        if number == 1:
            assert FINDERS[1](ours) == FINDERS[1](theirs)


def test_an_unknown_mystery_is_refused():
    with pytest.raises(InputError, match="1, 2 or 3"):
        mystery(4)


def test_each_fault_is_said_in_a_sentence():
    assert list(FAULTS) == list(SEEDS)
    assert all(fault.sentence.endswith(".") for fault in FAULTS.values())


def test_the_module_writes_nothing_when_it_is_imported(tmp_path):
    code = "import asctools.course.mystery as m; print(m.mystery(1).is_file())"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert run.stdout.strip() == "True"
    assert list(Path(tmp_path).iterdir()) == []
