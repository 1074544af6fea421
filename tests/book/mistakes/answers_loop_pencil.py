"""Readers' answers on patience, on parts of a batch, on what was forgotten, on a run."""

import gzip
import shutil
import tempfile
from functools import cache
from pathlib import Path

from asctools.course.planted import small_run
from asctools.tasks.run import train
from tests.book.mistakes.written import Ways, Written


def patience_stub():
    raise NotImplementedError("Five numbers: read the losses from the beginning.")


PATIENCE = Written(
    "training-loop/patience",
    right=(
        lambda: (9, 6, 0.49, 10, 5),
        {
            "stops": 9,
            "best_epoch": 6,
            "best": 0.49,
            "stops_without_delta": 10,
            "stops_with_two": 5,
        },
    ),
    mistakes={
        "one epoch more": (10, 6, 0.49, 11, 6),
        "compared with the epoch before": Ways((12, 9, 0.5, 12, 8), (12, 9, 0.5, 10, 5)),
        "the delta forgotten": Ways((10, 7, 0.485, 10, 5), (9, 7, 0.485, 10, 5)),
        "the last weights": (9, 9, 0.5, 10, 5),
        "two more epochs": (9, 6, 0.49, 10, 8),
    },
    unlisted=((9, 6, 0.48, 10, 5), (8, 6, 0.49, 10, 5), (12, 12, 0.54, 12, 12)),
    misshapen=(9, (9, 6), {"stops": 9}, "soon", lambda epoch: epoch),
    stub=patience_stub,
)


def parts_stub():
    raise NotImplementedError("Four numbers: loss, too_much, added, kept.")


PARTS = Written(
    "training-loop/parts",
    right=(
        lambda: (0.54, 5 / 3, 0.2, 0.8),
        {"loss": 0.54, "too_much": 1.67, "added": 0.2, "kept": 0.8},
    ),
    mistakes={
        "a third each": Ways(
            (0.6, 1.667, 1 / 3, 2 / 3), (0.6, 1.667, 0.2, 0.8), (0.54, 1.667, 1 / 3, 2 / 3)
        ),
        "against a row of the first": (0.54, 2.0, 0.2, 0.8),
        "too little": (0.54, 0.6, 0.2, 0.8),
        "factors swapped": (0.54, 1.667, 0.8, 0.2),
        "nothing is scaled down": (0.54, 1.667, 0.2, 1.0),
    },
    unlisted=((0.9, 1.667, 0.2, 0.8), (0.54, 3.0, 0.2, 0.8), (0.54, 1.667, 0.5, 0.5)),
    misshapen=(0.54, (0.54, 1.667), {"loss": 0.54}, "much", lambda row: row),
    stub=parts_stub,
)


def forgotten_stub():
    raise NotImplementedError("A word for each: ada, ben, cleo, dan, eva, finn.")


NAMES = ("ada", "ben", "cleo", "dan", "eva", "finn")
WORDS = ("optimiser", "schedule", "order", "dropout", "best", "log")


def swapped(one, other):
    turn = {one: other, other: one}
    return {name: turn.get(word, word) for name, word in zip(NAMES, WORDS, strict=True)}


FORGOTTEN = Written(
    "training-loop/forgotten",
    right=(WORDS, dict(zip(NAMES, WORDS, strict=True)), lambda: list(WORDS)),
    mistakes={
        "parts used twice": Ways(("log",) * 6, (*WORDS[:5], "best")),
        "order and dropout": swapped("order", "dropout"),
        "optimiser and schedule": swapped("optimiser", "schedule"),
        "best and schedule": swapped("best", "schedule"),
        "log and best": swapped("log", "best"),
        "optimiser and dropout": swapped("optimiser", "dropout"),
    },
    unlisted=(swapped("order", "log"), WORDS[::-1], (*WORDS[1:], WORDS[0])),
    misshapen=(
        WORDS[:5],
        "log",
        dict(zip(NAMES[:5], WORDS[:5], strict=True)),
        (*WORDS[:5], "nothing"),
        7,
    ),
    stub=forgotten_stub,
)


def own_stub():
    raise NotImplementedError("Train something first.")


SMALL = ("data.n_train=200", "data.n_val=100", "data.n_test=20")


@cache
def folder():
    return tempfile.TemporaryDirectory()


@cache
def trained(*changes):
    """Train brackets a little, and return the folder."""
    path = Path(folder().name) / f"run{trained.cache_info().currsize}"
    assert train("parentheses", out=str(path), changes=changes, quiet=True) == 0
    return path


def own(*changes, epochs=4):
    return lambda: trained(*SMALL, f"training.num_epochs={epochs}", *changes)


def changed(name, change):
    """A copy of a good run in which one file is another."""

    def copy():
        path = Path(folder().name) / name
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(own()(), path)
        change(path)
        return path

    return copy


def without_log(path):
    (path / "run.xes.gz").unlink()


def as_shipped(path):
    text = "task: parentheses\ntraining: {num_epochs: 15, batch_size: 50, learning_rate: 0.01, "
    text += "weight_decay: 0.0}\nloss: {pos_weight: 1.0}\n"
    (path / "config.yaml").write_text(text, encoding="utf-8")


def rising(path):
    table = path / "metrics" / "epochs.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([head, *rows[::-1]]) + "\n", encoding="utf-8")


def another_log(path):
    small_run(path / "other.xes", "missing-zero-grad", iterations=12)
    (path / "run.xes.gz").write_bytes(gzip.compress((path / "other.xes").read_bytes()))


OWN_RUN = Written(
    "training-loop/own-run",
    right=(own(), lambda: str(own()())),
    mistakes={
        "no such training": changed("lacking", without_log),
        "as it was shipped": changed("shipped", as_shipped),
        "too short": own(epochs=2),
        "nothing learned": changed("rising", rising),
        "the log deviates": changed("deviating", another_log),
    },
    unlisted=(),
    misshapen=(lambda: 3, lambda: "nowhere", 7, ["a"], lambda path: path),
    stub=own_stub,
)

ALL = (PATIENCE, PARTS, FORGOTTEN, OWN_RUN)
