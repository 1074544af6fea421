"""The drawn figures of the chapter on rare defects agree with the caster of the library."""

import numpy as np
import pytest

from asctools.casting import CHANNELS, KINDS
from asctools.casting.process import GAPS, kind_of
from figs import caster, confusion, five_stories


def test_the_caster_has_the_sensors_of_the_data():
    assert {each.name.replace(" ", "_") for each in caster.SENSORS} == set(CHANNELS)
    for sensor in caster.SENSORS:
        assert sensor.name in caster.ALT


@pytest.mark.parametrize("story", five_stories.STORIES)
def test_a_story_is_what_the_simulator_calls_it(story):
    times = [np.array([[-1 if each is None else each]]) for each in (story.waves, story.dent)]
    kind = KINDS[int(kind_of(*times)[0])]
    assert kind == {"level, then drop": "defect"}.get(story.name, story.name)
    assert (story.verdict == "crack") == (kind == "defect")


def test_every_kind_has_its_story_and_the_bracket_is_the_simulators():
    assert len(five_stories.STORIES) == len(KINDS)
    assert GAPS["defect"] == (five_stories.SOONEST, five_stories.LATEST)


def test_the_cells_stand_where_the_words_say():
    drawn = confusion.draw().figure.axes[0].texts
    place = {text.get_text(): text.get_position() for text in drawn}
    for row, (hit, other) in (("a defect", ("TP", "FN")), ("sound", ("FP", "TN"))):
        assert abs(place[hit][1] - place[row][1]) < 10
        assert place[hit][0] == place["alarm"][0]
        assert place[other][0] == place["silence"][0]
