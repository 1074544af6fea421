"""Explain a whole recording by strikes, block after block."""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asctools.bells.highpass import HighPass
from asctools.bells.pursuit.blocks import Block, Grid
from asctools.bells.pursuit.scores import FilterBank, make_bank, make_filters, score_traces
from asctools.bells.pursuit.search import Found, Scene, pursue
from asctools.bells.pursuit.settings import Settings
from asctools.bells.pursuit.templates import LEAD, Templates, delayed

__all__ = ["Explained", "Explainer"]


class Explained(NamedTuple):
    """A block of a recording, and what the pursuit made of it.

    Attributes
    ----------
    block
        The samples.
    scene
        The scores that are left when all strikes are subtracted, those around the block too.
    taken
        All strikes that are subtracted, in the order in which that happened.
    mine
        Those among them that are this block's.
    new
        How many of the taken ones no earlier block had found.
    """

    block: Block
    scene: Scene
    taken: list[Found]
    mine: list[Found]
    new: int


class Explainer:
    """Known templates, known noise: ready to explain recordings of any length.

    Parameters
    ----------
    templates
        K of them, high-passed.
    spectrum
        The cross-spectrum of the noise, (F, C, C).
    settings
        The pursuit's.
    """

    def __init__(
        self, templates: Templates, spectrum: NDArray[np.complex128], settings: Settings
    ) -> None:
        self.templates, self.spectrum, self.settings = templates, spectrum, settings
        length, period = templates.length, settings.refractory_period_samples
        self.grid = Grid(before=2 * length + LEAD, after=period + length + LEAD, edge=length)
        self._banks: dict[int, FilterBank] = {}

    def explain(self, signal: NDArray[np.floating], threshold: float) -> Iterator[Found]:
        """Yield the strikes of a signal, (T, C), block by block, each block's best first.

        A block's strikes are taken while the signal beyond its end is heard too: a loud strike
        there forbids a false one of its bell here. What lies beyond the end is then forgotten, and
        found again by the next block, which starts from what this one has kept.
        """
        for explained in self.blocks(signal, threshold):
            yield from explained.mine

    def blocks(self, signal: NDArray[np.floating], threshold: float) -> Iterator[Explained]:
        """Yield each block as soon as it is explained, with what is left of its scores."""
        high_pass = HighPass(self.settings.highpass_hz, self.settings.rate)
        kept: list[Found] = []
        for block in self.grid.blocks(signal, high_pass):
            kept = [found for found in kept if found.start >= block.start - self._memory]
            last = np.inf if block.stop == len(signal) else block.stop - LEAD
            scene = self._scene(block)
            taken = list(pursue(scene, threshold, known=kept))
            mine = [found for found in taken if found.start < last]
            yield Explained(block, scene, kept + taken, mine, len(taken))
            kept += mine

    @cached_property
    def shifted(self) -> NDArray[np.floating]:
        """The templates at all delays, (K, 8, L, C)."""
        return delayed(self.templates.waveforms.transpose(0, 2, 1))

    @cached_property
    def power(self) -> NDArray[np.floating]:
        """The power of the noise in each channel, (C,)."""
        return np.diagonal(self.spectrum, axis1=1, axis2=2).real.mean(axis=0)

    @property
    def _memory(self) -> int:
        """For how many samples a strike still matters: its sound, and the rule for its bell."""
        return 2 * self.templates.length + self.settings.refractory_period_samples + LEAD

    def _scene(self, block: Block) -> Scene:
        length = self.templates.length
        bank = self.bank(self.grid.size_for(block))
        scene = Scene(
            bank,
            self.templates.bells,
            score_traces(bank.filters, block.data, before=length),
            first=block.first - length,
            period=self.settings.refractory_period_samples,
            variance=self.settings.variance,
        )
        if block.start > 0:  # the first block may also take strikes before the recording's start
            scene.close(block.first - length, block.start - LEAD)
        return scene

    def bank(self, size: int) -> FilterBank:
        """Return the filters for Fourier transforms of ``size`` samples."""
        if not self._banks:
            self._banks[size] = make_bank(self.templates, self.spectrum, size)
        if size not in self._banks:
            known = next(iter(self._banks.values()))
            filters = make_filters(self.templates, self.spectrum, size)
            self._banks[size] = known._replace(filters=filters)
        return self._banks[size]
