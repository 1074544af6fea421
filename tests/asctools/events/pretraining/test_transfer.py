"""From a pretrained model into a classifier: everything, or nothing and a list."""

from pathlib import Path

import numpy as np
import pytest
import torch

from asctools.errors import CheckpointError, InputError
from asctools.events import files
from asctools.events.detect.loading import build
from asctools.events.models import LSTMEventClassifier, UNetEventClassifier
from asctools.events.pretraining import encoder_file, read_encoder, start_from, started_from
from tests.asctools.events.pretraining.small import ENCODER, KINDS, model, readings
from tests.asctools.events.toy_events import small_model


def content(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: each.clone() for name, each in network.state_dict().items()}


@pytest.mark.parametrize("arm", KINDS)
def test_every_weight_of_the_encoder_arrives(arm: str) -> None:
    network, classifier = model(arm, seed=7), small_model(num_events=5, dropout=0.4)
    for layer in network.encoder.front_end.layers:
        torch.nn.init.normal_(layer.norm.running_mean)
    before = content(classifier)
    names = network.transfer_encoder_to_classifier(classifier)
    assert set(names) == {name for name in before if not name.startswith("head.")}
    for name, tensor in network.encoder.state_dict().items():
        assert torch.equal(classifier.state_dict()[name], tensor), name
    for name in ("head.weight", "head.bias"):
        assert torch.equal(classifier.state_dict()[name], before[name])
    assert classifier.normalise.normaliser().usual is not None
    network.eval()
    classifier.eval()
    x = readings()
    assert torch.equal(classifier.get_embeddings(x), network.encoder(x))


def test_what_does_not_fit_is_listed_and_nothing_is_copied() -> None:
    network = model("autoencoder")
    classifier = small_model(hidden_size=9, features=(8, 12, 13))
    before = content(classifier)
    with pytest.raises(ValueError, match="nothing was copied") as refused:
        network.transfer_encoder_to_classifier(classifier)
    assert isinstance(refused.value, InputError)
    text = str(refused.value)
    assert "front_end.layers.2.conv.weight: (12, 12, 5) here, (13, 12, 5) there" in text
    assert "memory.lstm.weight_hh_l0: (32, 8) here, (36, 9) there" in text
    assert "front_end.layers.0" not in text, "that one fits"
    for name, tensor in classifier.state_dict().items():
        assert torch.equal(tensor, before[name])


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"num_layers": 2}, "memory.lstm.weight_ih_l1: missing here, (32, 16) there"),
        ({"attention": "local"}, "attention.ask.weight: missing here"),
        ({"recurrent": "none"}, "memory.lstm.weight_ih_l0: (32, 12) here, missing there"),
        ({"timing_resolution_samples": 12}, "resolution: 10 here, 12 there"),
        ({"rate": 1000.0}, "normalise.filter: another sampling rate"),
        ({"bidirectional": False}, "memory.lstm.weight_ih_l0_reverse: (32, 12) here, missing"),
    ],
)
def test_what_shapes_do_not_show_counts_too(change: dict[str, object], line: str) -> None:
    with pytest.raises(InputError) as refused:
        model("autoencoder").transfer_encoder_to_classifier(small_model(**change))
    assert line in str(refused.value)


def test_a_causal_classifier_needs_a_causal_encoder() -> None:
    network = model("autoencoder", bidirectional=False)
    with pytest.raises(InputError, match="causal: False here, True there"):
        network.transfer_encoder_to_classifier(small_model(causal=True))
    with pytest.raises(InputError, match="missing there"):
        network.transfer_encoder_to_classifier(UNetEventClassifier(2, 2))


@pytest.mark.parametrize("arm", KINDS)
def test_a_file_holds_all_of_it(arm: str, tmp_path: Path) -> None:
    network = model(arm).eval()
    files.write(tmp_path / "encoder.npz", encoder_file(network, {"seed": 3}), half=False)
    for place in (tmp_path / "encoder.npz", tmp_path):
        again = read_encoder(place)
        assert type(again) is KINDS[arm]
        for one, two in zip(network(readings()), again(readings()), strict=True):
            assert torch.equal(one, two)
    classifier = small_model(3)
    assert start_from(classifier, tmp_path) == tuple(network.encoder.state_dict())
    made = started_from(tmp_path / "encoder.npz", num_events=2, dropout=0.2)
    assert isinstance(made, LSTMEventClassifier)
    assert made.arguments["dropout"] == 0.2
    for one, two in zip((made, classifier), (classifier, made), strict=True):
        name = "memory.lstm.weight_hh_l0"
        assert torch.equal(one.state_dict()[name], two.state_dict()[name])
    assert np.allclose(made.normalise.scale, network.normalise.scale)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    network = model("contrastive")
    file = encoder_file(network)
    files.write(tmp_path / "other.npz", file._replace(kind="LSTMEventClassifier"))
    with pytest.raises(CheckpointError, match="a LSTMEventClassifier, expected one of LSTMAuto"):
        read_encoder(tmp_path / "other.npz")
    files.write(tmp_path / "torn.npz", file._replace(arguments={**ENCODER, "hidden_size": 3}))
    with pytest.raises(CheckpointError, match="do not go together"):
        read_encoder(tmp_path / "torn.npz")
    with pytest.raises(CheckpointError):
        read_encoder(tmp_path / "nothing.npz")
    with pytest.raises(CheckpointError, match=r"knows no event.*model\.encoder"):
        build(file)


def test_an_encoder_that_was_never_fitted_leaves_the_measuring_to_the_trainer() -> None:
    classifier = small_model()
    model("variational", fitted=False).transfer_encoder_to_classifier(classifier)
    assert not classifier.normalise.fitted
