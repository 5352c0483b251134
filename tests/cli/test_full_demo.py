"""The whole demo: everything of both apps in step, undone exactly, and in step again."""

from __future__ import annotations

KINDS = {"businesses", "contacts", "tasks", "notes", "appointments"}


def test_the_full_demo_ends_in_step_and_its_undo_restores_the_earlier_state_exactly(instep):
    ended = instep("demo", "--once", "--full", "--json")
    assert ended.code == 0, ended.err
    told = ended.json
    assert told["in_step"] is True
    assert told["undo"] == {"restored": True, "refused": 0}
    assert told["second_run_writes"] == 0
    assert told["records"].keys() == KINDS
    for both in told["records"].values():
        assert both["gohighlevel"] == both["insightly"] > 0
        assert both["left_alone"] == 0
