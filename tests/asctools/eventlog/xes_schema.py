"""The standard's own schema, where it can be found: it is not ours to ship."""

import os
from functools import cache
from pathlib import Path

from lxml import etree

NAMESPACE = "http://www.xes-standard.org/"
NAME = "xes-ieee-1849-2016.xsd"
BESIDE = Path(__file__).parents[4] / "shared" / "data" / NAME
WRAPPER = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{namespace}"
 targetNamespace="{namespace}" elementFormDefault="qualified">
 <xs:include schemaLocation="{uri}"/>
</xs:schema>"""


def found() -> Path | None:
    """Return where the schema is: ASC_XES_SCHEMA says it, or it lies beside the repository."""
    path = Path(os.environ.get("ASC_XES_SCHEMA", BESIDE))
    return path if path.is_file() else None


@cache
def schema(namespaced: bool = True) -> etree.XMLSchema | None:
    """Return the schema, for logs with the namespace of XES or without one.

    The file itself knows no namespace: for the other it is included into a schema that does.
    """
    path = found()
    if path is None:
        return None
    if not namespaced:
        return etree.XMLSchema(file=str(path))
    wrapped = WRAPPER.format(namespace=NAMESPACE, uri=path.as_uri())
    return etree.XMLSchema(etree.fromstring(wrapped))


def complaints(content: bytes) -> list[str]:
    """Return what the schema says against a file; nothing where there is no schema."""
    tree = etree.fromstring(content, etree.XMLParser(huge_tree=True))
    rules = schema(tree.tag.startswith("{"))
    if rules is None or rules.validate(tree):
        return []
    return [str(error) for error in rules.error_log]
