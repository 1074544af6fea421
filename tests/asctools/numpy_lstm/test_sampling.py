"""How likely each symbol is to be drawn."""

import numpy as np
import pytest

from asctools.numpy_lstm import numerics, sampling

LOGITS = np.array([0.5, -1.0, 2.0, 1.0])


@pytest.mark.equation("eq-temperature")
def test_temperature_one_is_softmax_and_others_are_its_powers() -> None:
    p = numerics.softmax(LOGITS)
    assert sampling.probabilities(LOGITS) == pytest.approx(p, rel=1e-14)
    for temperature in (0.5, 2.0):
        power = p ** (1.0 / temperature)
        found = sampling.probabilities(LOGITS, temperature)
        assert found == pytest.approx(power / power.sum(), rel=1e-13)


@pytest.mark.equation("eq-temperature")
def test_scores_of_a_thousand_do_not_overflow() -> None:
    found = sampling.probabilities(1000.0 + LOGITS, 0.5)
    assert found == pytest.approx(sampling.probabilities(LOGITS, 0.5), rel=1e-12)


@pytest.mark.equation("eq-temperature")
def test_the_likeliest_stay_in_play() -> None:
    found = sampling.probabilities(LOGITS, top_k=2)
    right = numerics.softmax(LOGITS[2:])
    assert found.tolist() == pytest.approx([0.0, 0.0, *right], rel=1e-14)
    assert sampling.probabilities(LOGITS, 0.0).tolist() == [0.0, 0.0, 1.0, 0.0]
    assert sampling.probabilities(np.zeros(3), 0.0).tolist() == [1.0, 0.0, 0.0]


def test_symbols_are_drawn_as_often_as_they_are_likely() -> None:
    rng = np.random.default_rng(0)
    drawn = [sampling.draw_symbol(LOGITS, 1.0, None, rng) for _ in range(4000)]
    shares = np.bincount(drawn, minlength=4) / 4000
    assert shares == pytest.approx(sampling.probabilities(LOGITS), abs=0.03)
