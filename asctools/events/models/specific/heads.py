"""Heads that say when, one for each event, which look where its template fired."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asctools.errors import InputError, ShapeError, explain
from asctools.rnn.inputs import positive_sizes

__all__ = ["EventSpecificTimingHeads", "attend"]

HEADS = 4
NOWHERE = -1e4  # a logit whose exponential is 0 in float32
LEAST = 1e-6  # of a soft mask
RARE = -5.0  # the logit of a strike before anything is learned: one frame in 150


class EventSpecificTimingHeads(nn.Module):
    """A logit for each frame and event, from a small network of each event's own.

    Two layers judge a frame. Before the second, what the frame says meets a summary of all frames
    in which the event's template fired: four heads of attention read it, each with a question of
    its own. So a frame can be the best of several, and not only good. A summary costs as much as
    the frames are many; frames that ask each other would cost their square, for each event.

    Parameters
    ----------
    num_events
        E.
    hidden_size
        D, the features of a frame.
    dropout
        Share of the hidden features that is dropped in training.
    width
        Hidden features of each event, a multiple of 4.

    Raises
    ------
    InputError
        If a size or the dropout is out of range.
    """

    kind_of_layer = "linear"  # its parameters learn at the rate of linear layers

    def __init__(
        self, num_events: int = 16, hidden_size: int = 128, dropout: float = 0.2, *, width: int = 16
    ) -> None:
        super().__init__()
        positive_sizes(num_events=num_events, hidden_size=hidden_size, width=width)
        _check(dropout, width)
        self.num_events, self.hidden_size = num_events, hidden_size
        self.first = nn.Parameter(_uniform(num_events, hidden_size, width))
        self.first_bias = nn.Parameter(torch.zeros(num_events, width))
        self.questions = nn.Parameter(_uniform(num_events, hidden_size, HEADS))
        self.answers = nn.Parameter(_uniform(num_events, HEADS, hidden_size, width // HEADS))
        self.summary = nn.Parameter(_uniform(num_events, width, width))
        self.second = nn.Parameter(_uniform(num_events, width, 1)[..., 0])
        self.second_bias = nn.Parameter(torch.full((num_events,), RARE))
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Tensor, event_mask: Tensor | None = None) -> Tensor:
        """Say in which frames each event is.

        Parameters
        ----------
        features
            Of each frame and event, ``(N, frames, E, D)``, or of each frame for all events,
            ``(N, frames, D)``.
        event_mask
            Where the template of an event fired, ``(N, frames, E)``: True and False, or anything
            between 1 and 0. None: everywhere. An event whose template fired nowhere is judged by
            its frames alone.

        Returns
        -------
        Tensor
            Logits, ``(N, frames, E)``.

        Raises
        ------
        ShapeError
            If shapes do not fit.
        """
        self._check(features, event_mask)
        each = "nfd" if features.ndim == 3 else "nfed"
        hidden = torch.einsum(f"{each},edw->nfew", features, self.first) + self.first_bias
        asked = torch.einsum(f"{each},edh->nfeh", features, self.questions)
        weights = attend(asked * self.hidden_size**-0.5, event_mask)
        seen = torch.einsum(f"nfeh,{each}->nehd", weights, features)
        heard = torch.einsum("nehd,ehdw->nehw", seen, self.answers).flatten(2)
        context = torch.einsum("new,ewv->nev", heard, self.summary)
        known = self.dropout(F.relu(hidden + context[:, None]))
        return torch.einsum("nfew,ew->nfe", known, self.second) + self.second_bias

    def _check(self, features: Tensor, mask: Tensor | None) -> None:
        events, size = self.num_events, self.hidden_size
        frames = tuple(features.shape[:2])
        if tuple(features.shape) not in ((*frames, size), (*frames, events, size)):
            came = f"features of shape {tuple(features.shape)}"
            right = f"(N, frames, {size}) or (N, frames, {events}, {size})"
            raise ShapeError(explain(came, right, "put the features last, and set hidden_size"))
        if mask is not None and tuple(mask.shape) != (*frames, events):
            came = f"a mask of shape {tuple(mask.shape)}"
            right = f"{(*frames, events)}"
            raise ShapeError(explain(came, right, "give it a value for each frame and event"))


def attend(asked: Tensor, mask: Tensor | None) -> Tensor:
    """Return how much each head looks at each frame: a softmax over the frames that may be seen.

    Parameters
    ----------
    asked
        Logits, ``(N, frames, E, heads)``.
    mask
        ``(N, frames, E)``, 1 or True where a frame may be seen, 0 where not; between them a frame
        counts for so much. None: all may.

    Returns
    -------
    Tensor
        As ``asked``. It sums to 1 over the frames, or is 0 where no frame may be seen.
    """
    if mask is None:
        return asked.softmax(1)
    share = mask.to(asked)[..., None]
    seen = share > 0
    weights = (asked + share.clamp_min(LEAST).log()).masked_fill(~seen, NOWHERE).softmax(1)
    return weights * seen.any(1, keepdim=True)


def _uniform(*shape: int) -> Tensor:
    """Draw weights whose products with features of size 1 have about that size."""
    bound = (3 / shape[-2]) ** 0.5
    return torch.empty(*shape).uniform_(-bound, bound)


def _check(dropout: float, width: int) -> None:
    if not 0.0 <= dropout < 1.0:
        came = f"dropout={dropout!r}"
        raise InputError(explain(came, "a number from 0 to below 1", "set dropout"))
    if width % HEADS:
        came = f"width={width}"
        raise InputError(explain(came, f"a multiple of {HEADS}, the heads", "set width"))
