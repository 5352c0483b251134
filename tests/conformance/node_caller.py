"""The official Node SDK as a client: v2 view, in a process that answers one call a line."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict
from typing import Any, ClassVar

from instep.catalogue import Operation
from tests.conformance.local_account import Account
from tests.conformance.node_driver import CLIENT, FOLDER, install
from tests.conformance.rehearsal import Answer, Sending

_SERVICES = {"ad_manager": "adManager", "saas": "saasApi"}


class NodeSdk:
    """Finds the SDK's method by the official id. Raises NodeNotReady if it cannot be run here."""

    name = CLIENT
    view = "v2"
    defects: ClassVar[dict[str, str]] = {}

    def __init__(self, account: Account) -> None:
        install()
        self._process = subprocess.Popen(
            ["node", "call.js"],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._write(asdict(account))
        self._offered: dict[str, bool] = {}

    def offers(self, operation: Operation) -> bool:
        """Whether the SDK has a method for it, in its view."""
        if operation.official is None or "v2" not in operation.views:
            return False
        if operation.id not in self._offered:
            found = self._ask(self._wanted(operation) | {"probe": True})
            self._offered[operation.id] = "missing" not in found
        return self._offered[operation.id]

    def send(self, sending: Sending) -> Answer:
        """Call the SDK's method."""
        said = self._ask(
            self._wanted(sending.operation)
            | {
                "parameters": {
                    _camel(name): value for name, value in (sending.path | sending.query).items()
                },
                "body": sending.body,
            }
        )
        return Answer(said.get("status", sending.address.status), said.get("body"))

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(timeout=10)

    def _wanted(self, operation: Operation) -> dict[str, Any]:
        product, official = operation.product, operation.official or ""
        agency = operation.address("v2").token.startswith("agency")
        service = _SERVICES.get(product, _camel(product))
        return {"service": service, "method": _camel(official), "agency": agency}

    def _ask(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self._write(wanted)
        answer = self._process.stdout.readline() if self._process.stdout else ""
        if not answer:
            raise RuntimeError("The Node process ended before it answered.")
        read: dict[str, Any] = json.loads(answer)
        return read

    def _write(self, line: dict[str, Any]) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(line) + "\n")
            self._process.stdin.flush()


def _camel(name: str) -> str:
    first, *rest = re.split(r"[-_]", name)
    return first[:1].lower() + first[1:] + "".join(each[:1].upper() + each[1:] for each in rest)
