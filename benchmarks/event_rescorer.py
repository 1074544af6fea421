"""Physics proposes, an LSTM decides: the re-scorer beside the oracle and beside less of itself.

    python -m benchmarks.events --rescorer       # windows and whole recordings, three seeds
    python -m benchmarks.event_rescorer --write  # the picks that the book scores, on one frame

A seed draws the bell frame, its recordings, the first weights and the order of the batches.
"relative" is the share of the oracle's F1 of the same run; an interval is that of a paired
bootstrap over windows of the difference to the pursuit alone. Times are processor times of one
thread, from labelled windows to a frozen threshold. "true templates" re-scores the candidates of
the oracle: what is missing there is not the templates' fault.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import torch

from asctools.bells import BellFrame, Picks, Strikes, Windows
from asctools.bells.pursuit import TemplatePursuit, oracle
from asctools.bells.pursuit.features import candidate_features
from asctools.course import stored
from asctools.events.metrics import bootstrap_difference, evaluate
from asctools.events.rescoring import PursuitRescorer
from asctools.events.rescoring.proposals import Known, Proposals
from asctools.tasks.event_data import Sources, from_simulator

__all__ = ["table", "write"]


class Kind(NamedTuple):
    """Windows or whole recordings: their length, how many, and how they are searched."""

    seconds: float
    sizes: tuple[int, int, int]
    quick: tuple[int, int, int]
    spare: int


KINDS = (
    Kind(2.0, (2500, 100, 300), (250, 40, 60), spare=0),
    Kind(60.0, (83, 4, 10), (9, 2, 2), spare=3),
)
LESS: dict[str, dict[str, Any]] = {
    "without the LSTM": {"recurrent": False},
    "without the fit": {"fit_features": False},
    "without the rhythm": {"rhythm": False},
    "without all three": {"recurrent": False, "fit_features": False, "rhythm": False},
}


ARMS: dict[str, dict[str, Any]] = {
    "full": {},
    "no LSTM": {"recurrent": False},
    "no fit features": {"fit_features": False},
}
RUNS = Path(stored.__file__).parent.parent / "weights" / "runs-rescorer.npz"


class Row(NamedTuple):
    """What a detector finds in the test, and the CPU-seconds that it took to make."""

    picks: list[Picks]
    seconds: float


def table(seeds: int, quick: bool) -> None:
    """Print both tables: windows of two seconds, and whole recordings of a minute."""
    for kind in KINDS:
        sizes = kind.quick if quick else kind.sizes
        made = []
        for seed in range(seeds):
            sources = from_simulator(seed, "standard", sizes, kind.seconds, seed)
            made.append((sources.test.strikes, _rows(sources, kind, seed)))
        _print(made, f"{sizes[2]} test windows of {kind.seconds:g} s, {seeds} seeds")


def write(path: Path = RUNS, seeds: int = 3) -> None:
    """Write what re-scorers find on bell frame 0: seeds draw first weights and batches alone."""
    runs: list[stored.KeptRun] = []
    for kind, arms, called in zip(KINDS, (3, 2), ("", "recordings: "), strict=True):
        sources = from_simulator(0, "standard", kind.sizes, kind.seconds, 0)
        maker = PursuitRescorer(spare=kind.spare)
        started = process_time()
        proposals = maker.propose(sources.train, validation=sources.val)
        before = process_time() - started
        rows = [
            (f"{called}{arm}", seed, _trained(rescorer, proposals, sources, seed, before))
            for arm, changes in list(ARMS.items())[:arms]
            for rescorer in [PursuitRescorer(spare=kind.spare, **changes)]
            for seed in range(seeds)
        ]
        if called:
            known = oracle(BellFrame(0), sources.train, validation=sources.val)
            for arm, rival in (("oracle", known), ("pursuit", proposals.pursuit)):
                rows.append((f"{called}{arm}", 0, Row(_heard(rival, sources), math.nan)))
        about = {"sizes": list(kind.sizes), "window_seconds": kind.seconds}
        runs += [
            stored.KeptRun(arm, kind.sizes[0], seed, row.seconds, tuple(row.picks), about)
            for arm, seed, row in rows
        ]
    stored.write(path, runs)


def _rows(sources: Sources, kind: Kind, seed: int) -> dict[str, Row]:
    """Make every detector of one seed, and let it hear the test."""
    started = process_time()
    known = oracle(BellFrame(seed), sources.train, validation=sources.val)
    rows = {"oracle": Row(_heard(known, sources), process_time() - started)}
    rescorer = PursuitRescorer(spare=kind.spare)
    started = process_time()
    proposals = rescorer.propose(sources.train, validation=sources.val)
    before = process_time() - started
    rows["pursuit alone"] = Row(_heard(proposals.pursuit, sources), math.nan)
    rows["re-scorer"] = _trained(rescorer, proposals, sources, seed, before)
    for name, changes in LESS.items():
        less = PursuitRescorer(spare=kind.spare, **changes)
        rows[name] = _trained(less, proposals, sources, seed, before)
    told = PursuitRescorer(spare=kind.spare)
    best = _proposed_by(known, sources, kind, proposals)
    rows["true templates"] = _trained(told, best, sources, seed, math.nan)
    return rows


def _proposed_by(
    known: TemplatePursuit, sources: Sources, kind: Kind, proposals: Proposals
) -> Proposals:
    """Return the oracle's candidates: what re-scoring could reach with perfect templates."""

    def heard(windows: Windows) -> Known:
        described = [candidate_features(known, x, spare=kind.spare) for x in windows.data]
        return Known(described, list(windows.strikes))

    train, validation = heard(sources.train), heard(sources.val)
    return proposals._replace(pursuit=known, train=train, validation=validation)


def _trained(
    rescorer: PursuitRescorer, proposals: Proposals, sources: Sources, seed: int, before: float
) -> Row:
    started = process_time()
    rescorer.learn(proposals, seed=seed)
    seconds = before + process_time() - started
    return Row(_heard(rescorer, sources), seconds)


def _heard(detector: Any, sources: Sources) -> list[Picks]:
    return [detector.detect(window) for window in sources.test.data]


def _print(made: Sequence[tuple[Sequence[Strikes], dict[str, Row]]], title: str) -> None:
    print(f"\n{title}: medians over seeds, least and most relative F1")
    print(f"  {'':20}   F1@5  relative (least, most)  error/ms  CPU-s  over the pursuit")
    for name in made[0][1]:
        scores = [evaluate(rows[name].picks, true) for true, rows in made]
        best = [evaluate(rows["oracle"].picks, true).f1 for true, rows in made]
        relative = [score.f1 / other for score, other in zip(scores, best, strict=True)]
        more = "  ".join(_over_the_pursuit(rows, name, true) for true, rows in made)
        print(
            f"  {name:20} {median(score.f1 for score in scores):6.3f}  {median(relative):8.3f} "
            f"({min(relative):.3f}, {max(relative):.3f})    "
            f"{median(score.mean_error_ms for score in scores):8.3f} "
            f"{median(rows[name].seconds for _, rows in made):6.0f}  {more}",
            flush=True,
        )


def _over_the_pursuit(rows: dict[str, Row], name: str, true: Sequence[Strikes]) -> str:
    found, alone = rows[name].picks, rows["pursuit alone"].picks
    more = bootstrap_difference(found, alone, true, np.random.default_rng(0))
    return f"{more.value:+.3f} [{more.low:+.3f}, {more.high:+.3f}]"


if __name__ == "__main__":
    torch.set_num_threads(1)
    write() if "--write" in sys.argv else table(3, "--quick" in sys.argv)
