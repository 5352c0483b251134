"""BackNine to GoHighLevel, from a save in BOSS to the contact: by webhook and by the list.

Runs against both emulators on real ports, and proves our code, not the vendors.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import urllib.request
from collections import Counter

import pytest
import sqlalchemy as sa

from instep.bootstrap import assemble, sandbox_apps
from instep.core.errors import UserError
from instep.engine.rule_making import Said
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sandbox import Sandbox, invent
from instep.settings import Settings
from instep.store.schema import metadata
from instep.store.schema.events import event
from tests.two_way.apps import GoHighLevel
from tests.two_way.hooks import serving
from tests.two_way.stage import GHL, JumpingClock, Stage

BACKNINE = "backnine"
CONTACTS, NOTES, TASKS = "insured", "statuses", "follow-ups"
KINDS = {CONTACTS: "contact", NOTES: "note", TASKS: "task"}
LINK = "Apply link"
MAPPING = [
    *({"a": name} for name in ("first_name", "last_name", "email", "phone", "tags")),
    {"a": "apply_link", "b": f"custom.{LINK}"},
]
ANN = {"id": 42, "name": "Ann Lee", "email": "ann@example.com", "phone_mobile": "(212) 555-0123"}
# the rest is the same on both, and costs seconds
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRETS = ("123-45-6789", "diabetes", "tobacco", "000123456789", "021000021")


class Agency(Stage):
    """Side A is BackNine, side B is GoHighLevel; time costs no time."""

    def __init__(self, sandbox, instep, clock):
        described = sandbox.describe()
        self.sandbox = sandbox
        self.instep = instep
        self.clock = clock
        self.ghl = GoHighLevel(described[GHL])
        self.location = described[GHL]["location_id"]
        self.boss = sandbox.apps[BACKNINE]
        self.told = described[BACKNINE]
        self.skew = {GHL: 0, BACKNINE: 0}
        clock.tell = self._align
        self.saves = 0

    async def connect(self, **more):
        """Connect both apps, and make the custom field that holds the apply link."""
        ghl = self.sandbox.describe()[GHL]
        settings = {
            GHL: {
                "base_url": ghl["url"],
                "location_id": ghl["location_id"],
                "token": ghl["private_integration_token"],
            },
            BACKNINE: {
                "base_url": self.told["base_url"],
                "api_key": self.told["api_key"],
                "webhook_secret": self.told["webhook_secret"],
                "apply_page": "https://quotes.example.com",
                "npn": "10790698",
                **more,
            },
        }
        for name, values in settings.items():
            await self.instep.connections.connect(Typed(name, name, None, "US", values))
        field = {"name": LINK, "dataType": "TEXT", "model": "contact"}
        self.ghl.call("POST", f"/locations/{self.location}/customFields", field)

    async def keep_in_step(self):
        """Set the three syncs up, as the how-to says."""
        for name, kind in KINDS.items():
            said = Said(mapping=MAPPING if kind == "contact" else None, direction="to_b")
            await self.instep.syncs.create(Wanted(name, BACKNINE, GHL, kind, said=said))

    async def run_all(self):
        """Run each sync once, contacts first."""
        return [await self.run(name) for name in KINDS]

    async def hear(self, count):
        """Wait until so many webhooks, of all that were ever sent, are kept."""
        async with asyncio.timeout(60):
            for _ in range(3_000):
                if len(self._events()) >= count:
                    return
                await asyncio.sleep(0.02)

    def _events(self):
        with self.instep.db.read() as tx:
            return tx.execute(sa.select(event.c.sending_id)).all()

    def person(self, key="ann@example.com"):
        """The one contact with this e-mail, as GoHighLevel tells it."""
        return self.ghl.raw(self.ghl.id_of(key))

    def link(self, key="ann@example.com"):
        """The apply link of a contact."""
        return [each["value"] for each in self.person(key)["customFields"]]

    def notes(self, key="ann@example.com"):
        """The texts of a contact's notes, without the time each names."""
        return sorted(text.partition(" (")[0] for text in self.ghl.notes(self.ghl.id_of(key)))

    def tasks(self, key="ann@example.com"):
        """A contact's tasks: what and when."""
        told = self.ghl.call("GET", f"/contacts/{self.ghl.id_of(key)}/tasks")["tasks"]
        return [(each["title"], each["dueDate"][:10]) for each in told]

    def everything_stored(self):
        """All that stands in Instep's database, as one text."""
        with self.instep.db.read() as tx:
            rows = [tx.execute(sa.select(table)).all() for table in metadata.sorted_tables]
        return repr(rows)


pytest.importorskip("instep.connectors.backnine")  # its folder may have been taken away


@contextlib.asynccontextmanager
async def agency_at(database_url, directory, kind=Agency):
    apps = sandbox_apps(pace="1000", only=(GHL, BACKNINE))
    settings = Settings(data_dir=directory, database_url=database_url, port=0)
    clock = JumpingClock()
    with Sandbox(apps).in_thread() as sandbox:
        async with assemble(settings, clock=clock) as instep:
            yield kind(sandbox, instep, clock)


@pytest.fixture
async def agency(database_url, tmp_path):
    """Both apps connected and three syncs set up; nobody is anywhere."""
    async with agency_at(database_url, tmp_path) as made:
        await made.connect()
        await made.keep_in_step()
        yield made


@contextlib.asynccontextmanager
async def listening(agency):
    """Serve the address that was pasted in BOSS; yields what saves as an agent does."""
    async with serving(agency) as url:
        control = f"{agency.told['url']}/_sandbox"

        async def save(kind, **given):
            saved = await asyncio.to_thread(_call, "POST", f"{control}/{kind}", given)
            agency.saves += 1
            await agency.hear(agency.saves)
            return saved

        await asyncio.to_thread(
            _call, "PUT", f"{control}/webhooks", {"url": f"{url}/hooks/{BACKNINE}"}
        )
        yield save


def _call(method, url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), method=method)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.loads(reply.read())


async def test_a_saved_application_becomes_a_contact_with_tags_link_note_and_follow_up(agency):
    async with listening(agency) as save:
        await save("applications", insured=ANN, follow_up_at="2030-01-07T15:00:00Z")
        await agency.run_all()

    person = agency.person()
    assert (person["firstName"], person["lastName"]) == ("Ann", "Lee")
    assert person["phone"] == "+12125550123"
    assert sorted(person["tags"]) == [
        "backnine:eapp-started",
        "backnine:product-term",
        "backnine:status-started",
    ]
    link = "https://quotes.example.com/apply?prefill&first_name=Ann&last_name=Lee"
    assert agency.link() == [
        f"{link}&email=ann%40example.com&phone=%28212%29%20555-0123&npn=10790698"
    ]
    assert agency.notes() == ["BackNine application 1001: its status is now “Started”"]
    assert agency.tasks() == [("Follow up on BackNine application 1001", "2030-01-07")]


async def test_what_is_told_again_makes_no_doubles(agency):
    async with listening(agency) as save:
        agency.boss.faults.switch_on("doubled_webhook")
        saved = await save("applications", insured=ANN, follow_up_at="2030-01-07T15:00:00Z")
        await agency.run_all()
        await save("applications", id=saved["id"], premium=50)
        await agency.run_all()

    assert agency.ghl.people() == ["ann@example.com"]
    assert len(agency.notes()) == len(agency.tasks()) == 1
    assert len(agency._events()) == agency.saves  # the doubles were known


async def test_a_change_of_status_is_one_more_note_and_other_tags(agency):
    async with listening(agency) as save:
        saved = await save("applications", insured=ANN, follow_up_at="2030-01-07T15:00:00Z")
        await agency.run_all()
        change = {"edited_status": "Submitted", "is_completed": True, "follow_up_at": "2030-02-01"}
        await save("applications", id=saved["id"], **change)
        await agency.run_all()
        await save("applications", id=saved["id"], edited_status="Paramed exam ordered")
        await agency.run_all()

    assert agency.notes() == [
        f"BackNine application {saved['id']}: its status changed",
        f"BackNine application {saved['id']}: its status is now “Started”",
        f"BackNine application {saved['id']}: its status is now “Submitted”",
    ]
    assert sorted(agency.person()["tags"]) == ["backnine:eapp-completed", "backnine:product-term"]
    assert [due for _, due in agency.tasks()] == ["2030-02-01"]


@on_one_database
async def test_a_case_is_noted_at_its_insured_once_an_application_named_them(agency):
    async with listening(agency) as save:
        case = await save("cases", insured={"id": 42, "name": "Ann Lee"}, status="Approved")
        await agency.run_all()
        assert agency.ghl.people() == []
        saved = await save("applications", insured=ANN)
        await agency.run_all()
        await save("cases", id=case["id"], status="Issued")
        await agency.run_all()

    assert agency.notes() == [
        f"BackNine application {saved['id']}: its status is now “Started”",
        f"BackNine case {case['id']}: its status is now “Approved”",
        f"BackNine case {case['id']}: its status is now “Issued”",
    ]


@on_one_database
async def test_an_insured_becomes_a_contact_once_they_can_be_reached(agency):
    async with listening(agency) as save:
        saved = await save("applications", insured={"id": 42, "name": "Ann Lee"})
        await agency.run_all()
        assert agency.ghl.people() == []
        await save("applications", id=saved["id"], insured=ANN)
        await agency.run_all()

    assert agency.ghl.people() == ["ann@example.com"]
    assert len(agency.notes()) == 1


@on_one_database
async def test_a_follow_up_that_was_taken_away_completes_the_task_if_told_to(agency):
    await agency.instep.setup.change(TASKS, Said(deletes={"b": "archive"}))
    async with listening(agency) as save:
        saved = await save("applications", insured=ANN, follow_up_at="2030-01-07T15:00:00Z")
        await agency.run_all()
        await save("applications", id=saved["id"], follow_up_at=None)
        await agency.run_all()

    (task,) = agency.ghl.call("GET", f"/contacts/{agency.person()['id']}/tasks")["tasks"]
    assert task["completed"]


@on_one_database
async def test_two_applications_of_one_person_are_one_contact(agency):
    async with listening(agency) as save:
        await save("applications", insured=ANN)
        await save("applications", insured=ANN, product={"category": "Whole Life"})
        await agency.run_all()

    assert agency.ghl.people() == ["ann@example.com"]
    assert len(agency.notes()) == 2
    assert "backnine:product-whole-life" in agency.person()["tags"]


@on_one_database
async def test_a_person_who_is_in_gohighlevel_already_is_recognised(agency):
    agency.ghl.call(
        "POST",
        "/contacts/",
        {"locationId": agency.location, "email": ANN["email"], "tags": ["vip"]},
    )
    async with listening(agency) as save:
        await save("applications", insured=ANN)
        await agency.run_all()

    assert agency.ghl.people() == ["ann@example.com"]
    assert {"vip", "backnine:eapp-started"} <= {*agency.person()["tags"]}


async def test_without_webhooks_the_list_is_read_page_by_page(agency):
    agency.boss.load(invent(30, seed=3))
    agency.boss.switch({"page_size": 7})

    statuses = await agency.run_all()

    assert len(agency.ghl.people()) == 30
    assert [status.latest.state for status in statuses] == ["done"] * 3
    somebody = agency.ghl.people()[0]
    assert len(agency.notes(somebody)) == 1
    lists = {call: count for call, count in _calls(agency).items() if count}
    assert list(lists) == ["GET /api/v1/electronic_applications"]


@on_one_database
async def test_a_poll_finds_what_no_webhook_told(agency):
    agency.boss.save_application({"insured": ANN})
    await agency.run_all()
    agency.boss.save_application({"id": 1001, "insured": {"name": "Ann Lee-Doe"}})
    agency.wait(300)
    await agency.run_all()

    assert agency.person()["lastName"] == "Lee-Doe"


@on_one_database
async def test_a_list_that_does_not_turn_its_page_says_what_to_do(agency):
    agency.boss.load(invent(30, seed=3))
    agency.boss.switch({"turns_pages": False})
    await agency.instep.syncs.request_run(CONTACTS)
    status = await agency.work(CONTACTS)

    assert agency.ghl.people() == []
    assert "Set `pages` of this connection to first" in str(status)


async def test_nothing_secret_is_stored_told_or_logged(agency, capfd):
    async with listening(agency) as save:
        await save("applications", insured=ANN)
        await save("cases", insured={"id": 42, "name": "Ann Lee"}, status="Approved")
        await agency.run_all()
    agency.boss.load(invent(3, seed=3))
    await agency.run(CONTACTS)

    there = agency.person()
    seen = [
        agency.everything_stored(),
        repr(there),
        repr(agency.ghl.notes(there["id"])),
        repr(await agency.why("ann@example.com")),
        *capfd.readouterr(),
    ]
    assert "Ann" in seen[0]
    for secret in SECRETS:
        assert not any(secret in text for text in seen)


@on_one_database
async def test_another_number_of_the_agent_reaches_the_links_by_reading_everything_again(agency):
    agency.boss.save_application({"insured": ANN})
    await agency.run(CONTACTS)
    await agency.instep.connections.change(Typed(BACKNINE, BACKNINE, settings={"npn": "99"}))
    await agency.instep.syncs.read_everything_again(CONTACTS)
    agency.wait(5)  # an open connection looks at its settings every few seconds
    await agency.run(CONTACTS)

    assert agency.link()[0].endswith("&npn=99")


@on_one_database
async def test_no_one_is_ever_sent_an_sms(agency):
    agency.boss.load(invent(3, seed=3))
    async with listening(agency) as save:
        await save("applications", insured=ANN)
        await agency.run_all()

    assert agency.boss.census()["texts"] == 0
    assert not any("text" in call for call in _calls(agency))


@pytest.mark.parametrize(
    "field", ["ssn", "custom.Social Security Number", "health", "bank_account"]
)
async def test_a_mapping_of_what_is_never_read_is_refused_with_a_sentence(agency, field):
    rows = [{"a": "email"}, {"a": field, "b": f"custom.{LINK}"}]
    with pytest.raises(
        UserError, match=r"Row 2 of the mapping: Instep never reads .* from BackNine"
    ):
        await agency.instep.syncs.create(
            Wanted("other", BACKNINE, GHL, said=Said(mapping=rows, direction="to_b"))
        )


def _calls(agency):
    told = agency.boss.calls.describe()
    return Counter({call: told["calls"][call] for call in told["calls"]})
