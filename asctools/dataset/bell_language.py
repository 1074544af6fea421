"""The words of the course's language, and its table of phases.

A sentence is a subject, perhaps a clause about it, and a verb that agrees with the subject:

    the bell waits.
    the bells that the ringer pulls wait.
"""

from asctools.dataset.automaton import FAR, NEAR, NUMBER, Alternative

START = "subject"
NOUNS = ("bell", "rope", "frame", "wheel")
PEOPLE = ("ringer", "guest")  # of whom the clauses speak
VERBS = ("swing", "wait", "move")
CLAUSE_VERBS = ("see", "hear", "pull")
CLAUSE = 0.5  # how often a clause follows the subject

NOUN_ENDINGS = {"one": " ", "many": "s "}
VERB_S = {"one": "s", "many": ""}


def _nouns(nouns: tuple[str, ...], then: str) -> list[Alternative]:
    """Any of the nouns in either number; ``then`` names the next phase, with {} for the number."""
    each = 1 / (len(nouns) * len(NOUN_ENDINGS))
    return [
        Alternative(f"the {noun}", ending, each, then.format(number), NUMBER)
        for noun in nouns
        for number, ending in NOUN_ENDINGS.items()
    ]


def _verbs(
    verbs: tuple[str, ...], number: str, end: str, then: str, decided_by: str, share: float = 1.0
) -> list[Alternative]:
    each = share / len(verbs)
    return [Alternative(verb, VERB_S[number] + end, each, then, decided_by) for verb in verbs]


def bell_language() -> dict[str, list[Alternative]]:
    """Build the table of phases: in each, the ways to go on.

    Returns
    -------
    dict
        Phase → alternatives. A phase that needs to remember a number has it in its name:
        ``"clause verb of many, about one"`` stands in a clause about one bell that many ringers
        pull.
    """
    phases = {START: _nouns(NOUNS, "after {}")}
    for number in NOUN_ENDINGS:
        ending = (number, ".\n", START)
        direct = _verbs(VERBS, *ending, NEAR, 1 - CLAUSE)
        clause = Alternative("that", " ", CLAUSE, f"clause about {number}")
        phases[f"after {number}"] = [*direct, clause]
        phases[f"clause about {number}"] = _nouns(PEOPLE, "clause verb of {}, about " + number)
        for other in NOUN_ENDINGS:
            phases[f"clause verb of {other}, about {number}"] = _verbs(
                CLAUSE_VERBS, other, " ", f"verb of {number}", NEAR
            )
        phases[f"verb of {number}"] = _verbs(VERBS, *ending, FAR)
    return phases
