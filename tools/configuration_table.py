"""Write the table of all keys of a configuration into its page.

    python -m tools.configuration_table

The table comes from the schema that also checks the values, so the page cannot say anything else. A
test fails when it is out of date.
"""

from pathlib import Path

from asctools.settings import table
from asctools.training.config import Config
from tools.chapters import ROOT

PAGE = ROOT / "book" / "reference" / "api" / "training-config.md"
BEGIN, END = "% keys: written by python -m tools.configuration_table", "% keys: end"


def updated(page: str) -> str:
    """Return the text of the page with the present table in it."""
    before, found, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (found and end):
        raise ValueError(f"{PAGE.name} has no lines {BEGIN!r} and {END!r}: put them back")
    return f"{before}{BEGIN}\n\n{table(Config)}\n{END}{after}"


def main(path: Path = PAGE) -> None:
    """Bring the page up to date."""
    path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
