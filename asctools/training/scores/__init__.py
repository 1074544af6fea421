"""Scores of yes-or-no predictions, honest where a yes is rare; NumPy in float64."""

from asctools.training.scores.calibration import Calibration, brier, calibration
from asctools.training.scores.correction import (
    Platt,
    platt,
    prior_correction,
    weighted_probability,
)
from asctools.training.scores.costs import Cheapest, bayes_threshold, cheapest_threshold
from asctools.training.scores.counts import Confusion, accuracy, confusion, f1, precision, recall
from asctools.training.scores.interval import Interval, bootstrap
from asctools.training.scores.ranking import (
    ROC,
    PrecisionRecall,
    auc_roc,
    average_precision,
    precision_recall_curve,
    roc_curve,
)
from asctools.training.scores.summary import binary_scores

__all__ = [
    "ROC",
    "Calibration",
    "Cheapest",
    "Confusion",
    "Interval",
    "Platt",
    "PrecisionRecall",
    "accuracy",
    "auc_roc",
    "average_precision",
    "bayes_threshold",
    "binary_scores",
    "bootstrap",
    "brier",
    "calibration",
    "cheapest_threshold",
    "confusion",
    "f1",
    "platt",
    "precision",
    "precision_recall_curve",
    "prior_correction",
    "recall",
    "roc_curve",
    "weighted_probability",
]
