"""For how many days what is over is kept is set by an admin, and heeded by the next sweep."""

from __future__ import annotations

import pytest

from instep.core.people.roles import Role
from tests.api.house import asked, house


@pytest.fixture
async def home(database_url, tmp_path):
    async with house(database_url, tmp_path, keep_runs_days=20) as made:
        yield made


async def test_what_is_kept_is_listed_changed_by_an_admin_and_audited(home):
    people = await home.people()
    admin, viewer = people[Role.ADMIN], people[Role.VIEWER]
    usual = [
        {"what": "runs", "days": 20, "usual": 20, "is_set": False},
        {"what": "sent", "days": 30, "usual": 30, "is_set": False},
    ]
    assert (await asked(viewer, "GET", "/api/retention")) == (200, usual)
    assert (await asked(people[Role.OPERATOR], "PUT", "/api/retention/runs", {"days": 7}))[0] == 403
    status, told = await asked(admin, "PUT", "/api/retention/runs", {"days": 7})
    assert (status, told) == (200, {"what": "runs", "days": 7, "usual": 20, "is_set": True})
    await asked(admin, "PUT", "/api/retention/runs", {"days": 9})
    _, log = await asked(admin, "GET", "/api/audit?limit=1")
    [entry] = log["entries"]
    assert (entry["noun"], entry["object"]) == ("retention", "runs")
    assert entry["changes"][0]["before"] == {"days": 7}
    assert entry["changes"][0]["after"] == {"days": 9}
    _, told = await asked(admin, "PUT", "/api/retention/runs", {"days": None})
    assert told == usual[0]


@pytest.mark.parametrize("days", [0, 3651, "many"])
async def test_a_number_that_cannot_be_is_refused(home, days):
    machine = await home.machine()
    assert (await asked(machine, "PUT", "/api/retention/sent", {"days": days}))[0] == 422
    assert (await asked(machine, "PUT", "/api/retention/audit", {"days": 9}))[0] == 422
