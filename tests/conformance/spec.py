"""Calls the sandbox with what an official spec allows and forbids; checks the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
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

from instep import catalogue
from instep.sandbox.gohighlevel.products import OPERATIONS
from tests.conformance.aim import MAYBE, MOSTLY, SURELY, Aim
from tests.conformance.known import Finding, explanation
from tests.conformance.local_account import Account
from tests.conformance.official_specs import View, close_bodies, read_spec
from tests.conformance.outcome import Outcome, Verdict
from tests.conformance.rehearsal import has_files

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def drive(account: Account, folder: Path, view: View, examples: int) -> list[Outcome]:
    """Call every operation of the spec `examples` times; one row each, always the same calls."""
    spec = read_spec(folder, view)
    loose = _operations(spec)
    closed = _operations(close_bodies(spec))
    aim = Aim(account, view.name)
    try:
        with requests.Session() as session:
            return [
                _outcome(
                    view, _Calls(account, aim, session, view, loose[label], closed[label]), examples
                )
                for label in loose
            ]
    finally:
        aim.close()


def _operations(spec: dict[str, Any]) -> dict[str, APIOperation]:
    found = schemathesis.openapi.from_dict(spec).get_all_operations()
    return {operation.label: operation for operation in (each.ok() for each in found)}


@cache
def _identifiers(view: str) -> dict[str, str]:
    """Return the catalogue's ids by what schemathesis calls an operation."""
    return {
        f"{each.views[view].method} {each.views[view].path}": each.id
        for each in catalogue.all_operations()
        if view in each.views
    }


_SIMULATED = {each.id for each in OPERATIONS}


def _outcome(view: View, calls: _Calls, examples: int) -> Outcome:
    def row(verdict: Verdict, note: str) -> Outcome:
        return Outcome(view.client, calls.label, verdict, note)

    if calls.identifier not in _SIMULATED:
        refusal = calls.make_one()
        honest = "does not simulate" in str(refusal.text)
        if refusal.status_code == HTTPStatus.NOT_IMPLEMENTED and honest:
            return row(Verdict.NOT_SIMULATED, "the sandbox says so in a sentence")
        return row(Verdict.FAILED, f"{refusal.status_code} where 501 was due")
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
        aim: Aim,
        session: requests.Session,
        view: View,
        loose: APIOperation,
        closed: APIOperation,
    ) -> None:
        self.label = loose.label
        self.identifier = _identifiers(view.name)[loose.label]
        self.statuses: Counter[int] = Counter()
        self.facts: set[str] = set()
        self._examples: dict[Finding, str] = {}
        self._account = account
        self._session = session
        self._view = view
        self._loose = loose
        self._closed = closed
        self._aim = aim

    @property
    def summary(self) -> str:
        """How often each status came."""
        return ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))

    @property
    def unexplained(self) -> list[str]:
        """One line per finding without a fact, with the first call that showed it."""
        return [f"{finding}: {example}" for finding, example in self._examples.items()]

    def make_one(self) -> requests.Response:
        """Call it once, with made-up path parameters."""
        url = self._account.url + self._loose.path.replace("{", "").replace("}", "")
        headers = self._aim.headers(self.identifier, entitled=True)
        version = "v3" if self._view.name == "v3" else "2021-07-28"
        return self._session.request(
            self._loose.method, url, headers={**headers, "Version": version}
        )

    def make(self, examples: int) -> None:
        """Make calls, the same ones each time: one that works, then half well aimed, half not."""
        self._make_known()

        def aimed(data: st.DataObject) -> None:
            case = data.draw(self._closed.as_strategy(GenerationMode.POSITIVE))
            self._aim.take(case, self.identifier, data.draw, SURELY)
            self._call(case, entitled=True)

        def anything(data: st.DataObject) -> None:
            mode = data.draw(st.sampled_from(GenerationMode))
            case = data.draw(self._loose.as_strategy(mode))
            self._aim.take(case, self.identifier, data.draw, MAYBE)
            self._call(case, entitled=data.draw(MOSTLY))

        for round_of_calls in (aimed, anything):
            _repeat(round_of_calls, examples // 2)

    def _make_known(self) -> None:
        known = self._aim.known(self.identifier)
        if known is None:
            return
        if has_files(known):
            # the specs do not name the part that holds the file, so only plain HTTP can send it
            self.statuses[self._aim.send(known).status] += 1
            return
        given = {"path_parameters": known.path, "query": known.query}
        if known.body is not None:
            given |= {"body": known.body, "media_type": "application/json"}
        version = {"Version": "v3" if self._view.name == "v3" else "2021-07-28"}
        self._call(self._loose.Case(**given, headers=version), entitled=True)

    def _call(self, case: Case, *, entitled: bool) -> None:
        headers = self._aim.headers(self.identifier, entitled=entitled)
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
