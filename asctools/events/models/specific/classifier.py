"""A classifier that knows what its events look like: templates first, an LSTM on what they say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from asctools.bells.pursuit.templates import LEAD
from asctools.errors import InputError, explain, unknown_name
from asctools.events.models.frames import counts_of_frames, valid_frames
from asctools.events.models.layers import Convolution, Recurrence
from asctools.events.models.normalise import Normalise
from asctools.events.models.output import soft_maximum
from asctools.events.models.specific.bank import EventTemplateBank
from asctools.events.models.specific.convolutions import EventSpecificCNN
from asctools.events.models.specific.heads import EventSpecificTimingHeads
from asctools.events.models.specific.hearing import Heard, deviations, evidence, hear
from asctools.events.models.specific.output import EventSpecificOutput
from asctools.events.models.specific.start import start_from_pursuit
from asctools.rnn.inputs import as_sequences, end_of_each, positive_sizes
from asctools.rnn.readout import set_forget_bias

if TYPE_CHECKING:
    from asctools.bells.pursuit import TemplatePursuit

__all__ = ["RECURRENT", "EventSpecificClassifier"]

RECURRENT = ("lstm", "none")
WHOLE = (
    *("input_size", "hidden_size", "num_layers", "num_events", "template_length", "features"),
    *("event_features", "timing_resolution_samples", "refractory_period_samples"),
)
KERNELS = (3, 5, 9)  # frames
JUDGE = 32  # hidden features of the judgement that is the same for all events
FROM_ALL = 8  # numbers that an event gets to know of all others
TRUST, RARE = 2.0, -4.0  # at first: what evidence counts for, and the logit without any
QUIET = 0.01  # of usual first weights


class EventSpecificClassifier(nn.Module):
    """Templates say what fits where, sure strikes are taken out, and an LSTM reads what is left.

    A bank of learned templates scores every sample. Strikes that are sure are subtracted, so that
    the score of each event no longer holds the others. The highest score in each frame of 5 ms
    goes on as a likelihood ratio: it is the logit with which the network begins, and to which
    convolutions of each event, an LSTM over all of them, and heads of each event add what else
    they know. Times come from the scores themselves, between the samples.

    Parameters
    ----------
    input_size
        Channels of a reading.
    hidden_size, num_layers
        Cells in a layer of the LSTM, and its layers.
    num_events
        Kinds of events.
    dropout
        Share dropped between layers of the LSTM, and in the heads.
    template_length
        Samples of a template, 20 of them before its strike.
    bidirectional
        Whether the LSTM reads backwards as well.
    whiten
        Whether the templates are divided by the spectrum of the noise.
    rounds
        How often sure strikes are taken out; 0: never.
    event_convolutions
        Whether each event has convolutions over its own ratios.
    timing_heads
        Whether each event has a head of its own beside the one that serves all.
    recurrent
        What remembers: ``"lstm"``, or ``"none"``.
    features, event_features
        Of the convolution before the LSTM, and of those of each event.
    timing_resolution_samples
        Samples of a frame.
    refractory_period_samples
        An event does not come back before so many samples: 2 s, at 2000 samples a second.
    rate
        Samples a second, for the high-pass filter of the normaliser.

    Attributes
    ----------
    arguments
        What it was called with: enough to build it again.
    bank : EventTemplateBank
        It begins with noise. :meth:`start_from` gives it what a pursuit has learned.
    normalise
        Measures of the training data; :class:`~asctools.events.trainers.SupervisedTrainer` fits
        them if nobody has.

    Raises
    ------
    InputError, UnknownNameError
        If an argument is out of range, or a name unknown.
    """

    def __init__(
        self,
        input_size: int = 6,
        hidden_size: int = 128,
        num_layers: int = 2,
        num_events: int = 16,
        dropout: float = 0.3,
        template_length: int = 80,
        bidirectional: bool = True,
        *,
        whiten: bool = True,
        rounds: int = 3,
        event_convolutions: bool = True,
        timing_heads: bool = True,
        recurrent: str = "lstm",
        features: int = 64,
        event_features: int = 12,
        timing_resolution_samples: int = 10,
        refractory_period_samples: int = 4000,
        rate: float = 2000.0,
    ) -> None:
        super().__init__()
        self.arguments: dict[str, Any] = {
            name: value for name, value in locals().items() if name not in ("self", "__class__")
        }
        _check(self.arguments)
        self.input_size, self.num_events, self.rounds = input_size, num_events, rounds
        self.resolution = timing_resolution_samples
        self.refractory_period_samples = refractory_period_samples
        self.normalise = Normalise(input_size, rate)
        self.bank = EventTemplateBank(num_events, input_size, template_length, whiten=whiten)
        self.meet = Convolution(2 * num_events + input_size, features, 5)
        self.memory: Recurrence | None = None
        if recurrent == "lstm":
            self.memory = Recurrence(features, hidden_size, num_layers, dropout, bidirectional)
        known = features + (0 if self.memory is None else self.memory.features)
        self.tell = nn.Linear(known, FROM_ALL * num_events)
        self.look: EventSpecificCNN | None = None
        if event_convolutions:
            self.look = EventSpecificCNN(
                num_events, 2, event_features, False, kernels=KERNELS, own_input=True
            )
        width = 2 + FROM_ALL + (event_features if event_convolutions else 0)
        self.judge = nn.Sequential(nn.Linear(width, JUDGE), nn.ReLU(), nn.Linear(JUDGE, 1))
        self.heads: EventSpecificTimingHeads | None = None
        if timing_heads:
            self.heads = EventSpecificTimingHeads(num_events, width, dropout)
        self.trust = nn.Parameter(torch.full((num_events,), TRUST))
        self.bias = nn.Parameter(torch.full((num_events,), RARE))
        self._begin()
        self._frozen = False

    def _begin(self) -> None:
        """Let the heads say next to nothing at first: the ratios alone speak."""
        last: Any = self.judge[-1]
        nn.init.zeros_(last.bias)
        with torch.no_grad():
            last.weight.mul_(QUIET)
            if self.heads is not None:
                self.heads.second.mul_(QUIET)
                self.heads.second_bias.zero_()
        if self.memory is not None:
            set_forget_bias(self, 1.0)

    def start_from(self, pursuit: "TemplatePursuit") -> "EventSpecificClassifier":
        """Give the bank the templates, delays and noise that a pursuit has learned.

        Parameters
        ----------
        pursuit
            Fitted on the training data; its templates are at least as long as the bank's.

        Returns
        -------
        EventSpecificClassifier
            Itself.

        Raises
        ------
        InputError
            If the normaliser has not been fitted: the bank hears what comes out of it.
        ShapeError
            If events, channels or lengths do not fit.
        """
        if not bool(self.normalise.fitted):
            came = "a model that has not measured its data"
            raise InputError(explain(came, "a fitted normaliser", "call normalise.fit first"))
        start_from_pursuit(self.bank, pursuit, self.normalise.scale.cpu().numpy())
        return self

    def forward(
        self, x: Tensor, lengths: Sequence[int] | Tensor | None = None
    ) -> EventSpecificOutput:
        """Say what is in windows, and when.

        Parameters
        ----------
        x
            Readings as the sensor gives them, ``(N, T, input_size)``, float32.
        lengths
            Readings of each window, where they differ; what stands behind them is not read.

        Raises
        ------
        ShapeError, InputError
            If shapes, dtype or lengths do not fit.
        """
        x = as_sequences(x, self.input_size, self.bias.dtype)
        ends = None if lengths is None else end_of_each(lengths, x).to(x.device)
        heard = self._hear(x, ends)
        valid = valid_frames(ends, self.resolution, heard.alone.shape[1], x)
        ratios = torch.stack([deviations(heard.alone), deviations(heard.first)], dim=3)
        ratios = ratios * valid[..., None]
        known = [ratios, self._together(ratios, heard.loudness * valid, ends)]
        if self.look is not None:
            known.append(self.look(ratios)[0])
        fired = heard.alone.detach().sigmoid() * valid
        said = self._said(torch.cat(known, dim=3), fired)
        logits = self.trust * evidence(heard.alone) + self.bias + said
        presence = soft_maximum(logits, valid)
        return EventSpecificOutput(presence, logits, heard.scores, self.resolution)

    def get_embeddings(self, x: Tensor, lengths: Sequence[int] | Tensor | None = None) -> Tensor:
        """Return the template scores, ``(N, T, E)``: what everything else is made from."""
        x = as_sequences(x, self.input_size, self.bias.dtype)
        return self._hear(x, None if lengths is None else end_of_each(lengths, x)).scores

    def freeze_backbone(self) -> None:
        """Let only the heads learn: the bank, what meets its ratios and the memory stay."""
        self._freeze(True)

    def unfreeze_backbone(self) -> None:
        """Let everything learn again."""
        self._freeze(False)

    def train(self, mode: bool = True) -> "EventSpecificClassifier":
        """Switch dropout and batch normalisation on; a frozen backbone stays as it is."""
        super().train(mode)
        if self._frozen:
            for part in self._backbone():
                part.eval()
        return self

    def _backbone(self) -> list[nn.Module]:
        parts = (self.bank, self.meet, self.memory, self.look)
        return [part for part in parts if part is not None]

    def _freeze(self, frozen: bool) -> None:
        self._frozen = frozen
        for part in self._backbone():
            part.requires_grad_(not frozen)
            part.train(self.training and not frozen)

    def _hear(self, x: Tensor, ends: Tensor | None) -> Heard:
        x = self.normalise(x)
        inside = valid_frames(ends, 1, x.shape[1], x).expand(*x.shape[:2], 1)
        period = self.refractory_period_samples
        return hear(self.bank, x * inside, inside, self.resolution, self.rounds, period)

    def _together(self, ratios: Tensor, loudness: Tensor, ends: Tensor | None) -> Tensor:
        """Return what all events together tell each of them, ``(N, frames, E, FROM_ALL)``."""
        met = self.meet(torch.cat([ratios.flatten(2), loudness], dim=2).transpose(1, 2))
        met = met.transpose(1, 2)
        if self.memory is not None:
            counts = None if ends is None else counts_of_frames(ends, self.resolution)
            met = torch.cat([self.memory(met, counts), met], dim=2)
        return self.tell(met).unflatten(2, (self.num_events, FROM_ALL))

    def _said(self, known: Tensor, fired: Tensor) -> Tensor:
        """Return what the heads add to the logits, ``(N, frames, E)``."""
        said: Tensor = self.judge(known)[..., 0]
        if self.heads is None:
            return said
        # In a period an event comes once. The heads tell the best of a period, however long x is.
        count = said.shape[1]
        period = -(-self.refractory_period_samples // self.resolution)
        known, fired = (_in_periods(each, min(count, period)) for each in (known, fired))
        own = self.heads(known, fired).unflatten(0, (len(said), -1)).flatten(1, 2)
        return said + own[:, :count]


def _in_periods(x: Tensor, period: int) -> Tensor:
    """Cut ``(N, frames, ...)`` into pieces ``(N * pieces, period, ...)``, the last filled up."""
    behind = -x.shape[1] % period
    filled = torch.cat([x, x.new_zeros(len(x), behind, *x.shape[2:])], dim=1)
    return filled.unflatten(1, (-1, period)).flatten(0, 1)


def _check(arguments: dict[str, Any]) -> None:
    positive_sizes(**{name: arguments[name] for name in WHOLE})
    if arguments["recurrent"] not in RECURRENT:
        raise unknown_name("recurrent", arguments["recurrent"], RECURRENT)
    rounds = arguments["rounds"]
    if isinstance(rounds, bool) or not isinstance(rounds, int) or rounds < 0:
        raise InputError(explain(f"rounds={rounds!r}", "a whole number from 0 on", "use 3"))
    if arguments["template_length"] <= LEAD:
        came = f"template_length={arguments['template_length']}"
        todo = f"the first {LEAD} are those before the strike: make it longer"
        raise InputError(explain(came, f"more than {LEAD} samples", todo))
    if not 0.0 <= arguments["dropout"] < 1.0:
        came = f"dropout={arguments['dropout']!r}"
        raise InputError(explain(came, "a number from 0 to below 1", "set dropout"))
