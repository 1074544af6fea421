"""Trainings and walks that must come out alike in one process and in several.

Each case returns ``numbers``, equal in all to 5 digits; ``exact``, equal to the last bit; and
``replica``, equal in all processes of one run. A case is a function of a directory of its own.
"""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import SGD, Adam
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    TensorDataset,
    WeightedRandomSampler,
)

from asctools.errors import InputError
from asctools.rnn_trainer import RNNTrainer
from asctools.training import (
    Callback,
    EarlyStopping,
    EventLog,
    History,
    StepResult,
    Trainer,
    distributed,
    sharding,
)
from asctools.training.callbacks.model_checkpoint import ModelCheckpoint
from asctools.training.callbacks.training_metrics import TrainingMetrics
from asctools.training.metrics import read_csv
from asctools.training.scores import auc_roc, average_precision
from asctools.training.sequences import SequenceBatches, gather
from tests.asctools.training.processes.small import (
    Reader,
    data,
    fingerprint,
    held_out,
    shuffled,
    step,
)

Outcome = dict[str, Any]
ELSEWHERE = "ELSEWHERE"  # a variable: the path of a checkpoint that other processes have written


def outcome(model: nn.Module, history: History, **exact: Any) -> Outcome:
    """Return what a training came to."""
    names = [name for name in history.epochs[0] if name != "seconds"]
    columns = {name: history[name] for name in names}
    columns["weights"] = [tensor.abs().sum().item() for tensor in model.state_dict().values()]
    found = {"stopped": history.stopped, "epochs": len(history)} | exact
    return {"numbers": columns, "exact": found, "replica": fingerprint(model)}


# ── trainings ────────────────────────────────────────────────────────────────────────────────────


def shuffled_and_clipped(where: Path) -> Outcome:
    """A last batch of 5, a norm that is clipped, and a validation with a last batch of 1."""
    model = Reader(seed=distributed.world().rank)  # the others' weights are overwritten
    trainer = Trainer(model, step, Adam(model.parameters(), 0.01), clip_grad_norm=0.05)
    history = trainer.fit(shuffled(), held_out(), 3)
    assert min(history.grad_norms) > 0.05
    return outcome(model, history, iterations=trainer.iteration)


def without_an_own_generator(where: Path) -> Outcome:
    """The order comes from the generator of all of PyTorch, which the trainer seeds."""
    model = Reader()
    trainer = Trainer(model, step, SGD(model.parameters(), 0.5), seed=5)
    return outcome(model, trainer.fit(DataLoader(data(), 8, shuffle=True), num_epochs=3))


def accumulated(where: Path) -> Outcome:
    """Three batches make a step, and the last group has two."""
    model = Reader()
    trainer = Trainer(model, step, SGD(model.parameters(), 0.5), accumulate=3)
    history = trainer.fit(shuffled(), held_out(), 3)
    return outcome(model, history, iterations=trainer.iteration)


def one_big_batch(where: Path) -> Outcome:
    """The same groups of three as single batches of 24: also another way to the same numbers."""
    model = Reader()
    trainer = Trainer(model, step, SGD(model.parameters(), 0.5))
    history = trainer.fit(shuffled(24), held_out(), 3)
    return outcome(model, history, iterations=trainer.iteration)


def class_weights(where: Path) -> Outcome:
    """The loss is divided by the weights of the classes, so these are its weight."""
    of_class = torch.tensor([0.3, 2.0])

    def weighted_step(model: nn.Module, batch: Any) -> StepResult:
        x, y, _ = batch
        return StepResult(F.cross_entropy(model(x), y, of_class), float(of_class[y].sum()))

    model = Reader(2)
    trainer = Trainer(model, weighted_step, SGD(model.parameters(), 0.5))
    return outcome(model, trainer.fit(shuffled(), held_out(), 3))


def bare_losses(where: Path) -> Outcome:
    """A step that returns only a loss, with a weight for the rare class."""

    def bare_step(model: nn.Module, batch: Any) -> torch.Tensor:
        logits, y = model(batch[0])[:, 0], batch[1].float()
        return F.binary_cross_entropy_with_logits(logits, y, pos_weight=torch.tensor(3.0))

    model = Reader()
    trainer = Trainer(model, bare_step, SGD(model.parameters(), 0.5))
    return outcome(model, trainer.fit(shuffled(), held_out(), 3))


def other_methods(where: Path) -> Outcome:
    """A step that calls the parts of the model, one of them twice."""

    def step_by_parts(model: Any, batch: Any) -> StepResult:
        x, y, _ = batch
        both = model.out(model.last(x)) + model.out(model.last(-x))
        return StepResult(F.binary_cross_entropy_with_logits(both[:, 0], y.float()), len(y))

    model = Reader()
    trainer = Trainer(model, step_by_parts, SGD(model.parameters(), 0.5))
    return outcome(model, trainer.fit(shuffled(), num_epochs=2))


def stopped_early(where: Path) -> Outcome:
    """Too high a rate: it is lowered together, stopped together, and all go back together."""
    model = Reader()
    optimizer = SGD(model.parameters(), 3.0)
    stop = EarlyStopping("val_loss", patience=2, min_delta=0.01)
    plateau = ReduceLROnPlateau(optimizer, patience=0)
    trainer = Trainer(model, step, optimizer, callbacks=[stop], scheduler=plateau)
    history = trainer.fit(shuffled(), held_out(), 12)
    assert history.stopped == "patience"
    return outcome(model, history, best_epoch=stop.best_epoch)


def scored(where: Path) -> Outcome:
    """Scores of the whole validation, of which each process has seen its part."""

    def scores(kept: dict[str, np.ndarray]) -> dict[str, float]:
        target, score = kept["target"], kept["score"]
        first = float(score[0])  # the rows come in the order of one process
        return {
            "auc_roc": auc_roc(target, score),
            "auc_pr": average_precision(target, score),
            "first": first,
            "rows": len(target),
        }

    model = Reader()
    trainer = Trainer(model, step, SGD(model.parameters(), 0.5), scores=scores)
    return outcome(model, trainer.fit(shuffled(), held_out(), 2))


def bucketed(where: Path) -> Outcome:
    """Sequences of unequal length with a target for each step; batches are sorted by length."""
    generator = torch.Generator().manual_seed(4)
    lengths = [3 + k % 7 for k in range(29)]
    xs = [torch.randn(length, 3, generator=generator) for length in lengths]
    ys = [(x.cumsum(0).sum(1) > 0).long() for x in xs]
    model = Tagger()
    history = RNNTrainer(model, "cpu")
    history.train(
        *(xs[:22], ys[:22]),
        validation=(xs[22:], ys[22:]),
        optimizer=SGD(model.parameters(), 0.5),
        max_epochs=3,
        batch_size=5,
        seed=6,
        show_progress=False,
    )
    return outcome(model, history.history)


class Tagger(nn.Module):
    """An LSTM that says something at every step."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.lstm, self.out = nn.LSTM(3, 6, batch_first=True), nn.Linear(6, 2)

    def forward(self, x: torch.Tensor, lengths: Any = None) -> tuple[torch.Tensor, Any]:
        """Return outputs (N, T, 2) and the hidden state."""
        states, hidden = self.lstm(x)
        return self.out(states), hidden


def some_metrics(where: Path) -> Outcome:
    """A metric that only some parts of a batch have, in training and in validation."""

    def sometimes(model: nn.Module, batch: Any) -> StepResult:
        found = step(model, batch)
        name = "first is 1" if batch[1][0] else "first is 0"
        return found._replace(metrics={name: 1.0, "always": 2.0})

    model = Reader()
    trainer = Trainer(model, sometimes, SGD(model.parameters(), 0.5))
    history = trainer.fit(shuffled(), held_out(), 2)
    return outcome(model, history)


def fewer_rows_than_processes(where: Path) -> Outcome:
    """Batches of one and two rows, in a plain list: some processes have none of them."""
    tensors = data().tensors
    batches = [tuple(each[a:b] for each in tensors) for a, b in ((0, 1), (1, 3), (3, 9), (9, 10))]
    model = Reader()
    trainer = Trainer(model, step, SGD(model.parameters(), 0.5), accumulate=2, scores=_rows)
    return outcome(model, trainer.fit(batches, batches, 3))


def _rows(kept: dict[str, np.ndarray]) -> dict[str, float]:
    return {"rows": len(kept["target"]), "sum": float(kept["score"].sum())}


def one_sequence_at_a_time(where: Path) -> Outcome:
    """A batch is one sequence and its target, a number without axes: nobody cuts it in two."""

    def one(model: nn.Module, sequence: Any) -> StepResult:
        x, y = sequence
        return StepResult(F.binary_cross_entropy_with_logits(model(x[None])[0, 0], y), 1.0)

    batches = [(x, y.float()) for x, y, _ in data(6)]
    model = Reader()
    trainer = Trainer(model, one, SGD(model.parameters(), 0.5), accumulate=2)
    return outcome(model, trainer.fit(batches, batches, 2))


def trained_again(where: Path) -> Outcome:
    """A second fit goes on; between the two, a process may use the model for itself."""
    model = Reader()
    trainer = Trainer(model, step, SGD(model.parameters(), 0.5))
    loader = shuffled()
    trainer.fit(loader, num_epochs=1)
    if distributed.world().main:  # no other takes part in this backward pass
        step(model, data()[:5]).loss.backward()
        model.zero_grad()
    return outcome(model, trainer.fit(loader, num_epochs=2))


# ── where only the replicas must agree ───────────────────────────────────────────────────────────


def dropout_and_batch_norm(where: Path) -> Outcome:
    """Chance and batch statistics differ with the number of processes; the replicas must not."""
    torch.manual_seed(0)
    model = nn.Sequential(Reader(6, dropout=0.5), nn.BatchNorm1d(6), nn.Linear(6, 1))
    trainer = Trainer(model, step, SGD(model.parameters(), 0.1), seed=7)
    found = outcome(model, trainer.fit(shuffled(9, drop_last=True), held_out(), 2))
    own = torch.random.get_rng_state().sum().item()
    return {"replica": [found, own]}


def dropout_differs(where: Path) -> Outcome:
    """Two processes that shut out the same units would learn half as much from it."""
    masks = []

    def looking(model: nn.Module, batch: Any) -> torch.Tensor:
        masks.append(F.dropout(torch.ones(64), 0.5, model.training))
        return step(model, batch).loss

    model = Reader()
    Trainer(model, looking, SGD(model.parameters(), 0.1), seed=7).fit(shuffled(), num_epochs=1)
    found = {tuple(mask.tolist()) for mask in distributed.everyone(masks[0])}
    return {"replica": len(found)}


def any_seed(where: Path) -> Outcome:
    """Every process draws another order; that of the first one counts, and no row is lost."""
    rank = distributed.world().rank
    loader = SequenceBatches(
        gather(data().tensors[0], data().tensors[1]), 8, np.random.default_rng(rank)
    )
    firsts = [counted(part, part.batch.inputs[:, 0, 0]) for part in sharding.parts(loader)]
    seen = distributed.gathered(firsts)
    assert torch.equal(seen.sort().values, data().tensors[0][:, 0, 0].sort().values)
    return {"exact": {"order": seen.tolist()}}


# ── checkpoints ──────────────────────────────────────────────────────────────────────────────────


def chancy(where: Path, *more: Callback) -> Trainer:
    """Return a trainer with chance in it, momentum and files."""
    model = Reader(dropout=0.3)
    optimizer = SGD(model.parameters(), 0.3, momentum=0.5)
    files = ModelCheckpoint(where, save_every=1)
    return Trainer(model, step, optimizer, callbacks=[files, *more], accumulate=2, seed=8)


class CtrlC(Callback):
    """Somebody presses Ctrl-C in the last process only, in the middle of an epoch."""

    def on_step_end(self, trainer: Trainer) -> None:
        """See whether it is time."""
        world = distributed.world()
        if trainer.iteration == 5 and world.rank == world.size - 1:
            signal.raise_signal(signal.SIGINT)


def resumed(where: Path) -> Outcome:
    """What goes on from a file, or from a Ctrl-C in one process, ends in the same bits."""
    whole, again, broken, mended = (chancy(where / name) for name in ("a", "b", "c", "c"))
    broken.callbacks.append(CtrlC())
    whole.fit(shuffled(), held_out(), 3)
    again.fit(shuffled(), held_out(), 3, where / "a" / "checkpoint_epoch_2.pth")
    broken.fit(shuffled(), held_out(), 3)
    found = [broken.history.stopped, broken.iteration, len(broken.history)]
    mended.fit(shuffled(), held_out(), 3, where / "c" / "last.pth")
    ends = [
        {"bits": fingerprint(each.model), "val_loss": each.history["val_loss"]}
        for each in (whole, again, mended)
    ]
    files = sorted(path.name for path in (where / "c").iterdir())
    return {"exact": {"interrupted": found, "files": files}, "replica": ends}


def from_elsewhere(where: Path) -> Outcome:
    """A training from the start, or from a checkpoint that another number of processes wrote."""
    optimizer = SGD((model := Reader()).parameters(), 0.3, momentum=0.5)
    files = ModelCheckpoint(where, save_every=1)
    trainer = Trainer(model, step, optimizer, callbacks=[files])
    return outcome(model, trainer.fit(shuffled(), held_out(), 4, os.environ.get(ELSEWHERE)))


# ── logs and tables ──────────────────────────────────────────────────────────────────────────────


def written(where: Path) -> Outcome:
    """What is written down: a log for each process, and tables once; also after a Ctrl-C."""
    writers = [EventLog(where / "run.xes"), TrainingMetrics(where / "tables", tensorboard=False)]
    broken = chancy(where, *writers, CtrlC())
    broken.fit(shuffled(), held_out(), 3)
    writers = [EventLog(where / "run.xes"), TrainingMetrics(where / "tables", tensorboard=False)]
    mended = chancy(where, *writers)
    mended.fit(shuffled(), held_out(), 3, where / "last.pth")
    distributed.barrier()  # the first one has put the logs together
    tables = {name: read_csv(where / "tables" / f"{name}.csv") for name in ("steps", "epochs")}
    columns = {name: {key: table[key].tolist() for key in table} for name, table in tables.items()}
    return {"replica": columns | {"val_loss": mended.history["val_loss"]}}


# ── walks through loaders ────────────────────────────────────────────────────────────────────────


def orders(where: Path) -> Outcome:
    """The rows of two epochs, put together again, from loaders of many kinds."""
    weights = torch.linspace(1, 2, 37)
    drawn = WeightedRandomSampler(weights.tolist(), 20, generator=torch.Generator().manual_seed(1))
    loaders = {
        "plain": DataLoader(data(), 8),
        "shuffled": shuffled(),
        "workers": shuffled(num_workers=1, seed=9),
        "the last is dropped": shuffled(drop_last=True),
        "a sampler": DataLoader(data(), 8, sampler=drawn),
        "a batch sampler": DataLoader(data(), batch_sampler=[[3, 1], [5], [2, 2, 9, 8]]),
        "items are batches": DataLoader(Blocks(), batch_size=None, shuffle=False),
        "a collate_fn": shuffled(collate_fn=lambda rows: (None, None, [row[2] for row in rows])),
    }
    found = {name: [ids(loader) for _ in range(2)] for name, loader in loaders.items()}
    return {"exact": found}


def ids(loader: Any) -> list[list[int]]:
    """Return the numbers of the rows of each batch."""
    own = [counted(part, torch.as_tensor(part.batch[2])) for part in sharding.parts(loader)]
    counts = distributed.everyone([len(numbers) for numbers in own])
    sizes = [sum(of_batch) for of_batch in zip(*counts, strict=True)]
    return [each.tolist() for each in distributed.gathered(own).split(sizes)]


def counted(part: sharding.Part, rows: torch.Tensor) -> torch.Tensor:
    """Return the rows of a part that count."""
    return rows if part.rows else rows[:0]


class Blocks(Dataset[Any]):
    """A dataset whose items are whole batches."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, k: int) -> Any:
        return data()[7 * k : 7 * k + 5 - k]


class Stream(IterableDataset[Any]):
    """A dataset without numbers."""

    def __iter__(self) -> Iterator[Any]:
        yield from range(8)


def refusals(where: Path) -> Outcome:
    """What cannot be shared out is refused in every process, and says why."""
    world = distributed.world()
    different = TensorDataset(torch.zeros(8 + world.rank, 2))
    loaders = {
        "a generator": (batch for batch in [torch.zeros(4, 1)]),
        "a stream": DataLoader(Stream()),
        "other lengths": DataLoader(different, 4),
        "other batches": [torch.zeros(4 + world.rank, 1)],
        "other data": DataLoader(data(8, seed=world.rank), 4),
        "other data in a list": [(torch.ones(4, 2), torch.full((4,), float(world.rank)))],
        "other sequences": SequenceBatches(gather(*data(8, seed=world.rank).tensors[:2]), 4),
        "no tensors": [["a", "b"]],
        "two lengths": [(torch.zeros(4), torch.zeros(3))],
    }
    if not world.several:
        return {}
    return {"replica": {name: refusal(loader) for name, loader in loaders.items()}}


def refusal(loader: Any) -> str:
    """Return why a loader is refused."""
    try:
        for part in sharding.parts(loader):
            raise AssertionError(part)
    except InputError as error:
        return str(error)
    return "no"


def a_part_without_slopes(where: Path) -> Outcome:
    """A layer that the loss knows nothing of has no gradient to be averaged."""
    model = Reader()
    model.spare = nn.Linear(2, 2)
    trainer = Trainer(model, step, SGD(model.parameters(), 0.5))
    try:
        trainer.fit(shuffled(), num_epochs=1)
    except InputError as error:
        return {"replica": str(error)}
    return {"replica": "no"}


CASES: dict[str, Callable[[Path], Outcome]] = {
    case.__name__: case
    for case in (
        shuffled_and_clipped,
        without_an_own_generator,
        accumulated,
        one_big_batch,
        class_weights,
        bare_losses,
        other_methods,
        stopped_early,
        scored,
        bucketed,
        some_metrics,
        fewer_rows_than_processes,
        one_sequence_at_a_time,
        trained_again,
        dropout_and_batch_norm,
        dropout_differs,
        any_seed,
        resumed,
        from_elsewhere,
        written,
        orders,
        refusals,
        a_part_without_slopes,
    )
}


def run_all(where: Path) -> dict[str, Outcome]:
    """Run every case, each in a directory of its own."""
    found = {}
    for name, case in CASES.items():
        (where / name).mkdir(parents=True, exist_ok=True)
        found[name] = json.loads(json.dumps(case(where / name)))
    return found
