"""The oracle: a pursuit that was told what every strike looks like."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from asctools.bells.pursuit.detector import TemplatePursuit
from asctools.bells.pursuit.labelled import Labels, Signals
from asctools.bells.recording import Windows
from asctools.bells.strikes import Strikes

if TYPE_CHECKING:
    from asctools.bells.frame import BellFrame

__all__ = ["oracle"]


def oracle(
    frame: "BellFrame",
    data: Signals,
    strikes: Sequence[Strikes] | None = None,
    validation: Windows | Labels | None = None,
    **settings: Any,
) -> TemplatePursuit:
    """Return a pursuit with the true templates of a simulated bell frame, for both strokes.

    It is a strong rival and no bound: its templates are those of a strike of usual strength and
    colour, and it takes strikes one by one.

    Parameters
    ----------
    frame
        The simulator.
    data, strikes
        Labelled signals of that frame: what the templates leave of them is the noise.
    validation
        For the threshold, as in :meth:`TemplatePursuit.fit`.
    **settings
        Of :class:`TemplatePursuit`: ``whiten=False`` takes the noise for white.
    """
    pursuit = TemplatePursuit(**{"strokes": True, **settings})
    told = frame.templates(strokes=pursuit.settings.strokes, length=pursuit.settings.length)
    return pursuit.use(told, data, strikes, validation)
