"""A destination that is away for most of the time in which events come: each arrives, once."""

from __future__ import annotations

import asyncio
import time

from tests.e2e.serving_flows import connect_ghl, connect_sink, publish, serving_flows, until_done
from tests.e2e.sink import KEYED, KEYLESS, manifest, post, sinking
from tests.sandbox.ghl_caller import serving
from tests.sandbox.webhook_receiver import settled

EVENTS = 100
PACE = 0.1  # seconds between two of them
AWAY_FROM, AWAY_UNTIL = 1, 9  # seconds after the first
MANIFESTS = {"keyed": KEYED, "keyless": KEYLESS}


async def test_all_that_came_while_a_destination_was_busy_is_delivered_once_with_nobody_helping(
    database_url, tmp_path
):
    manifests = {name: manifest(name, repeats) for name, repeats in MANIFESTS.items()}
    async with (
        serving() as ghl,
        sinking() as keyed,
        sinking() as keyless,
        serving_flows(database_url, tmp_path, manifests) as (instep, url),
    ):
        sinks = {"keyed": keyed, "keyless": keyless}
        await connect_ghl(instep, ghl.told)
        trigger = {"kind": "event", "connection": "ghl", "event": "ContactCreate"}
        for name, sink in sinks.items():
            await connect_sink(instep, name, sink)
            step = post({"id": "{{trigger.id}}", "email": "{{trigger.email}}"}, name)
            await publish(instep, {"id": name, "trigger": trigger, "steps": [step]})
        hook = {"webhook_url": f"{url}/hooks/ghl", "events": ["ContactCreate"]}
        assert (await ghl.call("PUT", "/_sandbox/app", json=hook)).status == 200

        began = time.monotonic()
        for sink in sinks.values():
            sink.busy = lambda: AWAY_FROM <= time.monotonic() - began < AWAY_UNTIL
        emails = await stream(ghl, began)
        log = await settled(ghl, EVENTS, limit=EVENTS)
        assert [each["standing"] for each in log] == ["delivered"] * EVENTS
        await until_done(instep, dict.fromkeys(sinks, EVENTS))

        for sink in sinks.values():
            assert sorted(each["email"] for each in sink.bodies) == sorted(emails)
            assert sink.turned_away > 0
        assert len(set(keyed.keys)) == EVENTS


async def stream(ghl, began):
    """Let contacts come into being at an even pace; return their e-mail addresses."""
    emails = [f"person{number}@example.com" for number in range(EVENTS)]
    for number, email in enumerate(emails):
        await asyncio.sleep(max(0, began + number * PACE - time.monotonic()))
        await ghl.create(email=email)
    return emails
