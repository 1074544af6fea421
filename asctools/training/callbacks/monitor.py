"""Whether more or less of a number is better."""

from asctools.errors import unknown_name

__all__ = ["sign_of"]

# With mode="auto", more of these is better; of everything else, less.
MORE_IS_BETTER = frozenset(("accuracy", "auc", "f1", "precision", "recall"))
MODES = ("auto", "min", "max")


def sign_of(monitor: str, mode: str = "auto") -> float:
    """Return the sign with which less of a column is better: 1, or −1 where more is.

    Parameters
    ----------
    monitor
        The column's name; a word of it tells, as in ``"val_auc_roc"`` and ``"f1_0"``.
    mode
        ``"min"``, ``"max"``, or ``"auto"``: by the name.
    """
    if mode not in MODES:
        raise unknown_name("mode", mode, MODES)
    more = mode == "max" or (mode == "auto" and not MORE_IS_BETTER.isdisjoint(monitor.split("_")))
    return -1.0 if more else 1.0
