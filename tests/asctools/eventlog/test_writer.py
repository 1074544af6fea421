"""The writer writes what it is told, in the form that XES has for it."""

import enum
import logging
import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asctools.errors import InputError, ShapeError, UnknownNameError
from asctools.eventlog import NullLogger, XESLogger
from asctools.eventlog.errors import LogError
from asctools.numpy_lstm.optim import SGD
from asctools.numpy_lstm.train import train
from tests.asctools.eventlog.writing import MS, START, events, logger, parsed, ticking
from tests.asctools.numpy_lstm.small_training import SIZES, TEXT, Recorder, small_model

OWN = {"concept:name", "time:timestamp", "lifecycle:transition", "seq"}


def written(path: Path, **attributes: Any) -> dict[str, Any]:
    """Return what becomes of attributes: (type, text), without those that every event has."""
    with logger(path) as log:
        log.event("Anything", **attributes)
    (event,) = events(path)
    return {key: value for key, value in event.items() if key not in OWN}


def test_a_log_is_whole_before_anything_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    log = XESLogger(path, metadata={"hidden_size": 64, "task": "a <bell> & 'two'"})
    assert parsed(path) == []
    assert b'<int key="hidden_size" value="64"/>' in path.read_bytes()
    log.close()
    assert parsed(path) == []


def test_an_event_says_when_and_which(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with logger(path) as log, log.trace("epoch 1", epoch=1, iterations=2):
        log.event("ForwardPass", loss=0.1, grad_norm=2.0, learning_rate=1e-3, iteration=7)
        log.event("ZeroGrad", iteration=8)
    ((trace, (first, second)),) = parsed(path)
    assert trace == {
        "concept:name": ("string", "epoch 1"),
        "epoch": ("int", "1"),
        "iterations": ("int", "2"),
    }
    assert list(first) == [
        *("concept:name", "time:timestamp", "lifecycle:transition", "seq"),
        *("iteration", "loss", "grad_norm", "learning_rate"),  # the iteration first
    ]
    assert first["time:timestamp"] == ("date", "2026-09-21T14:13:20.000000+00:00")
    assert second["time:timestamp"] == ("date", "2026-09-21T14:13:20.001000+00:00")
    assert first["lifecycle:transition"] == ("string", "complete")
    assert [first["seq"], second["seq"]] == [("int", "1"), ("int", "2")]
    assert [first["learning_rate"], second["iteration"]] == [("float", "0.001"), ("int", "8")]


def test_python_and_numpy_keep_their_types(tmp_path: Path) -> None:
    class Colour(enum.StrEnum):
        RED = "red"

    class Number(enum.IntEnum):
        TWO = 2

    given: dict[str, Any] = {
        "truth": (True, ("boolean", "true")),
        "np_truth": (np.bool_(False), ("boolean", "false")),
        "whole": (-3, ("int", "-3")),
        "np_whole": (np.uint8(200), ("int", "200")),
        "long": (2**63 - 1, ("int", "9223372036854775807")),
        "too_long": (2**63, ("string", "9223372036854775808")),
        "np_too_long": (np.uint64(2**64 - 1), ("string", "18446744073709551615")),
        "real": (0.1, ("float", "0.1")),
        "tiny": (5e-324, ("float", "5e-324")),
        "np_real": (np.float64(1 / 3), ("float", "0.3333333333333333")),
        "single": (np.float32(0.1), ("float", "0.10000000149011612")),
        "no_axes": (np.array(1.5), ("float", "1.5")),
        "extended": (np.longdouble(0.5), ("float", "0.5")),
        "nan": (math.nan, ("float", "NaN")),
        "inf": (math.inf, ("float", "INF")),
        "minus_inf": (np.float32(-np.inf), ("float", "-INF")),
        "text": ("ümlaut → 🔔", ("string", "ümlaut → 🔔")),
        "np_text": (np.str_("x"), ("string", "x")),
        "colour": (Colour.RED, ("string", "red")),
        "number": (Number.TWO, ("int", "2")),
        "nothing": (None, None),
    }
    found = written(tmp_path / "run.xes", **{key: value for key, (value, _) in given.items()})
    assert found == {key: text for key, (_, text) in given.items() if text is not None}


def test_text_comes_back_but_for_what_xml_forbids(tmp_path: Path) -> None:
    text = " two  blanks\ttab\nline\r\nreturn <a b=\"c\"> & 'd' %s %% {x} ?> ]]> --> "
    found = written(tmp_path / "run.xes", a=text, b="\x00a\x0bb\ud800c\uffff\x7f\x85")
    assert found == {"a": ("string", text), "b": ("string", "abc\x7f\x85")}


def allowed(character: str) -> bool:
    """Whether XML has a place for a character: its production Char."""
    code = ord(character)
    return (
        character in "\t\n\r" or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000
    )


@settings(max_examples=60, deadline=None)
@given(name=st.text(min_size=1), value=st.text(), trace=st.text(min_size=1))
def test_any_name_and_any_text(name: str, value: str, trace: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.xes"
        with logger(path) as log:
            log.trace(trace)
            log.event(name, a=value)
            log.events([name, name], a=[value, value], b=value)
        ((of_trace, found),) = parsed(path)
    name, value, trace = ("".join(filter(allowed, text)) for text in (name, value, trace))
    assert of_trace["concept:name"][1] == trace
    assert [event["concept:name"][1] for event in found] == [name] * 3
    assert [event["a"][1] for event in found] == [value] * 3


@pytest.mark.parametrize(
    ("key", "better"),
    [("two words", "two_words"), ("1st", "_1st"), ("", "_"), ("a/b", "a_b"), ("naïve", None)],
)
def test_a_key_is_an_xml_name_or_is_refused_with_a_better_one(
    tmp_path: Path, key: str, better: str | None
) -> None:
    path = tmp_path / "run.xes"
    if better is None:
        assert written(path, **{key: 1}) == {key: ("int", "1")}
        return
    with logger(path) as log:
        with pytest.raises(InputError, match=f"Write '{better}'"):
            log.event("Anything", **{key: 1})
        with pytest.raises(InputError, match=f"Write '{better}'"):
            log.trace("t", **{key: 1})
        log.event("Anything", a=1)
    assert [event["seq"][1] for event in events(path)] == ["1"]  # nothing of it was written


@pytest.mark.parametrize("key", sorted(OWN))
def test_what_every_event_has_cannot_be_given(tmp_path: Path, key: str) -> None:
    with logger(tmp_path / "run.xes") as log, pytest.raises(InputError, match="does not write"):
        log.event("Anything", **{key: "x"})


@pytest.mark.parametrize("value", [[1], (1, 2), {"a": 1}, b"x", 1j, np.zeros(3), object()])
def test_a_value_of_another_type_is_refused(tmp_path: Path, value: Any) -> None:
    with logger(tmp_path / "run.xes") as log:
        with pytest.raises(InputError, match="as what, expected a bool"):
            log.event("Anything", what=value)
        with pytest.raises(InputError, match="as what"):
            log.trace("t", what=value)
    with pytest.raises(InputError, match="as what"):
        XESLogger(tmp_path / "other.xes", metadata={"what": value})


@pytest.mark.parametrize("name", ["", None, 3])
def test_a_name_is_a_text(tmp_path: Path, name: Any) -> None:
    with logger(tmp_path / "run.xes") as log:
        with pytest.raises(InputError, match="as a name"):
            log.event(name)
        with pytest.raises(InputError, match="as a name"):
            log.trace(name)


def test_many_at_once_are_the_same_as_one_by_one(tmp_path: Path) -> None:
    rows = [("ForgetGate", 0.5, 1), ("InputGate", math.inf, 2**70), ("ForgetGate", -0.0, None)]
    rows += [("OutputGate", 1e-300, True), ("50% <&>", math.nan, "x\n")]
    names, reals, mixed = (list(column) for column in zip(*rows, strict=True))
    for path, clock in ((tmp_path / "a.xes", ticking(1000)), (tmp_path / "b.xes", ticking(1000))):
        with logger(path, clock=clock, level="gate") as log:
            if path.name == "a.xes":
                log.events(names, iteration=4, what="100 %s", mean=reals)
                log.events(names, of=np.float32(0.5), mixed=mixed, nothing=None)
                log.events([], mean=[])
                continue
            for name, mean in zip(names, reals, strict=True):
                log.event(name, iteration=4, what="100 %s", mean=mean)
            for name, value in zip(names, mixed, strict=True):
                log.event(name, of=np.float32(0.5), mixed=value, nothing=None)
    one, other = events(tmp_path / "a.xes"), events(tmp_path / "b.xes")
    assert len(one) == 10
    untimed = [[{**e, "time:timestamp": ""} for e in found] for found in (one, other)]
    assert untimed[0] == untimed[1]
    assert one[1]["mean"] == ("float", "INF")
    assert [e["mixed"] for e in one[5:] if "mixed" in e] == [
        *(("int", "1"), ("string", str(2**70)), ("boolean", "true"), ("string", "x\n"))
    ]


def test_many_at_once_are_a_microsecond_apart_also_over_a_second(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with logger(path, clock=lambda: START + 10**9 - 3000, level="gate") as log:
        log.events(["ForgetGate"] * 5, timestep=[0, 1, 2, 3, 4])
        log.events(["ForgetGate"] * 2, timestep=[5, 6])
    ends = [event["time:timestamp"][1][17:26] for event in events(path)]
    assert ends == [
        *("20.999997", "20.999998", "20.999999", "21.000000", "21.000001"),
        *("21.000002", "21.000003"),
    ]


def test_many_need_a_value_each(tmp_path: Path) -> None:
    with (
        logger(tmp_path / "run.xes", level="gate") as log,
        pytest.raises(ShapeError, match="Got 1 values of mean for 2 events"),
    ):
        log.events(["ForgetGate", "InputGate"], mean=[1.0])


def test_time_never_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with logger(path, clock=iter([START, START - MS, START + 400, START + MS]).__next__) as log:
        for _ in range(4):
            log.event("Anything")
    stamps = [event["time:timestamp"][1][19:26] for event in events(path)]
    assert stamps == [".000000", ".000001", ".000002", ".001000"]


def test_traces_begin_and_end(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with logger(path) as log:
        log.event("Early")
        log.trace("one")
        log.event("InOne")
        with log.trace("two", epoch=2):
            log.event("InTwo")
        log.event("Late")
        with log.trace("three"):
            log.trace("four")
            log.event("InFour")
        log.event("StillInFour")
    names = [
        (trace["concept:name"][1], [event["concept:name"][1] for event in found])
        for trace, found in parsed(path)
    ]
    assert names == [
        *(("run", ["Early"]), ("one", ["InOne"]), ("two", ["InTwo"]), ("run", ["Late"])),
        *(("three", []), ("four", ["InFour", "StillInFour"])),
    ]


def test_a_span_is_stamped_when_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with logger(path) as log:
        with log.span("Validation", iteration=3) as more:
            log.event("Inside")
            more["validation_loss"] = 1.25
        with pytest.raises(ZeroDivisionError), log.span("BackwardPass"):
            1 / 0  # noqa: B018
    inside, span = events(path)
    assert inside["concept:name"][1] == "Inside"
    assert span["validation_loss"] == ("float", "1.25")
    assert span["duration_s"] == ("float", "0.002")  # it looked at the clock, Inside did, it did
    assert span["time:timestamp"] > inside["time:timestamp"]


def test_levels_and_whole_iterations(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    with XESLogger(path, level="gate", every={"gate": 3}) as log:
        assert [log.enabled(level) for level in ("epoch", "step", "gate", "weight")] == [
            *(True, True, True, False)
        ]
        assert [log.enabled("gate", k) for k in range(1, 7)] == [False, False, True] * 2
        for k in range(1, 5):
            log.event("ZeroGrad", iteration=k)
            log.events(["ForgetGate", "InputGate"], iteration=k)
            log.event("Update_W_f", iteration=k)
        log.event("ForgetGate")  # of no iteration: none that could be left out
        with pytest.raises(UnknownNameError):
            log.enabled("gates")
    names = [event["concept:name"][1] for event in events(path)]
    assert names == [*["ZeroGrad"] * 3, "ForgetGate", "InputGate", "ZeroGrad", "ForgetGate"]
    log_attributes = path.read_text().split("<trace>")[0]
    assert '<int key="every_gate" value="3"/>' in log_attributes
    assert "every_step" not in log_attributes


@pytest.mark.parametrize(
    "arguments",
    [
        {"level": "gates"},
        {"every": {"gates": 2}},
        {"every": {"gate": 0}},
        {"every": {"gate": 1.5}},
        {"on_error": "ignore"},
        {"metadata": {"a b": 1}},
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_a_file_is_made(
    tmp_path: Path, arguments: dict[str, Any]
) -> None:
    with pytest.raises((InputError, UnknownNameError)):
        XESLogger(tmp_path / "run.xes", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_attribute_is_missed_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "asctools"), logger(tmp_path / "run.xes") as log:
        for _ in range(3):
            log.event("ForwardPass", iteration=1, loss=1.0)
        log.event("ForwardPass", loss=1.0)
        log.event("MyOwn")
        log.event("EarlyStopping", iteration=1, reason="patience", best_val_loss=None)
    said = [record.getMessage() for record in caplog.records]
    assert said == ["ForwardPass lacks grad_norm, learning_rate: it is logged without"]
    with (
        logger(tmp_path / "run.xes", strict=True) as log,
        pytest.raises(InputError, match="ForwardPass without grad_norm, learning_rate"),
    ):
        log.event("ForwardPass", iteration=1, loss=1.0)


def test_a_log_that_is_closed_takes_no_more(tmp_path: Path) -> None:
    path = tmp_path / "run.xes"
    log = logger(path)
    log.event("One")
    log.close()
    log.close()
    for tell in (lambda: log.event("Two"), lambda: log.trace("t"), lambda: log.events(["Two"])):
        with pytest.raises(LogError, match="it is closed"):
            tell()
    assert len(events(path)) == 1
    assert log.position == 1


def test_the_numpy_trainer_tells_it_everything(tmp_path: Path) -> None:
    path, recorder = tmp_path / "run.xes", Recorder()
    with XESLogger(path, level="weight") as log:
        train(small_model(2), TEXT, SGD(0.1), 2, observer=log, **SIZES)  # type: ignore[arg-type]
    train(small_model(2), TEXT, SGD(0.1), 2, observer=recorder, **SIZES)  # type: ignore[arg-type]
    as_python = {"int": int, "float": float, "string": str, "boolean": "true".__eq__}
    found = [
        (
            event["concept:name"][1],
            {k: as_python[kind](v) for k, (kind, v) in event.items() if k not in OWN},
        )
        for event in events(path)
    ]
    assert found == [
        (name, {key: value for key, value in told.items() if value is not None})
        for name, told in recorder.events
    ]
    assert [trace["concept:name"][1] for trace, _ in parsed(path)] == ["epoch 1", "epoch 2"]


def test_the_null_logger_has_every_method_and_does_nothing(tmp_path: Path) -> None:
    public = {name for name in dir(XESLogger) if not name.startswith("_")} - {"restart_clock"}
    assert public <= set(dir(NullLogger))
    with NullLogger() as log:
        with log.trace("t", epoch=1), log.span("s") as more:
            more["a"] = log.event("e", b=object())
        log.events(["e"], c=[1])
        log.flush()
        assert not log.enabled("epoch")
        assert (log.path, log.position) == (None, 0)
    train(small_model(), TEXT, SGD(0.1), observer=log, **SIZES)  # type: ignore[arg-type]
