"""`instep flow`: from a file to a published flow, and its tests, in front of the sandbox."""

from __future__ import annotations

import io
import json
import sys
import urllib.request

import pytest
import yaml

FAILED, WRONG_USE, NEEDS_PERSON = 1, 2, 3

MAKE = {
    "id": "make",
    "kind": "action",
    "connection": "gohighlevel",
    "operation": "contacts.create",
    "inputs": {"email": "{{trigger.email}}", "firstName": "{{trigger.name}}"},
}
CALL = {
    "id": "call",
    "kind": "action",
    "connection": "gohighlevel",
    "operation": "contacts.create_task",
    "inputs": {
        "contactId": "{{steps.make.contact.id}}",
        "title": "Call",
        "dueDate": "{{now}}",
        "completed": False,
    },
}
FIND = {
    "id": "find",
    "kind": "action",
    "connection": "gohighlevel",
    "operation": "contacts.search",
    "inputs": {"pageLimit": 1},
}
FLOW = {"id": "welcome", "trigger": {"kind": "manual"}, "steps": [MAKE, CALL]}


@pytest.fixture
def flow(instep, ghl, tmp_path):
    """Run `instep flow ARGS…` with GoHighLevel connected."""
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0

    def run(*args):
        return instep("flow", *args)

    return run


@pytest.fixture
def file(tmp_path):
    """Write a document into a file."""

    def write(document, name="welcome.json"):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return str(path)

    return write


class Journal:
    """The sandbox's own record of what it was asked."""

    def __init__(self, url):
        self.url = f"{url}/_sandbox/journal"
        self._put(on=True)

    def _put(self, *, on):
        body = json.dumps({"on": on}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="PUT")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200

    def calls(self):
        with urllib.request.urlopen(self.url) as answer:
            return [(each["method"], each["path"]) for each in json.load(answer)["calls"]]


@pytest.fixture
def journal(flow, sandbox):
    """The calls since the connection was made."""
    return Journal(sandbox["gohighlevel"]["url"])


def test_a_dry_run_sends_nothing_by_the_sandboxes_own_journal(flow, file, journal):
    path = file({**FLOW, "steps": [FIND, MAKE, CALL]})
    for how in ([], ["--dry-run"], ["--step", "call"], ["--sample"]):
        said = flow("test", path, *how, "--json")
        assert said.code == 0, said.err
        assert said.json["sent"] == "nothing"
        assert all(step["requests"] for step in said.json["steps"])
    assert flow("save", path).code == 0
    assert flow("test", "welcome", "--item", '{"email": "d@x.org"}', "--json").code == 0
    assert journal.calls() == []


def test_a_dry_run_asks_no_other_app_either(instep, flow, file, insightly, sandbox):
    assert instep("connect", "insightly", "--country", "US", *insightly).code == 0
    journal = Journal(sandbox["insightly"]["url"])
    step = {**MAKE, "connection": "insightly", "operation": "contact.create"}
    step["inputs"] = {"email": "{{trigger.email}}", "first_name": "Ann"}
    said = flow("test", file({**FLOW, "steps": [step]}), "--json")
    assert (said.code, len(said.json["steps"][0]["requests"])) == (0, 1), said.out
    assert journal.calls() == []


def test_a_dry_run_shows_the_request_as_it_is_sent_later(flow, file, journal, sandbox):
    path = file(FLOW)
    item = '{"email": "shown@x.org", "name": "Ann"}'
    dry = flow("test", path, "--item", item, "--json").json["steps"]
    told = sandbox["gohighlevel"]
    assert dry[0]["requests"][0] == {
        "method": "POST",
        "url": f"{told['url']}/contacts/",
        "headers": {"Version": "2021-07-28", "Authorization": "•••"},
        "body": {
            "email": "shown@x.org",
            "firstName": "Ann",
            "locationId": told["location_id"],
        },
    }
    # which id the contact is given nobody knows beforehand
    assert (dry[0]["made_up"], dry[1]["input"]["contactId"]) == (True, "sample id")
    said = flow("test", path, "--item", item, "--send", "--yes", "--json")
    assert (said.code, said.json["failed"]) == (0, False)
    first, second = journal.calls()
    assert first == ("POST", "/contacts/")
    assert second[1].endswith("/tasks")
    assert told["private_integration_token"] not in said.out


def test_reads_are_asked_and_writes_are_not(flow, file, journal):
    said = flow("test", file({**FLOW, "steps": [FIND, MAKE]}), "--read", "--json").json
    assert [(each["step"], each["state"]) for each in said["steps"]] == [
        ("find", "done"),
        ("make", "shown"),
    ]
    assert journal.calls() == [("POST", "/contacts/search")]


def test_a_real_test_asks_first(flow, file, journal):
    said = flow("test", file(FLOW), "--send")
    assert said.code == NEEDS_PERSON
    assert "make calls contacts.create of gohighlevel" in said.err
    assert journal.calls() == []


def test_a_step_that_fails_says_where_in_its_expression(flow, file):
    wrong = {**MAKE, "inputs": {"email": "{{trigger.n | round:2}}"}}
    said = flow("test", file({**FLOW, "steps": [wrong]}), "--item", '{"n": "many"}')
    assert said.code == FAILED
    assert "Its input email: The template is wrong at character" in said.out
    assert "^^^" in said.out


@pytest.mark.parametrize(
    "wrong",
    [
        ("--send", "--read"),
        ("--item", "{}", "--sample"),
        ("--item", "{"),
        ("--item", "@nowhere.json"),
        ("--step", "nosuch"),
        ("--recent",),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(flow, file, wrong):
    said = flow("test", file(FLOW), *wrong)
    assert (said.code, said.out) == (WRONG_USE, "")
    assert said.err.strip().endswith((".", "?"))
    assert "Traceback" not in said.err


def test_a_flow_goes_from_a_file_to_a_version(flow, file):
    path = file(yaml.safe_dump({**FLOW, "title": "Welcome"}), "welcome.yaml")
    assert flow("check", path, "--json").json == {"publishable": True, "problems": []}
    assert flow("save", path, "--json").json["flow"] == "welcome"
    assert flow("show", "welcome", "--json").json["state"] == "draft"
    published = flow("publish", "welcome", "--json").json
    assert published == {"flow": "welcome", "version": 1, "state": "active"}
    # a file is saved and published in one
    assert flow("publish", file({**FLOW, "title": "Hello"}), "--json").json["version"] == 2
    assert [each["version"] for each in flow("versions", "welcome", "--json").json] == [2, 1]
    assert flow("document", "welcome", "--version", 1, "--json").json["title"] == "Welcome"
    assert json.loads(flow("document", "welcome").out)["title"] == "Hello"
    said = flow("show", "welcome").out
    for word in ("active", "by hand", "call: calls contacts.create_task of gohighlevel"):
        assert word in said
    assert "welcome" in flow("list").out
    assert "Versions of welcome" in flow("versions", "welcome").out


def test_pausing_starting_and_deleting(flow, file):
    flow("publish", file(FLOW))
    assert flow("pause", "welcome", "--json").json == {"flow": "welcome", "state": "paused"}
    run = flow("start", "welcome", "--item", '{"email": "s@x.org"}', "--json").json["run"]
    assert run.startswith("frn_")
    (listed,) = flow("list", "--json").json
    assert (listed["state"], listed["runs"]) == ("paused", {"ready": 1})
    # the item of a run is what a test begins with
    tested = flow("test", "welcome", "--recent", "--json").json
    assert (tested["item"], run in tested["whence"]) == ({"email": "s@x.org"}, True)
    assert flow("resume", "welcome").code == 0
    assert flow("delete", "welcome").code == NEEDS_PERSON
    assert flow("delete", "welcome", "--yes").code == 0
    assert "There is no flow yet" in flow("list").out
    said = flow("show", "welcome")
    assert (said.code, "There is no flow called 'welcome'" in said.err) == (WRONG_USE, True)


def test_problems_are_told_with_their_places_and_keep_a_flow_from_being_published(flow, file):
    wrong = {**CALL, "inputs": {**CALL["inputs"], "titel": "x"}}
    path = file({**FLOW, "steps": [wrong]})
    said = flow("check", path)
    assert said.code == WRONG_USE
    assert "steps[1].inputs.titel (step call)" in said.out
    problems = flow("check", path, "--json").json["problems"]
    assert "steps[1].inputs.titel" in {each["place"] for each in problems}
    assert flow("save", path).code == 0
    assert flow("publish", "welcome").code == WRONG_USE
    assert flow("versions", "welcome", "--json").json == []


def test_what_is_given_by_name_is_stored_by_id(flow, file):
    (known, *_) = flow(
        *("choices", "gohighlevel", "opportunities.create", "pipelineId", "--json")
    ).json
    inputs = {"pipelineId": {"name": known["name"]}, "name": "Deal", "status": "open"}
    step = {**MAKE, "operation": "opportunities.create", "inputs": inputs}
    flow("save", file({**FLOW, "steps": [step]}))
    (stored,) = flow("document", "welcome", "--json").json["steps"]
    assert stored["inputs"]["pipelineId"] == known["id"]
    inputs["pipelineId"] = {"name": f"{known['name']}x"}
    said = flow("check", file({**FLOW, "steps": [step]}))
    assert (said.code, f"Did you mean {known['name']}?" in said.out) == (WRONG_USE, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a\n", "holds no flow"),
        ("a: [", "neither JSON nor YAML"),
        ("a: !!python/object:x {}", "neither JSON nor YAML"),
        ("1: &x [*x]", "holds what JSON has no form for"),
    ],
)
def test_a_file_that_holds_no_flow_is_told(flow, file, text, words):
    said = flow("check", file(text, "wrong.yaml"))
    assert (said.code, words in said.err) == (WRONG_USE, True), said.err


def test_a_file_that_is_not_there_and_standard_input(flow, monkeypatch):
    assert "cannot be read" in flow("check", "nowhere/flow.json").err
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(FLOW)))
    assert flow("save", "-").code == 0


def test_what_there_is_is_found_by_words(flow):
    found = flow("operations", "gohighlevel", "create", "task", "--json").json
    assert found[0] == {
        "name": "contacts.create_task",
        "title": "Create Contact Task",
        "how": "write",
    }
    assert "more: add words" in flow("operations", "gohighlevel").out
    assert "Nothing fits" in flow("operations", "gohighlevel", "submarine").out
    shown = flow("operations", "gohighlevel", "--show", "contacts.create_task", "--json").json
    assert shown["inputs"][0]["required"]
    assert "contacts.write" in shown["scopes"]
    triggers = flow("triggers", "gohighlevel", "contact", "--json").json
    assert {"event", "poll"} == {each["how"] for each in triggers}
    event = flow("triggers", "gohighlevel", "--show", "ContactCreate", "--json").json
    assert (event["how"], "firstName" in event["item"]["fields"]) == ("event", True)
    said = flow("operations", "gohighlevl")
    assert (said.code, "Did you mean gohighlevel?" in said.err) == (WRONG_USE, True)


def test_an_address_is_shown_again_and_renewed(flow, file):
    flow("save", file({**FLOW, "trigger": {"kind": "bridge"}}))
    said = flow("address", "welcome").out
    assert "takes nothing until" in said
    flow("publish", "welcome")
    shown = flow("address", "welcome", "--json").json
    assert (shown["takes"], shown["path"] in said) == (True, True)
    assert flow("address", "welcome").out.strip() == shown["url"]
    renewed = flow("address", "welcome", "--new", "--json").json
    assert renewed["path"] != shown["path"]
    assert flow("address", "welcome", "--json").json == renewed
