"""Keep a training of the NumPy loop on disk, and go on with it to the same bits.

A checkpoint is one ``.npz``: the weights, the best ones, what the optimiser remembers, the state
that the next batch starts with, the history, and a header in JSON with the counters and the random
generators. It is written beside its place and renamed, so that whatever is there is complete, and
it is read without running any code that it may contain.
"""

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from asctools.errors import AscError, CheckpointError, explain
from asctools.numpy_lstm import saving
from asctools.numpy_lstm.history import History
from asctools.numpy_lstm.parameters import fitting
from asctools.numpy_lstm.run import Run
from asctools.numpy_lstm.schedule import Patience

FORMAT, VERSION = "asctools.numpy_lstm training", 1
SERIES = ("losses", "grad_norms", "learning_rates")  # of the history: long, so kept as arrays
COUNTERS = ("epoch", "position", "iteration", "loss", "grad_norm", "scale")

Arrays = dict[str, np.ndarray]


def save_run(run: Run) -> None:
    """Write the checkpoint that the settings ask for, if they do.

    Raises
    ------
    CheckpointError
        If the folder is missing or cannot be written to.
    """
    if run.settings.checkpoint is not None:
        saving.write_npz(run.settings.checkpoint, content(run))


def content(run: Run) -> Arrays:
    """Return everything that the rest of a training depends on, as name → array."""
    history = run.history.to_dict()
    arrays = {name: np.array(history.pop(name), np.float64) for name in SERIES}
    arrays |= _under("weights", run.model.parameters)
    arrays |= _under("best", run.best)
    arrays |= _under("optimizer", run.optimizer.state_dict())
    if run.state is not None:
        arrays |= _under("state", dict(zip("hc", run.state, strict=True)))
    header = {
        "format": FORMAT,
        "version": VERSION,
        "arrays": sorted(arrays),
        "task": task(run),
        "counters": {name: getattr(run, name) for name in COUNTERS},
        "stop": run.stop,
        "patience": {
            name: [patience.best, patience.counter]
            for name, patience in (("stopping", run.stopping), ("plateau", run.plateau))
        },
        "history": history,
        "generators": [rng.bit_generator.state for rng in generators(run)],
        "log": None if run.watch is None else run.watch.position,
    }
    return {"header": np.array(json.dumps(header))} | arrays


def resume(run: Run, path: str | Path) -> None:
    """Put a run where the checkpoint's was. Nothing is changed unless all of it fits.

    A log that goes on is cut back to where it was then.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged or something else, or belongs to another model, optimiser
        or text.
    """
    header, arrays = read(path)
    _check_task(path, header["task"], task(run))
    weights = _weights(path, _below("weights", arrays), run.model.parameters)
    best = _below("best", arrays)
    best = _weights(path, best, run.model.parameters) if best else {}
    run.optimizer.load_state_dict(_below("optimizer", arrays))  # checks before it changes
    if run.watch is not None:
        run.watch.cut_back(header.get("log"))
    for name, w in run.model.parameters.items():
        w[...] = weights[name]
    for name in COUNTERS:
        setattr(run, name, header["counters"][name])
    for name, (lowest, counter) in header["patience"].items():
        patience: Patience = getattr(run, name)
        patience.best, patience.counter = lowest, counter
    for rng, state in zip(generators(run), header["generators"], strict=True):
        rng.bit_generator.state = state
    state = _below("state", arrays)
    run.state = (state["h"], state["c"]) if state else None
    run.best, run.stop = best, header["stop"]
    series = {name: arrays[name].tolist() for name in SERIES}
    run.history = History.from_dict(header["history"] | series)


def read(path: str | Path) -> tuple[dict[str, Any], Arrays]:
    """Return the header and the arrays of a checkpoint, after a look at whether all of it is there.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged or something else.
    """
    arrays = saving.read_npz(path)
    try:
        header: dict[str, Any] = json.loads(str(arrays.pop("header")))
        kind, version = header["format"], header["version"]
    except (KeyError, TypeError, ValueError):
        kind, version = "something else", None
    if kind != FORMAT:
        came = f"{path}, a file of {kind}"
        todo = "use a file that train(..., checkpoint=...) wrote"
        raise CheckpointError(explain(came, "the checkpoint of a training", todo))
    if version != VERSION:
        came = f"{path}, written in version {version} of the format"
        todo = "resume it with the asctools that wrote it"
        raise CheckpointError(explain(came, f"version {VERSION}", todo))
    if header["arrays"] != sorted(arrays):  # a damaged list of contents passes for a shorter one
        came = f"{path}, in which arrays are missing"
        raise CheckpointError(explain(came, "a complete checkpoint", "it is damaged: use another"))
    return header, arrays


def task(run: Run) -> dict[str, int]:
    """Return what must be the same for the rest of a training to be the rest of that training."""
    rows, steps = run.batches[0][0].shape
    check = 0
    for x, _ in run.batches:
        check = zlib.crc32(np.ascontiguousarray(x, np.int64).tobytes(), check)
    return {"batch_size": rows, "time_steps": steps, "batches": len(run.batches), "text": check}


def generators(run: Run) -> list[np.random.Generator]:
    """Return every generator that the training draws from: its own, and the model's for dropout."""
    lstm = getattr(run.model, "lstm", run.model)
    own = getattr(lstm, "rng", None)
    return [run.rng] if own is None else [run.rng, own]


def _check_task(path: str | Path, saved: dict[str, int], own: dict[str, int]) -> None:
    """Refuse a checkpoint of another text, or of batches cut in another way."""
    wrong = [name for name in own if saved.get(name) != own[name]]
    if wrong:
        came = f"{path}, which differs in {', '.join(wrong)}"
        todo = "pass the text, the batch_size and the time_steps of before"
        raise CheckpointError(explain(came, "a checkpoint of this training", todo))


def _weights(path: str | Path, saved: Arrays, own: Arrays) -> Arrays:
    """Return the saved weights, or say what does not fit into the model."""
    try:
        return fitting(saved, own)
    except AscError as error:
        came = f"{path}, which does not fit the model ({error})"
        todo = "make the model that was saved"
        raise CheckpointError(explain(came, "a checkpoint of this model", todo)) from error


def _under(place: str, arrays: Mapping[str, np.ndarray]) -> Arrays:
    return {f"{place}/{name}": value for name, value in arrays.items()}


def _below(place: str, arrays: Arrays) -> Arrays:
    start = f"{place}/"
    return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}
