"""How good picks are: matched with the truth one to one, bell by bell, and counted.

``evaluate`` gives all of it for one threshold; ``best_threshold`` chooses that threshold on
validation recordings, once. No function here needs PyTorch but those of presence, when called.
"""

from asctools.events.metrics.bootstrap import ScoreInterval, bootstrap_difference, bootstrap_f1
from asctools.events.metrics.confusion import bell_confusion
from asctools.events.metrics.counts import Counts, count, counts_by_window, event_f1
from asctools.events.metrics.curves import (
    ThresholdCurve,
    best_threshold,
    f1_at_thresholds,
    f1_curve,
)
from asctools.events.metrics.evaluation import BellTable, EventScores, evaluate
from asctools.events.metrics.flattery import flattering_f1, greedy_matches
from asctools.events.metrics.matching import Matches, match
from asctools.events.metrics.presence import presence_average_precision, presence_calibration
from asctools.events.metrics.timing import timing_errors

__all__ = [
    "BellTable",
    "Counts",
    "EventScores",
    "Matches",
    "ScoreInterval",
    "ThresholdCurve",
    "bell_confusion",
    "best_threshold",
    "bootstrap_difference",
    "bootstrap_f1",
    "count",
    "counts_by_window",
    "evaluate",
    "event_f1",
    "f1_at_thresholds",
    "f1_curve",
    "flattering_f1",
    "greedy_matches",
    "match",
    "presence_average_precision",
    "presence_calibration",
    "timing_errors",
]
