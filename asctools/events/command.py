"""``python -m asctools detect RECORDING``: from a file of readings to a file of strikes."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from asctools.bells import Picks
from asctools.errors import InputError, explain
from asctools.events import files
from asctools.events.io import SensorRecording, read_recording, write_strikes
from asctools.events.io.strikes import check_place

__all__ = ["detect", "table"]

Say = Callable[[str], None]
Progress = Callable[[int, int], None]

UNLIKE = 1  # the exit code
SAME_RATE = 0.005  # relative: as much as the clocks of cheap sensors differ
PIECE = 4000  # samples that a stream is given together


def detect(
    recording: str | Path,
    checkpoint: str | Path | None = None,
    out: str | Path | None = None,
    *,
    rate: float | None = None,
    threshold: float | None = None,
    gaps: str = "refuse",
    resample: bool = False,
    stream: bool = False,
    delay_s: float = 0.5,
    apply_refractory: bool = True,
    period_s: float | None = None,
    full_scale: float | None = None,
    allow_constant: bool = False,
    quiet: bool = False,
    say: Say = print,
) -> int:
    """Detect the strikes of a recording, write them, and say how many there are of each bell.

    Parameters
    ----------
    recording
        Whatever :func:`~asctools.events.io.read_recording` reads: ``.npy``, ``.wav``, ``.csv``,
        ``.tsv`` or ``.txt``.
    checkpoint
        Whatever :func:`~asctools.events.files.read` reads; the model that comes with the library
        by default.
    out
        Where to write: ``.csv``, ``.xes`` or ``.xes.gz``; named after the recording by default,
        and never a file that is read.
    rate, gaps, full_scale, allow_constant
        As for :func:`~asctools.events.io.read_recording`.
    threshold
        The least score of a strike; that of the checkpoint by default.
    resample
        Whether to bring the recording to the rate of the training; another rate is refused else.
    stream, delay_s
        Whether to detect as on a stream, with NumPy alone, each strike committed after so long.
    apply_refractory, period_s
        Whether a bell may strike once in a period only, and that period.
    quiet
        Whether to say nothing but warnings.
    say
        Gets each line for the reader.

    Returns
    -------
    int
        0; or 1 if strikes were written, but the recording is unlike the data of the training.

    Raises
    ------
    AscError
        If the recording, the checkpoint or a setting is refused. Nothing is written then.
    """
    recording = Path(recording)
    place = Path(out) if out else Path(f"{recording.stem}-strikes.csv")
    name = checkpoint or ("standard-causal" if stream else "standard")
    check_place(place, recording, Path(name))
    file = files.read(name)
    own_rate = file.rate
    least = file.threshold if threshold is None else threshold
    period = _period(file, period_s, own_rate)
    how: dict[str, Any] = {"apply_refractory": apply_refractory, "period_samples": period}
    heard = _heard(recording, file, own_rate, rate, gaps, resample, full_scale, allow_constant)
    warnings = _warnings(file, heard)
    for warning in warnings:
        print(f"asctools: {warning}", file=sys.stderr)
    progress = _nothing if quiet or not sys.stderr.isatty() else _progress
    if stream:
        picks = _streamed(file, heard, progress, least, delay_s * own_rate, how)
    else:
        picks = _whole(file, heard, progress, least, how)
    about = {"recording": recording.name, "checkpoint": Path(name).name, "threshold": least}
    write_strikes(place, picks, heard.rate, heard.start_s, about)
    if not quiet:
        say(_head(heard, Path(name).name, least))
        say(table(picks, heard.rate, heard.seconds))
        say(f"wrote {place}")
    return UNLIKE if warnings else 0


def table(picks: Picks, rate: float, seconds: float) -> str:
    """Return how often each bell was heard, how surely, and how closely, as lines of text."""
    minutes = seconds / 60
    lines = ["bell  strikes  per minute  median score  median ± ms  least interval s"]
    for bell in np.unique(picks.bells):
        own = picks.kept(picks.bells == bell)
        known = own.plus_minus[np.isfinite(own.plus_minus)]
        near = f"{np.median(known) / rate * 1e3:.2f}" if len(known) else "-"
        apart = f"{np.diff(own.times).min() / rate:.2f}" if own.number > 1 else "-"
        lines.append(
            f"{bell + 1:4d}  {own.number:7d}  {own.number / minutes:10.1f}  "
            f"{np.median(own.scores):12.2f}  {near:>11}  {apart:>16}"
        )
    return "\n".join([*lines, f" all  {picks.number:7d}  {picks.number / minutes:10.1f}"])


def _heard(
    recording: Path,
    file: files.ModelFile,
    own_rate: float,
    rate: float | None,
    gaps: str,
    resample: bool,
    full_scale: float | None,
    allow_constant: bool,
) -> SensorRecording:
    """Read the recording, at the rate that the model was trained for."""
    heard = read_recording(
        recording,
        rate,
        int(file.arguments.get("input_size", 6)),
        gaps,
        own_rate if resample else None,
        full_scale=full_scale,
        allow_constant=allow_constant,
    )
    if abs(heard.rate / own_rate - 1) > SAME_RATE:
        came = f"{recording} with {heard.rate:g} samples a second"
        right = f"{own_rate:g}, which the model was trained for"
        todo = "pass --resample to bring it there, or train a model for this rate"
        raise InputError(explain(came, right, todo))
    return heard


def _period(file: files.ModelFile, period_s: float | None, rate: float) -> float:
    """Return the refractory period in samples."""
    if period_s is None:
        return float(file.arguments.get("refractory_period_samples", 2.0 * rate))
    return period_s * rate


def _warnings(file: files.ModelFile, heard: SensorRecording) -> list[str]:
    unlike = file.normaliser.looks_unlike(heard.signal) if file.normaliser else []
    return [f"{sentence} The strikes may be wrong." for sentence in unlike]


def _whole(
    file: files.ModelFile,
    heard: SensorRecording,
    progress: Progress,
    threshold: float,
    how: dict[str, Any],
) -> Picks:
    """Detect with PyTorch, in windows that look both ways."""
    from asctools.events.detect import build, detect_recording
    from asctools.events.rescoring import PursuitRescorer
    from asctools.events.rescoring.filing import KIND

    if file.kind == KIND:
        picks = PursuitRescorer.of(file).detect(heard.signal, threshold, **how)
        return picks.kept(heard.valid[np.round(picks.times).astype(int)])
    how = {"threshold": threshold, "intervals": file.intervals, "progress": progress, **how}
    return detect_recording(build(file), heard.signal, valid=heard.valid, **how)


def _streamed(
    file: files.ModelFile,
    heard: SensorRecording,
    progress: Progress,
    threshold: float,
    delay_samples: float,
    how: dict[str, Any],
) -> Picks:
    """Detect with NumPy, piece after piece."""
    from asctools.events.stream import StreamingDetector

    detector = StreamingDetector(file, threshold=threshold, delay_samples=delay_samples, **how)
    found = []
    for start in range(0, len(heard.signal), PIECE):
        piece = slice(start, start + PIECE)
        found.append(detector.push(heard.signal[piece], heard.valid[piece]))
        progress(min(start + PIECE, len(heard.signal)), len(heard.signal))
    return Picks.together([*found, detector.finish()])


def _head(heard: SensorRecording, name: str, threshold: float) -> str:
    missing = int((~heard.valid).sum()) / heard.rate
    gaps = f", {missing:.2f} s of them missing" if missing else ""
    return (
        f"{heard.seconds:.1f} s of {heard.signal.shape[1]} channels at {heard.rate:g} Hz{gaps}; "
        f"model {name}, threshold {threshold:.3g}"
    )


def _progress(done: int, all_of_it: int) -> None:
    end = "\n" if done == all_of_it else ""
    print(f"\r{done / all_of_it:4.0%}", end=end, file=sys.stderr, flush=True)


def _nothing(done: int, all_of_it: int) -> None:
    """Say nothing of how far it is."""
