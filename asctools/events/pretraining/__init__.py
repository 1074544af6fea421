"""Learn from recordings that nobody labelled, and start a classifier from what was learned."""

from asctools.events.pretraining.augmentation import TemporalAugmentation
from asctools.events.pretraining.autoencoder import AutoencoderOutput, LSTMAutoencoder
from asctools.events.pretraining.contrastive import ContrastiveLSTM, ContrastiveOutput
from asctools.events.pretraining.contrastive_losses import (
    ContrastiveLoss,
    FrameContrastiveLoss,
    NTXentLoss,
    frame_contrast,
    nt_xent,
)
from asctools.events.pretraining.data import (
    ContrastiveBatch,
    ContrastiveDataset,
    UnlabelledBatch,
    UnsupervisedDataset,
    collate_fn_contrastive,
    collate_fn_unsupervised,
)
from asctools.events.pretraining.losses import (
    AutoencoderLoss,
    active_units,
    elbo,
    kl_divergence,
    reconstruction_loss,
)
from asctools.events.pretraining.quick import Pretrained, pretrain, started_from
from asctools.events.pretraining.rates import Thaw, layerwise_rates
from asctools.events.pretraining.saving import encoder_file, read_encoder, start_from
from asctools.events.pretraining.trainers import (
    ContrastiveStep,
    ContrastiveTrainer,
    UnsupervisedStep,
    UnsupervisedTrainer,
)
from asctools.events.pretraining.transfer import transfer
from asctools.events.pretraining.variational import (
    LSTMVariationalAutoencoder,
    VariationalOutput,
    reparameterised,
)

__all__ = [
    "AutoencoderLoss",
    "AutoencoderOutput",
    "ContrastiveBatch",
    "ContrastiveDataset",
    "ContrastiveLSTM",
    "ContrastiveLoss",
    "ContrastiveOutput",
    "ContrastiveStep",
    "ContrastiveTrainer",
    "FrameContrastiveLoss",
    "LSTMAutoencoder",
    "LSTMVariationalAutoencoder",
    "NTXentLoss",
    "Pretrained",
    "TemporalAugmentation",
    "Thaw",
    "UnlabelledBatch",
    "UnsupervisedDataset",
    "UnsupervisedStep",
    "UnsupervisedTrainer",
    "VariationalOutput",
    "active_units",
    "collate_fn_contrastive",
    "collate_fn_unsupervised",
    "elbo",
    "encoder_file",
    "frame_contrast",
    "kl_divergence",
    "layerwise_rates",
    "nt_xent",
    "pretrain",
    "read_encoder",
    "reconstruction_loss",
    "reparameterised",
    "start_from",
    "started_from",
    "transfer",
]
