"""Look at what a bank of templates has learned, beside the truth."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asctools.errors import InputError, ShapeError, explain
from asctools.plots import save
from asctools.plots.templates import template_grid

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["template_cosines", "visualize_learned_templates"]

TITLE = "Learned templates"


def visualize_learned_templates(
    model: Any, save_path: str | Path | None = None, true_templates: ArrayLike | None = None
) -> "Figure":
    """Draw every template of a model, delays applied, and the true ones behind.

    Parameters
    ----------
    model
        An :class:`~asctools.events.models.specific.classifier.EventSpecificClassifier`, or an
        :class:`~asctools.events.models.specific.bank.EventTemplateBank`.
    save_path
        Where to write the picture, or None. An ``.svg`` follows the light or dark page that it
        stands in, and has an alt text; other endings are Matplotlib's.
    true_templates
        What the templates should be, ``(E, C, L or more)``, strike at the bank's lead; in units of
        the sensor for a classifier, in those of its input for a bank.

    Returns
    -------
    Figure
        16 events fill a grid of 4 × 4; strokes mark where the delays say that a channel begins.

    Raises
    ------
    InputError
        If the model has no bank of templates.
    ShapeError
        If the true templates are of other events or channels, or shorter.
    """
    bank = _bank_of(model)
    learned = bank.waveforms().detach().cpu().numpy()
    delays = bank.onset_delays.detach().cpu().numpy()
    known = None if true_templates is None else _as_heard(model, true_templates)
    figure = template_grid(learned, known, delays, lead=bank.lead, rate=_rate_of(model))
    if save_path is not None:
        _write(figure, Path(save_path), _alt(learned, known))
    return figure


def template_cosines(model: Any, true_templates: ArrayLike) -> NDArray[np.float64]:
    """Return the cosine between each event's learned template and its true one, ``(E,)``.

    Parameters
    ----------
    model, true_templates
        As for :func:`visualize_learned_templates`.
    """
    learned = _bank_of(model).waveforms().detach().cpu().numpy().astype(np.float64)
    known = _as_heard(model, true_templates)
    if known.shape[:2] != learned.shape[:2] or known.shape[2] < learned.shape[2]:
        came, right = f"true templates of shape {known.shape}", f"{learned.shape}, or longer"
        raise ShapeError(explain(came, right, "give those of the same events and channels"))
    known = known[..., : learned.shape[2]]
    sizes = np.linalg.norm(learned, axis=(1, 2)) * np.linalg.norm(known, axis=(1, 2))
    product: NDArray[np.float64] = np.sum(learned * known, axis=(1, 2))
    return product / np.maximum(sizes, np.finfo(float).tiny)


def _bank_of(model: Any) -> Any:
    """Return the bank of a model, or the model if it is one."""
    inside = getattr(model, "module", model)  # of a model that several processes train
    bank = getattr(inside, "bank", inside)
    if not hasattr(bank, "waveforms") or not hasattr(bank, "onset_delays"):
        came = f"a model of class {type(model).__name__}"
        right = "an EventSpecificClassifier or an EventTemplateBank"
        raise InputError(explain(came, right, "pass a model with a bank of templates"))
    return bank


def _as_heard(model: Any, true_templates: ArrayLike) -> NDArray[np.float64]:
    """Return true templates as the bank meets them: through the normaliser, if there is one."""
    known = np.asarray(true_templates, dtype=np.float64)
    normalise: Any = getattr(getattr(model, "module", model), "normalise", None)
    if not hasattr(normalise, "normaliser") or known.ndim != 3:
        return known
    heard, _ = normalise.normaliser()(known.transpose(0, 2, 1))
    return np.asarray(heard, dtype=np.float64).transpose(0, 2, 1)


def _rate_of(model: Any) -> float:
    arguments = getattr(getattr(model, "module", model), "arguments", {})
    return float(arguments.get("rate", 2000.0))


def _write(figure: "Figure", path: Path, alt: str) -> None:
    if path.suffix == ".svg":
        save(figure, path, alt, TITLE)
    else:
        figure.savefig(path)


def _alt(learned: NDArray[np.floating], known: NDArray[np.floating] | None) -> str:
    """Say what one sees: how many panels and lines, and what stands behind them."""
    events, channels = learned.shape[:2]
    said = f"{events} panels, one for each event, with {channels} lines, one for each channel"
    said += ", silent up to a stroke that marks where the channel begins, and ringing after it"
    return said + ("." if known is None else "; behind each a broad line, the true waveform.")
