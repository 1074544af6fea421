"""Audio: a WAV file that others can read, and a player that brings it along."""

import base64
import io
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from scipy.io import wavfile

from asctools.bells import Recording
from asctools.bells.audio import player, to_wav
from asctools.errors import InputError


def tone(seconds: float, hertz: float = 440.0, sway: float = 5.0) -> Recording:
    time = np.arange(round(2000 * seconds)) / 2000
    wave = np.sin(2 * np.pi * hertz * time) + sway * np.sin(2 * np.pi * 0.5 * time) + 3
    return Recording(np.tile(wave[:, None], 6).astype(np.float32))


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_a_tone_stays_a_tone_at_its_pitch_and_length(rate: int) -> None:
    read, sound = wavfile.read(io.BytesIO(to_wav(tone(2.0), rate)))
    assert read == rate and sound.dtype == np.int16 and sound.shape == (2 * rate,)
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / rate)
    assert hertz[power.argmax()] == pytest.approx(440, abs=0.5)
    assert power[hertz < 20].sum() < 0.02 * power.sum(), "the sway is not heard"


def test_the_loudest_sample_is_near_the_full_scale_and_the_ends_are_silent() -> None:
    _, sound = wavfile.read(io.BytesIO(to_wav(tone(1.0), 8000)))
    assert np.abs(sound).max() == round(0.9 * 32767)
    assert sound[0] == sound[-1] == 0


def test_silence_is_written_as_silence() -> None:
    _, sound = wavfile.read(io.BytesIO(to_wav(Recording(np.ones((2000, 6), np.float32)), 8000)))
    assert not sound.any()


def test_the_player_says_what_it_plays_and_fetches_nothing() -> None:
    made = player(tone(3.0), 'rounds on "twelve" <bells>')
    page = BeautifulSoup(made.html, "lxml")
    audio = page.audio
    assert audio is not None and audio["aria-label"] == 'rounds on "twelve" <bells>'
    assert audio.has_attr("controls") and "plays no sound" in audio.text
    assert page.figcaption is not None and page.figcaption.text == 'rounds on "twelve" <bells>'
    assert not re.search(r"https?:|//", made.html.split("base64,")[0])
    head, data = str(audio["src"]).split(",")
    assert head == "data:audio/wav;base64" and base64.b64decode(data) == to_wav(tone(3.0), 8000)
    shown = made._repr_mimebundle_()
    assert shown["text/plain"] == 'Sound, 3.0 s: rounds on "twelve" <bells>'
    assert shown["text/html"] == made.html and len(made.html) < 250_000


def test_what_cannot_be_played_is_refused() -> None:
    with pytest.raises(InputError, match=r"20\.0 s.*shorter part"):
        player(tone(20.0), "too long")
    with pytest.raises(InputError, match="4000 Hz, expected 8000"):
        to_wav(tone(1.0), 4000)
    for signal in (np.zeros((0, 6)), np.full((100, 6), np.nan)):
        with pytest.raises(InputError, match="empty or not finite"):
            to_wav(Recording(signal.astype(np.float32)))
