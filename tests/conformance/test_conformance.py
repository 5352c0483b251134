"""The small form of `make conformance`: few calls, always the same ones."""

from __future__ import annotations

from contextlib import closing

import pytest

from instep import catalogue
from instep.sandbox.gohighlevel.products import OPERATIONS
from tests.conformance import node_driver, official_specs, report, sdk_python, spec
from tests.conformance.known import KNOWN, Finding, Known, explanation
from tests.conformance.local_account import serve_account
from tests.conformance.node_caller import NodeSdk
from tests.conformance.outcome import Outcome, Verdict
from tests.conformance.plain_http import PlainHttp
from tests.conformance.python_caller import PythonSdk
from tests.conformance.rehearsal import Rehearsal
from tests.conformance.stories import STORIES

_EXAMPLES = 5
_LISTED = {
    each.id for each in catalogue.all_operations() if each.listed is not None and not each.parts
}

try:
    _SPECS = official_specs.find_specs()
except official_specs.SpecsNotFound:
    _SPECS = None  # nothing to hold the sandbox against; `make conformance` fails and says so


@pytest.fixture
def account():
    with serve_account() as served:
        yield served


@pytest.mark.parametrize("view", ["v2", "v3"])
def test_every_listed_operation_works_by_plain_http(account, view):
    outcomes = report._tell(account, view, _SPECS)
    assert _with(Verdict.FAILED, outcomes) == {}
    assert set(_with(Verdict.PASSED, outcomes)) >= _LISTED


# the SDK posts its form in a way that httpx frowns on
@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
async def test_the_official_python_sdk_keeps_its_tokens_in_the_v3_view(account):
    outcomes = await sdk_python.drive(account)
    assert _with(Verdict.FAILED, outcomes) == {}
    assert "refresh expired token" in _with(Verdict.PASSED, outcomes)
    assert len(_with(Verdict.KNOWN_DEFECT, outcomes)) == 4


def test_every_operation_the_official_python_sdk_offers_works(account):
    outcomes = report._tell_python(account)
    assert _with(Verdict.FAILED, outcomes) == {}
    defects = set(PythonSdk.defects)
    assert set(_with(Verdict.KNOWN_DEFECT, outcomes)) == defects
    # facts: ghl 1 (the two that v3 does not have)
    there = _LISTED - {"contacts.list", "users.list"} - defects
    assert there <= set(_with(Verdict.PASSED, outcomes))


def test_the_official_node_sdk_keeps_its_tokens_in_the_v2_view(account):
    outcomes = node_driver.drive(account)
    assert _with(Verdict.FAILED, outcomes) == {}
    assert "refresh expired token" in _with(Verdict.PASSED, outcomes)


def test_every_operation_the_official_node_sdk_offers_works(account):
    outcomes = report._tell_node(account)
    assert _with(Verdict.FAILED, outcomes) == {}
    defects = set(NodeSdk.defects)
    assert set(_with(Verdict.KNOWN_DEFECT, outcomes)) == defects
    assert _LISTED - defects <= set(_with(Verdict.PASSED, outcomes))


if _SPECS is not None:

    @pytest.mark.parametrize(
        "view", official_specs.VIEWS, ids=lambda view: f"{view.product} {view.name}"
    )
    def test_no_answer_falls_outside_the_official_spec_without_a_fact(account, view):
        outcomes = spec.drive(account, _SPECS, view, _EXAMPLES)
        assert _with(Verdict.FAILED, outcomes) == {}
        assert outcomes

    def test_a_server_error_is_found_wherever_it_happens(account):
        account.switch_on("server_error", path="/workflows/*")
        view = official_specs.View("v2", "workflows")
        outcomes = spec.drive(account, _SPECS, view, 2)
        assert set(_with(Verdict.FAILED, outcomes)) == {"GET /workflows/"}


def test_every_simulated_operation_is_in_a_story(account):
    with closing(PlainHttp(account, "v2", None)) as plain:
        rehearsal = Rehearsal(account, plain, plain)
        rehearsal.tell(STORIES)
    simulated = {each.id for each in OPERATIONS if not each.id.startswith("oauth.")}
    assert simulated - set(rehearsal.calls) == set()


def test_an_answer_that_a_story_does_not_go_with_is_its_last_calls_failure(account):
    def story(ghl):
        ghl.call("contacts.create", locationId=account.location_id, email="no address")

    with closing(PlainHttp(account, "v2", None)) as plain:
        outcomes = Rehearsal(account, plain, plain).tell([story])
    assert "422" in _with(Verdict.FAILED, outcomes)["contacts.create"]
    assert "no story calls it" in _with(Verdict.FAILED, outcomes)["contacts.get"]


def test_a_missing_node_is_said_plainly(account, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(node_driver.NodeNotReady, match=r"needs Node 20 or newer with npm"):
        node_driver.drive(account)


def test_missing_specs_are_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setenv(official_specs.SPECS_VARIABLE, str(tmp_path))
    with pytest.raises(
        official_specs.SpecsNotFound, match=r"not found at .+: set INSTEP_GHL_SPECS"
    ):
        official_specs.find_specs()


def test_a_line_that_was_not_run_makes_the_report_end_in_failure(tmp_path, monkeypatch):
    monkeypatch.setenv(official_specs.SPECS_VARIABLE, str(tmp_path))
    outcomes = report._specs(1)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.NOT_RUN}
    assert all(outcome.unexplained for outcome in outcomes)


def test_no_known_deviation_excuses_a_server_error():
    finding = Finding("POST /contacts/", 500, "not_a_server_error")
    assert explanation(finding) is None
    assert all(known.status < 500 and known.fact for known in KNOWN)


def test_a_known_deviation_excuses_only_its_own_status_and_check():
    table = [Known("POST /contacts/*", 422, "status_code_conformance", "ghl 6.3")]
    right = Finding("POST /contacts/search", 422, "status_code_conformance")
    assert explanation(right, table) == "ghl 6.3"
    for wrong in (
        Finding("GET /contacts/search", 422, "status_code_conformance"),
        Finding("POST /contacts/search", 404, "status_code_conformance"),
        Finding("POST /contacts/search", 422, "response_schema_conformance"),
    ):
        assert explanation(wrong, table) is None


def _with(verdict: Verdict, outcomes: list[Outcome]) -> dict[str, str]:
    return {each.operation: each.note for each in outcomes if each.verdict is verdict}
