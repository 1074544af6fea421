"""The help texts of this Python: all of them, with a hash that is theirs."""

import hashlib
import platform
import sys
from pydoc_data.topics import topics

import pytest

from asctools.dataset.sequences import decode, encode_text
from asctools.dataset.text import python_topics
from asctools.errors import InputError


def test_the_text_is_all_of_the_topics_in_order() -> None:
    found = python_topics()
    assert len(found.text) == sum(map(len, topics.values())) + len(topics) - 1
    place = 0
    for name in sorted(topics):
        assert found.text.startswith(topics[name], place), name
        place += len(topics[name]) + 1
    assert len(found.text) > 100_000


def test_hash_vocabulary_licence_and_source_belong_to_it() -> None:
    found = python_topics()
    assert found.sha256 == hashlib.sha256(found.text.encode("utf-8")).hexdigest()
    assert list(found.vocabulary) == sorted(set(found.text))
    assert "PSF" in found.licence
    assert platform.python_version() in found.source
    assert python_topics() is found, "read once"


def test_it_can_be_encoded_and_decoded() -> None:
    found = python_topics()
    assert decode(encode_text(found.text, found.vocabulary), found.vocabulary) == found.text


def test_a_python_without_them_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    python_topics.cache_clear()
    with pytest.raises(InputError, match=r"without pydoc_data\.topics, expected"):
        python_topics()
