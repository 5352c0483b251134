from __future__ import annotations

import pytest

from instep.sandbox import invent

OLD, NEW = "1990-01-01T00:00:00.000Z", "2090-01-01T00:00:00Z"


@pytest.fixture
async def crowd(ghl):
    """Four people that differ; each filter below must find the right ones."""
    grace = {
        "firstName": "Grace",
        "lastName": "Hopper",
        "email": "Grace@Navy.example",
        "phone": "+12025550111",
        "address1": "1 Fleet Street",
        "city": "New York",
        "state": "NY",
        "postalCode": "10001",
        "country": "US",
        "companyName": "Navy",
        "source": "Referral",
        "tags": ["VIP", "sailor"],
        "dnd": True,
        "assignedTo": "userAbC",
        "customFields": [
            {"key": "policy_number", "field_value": "P-100"},
            {"key": "annual_premium", "field_value": 250},
            {"key": "interests", "field_value": ["Cars", "Sailing"]},
            {"key": "policy_type", "field_value": "Life"},
        ],
    }
    zoe = {"firstName": "Zoë", "lastName": "Ångström", "city": "Örebro", "tags": ["vip"]}
    alan = {
        "firstName": "Alan",
        "lastName": "Turing",
        "email": "alan@x.org",
        "customFields": [{"key": "annual_premium", "field_value": 90}],
    }
    everybody = (grace, alan, zoe, {"firstName": "Edsger", "country": "NL"})
    for second, person in enumerate(everybody):
        ghl.app.faults.switch_on(f"clock_skew={second}")  # no two at the same time
        await ghl.create(**person)
    return ghl


async def names(ghl, *filters, **body):
    answer = await ghl.search(filters=list(filters), **body)
    assert answer.status == 200, answer
    assert answer.body["total"] == len(answer.body["contacts"])
    return "".join(sorted(contact["firstName"][0] for contact in answer.body["contacts"]))


def leaf(field, operator, value=None):
    return {"field": field, "operator": operator, "value": value}


def group(word, *filters):
    return {"group": word, "filters": list(filters)}


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (leaf("contactName", "eq", "grace HOPPER"), "G"),
        (leaf("contactName", "contains", "ace ho"), "G"),
        (leaf("firstNameLowerCase", "eq", "alan"), "A"),
        (leaf("firstNameLowerCase", "eq", "ZOË"), "Z"),
        (leaf("lastNameLowerCase", "not_eq", "turing"), "EGZ"),
        (leaf("lastNameLowerCase", "contains", "ång"), "Z"),
        (leaf("lastNameLowerCase", "not_contains", "ring"), "EGZ"),
        (leaf("lastNameLowerCase", "not_exists"), "E"),
        (leaf("email", "eq", "grace@navy.EXAMPLE"), "G"),
        (leaf("email", "exists"), "AG"),
        (leaf("email", "not_exists"), "EZ"),
        (leaf("email", "not_eq", "alan@x.org"), "EGZ"),
        (leaf("phone", "eq", "+12025550111"), "G"),
        (leaf("phone", "contains", "555011"), "G"),
        (leaf("phone", "not_exists"), "AEZ"),
        (leaf("address", "contains", "fleet"), "G"),
        (leaf("city", "eq", "new york"), "G"),
        (leaf("city", "eq", "örebro"), "Z"),
        (leaf("postalCode", "eq", 10001), "G"),
        (leaf("state", "eq", "ny"), "G"),
        (leaf("country", "not_eq", "US"), "AEZ"),
        (leaf("companyName", "exists"), "G"),
        (leaf("businessName", "exists"), ""),
        (leaf("source", "eq", "referral"), "G"),
        (leaf("assignedTo", "eq", "userAbC"), "G"),
        (leaf("assignedTo", "eq", "userabc"), ""),
        (leaf("dnd", "eq", True), "G"),
        (leaf("dnd", "eq", False), "AEZ"),
        (leaf("dnd", "not_eq", True), "AEZ"),
        (leaf("isValidWhatsapp", "not_exists"), "AEGZ"),
        (leaf("followers", "exists"), ""),
        (leaf("tags", "eq", "Vip"), "GZ"),
        (leaf("tags", "not_eq", "sailor"), "AEZ"),
        (leaf("tags", "exists"), "GZ"),
        (leaf("tags", "not_exists"), "AE"),
        (leaf("dateAdded", "range", {"gte": OLD, "lte": NEW}), "AEGZ"),
        (leaf("dateUpdated", "range", {"gt": NEW}), ""),
        (leaf("dateUpdated", "range", {"lt": 4_000_000_000_000}), "AEGZ"),
        (leaf("dateUpdated", "exists"), "AEGZ"),
        (leaf("lastEmailOpenedDate", "not_exists"), "AEGZ"),
        (leaf("customFields.policy_number", "eq", "p-100"), "G"),
        (leaf("customFields.contact.policy_number", "contains", "-10"), "G"),
        (leaf("customFields.annual_premium", "range", {"gte": 100}), "G"),
        (leaf("customFields.annual_premium", "eq", 90), "A"),
        (leaf("customFields.annual_premium", "not_exists"), "EZ"),
        (leaf("customFields.interests", "eq", "sailing"), "G"),
        (leaf("customFields.interests", "not_eq", "sailing"), "AEZ"),
        (leaf("customFields.policy_type", "eq", "Life"), "G"),
        (group("OR", leaf("tags", "eq", "sailor"), leaf("country", "eq", "NL")), "EG"),
        (group("AND", leaf("tags", "eq", "vip"), leaf("email", "exists")), "G"),
        (group("OR"), "AEGZ"),
    ],
)
async def test_a_filter_finds_those_it_describes(crowd, filter_, expected):
    assert await names(crowd, filter_) == expected


async def test_filters_side_by_side_must_all_be_met(crowd):
    either = group("OR", leaf("email", "exists"), leaf("city", "exists"))
    assert await names(crowd, leaf("tags", "not_eq", "sailor"), either) == "AZ"


async def test_a_custom_field_is_found_by_its_id_too(crowd):
    field = await crowd.field("Policy number")
    assert await names(crowd, leaf(f"customFields.{field}", "eq", "P-100")) == "G"


@pytest.mark.parametrize(
    ("filter_", "message"),
    [
        (leaf("colour", "eq", "red"), "Invalid field colour"),
        (leaf("firstName", "eq", "Ada"), "Invalid field firstName"),
        (leaf(None, "eq", "x"), "Invalid field None"),
        (leaf("customFields", "exists"), "Invalid field customFields"),
        (
            leaf("customFields.shoe_size", "exists"),
            "Invalid Filter field type - customFields.shoe_size! Check if custom field exists",
        ),
        (leaf("email", "contains", "ada"), "Invalid Operator (contains) passed for field email"),
        (leaf("id", "exists"), "Invalid Operator (exists) passed for field id"),
        (leaf("tags", "like", "x"), "Invalid Operator (like) passed for field tags"),
        (leaf("city", "range", {"gt": 1}), "Invalid Operator (range) passed for field city"),
        (leaf("city", "eq"), "Invalid value for 'eq' operator for 'city' field"),
        (leaf("city", "eq", "x" * 76), "Invalid value for 'eq' operator for 'city' field"),
        (leaf("tags", "eq", ["a"]), "Invalid value for 'eq' operator for 'tags' field"),
        (leaf("dnd", "eq", "yes"), "Invalid value for 'eq' operator for 'dnd' field"),
        (leaf("city", "contains", "a*%"), "Invalid value for 'contains' operator for 'city' field"),
        (leaf("city", "contains", "ab"), "Min. 3 characters required for applying contains filter"),
        (
            leaf("dateAdded", "range", {"from": OLD}),
            "Invalid value for 'range' operator for 'dateAdded' field",
        ),
        (
            leaf("dateAdded", "range", {"gte": "yesterday"}),
            "Invalid value for 'range' operator for 'dateAdded' field",
        ),
        (leaf("dateAdded", "range"), "Invalid value for 'range' operator for 'dateAdded' field"),
        ("city", "Invalid filters passed"),
        (group("XOR"), "Invalid filter group passed"),
        (group("OR", group("AND", leaf("tags", "exists"))), "Invalid filter group passed"),
    ],
)
async def test_a_filter_that_cannot_be_is_refused(ghl, filter_, message):
    answer = await ghl.search(filters=[filter_])
    assert (answer.status, answer.message) == (400, message)


async def test_groups_inside_groups_are_taken_by_a_switch(crowd):
    crowd.app.settings.nested_groups = True
    inner = group("OR", leaf("city", "exists"), leaf("country", "eq", "NL"))
    assert await names(crowd, group("AND", leaf("email", "not_exists"), inner)) == "EZ"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"pageLimit": 501}, "pageLimit must not be greater than 500"),
        ({"pageLimit": 0}, "pageLimit must not be less than 1"),
        ({"pageLimit": "20"}, "pageLimit must be an integer number"),
        ({"pageLimit": True}, "pageLimit must be an integer number"),
        ({"page": 1.5}, "page must be an integer number"),
        ({"filters": {}}, "filters must be an array"),
        ({"query": "x" * 76}, "query must be shorter than or equal to 75 characters"),
        ({"odd": 1}, "property odd should not exist"),
    ],
)
async def test_a_search_of_the_wrong_shape_is_refused(ghl, body, message):
    whole = {"locationId": ghl.location, "pageLimit": 20, **body}
    answer = await ghl.call("POST", "/contacts/search", json=whole)
    assert (answer.status, answer.message) == (422, [message])


async def test_location_and_page_limit_are_required(ghl):
    answer = await ghl.call("POST", "/contacts/search", json={})
    assert answer.status == 422
    assert {message.split()[0] for message in answer.message} == {"locationId", "pageLimit"}


async def test_free_text_looks_into_name_email_phone_and_company(crowd):
    assert await names(crowd, query="HOPPER") == "G"
    assert await names(crowd, query="@x.org") == "A"
    assert await names(crowd, query="navy") == "G"
    assert await names(crowd, query="555011") == "G"
    assert await names(crowd, query="nobody") == ""


async def test_a_result_is_shaped_unlike_a_contact(crowd):
    answer = await crowd.search(filters=[leaf("tags", "eq", "sailor")])
    grace = answer.body["contacts"][0]
    assert (grace["firstName"], grace["firstNameLowerCase"]) == ("Grace", "grace")
    assert grace["address"] == "1 Fleet Street"
    assert {"address1", "dndSettings", "website", "name"} & set(grace) == set()
    assert len(grace["searchAfter"]) == 2


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ([("firstNameLowerCase", "asc")], "AEGZ"),
        ([("firstNameLowerCase", "desc")], "ZGEA"),
        ([("email", "asc"), ("firstNameLowerCase", "desc")], "ZEAG"),
        ([("dnd", "desc"), ("lastNameLowerCase", "asc")], "GEAZ"),
        ([("source", "desc"), ("dateAdded", "asc")], "GAZE"),
        ([("dateAdded", "asc")], "GAZE"),
        ([("dateUpdated", "desc")], "EZAG"),
        ([], "EZAG"),
    ],
)
async def test_results_come_in_order_and_page_after_page(crowd, sort, order):
    levels = [{"field": field, "direction": direction} for field, direction in sort]
    assert order == "".join([name async for name in initials(crowd, levels)])
    pages = [await crowd.search(2, sort=levels, page=page) for page in (1, 2, 3)]
    found = [contact["firstName"][0] for page in pages for contact in page.body["contacts"]]
    assert "".join(found) == order


async def initials(ghl, sort):
    position = []
    while True:
        more = {"searchAfter": position} if position else {}
        contacts = (await ghl.search(1, sort=sort, **more)).body["contacts"]
        if not contacts:
            return
        yield contacts[0]["firstName"][0]
        position = contacts[0]["searchAfter"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"sort": [{"field": "city", "direction": "asc"}]}, "Invalid field city"),
        (
            {"sort": [{"field": "email", "direction": "up"}]},
            "Invalid sort direction passed for field email",
        ),
        ({"sort": ["email"]}, "Invalid field None"),
        ({"searchAfter": ["x"]}, "Invalid searchAfter passed"),
        ({"searchAfter": [{}, "x"]}, "Invalid searchAfter passed"),
        (
            {"page": 101},
            "Only 10000 records can be reached by page. Use searchAfter beyond that.",
        ),
    ],
)
async def test_a_position_that_cannot_be_is_refused(ghl, body, message):
    answer = await ghl.search(**body)
    assert (answer.status, answer.message) == (400, message)


async def test_a_walk_by_search_after_meets_everybody_once(ghl):
    ghl.app.load(invent(1_203, seed=4))
    sort = [{"field": "dateUpdated", "direction": "asc"}]
    met, position = [], {}
    while True:
        answer = await ghl.search(500, sort=sort, **position)
        assert answer.body["total"] == 1_203
        contacts = answer.body["contacts"]
        if not contacts:
            break
        met += contacts
        position = {"searchAfter": contacts[-1]["searchAfter"]}
    assert len({contact["id"] for contact in met}) == len(met) == 1_203
    assert [contact["dateUpdated"] for contact in met] == sorted(c["dateUpdated"] for c in met)


async def test_the_index_lags_and_nothing_else_does(ghl):
    old = await ghl.create(email="old@x.org", city="Leeds")
    assert await names_by_email(ghl) == {"old@x.org": "Leeds"}
    ghl.app.faults.switch_on("index_lag=3600")
    await ghl.create(email="new@x.org")
    await ghl.put(old["id"], city="York")
    assert await names_by_email(ghl) == {"old@x.org": "Leeds"}
    assert (await ghl.get(old["id"]))["city"] == "York"
    query = {"locationId": ghl.location, "email": "new@x.org"}
    answer = await ghl.call("GET", "/contacts/search/duplicate", params=query)
    assert answer.body["contact"]["email"] == "new@x.org"
    await ghl.call("DELETE", f"/contacts/{old['id']}")
    assert await names_by_email(ghl) == {"old@x.org": "Leeds"}
    ghl.app.faults.switch_off("index_lag")
    assert await names_by_email(ghl) == {"new@x.org": None}


async def test_the_index_catches_up_when_the_lag_is_over(ghl):
    ghl.app.faults.switch_on("index_lag=60")
    await ghl.create(email="a@x.org")
    assert await names_by_email(ghl) == {}
    ghl.app.state.execute("UPDATE search_pending SET noted = noted - 61")  # a minute goes by
    assert await names_by_email(ghl) == {"a@x.org": None}


async def names_by_email(ghl):
    contacts = (await ghl.search()).body["contacts"]
    return {contact["email"]: contact.get("city") for contact in contacts}
