"""What the pretrained models share: an encoder that has a place in the classifier."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from asctools.events.models.backbone import Backbone
from asctools.events.models.normalise import Normalise
from asctools.events.pretraining.transfer import transfer

__all__ = ["WithEncoder", "arguments_of"]


class WithEncoder(nn.Module):
    """A backbone that learns without labels, by what stands on it.

    Parameters
    ----------
    arguments
        Everything that the model was called with.
    own
        The names of those that are not the encoder's.

    Attributes
    ----------
    encoder
        As that of :class:`~asctools.events.models.LSTMEventClassifier`, weight by weight.
    arguments
        Enough to build it again.
    resolution
        Samples of a frame.
    """

    def __init__(self, arguments: Mapping[str, Any], own: tuple[str, ...]) -> None:
        super().__init__()
        self.arguments, self._own = dict(arguments), own
        self.encoder = Backbone(**self.encoder_arguments())
        self.resolution, self.input_size = self.encoder.resolution, self.encoder.input_size

    @property
    def normalise(self) -> Normalise:
        """The encoder's measures of the training data; the trainers fit them."""
        return self.encoder.normalise

    def encoder_arguments(self) -> dict[str, Any]:
        """Return the arguments that decide the encoder: a classifier is called with the same."""
        return {name: value for name, value in self.arguments.items() if name not in self._own}

    def transfer_encoder_to_classifier(self, classifier: nn.Module) -> tuple[str, ...]:
        """Give a classifier every weight of the encoder, and the normaliser.

        Parameters
        ----------
        classifier
            Such as :class:`~asctools.events.models.LSTMEventClassifier`, called with the same
            ``hidden_size``, ``num_layers``, …; dropout and events may differ.

        Returns
        -------
        tuple of str
            The names of the tensors that were copied.

        Raises
        ------
        InputError
            If anything does not fit, with a list of all of it; nothing is copied then.
        """
        return transfer(self.encoder, classifier)


def arguments_of(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a constructor from its ``locals()``, as plain values."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in names.items()
        if name not in ("self", "__class__")
    }
