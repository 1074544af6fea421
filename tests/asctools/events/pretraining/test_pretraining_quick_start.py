"""The lines with which the library says that pretraining works, as they stand."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from asctools.events import (
    AutoencoderLoss,
    ContrastiveDataset,
    ContrastiveLSTM,
    ContrastiveTrainer,
    LSTMAutoencoder,
    LSTMEventClassifier,
    LSTMVariationalAutoencoder,
    TemporalAugmentation,
    UnsupervisedDataset,
    UnsupervisedTrainer,
    collate_fn_contrastive,
)
from asctools.training import Trainer

data = np.random.default_rng(0).normal(size=(4, 200, 6)).astype(np.float32)


@pytest.mark.parametrize("kind", [LSTMAutoencoder, LSTMVariationalAutoencoder])
def test_an_autoencoder_is_trained_and_gives_its_encoder_away(kind) -> None:
    autoencoder = kind(input_size=6, hidden_size=128, num_layers=2, latent_size=64)
    optimizer = torch.optim.Adam(autoencoder.parameters())
    trainer = UnsupervisedTrainer(autoencoder, AutoencoderLoss(), optimizer)
    history = trainer.fit(DataLoader(UnsupervisedDataset(data), batch_size=32), num_epochs=2)
    assert isinstance(trainer, Trainer)
    assert len(history) == 2
    assert np.isfinite(history.losses).all()
    classifier = LSTMEventClassifier(input_size=6, hidden_size=128, num_layers=2)
    names = autoencoder.transfer_encoder_to_classifier(classifier)
    backbone = [name for name in classifier.state_dict() if not name.startswith("head.")]
    assert list(names) == backbone, "every one of them"


def test_a_contrastive_encoder_is_trained() -> None:
    model = ContrastiveLSTM(input_size=6, hidden_size=128, projection_size=64)
    optimizer = torch.optim.Adam(model.parameters())
    dataset = ContrastiveDataset(data, augmentation=TemporalAugmentation.random_augment)
    loader = DataLoader(dataset, batch_size=4, collate_fn=collate_fn_contrastive)
    history = ContrastiveTrainer(model, optimizer).fit(loader)
    assert np.isfinite(history.losses).all()
    classifier = LSTMEventClassifier(input_size=6, hidden_size=128, num_layers=2)
    assert model.transfer_encoder_to_classifier(classifier)
