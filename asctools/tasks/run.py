"""Train a task from its configuration: what ``python -m asctools train`` does."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from asctools import __version__
from asctools.errors import AscError, InputError, explain
from asctools.tasks import Prepared
from asctools.tasks.folder import Run, plan, write_json
from asctools.tasks.report import head, interrupted, tail
from asctools.tasks.task import Table

if TYPE_CHECKING:
    from asctools.training import History
    from asctools.training.distributed import World
    from asctools.training.lstm_trainer import LSTMTrainer

__all__ = ["train"]

WELL, TROUBLE, REFUSED, INTERRUPTED = 0, 1, 2, 130


def train(
    config: str | None,
    *,
    out: str | None = None,
    resume: str | None = None,
    changes: Sequence[str] = (),
    device: str = "auto",
    threads: int = 1,
    seed: int | None = None,
    quiet: bool = False,
) -> int:
    """Train, write everything into a folder, and print how good it is.

    Parameters
    ----------
    config, out, resume, changes, seed
        See :func:`asctools.tasks.folder.plan`.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.
    threads
        Of the processor. Sharing out the small products of an LSTM costs more than it saves.
    quiet
        Print the last table only.

    Returns
    -------
    int
        0; 1 if the loss was no number any more; 130 if it was interrupted.

    Raises
    ------
    AscError
        If the configuration or the checkpoint is refused.
    """
    import torch

    from asctools.training import distributed

    if threads < 1:
        raise InputError(explain(f"--threads {threads}", "1 or more", "leave it out for 1"))
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with distributed.joined() as world:
            run = _agreed(lambda: plan(config, out, resume, changes, seed), world)
            return REFUSED if run is None else _interruptible(run, world, device, quiet)
    finally:
        torch.set_num_threads(before)


def _agreed(planned: Callable[[], Run], world: World) -> Run | None:
    """Return what all processes plan before the first of them writes; None if one has refused."""
    from asctools.training import distributed

    if not world.several:
        return planned()
    run, refused = None, ""
    try:
        run = planned()
    except AscError as error:
        refused = str(error)
    reasons = [each for each in distributed.everyone(refused) if each]
    if reasons and world.main:
        print(f"asctools: {reasons[0]}", file=sys.stderr, flush=True)
    distributed.barrier()  # torchrun ends all as soon as one has ended
    return None if reasons else run


def _interruptible(run: Run, world: World, device: str, quiet: bool) -> int:
    """Train, and say how to go on whatever interrupts it."""
    try:
        return _train(run, world, device, quiet)
    except (KeyboardInterrupt, SystemExit) as stop:
        if world.main:
            print(interrupted(run, processes=world.size), file=sys.stderr)
        if isinstance(stop, SystemExit):
            raise
        return INTERRUPTED


def _train(run: Run, world: World, device: str, quiet: bool) -> int:
    from asctools.training import distributed
    from asctools.training.callbacks.epoch_lines import EpochLines
    from asctools.training.lstm_trainer import LSTMTrainer

    prepared = run.choice.task.prepare(run.choice.config)
    trainer = LSTMTrainer(
        prepared.model,
        run.settings(),
        device,
        step=prepared.step,
        scores=prepared.scores,
        callbacks=[EpochLines(0 if quiet else 60)],
        normaliser=prepared.normaliser,
    )
    if run.resume_from is not None:
        trainer.load_checkpoint(run.resume_from)
    if world.main:
        run.begin()
    distributed.barrier()
    if world.main and not quiet:
        print(head(run, prepared, trainer, world.size), flush=True)
    history = trainer.train(prepared.train_loader, prepared.val_loader)
    if history.stopped == "interrupted":
        if world.main:
            where = f" in epoch {len(history) + 1}, after step {trainer.trainer.iteration}"
            print(interrupted(run, where, world.size), file=sys.stderr)
        return INTERRUPTED
    return _finish(run, prepared, trainer, history, world)


def _finish(
    run: Run, prepared: Prepared, trainer: LSTMTrainer, history: History, world: World
) -> int:
    """Score the model and its rivals on data that none of them has seen."""
    if history.stopped == "explosion":
        if world.main:
            print(_exploded(trainer), file=sys.stderr)
        return TROUBLE
    scores = _tested(prepared, trainer)
    if world.main:
        if prepared.finish is not None:
            scores |= prepared.finish(prepared.model, run.folder)
        rivals = _rivals(prepared)
        summary = _summary(run, trainer, history, scores, rivals)
        write_json(run.folder / "summary.json", summary)
        rows = {prepared.called: scores, **rivals}
        print(tail(summary, prepared, rows), end="", flush=True)
    return WELL


def _rivals(prepared: Prepared) -> Table:
    """Score the rivals; a package that they lack is no reason to lose the training's own scores."""
    try:
        return prepared.rivals()
    except AscError as error:
        print(f"\nWithout its rivals: {error}", file=sys.stderr)
        return {}


def _tested(prepared: Prepared, trainer: LSTMTrainer) -> dict[str, float]:
    scores: dict[str, float] = {}
    for suffix, loader in prepared.tests.items():
        found = trainer.evaluate(loader)
        scores |= {f"{name}{suffix}": score for name, score in found.items()}
    return scores


def _summary(
    run: Run, trainer: LSTMTrainer, history: History, scores: dict[str, float], rivals: Table
) -> dict[str, Any]:
    return {
        "task": run.choice.task.name,
        "asctools": __version__,
        "parameters": sum(each.numel() for each in trainer.model.parameters()),
        "epochs": len(history),
        "iterations": trainer.trainer.iteration,
        "stopped": history.stopped,
        "best": trainer.best(),
        "scores": scores,
        "rivals": {name: dict(row) for name, row in rivals.items()},
        "seconds": math.fsum(history["seconds"]) if len(history) else 0.0,
    }


def _exploded(trainer: LSTMTrainer) -> str:
    rate = trainer.config.training.learning_rate
    return (
        f"\nStopped in epoch {trainer.trainer.epoch}: the loss or its gradient is no finite number "
        f"any more.\nTry --set training.learning_rate={rate / 3:.1g}, or a smaller "
        "training.gradient_clip_norm."
    )
