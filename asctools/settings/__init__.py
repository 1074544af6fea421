"""Strict settings that explain themselves: a dataclass is the schema, the check and the manual.

A :class:`~asctools.settings.section.Section` is a frozen dataclass. Each of its fields is made with
:func:`~asctools.settings.section.key`: a default, one sentence, and what is allowed. From these
come the check of whatever somebody writes, the errors, the text of ``--explain`` and the table in
the documentation. Needs PyYAML, and only where YAML is read or written.
"""

from asctools.settings.explaining import explained, table
from asctools.settings.reading import changed, read, to_dict
from asctools.settings.section import Section, key, keys
from asctools.settings.yaml_file import read_yaml, to_yaml

__all__ = [
    "Section",
    "changed",
    "explained",
    "key",
    "keys",
    "read",
    "read_yaml",
    "table",
    "to_dict",
    "to_yaml",
]
