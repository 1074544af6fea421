"""What a training leaves behind, apart from the weights."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class History:
    """The course of a training.

    Attributes
    ----------
    losses
        Mean cross-entropy of each iteration's batch, in nats per character, before its update.
    grad_norms
        Global norm of each iteration's gradients, before clipping.
    learning_rates
        η of each iteration.
    epoch_losses
        Mean loss of each epoch that came to its end.
    validations
        (iteration, loss on the validation text), in nats per character.
    samples
        (iteration, text that the model wrote then; indices where no vocabulary is known).
    best_iteration, best_loss
        Of the lowest validation loss; None without validation.
    stopped
        Why the training ended before its last epoch: patience, target, explosion, interrupt; None
        if it did not.
    """

    losses: list[float] = field(default_factory=list)
    grad_norms: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    epoch_losses: list[float] = field(default_factory=list)
    validations: list[tuple[int, float]] = field(default_factory=list)
    samples: list[tuple[int, str]] = field(default_factory=list)
    best_iteration: int | None = None
    best_loss: float | None = None
    stopped: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and numbers, as JSON can hold them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "History":
        """Return the history that :meth:`to_dict` was called on."""
        pairs = {
            name: [tuple(pair) for pair in values[name]] for name in ("validations", "samples")
        }
        return cls(**(values | pairs))
