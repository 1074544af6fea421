"""Where exercises are found by their id, ``chapter/name``.

A chapter's exercises are loaded when one of them is asked for: later chapters need more than the
first ones do.
"""

from __future__ import annotations

from importlib import import_module

from asctools.course.checks.spec import Exercise
from asctools.errors import unknown_name

# The first half of an id → the module here whose EXERCISES holds the chapter's exercises, in order.
CHAPTERS = {
    "maths": "maths",
    "by-hand": "by_hand",
    "with-pytorch": "with_pytorch",
    "gates-and-memory": "gates_and_memory",
    "lstm-in-numpy": "lstm_in_numpy",
    "known-entropy": "known_entropy",
    "event-log": "event_log",
    "mining": "mining",
    "training-loop": "training_loop",
    "rare-defects": "rare_defects",
    "scaling-out": "scaling_out",
    "bell-frame": "bell_frame",
    "event-classifier": "event_classifier",
    "event-specific": "event_specific",
    "pretraining": "pretraining",
    "refractory": "refractory",
}


def exercises(chapter: str | None = None) -> tuple[Exercise, ...]:
    """Return a chapter's exercises in the order of the book, or those of all chapters."""
    if chapter is None:
        return tuple(exercise for name in CHAPTERS for exercise in exercises(name))
    if chapter not in CHAPTERS:
        raise unknown_name("chapter", chapter, CHAPTERS)
    module = import_module(f"{__package__}.{CHAPTERS[chapter]}")
    found: tuple[Exercise, ...] = module.EXERCISES
    return found


def find(exercise_id: str) -> Exercise:
    """Return one exercise.

    Raises
    ------
    UnknownNameError
        There is none of that name; the message names the nearest ones.
    """
    chapter = str(exercise_id).partition("/")[0]
    candidates = exercises(chapter) if chapter in CHAPTERS else exercises()
    for exercise in candidates:
        if exercise.id == exercise_id:
            return exercise
    raise unknown_name("exercise", exercise_id, [exercise.id for exercise in candidates])
