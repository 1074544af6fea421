"""The ring of the chapter on scaling out: the numbers in its pieces are those of an all-reduce."""

from figs import ring

TURNS = ring.SIZE - 1


def test_at_first_everyone_has_its_own_gradient_only():
    assert ring.counts(0) == [[1] * ring.SIZE] * ring.SIZE


def test_half_way_everyone_holds_one_finished_sum_and_each_sum_is_held_once():
    held = ring.counts(TURNS)
    finished = [[k for k, number in enumerate(pieces) if number == ring.SIZE] for pieces in held]
    assert sorted(finished) == [[k] for k in range(ring.SIZE)]


def test_before_that_nobody_has_one():
    assert max(max(pieces) for pieces in ring.counts(TURNS - 1)) == TURNS


def test_at_the_end_everyone_has_every_sum_and_not_a_turn_earlier():
    everything = [[ring.SIZE] * ring.SIZE] * ring.SIZE
    assert ring.counts(2 * TURNS) == everything
    assert ring.counts(2 * TURNS - 1) != everything
