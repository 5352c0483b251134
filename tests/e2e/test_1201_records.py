"""A 1,201-record account from which people delete: three pages, over real ports."""

from __future__ import annotations

from instep.connectors.insightly.emulator.kinds import CONTACT
from instep.engine.rule_making import Said
from instep.sandbox import invent
from tests.two_way.stage import INSIGHTLY, SYNC, staged

EDGES = (0, 498, 499, 500, 501, 998, 999, 1000, 1200)
"""Rows around the ends of pages of 500."""


async def test_a_1201_record_account_with_deletes_pages_correctly(database_url, tmp_path):
    people = invent(1201, seed=7, country="US")
    async with staged(database_url, tmp_path, people) as stage:
        await stage.connect()
        await stage.create(said=Said(deletes={"a": "delete"}))
        status = await stage.run()
        assert (status.links, status.latest.counts["matched"]) == (1201, 1201)
        rows = sorted(stage.insightly.everyone(), key=lambda each: int(each.id))
        for place in EDGES:
            stage.insightly.remove(rows[place].id)
        deleted_meanwhile = [rows[place] for place in (10, 250)]
        _delete_after_the_first_page(stage, [each.id for each in deleted_meanwhile])
        status = await _read_everything(stage)
        gone = {rows[place].key for place in EDGES}
        # nobody was jumped over, though every row moved while it was read
        assert status.latest.counts["confirmed_b"] == len(EDGES)
        assert {row.label for row in stage.history("deleted")} == _labels(people, gone)
        assert set(stage.ghl.people()) == {each.key for each in rows} - gone
        # who was deleted during the read had been seen: the next one misses them
        await _read_everything(stage)
        gone |= {each.key for each in deleted_meanwhile}
        assert set(stage.ghl.people()) == {each.key for each in rows} - gone
        assert len(stage.history("deleted")) == len(gone)
        stage.assert_in_step()


async def _read_everything(stage):
    await stage.instep.syncs.read_everything_again(SYNC)
    stage.wait(1)
    status = await stage.run()
    assert status.sync.state == "active", status.sync.sentence
    return status


def _delete_after_the_first_page(stage, ids):
    """Let people delete these right after the first page of a complete list went out."""
    instance = stage.sandbox.apps[INSIGHTLY].instance
    shelf = instance.shelves[CONTACT]
    listed, left = shelf.page, list(ids)

    def page(*args, **kwargs):
        found = listed(*args, **kwargs)
        while left:
            instance.remove(CONTACT, int(left.pop()))
        return found

    shelf.page = page


def _labels(people, keys):
    return {f"{each.first_name} {each.last_name}" for each in people if each.email in keys}
