"""Explain a whole recording by strikes, block after block."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from asctools.bells.highpass import HighPass
from asctools.bells.pursuit.blocks import Block, Grid
from asctools.bells.pursuit.scores import FilterBank, make_bank, make_filters, score_traces
from asctools.bells.pursuit.search import Found, Scene, pursue
from asctools.bells.pursuit.settings import Settings
from asctools.bells.pursuit.templates import LEAD, Templates

__all__ = ["Explainer"]


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
        high_pass = HighPass(self.settings.highpass_hz, self.settings.rate)
        kept: list[Found] = []
        for block in self.grid.blocks(signal, high_pass):
            kept = [found for found in kept if found.start >= block.start - self._memory]
            last = np.inf if block.stop == len(signal) else block.stop - LEAD
            taken = pursue(self._scene(block), threshold, known=kept)
            mine = [found for found in taken if found.start < last]
            yield from mine
            kept += mine

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
