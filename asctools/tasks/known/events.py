"""Which bell strikes when: the classifier on frames of five milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asctools.settings import Section, key
from asctools.tasks.event_parts import Data, prepared, sources_of
from asctools.tasks.task import Prepared, Task

if TYPE_CHECKING:
    from asctools.training.config import Config

__all__ = ["TASK", "Model"]


@dataclass(frozen=True)
class Model(Section, path="model"):
    """What LSTMEventClassifier is called with."""

    input_size: int = key(6, "Channels of the sensors.", least=1)
    hidden_size: int = key(64, "Cells in a layer of the LSTM.", least=1)
    num_layers: int = key(1, "Layers of the LSTM.", least=1)
    num_events: int = key(16, "Bells, or whatever strikes.", least=1)
    dropout: float = key(0.0, "Share dropped before the heads.", least=0, below=1)
    bidirectional: bool = key(True, "Whether the LSTM reads backwards as well.")
    timing_resolution_samples: int = key(10, "Samples of a frame.", least=1)
    refractory_period_samples: int = key(4000, "No bell comes back before.", least=1)
    recurrent: str = key("lstm", "What remembers.", choices=("lstm", "tcn", "none"))
    attention: str = key("none", "Whether frames ask each other.", choices=("none", "local", "all"))
    causal: bool = key(False, "Whether it can answer while a stream goes on.")
    lookahead_frames: int = key(8, "causal: so late it answers.", least=1)
    features: tuple[int, ...] = key((48, 64, 64), "Of the three convolutions.", least=1)
    kernels: tuple[int, ...] = key((61, 11, 5), "Their lengths.", least=1)
    encoder: str | None = key(None, "File of a pretrained encoder to start from.")


def prepare(config: Config) -> Prepared:
    """Get the windows, and draw the first weights, or take those of an encoder."""
    from asctools.events.losses import EventTimingLoss
    from asctools.events.models import LSTMEventClassifier
    from asctools.settings import to_dict
    from asctools.tasks.seeding import drawn

    sources = sources_of(config)
    settings: Any = config.model
    arguments = to_dict(settings) | {"rate": sources.rate}
    encoder = arguments.pop("encoder")
    model = drawn(lambda: LSTMEventClassifier(**arguments), config)
    if encoder is not None:
        from asctools.events.pretraining.saving import start_from

        start_from(model, encoder)
    loss_fn = EventTimingLoss(
        timing_resolution_samples=model.resolution,
        refractory_period_samples=settings.refractory_period_samples,
    )
    return prepared(config, sources, model, loss_fn, "the classifier")


TASK = Task("events", "Tell which bell strikes when.", Data, Model, prepare)
