"""The table of few labels: which runs there are, what they may see, and that none is made twice."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from asctools.bells import Picks
from asctools.course.stored import KeptRun
from asctools.events.detect import load
from asctools.events.pretraining import read_encoder
from asctools.tasks.event_data import from_simulator
from benchmarks.event_labels import ARMS, LABELS, cells, run_of, show
from benchmarks.label_runs import LENGTHS, Bench, Setting, encoder, first, network, parted, trained


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder: Path = tmp_path_factory.mktemp("labels")
    return Bench(from_simulator(0, "quiet", (16, 4, 4), 1.0, 0), folder, seconds=0.2, step=0.1)


def test_every_arm_has_every_number_of_labels_and_every_seed() -> None:
    listed = list(cells(3))
    assert len(set(listed)) == len(listed) == len(ARMS) * len(LABELS) * 3
    assert [seed for _, _, seed in listed] == sorted(seed for _, _, seed in listed)


def test_more_labels_are_those_of_fewer_and_others(bench) -> None:
    few, rest = parted(bench, 4, seed=1)
    more, _ = parted(bench, 8, seed=1)
    np.testing.assert_array_equal(more.data[:4], few.data)
    assert few.number + rest.number == 16
    assert not any(np.array_equal(one, two) for one in few.data for two in rest.data)
    assert not np.array_equal(parted(bench, 4, seed=2)[0].data, few.data)


def test_a_run_is_made_once(bench) -> None:
    run = run_of(bench, "templates", 8, 0)
    assert len(run.picks) == 4
    assert run.about["length"] in LENGTHS
    made = {path: path.stat().st_mtime_ns for path in bench.folder.glob("run-*")}
    assert run_of(bench, "templates", 8, 0).seconds == run.seconds
    assert made == {path: path.stat().st_mtime_ns for path in bench.folder.glob("run-*")}


def test_a_network_is_trained_as_validation_preferred(bench) -> None:
    tried = {"0.004": 0.1, "0.008": 0.3, "0.016": 0.2, "0.008 with the idea": 0.4}
    (bench.folder / "tuned-scratch.json").write_text(json.dumps(tried))
    run = network(bench, "scratch-half", 8, 0)  # with the settings of the arm that it explains
    assert run.about == {"rate": 0.008, "idea": True}
    model = load(bench.folder / "events-scratch-half-8-0.npz")[0]
    assert model.arguments["dropout"] > 0
    assert run.seconds > 0
    assert len(run.picks) == 4


def test_the_table_tells_each_arm_beside_scratch(bench, capsys) -> None:
    test = bench.sources.test
    right = tuple(Picks.make(s.bells, s.times + 1, np.ones(s.number)) for s in test.strikes)
    nothing = KeptRun("scratch", 8, 0, 2.0, (Picks.none(),) * test.number)
    show(bench, [nothing, KeptRun("templates", 8, 0, 1.0, right)])
    scratch, templates = (line.split() for line in capsys.readouterr().out.splitlines()[-2:])
    assert scratch[:3] == ["8", "scratch", "0.000"]
    assert templates[:3] == ["8", "templates", "1.000"]
    assert {"+1.000", "0.50", "1.0"} < set(templates)  # gained, off by half a ms, in one second


def test_pretraining_is_charged_and_its_weights_are_where_training_begins(bench) -> None:
    path, seconds = encoder(bench, "autoencoder", 0)
    begun, source = first(path, Setting(0.01), 0).state_dict(), read_encoder(path).encoder
    for name, tensor in source.state_dict().items():
        np.testing.assert_array_equal(begun[name].numpy(), tensor.numpy())
    _, charged = trained(bench, "autoencoder", 8, 0, Setting(0.01))
    assert charged > seconds > 0
