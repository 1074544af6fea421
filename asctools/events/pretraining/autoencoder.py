"""Reconstruct: an encoder to a few numbers a frame, and a decoder back to the readings."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from asctools.errors import InputError, explain, unknown_name
from asctools.events.pretraining.encoder import WithEncoder, arguments_of
from asctools.rnn.inputs import positive_sizes

__all__ = ["DECODERS", "AutoencoderOutput", "Decoder", "LSTMAutoencoder"]

DECODERS = ("waveforms", "lstm")
OWN = ("latent_size", "decoder", "waveform_samples")  # arguments that the encoder does not have


class AutoencoderOutput(NamedTuple):
    """What came back, and what it was made from.

    Attributes
    ----------
    reconstruction
        The normalised readings, as the model tells them, ``(N, T, C)``.
    latents
        The numbers of each frame, ``(N, frames, latent_size)``.
    log_noise
        Logarithm of the variance of what cannot be reconstructed, of each channel, ``(C,)``.
    """

    reconstruction: Tensor
    latents: Tensor
    log_noise: Tensor


class LSTMAutoencoder(WithEncoder):
    """Tell readings again from a few numbers for each frame of five milliseconds.

    Latents are a sequence: one vector for a whole window could not say when anything was.

    Parameters
    ----------
    input_size, hidden_size, num_layers
        Of the encoder: as of :class:`~asctools.events.models.LSTMEventClassifier`.
    latent_size
        Numbers of a frame. A frame of ten samples in six channels has 60 numbers itself: with as
        many latents nothing has to be understood.
    dropout, bidirectional, timing_resolution_samples, features, kernels, rate
        Of the encoder.
    decoder
        ``"waveforms"``: each latent plays a waveform of its own, and all sound at once;
        ``"lstm"``: an LSTM reads the latents and tells each frame.
    waveform_samples
        Length of the waveforms.

    Raises
    ------
    InputError, UnknownNameError
        If an argument is out of range, or a name unknown.
    """

    def __init__(
        self,
        input_size: int = 6,
        hidden_size: int = 128,
        num_layers: int = 2,
        latent_size: int = 64,
        *,
        dropout: float = 0.0,
        bidirectional: bool = True,
        timing_resolution_samples: int = 10,
        features: Sequence[int] = (48, 64, 64),
        kernels: Sequence[int] = (61, 11, 5),
        rate: float = 2000.0,
        decoder: str = "waveforms",
        waveform_samples: int = 200,
    ) -> None:
        arguments = arguments_of(locals())
        super().__init__(arguments, OWN)
        self.latent_size = latent_size
        self.to_latents = self._latent_layer(self.encoder.width, latent_size)
        self.decoder = Decoder(
            latent_size, input_size, hidden_size, self.resolution, decoder, waveform_samples
        )
        self.log_noise = nn.Parameter(torch.zeros(input_size))

    def forward(
        self, x: Tensor, lengths: Sequence[int] | Tensor | None = None
    ) -> AutoencoderOutput:
        """Reconstruct windows of readings ``(N, T, C)``, normalised."""
        latents = self.encode(x, lengths)
        return AutoencoderOutput(self.decode(latents)[:, : x.shape[1]], latents, self.log_noise)

    def encode(self, x: Tensor, lengths: Sequence[int] | Tensor | None = None) -> Tensor:
        """Return the latents of readings as the sensor gives them, ``(N, frames, latent_size)``."""
        frames, valid = self.encoder.frames(x, lengths)
        latents: Tensor = self.to_latents(frames) * valid
        return latents

    def decode(self, latents: Tensor) -> Tensor:
        """Return normalised readings ``(N, frames · resolution, C)`` for latents."""
        readings: Tensor = self.decoder(latents)
        return readings

    def _latent_layer(self, width: int, latent_size: int) -> nn.Linear:
        positive_sizes(latent_size=latent_size)
        return nn.Linear(width, latent_size)


class Decoder(nn.Module):
    """From latents ``(N, frames, L)`` to readings ``(N, frames · resolution, C)``."""

    def __init__(
        self,
        latent_size: int,
        channels: int,
        hidden_size: int,
        resolution: int,
        kind: str,
        waveform_samples: int,
    ) -> None:
        super().__init__()
        if kind not in DECODERS:
            raise unknown_name("decoder", kind, DECODERS)
        if waveform_samples < resolution:
            came = f"waveform_samples={waveform_samples!r}"
            raise InputError(explain(came, f"{resolution} or more, a frame", "make it longer"))
        self.channels, self.resolution = channels, resolution
        self.memory = None
        width, length = latent_size, waveform_samples
        if kind == "lstm":
            self.memory = nn.LSTM(latent_size, hidden_size, batch_first=True)
            width, length = hidden_size, resolution
        self.play = nn.ConvTranspose1d(width, channels, length, resolution, bias=False)

    def forward(self, latents: Tensor) -> Tensor:
        y = latents if self.memory is None else self.memory(latents)[0]
        samples = latents.shape[1] * self.resolution
        readings: Tensor = self.play(y.transpose(1, 2))[:, :, :samples].transpose(1, 2)
        return readings
