"""The manual of the configuration: YAML with a comment above each key, ready to be used."""

from __future__ import annotations

from collections.abc import Sequence

from asctools.settings import explained
from asctools.settings.names import unknown
from asctools.tasks import find, names
from asctools.tasks.choice import choose, file_of

__all__ = ["manual"]


def manual(config: str | None = None, only: str = "", changes: Sequence[str] = ()) -> str:
    """Return what can be configured.

    Parameters
    ----------
    config
        A configuration, shipped or a path, to be shown with its own values and with the keys of
        its task; None: the defaults of what all tasks share.
    only
        The full name of a section or a key; ``""``: everything.
    changes
        As for a training.
    """
    from asctools.training.config import Config

    if config is None and only in names():
        config, only = only, ""
    if config is not None:
        shown = choose(file_of(config), changes, called=config).config
        return (_head(config) if not only else "") + explained(shown, only or None)
    if only and only.partition(".")[0] in ("data", "model"):
        todo = [f"{name} --explain {only}" for name in names()]
        raise unknown(f"{only!r} without a configuration", only, todo)
    return (_tasks() if not only else "") + explained(Config(), only or None)


def _tasks() -> str:
    wide = max(map(len, names()))
    lines = [f"#   {name:<{wide}}  {find(name).about}" for name in names()]
    return (
        "# Everything that a training can be told. What is left out has the value shown here.\n"
        "# Change a key for one run:  python -m asctools train NAME --set training.num_epochs=3\n"
        "# A file of your own:        python -m asctools train NAME --explain > mine.yaml\n"
        "#                            python -m asctools train mine.yaml\n"
        "# What can be trained, each NAME with a configuration of its own:\n"
        + "\n".join(lines)
        + "\n\n"
    )


def _head(config: str) -> str:
    return f"# The configuration {config}, every key explained.\n\n"
