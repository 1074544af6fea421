"""The printed exercises agree with the checker; their stubs and solutions do what they should."""

import re
from pathlib import Path

import pytest

from asctools.course.checks import Verdict, exercises, find
from asctools.course.checks.run import SEED_VARIABLE

BOOK = Path(__file__).parents[3] / "book"
CHAPTERS = {
    "maths": "start/maths-refresher.md",
    "by-hand": "1-one-cell/by-hand.md",
    "with-pytorch": "1-one-cell/with-pytorch.md",
    "gates-and-memory": "1-one-cell/gates-and-memory.md",
    "lstm-in-numpy": "2-from-scratch/lstm-in-numpy.md",
    "known-entropy": "2-from-scratch/a-language-with-known-entropy.md",
    "event-log": "2-from-scratch/training-as-an-event-log.md",
    "mining": "2-from-scratch/mining-the-training.md",
    "training-loop": "3-training/the-training-loop.md",
    "rare-defects": "3-training/rare-defects.md",
    "scaling-out": "3-training/scaling-out.md",
    "bell-frame": "4-events/the-bell-frame.md",
    "event-classifier": "4-events/event-classifier.md",
    "event-specific": "4-events/event-specific-model.md",
    "pretraining": "4-events/pretraining.md",
    "refractory": "4-events/refractory-and-streaming.md",
}
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(?::[^\n]*\n)*(.*?)^```$", re.MULTILINE | re.DOTALL)
IDS = [exercise.id for exercise in exercises()]


def text_of(chapter):
    return (BOOK / CHAPTERS[chapter]).read_text(encoding="utf-8")


def block(kind, exercise_id):
    """The exercise or the solution of one id, as printed."""
    chapter, label = exercise_id.partition("/")[0], exercise_id.replace("/", "-")
    opening = (
        f":label: ex-{label}\n" if kind == "exercise" else f"```{{solution-start}} ex-{label}\n"
    )
    text = text_of(chapter)
    assert text.count(opening) == 1, f"{opening.strip()} is missing in {CHAPTERS[chapter]}"
    return text.split(opening)[1].split(f"```{{{kind}-end}}")[0]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """What a printed cell writes belongs to no repository."""
    monkeypatch.chdir(tmp_path)


def last_value(printed):
    """Run a block's cells in a fresh namespace, and return the value of the last line."""
    cells, scope, value = CELL.findall(printed), {}, None
    assert cells
    for cell in cells:
        *lines, last = cell.strip().splitlines()
        exec("\n".join(lines), scope)
        value = eval(last, scope)
    return value


def test_each_chapter_prints_its_exercises_in_order():
    for chapter in CHAPTERS:
        labels = re.findall(r"^:label: ex-(\S+)$", text_of(chapter), re.MULTILINE)
        assert labels == [i.replace("/", "-") for i in IDS if i.startswith(f"{chapter}/")]


def test_no_page_asks_for_an_unknown_check():
    asked = {
        name
        for page in BOOK.rglob("*.md")
        for name in re.findall(r"\bcheck\(\s*\"([^\"]+)\"", page.read_text(encoding="utf-8"))
    }
    assert asked == set(IDS)


@pytest.mark.parametrize("exercise_id", IDS)
def test_kind_level_and_minutes_are_those_of_the_checker(exercise_id):
    exercise = find(exercise_id)
    meta = f"**{exercise.kind}** · level {exercise.level} of 3 · {exercise.minutes} minutes"
    first_line = next(
        line for line in block("exercise", exercise_id).splitlines() if line.strip("`")
    )
    assert first_line == meta


@pytest.mark.parametrize("exercise_id", IDS)
def test_there_are_hints(exercise_id):
    titles = re.findall(r"^:::\{dropdown\} (.*)$", block("exercise", exercise_id), re.MULTILINE)
    assert 2 <= len(titles) <= 3
    assert titles == [f"Hint {number}" for number in range(1, len(titles) + 1)]


@pytest.mark.parametrize("exercise_id", IDS)
def test_the_printed_stub_is_not_started(exercise_id):
    verdict = last_value(block("exercise", exercise_id))
    assert isinstance(verdict, Verdict)
    assert (verdict.exercise, verdict.stage) == (exercise_id, "not started")


@pytest.mark.parametrize("exercise_id", IDS)
@pytest.mark.parametrize("seed", ["0", "11"])
def test_the_printed_solution_passes(exercise_id, seed, monkeypatch):
    monkeypatch.setenv(SEED_VARIABLE, seed)
    verdict = last_value(block("solution", exercise_id))
    assert isinstance(verdict, Verdict)
    assert (verdict.exercise, verdict.stage) == (exercise_id, "passed"), verdict
