"""Each rule of style: a chapter that keeps them all, and for each rule chapters that break it."""

from __future__ import annotations

import pytest

from tools import style
from tools.crossrefs import Book

GOOD = """
# A good chapter

```{run-card}
```

**You will be able to**

- compute a day;
- derive a slope;
- train a cell.

**You need** school mathematics and {doc}`../index`.

## Warm-up

:::{dropdown} One?
One.
:::

:::{dropdown} Two?
Two.
:::

:::{dropdown} Three?
Three.
:::

## A scene

Somebody needs the {term}`cell state`, a {term}`hidden
state` and {term}`one bias <bias>`. What is it?

**Predict.** More or less?

```{code-cell} ipython3
from asctools.plots import show

show(figure, alt="A line that rises from the left to the right and ends at one.")
```

**Predict.** Higher or lower?

```{figure} ../../figs/x.svg
:name: fig-x
:alt: A cell with three gates, through which two memories run from left to right.

The cell and its two memories.
```

```{code-cell} ipython3
claim("The trained cell tells the two apart", tells_apart, of=trained, baseline=untrained)
```

## Break it

**Predict.** What breaks?

```{code-cell} ipython3
:tags: [raises-exception]

1 / 0
```

## Exercises

```{exercise-start} The forward step
:label: ex-good-forward-step
```

**Code** · level 2 of 3 · 10 minutes

Write it.

:::{dropdown} Hint 1
Add.
:::

```{code-cell} ipython3
def mine(x):
    raise NotImplementedError("mine")


check("good/forward-step", mine)
```

```{exercise-end}
```

```{solution-start} ex-good-forward-step
:label: sol-good-forward-step
:class: dropdown
```

```{code-cell} ipython3
check("good/forward-step", lambda x: x)
```

```{solution-end}
```

```{exercise-start} Why
:label: ex-good-why
```
**Think** · level 1 of 3 · 5 minutes

:::{dropdown} Hint 1
Think.
:::

```{exercise-end}
```

```{solution-start} ex-good-why
:label: sol-good-why
:class: dropdown
```
Because the sum of two numbers is larger than either of them, as long as both of them are positive.

```{solution-end}
```

## Recap

- computed a day;
- derived a slope;
- trained a cell.

**Notation added here.** $x$

**Further reading**

- {cite:t}`hochreiter1997lstm`, the paper with which all of this began.
- {cite:t}`gers2000forget`, the paper that added the forget gate to it.
"""

GLOSSARY = """
# Glossary

```{glossary}
cell state
long-term memory
    What is handed on.

hidden state
    What is said.

bias
    A weight on one.
```
"""


@pytest.fixture
def findings(write_book):
    def findings(text, rule):
        root = write_book(one__good=text, reference__glossary=GLOSSARY)
        book = Book(root)
        return [str(each) for each in style.check(book.pages["one/good"], book, rule)]

    return findings


@pytest.mark.parametrize("rule", style.RULES)
def test_the_good_chapter_keeps_every_rule(findings, rule):
    assert findings(GOOD, rule) == []


def cell(lines, tags=""):
    body = "\n".join(f"x = {n}" for n in range(lines))
    return f"\n```{{code-cell}} ipython3\n{tags}\n{body}\n```\n\nText.\n"


LONG = " ".join(["A sentence that goes on"] + ["and on"] * 12 + ["until it ends. "])

BROKEN = {
    "a cell of 31 lines": ("cell-length", lambda t: t + cell(31), "a cell of 31 lines"),
    "31 lines, folded": (
        "cell-length",
        lambda t: t + cell(31, ":tags: [hide-input]\n"),
        "a cell of 31 lines",
    ),
    "many cells of nine lines": ("cell-length", lambda t: t + cell(9) * 9, "the median cell has 9"),
    "two of twelve cells with 21": (
        "cell-length",
        lambda t: t + cell(21) * 2 + cell(1) * 5,
        "have 21 lines or more",
    ),
    "no alt": (
        "pictures",
        lambda t: t.replace('alt="A line that rises', 'other="A line that rises'),
        "good.md:49: pictures: this figure has no alt= text",
    ),
    "short alt": (
        "pictures",
        lambda t: t.replace("A line that rises from the left to the right and ends at", "At"),
        "the alt text says too little: 'At one.'",
    ),
    "alt in a variable": (
        "pictures",
        lambda t: t.replace(
            'alt="A line that rises from the left to the right and ends at one."', "alt=a"
        ),
        "write the alt text at the call",
    ),
    "pyplot": ("pictures", lambda t: t.replace("1 / 0", "plt.show()"), "asctools.plots.show(fig"),
    "no baseline for a trained model": (
        "claims",
        lambda t: t.replace(", tells_apart, of=trained, baseline=untrained", ", gap > 0.9"),
        "is about a trained model",
    ),
    "the same twice": (
        "claims",
        lambda t: t.replace("baseline=untrained", "baseline=trained"),
        "are the same",
    ),
    "a constant": (
        "claims",
        lambda t: t.replace('"The trained cell tells the two apart", tells_apart', '"It is", True'),
        "can't fail",
    ),
    "a claim among other things": (
        "claims",
        lambda t: t.replace("claim(", "print(1)\nclaim("),
        "only what the claim itself needs",
    ),
    "a claim that does not show": (
        "claims",
        lambda t: t.replace("claim(", "it = claim("),
        "the last line of a cell of its own",
    ),
    "two claims": (
        "claims",
        lambda t: t.replace("claim(", 'claim("This is so", a > b)\nclaim('),
        "a cell of its own",
    ),
    "a long claim cell": (
        "claims",
        lambda t: t.replace("claim(", "a = 1\n" * 20 + "claim("),
        "may have 20 lines",
    ),
    "a sentence from elsewhere": (
        "claims",
        lambda t: t.replace('"The trained cell tells the two apart"', "sentence"),
        "write the sentence",
    ),
    "no figure alt": ("figures", lambda t: t.replace(":alt: A cell with", ":width: "), "says ''"),
    "short figure alt": (
        "figures",
        lambda t: t.replace(" with three gates, through which two memories run", ""),
        "should say what one sees",
    ),
    "no caption": (
        "figures",
        lambda t: t.replace("The cell and its two memories.", ""),
        "needs a caption",
    ),
    "long running sentences": (
        "sentences",
        lambda t: t.replace("## A scene", f"## A scene\n\n{LONG * 200}"),
        "words on average",
    ),
    "an unknown term": (
        "terms",
        lambda t: t.replace("{term}`cell state`", "{term}`cell sate`"),
        "'cell sate' is not in the glossary",
    ),
    "an unknown term with a title": (
        "terms",
        lambda t: t.replace("<bias>", "<biass>"),
        "'biass' is not in the glossary",
    ),
    "too few terms": (
        "terms-linked",
        lambda t: t.replace("{term}`one bias <bias>`", "one bias, no {term}`Cell State`"),
        "2 terms lead",
    ),
    "an unknown directive": (
        "dialect",
        lambda t: t.replace("What is it?", "\n:::{tab-set}\nx\n:::\n"),
        "{tab-set} is not in the dialect",
    ),
    "an unknown nested directive": (
        "dialect",
        lambda t: t.replace("One.", "```{tab-set}\nx\n```"),
        "{tab-set} is not in the dialect",
    ),
    "an unknown role": (
        "dialect",
        lambda t: t.replace("What is it?", "{sub}`2`"),
        "role {sub} is not",
    ),
    "an unknown tag": (
        "dialect",
        lambda t: t.replace("[raises-exception]", "[raises-excption]"),
        "'raises-excption' means nothing",
    ),
    "much text": (
        "prose-between-cells",
        lambda t: t.replace("**Predict.** Higher", "word " * 300 + "\n\n**Predict.** Higher"),
        "words without a cell",
    ),
    "much text in a note": (
        "prose-between-cells",
        lambda t: t.replace(
            "**Predict.** Higher", f":::{{note}}\n{'word ' * 300}\n:::\n\n**Higher"
        ),
        "words without a cell",
    ),
    "much text before an unseen cell": (
        "prose-between-cells",
        lambda t: t.replace(
            "## Break it", "word " * 150 + cell(1, ":tags: [remove-cell]\n") + "word " * 150
        ),
        "words without a cell",
    ),
}

BROKEN_SKELETON = {
    "no run card": (("```{run-card}\n```\n", ""), "one {run-card}"),
    "two run cards": (("## Recap", "```{run-card}\n```\n\n## Recap"), "one {run-card}"),
    "run card further down": (("# A good chapter", "# A good chapter\n\nHello."), "one {run-card}"),
    "two goals": (("- compute a day;\n", ""), "2 goals"),
    "no goals": (("**You will be able to**", "**Goals**"), "no 'You will be able to'"),
    "no link to what is needed": (("and {doc}`../index`", "only"), "lead to what is needed"),
    "no needs": (("**You need**", "You need"), "no 'You need'"),
    "no warm-up": (("## Warm-up", "## Cold start"), "no 'Warm-up'"),
    "two warm-ups": ((":::{dropdown} Two?\nTwo.\n:::\n", ""), "2 folded answers"),
    "no break": (("## Break it", "## Mend it"), "no 'Break it'"),
    "no exercises": (("## Exercises", "## Tasks"), "no 'Exercises'"),
    "no recap": (("## Recap", "## End"), "no 'Recap'"),
    "short recap": (("- computed a day;\n", ""), "take up every goal"),
    "no notation": (("**Notation added here.**", ""), "no 'Notation added here'"),
    "no reading": (("**Further reading**", ""), "no 'Further reading'"),
    "reading without a reason": ((", the paper that added the forget gate to it", ""), "say why"),
    "one work": (
        ("- {cite:t}`gers2000forget`, the paper that added the forget gate to it.\n", ""),
        "at least two works",
    ),
    "another order": (("## Recap", "## Warm-up\n\n## Recap"), None),
    "the wrong order": (("**You need**", "## Recap\n\n**You need**"), "in this order"),
    "two predictions": (("**Predict.** What", "What"), "2 questions to predict"),
}

BROKEN_EXERCISES = {
    "no title": (("{exercise-start} The forward step", "{exercise-start}"), "has no title"),
    "no label": ((":label: ex-good-why\n", ""), "the label ''"),
    "a label of another kind": (("ex-good-why", "good"), "should be ex-<chapter>-<what>"),
    "no kind": (("**Think** · ", ""), "its first line should be"),
    "unknown kind": (("**Think**", "**Brood**"), "its first line should be"),
    "no level": (("level 1 of 3", "easy"), "its first line should be"),
    "no minutes": ((" · 5 minutes", ""), "its first line should be"),
    "no hint": ((":::{dropdown} Hint 1\nThink.\n:::\n", ""), "has no hint"),
    "no check": (
        ('\n\ncheck("good/forward-step", mine)', ""),
        "its stub goes to check",
    ),
    "another check": (
        ('check("good/forward-step", mine)', 'check("good/x", mine)'),
        "its stub goes",
    ),
}

BROKEN_SOLUTIONS = {
    "no dropdown": ((":class: dropdown\n", ""), "a solution is folded"),
    "another label": (("sol-good-why", "sol-good-how"), "the label should be sol-good-why"),
    "an answer without a reason": (
        ("Because the sum of two numbers is larger than either of them, as long as", "Because"),
        "says how one gets there",
    ),
    "no check": (
        ('check("good/forward-step", lambda x: x)', "1"),
        "the solution hands to it too",
    ),
    "of another exercise": (
        ("{solution-start} ex-good-why", "{solution-start} ex-good-x"),
        "isn't",
    ),
}


def rows():
    for name, (rule, change, message) in BROKEN.items():
        yield pytest.param(rule, change, message, id=f"{rule}: {name}")
    for rule, table in (
        ("skeleton", BROKEN_SKELETON),
        ("exercises", BROKEN_EXERCISES),
        ("solutions", BROKEN_SOLUTIONS),
    ):
        for name, ((old, new), message) in table.items():
            change = lambda text, old=old, new=new: text.replace(old, new)  # noqa: E731
            yield pytest.param(rule, change, message, id=f"{rule}: {name}")


@pytest.mark.parametrize(("rule", "change", "message"), list(rows()))
def test_what_breaks_a_rule_is_found(findings, rule, change, message):
    text = change(GOOD)
    assert text != GOOD
    found = findings(text, rule)
    if message is None:
        assert found == []
    else:
        assert any(message in each for each in found), found


def test_a_missing_solution_is_found(findings):
    start, end = GOOD.index("```{solution-start} ex-good-why"), GOOD.index("## Recap")
    found = findings(GOOD[:start] + GOOD[end:], "solutions")
    assert len(found) == 1
    assert "the solution should follow" in found[0]


def test_every_rule_has_a_chapter_that_breaks_it():
    tried = {rule for rule, _, _ in BROKEN.values()}
    assert tried | {"skeleton", "exercises", "solutions"} == set(style.RULES)


def test_what_is_no_chapter_needs_no_skeleton(write_book):
    code = "# T\n\n```{code-cell} ipython3\n1\n```\n"
    root = write_book(start__how_to_use=code, reference__x=code, one__y=code, two__z="# T\n")
    pages = Book(root).pages
    chapters = [name for name, page in pages.items() if style.is_chapter(page)]
    assert chapters == ["one/y"]
    assert "skeleton" not in style.rules_for(pages["reference/x"])
    assert "claims" in style.rules_for(pages["reference/x"])
    assert set(style.rules_for(pages["two/z"])) == {"figures", "sentences", "terms"}
