"""The events of the gates of :class:`asctools.rnn.LSTM`, whose every step can be kept."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor, nn

from asctools.errors import InputError
from asctools.numpy_lstm.gate_events import EVENTS, Memory, significant, statistics
from asctools.numpy_lstm.observe import Watch
from asctools.rnn.cells import LSTM

logger = logging.getLogger(__name__)


class Gates:
    """The LSTMs in some models that show their gates; each is a layer, counted from 0.

    Parameters
    ----------
    models
        Those that are watched.
    """

    def __init__(self, models: Sequence[nn.Module]) -> None:
        self._found = [part for model in models for part in model.modules()]
        self.lstms = [part for part in self._found if isinstance(part, LSTM)]
        self._kept_before = [lstm.keep_steps for lstm in self.lstms]
        self._memory: dict[Any, Memory] = {}
        self._said = False

    def keep(self, wanted: bool) -> None:
        """Let the LSTMs keep their steps in the forward pass that comes, or stop them."""
        if wanted:
            self._say_what_is_missing()
        for lstm, before in zip(self.lstms, self._kept_before, strict=True):
            lstm.keep_steps = before or wanted

    def restore(self) -> None:
        """Leave the LSTMs as they were found."""
        for lstm, before in zip(self.lstms, self._kept_before, strict=True):
            lstm.keep_steps = before
            if not before:
                lstm.steps = []

    def tell(self, watch: Watch, iteration: int, slopes: bool) -> None:
        """Tell four events a layer and step: what the gates said, or the slopes, the last first."""
        for layer, lstm in enumerate(self.lstms):
            try:
                gates: dict[str, Tensor] = lstm.gate_gradients if slopes else lstm.gates
            except InputError:  # this one was not called, or its output led to no loss
                continue
            steps = len(lstm.steps)
            memory = self._memory_for(gates["forget"])
            rows = [statistics(g, gates[g].cpu().numpy(), slopes, memory) for g in EVENTS]
            numbers = np.stack(rows, 2)[:, :: -1 if slopes else 1]
            mean, std = significant(numbers[:2], memory.digits).reshape(2, -1).tolist()
            times = [t for t in range(steps) for _ in EVENTS]
            watch.tell_all(
                [name + "Gradient" * slopes for name in EVENTS.values()] * steps,
                iteration=iteration,
                timestep=times[::-1] if slopes else times,
                layer=layer,
                mean=mean,
                std=std,
                saturation=numbers[2].ravel().tolist(),
            )

    def _memory_for(self, values: Tensor) -> Memory:
        kind = values.shape[1], values[:, 0].numel(), values.detach().cpu().numpy().dtype
        if kind not in self._memory:
            self._memory = {kind: Memory(*kind)}
        return self._memory[kind]

    def _say_what_is_missing(self) -> None:
        fused = [part for part in self._found if isinstance(part, nn.RNNBase | nn.RNNCellBase)]
        if self._said or (self.lstms and not fused):
            return
        self._said = True
        what = f"nn.{type(fused[0]).__name__}" if fused else "This model"
        warn = "%s shows no gates: their events are left out of the log; asctools.rnn.LSTM has them"
        logger.warning(warn, what)
