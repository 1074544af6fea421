"""Sure strikes are taken out of a signal, and what is left is heard without them."""

import numpy as np
import pytest
import torch

from asctools.bells.pursuit.scores import amplitude_score
from asctools.events.models.specific.explaining import (
    Strikes,
    explain_away,
    likelihood_ratio,
    peak,
    surest,
)
from tests.asctools.events.specific.small_specific import model, rung


def heard(n: int = 6, seed: int = 11):
    """A bank, its filters, normalised windows, their scores and true strikes."""
    made = model()
    data, strikes = rung(n, seed)
    with torch.no_grad():
        x = made.normalise(torch.from_numpy(data))
        filters = made.bank.filters()
        scores = made.bank.scored(x, filters)
    return made.bank, filters, x, scores, strikes


def test_the_ratio_is_that_of_the_pursuit() -> None:
    scores, energies = torch.linspace(-1.0, 20.0, 60)[:, None], torch.tensor([4.0, 90.0])
    c = (scores * energies.sqrt()).numpy()
    right = amplitude_score(c, energies.numpy())
    said = likelihood_ratio(scores, energies).numpy()
    upright = np.isfinite(right)
    assert np.allclose(said[upright], right[upright], atol=1e-3)


def test_what_is_left_is_quieter_and_what_is_heard_alone_is_not() -> None:
    bank, filters, x, scores, strikes = heard()
    valid = torch.ones(*x.shape[:2], 1)
    rest, own = explain_away(bank, filters, x, scores, valid, rounds=2, period=900)
    explained = x.square().mean() - rest.square().mean()
    assert explained > 0.8 * (x.square().mean() - 1.0), "noise of variance 1 stays"
    with torch.no_grad():
        alone = bank.scored(rest, filters) + own
    for row, true in enumerate(strikes):
        for bell, time in zip(true.bells, true.times.astype(int), strict=True):
            own_score = alone[row, time - 2 : time + 3, bell].max()
            assert own_score == pytest.approx(scores[row, time, bell].item(), rel=0.5)
    silent = [
        (row, bell) for row, true in enumerate(strikes) for bell in {*range(4)} - {*true.bells}
    ]
    rows, bells = np.array(silent).T
    assert scores[rows, :, bells].max() > 7.0, "a bell that is silent answers to the others"
    assert alone[rows, :, bells].max() < 5.0, "not when these are taken out"


def test_nothing_is_taken_where_nothing_may_be_or_in_no_round() -> None:
    bank, filters, x, scores, _ = heard(2)
    nowhere = torch.zeros(*x.shape[:2], 1)
    for rounds, valid in ((2, nowhere), (0, torch.ones_like(nowhere))):
        rest, own = explain_away(bank, filters, x, scores, valid, rounds)
        assert torch.equal(rest, x)
        assert own.abs().max() == 0.0


def test_a_strike_that_another_is_near_to_or_that_breaks_the_period_waits() -> None:
    ratio = torch.full((1, 1000, 2), -5.0)
    ratio[0, 200, 0], ratio[0, 250, 1] = 20.0, 15.0  # near: the likelier one
    ratio[0, 500, 1] = 30.0
    ratio[0, 700, 1] = 25.0  # the same event too soon
    ratio[0, 900, 0] = 5.0  # not sure
    found = surest(ratio, period=300)
    assert found.times.tolist() == [200, 500]
    assert found.events.tolist() == [0, 1]
    assert surest(ratio, period=200).times.tolist() == [200, 500, 700], "exactly the period"
    ratio[0, 700, 1] = 30.0
    assert surest(ratio, period=300).times.tolist() == [200, 500], "of equals the first"


def test_the_top_of_a_peak_lies_between_the_samples() -> None:
    time = np.arange(200)
    for true in (80.0, 80.3, 79.6, 3.2):
        wave = np.cos(0.9 * (time - true)) * np.exp(-(((time - true) / 15) ** 2))
        scores = torch.from_numpy(wave)[None, :, None]
        at = round(true)
        where = Strikes(torch.tensor([0]), torch.tensor([at]), torch.tensor([0]))
        beside, height = peak(scores, where)
        assert at + beside.item() == pytest.approx(true, abs=0.02 if true > 20 else 0.2)
        assert height.item() == pytest.approx(1.0, abs=0.02 if true > 20 else 0.2)
