"""Calls the sandbox with what the official contacts spec allows and forbids; checks the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conformance.aim import MAYBE, MOSTLY, SURELY, Aim
from tests.conformance.known import LATER, Finding, explanation
from tests.conformance.local_account import Account
from tests.conformance.official_specs import View, close_bodies, read_spec
from tests.conformance.outcome import Outcome, Verdict

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def drive(account: Account, folder: Path, view: View, examples: int) -> list[Outcome]:
    """Call every operation of the view `examples` times; one row each, always the same calls."""
    spec = read_spec(folder, view)
    loose = _operations(spec)
    closed = _operations(close_bodies(spec))
    with requests.Session() as session:
        return [
            _outcome(view, _Calls(account, session, loose[label], closed[label]), examples)
            for label in loose
        ]


def _operations(spec: dict[str, Any]) -> dict[str, APIOperation]:
    found = schemathesis.openapi.from_dict(spec).get_all_operations()
    return {operation.label: operation for operation in (each.ok() for each in found)}


def _outcome(view: View, calls: _Calls, examples: int) -> Outcome:
    def row(verdict: Verdict, note: str) -> Outcome:
        return Outcome(view.client, calls.label, verdict, note)

    if calls.label in LATER:
        if calls.find_route():
            return row(Verdict.FAILED, "the sandbox has it now: take it out of LATER")
        return row(Verdict.NOT_BUILT, LATER[calls.label])
    calls.make(examples)
    if calls.unexplained:
        return row(Verdict.FAILED, "; ".join(calls.unexplained))
    if not any(200 <= status < 300 for status in calls.statuses):
        return row(Verdict.FAILED, f"no call succeeded: {calls.summary}")
    if calls.facts:
        facts = "; ".join(sorted(calls.facts))
        return row(Verdict.KNOWN_DEVIATION, f"{facts} ({calls.summary})")
    return row(Verdict.PASSED, calls.summary)


class _Calls:
    """The calls made to one operation and what was found in the answers."""

    def __init__(
        self,
        account: Account,
        session: requests.Session,
        loose: APIOperation,
        closed: APIOperation,
    ) -> None:
        self.label = loose.label
        self.statuses: Counter[int] = Counter()
        self.facts: set[str] = set()
        self._examples: dict[Finding, str] = {}
        self._account = account
        self._session = session
        self._loose = loose
        self._closed = closed
        self._aim = Aim(account)

    @property
    def summary(self) -> str:
        """How often each status came."""
        return ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))

    @property
    def unexplained(self) -> list[str]:
        """One line per finding without a fact, with the first call that showed it."""
        return [f"{finding}: {example}" for finding, example in self._examples.items()]

    def find_route(self) -> bool:
        """Say whether the sandbox has a route for this operation."""
        url = self._account.url + self._loose.path.replace("{", "").replace("}", "")
        headers = self._aim.headers(entitled=True)
        reply = self._session.request(self._loose.method, url, headers=headers)
        return reply.status_code not in {HTTPStatus.NOT_FOUND, HTTPStatus.NOT_IMPLEMENTED}

    def make(self, examples: int) -> None:
        """Make calls, the same ones each time: half well aimed, half anything at all."""

        def aimed(data: st.DataObject) -> None:
            case = data.draw(self._closed.as_strategy(GenerationMode.POSITIVE))
            self._aim.take(case, data.draw, SURELY)
            self._call(case, self._aim.headers(entitled=True))

        def anything(data: st.DataObject) -> None:
            mode = data.draw(st.sampled_from(GenerationMode))
            case = data.draw(self._loose.as_strategy(mode))
            self._aim.take(case, data.draw, MAYBE)
            self._call(case, self._aim.headers(entitled=data.draw(MOSTLY)))

        for round_of_calls in (aimed, anything):
            _repeat(round_of_calls, examples // 2)

    def _call(self, case: Case, headers: dict[str, str]) -> None:
        response = case.call(self._account.url, session=self._session, headers=headers)
        self.statuses[response.status_code] += 1
        for failure in _failures(lambda: case.validate_response(response, checks=_CHECKS)):
            finding = Finding(self.label, response.status_code, failure.checks[0])
            fact = explanation(finding)
            if fact is not None:
                self.facts.add(fact)
            else:
                example = f"{case.method} {case.formatted_path} {failure.message}"
                self._examples.setdefault(finding, " ".join(example.split())[:500])


def _repeat(calls: Callable[[st.DataObject], None], examples: int) -> None:
    settings = hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    hypothesis.seed(1)(settings(hypothesis.given(st.data())(calls)))()


def _failures(check: Callable[[], None]) -> list[Failure]:
    try:
        check()
    except FailureGroup as group:
        return list(group.exceptions)
    return []
