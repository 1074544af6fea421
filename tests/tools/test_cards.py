"""The run card says what the text and the last run say."""

from pathlib import Path

import pytest

from tools import cards
from tools.chapters import Chapter

PAGE = """---
kernelspec: {name: python3}
budget_cpu_s: 90
---

# Title

WORDS

```{code-cell} ipython3
x = 1
```

```{exercise-start} One
:label: ex-one
```
**Code** · level 2 of 3 · 15 minutes

Do it.
```{exercise-end}
```

```{solution-start} ex-one
```
WORDS WORDS WORDS
```{code-cell} ipython3
x = 2
```
```{solution-end}
```

```{exercise-start} Two
```
**Pencil** · level 1 of 3 · 5 minutes
```{exercise-end}
```
"""
CARD = {
    "wall_s": 31.6,
    "cpu_s": 29.4,
    "peak_mb": 411.6,
    "seed": 42,
    "cores": 2,
    "versions": {"python": "3.11.7", "torch": "2.13.0"},
}


@pytest.fixture
def chapter(tmp_path: Path) -> Chapter:
    path = tmp_path / "book" / "one.md"
    path.parent.mkdir()
    path.write_text(PAGE.replace("WORDS", "word " * 1400))
    return Chapter("one", tmp_path)


def test_reading_counts_prose_and_cells_but_no_solutions(chapter: Chapter) -> None:
    times = cards.reading(chapter)
    assert (times.exercises, times.exercise_min) == (2, 20)
    assert 10 <= times.read_min <= 12


def test_budget_from_the_front_matter_or_the_default(chapter: Chapter) -> None:
    assert cards.budget(chapter) == 90
    chapter.source.write_text(chapter.text.replace("budget_cpu_s: 90\n", ""))
    assert cards.budget(chapter) == cards.BUDGET_CPU_S


def test_a_chapter_says_in_its_front_matter_that_it_trains(chapter: Chapter) -> None:
    assert not cards.trains(chapter)
    chapter.source.write_text(chapter.text.replace("budget_cpu_s: 90", "trains: true"))
    assert cards.trains(chapter)
    chapter.source.write_text(chapter.text.replace("trains: true", "") + "\ntrains: true\n")
    assert not cards.trains(chapter)


def test_facts_of_a_run(chapter: Chapter) -> None:
    facts = dict(cards.facts(chapter, CARD))
    assert facts["Run"] == "32 s on 2 cores (29 s of CPU)"
    assert facts["Memory"] == "412 MB at the peak"
    assert facts["Seed"] == "42"
    assert facts["Ran with"] == "Python 3.11.7, PyTorch 2.13.0"
    assert facts["Exercises"].startswith("2,")


def test_facts_without_a_run_say_so(chapter: Chapter) -> None:
    assert dict(cards.facts(chapter, None))["Run"] == "not run on this machine yet"
