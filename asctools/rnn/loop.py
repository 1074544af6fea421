"""A cell of one step becomes a network: the loop over time, the head, and sequences that end early.

What all networks of this package promise stands in :class:`Recurrent`.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from asctools.rnn.device import pick_device
from asctools.rnn.inputs import as_sequences, check_state, end_of_each, positive_sizes

__all__ = ["Recurrent", "State"]

State = tuple[Tensor, ...]  # the short-term memory h first, then whatever else a cell carries


class Recurrent(nn.Module):
    """A network that reads one step after the other; a subclass says what happens in a step.

    Parameters
    ----------
    input_size, hidden_size, output_size
        Features of a step, cells in the layer, numbers that the head says.
    device
        ``"auto"`` (the graphics card where there is one), ``"cpu"``, ``"cuda"``.
    """

    state_names: tuple[str, ...] = ("h",)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        device: str | torch.device = "auto",
    ) -> None:
        super().__init__()
        positive_sizes(input_size=input_size, hidden_size=hidden_size, output_size=output_size)
        self.input_size, self.hidden_size, self.output_size = input_size, hidden_size, output_size
        self._device = pick_device(device)
        self.i2o = nn.Linear(hidden_size, output_size, device=self._device)

    def _gate(self, bias: float | None = None) -> nn.Linear:
        """Return a linear layer on [h_prev, x], its biases set to a number if one is given."""
        layer = nn.Linear(self.hidden_size + self.input_size, self.hidden_size, device=self._device)
        if bias is not None:
            nn.init.constant_(layer.bias, bias)
        return layer

    def _step(self, x: Tensor, state: State) -> State:
        """Let one step pass: x of shape (batch, input_size), each state (batch, hidden_size)."""
        raise NotImplementedError

    def initHidden(self, batch_size: int = 1) -> Tensor | State:  # noqa: N802, an older name
        """Return the state before the first step, all 0: each part ``(batch_size, H)``."""
        zeros = next(self.parameters()).new_zeros(batch_size, self.hidden_size)
        return self._shown(tuple(zeros for _ in self.state_names))

    def forward(
        self,
        input: Tensor,
        hidden: Tensor | State | None = None,
        lengths: Sequence[int] | Tensor | None = None,
    ) -> tuple[Tensor, Tensor | State]:
        """Read sequences and say something at every step.

        Parameters
        ----------
        input
            ``(batch, time, input_size)``; ``(batch, input_size)`` is one step of a batch, and
            ``(input_size,)`` one step of one sequence.
        hidden
            The state to start from, as this method returned it; None: all 0.
        lengths
            The number of steps of each sequence, if some are padded. What stands behind a
            sequence's end changes nothing.

        Returns
        -------
        outputs
            ``(batch, time, output_size)``, or ``(batch, output_size)`` for one step; 0 behind a
            sequence's end.
        hidden
            Each sequence's state after its own last step.

        Raises
        ------
        ShapeError, InputError
            If sizes, dtype, lengths or the state do not fit.
        """
        x = as_sequences(input, self.input_size, next(self.parameters()).dtype)
        state = self._start(hidden, len(x))
        ends = None if lengths is None else end_of_each(lengths, x).to(x.device)[:, None]
        all_run = x.shape[1] if ends is None else int(ends.min())
        said = []
        for t, x_t in enumerate(x.unbind(1)):
            new = self._step(x_t, state)
            if (
                ends is not None and t >= all_run
            ):  # some sequences have ended: they keep what they had
                new = tuple(
                    torch.where(t < ends, now, before)
                    for now, before in zip(new, state, strict=True)
                )
            state = new
            said.append(state[0])
        outputs = self.i2o(torch.stack(said, 1))
        if ends is not None:
            running = torch.arange(x.shape[1], device=x.device) < ends
            outputs = outputs * running[:, :, None]
        return outputs if input.ndim == 3 else outputs[:, 0], self._shown(state)

    def _start(self, hidden: Tensor | State | None, batch: int) -> State:
        if hidden is None:
            hidden = self.initHidden(batch)
        check_state(hidden, (batch, self.hidden_size), self.state_names)
        return hidden if isinstance(hidden, tuple) else (hidden,)

    @staticmethod
    def _shown(state: State) -> Tensor | State:
        """Return a state as users see it: a bare h, or a tuple such as (h, c)."""
        return state if len(state) > 1 else state[0]
