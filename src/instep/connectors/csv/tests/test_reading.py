"""What the engine sees of a file: pages, changes, custom fields, refusals."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors import csv
from instep.connectors.csv.transport import open_transport
from instep.core.errors import RecordRejected, UserError
from instep.core.records import Write
from instep.sdk.auth import Credential
from instep.sdk.client import Client
from instep.sdk.clock import SystemClock
from instep.sdk.resource import Account
from instep.sdk.testing.fakes import FixedTokens, FreeLimiter
from instep.sdk.testing.moves import find, get, ids_of, iso, update, walk, with_custom_fields

DEFAULTS = {each.name: each.default for each in csv.connector.settings if each.default}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "people.csv"
    rows = "".join(f"{n},Person {n},p{n}@x.org,P-{n}\n" for n in range(1201))
    path.write_text(f"id,Name,E-mail,Policy number\n{rows}")
    return path


def account_of(path, **settings):
    return Account(str(path), "US", {**DEFAULTS, "path": str(path), **settings})


@pytest.fixture
async def client(path):
    account = account_of(path)
    client = Client(
        connector=csv.connector,
        account=account,
        tokens=FixedTokens(Credential("file", {})),
        limiter=FreeLimiter(),
        clock=SystemClock(),
    )
    yield client
    await client.close()


@pytest.fixture
def contacts(path):
    return csv.connector.resource("contact")(account_of(path))


async def test_rows_come_in_pages_in_the_order_of_the_file(client, contacts):
    pages = await walk(client, contacts)
    assert [len(page) for page in pages] == [500, 500, 201]
    assert [each.id for page in pages for each in page] == [str(n) for n in range(1201)]


async def test_a_file_that_did_not_change_since_lists_nothing(client, contacts):
    later = iso(datetime.now(UTC) + timedelta(seconds=5))
    assert ids_of(await walk(client, contacts, contacts.changes(later))) == set()
    assert client.calls.total == 1
    earlier = iso(datetime.now(UTC) - timedelta(hours=1))
    assert len(ids_of(await walk(client, contacts, contacts.changes(earlier)))) == 1201


async def test_reading_goes_on_where_its_row_is_now(client, contacts, path):
    first = contacts.list()
    reply = await client.send(first)
    head, *rows = path.read_text().splitlines(keepends=True)
    path.write_text(head + "".join(rows[100:]))
    rest = await walk(client, contacts, contacts.next(first, reply))
    assert ids_of([contacts.records(reply)]) | ids_of(rest) == {str(n) for n in range(1201)}


async def test_reading_begins_anew_where_its_row_is_gone(client, contacts, path):
    first = contacts.list()
    reply = await client.send(first)
    head, *rows = path.read_text().splitlines(keepends=True)
    path.write_text(head + "".join(rows[:499] + rows[500:]))
    rest = await walk(client, contacts, contacts.next(first, reply))
    assert ids_of(rest) == {str(n) for n in range(1201)} - {"499"}


async def test_other_columns_are_fields_by_their_own_names(client, contacts):
    own = await with_custom_fields(client, contacts)
    assert [field.name for field in own.fields if field.custom] == ["custom.Policy number"]
    before = await get(client, own, "7")
    assert before.values["custom.Policy number"] == "P-7"
    await update(client, own, before, Write(set={"custom.Policy number": "P-8"}))
    assert (await get(client, own, "7")).values["custom.Policy number"] == "P-8"


async def test_people_are_found_by_e_mail_in_any_letters(client, contacts):
    assert [each.id for each in await find(client, contacts, "email", "P7@X.ORG")] == ["7"]
    await update(
        client, contacts, await get(client, contacts, "7"), Write(set={"email": "n@x.org"})
    )
    assert [each.id for each in await find(client, contacts, "email", "n@x.org")] == ["7"]
    assert await find(client, contacts, "email", "p7@x.org") == []


async def test_a_field_without_a_column_is_not_told(client, contacts):
    record = await get(client, contacts, "7")
    assert {"first_name", "last_name", "email"} == set(record.values)


async def test_what_a_file_cannot_hold_is_refused_for_that_record_alone(client, contacts):
    record = await get(client, contacts, "7")
    with pytest.raises(RecordRejected, match="'a,b'"):
        await update(client, contacts, record, Write(add={"tags": ("a,b",)}))
    await update(client, contacts, record, Write(add={"tags": ("ab",)}))


async def test_a_file_of_another_kind_is_refused(path):
    transport = open_transport(account_of(path).config)
    tasks = csv.connector.resource("task")(account_of(path))
    with pytest.raises(UserError, match="holds each contact, and no task. Connect the file of tas"):
        await transport.send(tasks.list(), {})


async def test_a_file_that_is_not_there_cannot_be_connected(tmp_path):
    account = account_of(tmp_path / "none.csv")
    with pytest.raises(UserError, match="There is no file .*none.csv. Put it there, or say begins"):
        await open_transport(account.config).send(csv.connector.verify(account), {})


async def test_whatever_goes_wrong_in_writing_everybody_who_waits_hears_of_it(path, monkeypatch):
    account = account_of(path)
    transport = open_transport(account.config)
    contacts = csv.connector.resource("contact")(account)

    def broken(_self):
        raise MemoryError

    monkeypatch.setattr("instep.connectors.csv.table.Table.dump", broken)
    requests = [contacts.create({"email": f"new{number}@x.org"}) for number in range(3)]
    results = await asyncio.gather(
        *(transport.send(each, {}) for each in requests), return_exceptions=True
    )
    assert [type(each) for each in results] == [MemoryError] * 3


async def test_columns_have_the_types_that_the_connection_says(path):
    account = account_of(path, types="Policy number=number")
    transport = open_transport(account.config)
    contacts = csv.connector.resource("contact")(account)
    reply = await transport.send(contacts.ask_custom_fields(), {})
    (field,) = contacts.custom_fields(reply)
    assert (field.name, field.type) == ("custom.Policy number", "number")


@pytest.mark.parametrize("types", ["Policy number", "Policy number=money", "=date"])
def test_a_type_that_there_is_not_is_refused(path, types):
    with pytest.raises(UserError, match="types takes HEADER=TYPE, with a type of text, "):
        open_transport(account_of(path, types=types).config)
