"""``PursuitRescorer``: the pursuit's candidates, and an LSTM that decides which are strikes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from asctools.bells import Picks, Strikes, Windows
from asctools.bells.pursuit import TemplatePursuit
from asctools.bells.pursuit.features import Described, candidate_features
from asctools.bells.pursuit.labelled import Labels, Signals
from asctools.errors import InputError, explain
from asctools.events import files
from asctools.events.checks import checked_threshold
from asctools.events.metrics import best_threshold
from asctools.events.normaliser import Normaliser
from asctools.events.refractory import best_of_each_bell, log_odds
from asctools.events.rescoring.data import CandidateDataset, collate_candidates, columns, table
from asctools.events.rescoring.filing import Parts, file_of, parts_of
from asctools.events.rescoring.proposals import Known, Proposals, propose
from asctools.events.rescoring.reader import CandidateReader, read_in_pieces
from asctools.events.rescoring.settings import checked_settings, whole
from asctools.events.rescoring.step import candidate_scores, candidate_step
from asctools.training.callbacks import Callback
from asctools.training.schedulers import make
from asctools.training.trainer import Trainer

__all__ = ["PursuitRescorer"]

CANDIDATES = 1000  # in a batch


class PursuitRescorer:
    """Find strikes in two steps: templates propose candidates, an LSTM over them decides.

    Parameters
    ----------
    num_events
        How many bells there are.
    width, hidden_size, dropout, recurrent
        Of the :class:`~asctools.events.rescoring.CandidateReader`.
    fit_features, rhythm
        False hides from the reader how well each channel fits, or when other candidates are.
    least_score
        Of a candidate, a log-likelihood ratio.
    spare
        How many places in a second a bell is offered that seems to miss a row. It pays in whole
        recordings, where the rhythm says which of them is right.
    **pursuit
        Settings of :class:`~asctools.bells.pursuit.TemplatePursuit`.

    Attributes
    ----------
    pursuit : TemplatePursuit
        Proposes.
    reader : CandidateReader
        Decides.
    threshold : float
        The least probability of a strike. :meth:`fit` chooses it on validation.
    settings : dict
        The parameters above, those of the pursuit apart.
    normaliser
        What is usual in the recordings of the training.

    Raises
    ------
    InputError
        If a setting cannot be used.

    Notes
    -----
    The reader needs candidates to learn from, of which many are doubtful: thousands. On few
    recordings, or on clean ones, compare it with ``pursuit.detect`` before you prefer it.
    """

    def __init__(
        self,
        num_events: int = 16,
        *,
        width: int = 96,
        hidden_size: int = 64,
        dropout: float = 0.2,
        recurrent: bool = True,
        fit_features: bool = True,
        rhythm: bool = True,
        least_score: float = 1.0,
        spare: int = 0,
        **pursuit: Any,
    ) -> None:
        self.pursuit = TemplatePursuit(num_events, **pursuit)
        self.settings = checked_settings({
            "width": width, "hidden_size": hidden_size, "dropout": dropout, "recurrent": recurrent,
            "fit_features": fit_features, "rhythm": rhythm,
            "least_score": least_score, "spare": spare,
        })  # fmt: skip
        self.threshold = 0.5
        self.reader: CandidateReader | None = None
        self.normaliser: Normaliser | None = None

    def fit(
        self,
        data: Signals,
        strikes: Sequence[Strikes] | None = None,
        validation: Windows | Labels | None = None,
        *,
        epochs: int = 15,
        batch_size: int | None = None,
        learning_rate: float = 5e-3,
        seed: int | None = 0,
        callbacks: Sequence[Callback] = (),
    ) -> "PursuitRescorer":
        """Learn templates, then the reader, then the threshold.

        Parameters
        ----------
        data, strikes, validation
            As for :meth:`asctools.bells.pursuit.TemplatePursuit.fit`: windows, or whole recordings,
            in which the reader learns the rhythm too.
        epochs, learning_rate
            Of the reader's training.
        batch_size
            Sequences in a batch: windows, or 128 candidates of a recording. None: as many as have
            about a thousand candidates.
        seed
            Of its first weights, and of the order of its batches.
        callbacks
            Of its :class:`~asctools.training.trainer.Trainer`.

        Returns
        -------
        PursuitRescorer
            Itself.
        """
        proposals = self.propose(data, strikes, validation)
        return self.learn(
            proposals, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate,
            seed=seed, callbacks=callbacks,
        )  # fmt: skip

    def learn(
        self,
        proposals: Proposals,
        *,
        epochs: int = 15,
        batch_size: int | None = None,
        learning_rate: float = 5e-3,
        seed: int | None = 0,
        callbacks: Sequence[Callback] = (),
    ) -> "PursuitRescorer":
        """Train the reader on candidates that are there, and choose the threshold."""
        known = self.known(proposals.train, vary=True)
        usual = known.sequences_with(CANDIDATES)
        size = whole("batch_size", usual if batch_size is None else batch_size, 1)
        reader = self.new_reader(known, seed)
        order = torch.Generator().manual_seed(0 if seed is None else seed)
        loader = DataLoader(
            known,
            size,
            shuffle=True,
            generator=order,
            collate_fn=collate_candidates,
        )
        optimizer = torch.optim.Adam(reader.parameters(), learning_rate)
        trainer = Trainer(
            reader, candidate_step, optimizer, callbacks=callbacks, seed=seed, device="cpu",
            scheduler=make("one_cycle", optimizer, num_epochs=epochs * len(loader)),
            scheduler_interval="step", scores=candidate_scores,
        )  # fmt: skip
        held = DataLoader(self.known(proposals.validation), 64, collate_fn=collate_candidates)
        trainer.fit(loader, held, epochs)
        return self.take(proposals, reader)

    def propose(
        self,
        data: Signals,
        strikes: Sequence[Strikes] | None = None,
        validation: Windows | Labels | None = None,
    ) -> Proposals:
        """Let pursuits propose candidates for the training of the reader."""
        options = self.pursuit.settings.as_dict()
        return propose(options, data, strikes, validation, **self._proposing)

    def known(self, candidates: Known, vary: bool = False) -> CandidateDataset:
        """Return candidates and their strikes as training data."""
        return CandidateDataset(*candidates, self.pursuit.settings.tolerance, vary=vary)

    def new_reader(self, known: CandidateDataset, seed: int | None) -> CandidateReader:
        """Return a reader with its first weights, scaled to the features of the training."""
        features, own = known.all_features(), self.settings
        seen = columns(features.shape[1], own["fit_features"], own["rhythm"])
        with torch.random.fork_rng(devices=[]):
            if seed is not None:
                torch.manual_seed(seed)
            reader = CandidateReader(
                len(seen), self.pursuit.settings.num_events, own["width"], own["hidden_size"],
                own["dropout"], own["recurrent"], seen,
            )  # fmt: skip
        reader.fit_scale(features)
        return reader

    def take(self, proposals: Proposals, reader: CandidateReader) -> "PursuitRescorer":
        """Use a trained reader, and choose the threshold on the validation."""
        self.pursuit, self.reader = proposals.pursuit, reader.cpu().eval()
        self.normaliser = proposals.normaliser
        found = [self._read(each) for each in proposals.validation.described]
        period, rate = self.pursuit.settings.refractory_period_samples, self.pursuit.settings.rate
        self.threshold = best_threshold(
            found, proposals.validation.strikes, 1e3 * self.pursuit.settings.tolerance / rate,
            refractory_period_samples=period, worth=log_odds, rate=rate,
        )  # fmt: skip
        return self

    def candidates(self, signal: NDArray[np.floating]) -> Picks:
        """Return all candidates of a signal, (T, C), with the probability of each as its score."""
        return self._read(candidate_features(self.pursuit, signal, **self._proposing))

    def detect(
        self,
        signal: NDArray[np.floating],
        threshold: float | None = None,
        *,
        apply_refractory: bool = True,
        period_samples: float | None = None,
    ) -> Picks:
        """Return the strikes in a signal.

        Parameters
        ----------
        signal
            (T, C), at least as long as a template; longer than memory if it is memory-mapped.
        threshold
            The least probability; None: that of the fit.
        apply_refractory, period_samples
            Whether a bell may strike once in a period only, and that period; None: the pursuit's.

        Returns
        -------
        Picks
            Scores are probabilities, times fractions of samples.
        """
        least = checked_threshold(self.threshold if threshold is None else threshold)
        own = self.pursuit.settings.refractory_period_samples
        period = own if period_samples is None else period_samples
        return self.decide(self.candidates(signal), least, period if apply_refractory else 0.0)

    def decide(self, candidates: Picks, threshold: float, period: float | None = None) -> Picks:
        """Return the most probable legal reading of candidates; None: of the pursuit's period."""
        own = self.pursuit.settings.refractory_period_samples
        least = own if period is None else period
        likely = candidates.above(threshold)
        return best_of_each_bell(likely, least, lambda scores: log_odds(scores, threshold))

    def file(self, about: Mapping[str, Any] | None = None) -> files.ModelFile:
        """Return everything that detection needs, for :func:`asctools.events.files.write`."""
        made = file_of(Parts(self.pursuit, self._trained, self.settings), self.threshold)
        return made._replace(normaliser=self.normaliser, about=dict(about or {}))

    @classmethod
    def of(cls, file: files.ModelFile) -> "PursuitRescorer":
        """Make one of a file that was read; ``CheckpointError`` if its parts do not fit."""
        parts = parts_of(file)
        rescorer = cls(**parts.pursuit.settings.as_dict(), **parts.settings)
        rescorer.pursuit, rescorer.reader = parts.pursuit, parts.reader.eval()
        rescorer.threshold, rescorer.normaliser = file.threshold, file.normaliser
        return rescorer

    def save(self, path: str | Path, *, half: bool = False) -> None:
        """Write it into one file, ``.npz``; with ``half`` in numbers of 16 bits."""
        files.write(path, self.file(), half=half)

    @classmethod
    def load(cls, path: str | Path) -> "PursuitRescorer":
        """Read what :meth:`save` wrote; ``CheckpointError`` if that is not what the file holds."""
        return cls.of(files.read(path))

    @property
    def _proposing(self) -> dict[str, Any]:
        """Return how candidates are chosen."""
        return {"least_score": self.settings["least_score"], "spare": self.settings["spare"]}

    @property
    def _trained(self) -> CandidateReader:
        if self.reader is None:
            raise InputError(explain("a re-scorer without a reader", "a fitted one", "call fit"))
        return self.reader

    def _read(self, described: Described) -> Picks:
        """Let the reader look at the candidates of a recording, a long one piece by piece."""
        features, bells = torch.from_numpy(table(described)), described.picks.bells
        odds = read_in_pieces(self._trained, features, torch.from_numpy(bells)).double()
        return described.picks._replace(scores=torch.sigmoid(odds).numpy())
