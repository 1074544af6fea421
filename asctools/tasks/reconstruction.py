"""What the two autoencoders share as tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asctools.tasks.task import Prepared, Table
from asctools.tasks.unlabelled import about, batches, keep, windows

if TYPE_CHECKING:
    from torch import Tensor

    from asctools.events.pretraining import AutoencoderLoss, LSTMAutoencoder
    from asctools.tasks.event_data import Sources
    from asctools.training.config import Config

__all__ = ["prepared"]

COLUMNS = ("unexplained", "reconstruction_loss", "kl_loss", "active_units")


def prepared(
    config: Config,
    kind: type[LSTMAutoencoder],
    loss_fn: AutoencoderLoss,
    apart: tuple[str, ...] = (),
    corrupt: Callable[[Tensor], Tensor] | None = None,
) -> Prepared:
    """Get the windows, and draw the first weights of an autoencoder.

    Parameters
    ----------
    config
        Of the task.
    kind
        Which autoencoder; it is called with the section ``model``.
    loss_fn
        Its loss.
    apart
        Keys of that section which are not the model's.
    corrupt
        What is done to a window before the model hears it in training.
    """
    from torch.utils.data import DataLoader

    from asctools.events.pretraining import (
        LSTMVariationalAutoencoder,
        UnsupervisedDataset,
        UnsupervisedStep,
        collate_fn_unsupervised,
    )
    from asctools.events.pretraining.trainers import latent_scores
    from asctools.settings import to_dict
    from asctools.tasks.seeding import drawn

    sources = windows(config)
    settings: Any = config.model
    arguments = {n: v for n, v in to_dict(settings).items() if n not in apart}
    model = drawn(lambda: kind(**arguments, rate=sources.rate), config)
    data: Any = config.data
    known = UnsupervisedDataset(sources.train.data, crop=data.crop)
    model.normalise.fit(known.data)
    val, test = (
        DataLoader(UnsupervisedDataset(part.data), 50, collate_fn=collate_fn_unsupervised)
        for part in (sources.val, sources.test)
    )
    return Prepared(
        model=model,
        train_loader=batches(known, config, collate_fn_unsupervised),
        val_loader=val,
        tests={"": test},
        columns=COLUMNS,
        rivals=lambda: _rivals(sources, model),
        finish=lambda trained, folder: keep(trained, folder, config),
        step=UnsupervisedStep(loss_fn, corrupt),
        scores=latent_scores if kind is LSTMVariationalAutoencoder else None,
        normaliser=model.normalise.normaliser(),
        about=about(sources),
        called="the autoencoder",
        note="unexplained: of the energy, 1 is the mean; losses in nats a frame",
    )


def _rivals(sources: Sources, model: Any) -> Table:
    """Score the mean, and what principal components of single frames can do at the same price."""
    import torch

    from asctools.events.pretraining import LSTMVariationalAutoencoder, kl_divergence
    from asctools.events.pretraining.rivals import (
        frame_spectrum,
        unexplained_by_nats,
        unexplained_by_numbers,
    )

    x = torch.from_numpy(sources.test.data)
    spectrum = frame_spectrum(model.normalise(x).numpy(), model.resolution)
    rows = {"the mean": {"unexplained": 1.0}}
    if not isinstance(model, LSTMVariationalAutoencoder):
        missed = unexplained_by_numbers(spectrum, model.latent_size)
        return rows | {f"{model.latent_size} components of a frame": {"unexplained": missed}}
    model.eval()
    with torch.no_grad():
        told = [kl_divergence(*model.distribution(part)).sum(2) for part in x.split(50)]
    nats = float(torch.cat(told).mean())
    missed = unexplained_by_nats(spectrum, nats)
    return rows | {"components at as many nats": {"unexplained": missed, "kl_loss": nats}}
