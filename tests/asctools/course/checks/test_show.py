"""What a verdict shows, and what tests find in an executed notebook."""

import json

import pytest

from asctools.course.checks import CHECK_KEY, Verdict

WRONG = Verdict("by-hand/many-days", False, "value", "Look at `c` & <h>.", "c returned", ([1.0],))


@pytest.mark.parametrize(
    ("verdict", "first_line", "css"),
    [
        (WRONG, "✗ by-hand/many-days: the value is not right yet", "asc-check-failed"),
        (Verdict("a/b", True, "passed", "Good."), "✓ a/b: passed", "asc-check-passed"),
        (Verdict("a/b", False, "not started", "Go."), "a/b: not started yet", "asc-check-open"),
        (Verdict("a/b", False, "gradient", ""), "✗ a/b: the gradient is not right yet", "failed"),
        (Verdict("a/b", False, "shape", "F."), "✗ a/b: this can't be compared yet", "failed"),
    ],
)
def test_text_and_page(verdict, first_line, css):
    bundle, _ = verdict._repr_mimebundle_()
    assert bundle["text/plain"].splitlines()[0] == first_line
    assert repr(verdict) == bundle["text/plain"]
    assert '<div class="asc-check ' in bundle["text/html"]
    assert css in bundle["text/html"]
    assert bool(verdict) is verdict.passed


def test_the_hint_is_escaped_and_code_is_marked_up():
    html = WRONG._repr_mimebundle_()[0]["text/html"]
    assert "Look at <code>c</code> &amp; &lt;h&gt;." in html


def test_an_executed_notebook_holds_the_verdict_as_json():
    from IPython.core.formatters import DisplayFormatter

    data, record = DisplayFormatter().format(WRONG)
    assert data["text/plain"].endswith("Look at `c` & <h>.")
    assert json.loads(json.dumps(record[CHECK_KEY])) == {
        "exercise": "by-hand/many-days",
        "passed": False,
        "stage": "value",
        "mistake": "c returned",
    }


def test_a_verdict_is_compared_by_what_it_says():
    assert Verdict("a", False, "value", "x", None, ([1.0],)) == Verdict("a", False, "value", "x")
