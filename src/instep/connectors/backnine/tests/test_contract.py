from __future__ import annotations

import os
from contextlib import closing

import pytest

from instep.connectors.backnine import connector as backnine
from instep.connectors.backnine.emulator import BackNineApp
from instep.core.errors import RecordRejected, UserError
from instep.sandbox import Sandbox, invent
from instep.sdk.auth import Credential
from instep.sdk.clock import SystemClock
from instep.sdk.kept import Answering
from instep.sdk.resource import Account
from instep.sdk.testing import ConnectorContract
from instep.sdk.testing.moves import ids_of, walk
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.keeper import StoredKeeper
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.sandbox.switches import Switches

ANN = {"id": 42, "name": "Ann Lee", "email": "ann@example.com"}


class OnEmulator(ConnectorContract):
    """The contract's promises of reading: nothing can be written, so that the rest has no meaning."""

    page_size = 100  # of what is kept; BackNine's own pages come before
    unknown_id = "4711"
    can_write = False
    only_reads = True
    can_find = False
    can_skew = False
    tells_changes = False  # tried below without a create

    @pytest.fixture
    def app(self):
        app = BackNineApp()
        app.load(invent(3))
        app.save_application({"id": 7, "follow_up_at": "2030-01-07", "insured": ANN})
        return app

    @pytest.fixture
    async def url(self, app):
        async with Sandbox([app]) as sandbox:
            yield sandbox.url("backnine")

    @pytest.fixture
    async def kept(self, sqlite_url):
        with closing(Database(sqlite_url)) as database:
            stored = Connections(database, Vault(os.urandom(32)), DEFAULT_WORKSPACE)
            new = NewConnection("backnine", "backnine", "api_key", "backnine", "US", {})
            connection = await stored.create(new, Credential("api_key", {"api_key": "any"}))
            keeper = StoredKeeper(database, connection, backnine.resources, SystemClock())
            yield Answering(keeper, backnine.resources)

    @pytest.fixture
    def connector(self):
        return backnine

    @pytest.fixture
    def account(self, url):
        return Account("backnine", "US", {"base_url": url})

    @pytest.fixture
    def credential(self, app):
        return Credential("api_key", {"api_key": app.api_key})

    @pytest.fixture
    def faults(self, app):
        return Switches(app)

    @pytest.fixture
    def listed(self, client, account):
        """Have the list of applications read, as a poll of contacts does."""

        async def listed():
            return await walk(client, backnine.resource("contact")(account))

        return listed

    @pytest.fixture
    def fill(self, app, listed):
        async def fill(count):
            app.load(invent(count))
            await listed()

        return fill

    async def test_changes_are_what_was_told_after_a_time(self, app, client, resource, fill):
        await fill(1)
        early, late = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"

        everybody = ids_of(await walk(client, resource, resource.changes(early)))

        assert everybody == ids_of(await walk(client, resource)) != set()
        assert ids_of(await walk(client, resource, resource.changes(late))) == set()


class TestContacts(OnEmulator):
    async def test_a_read_survives_a_server_error_and_too_many_calls(
        self, client, resource, faults
    ):
        faults.fail(1)
        assert len(ids_of(await walk(client, resource))) == 4
        faults.rate_limit(2)
        assert len(ids_of(await walk(client, resource))) == 4
        assert client.calls.retries == 3

    async def test_somebody_is_found_by_phone_however_it_is_written(self, client, resource, app):
        app.save_application({"insured": {"id": 43, "phone_mobile": "(415) 555-0123"}})
        await walk(client, resource)

        found = resource.records(await client.send(resource.find("phone", "+14155550123")))
        assert [each.id for each in found] == ["43"]

    async def test_a_refusal_repeats_nothing_of_the_answer(
        self, client, resource, app, monkeypatch
    ):
        def with_secret(fault, request):
            reply = BackNineApp.refuse(app, fault, request)
            reply.body = b'{"error": "123-45-6789 of Ann Lee"}'
            reply.headers["content-length"] = str(len(reply.body))
            reply.status_code = 422
            return reply

        monkeypatch.setattr(app, "refuse", with_secret)
        app.faults.switch_on("server_error=count:1")
        with pytest.raises(RecordRejected, match="BackNine answered 422") as caught:
            await client.send(resource.list())
        assert "123" not in str(caught.value)

    async def test_a_wrong_address_says_so(self, client, account, connector):
        elsewhere = backnine.resource("contact")(account).list()
        with pytest.raises(UserError, match="Check the base_url"):
            await client.send(type(elsewhere)("GET", "/elsewhere"))


class OfContact(OnEmulator):
    """Kept with the contacts: told by the same list."""

    @pytest.fixture(autouse=True)
    async def _told(self, listed):
        await listed()

    async def test_a_parent_has_its_own_and_no_others(self, client, resource, listed):
        parents = ids_of(await listed())
        below = {each: ids_of(await walk(client, resource.under(each))) for each in parents}

        everything = [number for numbers in below.values() for number in numbers]
        assert sorted(everything) == sorted(ids_of(await walk(client, resource)))
        assert len({*everything}) == len(everything) > 0


class TestNotes(OfContact):
    canonical = "note"


class TestTasks(OfContact):
    canonical = "task"

    @pytest.fixture
    def fill(self, app, listed):
        async def fill(count):
            for person in invent(count):
                insured = {"name": person.first_name, "email": person.email}
                app.save_application({"insured": insured, "follow_up_at": "2030-01-07"})
            await listed()

        return fill
