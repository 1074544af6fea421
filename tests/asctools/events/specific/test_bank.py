"""A bank of templates: its scores, what silence and padding do, and what it can learn."""

import numpy as np
import pytest
import torch

from asctools.bells.pursuit.scores import make_bank, score_traces
from asctools.bells.pursuit.templates import Templates
from asctools.errors import InputError, ShapeError, UnknownNameError
from asctools.events.models.specific.bank import EventTemplateBank, Filters, template_score
from asctools.events.models.specific.whitening import inverse_for

E, C, L, LEAD = 3, 2, 24, 6
SMALL = {"num_events": E, "num_features": C, "template_length": L, "lead": LEAD, "max_delay": 4}


def small(seed: int = 0, **settings: object) -> EventTemplateBank:
    torch.manual_seed(seed)
    return EventTemplateBank(**{**SMALL, **settings})


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def coloured() -> np.ndarray:
    """The cross-spectrum of noise with a memory, half of it in common, a sample late in one."""
    late = np.exp(-1j * np.linspace(0, np.pi, 257))[:, None]
    common = 0.5 * late ** np.arange(C)
    alone = np.abs(1 + 0.6 * late)[..., None] ** 2 * np.eye(C)
    return alone + common[:, :, None] * common[:, None].conj()


@pytest.mark.equation("eq-template-score")
@pytest.mark.parametrize("T", [1, 5, 40])
def test_scores_are_sums_of_products_around_the_strike(T: int) -> None:
    signal, filters = noise(2, C, T).numpy(), noise(E, C, L, seed=1)
    energies = torch.tensor([4.0, 9.0, 0.25])
    scores = template_score(torch.from_numpy(signal), Filters(filters, energies, LEAD))
    padded = np.pad(signal, ((0, 0), (0, 0), (LEAD, L)))
    for t in range(T):
        by_hand = np.einsum("ncl,ecl->ne", padded[:, :, t : t + L], filters.numpy())
        np.testing.assert_allclose(scores[:, :, t], by_hand / [2, 3, 0.5], atol=1e-4)


@pytest.mark.parametrize("whiten", [False, True])
def test_a_bank_says_what_the_pursuit_says(whiten: bool) -> None:
    bank = small(whiten=whiten)
    spectrum = coloured() if whiten else np.broadcast_to(np.eye(C) * (1 + 0j), (257, C, C))
    if bank.inverse_spectrum is not None:
        bank.inverse_spectrum.copy_(inverse_for(spectrum, None, len(bank.inverse_spectrum)))
    templates = Templates(bank.templates.detach().numpy(), np.arange(E))
    signal, early = noise(300, C), 100
    known = make_bank(templates, spectrum, 2048)
    c = score_traces(known.filters.astype(complex), signal.double().numpy(), early)
    z = c[:, early - LEAD : early - LEAD + 300] / np.sqrt(known.energies)[:, None]
    said = bank(signal[None])[0].detach().numpy().T
    floor = 1 if whiten else np.sqrt(1.001)  # the pursuit adds 1/1000 to every spectrum
    np.testing.assert_allclose(said, z * floor, atol=1e-4 * np.abs(z).max())


@pytest.mark.parametrize("settings", [{}, {"whiten": True}, {"normalise": "signal"}])
def test_silence_behind_a_window_changes_nothing(settings: dict) -> None:
    bank, x = small(**settings), noise(2, 50, C)
    longer = torch.cat([x, torch.zeros(2, 70, C)], dim=1)
    torch.testing.assert_close(bank(longer)[:, :50], bank(x), rtol=1e-5, atol=1e-5)
    assert bank(x[:, :1]).shape == (2, 1, E)


def test_noise_scores_with_variance_one() -> None:
    bank = small()
    with torch.no_grad():
        deviations = bank(noise(4, 4000, C)).std(dim=(0, 1))
    np.testing.assert_allclose(deviations, 1.0, atol=0.05)


def test_a_template_of_any_loudness_scores_one_against_itself() -> None:
    bank = small(normalise="signal")
    x = noise(1, 90, C)
    with torch.no_grad():
        bank.delays.fill_(0.0)
        x[0, 30 - LEAD : 30 - LEAD + L] = 7.0 * bank.templates[1].T
        scores = bank(x)
    assert scores.abs().max() <= 1.0 + 1e-6
    assert scores[0, :, 1].argmax() == 30


def test_templates_of_zeros_score_nothing_and_break_nothing() -> None:
    bank = small()
    with torch.no_grad():
        bank.templates[1] = 0.0
    scores = bank(noise(2, 60, C))
    assert (scores[..., 1] == 0).all()
    scores.square().sum().backward()
    assert all(torch.isfinite(part.grad).all() for part in bank.parameters())


def test_gradients_bring_templates_and_delays_home() -> None:
    """A late channel is found by its delay alone, from two samples away."""
    bank = small()
    with torch.no_grad():
        smooth = torch.exp(-0.5 * ((torch.arange(L) - 12) / 2.0) ** 2)
        bank.templates.copy_(smooth.expand(E, C, L))
        bank.delays[0, 1] = 2.3
        x = torch.zeros(1, 80, C)
        x[0, 40 - LEAD : 40 - LEAD + L] = bank.waveforms()[0].T
        bank.delays.zero_()
    optimizer = torch.optim.Adam([bank.delays], lr=0.1)
    for _ in range(60):
        optimizer.zero_grad()
        (-bank(x)[0, 40, 0]).backward()
        optimizer.step()
    found = bank.onset_delays.detach()
    assert abs(float(found[0, 1] - found[0, 0]) - 2.3) < 0.1  # one for both only moves the strike


def test_every_parameter_and_the_input_get_a_gradient() -> None:
    bank, x = small(whiten=True).double(), noise(1, 30, C).double().requires_grad_()
    bank(x).square().sum().backward()
    for part in (bank.templates, bank.delays, x):
        assert part.grad is not None
        assert (part.grad != 0).all()


@pytest.mark.parametrize(
    ("settings", "error", "says"),
    [
        ({"num_events": 0}, InputError, "num_events"),
        ({"lead": L}, InputError, "lead"),
        ({"lead": 2.5}, InputError, "lead"),
        ({"max_delay": -1}, InputError, "max_delay"),
        ({"max_delay": "a"}, InputError, "max_delay"),
        ({"normalise": "signl"}, UnknownNameError, "signal"),
        ({"normalise": "signal", "whiten": True}, InputError, "whiten"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        small(**settings)


def test_another_number_of_channels_is_refused() -> None:
    with pytest.raises(ShapeError, match="expected"):
        small()(noise(1, 30, C + 1))
