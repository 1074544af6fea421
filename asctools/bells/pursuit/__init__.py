"""Templates learned by least squares, and the matching pursuit that finds strikes with them."""

from asctools.bells.pursuit.detector import Candidates, TemplatePursuit
from asctools.bells.pursuit.oracle import oracle

__all__ = ["Candidates", "TemplatePursuit", "oracle"]
