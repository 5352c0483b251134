"""The API called with all that its description allows, and with much that it forbids.

No answer is a fault of ours, and each is one that the description names, in the form it gives.
"""

from __future__ import annotations

import asyncio
import json

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from instep.api import live
from tests.api.served import served
from tests.api.signed_in import headers
from tools.openapi import described

EXAMPLES = max(3, hypothesis.settings().max_examples // 30)
"""Calls of each route: three in the suite, more where HYPOTHESIS_PROFILE=ci asks for many."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ANNA = {"first_name": "Anna", "email": "anna@example.com"}
TWIN = {"first_name": "Twin", "email": "twin@example.com"}
PEOPLE = ([{**ANNA, "city": "Leiden"}, TWIN, TWIN], [{**ANNA, "city": "Delft"}, TWIN])


async def test_every_route_answers_what_its_description_says(database_url, tmp_path):
    whole = schemathesis.openapi.from_dict(json.loads(await described()))
    schema = whole.exclude(path=live.PATH)  # it answers without an end: tests/api/test_live.py
    async with served(database_url, tmp_path, PEOPLE) as made:
        await made.instep.flows.save(FLOW)
        await made.instep.flows.publish("people")
        found, statuses = await asyncio.to_thread(_drive, schema, made)
    assert not found, "\n".join(found)
    done = {label for label, seen in statuses.items() if any(each < 300 for each in seen)}
    assert {*DONE, *SURE} <= done


DONE = ("GET /api/why", "POST /api/conflicts/resolve")
"""Routes that were not only refused: these made-up calls reach what is behind them, too."""

FLOW = {
    "id": "people",
    "trigger": {"kind": "bridge"},
    "steps": [{"id": "full", "kind": "set_values", "values": {"name": "{{trigger.name}}"}}],
}
NAMED = {"path_parameters": {"name": "people"}}
BRAKES = {"min_changes": 5, "max_share": 0.5, "per_record_per_hour": 3}
SURE = {
    "GET /api/conflicts": {},
    "GET /api/flow-runs": {},
    "GET /api/flow-runs/counts": {},
    "GET /api/flow-runs/replays": {},
    "GET /api/runs": {},
    "GET /api/alerts/channels/kinds": {},
    "GET /api/syncs/{name}/brakes": NAMED,
    "PUT /api/syncs/{name}/brakes": {**NAMED, "body": BRAKES},
    "POST /api/syncs/{name}/preview": NAMED,
    "POST /api/syncs/{name}/run": NAMED,
    "POST /api/conflicts/resolve-all": {"body": {"by": "Ann", "use": "a", "sync": "people"}},
    "GET /api/flows": {},
    "GET /api/overview": {},
    "GET /api/people": {"query": {"search": "anna"}},
    "GET /api/flow-offer": {},
    "POST /api/flows/check": {"body": {"document": FLOW}},
    "POST /api/flow-tests": {"body": {"document": FLOW, "item": {"name": "Ann"}}},
    "PUT /api/flows/{name}": {**NAMED, "body": {"document": FLOW}},
    "POST /api/flows/{name}/start": {**NAMED, "body": {"item": {"name": "Ann"}}},
    **{
        f"{method} /api/flows/{{name}}{rest}": NAMED
        for method, rest in (
            *(("GET", ""), ("GET", "/document"), ("GET", "/versions"), ("GET", "/address")),
            *(("POST", "/publish"), ("POST", "/pause"), ("POST", "/resume")),
            *(("POST", "/address/renew"), ("DELETE", "")),
        )
    },
}
"""Calls that are made once each, before made-up ones: what is behind these routes is always reached."""


def _drive(schema, made):
    found, statuses = [], {}
    with requests.Session() as session:
        session.headers.update(headers(made.instep))
        operations = [each.ok() for each in schema.get_all_operations()]
        # what is taken away cannot be asked for any more
        for operation in sorted(operations, key=lambda each: each.method == "delete"):
            calls = _Calls(operation, made.url, session)
            if operation.label in SURE:
                calls.call(_certain(operation))
            _repeat(calls.make)
            found += calls.found
            statuses[operation.label] = calls.statuses
    return found, statuses


class _Calls:
    """The calls of one route, and what was wrong with the answers."""

    def __init__(self, operation, url, session):
        self.statuses = set()
        self.found = []
        self._operation = operation
        self._url = url
        self._session = session

    def make(self, data):
        mode = data.draw(st.sampled_from(GenerationMode))
        case = data.draw(self._operation.as_strategy(mode))
        case.headers.pop("Authorization", None)  # who asks is not made up
        _aim(case, data)
        self.call(case)

    def call(self, case):
        response = case.call(self._url, session=self._session)
        self.statuses.add(response.status_code)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            called = f"{case.method} {case.formatted_path} {response.status_code}"
            self.found += [f"{called}: {each.message}" for each in group.exceptions]


def _certain(operation):
    call = SURE[operation.label]
    media = {"media_type": "application/json"} if "body" in call else {}
    return operation.Case(**call, **media)


def _aim(case, data):
    """Name, mostly, what is there."""
    if "name" in (case.path_parameters or {}) and data.draw(st.integers(0, 3)):
        case.path_parameters["name"] = "people"
    for name, value in (("sync", "people"), ("record", "anna@example.com")):
        if name in (case.query or {}) and data.draw(st.booleans()):
            case.query[name] = value
    if isinstance(case.body, dict) and "by" in case.body and data.draw(st.booleans()):
        case.body |= {"sync": "people", "use": "a", "separate": False, "field": None}
        case.body.pop("match", None)
    if isinstance(case.body, dict) and "max_share" in case.body and data.draw(st.booleans()):
        case.body |= BRAKES


def _repeat(calls):
    settings = hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    hypothesis.seed(1)(settings(hypothesis.given(st.data())(calls)))()
