"""Which bell strikes when: templates propose, an LSTM over their candidates decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asctools.settings import Section, key
from asctools.tasks.event_parts import (
    COLUMNS,
    FINAL,
    Whole,
    about_of,
    origin,
    rivals_of,
    sources_of,
)
from asctools.tasks.task import Prepared, Task

if TYPE_CHECKING:
    from asctools.events.rescoring import PursuitRescorer
    from asctools.events.rescoring.proposals import Proposals
    from asctools.tasks.event_data import Sources
    from asctools.training.config import Config

__all__ = ["TASK", "Model", "ready"]


@dataclass(frozen=True)
class Model(Section, path="model"):
    """What PursuitRescorer is called with."""

    num_events: int = key(16, "Bells, or whatever strikes.", least=1)
    refractory_period_samples: int = key(4000, "No bell comes back before.", least=1)
    length: int = key(600, "Samples of a template.", least=100)
    least_score: float = key(1.0, "Of a candidate, a log-likelihood ratio.")
    spare: int = key(0, "Places in a second for a bell that misses a row.", least=0)
    width: int = key(96, "Of the layers that look at a candidate alone.", least=1)
    hidden_size: int = key(64, "Cells of the LSTM in each direction.", least=1)
    dropout: float = key(0.2, "Share dropped behind each layer.", least=0, below=1)
    recurrent: bool = key(True, "Whether candidates are read as a sequence, by an LSTM.")


def prepare(config: Config) -> Prepared:
    """Get the windows, and let pursuits propose candidates in them."""
    return ready(config, sources_of(config))


def ready(config: Config, sources: Sources) -> Prepared:
    """Put together a training on windows that are there already."""
    import torch
    from torch.utils.data import DataLoader

    from asctools.events.rescoring import PursuitRescorer
    from asctools.events.rescoring.data import collate_candidates
    from asctools.events.rescoring.step import candidate_scores, candidate_step
    from asctools.settings import to_dict

    settings: Any = config.model
    rescorer = PursuitRescorer(**to_dict(settings), rate=sources.rate)
    proposals = rescorer.propose(sources.train, validation=sources.val)
    known = rescorer.known(proposals.train, vary=True)
    order = torch.Generator()
    if config.training.seed is not None:
        order.manual_seed(config.training.seed)
    held = rescorer.known(proposals.validation)
    return Prepared(
        model=rescorer.new_reader(known, config.training.seed),
        train_loader=DataLoader(
            known,
            config.training.batch_size,
            shuffle=True,
            generator=order,
            collate_fn=collate_candidates,
        ),
        val_loader=DataLoader(held, 64, collate_fn=collate_candidates),
        columns=COLUMNS,
        rivals=lambda: rivals_of(
            sources,
            settings.num_events,
            settings.refractory_period_samples,
            length=settings.length,
        ),
        finish=lambda reader, folder: _finish(
            rescorer.take(proposals, reader), sources, folder, config
        ),
        step=candidate_step,
        scores=candidate_scores,
        normaliser=proposals.normaliser,
        about=_about(sources, proposals),
        called="the re-scorer",
        note=f"on {sources.test.number} windows that nobody has trained on",
    )


def _about(sources: Sources, proposals: Proposals) -> str:
    number = sum(each.picks.number for each in proposals.train.described)
    return f"{about_of(sources)}: {number} candidates"


def _finish(
    rescorer: PursuitRescorer, sources: Sources, folder: Path, config: Config
) -> Mapping[str, float]:
    """Write the re-scorer, and score it on the test."""
    from asctools.events.files import write
    from asctools.tasks.event_data import scores_of

    write(folder / FINAL, rescorer.file(origin(config)), half=False)
    found = [rescorer.detect(window) for window in sources.test.data]
    return scores_of(
        found, sources.test.strikes, sources.rate, rescorer.pursuit.settings.num_events
    )


TASK = Task("rescorer", "Tell which of a pursuit's candidates are strikes.", Whole, Model, prepare)
