"""The page of the configuration has every key, and is as the schema is now."""

import pytest

from asctools.training.config import Config
from tests.asctools.settings.wrong_values import leaves
from tools.configuration_table import BEGIN, END, PAGE, main, updated


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert updated(text) == text, "run python -m tools.configuration_table"
    assert all(f"| `{name}` |" in text for name, _ in leaves(Config))


def test_it_writes_between_its_lines_and_nowhere_else(tmp_path) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"before\n{BEGIN}\nstale row\n{END}\nafter\n")
    main(path)
    text = path.read_text()
    assert text.startswith(f"before\n{BEGIN}\n\n| key |")
    assert text.endswith(f"|\n\n{END}\nafter\n")
    assert "stale row" not in text
    main(path)
    assert path.read_text() == text
    with pytest.raises(ValueError, match="put them back"):
        updated("a page without them")
