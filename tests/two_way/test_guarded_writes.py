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
