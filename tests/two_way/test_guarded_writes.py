"""Where an app has versions, every write to it is guarded by one."""

from __future__ import annotations


async def test_a_write_to_insightly_right_after_its_list_is_guarded(stage):
    stage.ghl.change("anna@example.com", city="Utrecht")
    stage.insightly.call("PUT", "/_sandbox/journal", {"on": True})
    await stage.run()
    told = stage.insightly.call("GET", "/_sandbox/journal?after=0")["calls"]
    calls = [f"{each['method']} {each['path']}" for each in told if each["by"] == "app"]
    anna = stage.insightly.id_of("anna@example.com")
    assert f"GET /Contacts/{anna}" in calls[: calls.index("PUT /Contacts")]
    assert stage.insightly.value("anna@example.com", "city") == "utrecht"


async def test_a_guarded_write_whose_answer_got_lost_is_told_with_what_it_overruled(stage):
    stage.ghl.change("anna@example.com", city="Utrecht")
    stage.insightly.change("anna@example.com", city="Assen")
    stage.insightly.fault("timeout_after_success", count=1, path="/Contacts")
    await stage.run()
    assert stage.insightly.value("anna@example.com", "city") == "utrecht"
    rows = stage.history("updated", "conflict", "lost")
    assert any("Assen" in (each.before or "") for each in rows), rows
