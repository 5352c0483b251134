"""What became of a call of GoHighLevel whose answer was lost, before anything is repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from instep.catalogue import Operation, get
from instep.catalogue.descriptions import usual_view
from instep.catalogue.paging import list_in, next_arguments, with_size
from instep.core.errors import (
    AccountDenied,
    Gone,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    ScopeMissing,
    UserError,
)
from instep.core.normalise import normalise
from instep.core.records import Field, FieldType
from instep.engine.flows.actions.calling import Arrived, Call
from instep.engine.flows.actions.finds import Finds, unknown
from instep.engine.flows.actions.look_up_table import (
    CONTACT_NAMES,
    DOUBTFUL,
    HARMLESS,
    INDEX_SECONDS,
    LOOK_UPS,
    Inputs,
    LookUp,
)
from instep.engine.operation_services import Line, Prepared, call_once, prepare
from instep.sdk.limits import Purpose

_PAGES = 10
"""How many pages are looked through for one record."""

_PHONE = Field("phone", "phone", FieldType.PHONE)
_CLOCKS_DIFFER = timedelta(minutes=10)
"""How far before the first attempt a record may seem to have been made: clocks differ."""

_SETTERS = frozenset({"PUT", "PATCH"})


class OperationLookUps:
    """Finds out about calls of the catalogue; one per process, as it knows whose a record is."""

    def __init__(self, finds: Finds) -> None:
        self._finds = finds

    def remember(self, call: Call, body: Any) -> None:
        """Take note of what a call made, so that no other call takes it for its own."""
        if call.operation in LOOK_UPS or call.operation == _CONTACT:
            operation = get(call.operation)
            self._finds.claim(call, _id_of(_record_in(operation, body)))

    async def find_out(self, line: Line, made: Prepared, call: Call) -> Arrived | None:
        """Return what became of a call; None if doing it again does no harm.

        Raises OutcomeUnknown, RetryLater, and what the app answers to the looking.
        """
        operation = made.operation
        if _is_harmless(made):
            return None
        if made.address.method == "DELETE":
            return await _once_more(line, made)
        if operation.id == _CONTACT:
            return await self._contact(line, made, call)
        row = LOOK_UPS.get(operation.id)
        if row is None or not any(made.arguments.get(name) for name in row.telling):
            raise unknown(call, "GoHighLevel cannot be asked about it")
        self._finds.wait(call, row.settle_seconds)
        asked = {**line.defaults, **made.arguments}
        return await self._listed(line, operation, row, asked, call)

    async def _contact(self, line: Line, made: Prepared, call: Call) -> Arrived | None:
        """Ask who has the e-mail address or the number. facts: ghl 6.4, 7 no. 14."""
        given = made.arguments
        number = normalise(given.get("phone"), _PHONE, line.account.country)
        keys = {"email": given.get("email"), "number": number}
        if not any(keys.values()):
            raise unknown(call, "a contact without e-mail address and phone cannot be looked up")
        self._finds.wait(call, INDEX_SECONDS)
        asked = {name: each for name, each in keys.items() if each}
        found = _record_in(get(_TWIN), await _read(line, get(_TWIN), asked))
        if not isinstance(found, Mapping) or "id" not in found:
            return None
        # by id: what the search knows of it may be old
        body = await _read(line, get("contacts.get"), {"contactId": found["id"]})
        record = _record_in(get("contacts.get"), body)
        if not _made_since(record, "dateAdded", call):
            # it was there before the call, so a second one was refused, where that is done
            if await _takes_doubles(line):
                raise unknown(call, "this location takes a second contact with the same address")
            return None
        if not all(
            _is_same(given[each.name], record.get(each.path), each)
            for each in CONTACT_NAMES
            if given.get(each.name)
        ):
            raise unknown(call, "who has its e-mail address or phone is not as it was written")
        if not self._finds.claim(call, found["id"]):
            raise unknown(call, "another step has made the one contact that could be it")
        return Arrived({"contact": record})

    async def _listed(
        self, line: Line, operation: Operation, row: LookUp, given: Inputs, call: Call
    ) -> Arrived | None:
        lists, others = get(row.lists), False
        asked: dict[str, Any] | None = with_size(lists, _asks(row, given, call), None)
        for _ in range(_PAGES):
            body = await _read(line, lists, asked or {})
            items = list_in(lists, body)
            if items is None:
                raise unknown(call, f"{lists.id} answered without a list")
            for item in items:
                if _is_it(row, given, item, call) and self._finds.claim(call, _id_of(item)):
                    return Arrived(_answer(operation, row, item))
                others = others or self._may_be(row, item, call)
            asked = next_arguments(lists, asked or {}, body)
            if asked is None and others:
                raise unknown(call, "what is new there reads otherwise than it was written")
            if asked is None:
                return None
        raise unknown(call, f"{lists.id} lists more than can be looked through")

    def _may_be(self, row: LookUp, item: Any, call: Call) -> bool:
        """Whether a record that reads otherwise may be the one all the same."""
        inbound = isinstance(item, Mapping) and item.get("direction") == "inbound"
        if not row.is_rewritten or row.made is None or inbound:
            return False
        return _made_since(item, row.made, call) and self._finds.is_free(call, _id_of(item))


async def _takes_doubles(line: Line) -> bool:
    """Whether the location takes two contacts with one key, or does not let us ask."""
    try:
        body = await _read(line, get("locations.get"), {"locationId": line.account.id})
    except (ScopeMissing, AccountDenied, Gone, RecordRejected, UserError):
        return True
    location = _record_in(get("locations.get"), body)
    settings = location.get("settings") if isinstance(location, Mapping) else None
    # facts: ghl 6.4
    told = settings.get("allowDuplicateContact") if isinstance(settings, Mapping) else None
    return told is not False


_CONTACT = "contacts.create"
_TWIN = "contacts.find_duplicate"


def _asks(row: LookUp, given: Inputs, call: Call) -> Inputs:
    """Return what the list is asked with. Raises OutcomeUnknown where that cannot be made out."""
    try:
        return row.asks(given)
    except (LookupError, TypeError, ValueError):
        raise unknown(call, "what it was given does not say where to look") from None


def _answer(operation: Operation, row: LookUp, item: Mapping[str, Any]) -> Any:
    if row.answer is not None:
        return row.answer(item)
    return {operation.record: item} if operation.record else item


def _is_harmless(made: Prepared) -> bool:
    """Whether a call may be repeated: it reads, or it sets what the first one set."""
    operation, method = made.operation, made.address.method
    if operation.effect == "read" or operation.id in HARMLESS:
        return True
    if operation.id == "contacts.upsert":
        # facts: ghl 6.4: it finds by these, unless it is told not to look
        given = made.arguments
        told = given.get("email") or given.get("phone")
        return bool(told) and not given.get("createNewIfDuplicateAllowed")
    if operation.id == "opportunities.upsert":
        return bool(made.arguments.get("id"))
    return method in _SETTERS and operation.id not in DOUBTFUL


async def _once_more(line: Line, made: Prepared) -> Arrived:
    """Delete once more, which is harmless: what is gone counts as deleted."""
    try:
        body = await call_once(line, made, Purpose.WRITE)
    except Gone:
        body = None
    except OutcomeUnknown as error:
        raise RetryLater(str(error), error.at) from error
    return Arrived({} if body is None else body)


async def _read(line: Line, operation: Operation, arguments: Inputs) -> Any:
    asked = prepare(operation, usual_view(operation), arguments, line.defaults)
    return await call_once(line, asked, Purpose.READ)


def _record_in(operation: Operation, body: Any) -> Any:
    if isinstance(body, Mapping) and operation.record is not None:
        return body.get(operation.record)
    return body


_IDS = ("id", "_id", "messageId")


def _id_of(item: Any) -> str | None:
    found = (item.get(name) for name in _IDS) if isinstance(item, Mapping) else ()
    return next((str(each) for each in found if each), None)


def _is_it(row: LookUp, given: Inputs, item: Any, call: Call) -> bool:
    """Whether a record is the one that a create made: as it was written, and not from before."""
    if not isinstance(item, Mapping):
        return False
    told = all(
        _is_same(given[field.name], item.get(field.path), field)
        for field in row.same
        if given.get(field.name) is not None
    )
    return told and (row.made is None or _made_since(item, row.made, call))


def _is_same(wanted: Any, held: Any, field: Field) -> bool:
    """Whether a record holds what was written, as far as an app may have changed its form."""
    asked, found = _plain(wanted, field), _plain(held, field)
    if field.type is FieldType.MOMENT and not _is_moment(asked):
        return True  # a day, or a time without its offset, is kept as whatever the app makes of it
    if asked == found:
        return True
    # an app may cut a text
    cut = isinstance(asked, str) and isinstance(found, str) and len(found) >= _LONG
    return cut and str(asked).startswith(str(found))


_LONG = 100


def _is_moment(plain: Any) -> bool:
    return isinstance(plain, str) and plain.endswith("Z") and "T" in plain


def _plain(value: Any, field: Field) -> Any:
    if field.type is FieldType.HTML and isinstance(value, str):
        from instep.sdk.markup import text_of  # noqa: PLC0415 - slow to load, and rarely needed

        value = text_of(value)
    return normalise(value, field, None)


def _made_since(item: Any, key: str, call: Call) -> bool:
    """Whether a record was not there before the call began; one that does not tell may be new."""
    told = item.get(key) if isinstance(item, Mapping) else None
    made = next(_moments(told), None)
    begun = datetime.fromtimestamp(call.begun_at / 1000, UTC)
    return made is None or made >= begun - _CLOCKS_DIFFER


def _moments(told: Any) -> Iterator[datetime]:
    if isinstance(told, (int, float)) and not isinstance(told, bool):
        yield datetime.fromtimestamp(told / 1000, UTC)
    elif isinstance(told, str):
        try:
            moment = datetime.fromisoformat(told)
        except ValueError:
            return
        yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)
