"""What can be set of the network, and what is allowed: the section ``model`` of a configuration."""

from dataclasses import dataclass

from asctools.settings import Section, key

__all__ = ["POOLINGS", "Model"]

POOLINGS = ("max", "mean", "last")


@dataclass(frozen=True)
class Model(Section, path="model"):
    """An LSTM over a window, and a pooling over time of what it says."""

    input_size: int = key(6, "Channels of a reading.", least=1)
    hidden_size: int = key(32, "Cells in a layer.", least=1)
    num_layers: int = key(1, "Layers.", least=1)
    dropout: float = key(0.0, "Share dropped between layers and before the head.", least=0, below=1)
    pooling: str = key("max", "What is kept of all steps.", choices=POOLINGS)
    fold: int = key(2, "Readings that make one step, as one longer vector.", least=1)
    forget_bias: float = key(1.0, "First bias of the forget gates.")
