"""What becomes of flows when a connection they name is renamed, renewed or to be removed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.core.errors import ConnectionBroken, UserError
from instep.sdk.auth import Credential
from tests.core.flow.documents import action, document

EVENT = {"kind": "event", "connection": "ghl", "event": "ContactCreate"}
LOOP = {
    "id": "each",
    "kind": "for_each",
    "items": "{{trigger.tags}}",
    "steps": [action("send", "send", inputs={"text": "ghl", "to": {"connection": "ghl"}})],
}


async def test_a_renamed_connection_is_the_same_one_in_drafts_versions_and_open_runs(ground):
    await ground.publish(document(LOOP, trigger=EVENT))
    await ground.services.save(document(LOOP, action("more", "send"), trigger=EVENT))
    await ground.services.start("thanks", {"tags": ["a"]})

    await ground.connections.rename("ghl", "highlevel")

    for number in (None, 1):
        told = await ground.services.document("thanks", number)
        assert told["trigger"]["connection"] == "highlevel"
        step = told["steps"][0]["steps"][0]
        assert step["connection"] == "highlevel"
        # what stands in inputs is the person's own
        assert step["inputs"] == {"text": "ghl", "to": {"connection": "ghl"}}
    await ground.drain()
    assert [call.connection for call in ground.app.calls] == ["highlevel"]


async def test_a_connection_that_a_flow_names_is_not_removed(ground):
    await ground.services.save(document(LOOP))

    with pytest.raises(UserError, match="'ghl' is used by thanks"):
        await ground.connections.delete("ghl")

    await ground.services.delete("thanks")
    await ground.connections.delete("ghl")


async def test_a_renewed_connection_lets_the_runs_go_on_that_waited_for_it(ground):
    ground.app.answer = lambda _call: ConnectionBroken("The token was revoked.")
    await ground.publish(document(action("send", "send", inputs={"text": "hello"})))
    await ground.services.start("thanks", {})
    await ground.drain()
    assert await ground.states("thanks") == {"held": 1}

    ground.app.answer = lambda _call: {"ok": True}
    fresh = Credential("private_integration", {"token": "another-secret"})
    await ground.connections.renew("ghl", fresh)
    ground.clock.move((datetime.now(UTC) - ground.clock.now()).total_seconds() + 1)
    await ground.drain()

    assert await ground.states("thanks") == {"done": 1}
