"""What a person says about a sync, checked against what both apps can do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from instep.connectors import memory
from instep.core.errors import UserError
from instep.core.records import Field, FieldType, Record
from instep.core.rules import Deletes, Leaving
from instep.engine.clients import Reached
from instep.engine.rule_making import End, Made, Said, make
from instep.sdk.kept.wire import body_of
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account, Required


def end(side, resource, client=None):
    account = Account(side, "US", {"name": side})
    connector = replace(memory.connector, title=f"App {side.upper()}")
    return End(side, Reached(side, connector, account, client, 1), resource(account))


def contacts():
    resource = memory.connector.resource("contact")
    return end("a", resource), end("b", resource)


def bookings(**more):
    """Side B insists on a calendar, which no app of side A knows."""
    tasks = memory.connector.resource("task")

    class Booked(tasks):
        fields = (*tasks.fields, Field("calendar_id", "calendar_id", link="calendar"))
        required = (
            Required("due_at", "+1d", "An appointment has a time."),
            Required("calendar_id", None, "An appointment is booked in a calendar."),
        )

    for name, value in more.items():
        setattr(Booked, name, value)
    return end("a", tasks), end("b", Booked)


async def test_without_a_word_every_shared_field_travels_both_ways():
    made = await make(contacts(), Said())
    assert {row["direction"] for row in made.rows} == {"both"}
    assert (made.rules.a.filter, made.rules.a.deletes) == (None, Deletes.IGNORE)
    assert made.rules.leaving is Leaving.STOP


async def test_what_is_not_said_again_stays():
    said = Said(
        filters={"a": ["tags contains VIP"]},
        leaving="tag",
        defaults={"b.city": "Ulm", "a.city": "Bonn"},
    )
    made = await make(contacts(), said)
    again = await make(contacts(), Said(fields={"email": "to_b,newest"}), made)
    assert again.rules == made.rules
    assert made.rules.a.filter == {
        "all": [{"field": "tags", "operator": "contains", "value": ["vip"]}]
    }
    rows = {row["a"]: row for row in again.rows}
    assert (rows["email"]["direction"], rows["email"]["authority"]) == ("to_b", "newest")
    assert rows["city"]["direction"] == "both"
    gone = await make(contacts(), Said(filters={"a": None}, defaults={"b.city": ""}), again)
    assert gone.rules.a.filter is None
    assert (gone.rules.a.defaults, gone.rules.b.defaults) == ({"city": "Bonn"}, {})


async def test_a_direction_holds_for_the_parent_too():
    made = await make(bookings(), Said(direction="to_b", defaults={"b.calendar_id": "cal1"}))
    assert {row["a"]: row["direction"] for row in made.rows}["contact_id"] == "to_b"
    assert {row["direction"] for row in made.rows} == {"to_b"}


async def test_what_an_app_insists_on_is_chosen_or_asked_for():
    with pytest.raises(UserError) as refused:
        await make(bookings(), Said())
    said = str(refused.value)
    assert "An appointment is booked in a calendar." in said
    assert "--default b.calendar_id=VALUE" in said
    made = await make(bookings(), Said(defaults={"b.calendar_id": "cal1"}))
    assert made.rules.b.defaults == {"due_at": "+1d", "calendar_id": "cal1"}
    # nothing is ever created there: nothing is asked
    assert (await make(bookings(), Said(direction="to_a"))).rules.b.defaults == {}


async def test_what_the_mapping_surely_fills_needs_no_default():
    notes = memory.connector.resource("note")
    made = await make((end("a", notes), end("b", notes)), Said())
    assert made.rules.b.defaults == {}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"direction": "up"}, "'up' is no direction; it can be both, to_a, to_b"),
        ({"authority": "boss"}, "no authority"),
        ({"leaving": "burn"}, "no leaving; it can be stop, keep, tag"),
        ({"deletes": {"a": "burn"}}, "it can be ignore, tag, archive, delete"),
        ({"deletes": {"c": "tag"}}, "no side 'c'"),
        ({"filters": {"a": ["emial eq x"]}}, "did you mean email"),
        ({"filters": {"b": {"all": []}}}, "App B contacts: all needs a list"),
        ({"defaults": {"city": "Ulm"}}, "SIDE.FIELD=VALUE"),
        ({"defaults": {"b.ctiy": "Ulm"}}, "did you mean city"),
        ({"deletes": {"b": "archive"}}, "contacts of App B cannot be put away"),
        ({"deletes": {"a": "tag"}, "direction": "to_b"}, "never writes to side A"),
        ({"filters": {"b": ["city eq Ulm"]}, "leaving": "tag", "direction": "to_b"}, "side A"),
        ({"fields": {"citi": "to_b"}}, "did you mean city"),
        ({"mapping": []}, "The mapping is empty"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence(said, sentence):
    with pytest.raises(UserError) as refused:
        await make(contacts(), Said(**said))
    assert sentence in str(refused.value)


async def test_tags_are_refused_where_an_app_has_none_and_a_delete_where_it_knows_no_way():
    tasks = memory.connector.resource("task")
    ends = (end("a", tasks), end("b", tasks))
    with pytest.raises(UserError, match="tasks of App B have no tags"):
        await make(ends, Said(deletes={"b": "tag"}))
    with pytest.raises(UserError, match="App B tasks have no tags"):
        await make(ends, Said(filters={"a": ["title eq x"]}, leaving="tag"))
    assert (await make(ends, Said(deletes={"b": "archive"}))).rules.b.deletes is Deletes.ARCHIVE

    class Kept(memory.connector.resource("contact")):
        def delete(self, record_id):
            return None

    with pytest.raises(UserError, match="cannot be deleted"):
        await make((contacts()[0], end("b", Kept)), Said(deletes={"b": "delete"}))


# By business


class Directory:
    """A client of an app that has these businesses, and counts how often it is asked."""

    def __init__(self, *names):
        self.names = names
        self.asked = []

    async def send(self, request: Request, _purpose):
        self.asked.append(request.path)
        told = [Record(f"id{n}", {"name": name}, "1") for n, name in enumerate(self.names)]
        return Reply(200, {}, {"businesses": [body_of(each) for each in told], "next": None})


def filtered(line, *names):
    resource = memory.connector.resource("contact")
    client = Directory(*names)
    return (end("a", resource, client), contacts()[1]), Said(filters={"a": [line]})


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("business eq acme", ("in", ["id0", "id2"], "business is acme")),
        ("business in Beta, Acme", ("in", ["id1", "id0", "id2"], "business is Beta or Acme")),
        ("business not Beta", ("not", "id1", "business is not Beta")),
        ("business exists", ("exists", True, None)),
    ],
)
async def test_a_business_is_named_and_found_at_the_app(line, row):
    ends, said = filtered(line, "Acme", "Beta", "ACME")
    (stored,) = (await make(ends, said)).rules.a.filter["all"]
    assert (stored["operator"], stored["value"], stored.get("words")) == row
    assert stored["field"] == "business_id"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("business eq Acne", "no business called 'Acne'. Did you mean Acme?"),
        ("business eq Zzz", "Names have to be whole"),
        ("business contains Acme", "can say eq, not, in or exists"),
    ],
)
async def test_a_business_that_is_not_there_is_answered_with_the_nearest(line, sentence):
    ends, said = filtered(line, "Acme", "Beta")
    with pytest.raises(UserError) as refused:
        await make(ends, said)
    assert sentence in str(refused.value)


async def test_a_stored_filter_by_business_asks_nobody_again():
    ends, said = filtered("business eq Acme", "Acme")
    made = await make(ends, said)
    silent = Directory()
    again = (end("a", memory.connector.resource("contact"), silent), ends[1])
    assert (
        await make(again, Said(authority="ask"), Made(made.rows, made.rules))
    ).rules == made.rules
    assert silent.asked == []


def test_the_reference_app_has_what_these_tests_stand_on():
    fields = {field.name: field.type for field in memory.connector.resource("contact").fields}
    assert (fields["tags"], fields["business_id"]) == (FieldType.WORDS, FieldType.TEXT)


@pytest.mark.parametrize(
    ("row", "number"),
    [({"a": "ssn", "b": "city"}, 2), ({"a": "city", "b": "ssn"}, 2), ({"a": "ssn"}, 2)],
)
async def test_a_field_that_an_app_withholds_is_refused_with_its_reason(row, number):
    resource = memory.connector.resource("contact")

    class Secretive(resource):
        def withheld(self, field):
            return "Nobody reads it." if field == "ssn" else None

    ends = end("a", Secretive), end("b", Secretive)
    with pytest.raises(UserError, match=f"Row {number} of the mapping: Nobody reads it"):
        await make(ends, Said(mapping=[{"a": "email"}, row]))
    assert (await make(ends, Said(mapping=[{"a": "email"}]))).rows
