"""One step of the training: the loss of a batch of candidates, and in validation the odds."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from asctools.events.rescoring.data import CandidateBatch
from asctools.training.batches import StepResult

__all__ = ["candidate_scores", "candidate_step"]


def candidate_step(model: nn.Module, batch: CandidateBatch) -> StepResult:
    """Return the cross-entropy over the candidates of a batch."""
    logits = model(batch.features, batch.bells, batch.lengths)
    there = torch.arange(logits.shape[1], device=logits.device) < batch.lengths[:, None]
    said, true = logits[there], batch.targets[there]
    loss = binary_cross_entropy_with_logits(said, true)
    return StepResult(loss, float(len(said)), {}, {"logits": said.detach(), "targets": true})


def candidate_scores(kept: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return the best F1 over thresholds, counting only strikes that are among the candidates."""
    order = np.argsort(-kept["logits"], kind="stable")
    found = np.cumsum(kept["targets"][order])
    f1 = 2 * found / (np.arange(1, len(found) + 1) + max(found[-1], 1))
    return {"f1": float(f1.max())}
