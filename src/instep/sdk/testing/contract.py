"""The promises a connector makes to the engine, one test each."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and asserting is what it does

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from instep.core.errors import (
    ConnectionBroken,
    Duplicate,
    Gone,
    OutcomeUnknown,
    RecordRejected,
    UserError,
    VersionStale,
)
from instep.core.records import FieldType, Identity, Value, Values, Write
from instep.sdk.auth import Credential
from instep.sdk.client import Client
from instep.sdk.connector import Connector
from instep.sdk.limits import Purpose
from instep.sdk.resource import Account, Resource
from instep.sdk.testing.ground import Faults, Ground, needs
from instep.sdk.testing.moves import (
    alike,
    create,
    custom_sample,
    find,
    get,
    ids_of,
    iso,
    joining,
    moment_of,
    said,
    update,
    walk,
    with_custom_fields,
    written_down,
)

_ALONE = (Identity.STRONG, Identity.WEAK)
"""What recognises a record by itself, not only among its siblings."""

SENTINEL = "5e471ne1-never-to-be-seen"


class ConnectorContract(Ground):
    """What the engine relies on. The emulator behind it proves our code, not the vendor."""

    @property
    def _change(self) -> dict[str, Value]:
        return dict([self.changeable])

    # Reaching it

    async def test_it_proves_credential_and_account(
        self, client: Client, connector: Connector, account: Account
    ) -> None:
        request = connector.verify(account)
        assert request.safe_to_repeat
        assert (await client.send(request, Purpose.PERSON)).ok

    @needs("has_credential")
    async def test_it_calls_a_wrong_credential_broken_and_does_not_repeat_it(
        self,
        reach: Callable[[Credential], Client],
        connector: Connector,
        account: Account,
        credential: Credential,
    ) -> None:
        wrong = Credential(credential.kind, dict.fromkeys(credential.secrets, SENTINEL))
        with pytest.raises(ConnectionBroken) as caught:
            await reach(wrong).send(connector.verify(account))
        assert SENTINEL not in f"{caught.value!s} {caught.value!r}"

    # Writing and reading back

    @needs("can_write")
    async def test_it_reads_back_what_it_created(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        created = resource.created(await client.send(resource.create(writable), Purpose.WRITE))
        read = await get(client, resource, created.id)
        assert read.id == created.id
        assert alike(resource, read.values, writable) == alike(resource, writable, writable)

    @needs("can_write")
    async def test_what_it_says_of_a_new_record_is_what_it_keeps(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        created = resource.created(await client.send(resource.create(writable), Purpose.WRITE))
        read = await get(client, resource, created.id)
        told = [name for name in writable if name in created.values]
        assert alike(resource, created.values, told) == alike(resource, read.values, told)

    @needs("can_write")
    async def test_an_update_touches_only_what_it_names(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        before = await create(client, resource, writable)
        said = await update(client, resource, before, Write(set=self._change))
        after = await get(client, resource, before.id)
        expected = {**before.values, **self._change}
        assert alike(resource, after.values, writable) == alike(resource, expected, writable)
        assert alike(resource, said, said) == alike(resource, after.values, said)

    @needs("can_write")
    async def test_an_update_can_empty_a_field(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        record = await create(client, resource, writable)
        await update(client, resource, record, Write(set={self.clearable: None}))
        after = await get(client, resource, record.id)
        assert alike(resource, after.values, [self.clearable]) == {self.clearable: None}

    @needs("can_write")
    async def test_words_travel_as_differences(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        for field in resource.fields:
            if field.type is not FieldType.WORDS or field.readonly:
                continue
            record = await create(client, resource, {**writable, field.name: ("alpha", "beta")})
            write = Write(add={field.name: ("gamma",)}, remove={field.name: ("alpha",)})
            if field.whole:
                write = Write(set={field.name: ("beta", "gamma")})
            await update(client, resource, record, write)
            after = await get(client, resource, record.id)
            assert after.values[field.name] == ("beta", "gamma")

    @needs("can_write", "has_required")
    async def test_what_is_required_is_enough_to_create_a_record(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        assert resource.required
        assert {each.field for each in resource.required} <= writable.keys()
        least = {each.field: said(each.default, writable[each.field]) for each in resource.required}
        if resource.parent is not None and resource.parent.field in writable:
            least[resource.parent.field] = writable[resource.parent.field]
        read = await create(client, resource, least)
        assert alike(resource, read.values, least) == alike(resource, least, least)
        assert all(each.why.endswith(".") for each in resource.required)

    @needs("can_write", "can_archive")
    async def test_an_archived_record_is_still_there_and_says_so(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        away = resource.archived
        record = await create(client, resource, writable)
        assert away
        assert alike(resource, record.values, away) != alike(resource, away, away)
        await update(client, resource, record, Write(set=away))
        after = await get(client, resource, record.id)
        assert alike(resource, after.values, away) == alike(resource, away, away)

    @needs("can_write", "has_custom_fields")
    async def test_custom_fields_go_by_their_names_and_hold_what_was_written(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        own = await with_custom_fields(client, resource)
        fields = [field for field in own.fields if field.custom]
        assert len({field.name for field in fields}) == len({field.path for field in fields})
        assert {field.name[:7] for field in fields} == {"custom."}
        values = {field.name: custom_sample(field) for field in fields if not field.readonly}
        record = await create(client, own, {**writable, **values})
        assert alike(own, record.values, values) == alike(own, values, values)
        listed = {each.id: each for page in await walk(client, own) for each in page}
        assert alike(own, listed[record.id].values, values) == alike(own, values, values)

    @needs("can_write", "has_custom_fields")
    async def test_custom_fields_are_changed_and_emptied_one_by_one(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        own = await with_custom_fields(client, resource)
        values = {
            field.name: custom_sample(field)
            for field in own.fields
            if field.custom and not field.readonly and field.type is not FieldType.BOOLEAN
        }
        record = await create(client, own, writable)
        for name, value in values.items():
            said = await update(client, own, record, Write(set={name: value}))
            record = await get(client, own, record.id)
            assert alike(own, said, [name]) == alike(own, record.values, [name])
        assert alike(own, record.values, values) == alike(own, values, values)
        assert alike(own, record.values, writable) == alike(own, writable, writable)
        emptied = next(iter(values))
        await update(client, own, record, Write(set={emptied: None}))
        after = await get(client, own, record.id)
        assert alike(own, after.values, values) == {**alike(own, values, values), emptied: None}
        await update(client, own, after, Write(set=dict.fromkeys(values)))
        bare = await get(client, own, record.id)
        assert alike(own, bare.values, values) == dict.fromkeys(values)

    async def test_an_unknown_id_is_gone(self, client: Client, resource: Resource) -> None:
        with pytest.raises(Gone):
            await client.send(resource.get(self.unknown_id))
        if not self.can_write:
            return
        [request, *_] = resource.update(self.unknown_id, Write(set=self._change), None)
        with pytest.raises(Gone):
            await client.send(request, Purpose.WRITE)

    @needs("can_find")
    async def test_it_finds_a_record_by_its_keys(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        record = await create(client, resource, writable)
        keys = [field.name for field in resource.fields if field.identity in _ALONE]
        found = {
            key: [each.id for each in await find(client, resource, key, str(writable[key]))]
            for key in keys
            if resource.find(key, str(writable[key])) is not None
        }
        assert found
        assert all(record.id in ids for ids in found.values()), found

    @needs("can_find")
    async def test_it_finds_nothing_where_there_is_nothing(
        self, client: Client, resource: Resource
    ) -> None:
        for field in resource.fields:
            if field.identity in _ALONE and resource.find(field.name, "") is not None:
                nobody = str(self.sample(77_777)[field.name])
                assert await find(client, resource, field.name, nobody) == []

    @needs("refuses_duplicates")
    async def test_a_duplicate_is_refused_with_the_id_of_the_first(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        first = await create(client, resource, writable)
        with pytest.raises(Duplicate) as caught:
            await client.send(resource.create(writable), Purpose.WRITE)
        assert caught.value.existing_id == first.id

    @needs("has_versions")
    async def test_a_stale_version_is_refused(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        record = await create(client, resource, writable)
        await update(client, resource, record, Write(set=self._change))
        with pytest.raises(VersionStale):
            await update(client, resource, record, Write(set={self.changeable[0]: "Carol"}))
        name, value = self.changeable
        assert (await get(client, resource, record.id)).values[name] == value

    @needs("can_write")
    def test_readonly_fields_are_never_sent(self, resource: Resource, writable: Values) -> None:
        readonly = [field for field in resource.fields if field.readonly]
        everything = {**writable, **{field.name: self.sample(1)[field.name] for field in readonly}}
        requests = [resource.create(everything)]
        requests += resource.update(self.unknown_id, Write(set=everything), None)
        sent = {key for request in requests for key in request.json or {}}
        assert not sent & {field.path for field in readonly}

    @needs("can_delete")
    async def test_a_deleted_record_is_gone(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        record = await create(client, resource, writable)
        request = resource.delete(record.id)
        assert request is not None
        assert (await client.send(request, Purpose.WRITE)).ok
        with pytest.raises(Gone):
            await get(client, resource, record.id)
        with pytest.raises(Gone):
            await client.send(request, Purpose.WRITE)

    @needs("only_reads")
    def test_what_is_only_read_says_so_when_it_is_to_be_written(self, resource: Resource) -> None:
        assert resource.readonly
        assert all(field.readonly for field in resource.fields)
        assert resource.delete(self.unknown_id) is None
        for write in (
            lambda: resource.create({}),
            lambda: resource.update(self.unknown_id, Write(), None),
        ):
            with pytest.raises(UserError, match="only be read"):
                write()

    # Listing

    @needs("can_write")
    async def test_a_list_holds_what_was_created(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        record = await create(client, resource, writable)
        listed = {each.id: each for page in await walk(client, resource) for each in page}
        told = [name for name in writable if name in listed[record.id].values]
        assert alike(resource, listed[record.id].values, told) == alike(resource, writable, told)

    @needs("only_reads")
    async def test_what_is_listed_can_be_got_and_is_the_same(
        self, client: Client, resource: Resource
    ) -> None:
        listed = [record for page in await walk(client, resource) for record in page]
        assert listed, "the emulator has none to read"
        for record in listed:
            read = await get(client, resource, record.id)
            assert alike(resource, read.values, record.values) == alike(
                resource, record.values, record.values
            )

    @needs("has_parents")
    async def test_a_child_is_listed_below_its_own_parent_only(
        self, client: Client, resource: Resource, writable: Values, other_parent_id: str
    ) -> None:
        record = await create(client, resource, writable)
        assert resource.parent is not None
        assert record.values[resource.parent.field] == resource.parent_id
        assert record.id in ids_of(await walk(client, resource))
        assert ids_of(await walk(client, resource.under(other_parent_id))) == set()

    @needs("has_parents")
    async def test_without_a_parent_a_list_is_whole_or_refused(
        self,
        client: Client,
        connector: Connector,
        account: Account,
        resource: Resource,
        writable: Values,
    ) -> None:
        record = await create(client, resource, writable)
        assert resource.parent is not None
        alone = connector.resource(self.canonical)(account)
        if resource.parent.listed_together:
            assert record.id in ids_of(await walk(client, alone))
        else:
            with pytest.raises(RecordRejected):
                alone.list()

    @needs("has_pages")
    async def test_it_lists_every_record_once_over_several_pages(
        self, client: Client, resource: Resource, fill: Callable[[int], Awaitable[None]]
    ) -> None:
        before = {record.id for page in await walk(client, resource) for record in page}
        await fill(2 * self.page_size + 1)
        pages = await walk(client, resource)
        ids = [record.id for page in pages for record in page]
        assert len(pages) > 2  # noqa: PLR2004 - more than two pages is what the name says
        assert len({*ids} - before) == 2 * self.page_size + 1
        assert len(ids) - len({*ids}) < len(pages), "pages may share their border, not more"

    @needs("has_pages")
    async def test_reading_goes_on_from_a_page_token_that_was_written_down(
        self,
        reach: Callable[[Credential], Client],
        credential: Credential,
        resource: Resource,
        fill: Callable[[int], Awaitable[None]],
    ) -> None:
        await fill(self.page_size + 1)
        request = resource.list()
        reply = await reach(credential).send(request)
        begun = {record.id for record in resource.records(reply)}
        token = resource.next(request, reply)
        assert token is not None
        rest = await walk(reach(credential), resource, token)
        whole = await walk(reach(credential), resource)
        assert begun | ids_of(rest) == ids_of(whole)

    @needs("tells_changes")
    async def test_it_tells_what_changed_after_a_time_and_nothing_before(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        record = await create(client, resource, writable)
        changed = moment_of(record)
        shortly_before, much_later = changed - timedelta(seconds=2), changed + timedelta(hours=1)
        recent = await walk(client, resource, resource.changes(iso(shortly_before)))
        assert record.id in ids_of(recent)
        assert ids_of(await walk(client, resource, resource.changes(iso(much_later)))) == set()

    @needs("tells_changes")
    async def test_an_update_is_a_change(
        self, client: Client, resource: Resource, writable: Values
    ) -> None:
        record = await create(client, resource, writable)
        await update(client, resource, record, Write(set=self._change))
        since = iso(moment_of(await get(client, resource, record.id)) - timedelta(seconds=2))
        recent = await walk(client, resource, resource.changes(since))
        told = {each.id: each.values for page in recent for each in page}
        name, value = self.changeable
        assert str(told[record.id].get(name, value)).lower() == str(value).lower()

    @needs("can_skew", "tells_changes")
    @pytest.mark.parametrize("seconds", [-300.0, 300.0])
    async def test_a_clock_that_is_off_hides_no_change(
        self,
        client: Client,
        resource: Resource,
        faults: Faults,
        writable: Values,
        seconds: float,
    ) -> None:
        faults.skew(seconds)
        record = await create(client, resource, writable)
        since = iso(moment_of(record) - timedelta(seconds=2))
        assert record.id in ids_of(await walk(client, resource, resource.changes(since)))

    @needs("can_write")
    def test_requests_are_data(self, resource: Resource, writable: Values) -> None:
        requests = [
            resource.list(),
            resource.changes("2026-01-01T00:00:00Z"),
            resource.get(self.unknown_id),
            resource.create(writable),
            *resource.update(self.unknown_id, Write(set=writable), "1"),
        ]
        assert [written_down(request) for request in requests] == requests

    # When things go wrong

    @needs("can_write", "travels")
    async def test_calls_that_come_too_fast_heal_by_themselves(
        self, client: Client, resource: Resource, faults: Faults, writable: Values
    ) -> None:
        faults.rate_limit(2)
        record = await create(client, resource, writable)
        faults.rate_limit(1)
        assert (await get(client, resource, record.id)).id == record.id
        assert client.calls.retries == 3  # noqa: PLR2004 - two for the write, one for the read

    @needs("can_write", "travels")
    async def test_a_read_survives_a_server_error(
        self, client: Client, resource: Resource, faults: Faults, writable: Values
    ) -> None:
        record = await create(client, resource, writable)
        faults.fail(1)
        assert (await get(client, resource, record.id)).id == record.id

    @needs("can_write", "travels")
    async def test_a_create_that_met_a_server_error_is_not_sent_again(
        self, client: Client, resource: Resource, faults: Faults, writable: Values
    ) -> None:
        faults.fail(1)
        with pytest.raises(OutcomeUnknown):
            await client.send(resource.create(writable), Purpose.WRITE)
        assert client.calls.total == 1

    @needs("can_find", "travels")
    async def test_a_create_whose_answer_got_lost_is_unknown_and_can_be_found(
        self, client: Client, resource: Resource, faults: Faults, writable: Values
    ) -> None:
        faults.drop_reply()
        with pytest.raises(OutcomeUnknown):
            await client.send(resource.create(writable), Purpose.WRITE)
        assert client.calls.total == 1
        key = next(field.name for field in resource.fields if field.identity in _ALONE)
        [found] = await find(client, resource, key, str(writable[key]))
        read = await get(client, resource, found.id)
        assert alike(resource, read.values, writable) == alike(resource, writable, writable)

    @needs("has_rule", "travels")
    async def test_a_create_whose_answer_got_lost_is_recognised_by_its_content(
        self, client: Client, resource: Resource, faults: Faults, writable: Values
    ) -> None:
        other = await create(client, resource, self.filled(resource, 2))
        before = client.calls.total
        faults.drop_reply()
        sent_at = datetime.now(UTC)
        with pytest.raises(OutcomeUnknown):
            await client.send(resource.create(writable), Purpose.WRITE)
        assert client.calls.total == before + 1
        # what joins its parent by a call of its own is not below it yet
        joins_later = bool(joining(resource, other.id))
        where = type(resource)(resource.account) if joins_later else resource
        listed = [record for page in await walk(client, where) for record in page]
        [found] = [each for each in listed if resource.recognises(writable, each, sent_at)]
        assert found.id != other.id
