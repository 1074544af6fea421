"""Steel casting: defects that are few, and caused by an order of events.

``simulate`` makes the data, ``split`` keeps heats together, ``features`` and ``baselines`` hold the
rivals, ``SteelDefectLSTM`` is the network. Only the network needs PyTorch.
"""

from typing import TYPE_CHECKING, Any

from asctools.casting.normaliser import Normaliser
from asctools.casting.process import CHANNELS, KINDS, UNITS
from asctools.casting.simulator import CastingData, simulate
from asctools.casting.splitting import split

if TYPE_CHECKING:
    from asctools.casting.model import SteelDefectLSTM

__all__ = [
    "CHANNELS",
    "KINDS",
    "UNITS",
    "CastingData",
    "Normaliser",
    "SteelDefectLSTM",
    "simulate",
    "split",
]


def __getattr__(name: str) -> Any:
    """Load the network, and PyTorch with it, only when it is asked for."""
    if name == "SteelDefectLSTM":
        from asctools.casting.model import SteelDefectLSTM

        return SteelDefectLSTM
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
