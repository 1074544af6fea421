"""Sixteen bells in a steel frame: simulated recordings, and the detectors that need no training.

Nothing here needs PyTorch.
"""

from asctools.bells.energy import EnergyDetector
from asctools.bells.frame import BellFrame, superpose
from asctools.bells.pursuit import TemplatePursuit
from asctools.bells.recording import CHANNELS, RATE, Recording, Windows, cut
from asctools.bells.strikes import BACKSTROKE, HANDSTROKE, NUM_BELLS, Picks, Strikes

__all__ = [
    "BACKSTROKE",
    "CHANNELS",
    "HANDSTROKE",
    "NUM_BELLS",
    "RATE",
    "BellFrame",
    "EnergyDetector",
    "Picks",
    "Recording",
    "Strikes",
    "TemplatePursuit",
    "Windows",
    "cut",
    "superpose",
]
