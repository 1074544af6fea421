"""Which bell strikes when: the classifier that knows what its bells look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asctools.settings import Section, key
from asctools.tasks.event_parts import Data, prepared, sources_of
from asctools.tasks.task import Prepared, Task

if TYPE_CHECKING:
    from asctools.bells.pursuit import TemplatePursuit
    from asctools.tasks.event_data import Sources
    from asctools.training.config import Config

__all__ = ["TASK", "Model", "ready"]

NO_ARGUMENTS = ("start", "template_weight")  # of the model: of its start and its loss


@dataclass(frozen=True)
class Model(Section, path="model"):
    """What EventSpecificClassifier is called with, and how it begins."""

    input_size: int = key(6, "Channels of the sensors.", least=1)
    hidden_size: int = key(64, "Cells in a layer of the LSTM.", least=1)
    num_layers: int = key(1, "Layers of the LSTM.", least=1)
    num_events: int = key(16, "Bells, or whatever strikes.", least=1)
    dropout: float = key(0.0, "Share dropped in the heads.", least=0, below=1)
    template_length: int = key(300, "Samples of a template.", least=21)
    bidirectional: bool = key(True, "Whether the LSTM reads backwards as well.")
    start: str = key("pursuit", "What the templates begin with.", choices=("pursuit", "noise"))
    whiten: bool = key(True, "Whether templates are divided by the noise.")
    rounds: int = key(2, "How often sure strikes are taken out; 0: never.", least=0)
    event_convolutions: bool = key(True, "Whether each event has its own.")
    timing_heads: bool = key(True, "Whether each has its own beside the one for all.")
    recurrent: str = key("lstm", "What remembers.", choices=("lstm", "none"))
    features: int = key(64, "Of the convolution before the LSTM.", least=1)
    event_features: int = key(12, "Of the convolutions of each event.", least=3)
    timing_resolution_samples: int = key(10, "Samples of a frame.", least=1)
    refractory_period_samples: int = key(4000, "No bell comes back before.", least=1)
    template_weight: float = key(0.5, "What the template term counts for.", least=0)


def prepare(config: Config) -> Prepared:
    """Get the windows, draw the first weights, and let a pursuit learn the first templates."""
    return ready(config, sources_of(config))


def ready(config: Config, sources: Sources) -> Prepared:
    """Put together a training on windows that are there already."""
    from asctools.events.models.specific import EventSpecificClassifier
    from asctools.events.specific_loss import EventSpecificLoss
    from asctools.settings import to_dict
    from asctools.tasks.seeding import drawn

    settings: Any = config.model
    arguments = to_dict(settings) | {"rate": sources.rate}
    own = {name: arguments.pop(name) for name in NO_ARGUMENTS}
    model = drawn(lambda: EventSpecificClassifier(**arguments), config)
    loss_fn = EventSpecificLoss(
        template_weight=own["template_weight"],
        timing_resolution_samples=model.resolution,
        refractory_period_samples=settings.refractory_period_samples,
    )
    made = prepared(config, sources, model, loss_fn, "the event-specific model")
    if own["start"] == "pursuit":
        model.start_from(_learned(settings, sources))
    return made


def _learned(settings: Any, sources: Sources) -> TemplatePursuit:
    """Let a pursuit learn templates of at least the length that is asked for."""
    from asctools.bells.pursuit import TemplatePursuit
    from asctools.bells.pursuit.settings import LEAST_LENGTH

    pursuit = TemplatePursuit(
        settings.num_events,
        max(settings.template_length, LEAST_LENGTH),
        settings.refractory_period_samples,
        rate=sources.rate,
    )
    return pursuit.fit(sources.train, validation=sources.val)


TASK = Task("event_specific", "Tell which bell strikes when, by its shape.", Data, Model, prepare)
