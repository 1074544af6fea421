"""Checks that several data sets share: each returns the value, or says what is wrong with it."""

import numpy as np

from asctools.errors import InputError, explain


def whole_number(name: str, value: object, least: int, of: str = "") -> int:
    """Return a whole number that is at least ``least``.

    Parameters
    ----------
    name
        What the caller's parameter is called.
    value
        What came; NumPy's integers count, booleans don't.
    least
        The smallest that is allowed.
    of
        What is counted, for the message: ``"symbols"``.

    Raises
    ------
    InputError
        If it is no whole number or too small.
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if whole and value >= least:  # type: ignore[operator]
        return int(value)  # type: ignore[call-overload]
    expected = f"a whole number{of and f' of {of}'}, {least} or more"
    raise InputError(explain(f"{name}={value!r}", expected, f"change {name}"))


def generator(seed: int | np.random.Generator | None) -> np.random.Generator:
    """Return the generator of a seed, or the generator itself.

    Raises
    ------
    InputError
        If it is neither, nor None.
    """
    if seed is None or isinstance(seed, np.random.Generator):
        return np.random.default_rng(seed)
    return np.random.default_rng(whole_number("seed", seed, 0))


def text_of(value: object) -> str:
    """Return a string.

    Raises
    ------
    InputError
        If it is none.
    """
    if isinstance(value, str):
        return value
    came = f"{type(value).__name__} as text"
    raise InputError(explain(came, "one string", "join the parts, or pass them one by one"))


def alphabet_of(value: object) -> str:
    """Return an alphabet: a string of at least one symbol, none twice.

    Raises
    ------
    InputError
        If it is empty, or has a symbol twice, or is no string.
    """
    symbols = text_of(value)
    if symbols and len(set(symbols)) == len(symbols):
        return symbols
    advice = "pass ''.join(sorted(set(text)))"
    raise InputError(explain(f"alphabet {symbols!r}", "one symbol or more, none twice", advice))


def unknown_symbol(text: str, alphabet: str, where: str = "") -> InputError:
    """Build the error for the first symbol of a text that an alphabet lacks.

    Parameters
    ----------
    text
        A text with at least one such symbol.
    alphabet
        The known symbols.
    where
        Which text it is, for the message: ``" of text 3"``.
    """
    place, symbol = next((at, each) for at, each in enumerate(text) if each not in alphabet)
    came = f"{symbol!r} as symbol {place}{where}"
    expected = f"one of the {len(alphabet)} symbols {alphabet!r}"
    return InputError(explain(came, expected, "remove it, or add it to the alphabet"))
