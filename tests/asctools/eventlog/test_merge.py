"""A log for each process, and one of all."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from asctools.errors import InputError
from asctools.eventlog import merge, process_path, read
from tests.asctools.eventlog.writing import MS, START, logger, parsed


@pytest.mark.parametrize(
    ("path", "rank", "own"),
    [
        ("a/run.xes", 0, "a/run.rank0.xes"),
        ("run.xes.gz", 12, "run.rank12.xes.gz"),
        ("run.v2.xes", 1, "run.v2.rank1.xes"),
        ("run.v2.xes.gz", 1, "run.v2.rank1.xes.gz"),
    ],
)
def test_each_process_has_a_path_of_its_own(path: str, rank: int, own: str) -> None:
    assert process_path(path, rank) == Path(own)


def written(folder: Path, rank: int, name: str = "run.xes", begins: int = 0) -> Path:
    """Write the log of a process: two epochs of two events, 10 ms each."""
    now = START + begins * MS
    path = process_path(folder / name, rank)
    settings: dict[str, Any] = {"metadata": {"hidden": 8, "rank": rank}}
    with logger(path, clock=lambda: now, **settings) as log:
        for epoch in (1, 2):
            log.trace(f"epoch {epoch}", epoch=epoch)
            for k in (1, 2):
                log.event("ZeroGrad", iteration=k, rank=rank)
                now += 10 * MS
    return path


def test_traces_stay_whole_and_come_in_the_order_of_time(tmp_path: Path) -> None:
    paths = [written(tmp_path, 0, begins=5), written(tmp_path, 1, "run.xes.gz")]
    out = merge(paths, tmp_path / "all.xes")
    assert out == tmp_path / "all.xes"
    assert [trace["concept:name"][1] for trace, _ in parsed(out)] == [
        *("epoch 1 of process 1", "epoch 1 of process 0"),
        *("epoch 2 of process 1", "epoch 2 of process 0"),
    ]
    frame = read(out)
    assert frame["seq"].tolist() == list(range(1, 9))
    assert frame["process"].tolist() == frame["rank"].tolist() == [1, 1, 0, 0, 1, 1, 0, 0]
    assert frame["case:process"].tolist() == frame["process"].tolist()
    assert frame["case:epoch"].tolist() == [1, 1, 1, 1, 2, 2, 2, 2]
    milliseconds = (frame["time:timestamp"].astype("int64") - START // 1000) // 1000
    assert milliseconds.tolist() == [0, 10, 5, 15, 20, 30, 25, 35]
    assert frame.attrs["log"] == {"hidden": 8}


def test_it_is_packed_and_read_again(tmp_path: Path) -> None:
    paths = [written(tmp_path, rank) for rank in (2, 0)]
    out = merge(paths, tmp_path / "all.xes.gz")
    assert gzip.decompress(out.read_bytes()).count(b"<event>") == 8
    assert read(out)["process"].tolist() == [0, 0, 2, 2, 0, 0, 2, 2]  # begun at the same time
    named = [paths[0].rename(tmp_path / "a.xes"), paths[1].rename(tmp_path / "b.xes")]
    assert read(merge(named, out))["process"].tolist() == [0, 0, 1, 1] * 2


def test_what_cannot_be_merged_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, 0)
    with pytest.raises(InputError, match="each of another process"):
        merge([], tmp_path / "all.xes")
    with pytest.raises(InputError, match="each of another process"):
        merge([path, path], tmp_path / "all.xes")
    with pytest.raises(InputError, match="each of another process"):
        merge([path], path)
    with pytest.raises(InputError, match=r"no\.xes"):
        merge([path, tmp_path / "no.xes"], tmp_path / "all.xes")
    untimed = tmp_path / "untimed.xes"
    text = path.read_text().replace("time:timestamp", "time")
    untimed.write_text(text)
    with pytest.raises(InputError, match="a time for each event"):
        merge([path, untimed], tmp_path / "all.xes")
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names == ["run.rank0.xes", "untimed.xes"]
