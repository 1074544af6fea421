"""The settings of a re-scorer, checked when they are given and when they are read from a file."""

import math
from typing import Any, TypedDict

from asctools.errors import InputError, explain

__all__ = ["Settings", "checked_settings", "whole"]


class Settings(TypedDict):
    """See :class:`~asctools.events.rescoring.PursuitRescorer` for what they mean."""

    width: int
    hidden_size: int
    dropout: float
    recurrent: bool
    fit_features: bool
    rhythm: bool
    least_score: float
    spare: int


def checked_settings(settings: Settings) -> Settings:
    """Return the settings, or say which of them cannot be used.

    Raises
    ------
    InputError
        If a size is no whole number in range, a switch no bool, or a number not finite.
    """
    whole("width", settings["width"], 1)
    whole("hidden_size", settings["hidden_size"], 1)
    whole("spare", settings["spare"], 0)
    _number("dropout", settings["dropout"], 0.0, 1.0)
    _number("least_score", settings["least_score"], -math.inf, math.inf)
    for name in ("recurrent", "fit_features", "rhythm"):
        if not isinstance(value := settings[name], bool):
            raise InputError(explain(f"{name}={value!r}", "True or False", "choose one of them"))
    return settings


def whole(name: str, value: Any, least: int) -> int:
    """Return a whole number from ``least`` on, or refuse it."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        came = f"{name}={value!r}"
        raise InputError(explain(came, f"a whole number, {least} or more", f"set {name}"))
    return value


def _number(name: str, value: Any, least: float, above: float) -> None:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if not plain or not math.isfinite(value) or not least <= value < above:
        right = "a finite number" if least == -math.inf else f"a number from {least:g} to {above:g}"
        raise InputError(explain(f"{name}={value!r}", right, "use the default"))
