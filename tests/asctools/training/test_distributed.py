"""The same trainings in one, two and three processes: equal losses, and replicas equal to the bit.

Two launches hold all cases; each ends with an error in one process, which must end the others too.
"""

import json
import math
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asctools.eventlog import read
from asctools.eventlog.conformance import check
from asctools.training import distributed
from asctools.training.distributed import World, gradient_share
from asctools.training.sharding import own_slice
from tests.asctools.training.processes.cases import CASES, ELSEWHERE, from_elsewhere, run_all
from tests.asctools.training.processes.launch import launch

DIGITS = 1e-5


class Group(NamedTuple):
    """What each case has come to in each of several processes, and how their launch ended."""

    found: list[dict[str, Any]]
    where: Path
    ended: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the cases leave their files in one process."""
    return tmp_path_factory.mktemp("alone")


@pytest.fixture(scope="module")
def alone(directory: Path) -> dict[str, Any]:
    """Return what each case comes to in one process."""
    return run_all(directory)


@pytest.fixture(scope="module", params=[2, 3])
def group(request, alone, directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Group:
    """Run all cases in several processes; checkpoints come from those of one."""
    where = tmp_path_factory.mktemp("group")
    elsewhere = directory / "from_elsewhere" / "checkpoint_epoch_2.pth"
    module = ("-m", "tests.asctools.training.processes.run", where)
    ended = launch(request.param, *module, **{ELSEWHERE: str(elsewhere)})
    files = [where / f"{rank}.json" for rank in range(request.param)]
    assert all(file.exists() for file in files), ended.stderr[-5000:]
    return Group([json.loads(file.read_text()) for file in files], where, ended)


def alike(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare numbers to 5 digits, and the rest exactly."""
    assert found.get("exact") == expected.get("exact")
    numbers = expected.get("numbers", {})
    assert found.get("numbers", {}).keys() == numbers.keys()
    for column, values in numbers.items():
        assert found["numbers"][column] == pytest.approx(values, rel=DIGITS, abs=1e-7), column


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_several_processes_come_to_what_one_comes_to(name, alone, group) -> None:
    for each in group.found:
        alike(each[name], alone[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_replicas_are_equal_to_the_last_bit(name, group) -> None:
    first, *others = group.found
    assert all(each[name] == first[name] for each in others)


@pytest.mark.slow
def test_going_on_ends_in_the_same_bits(alone, group) -> None:
    """Of three, DDP adds the first step's gradients in another order than the later ones'."""
    for found in (alone, *group.found):
        whole, *others = found["resumed"]["replica"]
        assert found["resumed"]["exact"]["interrupted"] == ["interrupted", 5, 1]
        for other in others:
            if len(group.found) == 2:
                assert other == whole
            assert other["val_loss"] == pytest.approx(whole["val_loss"], rel=DIGITS)


@pytest.mark.slow
def test_one_process_goes_on_with_the_checkpoint_of_several(
    alone, group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way is a case: each group starts from epoch 2 of one process."""
    there = group.where / "from_elsewhere" / "checkpoint_epoch_3.pth"
    monkeypatch.setenv(ELSEWHERE, str(there))
    alike(from_elsewhere(tmp_path), alone["from_elsewhere"])


@pytest.mark.slow
def test_each_process_writes_a_log_and_the_first_puts_them_together(alone, group) -> None:
    size, where = len(group.found), group.where / "written"
    logs = sorted(path.name for path in where.glob("*.xes"))
    assert logs == sorted(["run.xes", *(f"run.rank{rank}.xes" for rank in range(size))])
    merged, own = read(where / "run.xes"), [read(where / name) for name in logs[:-1]]
    assert len(merged) == sum(map(len, own))
    assert len({len(each) for each in own}) == 1
    steps = merged[merged["concept:name"] == "WeightsUpdate"]
    assert sorted(steps["iteration"]) == sorted(list(range(1, 10)) * size)
    for column in ("weight_norm", "grad_norm"):  # of one step, the same everywhere
        assert steps.groupby("iteration")[column].nunique().eq(1).all()
    report = check(where / "run.xes")
    assert report.ok, str(report)
    assert report.iterations == report.fitting == 9 * size


@pytest.mark.slow
def test_tables_are_written_once_and_hold_the_numbers_of_all(alone, group) -> None:
    for found in (alone, *group.found):
        tables = found["written"]["replica"]
        assert tables["steps"]["iteration"] == list(range(1, 10))
        assert tables["epochs"]["epoch"] == [1, 2, 3]
        assert tables["epochs"]["val_loss"] == tables["val_loss"]


@pytest.mark.slow
def test_each_process_shuts_out_units_of_its_own(group) -> None:
    assert group.found[0]["dropout_differs"]["replica"] == len(group.found)


@pytest.mark.slow
def test_three_batches_make_the_step_of_one_large_one(alone) -> None:
    """What the group is compared with is itself compared with something else."""
    small, large = alone["accumulated"], alone["one_big_batch"]
    assert small["exact"] == large["exact"]
    for column in ("val_loss", "weights", "accuracy", "loss"):
        assert small["numbers"][column] == pytest.approx(large["numbers"][column], rel=DIGITS)


@pytest.mark.slow
def test_what_cannot_be_shared_out_is_refused(group) -> None:
    why = group.found[0]["refusals"]["replica"]
    size = len(group.found)
    expected = {
        "a generator": "Got a generator in several processes, expected a DataLoader, a list",
        "a stream": "Got a Stream in several processes, expected a Dataset with a length",
        "other lengths": f"Got examples in the dataset: 8 and 9{' and 10' * (size > 2)} in proc",
        "other batches": "Got examples in each batch: [4] and [5]",
        "other data": (differ := f"Got first examples that differ in processes 0 to {size - 1}, e"),
        "other data in a list": differ,
        "other sequences": differ,
        "no tensors": "Got a list with axes of no rows as a batch, expected tensors of equally",
        "two lengths": "Got a tuple with axes of [3, 4] rows as a batch",
    }
    assert why.keys() == expected.keys()
    for name, start in expected.items():
        assert why[name].startswith(start), why[name]
    unused = group.found[0]["a_part_without_slopes"]["replica"]
    assert unused.startswith("Got a loss that does not depend on spare.weight, spare.bias, exp")


@pytest.mark.slow
def test_an_error_in_one_process_ends_all_with_its_message(group) -> None:
    assert group.ended.returncode == 1
    cause = group.ended.stderr.split("Root Cause", 1)[1]
    assert f"process {len(group.found) - 1} has had enough" in cause
    assert "Warning" not in group.ended.stderr
    logs = [read(group.where / f"failed.rank{rank}.xes") for rank in range(len(group.found))]
    for log in logs:  # nobody went on alone
        assert log["iteration"].max() in (7, 8)
    assert not (group.where / "failed.xes").exists()


# ── on paper ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.equation("eq-gradient-share")
@given(st.lists(st.tuples(st.integers(0, 50), st.floats(-10, 10)), min_size=1, max_size=8))
def test_the_average_of_shares_is_the_gradient_of_all_examples(parts) -> None:
    """Second way: the mean over all examples, each counted once."""
    total = sum(n for n, _ in parts)
    if not total:
        return
    size = len(parts)
    averaged = sum(gradient_share(n, total, size) * slope for n, slope in parts) / size
    every = [slope for n, slope in parts for _ in range(n)]
    assert averaged == pytest.approx(math.fsum(every) / len(every), rel=1e-9, abs=1e-9)


@pytest.mark.equation("eq-gradient-share")
def test_equal_parts_count_alike_and_a_third_of_the_rows_for_less() -> None:
    assert gradient_share(16, 32, 2) == 1.0
    assert gradient_share(1, 3, 2) == pytest.approx(2 / 3)
    assert gradient_share(2, 3, 2) == pytest.approx(4 / 3)
    assert gradient_share(0, 3, 2) == 0.0


@given(total=st.integers(0, 200), size=st.integers(1, 17))
def test_slices_hold_every_row_once_and_differ_by_one(total: int, size: int) -> None:
    slices = [own_slice(total, rank, size) for rank in range(size)]
    rows = [row for each in slices for row in range(total)[each]]
    assert rows == list(range(total))
    counts = [each.stop - each.start for each in slices]
    assert max(counts) - min(counts) <= 1
    assert counts == sorted(counts, reverse=True)  # the first process has some if anybody has


def test_one_process_is_a_world_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    with distributed.joined() as world:
        assert world == World(0, 1, 0)
        assert world.main
        assert not world.several
        assert distributed.weighted(3.0, {"loss": 0.5}) == (3.0, {"loss": 0.5})
        assert distributed.summed([1.0, 2.0]) == [1.0, 2.0]
        assert distributed.everyone("me") == ["me"]
        assert distributed.from_main("me") == "me"
        assert distributed.agreed(True)
        assert not distributed.agreed(False)
        assert distributed.share(1.0, 7.0) == 1.0
        distributed.barrier()
