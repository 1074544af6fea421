"""The pretrained models: shapes, what they look at, and what is drawn."""

from typing import Any

import pytest
import torch

from asctools.errors import InputError, ShapeError, UnknownNameError
from asctools.events.models import LSTMEventClassifier
from asctools.events.pretraining import LSTMAutoencoder, active_units, reparameterised
from tests.asctools.events.pretraining.small import ENCODER, KINDS, model, readings


@pytest.mark.parametrize("arm", KINDS)
def test_the_encoder_is_that_of_the_classifier(arm: str) -> None:
    encoder = model(arm).encoder.state_dict()
    backbone = LSTMEventClassifier(**ENCODER).state_dict()
    assert {name: each.shape for name, each in encoder.items()} == {
        name: each.shape for name, each in backbone.items() if not name.startswith("head.")
    }


@pytest.mark.parametrize("arm", ["autoencoder", "variational"])
@pytest.mark.parametrize("decoder", ["waveforms", "lstm"])
@pytest.mark.parametrize("length", [300, 303, 7])
def test_latents_are_a_sequence_and_readings_come_back(arm: str, decoder: str, length: int) -> None:
    network = model(arm, decoder=decoder).eval()
    x = readings(length=length)
    output = network(x)
    frames = -(-length // 10)
    assert output.reconstruction.shape == x.shape
    assert output.latents.shape == (2, frames, 4)
    assert torch.equal(network.encode(x), output.latents), "in evaluation the mean"
    again = network.decode(output.latents)
    assert again.shape == (2, 10 * frames, 2)
    assert torch.equal(again[:, :length], output.reconstruction)


def test_projections_are_of_windows_and_of_frames() -> None:
    network = model("contrastive").eval()
    output = network(readings())
    assert output.projections.shape == (2, 4)
    assert output.frame_projections.shape == (2, 30, 4)


@pytest.mark.parametrize("arm", KINDS)
def test_what_stands_behind_the_end_is_not_read(arm: str) -> None:
    network = model(arm).eval()
    x = readings(3, 300)
    lengths = torch.tensor([300, 120, 45])
    other = x.clone()
    other[1, 120:], other[2, 45:] = 99.0, -99.0
    for one, two in zip(network(x, lengths), network(other, lengths), strict=True):
        assert torch.equal(one, two)
    latents = network(x, lengths)[1]
    alone = network(x[1:2, :120])[1]
    assert torch.allclose(latents[1, :12], alone[0], atol=1e-5)
    assert (latents[2, 5:] == 0).all()


def test_latents_keep_time() -> None:
    network = model("autoencoder", bidirectional=False).eval()
    x = readings()
    other = x.clone()
    other[:, 200:] += readings(seed=1)[:, 200:]
    apart = (network.encode(x) - network.encode(other)).abs().amax((0, 2))
    first = int((apart > 1e-6).nonzero()[0])
    assert 14 <= first <= 20, "a change at frame 20 is seen there, or as far ahead as kernels reach"


def test_a_waveform_sounds_where_its_latent_is() -> None:
    network = model("autoencoder", waveform_samples=80).eval()
    latents = torch.zeros(1, 30, 4)
    latents[0, 7, 2] = 2.0
    told = network.decode(latents)[0]
    assert torch.equal(told[:70], torch.zeros(70, 2))
    assert torch.allclose(told[70:150], 2.0 * network.decoder.play.weight[2].T)
    assert torch.equal(told[150:], torch.zeros(150, 2))


def test_latents_are_drawn_in_training_and_on_request_alone() -> None:
    network = model("variational").eval()
    x = readings()
    torch.manual_seed(0)
    assert torch.equal(network(x).latents, network(x).mean)
    assert not torch.equal(network(x, sample=True).latents, network(x).mean)
    assert int(network.batches) == 0
    network.train()
    first, second = network(x), network(x)
    assert not torch.equal(first.latents, second.latents)
    assert torch.equal(network(x, sample=False).latents, network(x, sample=False).mean)
    assert int(network.batches) == 4
    assert isinstance(network.encode(x), torch.Tensor)


def test_a_drawn_latent_has_its_mean_and_its_variance_and_lets_gradients_through() -> None:
    mean = torch.full((40000,), 3.0, requires_grad=True)
    log_variance = torch.full((40000,), -1.0, requires_grad=True)
    drawn = reparameterised(mean, log_variance, torch.Generator().manual_seed(0))
    again = reparameterised(mean, log_variance, torch.Generator().manual_seed(0))
    assert torch.equal(drawn, again)
    assert drawn.mean().item() == pytest.approx(3.0, abs=0.02)
    assert drawn.var().log().item() == pytest.approx(-1.0, abs=0.05)
    drawn.sum().backward()
    assert torch.equal(mean.grad, torch.ones(40000))
    half = 0.5 * (drawn - mean)
    assert torch.allclose(log_variance.grad, half.detach(), atol=1e-6)


@pytest.mark.parametrize("arm", KINDS)
def test_a_model_is_built_again_from_its_arguments(arm: str) -> None:
    network = model(arm).eval()
    again = KINDS[arm](**network.arguments).eval()
    again.load_state_dict(network.state_dict())
    for one, two in zip(network(readings()), again(readings()), strict=True):
        assert torch.equal(one, two)


@pytest.mark.parametrize("arm", KINDS)
def test_everything_that_learns_gets_a_gradient(arm: str) -> None:
    from asctools.events.pretraining import AutoencoderLoss, ContrastiveLoss

    network = model(arm)
    x = readings(3)
    output = network(x)
    loss: Any
    if arm == "contrastive":
        loss = ContrastiveLoss(1.0, 1.0)(output, network(x + 0.1 * readings(3, seed=1)))
    else:
        loss = AutoencoderLoss()(output, network.normalise(x))
    loss.total_loss.backward()
    silent = [
        name
        for name, each in network.named_parameters()
        if each.grad is None or not each.grad.abs().sum() > 0
    ]
    assert not silent


def test_what_is_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match="latent_size=0"):
        LSTMAutoencoder(latent_size=0)
    with pytest.raises(UnknownNameError, match="'waveforms'"):
        LSTMAutoencoder(decoder="waves")
    with pytest.raises(InputError, match="waveform_samples=9"):
        LSTMAutoencoder(waveform_samples=9)
    with pytest.raises(InputError, match="projection_size"):
        model("contrastive", projection_size=0)
    with pytest.raises(ShapeError):
        model("autoencoder")(torch.zeros(2, 30, 3))


def test_an_untrained_variational_model_says_almost_nothing() -> None:
    output = model("variational").eval()(readings())
    assert active_units(output.mean, 1.0).sum() == 0
