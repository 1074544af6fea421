"""Our check of the rules of XES against the standard's schema, on good logs and on broken ones."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from asctools.errors import InputError
from asctools.eventlog.schema import problems
from tests.asctools.eventlog import xes_schema

thorough = settings(
    deadline=None,
    database=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

# For each type of attribute, values that fit it and values that do not, all of them in use.
# Left out is what lxml is wrong about: blanks around a date, and 1e as a float.
GOOD = {
    "string": ["", "a b", "é\U0001f600", "nan", "-"],
    "id": ["", "5a0e"],
    "date": [
        "2026-01-31T12:00:00+00:00",
        "2024-02-29T23:59:59.999999Z",
        "2026-01-31T24:00:00",
        "2026-12-01T00:00:00.1-14:00",
    ],
    "int": ["0", "-9223372036854775808", "9223372036854775807", "+5", " 007 "],
    "float": ["1", "-.5", "5.", "1e-300", "1E+5", "INF", "-INF", "NaN", "\t0.1"],
    "boolean": ["true", "false", "1", "0", " true "],
}
BAD = {
    "date": [
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-01-31 12:00:00",
        "2026-01-31T12:00:00+03",
        "2026-01-31T25:00:00Z",
        "2026-01-31T24:00:01Z",
        "2026-01-31",
        "",
    ],
    "int": ["1.0", "True", "9223372036854775808", "1_000", "1 0", "", "٣"],
    "float": ["nan", "inf", "Infinity", "1,5", "", "0x1p3", "e5", "."],
    "boolean": ["True", "yes", "", "2"],
}
KEYS = ["concept:name", "iteration", "a.b-c", "_", ":a", "É", "concept:name:x"]
BAD_KEYS = ["two words", "1st", "-", "", "a/b", "<", "a\u00d7"]


@st.composite
def attributes(draw: st.DrawFn, depth: int = 2) -> list[etree._Element]:
    """Draw attributes of every type, with attributes in them, and lists."""
    drawn = []
    for _ in range(draw(st.integers(0, 3 if depth == 2 else 1))):
        tag = draw(st.sampled_from([*GOOD, "list"]))
        element = etree.Element(tag, key=draw(st.sampled_from(KEYS)))
        if tag != "list":
            element.set("value", draw(st.sampled_from(GOOD[tag])))
        if depth:
            element.extend(draw(attributes(depth - 1)))
        if tag == "list":
            values = etree.SubElement(element, "values", key="values")
            values.extend(draw(attributes(depth - 1)) if depth else [])
        drawn.append(element)
    return drawn


@st.composite
def good_logs(draw: st.DrawFn) -> etree._Element:
    """Draw a log that keeps every rule."""
    log = etree.Element("log", {"xes.version": draw(st.sampled_from(["1849.2016", "2.0", "1"]))})
    if draw(st.booleans()):
        log.set("xes.features", "nested-attributes")
    for _ in range(draw(st.integers(0, 2))):
        etree.SubElement(log, "extension", name="Concept", prefix="concept", uri="http://x/c")
    for scope in draw(st.lists(st.sampled_from(["event", "trace", ""]), max_size=2)):
        own = etree.SubElement(log, "global", {"scope": scope} if scope else {})
        own.extend(draw(attributes(depth=0)))
    if draw(st.booleans()):
        etree.SubElement(log, "classifier", name="Activity", keys="concept:name")
    log.extend(draw(attributes()))
    for _ in range(draw(st.integers(0, 2))):
        trace = etree.SubElement(log, "trace")
        trace.extend(draw(attributes(depth=1)))
        for _ in range(draw(st.integers(0, 2))):
            etree.SubElement(trace, "event").extend(draw(attributes(depth=1)))
    if draw(st.booleans()):
        etree.SubElement(log, "event").extend(draw(attributes(depth=0)))
    return log


def content(log: etree._Element, namespaced: bool) -> bytes:
    """Write a log, in the namespace of XES or in none."""
    written: bytes = etree.tostring(log, xml_declaration=True, encoding="UTF-8")
    if namespaced:
        written = written.replace(b"<log", f'<log xmlns="{xes_schema.NAMESPACE}"'.encode(), 1)
    return written


def break_something(log: etree._Element, chance: random.Random) -> None:
    """Change one thing somewhere. The log may still be valid afterwards."""
    at = chance.choice(list(log.iter()))
    ways = ["value", "forget", "know", "text", "twin", "rename", "move", "key"]
    way = chance.choice(ways)
    if way == "value" and at.tag in BAD:
        at.set("value", chance.choice(BAD[at.tag]))
    elif way == "key" and "key" in at.attrib:
        at.set("key", chance.choice(BAD_KEYS))
    elif way == "forget" and at.attrib:
        del at.attrib[chance.choice(list(at.attrib))]
    elif way == "know":
        at.set(chance.choice(["scope", "value", "name", "openxes.version"]), "x")
    elif way == "text":
        at.text = chance.choice([" \n", "words"])
    elif way == "rename" and at is not log:
        at.tag = chance.choice(["string", "event", "trace", "list", "values", "int", "thing"])
    elif way in ("twin", "move") and at is not log:
        around = chance.choice([each for each in log.iter() if at not in each.iterancestors()])
        if around is not at and at not in list(around.iterancestors()):
            moved = at if way == "move" else etree.fromstring(etree.tostring(at))
            around.insert(chance.randint(0, len(around)), moved)


def found(log: etree._Element, path: Path, namespaced: bool) -> list[str]:
    """Return our problems of a log."""
    path.write_bytes(content(log, namespaced))
    return problems(path)


@thorough
@given(log=good_logs(), namespaced=st.booleans())
def test_a_log_that_keeps_the_rules_has_no_problems(
    log: etree._Element, namespaced: bool, tmp_path: Path
) -> None:
    assert found(log, tmp_path / "log.xes", namespaced) == []
    assert xes_schema.complaints(content(log, namespaced)) == []


@pytest.mark.skipif(xes_schema.found() is None, reason="the standard's schema is not here")
@settings(thorough, max_examples=500)
@given(log=good_logs(), namespaced=st.booleans(), chance=st.randoms(use_true_random=False))
def test_we_find_a_problem_where_the_standards_schema_does(
    log: etree._Element, namespaced: bool, chance: random.Random, tmp_path: Path
) -> None:
    break_something(log, chance)
    ours = found(log, tmp_path / "log.xes", namespaced)
    theirs = xes_schema.complaints(content(log, namespaced))
    assert bool(ours) == bool(theirs), (content(log, namespaced).decode(), ours, theirs)


NAMED = '<string key="concept:name" value="a"/>'
EVENT = f"<event>{NAMED}</event>"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('<int key="epoch" value="True"/>', "'True' as value, which is not a whole number"),
        ('<float key="loss" value="nan"/>', "'nan' as value, which is not a number, INF"),
        ('<string key="two words" value=""/>', "'two words' as key, which is not a name"),
        ('<string value="a"/>', "<string> has no key"),
        ('<classifier name="Event Name" keys="concept:name"/>', "is not a name of XML without"),
        (f"{NAMED}<global/>", "<global> stands behind <string>, but must come before it"),
        (f"<trace>{EVENT}{NAMED}</trace>", "<string> stands behind <event>"),
        ("<trace><trace/></trace>", "<trace> cannot stand in <trace>"),
        ("<episode/>", "<episode> is no element of XES"),
        ('<list key="a"/>', "a list has one element <values>, this one has none"),
        ('<list key="a"><values key="v"/><values key="v"/></list>', "this one has more"),
        ("<trace>words</trace>", "the text 'words' stands between elements"),
        (f'<trace xmlns="http://other">{EVENT}</trace>', "<trace> is no element of XES"),
        ("<trace>", "this is not XML (mismatched tag)"),
    ],
)
def test_a_problem_is_a_sentence_with_its_line(tmp_path: Path, body: str, sentence: str) -> None:
    path = tmp_path / "log.xes"
    path.write_text(f'<log xes.version="1849.2016">\n{body}\n</log>', encoding="utf-8")
    one, *more = problems(path)
    assert one.startswith(f"Line {3 if 'XML (' in one else 2}: ")
    assert sentence in one
    assert not more


def test_the_version_is_a_number(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text('<log xes.version="1849-2016"/>', encoding="utf-8")
    assert "not a decimal number" in problems(path)[0]
    path.write_text("<xml/>", encoding="utf-8")
    assert "a log begins with <log>" in problems(path)[0]


def test_it_stops_after_so_many(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text(f"<log>{'<thing/>' * 1000}</log>", encoding="utf-8")
    assert len(problems(path)) == 100
    assert len(problems(path, most=3)) == 3


def test_a_missing_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.xes").touch()
    for name in ("empty.xes", "missing.xes"):
        with pytest.raises(InputError, match=name):
            problems(tmp_path / name)
