"""Undo on real ports: what both apps hold afterwards is what they held before, and stays so."""

from __future__ import annotations

import pytest

from tests.two_way.stage import email, person, staged

GHL_PEOPLE = [
    person("Anna", city="Leiden", phone="+12125550101", tags=("lead",)),
    person("Bert", city="Gouda", phone="+12125550102"),
    person("Cora", phone="+12125550103", tags=("vip",)),
]
INSIGHTLY_PEOPLE = [
    person("Bert", city="Delft", phone="+12125550102", tags=("newsletter",)),
    person("Cora", city="Hoorn", state="CA"),
    person("Dirk", city="Edam", phone="+12125550104", tags=("gold", "lead")),
]


@pytest.fixture
async def apart(database_url, tmp_path):
    """Each app has somebody the other has not, and those in both differ; nothing was run yet."""
    both = [GHL_PEOPLE, INSIGHTLY_PEOPLE]
    async with staged(database_url, tmp_path, both) as stage:
        await stage.connect()
        await stage.create()
        yield stage


def holdings(stage):
    """All that anybody can see of both apps' people, but for the ids."""
    return [
        sorted(
            (each.key, sorted(each.fields.items()), sorted(each.tags)) for each in app.everyone()
        )
        for app in stage.apps
    ]


async def undo(stage, run_id=None):
    if run_id is None:
        run_id = (await stage.instep.history.runs("people"))[0].id
    shown = await stage.instep.plans.undo(run_id, 100)
    await stage.instep.plans.approve(shown.plan, "ann")
    await stage.settle()
    return shown


async def test_undo_restores_the_earlier_state_exactly_and_the_next_runs_leave_it(apart):
    before = holdings(apart)
    await apart.run()
    apart.assert_in_step()
    shown = await undo(apart)
    assert holdings(apart) == before
    assert shown.counts.get("refused", 0) == 0
    written = len(apart.changes())
    await apart.instep.syncs.read_everything_again("people")
    apart.wait(3600)
    await apart.run()
    assert holdings(apart) == before
    assert len(apart.changes()) == written


async def test_undo_of_the_undo_brings_everybody_back_in_step(apart):
    await apart.run()
    done = holdings(apart)
    await undo(apart)
    apart.wait(60)
    await undo(apart)
    assert holdings(apart) == done
    apart.assert_in_step()
    apart.wait(60)
    apart.ghl.change(email("Dirk"), city="Utrecht")
    await apart.run()
    assert apart.insightly.value(email("Dirk"), "city") == "utrecht"


async def test_a_later_run_is_undone_but_for_what_somebody_changed_since(apart):
    await apart.run()
    apart.wait(60)
    apart.ghl.change(email("Bert"), city="Utrecht", postal_code="3511")
    await apart.run()
    apart.wait(60)
    apart.insightly.change(email("Bert"), city="Zeist")
    shown = await undo(apart)
    (item,) = shown.items
    assert item["refused"] == [{"field": "city", "why": "changed since in Insightly"}]
    assert apart.insightly.value(email("Bert"), "postal_code") is None
    assert apart.insightly.value(email("Bert"), "city") == "zeist"
    await apart.run()
    assert apart.ghl.value(email("Bert"), "city") == "zeist"
    assert apart.ghl.value(email("Bert"), "postal_code") == "3511"
