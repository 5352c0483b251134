from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox.ghl_caller import V2, V3
from tests.sandbox.ghl_opportunities import field, open_one, pipelines, put

NAMES = {
    "location_id": "locationId",
    "pipeline_id": "pipelineId",
    "pipeline_stage_id": "pipelineStageId",
    "contact_id": "contactId",
    "assigned_to": "assignedTo",
}


async def search(ghl, version=V2, **query):
    query = {"location_id": ghl.location, **query}
    if version == V3:
        query = {NAMES.get(name, name): value for name, value in query.items()}
    return await ghl.call("GET", "/opportunities/search", version=version, params=query)


async def names(ghl, version=V2, **query):
    answer = await search(ghl, version, **query)
    assert answer.status == 200, answer
    return {each["name"] for each in answer.body["opportunities"]}


async def advanced(ghl, version=V2, limit=100, **body):
    body = {"locationId": ghl.location, "limit": limit, **body}
    return await ghl.call("POST", "/opportunities/search", version=version, json=body)


async def filtered(ghl, *filters):
    answer = await advanced(ghl, filters=list(filters))
    assert answer.status == 200, answer
    return {each["name"] for each in answer.body["opportunities"]}


@pytest.fixture
async def three(ghl):
    """Three opportunities that differ in all one can ask for."""
    first, second = await pipelines(ghl)
    people = [
        {"firstName": "Ada", "email": "ada@x.org", "country": "GB", "companyName": "Engines"},
        {"firstName": "Grace", "phone": "+12015550123", "country": "US"},
        {"firstName": "Alan", "country": "GB"},
    ]
    contacts = [(await ghl.create(**person))["id"] for person in people]
    lender = await field(ghl, "Lender")
    return [
        await open_one(
            ghl,
            contactId=contacts[0],
            name="Alpha",
            monetaryValue=100,
            customFields=[
                {"id": lender, "field_value": "Acorn Bank"},
                {"key": "loan_amount", "field_value": 5000},
                {"key": "products", "field_value": ["Fixed", "Offset"]},
                {"key": "settlement_date", "field_value": "2026-03-01"},
            ],
        ),
        await open_one(
            ghl,
            contactId=contacts[1],
            name="Beta",
            pipelineId=second["id"],
            assignedTo="u1",
            monetaryValue=200,
        ),
        await open_one(
            ghl,
            contactId=contacts[2],
            name="Gamma",
            pipelineStageId=first["stages"][1]["id"],
            status="won",
            monetaryValue=300,
        ),
    ]


@pytest.mark.parametrize("version", [V2, V3])
async def test_the_list_is_narrowed_by_the_query_in_the_names_of_the_view(ghl, three, version):
    first, second = await pipelines(ghl)
    assert await names(ghl, version) == {"Alpha", "Beta", "Gamma"}
    assert await names(ghl, version, status="all") == {"Alpha", "Beta", "Gamma"}
    assert await names(ghl, version, status="won") == {"Gamma"}
    assert await names(ghl, version, pipeline_id=second["id"]) == {"Beta"}
    assert await names(ghl, version, pipeline_stage_id=first["stages"][1]["id"]) == {"Gamma"}
    assert await names(ghl, version, contact_id=three[0]["contactId"]) == {"Alpha"}
    assert await names(ghl, version, assigned_to="u1") == {"Beta"}
    assert await names(ghl, version, id=three[2]["id"]) == {"Gamma"}
    assert await names(ghl, version, country="GB") == {"Alpha", "Gamma"}
    assert await names(ghl, version, q="ADA@x") == {"Alpha"}
    assert await names(ghl, version, q="gam") == {"Gamma"}
    assert await names(ghl, version, campaignId="x") == set()


@pytest.mark.usefixtures("three")
async def test_days_are_read_as_month_day_year_and_other_forms_as_none(ghl):
    ghl.app.faults.switch_on("clock_skew=864000")
    await open_one(ghl, name="Later")
    answer = await search(ghl, order="added_asc")
    added = [each["createdAt"] for each in answer.body["opportunities"]]
    assert added == sorted(added)
    newest = datetime.fromisoformat(answer.body["opportunities"][-1]["createdAt"])
    day = newest.astimezone(ZoneInfo("America/New_York")).date()
    before = day - timedelta(1)
    assert await names(ghl, date=f"{day:%m-%d-%Y}", endDate=f"{day:%m-%d-%Y}") == {"Later"}
    assert len(await names(ghl, endDate=f"{before:%m-%d-%Y}")) == 3
    assert await names(ghl, date="01-01-2020", endDate="01-02-2020") == set()
    assert len(await names(ghl, date="2020-01-01", endDate="2020-01-02")) == 4
    assert len(await names(ghl, date="01-01-2020")) == 4
    assert len(await names(ghl, endDate="13-45-2020")) == 4


@pytest.mark.parametrize(
    ("version", "stranger"), [(V2, "pipelineId"), (V2, "start_date"), (V3, "pipeline_id")]
)
async def test_a_name_of_the_other_view_is_refused(ghl, version, stranger):
    query = {"location_id" if version == V2 else "locationId": ghl.location, stranger: "x"}
    answer = await ghl.call("GET", "/opportunities/search", version=version, params=query)
    assert (answer.status, answer.message) == (422, [f"property {stranger} should not exist"])


@pytest.mark.parametrize("version", [V2, V3])
@pytest.mark.parametrize("order", ["added_asc", "added_desc"])
async def test_both_cursors_together_lead_through_all_pages(ghl, version, order):
    for number in range(7):
        await open_one(ghl, name=f"Number {number}")
    met, cursors, numbers = [], {}, []
    while True:
        answer = await search(ghl, version, limit=3, order=order, **cursors)
        meta = answer.body["meta"]
        met += [each["id"] for each in answer.body["opportunities"]]
        numbers.append((meta["prevPage"], meta["currentPage"], meta["nextPage"], meta["total"]))
        cursors = {name: meta[name] for name in ("startAfter", "startAfterId")}
        if meta["nextPageUrl"] is None:
            break
    assert numbers == [(None, 1, 2, 7), (1, 2, 3, 7), (2, 3, None, 7)]
    assert len(set(met)) == len(met) == 7
    assert cursors["startAfterId"] == met[-1]
    beyond = (await search(ghl, version, limit=3, order=order, **cursors)).body
    assert (beyond["opportunities"], beyond["meta"]["startAfter"]) == ([], None)


@pytest.mark.parametrize("version", [V2, V3])
async def test_the_next_pages_address_works(ghl, version):
    for number in range(3):
        await open_one(ghl, name=f"Number {number}")
    first = (await search(ghl, version, limit=2, status="open")).body
    parts = urlsplit(first["meta"]["nextPageUrl"])
    second = await ghl.call("GET", f"{parts.path}?{parts.query}", version=version)
    assert len(second.body["opportunities"]) == 1


async def test_one_cursor_alone_leads_back_to_the_first_page(ghl):
    for number in range(3):
        await open_one(ghl, name=f"Number {number}")
    first = (await search(ghl, limit=2)).body
    for name in ("startAfter", "startAfterId"):
        again = (await search(ghl, limit=2, **{name: first["meta"][name]})).body
        assert again["opportunities"] == first["opportunities"]


async def test_pages_may_be_asked_for_by_number_and_are_bounded(ghl):
    for number in range(3):
        await open_one(ghl, name=f"Number {number}")
    assert len((await search(ghl, limit=2, page=2)).body["opportunities"]) == 1
    answer = await search(ghl, limit=101)
    assert (answer.status, answer.message) == (400, "limit must not be greater than 100")
    assert (await search(ghl, limit=0)).status == 422


@pytest.mark.usefixtures("three")
async def test_the_list_shows_custom_fields_by_type(ghl):
    answer = await search(ghl, q="alpha")
    fields = {each["id"]: each for each in answer.body["opportunities"][0]["customFields"]}
    ids = [await field(ghl, name) for name in ("Lender", "Loan amount", "Products")]
    assert fields[ids[0]] == {"id": ids[0], "type": "string", "fieldValueString": "Acorn Bank"}
    assert fields[ids[1]] == {"id": ids[1], "type": "number", "fieldValueNumber": 5000}
    assert fields[ids[2]]["fieldValueArray"] == ["Fixed", "Offset"]
    date = await field(ghl, "Settlement date")
    assert fields[date]["fieldValueDate"] == 1772323200000


async def test_a_custom_field_that_is_gone_is_not_shown(ghl, three):
    lender = await field(ghl, "Lender")
    await ghl.call("DELETE", f"/locations/{ghl.location}/customFields/{lender}")
    answer = await search(ghl, id=three[0]["id"])
    assert lender not in str(answer.body)


async def test_notes_and_tasks_of_the_contact_come_when_asked_for(ghl, three):
    contact = f"/contacts/{three[0]['contactId']}"
    await ghl.call("POST", f"{contact}/notes", json={"body": "Called"})
    task = {"title": "Call", "dueDate": "2031-05-04T11:00:00Z", "completed": False}
    await ghl.call("POST", f"{contact}/tasks", json=task)
    plain = (await search(ghl, q="alpha")).body["opportunities"][0]
    assert not {"notes", "tasks", "calendarEvents"} & set(plain)
    asked = {"getNotes": "true", "getTasks": "true", "getCalendarEvents": "true"}
    full = (await search(ghl, q="alpha", **asked)).body["opportunities"][0]
    assert [note["body"] for note in full["notes"]] == ["Called"]
    assert [task["title"] for task in full["tasks"]] == ["Call"]
    assert full["calendarEvents"] == []
    more = {"notes": True, "tasks": False, "calendarEvents": False, "unReadConversations": False}
    full = (await advanced(ghl, query="alpha", additionalDetails=more)).body["opportunities"][0]
    assert "tasks" not in full
    assert len(full["notes"]) == 1


async def test_filters_ask_for_fields_of_opportunity_and_contact(ghl, three):
    first, second = await pipelines(ghl)
    cases = [
        ("status", "eq", "won", {"Gamma"}),
        ("status", "eq", ["open", "won"], {"Alpha", "Beta", "Gamma"}),
        ("status", "not_eq", "won", {"Alpha", "Beta"}),
        ("name", "contains", "ET", {"Beta"}),
        ("name", "not_contains", "et", {"Alpha", "Gamma"}),
        ("monetary_value", "range", {"gte": 100, "lt": 300}, {"Alpha", "Beta"}),
        ("monetary_value", "eq", 300, {"Gamma"}),
        ("pipeline_id", "eq", second["id"], {"Beta"}),
        ("pipeline_stage_id", "eq", first["stages"][1]["id"], {"Gamma"}),
        ("assigned_to", "exists", None, {"Beta"}),
        ("assigned_to", "not_exists", None, {"Alpha", "Gamma"}),
        ("contact_id", "eq", three[0]["contactId"], {"Alpha"}),
        ("contact_name", "eq", "Grace", {"Beta"}),
        ("company_name", "contains", "eng", {"Alpha"}),
        ("email", "exists", None, {"Alpha"}),
        ("phone", "contains", "0123", {"Beta"}),
        ("id", "not_eq", three[0]["id"], {"Beta", "Gamma"}),
        ("date_added", "range", {"gt": "2020-01-01T00:00:00Z"}, {"Alpha", "Beta", "Gamma"}),
        ("last_stage_change_date", "range", {"lt": 1000}, set()),
        ("followers", "exists", None, set()),
        (f"custom_fields.{await field(ghl, 'Lender')}", "contains", "acorn", {"Alpha"}),
        ("custom_fields.loan_amount", "range", {"gte": 5000}, {"Alpha"}),
        ("custom_fields.products", "eq", "Fixed", {"Alpha"}),
        ("custom_fields.settlement_date", "not_exists", None, {"Beta", "Gamma"}),
    ]
    for name, operator, value, expected in cases:
        one = {"field": name, "operator": operator, "value": value}
        assert await filtered(ghl, one) == expected, one


@pytest.mark.usefixtures("three")
async def test_filters_combine_in_groups(ghl):
    won = {"field": "status", "operator": "eq", "value": "won"}
    large = {"field": "monetary_value", "operator": "range", "value": {"gte": 200}}
    alpha = {"field": "name", "operator": "eq", "value": "alpha"}
    assert await filtered(ghl, won, large) == {"Gamma"}
    assert await filtered(ghl, {"group": "OR", "filters": [won, alpha]}) == {"Alpha", "Gamma"}
    inner = {"group": "AND", "filters": [won, large]}
    assert await filtered(ghl, {"group": "OR", "filters": [inner, alpha]}) == {"Alpha", "Gamma"}


@pytest.mark.parametrize(
    ("filter_", "message"),
    [
        ({"field": "colour", "operator": "eq", "value": 1}, "Invalid field colour"),
        ({"field": "custom_fields.x", "operator": "exists"}, "Invalid field custom_fields.x"),
        (
            {"field": "status", "operator": "range", "value": {}},
            "Invalid Operator (range) passed for field status",
        ),
        (
            {"field": "monetary_value", "operator": "range", "value": {"from": 1}},
            "Invalid value for 'range' operator for 'monetary_value' field",
        ),
        (7, "Invalid filters passed"),
        ({"group": "NOT", "filters": []}, "Invalid filter group passed"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(ghl, filter_, message):
    answer = await advanced(ghl, filters=[filter_])
    assert (answer.status, answer.message) == (400, message)


@pytest.mark.usefixtures("three")
async def test_search_after_leads_through_all_pages_of_any_order(ghl):
    sort = [{"field": "monetary_value", "direction": "desc"}]
    met, position = [], []
    while page := (await advanced(ghl, limit=2, sort=sort, searchAfter=position)).body:
        assert page["total"] == 3
        if not page["opportunities"]:
            break
        met += [each["name"] for each in page["opportunities"]]
        position = page["opportunities"][-1]["sort"]
    assert met == ["Gamma", "Beta", "Alpha"]
    assert (await advanced(ghl, searchAfter=[1])).message == "Invalid searchAfter passed"
    assert (await advanced(ghl, sort=[{"field": "colour"}])).message == "Invalid field colour"


@pytest.mark.usefixtures("three")
async def test_pages_count_from_nought_and_end_at_ten_thousand(ghl):
    first = (await advanced(ghl, limit=2, page=0)).body["opportunities"]
    second = (await advanced(ghl, limit=2, page=1)).body["opportunities"]
    assert (len(first), len(second)) == (2, 1)
    assert (await advanced(ghl, limit=500, page=20)).status == 400
    assert (await advanced(ghl, limit=501)).status == 422
    assert (await advanced(ghl, query="x" * 76)).status == 422


async def test_v3_adds_up_each_stage_of_a_pipeline(ghl, three):
    first = (await pipelines(ghl))[0]
    await put(ghl, three[0]["id"], V3, forecastProbability=50)
    one = {"field": "pipeline_id", "operator": "eq", "value": first["id"]}
    stages = (await advanced(ghl, V3, filters=[one])).body["stageAggregations"]
    found = {each["pipelineStageId"]: each for each in stages}
    alpha, gamma = found[first["stages"][0]["id"]], found[first["stages"][1]["id"]]
    assert (alpha["totalCount"], alpha["openValue"], alpha["weightedValue"]) == (1, 100, 50)
    assert (gamma["totalValue"], gamma["openValue"], gamma["wonValue"]) == (300, 0, 300)
    assert "stageAggregations" not in (await advanced(ghl, filters=[one])).body
    assert "stageAggregations" not in (await advanced(ghl, V3)).body
