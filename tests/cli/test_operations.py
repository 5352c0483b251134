"""`instep op`: find an operation, look at it, call it in the sandbox."""

from __future__ import annotations

import io
import json
import sys
import urllib.request

import pytest

from instep.cli.operations import _complete_operation, _complete_product
from instep.sandbox import Sandbox, parse_pace
from instep.sandbox.gohighlevel import GoHighLevel

FAILED, WRONG_USE, NEEDS_PERSON = 1, 2, 3


@pytest.fixture
def op(instep, sandbox, monkeypatch):
    """Run `instep op call ARGS…` on the sandbox, with its token alone."""
    told = sandbox["gohighlevel"]
    monkeypatch.setenv("GHL_TOKEN", told["private_integration_token"])
    monkeypatch.setenv("GHL_LOCATION", told["location_id"])

    def call(*args):
        return instep("op", "call", *args, "--url", told["url"], "--json")

    return call


@pytest.fixture
def connected(instep, ghl):
    """A data directory with GoHighLevel connected."""
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    return instep


@pytest.fixture
def poor():
    """A sandbox of its own, whose token may only read contacts."""
    with Sandbox([GoHighLevel(pace=parse_pace("fast"))]).in_thread() as served:
        told = served.describe()["gohighlevel"]
        body = {"token": told["private_integration_token"], "scopes": ["contacts.readonly"]}
        request = urllib.request.Request(
            f"{told['url']}/_sandbox/scopes",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method="PUT",
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        yield told


def typed_in(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_the_whole_catalogue_is_listed_and_124_have_a_name(instep):
    found = instep("op", "list", "--json").json
    assert len(found) >= 576
    assert sum(each["name"] is not None for each in found) == 124
    assert all(each["title"] for each in found)


def test_words_find_an_operation(instep):
    assert instep("op", "list", "create", "task", "--json").json[0]["id"] == "contacts.create_task"
    said = instep("op", "list", "create", "task")
    assert said.out.splitlines()[0].split() == [
        *("contacts.create_task", "write", "Create", "Contact", "Task")
    ]
    assert "No operation fits" in instep("op", "list", "submarine").out


def test_wishes_narrow_the_list(instep):
    found = instep("op", "list", "--product", "users", "--kind", "trigger", "--json").json
    assert {each["id"] for each in found} == {
        *("users.search", "users.filter_by_email", "users.get", "users.list")
    }
    said = instep("op", "list", "--product", "shoes")
    assert said.code == WRONG_USE
    assert "There is no product 'shoes'" in said.err


def test_an_operation_is_shown_with_what_it_takes_and_an_example(instep):
    said = instep("op", "show", "contacts.create_task")
    for word in ("POST /contacts/{contactId}/tasks", "dueDate", "TaskCreate", "instep op call"):
        assert word in said.out
    told = instep("op", "show", "contacts.search", "--json").json
    assert told["paging"]["kind"] == "search_after"
    assert told["views"]["v3"]["scopes"] == ["contacts.readonly"]


def test_an_unknown_operation_gets_the_nearest(instep):
    said = instep("op", "show", "contacts.creat")
    assert (said.code, "contacts.create" in said.err) == (WRONG_USE, True)


def test_ids_and_products_are_completed():
    assert [*_complete_operation("workflows.")] == ["workflows.list"]
    assert [*_complete_product("bus")] == ["businesses"]


def test_a_record_is_made_read_and_deleted(op):
    made = op("contacts.create", "firstName=Ann", "email=ann@op.example", "tags=vip,new")
    assert made.code == 0, made.err
    contact = made.json["contact"]["id"]
    assert op("contacts.get", f"contactId={contact}").json["contact"]["email"] == "ann@op.example"
    assert op("contacts.find", "email=ann@op.example").json["contact"]["id"] == contact
    assert op("contacts.delete", f"contactId={contact}").code == NEEDS_PERSON
    assert op("contacts.delete", f"contactId={contact}", "--yes").code == 0
    assert op("contacts.get", f"contactId={contact}").code == FAILED


def test_both_views_are_spoken(op):
    v2 = op("contacts.create", "firstName=Old", "email=v2@op.example").json["contact"]["id"]
    changed = op("contacts.update", f"contactId={v2}", "lastName=Two")
    assert "succeded" in changed.json
    changed = op("contacts.update", f"contactId={v2}", "lastName=Three", "--version", "v3")
    assert "succeeded" in changed.json


def test_arguments_come_from_a_file_or_standard_input(op, tmp_path, monkeypatch):
    file = tmp_path / "new.json"
    file.write_text(json.dumps({"firstName": "File", "email": "file@op.example"}))
    made = op("contacts.create", "--input", file, "firstName=Typed")
    assert made.json["contact"]["firstName"] == "Typed"
    typed_in(monkeypatch, '{"firstName": "In", "email": "in@op.example"}')
    assert op("contacts.create", "--input", "-").json["contact"]["email"] == "in@op.example"


@pytest.mark.parametrize(
    ("text", "words"), [("{", "is no JSON"), (None, "cannot be read")], ids=["broken", "missing"]
)
def test_a_file_that_cannot_be_used_is_named(op, tmp_path, text, words):
    file = tmp_path / "new.json"
    if text is not None:
        file.write_text(text)
    said = op("contacts.create", "--input", file)
    assert (said.code, words in said.json["error"]) == (WRONG_USE, True)


def test_all_pages_of_a_list_are_followed(op):
    every = op("contacts.search", "pageLimit=3", "--all-pages").json
    ids = [each["id"] for each in every]
    assert len(ids) == len(set(ids)) >= 8
    assert {each["id"] for each in op("contacts.list", "limit=2", "--all-pages").json} == {*ids}


def test_a_limit_ends_a_list(op):
    assert len(op("contacts.search", "pageLimit=3", "--limit", 4).json) == 4
    assert len(op("contacts.search", "--limit", 2).json) == 2


def test_what_is_no_list_has_no_pages(op):
    said = op("contacts.get", "contactId=x", "--all-pages")
    assert (said.code, "has no pages" in said.json["error"]) == (WRONG_USE, True)


def test_a_dry_run_shows_the_request_and_sends_nothing(op, sandbox):
    told = sandbox["gohighlevel"]
    said = op("contacts.create", "email=dry@op.example", "--dry-run")
    assert said.json == {
        "method": "POST",
        "url": f"{told['url']}/contacts/",
        "headers": {"Version": "2021-07-28", "Authorization": "Bearer …"},
        "body": {"email": "dry@op.example", "locationId": told["location_id"]},
    }
    assert op("contacts.find", "email=dry@op.example").json["contact"] is None
    assert told["private_integration_token"] not in said.out + said.err


def test_a_dry_run_of_a_read_shows_its_query(op, sandbox):
    told = sandbox["gohighlevel"]
    said = op("contacts.find_duplicate", "email=a b@c.d", "--dry-run")
    assert said.json["url"] == (
        f"{told['url']}/contacts/search/duplicate?email=a+b%40c.d&locationId={told['location_id']}"
    )


def test_a_dry_run_of_a_list_shows_its_first_page(op):
    assert op("contacts.search", "--all-pages", "--dry-run").json["body"]["pageLimit"] == 100


def test_a_dry_run_of_a_deletion_needs_no_leave(op):
    assert op("contacts.delete", "contactId=c", "--dry-run").json["method"] == "DELETE"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["contacts.create", "emial=a@b.c"], "Did you mean email"),
        (["contacts.create_task", "contactId=c", "title=x"], "needs dueDate and completed"),
        (["contacts.create", "dnd=perhaps"], "dnd takes true or false"),
        (["contacts.create", "email"], "'email' has no value"),
        (["opportunities.search", "status=lots"], "status is one of open, won"),
        (["medias.upload_media_content", "file=@/nowhere.png"], "There is no file /nowhere.png"),
    ],
)
def test_wrong_arguments_are_named_and_nothing_is_sent(op, args, words):
    said = op(*args)
    assert said.code == WRONG_USE
    assert words in said.json["error"]


def test_what_v3_lost_names_its_successor(op):
    said = op("users.list", "--version", "v3")
    assert said.code == WRONG_USE
    assert "call users.search" in said.json["error"]


def test_a_refused_call_says_why(op):
    said = op("contacts.get", "contactId=nobody12345678901234")
    assert said.code == FAILED
    assert "not found" in said.json["error"]


def test_a_missing_scope_is_named(instep, poor, monkeypatch):
    monkeypatch.setenv("GHL_TOKEN", poor["private_integration_token"])
    monkeypatch.setenv("GHL_LOCATION", poor["location_id"])
    there = ("--url", poor["url"], "--json")
    assert instep("op", "call", "contacts.search", "--limit", 1, *there).code == 0
    said = instep("op", "call", "contacts.create", "email=no@op.example", *there)
    assert said.code == NEEDS_PERSON
    assert "lacks the scope contacts.write, which contacts.create needs" in said.json["error"]
    assert poor["private_integration_token"] not in said.out + said.err


def test_it_works_over_a_stored_connection(connected, sandbox):
    made = connected("op", "call", "contacts.create", "email=kept@op.example", "--json")
    assert made.code == 0, made.err
    assert made.json["contact"]["locationId"] == sandbox["gohighlevel"]["location_id"]
    said = connected("op", "call", "contacts.search", "--limit", 1, "--connection", "gohighlevel")
    assert len(json.loads(said.out)) == 1


def test_another_apps_connection_is_refused(connected, insightly):
    assert connected("connect", "insightly", "--country", "US", *insightly).code == 0
    said = connected("op", "call", "contacts.get", "contactId=c", "--connection", "insightly")
    assert (said.code, "operations are GoHighLevel's" in said.err) == (WRONG_USE, True)


def test_without_a_connection_it_says_so(instep):
    said = instep("op", "call", "contacts.get", "contactId=c")
    assert said.code == WRONG_USE
    assert "gohighlevel" in said.err
