"""Each listed trigger, polled: a baseline, then exactly what happened, then silence."""

from __future__ import annotations

from contextlib import closing

import pytest

from instep import catalogue
from instep.engine.flows.offered_triggers import polls
from instep.store.database import Database
from tests.engine.flows.happenings import HAPPENINGS, UNCHANGING
from tests.engine.flows.highlevel import Happening, connect, connector, serving
from tests.engine.flows.polled import watching

LISTED = [
    each
    for each in catalogue.all_operations()
    if each.listed is not None and each.listed.kind == "trigger"
]


def test_there_are_55_and_each_has_its_happening():
    assert len(LISTED) == 55
    assert {each.id for each in LISTED} == HAPPENINGS.keys()


def told(emitted, expected):
    """What was emitted, as far as what is expected speaks of it."""
    return [
        (kind, {name: item.get(name) for name in wanted})
        for (kind, item), (_, wanted) in zip(emitted, expected, strict=True)
    ]


@pytest.mark.parametrize("operation", LISTED, ids=lambda each: each.id)
async def test_a_poll_emits_what_happened_and_nothing_else(operation, sqlite_url):
    with closing(Database(sqlite_url)) as database:
        async with serving() as ghl, watching(database, [connector]) as watcher:
            # a location's token finds no other locations
            agency = operation.address().token == "agency" or operation.id == "locations.search"
            connection = await connect(watcher, ghl, agency=agency)
            story = HAPPENINGS[operation.id](Happening(ghl))
            inputs = await anext(story)
            trigger = watcher.watch(connection, operation.id, **inputs)
            offered = polls(await watcher.clients.named(connection))[operation.id]
            assert set(inputs) <= set(offered.inputs)
            assert {name for name, each in offered.inputs.items() if each.required} <= set(inputs)

            assert await trigger.poll_all() == []
            assert trigger.known or operation.id not in UNCHANGING
            happened = 0
            async for expected in story:
                emitted = await trigger.poll_all()
                assert len(emitted) == len(expected), emitted
                assert told(emitted, expected) == expected
                happened += 1

            assert (happened == 0) == (operation.id in UNCHANGING)
            assert await trigger.poll_all() == []
            for item in trigger.items:
                assert set(item) <= set(offered.item.fields), "a step could not name it"
