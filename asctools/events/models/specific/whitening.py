"""Divide templates by the noise: at each frequency, and between channels."""

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from asctools.bells.pursuit.noise import inverse_spectrum
from asctools.errors import ShapeError, explain

__all__ = ["SMEAR", "checked_scale", "identity", "inverse_for", "whitened"]

SMEAR = 256  # samples by which whitening lengthens a template on both sides; noise has a memory


def inverse_for(spectrum: NDArray[np.complex128], scale: ArrayLike | None, bins: int) -> Tensor:
    """Return Σ⁻¹ of noise whose channels have been divided by a scale.

    Parameters
    ----------
    spectrum
        Σ, the cross-spectrum of the noise as it was recorded, ``(F, C, C)``; see
        :func:`~asctools.bells.pursuit.noise.cross_spectrum`.
    scale
        What each channel is divided by before a template meets it, ``(C,)``; None: nothing.
    bins
        Number of frequencies that are wanted, from 0 to half the rate.

    Returns
    -------
    Tensor
        Real and imaginary part side by side, ``(bins, C, C, 2)``, float32.

    Raises
    ------
    ShapeError
        If the scale has another number of channels.
    """
    channels = spectrum.shape[-1]
    divisor = checked_scale(scale, channels)
    inverse = inverse_spectrum(spectrum, bins) * np.outer(divisor, divisor)
    return torch.view_as_real(torch.from_numpy(inverse.astype(np.complex64))).clone()


def checked_scale(scale: ArrayLike | None, channels: int) -> NDArray[np.float64]:
    """Return what each channel is divided by, ``(C,)``: ones for None.

    Raises
    ------
    ShapeError
        If there is not one number for each channel.
    """
    divisor = np.ones(channels) if scale is None else np.asarray(scale, dtype=np.float64)
    if divisor.shape != (channels,):
        came = f"a scale of shape {divisor.shape}"
        raise ShapeError(explain(came, f"({channels},)", "give one number for each channel"))
    return divisor


def identity(bins: int, channels: int) -> Tensor:
    """Return Σ⁻¹ of white noise of variance 1, alike in all channels, ``(bins, C, C, 2)``."""
    plain = torch.eye(channels).expand(bins, -1, -1)
    return torch.stack([plain, torch.zeros_like(plain)], dim=-1).contiguous()


def whitened(templates: Tensor, inverse: Tensor) -> Tensor:
    """Return the filters Σ⁻¹ S of templates S, in time.

    Parameters
    ----------
    templates
        ``(E, C, M)``, with room on both sides for what whitening smears.
    inverse
        Σ⁻¹ as :func:`inverse_for` returns it, with M // 2 + 1 frequencies or more.

    Returns
    -------
    Tensor
        ``(E, C, M)``. Its correlation with a signal is the likelihood of a strike; with its own
        template it is that template's signal-to-noise ratio.
    """
    size = 2 * (len(inverse) - 1)
    spectrum = torch.fft.rfft(templates, size)
    divided = torch.einsum("fcd,edf->ecf", torch.view_as_complex(inverse), spectrum)
    return torch.fft.irfft(divided, size)[..., : templates.shape[-1]]
