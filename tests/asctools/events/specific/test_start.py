"""What a bank knows before its first step."""

from functools import cache

import numpy as np
import pytest
import torch

from asctools.bells import BellFrame, Strikes
from asctools.bells.frame import superpose
from asctools.bells.highpass import HighPass
from asctools.bells.pursuit import TemplatePursuit
from asctools.errors import ShapeError
from asctools.events.models.specific.bank import ENERGY, EventTemplateBank
from asctools.events.models.specific.delays import delayed
from asctools.events.models.specific.start import start_from_noise, start_from_pursuit

E, L = 3, 100


@cache
def pursuit() -> TemplatePursuit:
    """One that has learned three bells from ninety strikes."""
    rng = np.random.default_rng(0)
    strikes = Strikes.make(np.arange(90) % E, 200 * np.arange(90) + rng.uniform(0, 150, 90))
    templates = BellFrame(0).templates(strokes=False)[:E]
    signal = superpose(templates, strikes, 1.0, 18_500, 0.5 * rng.normal(size=(18_500, 6)))
    return TemplatePursuit(E, 130, steps=4).fit([signal], [strikes])


def bank(num_events: int = E, length: int = L, **settings: object) -> EventTemplateBank:
    torch.manual_seed(0)
    return EventTemplateBank(num_events, template_length=length, **settings)


def test_shapes_and_delays_together_are_what_was_learned() -> None:
    model = start_from_pursuit(bank(), pursuit())
    delays = model.delays.detach().numpy()[..., None]
    joined = delayed(model.templates, model.onset_delays, 10).detach().numpy()
    place = np.arange(-10, L + 10)
    inside = (place > delays + 2) & (place < delays + L - 3) & (place >= 0)
    learned = np.pad(pursuit().templates, ((0, 0), (0, 0), (10, 10)))[..., : L + 20]
    rest = np.linalg.norm((joined - learned) * inside) / np.linalg.norm(learned * inside)
    assert rest < 0.02
    assert np.abs(delays).mean() > 1.0


def test_delays_are_those_of_the_bell_frame() -> None:
    model = start_from_pursuit(bank(), pursuit())
    errors = np.abs(model.onset_delays.detach().numpy() - BellFrame(0).delays[:E])
    assert np.median(errors) < 0.5  # a quarter of a millisecond


def test_a_bank_of_scaled_readings_scores_as_one_of_plain_readings() -> None:
    scale = np.array([0.5, 1.0, 2.0, 0.7, 1.3, 3.0])
    signal, _ = HighPass()(BellFrame(0, "quiet").record(0.5).signal)
    plain, scaled = bank(whiten=True), bank(whiten=True)
    start_from_pursuit(plain, pursuit())
    start_from_pursuit(scaled, pursuit(), scale)
    with torch.no_grad():
        said = plain(torch.from_numpy(signal)[None])
        other = scaled(torch.from_numpy((signal / scale).astype(np.float32))[None])
    torch.testing.assert_close(other, said, rtol=1e-3, atol=1e-3 * float(said.abs().max()))


def test_noise_is_drawn_by_the_generator_and_has_the_energy_it_should() -> None:
    models = [start_from_pursuit(bank(), pursuit()), bank()]
    for model in models:
        start_from_noise(model, torch.Generator().manual_seed(5))
        energies = model.filters().energies.detach().numpy()
        np.testing.assert_allclose(energies, ENERGY, rtol=0.4)
        assert not model.delays.any()
    assert torch.equal(models[0].templates, models[1].templates)


@pytest.mark.parametrize("wrong", [{"num_events": 4}, {"num_features": 3}, {"length": 140}])
def test_a_pursuit_that_does_not_fit_is_refused(wrong: dict) -> None:
    with pytest.raises(ShapeError, match="pursuit"):
        start_from_pursuit(bank(**wrong), pursuit())


def test_a_scale_of_other_channels_is_refused() -> None:
    with pytest.raises(ShapeError, match="scale"):
        start_from_pursuit(bank(whiten=True), pursuit(), np.ones(5))
