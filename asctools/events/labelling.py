"""Label a recording by hand: the program proposes onsets, you say which bell it was.

An onset is proposed where the energy rises. After a few answers the
program also guesses the bell, by the channels and frequencies in which the known ones sounded.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from asctools.bells import Strikes
from asctools.bells.energy import energy_rise, onsets
from asctools.bells.highpass import HighPass
from asctools.errors import InputError, explain
from asctools.events.io import SensorRecording, read_recording, read_strikes, write_strikes
from asctools.events.io.strikes import check_place

__all__ = ["Onsets", "label", "likeness", "patterns", "proposals"]

HEARD_S = 0.08  # of a strike: what its pattern is measured on
BANDS = 8
BARS = " ▁▂▃▄▅▆▇█"
HELP = """  7          bell 7 struck here             +2, -0.5   move the time by so many ms
  Enter      yes, as guessed                7@12.34    bell 7 struck at 12.34 s as well
  s          skip: no strike, or unsure     u          undo the last answer
                                            q          quit; call again to go on"""


class Onsets(NamedTuple):
    """Where something seems to begin.

    Attributes
    ----------
    times
        Samples, ``(n,)``, ascending.
    rises
        By how much the energy rises there, as a natural logarithm, ``(n,)``.
    """

    times: np.ndarray
    rises: np.ndarray


def label(
    recording: str | Path,
    out: str | Path = "labels.csv",
    *,
    rate: float | None = None,
    gaps: str = "refuse",
    least: float = 0.5,
    bells: int = 16,
    ask: Callable[[str], str] = input,
    say: Callable[[str], None] = print,
) -> int:
    """Go through the onsets of a recording, and keep each answer as soon as it is given.

    Parameters
    ----------
    recording, rate, gaps
        As for :func:`~asctools.events.io.read_recording`.
    out
        A file ``.csv``; labels that are in it already stay, and it goes on behind the last.
    least
        How far the energy has to rise, as a natural logarithm.
    bells
        How many there are.
    ask, say
        Get a line from the person, and give one.

    Returns
    -------
    int
        0.

    Raises
    ------
    AscError
        If the recording or the file of labels is refused.
    """
    out = Path(out)
    if check_place(out, Path(recording)) != ".csv":
        raise InputError(explain(f"{out}", "a name that ends with .csv", "keep labels in a table"))
    heard = read_recording(recording, rate, gaps=gaps)
    found = proposals(heard, least)
    session = _Session(heard, found, out, bells)
    say(f"{len(found.times)} onsets in {heard.seconds:.1f} s; {len(session.kept)} labels so far")
    say(HELP)
    while session.place < len(found.times):
        try:
            answer = ask(session.question()).strip().lower()
        except EOFError:
            break
        if answer == "q":
            break
        said = session.take(answer)
        if said:
            say(said)
    say(f"{len(session.kept)} labels in {out}")
    return 0


def proposals(recording: SensorRecording, least: float = 0.5) -> Onsets:
    """Return where the energy of a recording rises, as an energy detector hears it.

    Parameters
    ----------
    recording
        What was recorded; no onset is proposed where it has a gap.
    least
        How far the energy has to rise, as a natural logarithm.
    """
    rise = energy_rise(recording.signal)
    places = onsets(rise, least)
    places = places[recording.valid[places]]
    return Onsets(places.astype(np.float64), rise[places])


def patterns(recording: SensorRecording, times: np.ndarray) -> np.ndarray:
    """Return what sounds behind each time, ``(n, C · BANDS)``: amplitudes, of length 1 in all."""
    length = round(HEARD_S * recording.rate)
    y, _ = HighPass(15.0, recording.rate)(recording.signal)
    y = np.concatenate([y, np.zeros((length, y.shape[1]), y.dtype)])
    rows = []
    for time in times:
        heard = y[round(time) : round(time) + length].astype(np.float64)
        power = np.abs(np.fft.rfft(heard, axis=0)[1:]) ** 2
        bands = [part.sum(axis=0) for part in np.array_split(power, BANDS)]
        amplitude = np.sqrt(np.concatenate(bands))
        rows.append(amplitude / max(float(np.linalg.norm(amplitude)), 1e-12))
    return np.array(rows).reshape(len(times), BANDS * y.shape[1])


def likeness(pattern: np.ndarray, known: np.ndarray, bells: np.ndarray) -> int | None:
    """Return the bell whose mean pattern is the nearest; None if none is known."""
    if not len(bells):
        return None
    names = np.unique(bells)
    means = np.array([known[bells == bell].mean(axis=0) for bell in names])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return int(names[np.argmax(means @ pattern)])


class _Session:
    """What was answered so far, and what is asked next."""

    def __init__(self, recording: SensorRecording, found: Onsets, out: Path, bells: int) -> None:
        self.recording, self.found, self.out, self.bells = recording, found, out, bells
        self.times = found.times.copy()  # they can be moved
        self.patterns = patterns(recording, found.times)
        self.kept: list[tuple[int, float, int]] = []  # (place, time, bell) in order
        self.past: list[tuple[int, int]] = []  # place and number of labels before each answer
        self.place = 0
        if out.exists():
            self._resume(read_strikes(out, recording.rate, recording.start_s))

    def question(self) -> str:
        """Return what is asked about the next onset."""
        time = self.recording.start_s + self.times[self.place] / self.recording.rate
        channels = np.linalg.norm(
            self.patterns[self.place].reshape(BANDS, -1), axis=0
        )  # amplitude of each channel
        height = np.rint(channels / max(channels.max(), 1e-12) * (len(BARS) - 1)).astype(int)
        guess = self.guess()
        asked = "which bell" if guess is None else f"bell {guess}"
        return (
            f"{self.place + 1}/{len(self.times)}  {time:9.3f} s  "
            f"rise {self.found.rises[self.place]:4.1f}  |{''.join(BARS[h] for h in height)}|  "
            f"{asked}? "
        )

    def guess(self) -> int | None:
        """Return the bell that the next onset sounds like."""
        places = [place for place, _, _ in self.kept]
        names = np.array([bell for _, _, bell in self.kept])
        return likeness(self.patterns[self.place], self.patterns[places], names)

    def take(self, answer: str) -> str:
        """Do what an answer says; return what there is to be said about it."""
        if answer == "u":
            return self._undo()
        if answer[:1] in ("+", "-"):
            return self._move(answer)
        if answer == "s":
            self._answered(None, 1)
            return ""
        bell, at, when = answer.partition("@")
        number = self.guess() if not answer else int(bell) if bell.isdecimal() else None
        if number is None or not 1 <= number <= self.bells:
            return f"a bell from 1 to {self.bells}, please:\n{HELP}"
        time = self._sample(when) if at else float(self.times[self.place])
        if time is None:
            return f"a time in seconds within the recording, please:\n{HELP}"
        self._answered((self.place, time, number), 0 if at else 1)
        return ""

    def _answered(self, label: tuple[int, float, int] | None, step: int) -> None:
        self.past.append((self.place, len(self.kept)))
        self.place += step
        if label is not None:
            self.kept.append(label)
            self._save()

    def _undo(self) -> str:
        """Take the last answer back; of labels of an earlier session, the last one."""
        if not self.past and not self.kept:
            return "nothing to undo"
        labels = len(self.kept)
        before = (self.kept[-1][0], labels - 1) if not self.past else self.past.pop()
        self.place, number = before
        del self.kept[number:]
        if number < labels:
            self._save()
        return ""

    def _sample(self, when: str) -> float | None:
        """Return the sample of a time in seconds; None if there is no such one."""
        try:
            sample = (float(when) - self.recording.start_s) * self.recording.rate
        except ValueError:
            return None
        return sample if 0 <= sample < len(self.recording.signal) else None

    def _move(self, answer: str) -> str:
        try:
            by = float(answer) / 1e3 * self.recording.rate
        except ValueError:
            return f"{answer!r} is no number of milliseconds"
        end = float(len(self.recording.signal) - 1)
        self.times[self.place] = min(max(self.times[self.place] + by, 0.0), end)
        return ""

    def _save(self) -> None:
        rows = [(bell - 1, time) for _, time, bell in self.kept]
        strikes = Strikes.make(*zip(*rows, strict=True)) if rows else Strikes.none()
        write_strikes(self.out, strikes, self.recording.rate, self.recording.start_s)

    def _resume(self, labels: Strikes) -> None:
        """Take over what was answered before, and go on behind the last of it."""
        if not len(self.times):
            came = f"{self.out} with labels of a recording that has no onsets"
            raise InputError(explain(came, "the recording of these labels", "check both paths"))
        for bell, time in zip(labels.bells.tolist(), labels.times.tolist(), strict=True):
            self.kept.append((int(np.argmin(np.abs(self.times - time))), time, bell + 1))
        self.place = self.kept[-1][0] + 1 if self.kept else 0
