from __future__ import annotations

import pytest

from instep.connectors.custom import guessing
from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import EXAMPLE, ManifestApp
from instep.connectors.custom.loading import complete, loads
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.probing import base_of, proposed, sample
from instep.connectors.custom.tests.on_manifest import HERE, account_at
from instep.core.errors import UserError
from instep.core.records import FieldType
from instep.sandbox.people import invent
from instep.sandbox.server import Sandbox
from instep.sdk.client import Client
from instep.sdk.clock import SystemClock
from instep.sdk.testing import FixedTokens, FreeLimiter

AUTHS = {
    "header": {"type": "header", "name": "X-Api-Key", "secret": "api_key"},
    "bearer": {"type": "bearer", "secret": "api_key"},
    "basic": {"type": "basic", "username": "user", "password": "password"},
}


async def probed(app, path):
    """Probe one list of an emulator; return the sample, the manifest and what was called."""
    async with Sandbox([app]) as sandbox:
        account, credential = account_at(app, sandbox.url(app.name))
        client = Client(
            connector=connector_of(app.manifest),
            account=account,
            tokens=FixedTokens(credential),
            limiter=FreeLimiter(),
            clock=SystemClock(),
        )
        try:
            seen = await sample(client, path, {})
        finally:
            await client.close()
    text = proposed("seen", "https://seen.example", AUTHS[credential.kind], [seen])
    return seen, loads(text, "seen.yaml"), text


async def test_a_list_by_offset_is_recognised():
    app = ManifestApp(complete(HERE / "acme.yaml"), pace=1_000)
    app.load(invent(60))

    _seen, manifest, _ = await probed(app, "/contacts")

    part = manifest.resources["contacts"]
    assert isinstance(manifest, Manifest)
    assert (part.kind, part.id.path, part.list.records) == ("contact", ("id",), ("data",))
    assert (part.list.paging.type, part.list.paging.offset, part.list.paging.limit) == (
        "offset",
        "skip",
        "take",
    )
    assert part.get.record == ("data",)
    assert part.cursor.field == ("updated",)
    assert part.cursor.record_format == "%Y-%m-%d %H:%M:%S"
    assert part.fields["phone"].path == ("phone",)
    assert part.fields["phone"].identity == "weak"
    assert part.fields["city"].path == ("address", "city")
    assert part.evidence == part.fields["city"].evidence == "observed"
    assert part.create is None
    assert all(call.startswith("GET ") for call in app.calls.describe()["calls"])


async def test_a_token_to_the_next_page_is_recognised():
    app = ManifestApp(complete(EXAMPLE), pace=1_000)
    app.load(invent(120))

    _, manifest, text = await probed(app, "/people")

    part = manifest.resources["people"]
    assert (part.list.paging.type, part.list.paging.token) == ("cursor", ("meta", "next"))
    assert part.kind == "contact"
    assert part.fields["first_name"].path == ("given_name",)
    assert part.fields["email"].identity == "strong"
    assert part.changes is None  # the parameter has a name of its own, which nobody could guess
    assert "confirm" in text


async def test_a_link_and_page_numbers_are_recognised():
    app = ManifestApp(complete(HERE / "gamma.yaml"), pace=1_000)
    app.load(invent(50))
    app.shelves["firms"].add_many({"name": f"Firm {n}", "town": "Delft"} for n in range(60))

    _, clients, _ = await probed(app, "/clients")
    app = ManifestApp(complete(HERE / "gamma.yaml"), pace=1_000)
    app.shelves["firms"].add_many({"name": f"Firm {n}", "town": "Delft"} for n in range(60))
    _, firms, _text = await probed(app, "/firms")

    assert clients.resources["clients"].list.paging.type == "link"
    paging = firms.resources["firms"].list.paging
    assert (paging.type, paging.page, paging.limit) == ("page", "page", None)
    assert firms.resources["firms"].kind == "business"
    assert firms.resources["firms"].fields["name"].path == ("name",)


async def test_what_is_no_list_is_refused():
    app = ManifestApp(complete(EXAMPLE), pace=1_000)

    with pytest.raises(UserError, match="no list of records"):
        await probed(app, "/whoami")


def test_base_and_paths_are_told_apart():
    urls = ["https://a.example/api/v1/contacts?x=1", "https://a.example/api/v1/crm/tasks"]

    assert base_of(urls) == (
        "https://a.example/api/v1",
        [("/contacts", {"x": "1"}), ("/crm/tasks", {})],
    )
    with pytest.raises(UserError, match="several hosts"):
        base_of(["https://a.example/x", "https://b.example/y"])
    with pytest.raises(UserError, match="whole addresses"):
        base_of(["contacts"])


@pytest.mark.parametrize(
    ("key", "values", "kept"),
    [
        ("a", ["x@y.example", None], FieldType.EMAIL),
        ("mobile", ["+1 415 200 0001"], FieldType.PHONE),
        ("a", ["2026-01-05"], FieldType.DATE),
        ("a", ["2026-01-05T10:00:00Z"], FieldType.MOMENT),
        ("a", ["2026-01-05 10:00:00"], FieldType.MOMENT),
        ("a", [True, False], FieldType.BOOLEAN),
        ("a", [1.5], FieldType.NUMBER),
        ("a", [["x"], []], FieldType.WORDS),
        ("a", ["two\nlines"], FieldType.LONG_TEXT),
        ("a", [None, ""], FieldType.TEXT),
    ],
)
def test_types_are_read_from_values(key, values, kept):
    assert guessing.type_of(key, values) is kept


@pytest.mark.parametrize(
    ("path", "kept", "name", "why"),
    [
        (("Surname",), FieldType.TEXT, "last_name", "a known word for it"),
        (("emailAddress",), FieldType.EMAIL, "email", "a known word for it"),
        (("emailAddres",), FieldType.EMAIL, "email", "spelt like emailaddress"),
        (("e_mail_2x9",), FieldType.TEXT, None, "no name comes near"),
        (("email",), FieldType.NUMBER, None, "but it holds number"),
    ],
)
def test_names_are_known_words_then_close_spellings_of_the_right_type(path, kept, name, why):
    said, reason = guessing.named(path, kept, "contact")

    assert said == name
    assert why in reason


def test_what_nobody_filled_has_the_type_that_its_name_has_and_says_so():
    rows = [{"id": 1, "mobile": None, "labels": [], "town": "Ulm"}]

    found = {each.path[-1]: each for each in guessing.fields_in(rows, "contact")}

    assert (found["mobile"].type, found["mobile"].seen) == (FieldType.PHONE, False)
    assert (found["labels"].type, found["labels"].seen) == (FieldType.WORDS, False)
    assert (found["town"].name, found["town"].seen) == ("city", True)
