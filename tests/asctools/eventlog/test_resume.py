"""A log goes on where it ended, or after any of its events."""

from pathlib import Path
from typing import Any

import pytest

from asctools.eventlog import XESLogger
from asctools.eventlog.errors import LogError
from asctools.numpy_lstm.optim import SGD
from asctools.numpy_lstm.train import train
from tests.asctools.eventlog.test_crash import writing
from tests.asctools.eventlog.writing import START, events, logger, parsed, seqs
from tests.asctools.numpy_lstm.small_training import SIZES, TEXT, small_model


def short(path: Path, **settings: Any) -> list[tuple[str, list[str]]]:
    """Write a little log and return its traces: name and names of the events."""
    with logger(path, **settings) as log:
        log.trace("epoch <1>", epoch=1)
        for name in ("A", "B", "C"):
            log.event(name, text="<seq> &")
        log.trace("epoch <2>", epoch=2)
        log.event("D")
    return traces(path)


def traces(path: Path) -> list[tuple[str, list[str]]]:
    return [
        (trace["concept:name"][1], [event["concept:name"][1] for event in found])
        for trace, found in parsed(path)
    ]


@pytest.mark.parametrize("name", ["run.xes", "run.xes.gz"])
def test_it_goes_on_at_the_end(tmp_path: Path, name: str) -> None:
    path, plain = tmp_path / name, tmp_path / "run.xes"
    short(plain)
    if name != plain.name:
        with logger(path, resume=True) as log:
            assert log.position == 4
        assert [each.name for each in tmp_path.iterdir()] == [name]
    log = logger(path, resume=True, metadata={"new": 1})
    assert log.position == 4
    log.trace("epoch <2>", epoch=2)  # the trace that was open
    log.event("E")
    log.trace("epoch <2>", epoch=2)  # and once more: a new one
    log.event("F")
    log.flush()
    assert traces(plain) == [
        *(("epoch <1>", ["A", "B", "C"]), ("epoch <2>", ["D", "E"]), ("epoch <2>", ["F"]))
    ]
    assert seqs(plain) == [1, 2, 3, 4, 5, 6]
    stamps = [event["time:timestamp"][1] for event in events(plain)]
    assert stamps == sorted(set(stamps))  # though the clock has begun anew
    assert b'key="new"' not in plain.read_bytes()
    log.close()


@pytest.mark.parametrize("seq", [0, 1, 3, 4])
def test_it_goes_on_after_any_event(tmp_path: Path, seq: int) -> None:
    path = tmp_path / "run.xes"
    short(path)
    with logger(path, resume=seq) as log:
        assert log.position == seq
        log.event("New")
    kept = [name for _, names in traces(path) for name in names]
    assert kept == [*"ABCD"[:seq], "New"]
    assert seqs(path) == list(range(1, seq + 2))
    assert [name for name, _ in traces(path)] == {
        0: ["run"],
        1: ["epoch <1>"],
        3: ["epoch <1>"],
        4: ["epoch <1>", "epoch <2>"],
    }[seq]


def test_a_log_of_which_nothing_is_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with logger(path, resume=True) as log:  # a script may always say so
        log.event("A")
    for resume, name in ((True, "B"), (True, "C")):
        with logger(path, resume=resume) as log:
            log.event(name)
    assert traces(path) == [("run", ["A", "B", "C"])]
    empty = tmp_path / "empty.xes"
    logger(empty).close()
    with logger(empty, resume=True) as log:
        log.trace("t")
    assert traces(empty) == [("t", [])]


def test_a_killed_log_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    process = writing(path)
    while path.stat().st_size < 200_000:
        assert process.poll() is None
    process.kill()
    process.wait()
    before = len(seqs(path))
    # What a kill can leave behind the end of a log
    with path.open("ab") as file:
        file.write(b"   <?q <event></event>\n </trace>\n</log>\n<?q ?>")
    with logger(path, resume=True) as log:
        assert log.position == before
        log.event("Later")
    assert seqs(path) == list(range(1, before + 2))
    assert b"<?q" not in path.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no log",
        "<log>\n</log>",
        '<log xes.version="1.0">\n <trace>\n  <event>\n  </event>\n </trace>\n</log>\n',
    ],
)
def test_what_no_logger_wrote_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "run.xes"
    path.write_text(content)
    with pytest.raises(LogError, match="expected a log of an XESLogger"):
        logger(path, resume=True)
    assert path.read_text() == content


def test_an_event_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    short(path)
    before = path.read_bytes()
    with pytest.raises(LogError, match="event 5 is not in it"):
        logger(path, resume=5)
    with pytest.raises(LogError, match="expected a log of an XESLogger"):
        logger(tmp_path / "other.xes", resume=1)
    (tmp_path / "broken.xes.gz").write_bytes(b"no gzip")
    with pytest.raises(LogError, match="expected a whole log in gzip"):
        logger(tmp_path / "broken.xes.gz", resume=True)
    assert path.read_bytes() == before


def test_a_resumed_training_writes_the_log_that_an_uninterrupted_one_writes(
    tmp_path: Path,
) -> None:
    whole, parts, kept = tmp_path / "whole.xes", tmp_path / "parts.xes", tmp_path / "kept.npz"
    settings: dict[str, Any] = {**SIZES, "validation": TEXT[:60], "validate_every": 3}
    with XESLogger(whole, level="weight", clock=lambda: START) as log:
        train(small_model(), TEXT, SGD(0.1), 3, observer=log, **settings)

    class StopError(Exception):
        pass

    class Stopper(XESLogger):
        """Fails in the fourth iteration of the second epoch, after the checkpoint of the third."""

        saved = 0

        def event(self, name: str, /, **attributes: Any) -> None:
            if attributes.get("iteration") == 10:
                self.saved = self.saved or self.position
                if name == "BackwardPass":
                    raise StopError
            super().event(name, **attributes)

    settings |= {"checkpoint": kept, "checkpoint_every": 3}
    with pytest.raises(StopError), Stopper(parts, level="weight", clock=lambda: START) as stopped:
        train(small_model(), TEXT, SGD(0.1), 3, observer=stopped, **settings)
    assert len(events(parts)) > stopped.saved
    with XESLogger(parts, level="weight", resume=stopped.saved, clock=lambda: START) as log:
        train(small_model(), TEXT, SGD(0.1), 3, observer=log, resume_from=kept, **settings)
    assert parsed(parts) == parsed(whole)


def test_an_open_log_is_cut_back(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with logger(path) as log:
        log.trace("epoch 1")
        for name in ("A", "B"):
            log.event(name)
        position = log.position
        log.event("C")
        log.trace("epoch 2")
        log.event("D")
        with pytest.raises(LogError, match="event 9 is not in it"):
            log.cut_back(9)
        log.cut_back(position)
        log.trace("epoch 1")  # which goes on
        log.event("E")
        log.cut_back(3)
        assert log.position == 3
        log.trace("epoch 2")
        log.event("F")
        log.cut_back(4)
        log.event("G")
    assert traces(path) == [("epoch 1", ["A", "B", "E"]), ("epoch 2", ["F", "G"])]
    assert seqs(path) == [1, 2, 3, 4, 5]
    with logger(path) as log:
        log.event("A")
        log.cut_back(0)
        log.event("B")
    assert traces(path) == [("run", ["B"])]
    with pytest.raises(LogError, match="it is closed"):
        log.cut_back(0)


def test_a_resumed_training_cuts_its_log_back_by_itself(tmp_path: Path) -> None:
    whole, parts, kept = tmp_path / "whole.xes", tmp_path / "parts.xes", tmp_path / "kept.npz"
    settings: dict[str, Any] = {**SIZES, "validation": TEXT[:60], "validate_every": 3}
    settings |= {"checkpoint": kept, "checkpoint_every": 3}
    with XESLogger(whole, level="weight", clock=lambda: START) as log:
        train(small_model(), TEXT, SGD(0.1), 3, observer=log, **settings)

    class FailedError(Exception):
        pass

    class Failing(XESLogger):
        def event(self, name: str, /, **attributes: Any) -> None:
            if (name, attributes.get("iteration")) == ("BackwardPass", 11):
                raise FailedError
            super().event(name, **attributes)

    with pytest.raises(FailedError), Failing(parts, level="weight", clock=lambda: START) as log:
        train(small_model(), TEXT, SGD(0.1), 3, observer=log, **settings)
    kept_too = kept.read_bytes()
    with XESLogger(parts, level="weight", resume=True, clock=lambda: START) as log:
        train(small_model(), TEXT, SGD(0.1), 3, observer=log, resume_from=kept, **settings)
    assert parsed(parts) == parsed(whole)
    kept.write_bytes(kept_too)  # a log that has only just begun is left alone
    with XESLogger(tmp_path / "new.xes", clock=lambda: START) as log:
        train(small_model(), TEXT, SGD(0.1), 3, observer=log, resume_from=kept, **settings)
    assert 0 < len(events(tmp_path / "new.xes")) < len(events(whole))
