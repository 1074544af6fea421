"""What autoencoders are asked to make small: all of it in nats a frame, so that terms add up."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from asctools.errors import InputError, ShapeError, explain
from asctools.events.models.frames import valid_frames
from asctools.events.pretraining.autoencoder import AutoencoderOutput
from asctools.events.pretraining.parts import Parts
from asctools.events.pretraining.variational import VariationalOutput
from asctools.rnn.inputs import positive_sizes

__all__ = [
    "ACTIVE",
    "AutoencoderLoss",
    "AutoencoderParts",
    "active_units",
    "elbo",
    "kl_divergence",
    "reconstruction_loss",
]

ACTIVE = 0.01  # the variance from which on a latent says something


@dataclass(frozen=True)
class AutoencoderParts(Parts):
    """The loss of an autoencoder and what it is made of.

    Attributes
    ----------
    total_loss
        Reconstruction and β times KL divergence: the negative evidence lower bound, if β is 1.
    reconstruction_loss
        Negative log-likelihood of the readings, in nats a frame.
    kl_loss
        KL divergence of the latents, in nats a frame; 0 without a distribution.
    unexplained
        Squared error of the reconstruction over that of the mean, which is 0: below 1 something
        was reconstructed.
    """

    reconstruction_loss: Tensor
    kl_loss: Tensor
    unexplained: Tensor


class AutoencoderLoss(nn.Module):
    """Reconstruct well, and tell little: serves both autoencoders.

    Parameters
    ----------
    beta
        What a nat of KL divergence counts for.
    warm_up
        Training batches over which β rises from 0: first learn to tell, then to be brief.
    free_bits
        Nats that each latent may tell in a frame, on average, at no cost: what is below is not
        pressed down further.
    timing_resolution_samples
        Samples of a frame, as the model's.

    Raises
    ------
    InputError
        If a number is below 0.
    """

    def __init__(
        self,
        beta: float = 1.0,
        warm_up: int = 0,
        free_bits: float = 0.0,
        *,
        timing_resolution_samples: int = 10,
    ) -> None:
        super().__init__()
        for name, value in (("beta", beta), ("warm_up", warm_up), ("free_bits", free_bits)):
            if not (math.isfinite(value) and value >= 0):
                todo = "0 leaves it out"
                raise InputError(explain(f"{name}={value!r}", "a number from 0 on", todo))
        positive_sizes(timing_resolution_samples=timing_resolution_samples)
        self.beta, self.warm_up, self.free_bits = beta, warm_up, free_bits
        self.resolution = timing_resolution_samples

    def beta_after(self, batches: int) -> float:
        """Return β after so many training batches."""
        return self.beta * min(1.0, batches / self.warm_up) if self.warm_up else self.beta

    def forward(
        self,
        output: AutoencoderOutput | VariationalOutput,
        target: Tensor,
        lengths: Tensor | None = None,
        beta: float | None = None,
    ) -> AutoencoderParts:
        """Compare a reconstruction with normalised readings.

        Parameters
        ----------
        output
            What the model said.
        target
            The readings, normalised, ``(N, T, C)``: ``model.normalise(x)``.
        lengths
            Samples of each window, ``(N,)``, where they differ.
        beta
            In place of that of the loss, such as one that is still rising.

        Raises
        ------
        ShapeError
            If the shapes do not fit each other.
        """
        if output.reconstruction.shape != target.shape:
            came = f"a reconstruction {tuple(output.reconstruction.shape)}"
            todo = "pass model.normalise(x) as the target"
            raise ShapeError(explain(came, f"{tuple(target.shape)}, as the target", todo))
        N, T, _ = target.shape
        samples = valid_frames(lengths, 1, T, target).expand(N, T, 1)
        frames = samples.sum() / self.resolution
        told = reconstruction_loss(output.reconstruction, target, output.log_noise, samples)
        kl = told.new_zeros(())
        charged = kl
        if isinstance(output, VariationalOutput):
            each = kl_divergence(output.mean, output.log_variance).sum((0, 1)) / frames
            kl, charged = each.sum(), each.clamp(min=self.free_bits).sum()
        reconstruction = told / frames
        total = elbo(reconstruction, charged, self.beta if beta is None else beta)
        with torch.no_grad():
            wrong = (samples * (output.reconstruction - target) ** 2).sum()
            unexplained = wrong / (samples * target**2).sum()
        return AutoencoderParts(total, reconstruction, kl, unexplained)


def reconstruction_loss(
    reconstruction: Tensor, target: Tensor, log_noise: Tensor, valid: Tensor | float = 1.0
) -> Tensor:
    """Return the negative log-likelihood of readings, in nats: a sum over all of them.

    A reading is normal around its reconstruction, with a variance of its channel. The sum is not
    divided by the number of readings: a likelihood is a product over them.
    Implements :eq:`eq-reconstruction`.

    Parameters
    ----------
    reconstruction, target
        ``(N, T, C)``.
    log_noise
        Logarithm of the variance of each channel, ``(C,)``.
    valid
        1 where a reading counts, 0 behind the end of a window, ``(N, T, 1)``.
    """
    wrong = (target - reconstruction) ** 2 / log_noise.exp()
    return (valid * 0.5 * (wrong + log_noise + math.log(2.0 * math.pi))).sum()


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return how far normal distributions are from the standard one, in nats, each by itself.

    Implements :eq:`eq-kl-divergence`.

    Parameters
    ----------
    mean, log_variance
        Of equal shape.

    Returns
    -------
    Tensor
        Of that shape; 0 where the mean is 0 and the variance 1, else above.
    """
    return 0.5 * (mean**2 + log_variance.exp() - log_variance - 1.0)


def elbo(reconstruction: Tensor, kl: Tensor, beta: float = 1.0) -> Tensor:
    """Return what a variational autoencoder makes small: the negative evidence lower bound.

    Both terms must be sums over the same readings, or means over the same frames. A mean over
    readings beside a sum over latents is β in disguise, and a large one.
    Implements :eq:`eq-elbo`.

    Parameters
    ----------
    reconstruction
        Negative log-likelihood, in nats.
    kl
        KL divergence of the latents, in nats.
    beta
        What a nat of it counts for; 1 is the bound itself.
    """
    return reconstruction + beta * kl


def active_units(mean: Tensor, least: float = ACTIVE) -> Tensor:
    """Return which latents say anything: those whose mean varies from frame to frame.

    Parameters
    ----------
    mean
        Means of the latents, ``(..., L)``.
    least
        The variance above which a latent counts as active.

    Returns
    -------
    Tensor
        ``(L,)``, bool; its sum is the number of active units.

    Notes
    -----
    The measure is that of Burda et al. (2016).
    """
    return mean.detach().flatten(0, -2).var(dim=0) > least
