"""Each way a record can stand has its word and its sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from instep.core.why import (
    Awaited,
    Candidate,
    Changed,
    End,
    Facts,
    OnItsWay,
    Stand,
    explain,
    moment,
    show,
    unknown,
)

T = 1_767_225_600_000
FACTS = Facts(sync="people", label="Ann Doe", names=("ghl", "crm"))
A, B = End("a1", "known"), End("b1", "known")
LINKED = replace(FACTS, a=A, b=B, linked_at=T, linked_by="e-mail")
CHANGED = Changed(
    "b", T + 60_000, "run_1", "updated", {"city": "Ulm"}, {"city": "Bonn"}, {"city": "filled"}
)


def ends(state, sentence=None, **more):
    return {"a": replace(A, state=state, sentence=sentence, **more), "b": replace(B, state=state)}


CASES = {
    "in step": (
        replace(LINKED, last=CHANGED),
        Stand.IN_STEP,
        [
            "In step since 2026-01-01 00:01:00 UTC.",
            "a1 in ghl is b1 in crm: linked by e-mail at 2026-01-01 00:00:00 UTC.",
            "Last updated in crm at 2026-01-01 00:01:00 UTC, in run run_1.",
            "city went from 'Ulm' to 'Bonn': filled.",
        ],
    ),
    "waiting for a run": (
        replace(FACTS, a=A, writes=(OnItsWay("b", "ready", 0, T, creates=True),)),
        Stand.WAITING,
        ["A new record for crm is on its way: it waits for the next run."],
    ),
    "waiting for the next try": (
        replace(FACTS, a=A, writes=(OnItsWay("b", "ready", 3, T, "crm is down."),)),
        Stand.WAITING,
        [
            (
                "A change for crm is on its way: tried 3 times, next at 2026-01-01 00:00:00 UTC. "
                "crm is down."
            )
        ],
    ),
    "sent without an answer": (
        replace(FACTS, a=A, writes=(OnItsWay("b", "unknown", 1, T),)),
        Stand.WAITING,
        [
            (
                "A change for crm is on its way: it was sent and no answer came. It is looked up at "
                "2026-01-01 00:00:00 UTC, before anything is sent again."
            )
        ],
    ),
    "being sent": (
        replace(FACTS, a=A, writes=(OnItsWay("b", "sending", 1, T),)),
        Stand.WAITING,
        ["A change for crm is on its way: it is being sent now."],
    ),
    "in conflict": (
        replace(
            FACTS,
            a=replace(A, state="review", changed_at=T, values={"city": "Ulm"}),
            b=replace(B, state="review", values={"city": None}),
            linked_at=T,
            linked_by="phone",
            question="conflict",
            fields=("city",),
        ),
        Stand.CONFLICT,
        [
            (
                "Both sides changed city differently: 'Ulm' in ghl (changed 2026-01-01 00:00:00 "
                "UTC) and empty in crm. A person decides."
            ),
            "a1 in ghl is b1 in crm: linked by phone at 2026-01-01 00:00:00 UTC.",
        ],
    ),
    "changed too often": (
        replace(
            FACTS, **ends("review", "Ann Doe was changed 12 times."), linked_at=T, question="review"
        ),
        Stand.RESTLESS,
        ["Ann Doe was changed 12 times."],
    ),
    "ambiguous": (
        replace(
            FACTS,
            a=End("a1", "review", "several records on the other side share its e-mail"),
            question="review",
            candidates=(Candidate("b1", "Ann"), Candidate("b2", linked=True)),
        ),
        Stand.AMBIGUOUS,
        [
            "Its match is not certain: several records on the other side share its e-mail.",
            "It may be Ann (b1), or b2, which is linked already.",
        ],
    ),
    "refused where the record is gone": (
        replace(
            LINKED,
            a=replace(A, state="failed"),
            b=replace(B, state="gone"),
            writes=(OnItsWay("b", "failed", 1, T, "crm does not know it."),),
        ),
        Stand.GONE,
        [
            "It is not in crm any more (b1).",
            "a1 in ghl is b1 in crm: linked by e-mail at 2026-01-01 00:00:00 UTC.",
        ],
    ),
    "rejected": (
        replace(
            FACTS,
            a=End("a1", "failed", "no"),
            writes=(OnItsWay("b", "failed", 1, T, "crm wants a last name."),),
        ),
        Stand.REJECTED,
        [
            (
                "crm did not take the last write: crm wants a last name. It is tried again when the "
                "record changes."
            )
        ],
    ),
    "an old dead letter of a record that is well": (
        replace(LINKED, writes=(OnItsWay("b", "failed", 1, T, "crm wants a last name."),)),
        Stand.IN_STEP,
        ["In step since 2026-01-01 00:00:00 UTC."],
    ),
    "waiting for the record it belongs to": (
        replace(FACTS, a=End("t1", "waiting", "its contact c1 has no partner in crm yet")),
        Stand.AWAITING,
        ["It waits: its contact c1 has no partner in crm yet."],
    ),
    "excluded": (
        replace(FACTS, a=End("a1", "excluded", "it is gone on side B")),
        Stand.EXCLUDED,
        ["It is left alone: it is gone on side B."],
    ),
    "gone": (
        replace(FACTS, b=End("b1", "gone")),
        Stand.GONE,
        ["It is not in crm any more (b1)."],
    ),
    "noticed": (
        replace(LINKED, noticed=True),
        Stand.NOTICED,
        ["It may have changed since it was decided last; the next run looks at it."],
    ),
    "read and not decided": (
        replace(FACTS, a=A),
        Stand.NOTICED,
        ["It was read, and the next run decides about it."],
    ),
}


@pytest.mark.parametrize(("facts", "stand", "sentences"), CASES.values(), ids=CASES)
def test_a_record_is_explained(facts, stand, sentences):
    told = explain(facts)
    assert told.stand is stand
    assert list(told.sentences[: len(sentences)]) == sentences


def test_every_stand_has_its_case():
    assert {stand for _, stand, _ in CASES.values()} | {Stand.UNKNOWN} == set(Stand)


def test_a_record_nobody_has_read_is_told_as_such():
    told = unknown("x@example.com")
    assert told.stand is Stand.UNKNOWN
    assert "'x@example.com'" in told.sentences[0]


def test_the_most_pressing_comes_first_and_the_rest_is_told_too():
    facts, *_ = CASES["in conflict"]
    told = explain(
        replace(
            facts,
            writes=(OnItsWay("b", "ready", 0, T),),
            stopped="a brake.",
            settled="ann settled it",
        )
    )
    assert told.stand is Stand.WAITING
    assert told.sentences[1].startswith("Both sides changed city")
    assert told.sentences[-2:] == (
        "The last word about it: ann settled it.",
        "The sync people does not run: a brake.",
    )


UNSURE = replace(
    FACTS,
    sync="contacts",
    label="Jane Doe",
    a=End("c1", "review", "several records on the other side share its e-mail"),
    question="review",
    candidates=(Candidate("c8", "Jane"), Candidate("c9", "Jane D")),
)
WAITS = replace(FACTS, a=End("t1", "waiting", "its contact c1 has no partner in crm yet"))


@pytest.mark.parametrize(
    ("parent", "sentences"),
    [
        (
            UNSURE,
            [
                (
                    "Its contact Jane Doe: Its match is not certain: several records on the other "
                    "side share its e-mail."
                ),
                "It may be Jane (c8), or Jane D (c9).",
            ],
        ),
        (
            replace(UNSURE, a=End("c1", "excluded", "it has no tag"), candidates=()),
            ["Its contact Jane Doe: It is left alone: it has no tag."],
        ),
        (
            replace(UNSURE, a=End("c1", "known"), noticed=True, stopped="somebody paused it."),
            [
                (
                    "Its contact Jane Doe: It may have changed since it was decided last; the next "
                    "run looks at it."
                ),
                "The sync contacts does not run: somebody paused it.",
            ],
        ),
        (None, ["No sync has read its contact c1 yet."]),
    ],
)
def test_a_parent_that_cannot_be_matched_explains_its_children(parent, sentences):
    told = explain(replace(WAITS, awaited=Awaited("contact", "c1", parent)))
    assert told.stand is Stand.AWAITING
    assert list(told.sentences) == [
        "It waits: its contact c1 has no partner in crm yet.",
        *sentences,
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "empty"),
        ((), "empty"),
        (("a", "b"), "a, b"),
        (True, "yes"),
        (False, "no"),
        ("x", "'x'"),
    ],
)
def test_values_are_shown_as_people_read_them(value, said):
    assert show(value) == said


def test_a_moment_says_its_zone():
    assert moment(T + 1_500) == "2026-01-01 00:00:01 UTC"


def test_what_cannot_be_read_back_is_said_of_a_linked_record():
    linked = replace(LINKED, write_only=("zap",))
    assert any(
        "written to zap but cannot be read back" in each for each in explain(linked).sentences
    )
    assert not any("read back" in each for each in explain(LINKED).sentences)
