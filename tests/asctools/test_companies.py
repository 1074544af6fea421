"""The two companies, the six days, and noisy copies of a company."""

from typing import Any

import numpy as np
import pytest

from asctools.dataset import companies
from asctools.errors import InputError


def test_the_companies_differ_on_day_one_alone_and_the_target_repeats_it() -> None:
    a, b = companies.COMPANIES
    assert (a.name, a.days, a.target) == ("A", (0.0, 0.5, 0.25, 1.0), 0.0)
    assert (b.name, b.days, b.target) == ("B", (1.0, 0.5, 0.25, 1.0), 1.0)
    assert a.days[1:] == b.days[1:]
    assert (a.target, b.target) == (a.days[0], b.days[0])


def test_the_six_days_start_with_company_a() -> None:
    assert companies.SIX_DAYS == (0.0, 0.5, 0.25, 1.0, 0.75, 0.0)
    assert companies.SIX_DAYS[:4] == companies.COMPANY_A.days


def test_perturbed_copies_have_the_noise_that_was_asked_for() -> None:
    copies = companies.perturbed(
        companies.COMPANY_B, 4000, scale=0.25, rng=np.random.default_rng(7)
    )
    noise = np.array([copy.days for copy in copies]) - companies.COMPANY_B.days
    assert noise.shape == (4000, 4)
    np.testing.assert_allclose(noise.std(axis=0), 0.25, rtol=0.05)
    np.testing.assert_allclose(noise.mean(axis=0), 0.0, atol=0.02)
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.06
    assert {copy.target for copy in copies} == {1.0}
    assert [copies[0].name, copies[-1].name] == ["B1", "B4000"]


def test_perturbed_copies_are_plain_companies_and_follow_the_generator() -> None:
    def copies(seed: int) -> list[companies.Company]:
        rng = np.random.default_rng(seed)
        return companies.perturbed(companies.COMPANY_A, 3, scale=0.1, rng=rng)

    assert copies(1) == copies(1)
    assert copies(1) != copies(2)
    assert all(type(day) is float for copy in copies(1) for day in copy.days)


def test_no_noise_gives_the_same_days_and_no_copies_give_none() -> None:
    rng = np.random.default_rng(0)
    (copy,) = companies.perturbed(companies.COMPANY_A, 1, scale=0.0, rng=rng)
    assert copy.days == companies.COMPANY_A.days
    assert companies.perturbed(companies.COMPANY_A, 0, scale=0.1, rng=rng) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"n": -1}, "n=-1"),
        ({"n": 2.0}, "n=2.0"),
        ({"n": True}, "n=True"),
        ({"scale": -0.1}, "scale=-0.1"),
        ({"scale": float("nan")}, "scale=nan"),
        ({"scale": "wide"}, "scale='wide'"),
        ({"rng": 42}, "int as rng"),
    ],
)
def test_perturbed_refuses(change: dict[str, Any], word: str) -> None:
    arguments: dict[str, Any] = {"n": 2, "scale": 0.1, "rng": np.random.default_rng(0)}
    with pytest.raises(InputError, match="expected") as caught:
        companies.perturbed(companies.COMPANY_A, **(arguments | change))
    assert word in str(caught.value)
