"""The losses of pretraining, each against a second way to work it out."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Normal
from torch.distributions import kl_divergence as torch_kl

from asctools.errors import InputError, ShapeError
from asctools.events.pretraining import (
    AutoencoderLoss,
    ContrastiveLoss,
    ContrastiveOutput,
    FrameContrastiveLoss,
    NTXentLoss,
    VariationalOutput,
    active_units,
    elbo,
    frame_contrast,
    kl_divergence,
    nt_xent,
    reconstruction_loss,
)
from asctools.events.pretraining.contrastive_losses import found_again

quick = settings(deadline=None, max_examples=20)
seeds = st.integers(0, 999)


def drawn(seed: int, *shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


@pytest.mark.equation("eq-reconstruction")
@quick
@given(seeds)
def test_the_reconstruction_is_paid_for_as_a_likelihood(seed: int) -> None:
    told, true, log_noise = drawn(seed, 2, 7, 3), drawn(seed + 1, 2, 7, 3), drawn(seed + 2, 3)
    expected = -Normal(told, (0.5 * log_noise).exp()).log_prob(true)
    found = reconstruction_loss(told, true, log_noise)
    assert torch.allclose(found, expected.sum())
    valid = torch.tensor([7, 4])[:, None] > torch.arange(7)
    found = reconstruction_loss(told, true, log_noise, valid[..., None])
    assert torch.allclose(found, (expected * valid[..., None]).sum())


@pytest.mark.equation("eq-kl-divergence")
@quick
@given(seeds)
def test_the_divergence_is_that_of_normal_distributions(seed: int) -> None:
    mean, log_variance = drawn(seed, 4, 5), drawn(seed + 1, 4, 5)
    standard = Normal(torch.zeros_like(mean), torch.ones_like(mean))
    expected = torch_kl(Normal(mean, (0.5 * log_variance).exp()), standard)
    found = kl_divergence(mean, log_variance)
    assert torch.allclose(found, expected)
    assert (found >= 0).all()
    assert kl_divergence(torch.zeros(3), torch.zeros(3)).tolist() == [0, 0, 0]


@pytest.mark.equation("eq-elbo")
def test_the_bound_lies_below_the_evidence() -> None:
    # x = z + w with z and w standard normal: the evidence and the best answer are known
    x = torch.tensor(1.3, dtype=torch.float64)
    evidence = Normal(0.0, 2**0.5).log_prob(x)
    z = torch.linspace(-8, 8, 4001, dtype=torch.float64)

    def bound(mean: float, variance: float) -> torch.Tensor:
        weight = Normal(mean, variance**0.5).log_prob(z).exp() * (z[1] - z[0])
        told = -(weight * Normal(z, 1.0).log_prob(x)).sum()
        log_variance = torch.tensor(variance, dtype=torch.float64).log()
        kl = kl_divergence(torch.tensor(mean, dtype=torch.float64), log_variance)
        return -elbo(told, kl)

    assert bound(0.65, 0.5).item() == pytest.approx(evidence.item(), abs=1e-6), "the posterior"
    for mean, variance in ((0.0, 1.0), (1.3, 0.5), (0.65, 0.1)):
        assert bound(mean, variance) < evidence - 1e-3
    one, two = torch.tensor(3.0), torch.tensor(2.0)
    assert elbo(one, two, beta=4.0).item() == 11.0


@pytest.mark.equation("eq-nt-xent")
@quick
@given(seeds, st.floats(0.05, 2.0))
def test_nt_xent_is_a_choice_among_all_other_views(seed: int, temperature: float) -> None:
    first, second = drawn(seed, 3, 4), drawn(seed + 1, 3, 4)
    views = [*first, *second]
    total = 0.0
    for k, view in enumerate(views):
        scores = {
            j: math.exp(torch.cosine_similarity(view, other, dim=0) / temperature)
            for j, other in enumerate(views)
            if j != k
        }
        total -= math.log(scores[(k + 3) % 6] / sum(scores.values())) / 6
    assert nt_xent(first, second, temperature).item() == pytest.approx(total)


@pytest.mark.equation("eq-frame-contrast")
@quick
@given(seeds, st.floats(0.05, 2.0))
def test_frames_choose_among_others_that_are_no_neighbours(seed: int, temperature: float) -> None:
    first, second = drawn(seed, 5, 4), drawn(seed + 1, 5, 4)
    others = torch.from_numpy(np.random.default_rng(seed).random((5, 5)) < 0.6)
    others |= others.T.clone()
    total = 0.0
    for views in ((first, second), (second, first)):
        for k in range(5):
            scores = {
                j: math.exp(torch.cosine_similarity(views[0][k], views[1][j], dim=0) / temperature)
                for j in range(5)
                if j == k or others[k, j]
            }
            total -= math.log(scores[k] / sum(scores.values())) / 10
    assert frame_contrast(first, second, others, temperature).item() == pytest.approx(total)


def told(
    seed: int = 0, frames: int = 6, latents: int = 3
) -> tuple[VariationalOutput, torch.Tensor]:
    """An output for windows of sixty samples in two channels, and its target."""
    frames, latents = 6, 3
    samples = (2, 10 * frames, 2)
    mean, log_variance = drawn(seed, 2, frames, latents), 0.3 * drawn(seed + 1, 2, frames, latents)
    output = VariationalOutput(drawn(seed, *samples), mean, drawn(5, 2), mean, log_variance)
    return output, drawn(seed + 2, *samples)


def test_all_terms_are_in_nats_a_frame() -> None:
    output, target = told()
    loss = AutoencoderLoss(beta=0.5)(output, target)
    likelihood = reconstruction_loss(output.reconstruction, target, output.log_noise) / 12
    kl = kl_divergence(output.mean, output.log_variance).sum() / 12
    assert torch.allclose(loss.reconstruction_loss, likelihood)
    assert torch.allclose(loss["kl_loss"], kl)
    assert torch.allclose(loss.total_loss, likelihood + 0.5 * kl)
    assert list(loss) == ["total_loss", "reconstruction_loss", "kl_loss", "unexplained"]
    wrong = ((output.reconstruction - target) ** 2).sum() / (target**2).sum()
    assert torch.allclose(loss.unexplained, wrong)


def test_twice_the_data_is_the_same_loss() -> None:
    output, target = told()
    twice = VariationalOutput(
        *(part if part.ndim == 1 else torch.cat([part, part], dim=1) for part in output)
    )
    one, two = (
        AutoencoderLoss()(said, true)
        for said, true in ((output, target), (twice, torch.cat([target, target], dim=1)))
    )
    assert torch.allclose(one.total_loss, two.total_loss)


def test_what_lies_behind_the_end_costs_nothing() -> None:
    output, target = told()
    quiet = [part.clone() for part in output]
    for part in (quiet[3], quiet[4]):
        part[1, 4:] = 0.0  # as the model leaves them
    output = VariationalOutput(*quiet)
    lengths = torch.tensor([60, 40])
    before = AutoencoderLoss()(output, target, lengths).total_loss
    output.reconstruction[1, 40:] += 9.0
    assert torch.allclose(AutoencoderLoss()(output, target, lengths).total_loss, before)
    output.reconstruction[1, 39] += 9.0
    assert not torch.allclose(AutoencoderLoss()(output, target, lengths).total_loss, before)


def test_free_bits_let_each_latent_say_a_little_at_no_cost() -> None:
    output, target = told()
    each = kl_divergence(output.mean, output.log_variance).sum((0, 1)) / 12
    free = float(each.sort().values[1])  # two of the three are at or below it
    loss = AutoencoderLoss(free_bits=free)(output, target)
    charged = loss.total_loss - loss.reconstruction_loss
    assert torch.allclose(charged, each.clamp(min=free).sum())
    assert torch.allclose(loss.kl_loss, each.sum()), "what is reported is the divergence itself"


def test_beta_rises_in_batches() -> None:
    loss_fn = AutoencoderLoss(beta=2.0, warm_up=10)
    assert [loss_fn.beta_after(n) for n in (0, 5, 10, 99)] == [0.0, 1.0, 2.0, 2.0]
    assert AutoencoderLoss(beta=2.0).beta_after(0) == 2.0
    output, target = told()
    rising = loss_fn(output, target, beta=1.0)
    assert torch.allclose(rising.total_loss, AutoencoderLoss()(output, target).total_loss)


def test_active_units_are_those_that_vary() -> None:
    mean = torch.zeros(4, 50, 3)
    mean[..., 1] = 7.0  # far from 0 and always the same: it says nothing
    mean[..., 2] = drawn(0, 4, 50)
    assert active_units(mean).tolist() == [False, False, True]


def test_what_is_no_loss_is_refused() -> None:
    with pytest.raises(InputError, match=r"free_bits=-1"):
        AutoencoderLoss(free_bits=-1)
    with pytest.raises(InputError, match=r"temperature=0"):
        NTXentLoss(0)
    with pytest.raises(InputError, match="not both 0"):
        ContrastiveLoss(0.0, 0.0)
    output, target = told()
    with pytest.raises(ShapeError, match=r"model\.normalise"):
        AutoencoderLoss()(output, target[:1])
    with pytest.raises(ShapeError, match="same windows"):
        NTXentLoss()(torch.zeros(2, 4), torch.zeros(3, 4))


def test_guessing_costs_the_logarithm_of_the_choices() -> None:
    same = torch.ones(8, 4)
    assert nt_xent(same, same).item() == pytest.approx(math.log(15))
    assert NTXentLoss()(same[:1], same[1:2]).item() == 0.0, "the last batch may be that small"
    others = ~torch.eye(8, dtype=torch.bool)
    assert frame_contrast(same, same, others).item() == pytest.approx(math.log(8))


def test_frames_are_aligned_by_their_lag() -> None:
    moments = drawn(0, 2, 40, 8)
    first, second = moments[:, 6:36], torch.stack([moments[0, 2:32], moments[1, 10:40]])
    loss_fn = FrameContrastiveLoss(near=0, moments=12)
    right = loss_fn(first, second, torch.tensor([4, -4]))
    assert right < 0.2
    assert loss_fn(first, second, torch.tensor([-4, 4])) > 2.0
    assert loss_fn(first, second) > 2.0
    chosen = loss_fn.chosen(first, second, torch.tensor([4, -4]), None)
    assert torch.equal(chosen[0], chosen[1])
    with pytest.raises(InputError, match="no moment in common"):
        loss_fn(first, second, torch.tensor([4, 30]))


def test_moments_lie_within_their_windows_and_neighbours_do_not_compete() -> None:
    time = torch.arange(30.0)[None, :, None].repeat(2, 1, 1)
    time[1] += 100.0
    loss_fn = FrameContrastiveLoss(near=4, moments=50)
    counts = torch.tensor([30, 12])
    one, _, others = loss_fn.chosen(time, time, None, counts)
    assert one[:50].max() > 25
    assert 105 < one[50:].max() < 112
    apart = (one - one.T).abs()
    assert torch.equal(others, apart > 4)
    with torch.no_grad():
        even, again = (loss_fn.chosen(time, time, None, counts)[0] for _ in range(2))
    assert torch.equal(even, again), "validation looks at the same moments"


def test_found_again_counts_the_right_ones() -> None:
    first = torch.eye(4)
    second = torch.eye(4)[[0, 1, 3, 2]]
    assert found_again(first, second).item() == 0.5
    apart = torch.zeros(4, 4, dtype=torch.bool)
    assert found_again(first, second, apart).item() == 1.0, "without a choice"


def test_windows_and_frames_count_as_they_are_weighed() -> None:
    outputs = [ContrastiveOutput(drawn(n, 3, 4), drawn(n, 3, 30, 4)) for n in (0, 1)]
    with torch.no_grad():  # so that both look at the same moments
        loss = ContrastiveLoss(2.0, 3.0)(*outputs, torch.tensor([0, 50, -20]))
        window = NTXentLoss()(outputs[0].projections, outputs[1].projections)
        frames = (each.frame_projections for each in outputs)
        frame = FrameContrastiveLoss()(*frames, torch.tensor([0, 5, -2]))
    assert torch.allclose(loss.total_loss, 2 * window + 3 * frame)
    assert torch.allclose(loss["frame_loss"], frame)
