"""Pictures of learned templates, of a bank, of a model, and while it is trained."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from asctools.errors import InputError, ShapeError
from asctools.events.models.specific import (
    EventSpecificClassifier,
    EventTemplateBank,
    TemplatePictures,
)
from asctools.events.templates_picture import (
    template_cosines,
    visualize_learned_templates,
)
from asctools.training.batches import StepResult
from asctools.training.trainer import Trainer

E, C, L = 2, 3, 40


def bank() -> EventTemplateBank:
    torch.manual_seed(0)
    return EventTemplateBank(E, C, L)


def test_a_picture_has_a_panel_for_each_event_and_says_what_one_sees(tmp_path: Path) -> None:
    model = bank()
    figure = visualize_learned_templates(model, tmp_path / "seen.svg", np.ones((E, C, 50)))
    assert len([axes for axes in figure.axes if axes.get_visible()]) == E
    written = (tmp_path / "seen.svg").read_text()
    assert "2 panels" in written
    assert "true waveform" in written
    visualize_learned_templates(model, tmp_path / "seen.png")
    assert (tmp_path / "seen.png").read_bytes().startswith(b"\x89PNG")


def test_delays_are_applied() -> None:
    model = bank()
    with torch.no_grad():
        model.templates.zero_()
        model.templates[:, :, 20] = 1.0
        model.delays[1, 2] = 5.0
    lines = visualize_learned_templates(model).axes[1].lines[1:]
    assert [int(np.argmax(line.get_ydata())) for line in lines] == [20, 20, 25]


def test_a_bank_is_like_itself_in_the_units_that_it_hears() -> None:
    model = EventSpecificClassifier(
        C, 4, 1, E, template_length=L, event_convolutions=False, timing_heads=False
    )
    readings = np.random.default_rng(0).normal(size=(4, 400, C)) * [1.0, 30.0, 0.1]
    model.normalise.fit(readings.astype(np.float32))
    true = np.random.default_rng(1).normal(size=(E, C, L))
    heard, _ = model.normalise.normaliser()(true.transpose(0, 2, 1))
    with torch.no_grad():
        model.bank.templates.copy_(torch.from_numpy(2 * heard.transpose(0, 2, 1)))
    np.testing.assert_allclose(template_cosines(model, true), 1.0, atol=1e-5)
    assert template_cosines(model.bank, true).max() < 0.9  # not in those of the sensor


def test_pictures_are_drawn_every_few_epochs(tmp_path: Path) -> None:
    model = bank()

    def step(model: torch.nn.Module, batch: torch.Tensor) -> StepResult:
        return StepResult(model(batch).square().mean(), len(batch), {}, {})

    pictures = TemplatePictures(tmp_path / "templates", every=2)
    trainer = Trainer(model, step, torch.optim.SGD(model.parameters(), 0.01), callbacks=[pictures])
    trainer.fit(DataLoader(torch.randn(2, 60, C), batch_size=2), num_epochs=5)
    names = sorted(path.name for path in (tmp_path / "templates").iterdir())
    assert names == ["templates-0002.svg", "templates-0004.svg"]


def test_what_has_no_bank_is_refused() -> None:
    with pytest.raises(InputError, match="Linear"):
        visualize_learned_templates(torch.nn.Linear(2, 2))
    with pytest.raises(InputError, match="every"):
        TemplatePictures("anywhere", every=0)
    with pytest.raises(ShapeError, match="true templates"):
        template_cosines(bank(), np.ones((E, C, L - 1)))
