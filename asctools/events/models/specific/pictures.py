"""Pictures of the templates while they are learned."""

from pathlib import Path
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from asctools.errors import InputError, explain
from asctools.events.templates_picture import visualize_learned_templates
from asctools.training.callbacks.base import Callback

if TYPE_CHECKING:
    from asctools.training.trainer import Trainer

__all__ = ["TemplatePictures"]


class TemplatePictures(Callback):
    """Draw the templates of the model that is trained, every few epochs.

    Parameters
    ----------
    folder
        It is made if there is none. The files are called ``templates-0010.svg``, and so on.
    every
        Epochs between two pictures.
    true_templates
        Drawn behind, as in :func:`~asctools.events.templates_picture.visualize_learned_templates`.

    Raises
    ------
    InputError
        If ``every`` is no whole number above 0.
    """

    def __init__(
        self, folder: str | Path, every: int = 10, true_templates: ArrayLike | None = None
    ) -> None:
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            came = f"every={every!r}"
            raise InputError(explain(came, "a whole number above 0", "draw every 10 epochs"))
        self.folder, self.every, self.true_templates = Path(folder), every, true_templates

    def on_epoch_end(self, trainer: "Trainer") -> None:
        """Draw, if it is time."""
        if trainer.epoch % self.every == 0:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"templates-{trainer.epoch:04d}.svg"
            visualize_learned_templates(trainer.model, path, self.true_templates)
