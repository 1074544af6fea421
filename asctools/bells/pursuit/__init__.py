"""Templates learned by least squares, and the matching pursuit that finds strikes with them."""

from asctools.bells.pursuit.detector import Candidates, TemplatePursuit
from asctools.bells.pursuit.oracle import oracle
from asctools.bells.pursuit.self_training import self_train

__all__ = ["Candidates", "TemplatePursuit", "oracle", "self_train"]
