"""Let nbval compare what is text: `pytest --nbval notebooks`.

The notebooks hold text-only reference outputs. A run also makes pictures and HTML of them, which
nbval would report as unexpected; here it is told to look at the text alone. A figure is compared
by its alternative text.
"""

import pytest

_COMPARED = {"data", "text/plain", "stdout", "stderr", "ename", "evalue"}


class _AllButText:
    """The kinds of output that are skipped, as nbval asks for them."""

    def __contains__(self, kind: object) -> bool:
        return kind not in _COMPARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand every notebook the wider list of what to skip."""
    for item in items:
        if hasattr(item.parent, "skip_compare"):
            item.parent.skip_compare = _AllButText()
