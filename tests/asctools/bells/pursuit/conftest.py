"""A small world whose truth is known to any fraction of a sample: three bells, two channels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from asctools.bells.strikes import Strikes

LENGTH, PERIOD = 120, 600
# Hz and phase of each bell in each channel.
TONES = np.array([[[310, 0.3], [520, 1.9]], [[420, 2.2], [250, 0.1]], [[180, 1.0], [610, 2.9]]])


class World:
    """Bells that are written as formulas of time, so nothing of the library makes them."""

    bells, channels, length, period = 3, 2, LENGTH, PERIOD

    def wave(self, bell: int, time: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a bell gives ``time`` samples after its strike, (len(time), 2)."""
        envelope = np.exp(-(((time - 15) / 8) ** 2))
        hz, phase = TONES[bell].T
        return 10 * envelope[:, None] * np.sin(2 * np.pi * hz * time[:, None] / 2000 + phase)

    def templates(self) -> NDArray[np.float32]:
        """As ``TemplatePursuit.use`` takes them, (3, 2, 120)."""
        time = np.arange(LENGTH) - 20.0
        return np.stack([self.wave(bell, time).T for bell in range(3)]).astype(np.float32)

    def signal(
        self, strikes: Strikes, samples: int, noise: float = 1.0, seed: int = 0
    ) -> NDArray[np.float32]:
        """A recording, (samples, 2), on top of gravity."""
        total = np.random.default_rng(seed).normal(9.81, noise, size=(samples, 2))
        time = np.arange(samples)
        for bell, at in zip(strikes.bells, strikes.times, strict=True):
            near = np.abs(time - at) < 150
            total[near] += self.wave(bell, time[near] - at)
        return total.astype(np.float32)

    def ring(self, samples: int, seed: int, gap: float = 90.0) -> Strikes:
        """Strikes at odd times, those of a bell at least a period apart."""
        rng = np.random.default_rng(seed)
        times = np.cumsum(rng.uniform(0.4, 1.6, size=int(samples / gap)) * gap)
        bells = rng.integers(3, size=len(times))
        kept: list[int] = []
        for each in range(len(times)):
            before = [times[k] for k in kept if bells[k] == bells[each]]
            if times[each] < samples and (not before or times[each] - before[-1] > PERIOD + 1):
                kept.append(each)
        return Strikes.make(bells[kept], times[kept])

    def windows(self, number: int, samples: int = 1500) -> tuple[list[NDArray], list[Strikes]]:
        """Recordings and their strikes."""
        strikes = [self.ring(samples, seed) for seed in range(number)]
        signals = [self.signal(each, samples, seed=seed) for seed, each in enumerate(strikes)]
        return signals, strikes


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def fitted(world: World) -> Callable:
    """A pursuit that was fitted to 40 recordings; a fresh one at each call."""
    from asctools.bells.pursuit import TemplatePursuit

    signals, strikes = world.windows(40)
    return lambda **settings: TemplatePursuit(3, LENGTH, PERIOD, **settings).fit(signals, strikes)
