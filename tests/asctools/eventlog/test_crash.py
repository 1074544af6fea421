"""Whatever happens to the process, the disk or the folder: what is in the file is a whole log."""

import gzip
import logging
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from asctools.eventlog import XESLogger
from asctools.eventlog.errors import LogError
from asctools.eventlog.writing.header import END_OF_LOG, END_OF_TRACE
from asctools.eventlog.writing.journal import LONGEST_WAIT, MOST_EVENTS
from asctools.eventlog.writing.logfile import PAGE, LogFile, create
from tests.asctools.eventlog.writing import events, logger, parsed, seqs
from tests.asctools.eventlog.xes_schema import complaints
from tools.chapters import ROOT

TELL = """
import itertools, mmap, sys
from asctools.eventlog import XESLogger

file = open(sys.argv[2], "r+b") if len(sys.argv) > 2 else None
kept = mmap.mmap(file.fileno() if file else -1, 8)
log = XESLogger(sys.argv[1], level="gate")
print("writing", flush=True)
for k in itertools.count(1):
    if k % 300 == 1:
        log.trace(f"epoch {k // 300}", epoch=k // 300)
    log.event("BackwardPass", iteration=k, grad_norm=k**0.5, text="<" * (k % 70))
    if k % 40 == 0:
        log.events(["ForgetGate", "InputGate"] * 30, iteration=k, mean=[1 / k] * 60)
    kept[:] = log._journal.seq.to_bytes(8, "little")
"""


def writing(*arguments: Path) -> subprocess.Popen[bytes]:
    """Start a process that writes events as fast as it can."""
    command = [sys.executable, "-c", TELL, *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    return process


@pytest.mark.slow
def test_fifty_kills_leave_fifty_whole_logs(tmp_path: Path) -> None:
    path, told, rng = tmp_path / "run.xes", tmp_path / "told", random.Random(5)
    most = 0
    for _ in range(50):
        told.write_bytes(bytes(8))
        process = writing(path, told)
        time.sleep(rng.uniform(0.0, 0.04))
        process.kill()
        process.wait()
        found = seqs(path)  # lxml takes nothing but a whole file
        assert complaints(path.read_bytes()) == []
        assert found == list(range(1, len(found) + 1))
        told_of = int.from_bytes(told.read_bytes(), "little")
        # At most one call was under way that had not yet been counted
        assert told_of - MOST_EVENTS - 60 <= len(found) <= told_of + 61
        most = max(most, len(found))
    assert most > MOST_EVENTS


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("first", [10, 3900, PAGE - 30, PAGE - 9])
def test_every_point_of_a_long_write_leaves_a_whole_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """A kill ends a write after one of its pages: go through all such points of an append."""
    trace, event = " <trace>\n", "  <event>\n   <string key='a' value='{}'/>\n  </event>\n"
    head = f'<?xml version="1.0"?>\n<log xes.version="1849.2023">\n{trace}'.encode()
    head += b" " * (first - len(head))
    tail = END_OF_TRACE + END_OF_LOG
    body = "".join(event.format("x" * (k % 90)) for k in range(190)).encode()
    write, left, ends = LogFile._put, 0, set()

    def put(self: LogFile, position: int, content: bytes) -> None:
        nonlocal left
        at = position
        while at < position + len(content):
            if left == 0:
                raise Killed
            left -= 1
            stop = min(at - at % PAGE + PAGE, position + len(content))
            write(self, at, content[at - position : stop - position])
            at = stop

    monkeypatch.setattr(LogFile, "_put", put)
    for pages in range(100):
        path = tmp_path / "run.xes"
        file = create(path, head, tail)
        left = pages
        try:
            file.append(body, tail)
        except Killed:
            ended = False
        else:
            ended = True
        file.close()
        ends.add(len(events(path)))
        if ended:
            break
    assert ended
    assert pages > 6
    assert ends == {0, 190}
    assert b"?>" not in path.read_bytes()[30:]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_ctrl_c_at_any_point_of_writing_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, after: bool
) -> None:
    write, calls = LogFile._put, 0

    def put(self: LogFile, position: int, content: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == at and not after:
            raise KeyboardInterrupt
        write(self, position, content)
        if calls == at:
            raise KeyboardInterrupt

    path = tmp_path / "run.xes"
    with logger(path) as log:
        for _ in range(100):
            log.event("Anything", text="x")
        assert events(path) == []
        monkeypatch.setattr(LogFile, "_put", put)
        with pytest.raises(KeyboardInterrupt):
            log.flush()
        assert len(events(path)) == (100 if (at, after) >= (5, True) else 0)
        log.event("Later")
    assert seqs(path) == list(range(1, 102))


@pytest.mark.parametrize("sizes", [[1] * 90, [200, 1, 1, 999], [3, 250] * 8, [PAGE // 20] * 5])
def test_flushes_of_any_size_make_the_same_log(tmp_path: Path, sizes: list[int]) -> None:
    path = tmp_path / "run.xes"
    with logger(path) as log:
        for size in sizes:
            for _ in range(size):
                log.event("Anything", text="y" * (size % 61))
            log.flush()
            assert len(seqs(path)) == log.position
    assert seqs(path) == list(range(1, sum(sizes) + 1))


def test_what_waits_longer_than_a_second_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("asctools.eventlog.writing.journal.monotonic", lambda: now)
    path = tmp_path / "run.xes"
    log = logger(path)
    log.event("One")
    assert events(path) == []
    now = LONGEST_WAIT
    log.event("Two")
    assert len(events(path)) == 2
    log.event("Three")
    assert len(events(path)) == 2
    assert log.position == 3  # to ask is to write
    assert len(events(path)) == 3


def test_a_program_that_ends_without_closing_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    code = "import sys; from asctools.eventlog import XESLogger\n"
    code += "log = XESLogger(sys.argv[1]); log.event('One')"
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=True)
    assert len(events(path)) == 1


def test_an_error_in_the_training_ends_the_log_properly(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with pytest.raises(ZeroDivisionError), logger(path) as log:
        log.event("One")
        raise ZeroDivisionError
    assert len(events(path)) == 1


FULL = """
import logging, resource, signal, sys
from asctools.eventlog import XESLogger
from asctools.eventlog.errors import LogError

logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s")
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
told = 0
try:
    with XESLogger(sys.argv[1], on_error=sys.argv[3]) as log:
        for told in range(1, 2001):
            log.event("ForwardPass", iteration=told, loss=1.0, grad_norm=1.0, learning_rate=0.1)
except LogError as error:
    print(error)
print(told)
"""


@pytest.mark.parametrize("limit", [2500, 100_000, 300_001])
@pytest.mark.parametrize("on_error", ["raise", "warn"])
def test_a_full_disk_stops_the_training_or_only_the_log(
    tmp_path: Path, limit: int, on_error: str
) -> None:
    path = tmp_path / "run.xes"
    command = [sys.executable, "-c", FULL, str(path), str(limit), on_error]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    *said, told = done.stdout.splitlines()
    assert done.stderr == ""
    assert len(said) == 1
    assert f"Got {path} (File too large), expected a file to write the log into" in said[0]
    found = seqs(path)
    assert found == list(range(1, len(found) + 1))
    assert path.stat().st_size <= limit
    assert (int(told) == 2000) == (on_error == "warn")
    assert (f"The log ends after event {len(found)}" in said[0]) == (on_error == "warn")
    assert len(found) > 100 or limit < 50_000
    assert [each.name for each in tmp_path.iterdir()] == ["run.xes"]


def test_a_disk_that_is_full_when_the_log_is_packed_keeps_the_plain_one(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = XESLogger(tmp_path / "run.xes.gz")
    for k in range(500):
        log.event("ZeroGrad", iteration=k)
    log.flush()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(LogError, match="File too large"):
            log.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(events(tmp_path / "run.xes")) == 500
    assert [each.name for each in tmp_path.iterdir()] == ["run.xes"]


def refusing(path: Path) -> None:
    """Both ways to deal with a file that cannot be made."""
    with pytest.raises(LogError, match="Make room, or choose a folder"):
        XESLogger(path)
    with XESLogger(path, on_error="warn") as log:
        log.trace("epoch 1")
        log.event("ZeroGrad", iteration=1)
        log.events(["ZeroGrad"], iteration=1)
        assert log.position == 0


def test_a_folder_that_is_not_there_or_is_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with caplog.at_level(logging.WARNING, "asctools"):
        for name in ("missing/run.xes", "file/run.xes", "folder"):
            refusing(tmp_path / name)
    assert len(caplog.records) == 3
    assert "No such file or directory" in caplog.text
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]


def test_a_folder_or_a_file_that_may_not_be_written_to(tmp_path: Path) -> None:
    """Permissions do not bind root, who therefore becomes somebody else for this."""
    folder = tmp_path / "closed"
    folder.mkdir()
    own = tmp_path / "open"
    own.mkdir(mode=0o777)
    own.chmod(0o777)
    kept = own / "kept.xes"
    kept.write_text("an older log")
    kept.chmod(0o444)
    folder.chmod(0o555)
    for each in (tmp_path, *tmp_path.parents):
        if not os.access(each, os.X_OK):
            pytest.fail(f"{each} cannot be entered")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if os.getuid() == 0:
                os.setuid(65534)
            for path in (folder / "run.xes", kept):
                try:
                    XESLogger(path)
                except LogError as error:
                    status = 0 if "annot be written" in str(error) or "denied" in str(error) else 2
                else:
                    status = 3
                if status:
                    break
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert kept.read_text() == "an older log"
    assert list(folder.iterdir()) == []


def test_gzip_holds_one_member_and_nothing_of_the_run(tmp_path: Path) -> None:
    for name in ("a.xes.gz", "b.xes.gz"):
        with logger(tmp_path / name) as log:
            assert (tmp_path / name.removesuffix(".gz")).exists()
            assert not (tmp_path / name).exists()
            for k in range(400):
                log.event("ZeroGrad", iteration=k)
    packed = (tmp_path / "a.xes.gz").read_bytes()
    assert packed == (tmp_path / "b.xes.gz").read_bytes()
    assert packed.count(b"\x1f\x8b\x08") == 1
    assert gzip.decompress(packed).count(b"<event>") == 400
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.xes.gz", "b.xes.gz"]


def test_threads_tell_at_once(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with XESLogger(path, level="gate") as log:

        def tell(number: int) -> None:
            for k in range(400):
                log.event("ZeroGrad", iteration=k, thread=number)
                if k % 50 == 0:
                    log.events(["ForgetGate"] * 3, iteration=k, thread=number)

        threads = [threading.Thread(target=tell, args=(number,)) for number in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    found = events(path)
    assert [event["seq"][1] for event in found] == [str(k) for k in range(1, 4 * 424 + 1)]
    stamps = [event["time:timestamp"][1] for event in found]
    assert stamps == sorted(set(stamps))
    for number in range(4):
        own = [int(e["iteration"][1]) for e in found if e["thread"][1] == str(number)]
        assert own == sorted(own)


def test_a_fork_leaves_the_log_to_its_parent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, said = tmp_path / "run.xes", tmp_path / "said"
    with logger(path) as log:
        log.event("BeforeFork")
        child = os.fork()
        if child == 0:
            with caplog.at_level(logging.WARNING, "asctools"):
                for _ in range(3 * MOST_EVENTS):
                    log.event("InChild")
                log.trace("in child")
                log.close()
            said.write_text(caplog.text)
            os.kill(os.getpid(), signal.SIGKILL)  # so that nothing of the tests goes on in it
        os.waitpid(child, 0)
        log.event("AfterFork")
    names = [event["concept:name"][1] for event in events(path)]
    assert names == ["BeforeFork", "AfterFork"]
    assert said.read_text().count("process_path(path, rank)") == 1


def test_a_trace_is_not_cut_by_the_pages(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with logger(path) as log:
        for k in range(60):
            with log.trace(f"trace {k}"):
                for _ in range(k):
                    log.event("Anything", number=k)
            log.flush()
    assert [(int(trace["concept:name"][1][6:]), len(found)) for trace, found in parsed(path)] == [
        (k, k) for k in range(60)
    ]
