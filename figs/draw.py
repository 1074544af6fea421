"""Redraw the book's drawn figures: ``python figs/draw.py [folder]``."""

import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # so that it runs from anywhere, as a script too
    sys.path.insert(0, str(HERE.parent))

from asctools.plots import save  # noqa: E402
from figs import (  # noqa: E402
    backprop_graph,
    bell_frame,
    both_ways,
    caster,
    cell,
    chain,
    commit_rule,
    confusion,
    course_map,
    event_classifier,
    event_log,
    event_specific,
    five_stories,
    gemm_shapes,
    gradient_paths,
    grammar_automaton,
    logo,
    memory_cell,
    pretraining,
    ring,
    three_cases,
    torch_rows,
    training_loop,
    truncated,
    two_processes,
    unrolled,
)
from figs._draw import Drawing  # noqa: E402

SCRIPTS = (
    cell,
    unrolled,
    course_map,
    chain,
    logo,
    torch_rows,
    both_ways,
    memory_cell,
    pretraining,
    gradient_paths,
    truncated,
    backprop_graph,
    gemm_shapes,
    grammar_automaton,
    event_log,
    event_specific,
    three_cases,
    caster,
    five_stories,
    confusion,
    two_processes,
    ring,
    training_loop,
    bell_frame,
    event_classifier,
    commit_rule,
)


def all_drawings() -> Iterator[Drawing]:
    """Draw every figure of the folder."""
    for script in SCRIPTS:
        yield from script.drawings()


def main(folder: Path = HERE) -> list[Path]:
    """Write each drawing to ``folder`` and return the files."""
    return [
        save(drawing.figure, folder / f"{drawing.name}.svg", drawing.alt, drawing.title)
        for drawing in all_drawings()
    ]


if __name__ == "__main__":
    for path in main(*map(Path, sys.argv[1:2])):
        print(f"wrote {path.name}")
