"""Recurrent networks in PyTorch: gate by gate to read, and PyTorch's own layers to be fast.

``RNN`` and ``LSTM`` are written out step by step; ``Readout`` gives ``nn.RNN``, ``nn.LSTM`` and
``nn.GRU`` the same way of calling. ``asctools.rnn.lags`` measures how far back a gradient reaches,
``asctools.rnn.family`` holds the LSTM's relatives.
"""

from asctools.rnn.cells import LSTM, RNN
from asctools.rnn.readout import Readout

__all__ = ["LSTM", "RNN", "Readout"]
