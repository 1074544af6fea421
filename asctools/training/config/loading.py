"""Load a configuration: from a file, from a mapping, or from one that is loaded already."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from asctools.errors import InputError, explain
from asctools.settings import Section, keys, read, read_yaml
from asctools.settings.reading import mapping
from asctools.training.config.sections import Config

__all__ = ["OWN", "load", "shipped", "unwrapped"]

OWN = "lstm_model"  # a configuration may stand under this key, beside somebody else's
FOLDER = Path(__file__).parents[2] / "configs"


def load(
    source: str | Path | Mapping[str, Any] | Config | None = None,
    *,
    data: type[Section] | None = None,
    model: type[Section] | None = None,
) -> Config:
    """Return a configuration in which everything is checked.

    Parameters
    ----------
    source
        The path of a YAML file, or the name of a shipped one; nested names and values; a
        configuration; or None for the defaults. All of it may stand under a key ``lstm_model``.
    data, model
        The sections of a task, if it is known. Without them these two keys are kept as they are,
        to be checked by whoever reads them.

    Returns
    -------
    Config
        Frozen; :func:`asctools.settings.to_dict` is the way back.

    Raises
    ------
    UnknownNameError, InputError
        If a key is unknown, of a wrong type or out of range, or the file cannot be read.
    """
    if isinstance(source, Config):
        content: Mapping[str, Any] = {
            each.name: getattr(source, each.name) for each in dataclasses.fields(source)
        }
    elif isinstance(source, str | Path):
        content = unwrapped(read_yaml(shipped().get(str(source), source)))
    else:
        content = unwrapped(mapping(source, "the configuration"))
    sections = {"data": data, "model": model}
    parts = {
        name: read(section, content.get(name), name)
        for name, section in sections.items()
        if section is not None and not isinstance(content.get(name), section)
    }
    return read(Config, {**content, **parts})


def unwrapped(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what stands under ``lstm_model``, or all of it if there is no such key."""
    if OWN not in content:
        return content
    names = [each.name for each in keys(Config)]
    for other in content:
        if other != OWN and get_close_matches(str(other), names, n=1, cutoff=0.8):
            came = f"{other} beside {OWN}"
            raise InputError(explain(came, f"{OWN}.{other}", f"indent it below {OWN}"))
    return mapping(content[OWN], OWN)


def shipped() -> dict[str, Path]:
    """Return the configurations that come with the library, by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
