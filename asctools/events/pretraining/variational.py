"""Reconstruct with uncertainty: latents that are distributions, and pay for what they tell."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from asctools.events.pretraining.autoencoder import LSTMAutoencoder
from asctools.rnn.inputs import positive_sizes

__all__ = ["LSTMVariationalAutoencoder", "VariationalOutput", "reparameterised"]


class VariationalOutput(NamedTuple):
    """What came back, and the distribution of what it was made from.

    Attributes
    ----------
    reconstruction
        The normalised readings, as the model tells them, ``(N, T, C)``.
    latents
        What was drawn, or the mean, ``(N, frames, latent_size)``.
    log_noise
        Logarithm of the variance of what cannot be reconstructed, of each channel, ``(C,)``.
    mean, log_variance
        Of the latents, ``(N, frames, latent_size)``.
    """

    reconstruction: Tensor
    latents: Tensor
    log_noise: Tensor
    mean: Tensor
    log_variance: Tensor


class LSTMVariationalAutoencoder(LSTMAutoencoder):
    """An autoencoder whose latents are normal distributions near the standard one.

    What a latent tells costs as many nats as its distribution is away from the standard one, and
    is told only if the reconstruction gains more. Noise is never worth its price; a strike is.

    Parameters
    ----------
    *arguments, **settings
        Those of :class:`LSTMAutoencoder`.

    Attributes
    ----------
    batches
        Training batches that it has seen, as batch normalisation counts them: the weight of the
        KL divergence may rise with it. It is saved with the weights, so a training that goes on
        goes on with the right weight.
    """

    batches: Tensor

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.register_buffer("batches", torch.tensor(0))

    def forward(  # type: ignore[override]  # it says more than an autoencoder
        self,
        x: Tensor,
        lengths: Sequence[int] | Tensor | None = None,
        sample: bool | None = None,
    ) -> VariationalOutput:
        """Reconstruct windows of readings ``(N, T, C)``, normalised.

        Parameters
        ----------
        x, lengths
            As for the classifier.
        sample
            Whether latents are drawn, or their means taken; None: drawn in training only.
        """
        mean, log_variance = self.distribution(x, lengths)
        drawn = self.training if sample is None else sample
        latents = reparameterised(mean, log_variance) if drawn else mean
        if self.training:
            self.batches += 1
        told = self.decode(latents)[:, : x.shape[1]]
        return VariationalOutput(told, latents, self.log_noise, mean, log_variance)

    def encode(self, x: Tensor, lengths: Sequence[int] | Tensor | None = None) -> Tensor:
        """Return the means of the latents, ``(N, frames, latent_size)``."""
        return self.distribution(x, lengths)[0]

    def distribution(
        self, x: Tensor, lengths: Sequence[int] | Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return mean and logarithm of the variance, each ``(N, frames, latent_size)``.

        Behind the end of a window both are 0: the standard distribution, which costs nothing.
        """
        frames, valid = self.encoder.frames(x, lengths)
        mean, log_variance = (self.to_latents(frames) * valid).chunk(2, dim=2)
        return mean, log_variance

    def _latent_layer(self, width: int, latent_size: int) -> nn.Linear:
        positive_sizes(latent_size=latent_size)
        return nn.Linear(width, 2 * latent_size)


def reparameterised(
    mean: Tensor, log_variance: Tensor, generator: torch.Generator | None = None
) -> Tensor:
    """Draw from normal distributions so that a gradient reaches mean and variance.

    The chance is drawn apart, from the standard distribution; then it is stretched and moved.

    Parameters
    ----------
    mean, log_variance
        Of equal shape.
    generator
        Where the chance comes from; None: PyTorch's own.
    """
    chance = torch.randn(mean.shape, generator=generator, dtype=mean.dtype).to(mean.device)
    return mean + (0.5 * log_variance).exp() * chance
