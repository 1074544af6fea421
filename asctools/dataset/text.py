"""A real text that every Python carries: the help on Python's own topics.

It is part of Python's documentation, and differs from one version of Python to the next. So its
hash comes with it, and results on it are for looking at, not for comparing.
"""

import hashlib
import importlib
import platform
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from asctools.errors import InputError, explain

MODULE = "pydoc_data.topics"
LICENCE = "Python Software Foundation License Version 2 (PSF-2.0); examples also Zero-Clause BSD"


class Text(NamedTuple):
    """A text with what one has to know about it.

    Attributes
    ----------
    text
        All of it.
    vocabulary
        Its symbols, sorted, each once.
    sha256
        The hash of the text in UTF-8, 64 hexadecimal digits.
    licence
        Under which it may be used.
    source
        Where it comes from, with the version.
    """

    text: str
    vocabulary: str
    sha256: str
    licence: str
    source: str


@cache
def python_topics() -> Text:
    """Read the help texts of this Python, in the order of their names.

    Returns
    -------
    Text
        About half a million characters.

    Raises
    ------
    InputError
        If this Python was installed without them.
    """
    try:
        topics: Mapping[str, str] = importlib.import_module(MODULE).topics
    except ImportError:
        came = f"a Python without {MODULE}"
        advice = "install the full standard library, or train on a text of your own"
        raise InputError(explain(came, "one with its help texts", advice)) from None
    text = "\n".join(topics[name] for name in sorted(topics))
    return Text(
        text=text,
        vocabulary="".join(sorted(set(text))),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        licence=LICENCE,
        source=f"{MODULE} of Python {platform.python_version()}",
    )
