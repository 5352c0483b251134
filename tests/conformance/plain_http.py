"""Plain HTTP as a client: the raw suite. Every answer is held against the official spec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import httpx
import jsonschema_rs

from instep.catalogue import Address, Operation
from tests.conformance.known import Finding, explanation
from tests.conformance.local_account import BROWSER, Account
from tests.conformance.official_specs import read_reply_schemas
from tests.conformance.rehearsal import Answer, Sending, Unexpected, has_files

# facts: ghl 2.2 (these two are not in the v3 set, and were seen answering there all the same)
ANSWERING_IN_V3 = ("contacts.list", "users.list")


class PlainHttp:
    """Calls what the catalogue says; a yes must have its status and, with specs, its shape."""

    defects: ClassVar[dict[str, str]] = {}

    def __init__(self, account: Account, view: str, specs: Path | None) -> None:
        self.name = f"raw HTTP, {view} view"
        self.view = view
        self._account = account
        self._schemas = read_reply_schemas(specs, view) if specs else {}
        self._client = httpx.Client(base_url=account.url, headers=BROWSER, timeout=30)

    def offers(self, operation: Operation) -> bool:
        """Every operation of the view, and the two that v3 lacks and answers."""
        return self.view in operation.views or operation.id in ANSWERING_IN_V3

    def send(self, sending: Sending) -> Answer:
        """Make the call and check a yes."""
        address = sending.address
        reply = self._client.request(
            address.method,
            _filled(address.path, sending.path),
            params={name: value for name, value in sending.query.items() if value is not None},
            headers={**self._token(address), "Version": self._version(address)},
            **_content(sending),
        )
        answer = Answer(reply.status_code, _body(reply))
        if 200 <= reply.status_code < 300:
            self._check(sending, answer)
        return answer

    def close(self) -> None:
        """Let go of sockets."""
        self._client.close()

    def _token(self, address: Address) -> dict[str, str]:
        agency = address.token.startswith("agency")
        token = self._account.agency_private_integration_token
        if not agency:
            token = self._account.private_integration_token
        return {"Authorization": f"Bearer {token}"}

    def _version(self, address: Address) -> str:
        return "v3" if self.view == "v3" else address.version or "2021-07-28"

    def _check(self, sending: Sending, answer: Answer) -> None:
        if answer.status != sending.address.status:
            raise Unexpected(f"{answer.status} instead of {sending.address.status}")
        schema = self._schemas.get((sending.address.method, sending.address.path))
        if schema is None or isinstance(answer.body, bytes | str):
            return
        errors = [str(error) for error in jsonschema_rs.iter_errors(schema, answer.body)]
        label = f"{sending.address.method} {sending.address.path}"
        finding = Finding(label, answer.status, "response_schema_conformance")
        if errors and explanation(finding) is None:
            raise Unexpected(f"outside the spec: {errors[0][:300]}")


def _content(sending: Sending) -> dict[str, Any]:
    """Return the body as httpx takes it: JSON, or a form with its files."""
    if not has_files(sending):
        return {"json": sending.body}
    files = {name: value for name, value in sending.body.items() if isinstance(value, tuple)}
    fields = {name: value for name, value in sending.body.items() if name not in files}
    return {"data": fields, "files": files}


def _filled(path: str, values: dict[str, Any]) -> str:
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path


def _body(reply: httpx.Response) -> Any:
    kind = reply.headers.get("content-type", "")
    if "json" in kind:
        return json.loads(reply.content)
    return reply.text if kind.startswith("text/") else reply.content
