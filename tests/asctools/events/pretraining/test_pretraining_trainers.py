"""Training without labels: it learns, goes on to the same bits, and refuses what cannot work."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim import Adam
from torch.utils.data import DataLoader

from asctools.errors import InputError, UnknownNameError
from asctools.events.pretraining import (
    AutoencoderLoss,
    ContrastiveDataset,
    ContrastiveLoss,
    ContrastiveTrainer,
    LSTMVariationalAutoencoder,
    TemporalAugmentation,
    UnsupervisedDataset,
    UnsupervisedTrainer,
    collate_fn_contrastive,
    collate_fn_unsupervised,
    pretrain,
    started_from,
)
from asctools.events.pretraining.trainers import latent_scores, measure
from asctools.training import Callback, ModelCheckpoint, Trainer
from tests.asctools.events.pretraining.small import ENCODER, model
from tests.asctools.events.toy_events import rung

DATA, _ = rung(48, 1)
VAL, _ = rung(16, 2)


def loader(order: int = 0, crop: int = 0) -> DataLoader[Any]:
    generator = torch.Generator().manual_seed(order)
    rows = UnsupervisedDataset(DATA, crop=crop)
    return DataLoader(rows, 8, shuffle=True, generator=generator)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_variational_autoencoder_trains(seed: int) -> None:
    network = model("variational", seed=seed)
    loss_fn = AutoencoderLoss(warm_up=12)
    trainer = UnsupervisedTrainer(
        network, loss_fn, Adam(network.parameters(), lr=0.02), seed=seed, device="cpu"
    )
    trainer.fit(loader(seed), DataLoader(UnsupervisedDataset(VAL), 8), num_epochs=8)
    history = trainer.history
    assert history["val_unexplained"][-1] < 0.9, "better than the mean, on other windows"
    assert history["val_reconstruction_loss"][-1] < history["val_reconstruction_loss"][0] - 0.5
    assert history["kl_loss"][-1] > 0.3, "the latents say something"
    assert abs(history["kl_loss"][-1] - history["kl_loss"][0]) > 0.1, "and learn what"
    assert history["val_active_units"][-1] >= 1


def test_a_price_too_high_from_the_start_silences_the_latents() -> None:
    found = {}
    for name, loss_fn in (
        ("collapsed", AutoencoderLoss(beta=30.0)),
        ("cured", AutoencoderLoss(beta=1.0, warm_up=12, free_bits=0.05)),
    ):
        network = model("variational")
        optimizer = Adam(network.parameters(), lr=0.02)
        trainer = UnsupervisedTrainer(network, loss_fn, optimizer, seed=0, device="cpu")
        trainer.fit(loader(), DataLoader(UnsupervisedDataset(VAL), 8), num_epochs=5)
        found[name] = trainer.history.epochs[-1]
    assert found["collapsed"]["val_active_units"] == 0
    assert found["collapsed"]["val_unexplained"] > 0.97
    assert found["cured"]["val_active_units"] >= 2
    assert found["cured"]["val_unexplained"] < found["collapsed"]["val_unexplained"] - 0.05


class BreaksOff(Callback):
    """End the training after a step."""

    def on_save(self, trainer: Trainer) -> None:
        """Do so."""
        if trainer.iteration == 5:
            raise KeyboardInterrupt


@pytest.mark.parametrize("arm", ["variational", "contrastive"])
def test_it_goes_on_to_the_same_bits(arm: str, tmp_path: Path) -> None:
    def training(*callbacks: Callback, resume_from: Path | None = None) -> Trainer:
        network = model(arm)
        optimizer = Adam(network.parameters(), lr=0.01)
        settings: dict[str, Any] = {"callbacks": callbacks, "seed": 3, "device": "cpu"}
        generator = torch.Generator().manual_seed(0)
        trainer: Trainer
        if arm == "contrastive":
            trainer = ContrastiveTrainer(network, optimizer, **settings)
            batches: Any = DataLoader(
                ContrastiveDataset(DATA[:24], crop=100),
                8,
                shuffle=True,
                generator=generator,
                collate_fn=collate_fn_contrastive,
            )
        else:
            loss_fn = AutoencoderLoss(warm_up=8)
            trainer = UnsupervisedTrainer(network, loss_fn, optimizer, **settings)
            rows = UnsupervisedDataset(DATA[:24], crop=100)
            batches = DataLoader(rows, 8, shuffle=True, generator=generator)
        trainer.fit(batches, num_epochs=3, resume_from=resume_from)
        return trainer

    whole = training()
    training(ModelCheckpoint(tmp_path, "loss", every_steps=1), BreaksOff())
    rest = training(resume_from=tmp_path / "last.pth")
    for name, weights in whole.model.state_dict().items():
        assert torch.equal(weights, rest.model.state_dict()[name]), name


def test_the_contrast_is_learned() -> None:
    network = model("contrastive")
    trainer = ContrastiveTrainer(network, Adam(network.parameters(), lr=0.01), seed=0, device="cpu")
    batches = DataLoader(ContrastiveDataset(DATA, crop=100), 8, collate_fn=collate_fn_contrastive)
    history = trainer.fit(batches, num_epochs=5)
    assert history["frame_loss"][-1] < history["frame_loss"][0] - 0.3
    assert history["frames_found"][-1] > 1.5 * history["frames_found"][0]


def test_what_stands_still_has_to_be_told_all_the_same() -> None:
    heard: list[torch.Tensor] = []

    class Listens(torch.nn.Module):
        resolution = 10

        def __init__(self) -> None:
            super().__init__()
            self.inner = model("autoencoder")
            self.normalise = self.inner.normalise

        def forward(self, x: torch.Tensor, lengths: Any = None) -> Any:
            heard.append(x)
            return self.inner(x, lengths)

    network = Listens()
    trainer = UnsupervisedTrainer(
        network, corrupt=TemporalAugmentation.sensor_mask, seed=0, device="cpu"
    )
    trainer.fit([torch.from_numpy(DATA[:8])], [torch.from_numpy(DATA[:8])])
    training, validating = heard
    assert ((training.diff(dim=1) == 0).all(1).sum(1) == 1).all(), "one of two channels is silent"
    assert torch.equal(validating, torch.from_numpy(DATA[:8])), "validation hears all"


def test_windows_of_unequal_length_are_trained_on() -> None:
    cut = [window[:end] for window, end in zip(DATA[:4], (600, 410, 599, 37), strict=True)]
    batches = DataLoader(UnsupervisedDataset(cut), 4, collate_fn=collate_fn_unsupervised)
    for arm in ("autoencoder", "variational"):
        network = model(arm, fitted=False)
        trainer = UnsupervisedTrainer(network, device="cpu")
        assert np.isfinite(trainer.fit(batches, batches, num_epochs=2).losses).all()
        assert network.normalise.fitted


def test_the_training_data_are_measured_once_whatever_gives_them() -> None:
    right = model("autoencoder", fitted=False)
    right.normalise.fit(DATA)
    contrasted = DataLoader(ContrastiveDataset(DATA), 8, collate_fn=collate_fn_contrastive)
    for batches in (loader(), [torch.from_numpy(DATA)], contrasted):
        network = model("autoencoder", fitted=False)
        measure(network, batches)
        assert network.normalise.scale.numpy() == pytest.approx(right.normalise.scale.numpy())
        measure(network, [torch.from_numpy(100 * DATA)])
        assert network.normalise.scale.numpy() == pytest.approx(right.normalise.scale.numpy())


def test_active_units_are_counted_over_windows_and_frames() -> None:
    mean = np.zeros((5, 4))
    mean[:, 1] = np.arange(5)  # varies from window to window
    variance = np.zeros((5, 4))
    variance[:, 2] = 1.0  # varies within windows
    kept = {"latent_mean": mean, "latent_variance": variance}
    assert latent_scores(kept) == {"active_units": 2.0}


@pytest.mark.parametrize("arm", ["autoencoder", "variational", "contrastive"])
def test_two_calls_pretrain_and_start_a_classifier(arm: str) -> None:
    settings: dict[str, Any] = {"model": ENCODER, "crop": 100, "batch_size": 4}
    torch.manual_seed(9)
    before = torch.get_rng_state()
    one, two = (pretrain(arm, DATA[:8], steps=4, seed=1, **settings) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    assert one.steps == 4
    assert one.seconds > 0
    for name, tensor in one.model.state_dict().items():
        assert torch.equal(tensor, two.model.state_dict()[name]), name
    classifier = started_from(one.model, num_events=2)
    name = "memory.lstm.weight_hh_l0"
    assert torch.equal(classifier.state_dict()[name], one.model.encoder.state_dict()[name])


def test_seconds_decide_the_number_of_steps() -> None:
    few, more = (
        pretrain("autoencoder", DATA[:8], seconds=seconds, model=ENCODER, crop=100, batch_size=2)
        for seconds in (0.01, 0.8)
    )
    assert few.steps < more.steps
    assert 0.2 < more.seconds < 2.0
    with pytest.raises(UnknownNameError, match="autoencoder"):
        pretrain("autoencoders", DATA)
    with pytest.raises(InputError, match="steps=0"):
        pretrain("autoencoder", DATA, steps=0)
    with pytest.raises(InputError, match="learning_rate=-1"):
        pretrain("autoencoder", DATA, learning_rate=-1)


@pytest.mark.parametrize("arm", ["autoencoder", "variational", "contrastive"])
def test_frames_of_another_length_need_no_more_words(arm: str) -> None:
    shape = {**ENCODER, "timing_resolution_samples": 15}
    found = pretrain(arm, DATA[:8, :310], steps=1, model=shape, crop=100, batch_size=4)
    assert started_from(found.model, num_events=2).resolution == 15
    network = model(arm, timing_resolution_samples=15)
    trainer: Any = ContrastiveTrainer if arm == "contrastive" else UnsupervisedTrainer
    assert trainer(network, device="cpu").step.loss_fn.resolution == 15


def test_what_cannot_work_is_refused() -> None:
    network = model("autoencoder")
    with pytest.raises(InputError, match="frames of 20 samples"):
        UnsupervisedTrainer(network, AutoencoderLoss(timing_resolution_samples=20))
    with pytest.raises(InputError, match="corrupt=shift, which moves windows in time"):
        UnsupervisedTrainer(network, corrupt=TemporalAugmentation.shift)
    moved = ContrastiveDataset(DATA, TemporalAugmentation.shift)
    batches = DataLoader(moved, 8, collate_fn=collate_fn_contrastive)
    contrast = model("contrastive")
    with pytest.raises(InputError, match="augmentation=shift"):
        ContrastiveTrainer(contrast, device="cpu").fit(batches)
    windows_alone = ContrastiveTrainer(contrast, None, ContrastiveLoss(1.0, 0.0), device="cpu")
    assert len(windows_alone.fit(batches)) == 1


def test_the_issue_of_the_published_design_is_gone() -> None:
    network = LSTMVariationalAutoencoder(2, 8, 1, 4, features=(8, 8, 8))
    trainer = UnsupervisedTrainer(network, AutoencoderLoss(), Adam(network.parameters()))
    assert trainer.fit([torch.from_numpy(DATA[:4])]).epochs[0]["kl_loss"] > 0
