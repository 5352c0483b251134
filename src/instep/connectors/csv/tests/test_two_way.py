"""A file and GoHighLevel, kept in step both ways over real HTTP; on both databases."""

from __future__ import annotations

import contextlib
import csv
import random

import pytest

from instep.bootstrap import assemble
from instep.connectors.csv.replacing import replacing
from instep.core.errors import UserError
from instep.core.normalise import to_e164
from instep.core.records import Write
from instep.engine.rule_making import Said
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sdk.limits import Purpose
from instep.settings import Settings

ROUNDS = 200


class Stand:
    """The application in this process, with a file and a GoHighLevel connected."""

    def __init__(self, instep, path):
        self.instep, self.path = instep, path

    async def connect(self, typed, **settings):
        connections = self.instep.connections
        await connections.connect(Typed("gohighlevel", "ghl", country="US", settings=typed))
        settings = {"path": self.path.name, **settings}
        await connections.connect(Typed("csv", "file", country="US", settings=settings))

    async def sync(self, **said):
        await self.instep.syncs.create(Wanted("people", "file", "ghl", said=Said(**said)))

    async def run(self):
        """Run until the run has ended and nothing is on its way; return its counts."""
        sync = await self.instep.syncs.request_run("people")
        for _ in range(ROUNDS):
            while await self.instep.engine.advance(sync.shard):
                pass
            status = await self.instep.syncs.status("people")
            assert status.sync.state == "active", status.sync.sentence
            if status.latest.state == "done" and not status.waiting:
                return status.latest.counts
        raise AssertionError("the run does not end")

    async def people(self):
        """What GoHighLevel holds, by e-mail."""
        reached = await self.instep.clients.named("ghl")
        contacts = reached.connector.resource("contact")(reached.account)
        found, request = {}, contacts.list()
        while request is not None:
            reply = await reached.client.send(request, Purpose.PERSON)
            found |= {each.values["email"]: each for each in contacts.records(reply)}
            request = contacts.next(request, reply)
        return found

    async def edit(self, email, **values):
        """Change a person in GoHighLevel, as its user would."""
        reached = await self.instep.clients.named("ghl")
        contacts = reached.connector.resource("contact")(reached.account)
        record = (await self.people())[email]
        for request in contacts.update(record.id, Write(set=values), None):
            await reached.client.send(request, Purpose.PERSON)

    def rows(self, delimiter=","):
        """What the file holds, by e-mail."""
        with self.path.open(newline="") as handle:
            reader = csv.DictReader(handle, delimiter=delimiter)
            return {(row.get("email") or row.get("E-mail")).lower(): row for row in reader}


@pytest.fixture
async def stand(database_url, tmp_path):
    settings = Settings(data_dir=tmp_path / "data", database_url=database_url)
    settings.files.mkdir(parents=True)
    async with contextlib.AsyncExitStack() as stack:
        instep = await stack.enter_async_context(assemble(settings))
        yield Stand(instep, settings.files / "clients.csv")


def messy(count, seed=5):
    """A file as brokers have it: commas and quotes in companies, odd case, local phones, blanks."""
    chance = random.Random(seed)
    firms = ['"Benton, John B Jr"', "O'Neil & Sons", '"The ""Best"" Ltd"', "Ünlü GmbH", ""]
    rows = ["first_name,last_name,company_name,city,state,zip,phone1,phone2,email,web,Policy no"]
    for number in range(count):
        first = chance.choice(["JAMES", "art", "Lenna", "José", "Mary Ann"])
        phone = f"504-{chance.randint(200, 999)}-{number:04}" if number % 7 else ""
        rows.append(
            f"{first},Nr{number},{chance.choice(firms)},New Orleans,LA,{70_000 + number},{phone},,"
            f"{first[0]}.{number}@Example.com,,P-{number}"
        )
    return "\r\n".join(rows) + "\r\n"


async def test_many_messy_rows_go_in_once_and_stay_in_step(stand, typed):
    stand.path.write_text(messy(80))
    before = stand.path.read_bytes()
    await stand.connect(typed)
    await stand.sync(direction="to_b")
    counts = await stand.run()
    assert (counts["read_a"], counts["created_b"]) == (80, 80)
    assert stand.path.read_bytes() == before  # who only reads changes nothing
    people = await stand.people()
    assert len(people) == 83
    for email, row in stand.rows().items():
        values = people[email].values
        said = (row["first_name"], row["zip"], to_e164(row["phone1"], "US"))
        assert (values["first_name"], values["postal_code"], values["phone"]) == said
    again = await stand.run()
    assert again.get("created_b", 0) + again.get("updated_b", 0) == 0
    assert len(await stand.people()) == 83


async def test_edits_on_both_sides_travel_and_the_file_keeps_its_form(stand, typed):
    stand.path.write_text(
        'id;E-mail;Town;Tags;"Own; column"\r\n7;Ann@example.com;Ulm;vip;"a ""b"""\r\n', newline=""
    )
    await stand.connect(typed)
    await stand.sync()
    await stand.run()
    rows = stand.rows(";")
    assert len(rows) == 4  # the three of GoHighLevel came in
    assert rows["ann@example.com"]["id"] == "7"
    await stand.edit("ann@example.com", city="Köln")
    text = stand.path.read_bytes().decode().replace(";vip;", ";vip, fair;")
    with replacing(stand.path) as file:
        file.write(text.encode())
    await stand.run()
    first = stand.path.read_bytes().decode().splitlines(keepends=True)[1]
    assert first.startswith('7;Ann@example.com;Köln;vip, fair;"a ""b"""')
    assert first.endswith("\r\n")
    assert (await stand.people())["ann@example.com"].values["tags"] == ("fair", "vip")
    settled = stand.path.read_bytes()
    counts = await stand.run()
    assert counts.get("updated_a", 0) + counts.get("updated_b", 0) == 0
    assert stand.path.read_bytes() == settled


async def test_a_file_that_is_not_there_yet_is_made_with_everybody_in_it(stand, typed):
    await stand.connect(typed, begins="yes")
    await stand.sync(direction="to_a")
    await stand.run()
    assert stand.rows().keys() == (await stand.people()).keys()


async def test_a_person_whose_e_mail_changes_in_a_file_of_theirs_stays_one_person(stand, typed):
    stand.path.write_text("E-mail,Town\nann@example.com,Ulm\n")
    await stand.connect(typed)
    await stand.sync()
    await stand.run()
    stand.path.write_text(stand.path.read_text().replace("\nann@example.com", "\nnew@example.com"))
    counts = await stand.run()
    assert (counts["updated_b"], counts.get("created_b", 0)) == (1, 0)
    people = await stand.people()
    assert "new@example.com" in people
    assert "ann@example.com" not in people


async def test_rows_that_vanish_are_deleted_where_somebody_wants_that(stand, typed):
    stand.path.write_text("id,E-mail\n1,ann@example.com\n2,bob@example.com\n")
    await stand.connect(typed)
    await stand.sync(direction="to_b", deletes={"b": "delete"})
    await stand.run()
    stand.path.write_text("id,E-mail\n2,bob@example.com\n")
    await stand.run()
    assert "ann@example.com" in await stand.people()  # a poll does not tell
    await stand.instep.syncs.read_everything_again("people")
    await stand.run()
    people = await stand.people()
    assert "ann@example.com" not in people
    assert "bob@example.com" in people


async def test_a_broken_file_stops_the_sync_with_its_line_and_loses_nobody(stand, typed):
    stand.path.write_text("id,E-mail,Town\n1,ann@example.com,Ulm\n")
    await stand.connect(typed)
    await stand.sync()
    await stand.run()
    stand.path.write_text(stand.path.read_text() + "2,b@example.com\n")
    with pytest.raises(AssertionError, match="clients.csv has lines that are no rows: line 6: "):
        await stand.run()
    assert len(await stand.people()) == 4


@pytest.mark.parametrize("name", ["../outside.csv", "/etc/passwd", "", ".", "a\0b", "link.csv"])
async def test_a_file_outside_its_folder_is_refused(stand, typed, name, tmp_path):
    (tmp_path / "outside.csv").write_text("id\n1\n")
    (stand.path.parent / "link.csv").symlink_to(tmp_path / "outside.csv")
    with pytest.raises(UserError):
        await stand.connect(typed, path=name)
    assert [each.name for each in await stand.instep.connections.list()] == ["ghl"]


async def test_whole_paths_are_for_those_who_allow_them(stand, typed, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("id,E-mail\n1,a@example.com\n")
    with pytest.raises(UserError, match="INSTEP_ALLOW_ANY_FILE=true"):
        await stand.connect(typed, path=str(outside))
    stand.instep.settings.allow_any_file = True
    typed_here = Typed("csv", "file", country="US", settings={"path": str(outside)})
    assert (await stand.instep.connections.connect(typed_here)).account_id == str(outside)


async def test_a_folder_can_change_its_file_under_a_connection(stand, typed):
    stand.path.write_text("id,E-mail\n1,ann@example.com\n")
    await stand.connect(typed)
    changed = await stand.instep.connections.change(
        Typed("csv", "file", settings={"largest_rows": "10"})
    )
    assert (changed.config["largest_rows"], changed.config["path"]) == ("10", str(stand.path))
