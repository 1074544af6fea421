"""The simulated bell frame, in parts: design, waveforms, noise, recordings."""

from asctools.bells.frame.frame import BellFrame
from asctools.bells.frame.levels import LEVELS, Level
from asctools.bells.frame.sensors import FULL_SCALE
from asctools.bells.frame.shapes import ONSET, PHASES, Shapes, superpose

__all__ = ["FULL_SCALE", "LEVELS", "ONSET", "PHASES", "BellFrame", "Level", "Shapes", "superpose"]
