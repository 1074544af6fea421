"""The drawn bell frame agrees with the library's: its bells, its sensors, their channels."""

import numpy as np

from asctools.bells import CHANNELS, NUM_BELLS
from figs import bell_frame


def texts() -> set[str]:
    return {text.get_text() for text in bell_frame.draw().figure.axes[0].texts}


def test_there_are_as_many_bells_as_the_library_has_and_they_grow() -> None:
    assert bell_frame.BELLS == NUM_BELLS
    x, size = np.array(bell_frame.places()).T
    assert (np.diff(size) > 0).all()
    assert (np.diff(x) > (size[1:] + size[:-1]) / 2).all()  # no bell touches its neighbour
    assert x[0] - size[0] / 2 > bell_frame.LEFT and x[-1] + size[-1] / 2 < bell_frame.RIGHT


def test_the_sensors_share_the_channels() -> None:
    said = [channels for _, _, channels in bell_frame.SENSORS.values()]
    assert said == [f"channels 1–{CHANNELS // 2}", f"channels {CHANNELS // 2 + 1}–{CHANNELS}"]
    for name, (_, _, channels) in bell_frame.SENSORS.items():
        assert f"sensor {name}\n{channels}" in texts()


def test_the_way_to_the_nearer_sensor_is_the_shorter_one_as_the_alt_text_says() -> None:
    struck = bell_frame.places()[bell_frame.STRUCK - 1][0]
    ways = {name: abs(x - struck) for name, (x, _, _) in bell_frame.SENSORS.items()}
    assert ways["A"] < 0.3 * ways["B"]
    assert f"Bell {bell_frame.STRUCK} is struck" in bell_frame.ALT
    assert f"{bell_frame.STRUCK}\nstruck" in texts()
