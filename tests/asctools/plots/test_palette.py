"""The colours: apart for every eye, and dark or light enough for every page."""

import itertools
import re

import numpy as np
import pytest
from colorspacious import cspace_convert

from asctools.errors import UnknownNameError
from asctools.plots.palette import (
    COLOURS,
    DARK_GROUND,
    GATES,
    LIGHT_GROUND,
    MARKS,
    STATES,
    TEXT_ROLES,
    TOGETHER,
    colour,
)

EYES = ("normal", "protanomaly", "deuteranomaly", "tritanomaly")
# Distances in CAM02-UCS, where 1 is about the smallest difference that is seen side by side. The
# fallback must serve white and dark alike, which leaves it only a narrow band of lightness.
SMALLEST_DISTANCE = {"light": 12.0, "dark": 12.0, "fallback": 8.5}


def rgb(colour_hex):
    return np.array([int(colour_hex[k : k + 2], 16) / 255.0 for k in (1, 3, 5)])


def contrast(one, other):
    """The contrast ratio of WCAG 2.2."""

    def luminance(colour_hex):
        channels = rgb(colour_hex)
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return linear @ (0.2126, 0.7152, 0.0722)

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def seen(colour_hex, eye):
    """Where a colour lies in CAM02-UCS for an eye that lacks one kind of cone altogether."""
    channels = rgb(colour_hex)
    if eye != "normal":
        space = {"name": "sRGB1+CVD", "cvd_type": eye, "severity": 100}
        channels = np.clip(cspace_convert(channels, space, "sRGB1"), 0.0, 1.0)
    return cspace_convert(channels, "sRGB1", "CAM02-UCS")


def nearest(colours, eye):
    """The smallest distance between two of the colours."""
    places = [seen(one, eye) for one in colours]
    return min(np.linalg.norm(a - b) for a, b in itertools.combinations(places, 2))


@pytest.mark.parametrize("value", SMALLEST_DISTANCE)
@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("roles", TOGETHER, ids=lambda roles: roles[0])
def test_roles_that_meet_are_told_apart(roles, eye, value):
    colours = [getattr(COLOURS[role], value) for role in roles]
    assert nearest(colours, eye) >= SMALLEST_DISTANCE[value]


def test_the_distance_knows_colour_blindness():
    red_and_green = ["#a8552a", "#6b7a1e"]
    assert nearest(red_and_green, "normal") > 20.0
    assert nearest(red_and_green, "deuteranomaly") < SMALLEST_DISTANCE["light"]


def test_every_gate_and_state_is_in_one_group():
    assert {*GATES, *STATES} <= set(TOGETHER[0])


@pytest.mark.parametrize("role", TEXT_ROLES)
def test_every_role_can_be_written_in(role):
    assert contrast(COLOURS[role].light, LIGHT_GROUND) >= 4.5
    assert contrast(COLOURS[role].dark, DARK_GROUND) >= 4.5


@pytest.mark.parametrize("ground", ["#ffffff", "#14181e", "#121212", "#111111"])
def test_the_fallback_reads_on_white_and_on_dark(ground):
    weakest = min(contrast(COLOURS[role].fallback, ground) for role in TEXT_ROLES)
    assert weakest >= 3.0
    # 4.5 on both white and dark is impossible: their own contrast is below 4.5².
    assert contrast(COLOURS["ink"].fallback, ground) >= 4.0


def test_contrast_agrees_with_the_standard():
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_a_fallback_names_one_role():
    fallbacks = [one.fallback for one in COLOURS.values()]
    assert len(set(fallbacks)) == len(fallbacks)
    for one in COLOURS.values():
        assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in one[:3])
    # Matplotlib's own black and white are not roles: the SVG writer must be able to see them.
    assert not {"#000000", "#ffffff"} & set(fallbacks)


def test_variables_are_css_names_made_from_the_role():
    assert COLOURS["company_a"].variable == "--asc-company-a"
    assert len({one.variable for one in COLOURS.values()}) == len(COLOURS)


@pytest.mark.parametrize("trait", ["symbol", "marker", "line", "hatch"])
def test_gates_differ_without_colour(trait):
    assert len({getattr(MARKS[gate], trait) for gate in GATES}) == len(GATES)


@pytest.mark.parametrize("trait", ["symbol", "marker", "line", "hatch"])
def test_companies_differ_without_colour(trait):
    assert getattr(MARKS["company_a"], trait) != getattr(MARKS["company_b"], trait)


def test_an_unknown_role_is_refused_with_near_matches():
    assert colour("forget") == COLOURS["forget"].fallback
    with pytest.raises(UnknownNameError, match="forget"):
        colour("forgot")
