"""Write the style sheet of the figures: ``python -m asctools.plots.css [file]``."""

import sys
from pathlib import Path

from asctools.plots.stylesheet import css

DEFAULT = Path("book/_static/asc-colours.css")


def main(arguments: list[str] | None = None) -> int:
    """Write the style sheet to the file named, or to its place in the book, and say where."""
    given = sys.argv[1:] if arguments is None else arguments
    path = Path(given[0]) if given else DEFAULT
    path.write_text(css(), encoding="utf-8", newline="\n")
    print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
