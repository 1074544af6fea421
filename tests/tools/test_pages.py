"""Looking at built pages: what is wrong is found, and what is right is left in peace."""

from __future__ import annotations

import pytest

from tools.pages import Site

GOOD = """
<html><head>
<link rel="stylesheet" href="_static/a.css?v=1"><link rel="canonical" href="https://x.org/">
<link rel="next" href="nowhere.html"><script src="_static/a.js"></script>
</head><body>
<h1 id="top">T</h1><a name="old"></a>
<a href="#top">up</a><a href="#">#</a><a href="b/c.html#there">c</a><a href="b">folder</a>
<a href="https://example.org/x">away</a><a href="mailto:a@b.c">write</a>
<img src="_images/x.svg" alt=""><img src="data:image/png;base64,AAAA" alt="a dot">
<svg role="img" aria-label="A line"><use href="#m1"></use></svg>
<svg aria-hidden="true"></svg><svg><title>A circle</title></svg>
<div role="img" aria-label="A cell"><svg></svg></div>
</body></html>
"""
OTHER = '<html><body><p id="there">x</p><a href="../a.html#old">a</a></body></html>'


@pytest.fixture
def site(tmp_path):
    def site(page=GOOD, css="@font-face { src: url('x.woff') }"):
        for path, text in {
            "a.html": page,
            "genindex.html": '<html><script src="_static/a.js"></script></html>',
            "b/c.html": OTHER,
            "b/index.html": OTHER,
            "_static/a.css": css,
            "_static/a.js": "x" * 1000,
            "_static/template.html": '<script src="{{ path }}"></script>',
            "_static/mathjax/m.js": "x" * 5000,
            "_images/x.svg": "y" * 500,
        }.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        return Site(tmp_path)

    return site


def faults(site):
    return [
        *site.dead_links(),
        *site.missing_resources(),
        *site.foreign_resources(),
        *site.nameless_pictures(),
    ]


def test_good_pages_are_left_in_peace(site):
    assert faults(site()) == []


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ('<a href="nowhere.html">', "leads to nowhere.html, which is not there"),
        ('<a href="b/c.html#here">', "leads to b/c.html#here: no such place"),
        ('<a href="#bottom">', "leads to #bottom: no such place"),
        ('<a href="_static">', "leads to _static, which is not there"),
        ('<meta http-equiv="Refresh" content="0; url=book/x.html">', "<meta refresh> leads to"),
        ('<img src="_images/y.svg" alt="y">', "loads _images/y.svg, which is not there"),
        ('<img srcset="_images/x.svg 1x, _images/y.svg 2x" alt="y">', "_images/y.svg"),
        ('<script src="https://cdn.example.org/a.js"></script>', "<script> loads https://cdn"),
        ('<script src="//cdn.example.org/a.js"></script>', "<script> loads //cdn"),
        ('<link rel="stylesheet" href="https://x.org/a.css">', "<link rel=stylesheet> loads"),
        ('<link rel="preconnect" href="https://x.org">', "<link rel=preconnect> loads"),
        ('<iframe src="https://x.org"></iframe>', "<iframe> loads"),
        ("<style>@import 'https://x.org/a.css'</style>", "style loads https"),
        ('<p style="background: url(https://x.org/a.png)">', "style loads https"),
        ('<img src="_images/x.svg">', "has no alt"),
        ('<svg id="s"></svg>', "<svg id=s class=None> has no aria-label"),
        ('<svg aria-label=" "></svg>', "has no aria-label"),
    ],
)
def test_what_is_wrong_is_found(site, html, message):
    found = faults(site(GOOD.replace("</body>", f"{html}</body>")))
    assert len(found) == 1
    assert message in found[0]


def test_a_style_sheet_may_not_fetch_from_elsewhere(site):
    found = faults(site(css="@import url(https://fonts.example.org/x.css);"))
    assert found == ["_static/a.css: loads https://fonts.example.org/x.css"]


def test_the_weight_of_a_page_is_what_only_it_loads(site):
    page = GOOD.replace("</body>", '<script src="_static/mathjax/m.js"></script></body>')
    built = site(page, css="z" * 70)
    assert built.own_weight("a.html") == len(page.encode()) + 500 + 70
