"""Templates divided by the noise."""

import numpy as np
import pytest
import torch

from asctools.bells.pursuit.noise import inverse_spectrum
from asctools.errors import ShapeError
from asctools.events.models.specific.whitening import identity, inverse_for, whitened

C = 3


def spectrum() -> np.ndarray:
    """A Hermitian, positive cross-spectrum that changes slowly, (129, C, C)."""
    late = np.exp(-1j * np.linspace(0, np.pi, 129))[:, None] ** np.arange(C)
    return 2.0 * np.eye(C) + late[:, :, None] * late[:, None].conj()


def test_white_noise_leaves_templates_as_they_are() -> None:
    templates = torch.randn(2, C, 40, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(whitened(templates, identity(21, C)), templates)
    torch.testing.assert_close(whitened(templates, identity(33, C)), templates)  # with room


def test_a_filter_times_the_noise_is_the_template() -> None:
    templates = torch.randn(2, C, 64, generator=torch.Generator().manual_seed(0))
    bins = 33
    filters = np.fft.rfft(whitened(templates, inverse_for(spectrum(), None, bins)).numpy())
    noise = np.linalg.inv(inverse_spectrum(spectrum(), bins))
    back = np.einsum("fcd,edf->ecf", noise, filters)
    np.testing.assert_allclose(
        back[..., 1:-1], np.fft.rfft(templates.numpy())[..., 1:-1], atol=1e-4
    )


def test_noise_is_scaled_with_the_channels() -> None:
    scale = np.array([0.5, 1.0, 4.0])
    scaled = spectrum() / np.outer(scale, scale)
    own = torch.view_as_complex(inverse_for(scaled, None, 20)).numpy()
    said = torch.view_as_complex(inverse_for(spectrum(), scale, 20)).numpy()
    np.testing.assert_allclose(said, own, rtol=5e-2, atol=2e-2)  # the floor is one for all channels


def test_a_scale_of_other_channels_is_refused() -> None:
    with pytest.raises(ShapeError, match="scale"):
        inverse_for(spectrum(), np.ones(C + 1), 20)
