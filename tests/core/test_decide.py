"""The verdict on a linked pair, for every standing of both sides."""

from __future__ import annotations

from itertools import product

import pytest

from instep.core.decide import Decision, Standing, decide

U, C, G = Standing.UNCHANGED, Standing.CHANGED, Standing.GONE
CASES = list(product(Standing, repeat=2))
MIRROR = {
    Decision.COPY_TO_A: Decision.COPY_TO_B,
    Decision.DELETED_IN_A: Decision.DELETED_IN_B,
    Decision.KEEP_A: Decision.KEEP_B,
}
MIRROR |= {right: left for left, right in MIRROR.items()}


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        (U, U, Decision.NOTHING),
        (C, U, Decision.COPY_TO_B),
        (U, C, Decision.COPY_TO_A),
        (C, C, Decision.MERGE),
        (G, U, Decision.DELETED_IN_A),
        (U, G, Decision.DELETED_IN_B),
        (C, G, Decision.KEEP_A),
        (G, C, Decision.KEEP_B),
        (G, G, Decision.FORGET),
    ],
)
def test_the_table(a, b, verdict):
    assert decide(a, b) is verdict


def test_every_verdict_has_exactly_one_case():
    assert sorted(decide(a, b).name for a, b in CASES) == sorted(each.name for each in Decision)


@pytest.mark.parametrize(("a", "b"), CASES)
def test_the_sides_are_treated_alike(a, b):
    verdict = decide(a, b)
    assert decide(b, a) is MIRROR.get(verdict, verdict)


@pytest.mark.parametrize(("a", "b"), CASES)
def test_an_edit_is_never_taken_for_a_delete(a, b):
    if C in {a, b}:
        assert "DELETED" not in decide(a, b).name
        assert decide(a, b) not in {Decision.NOTHING, Decision.FORGET}
