"""Physics proposes, an LSTM decides: candidates of the pursuit, read in order of time."""

from asctools.events.rescoring.reader import CandidateReader
from asctools.events.rescoring.rescorer import PursuitRescorer

__all__ = ["CandidateReader", "PursuitRescorer"]
