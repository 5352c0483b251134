"""Tells stories to the sandbox: each call of a story goes out through one client, and is judged.

A story is written once, in the catalogue's ids and the v2 view's names. What a client does not offer
is done for it by plain HTTP and not counted, so that the story can go on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol

from instep import catalogue
from instep.catalogue import Address, Operation
from tests.conformance.local_account import Account
from tests.conformance.outcome import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is parsed JSON, text or bytes."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Sending:
    """One call as the view wants it. `body` is None where none is sent."""

    operation: Operation
    address: Address
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any


class Caller(Protocol):
    """One client. `name` heads its rows, `view` is the one it speaks.

    `defects` are the operations that it cannot do, each with the fact.
    """

    name: str
    view: str
    defects: ClassVar[dict[str, str]]

    def offers(self, operation: Operation) -> bool:
        """Whether the client can make this call at all."""

    def send(self, sending: Sending) -> Answer:
        """Make the call."""


class Unexpected(AssertionError):
    """An answer that the story does not go with."""


Story = Callable[["Rehearsal"], None]


@dataclass(slots=True)
class Rehearsal:
    """One client telling all stories against one account; `plain` fills in for it."""

    account: Account
    caller: Caller
    plain: Caller
    calls: dict[str, Sending] = field(default_factory=dict)
    _verdicts: dict[str, Outcome] = field(default_factory=dict)
    _last: str = ""

    @property
    def view(self) -> str:
        """The view the client speaks."""
        return self.caller.view

    def tell(self, stories: Iterable[Story]) -> list[Outcome]:
        """Tell every story; return one row for each listed operation the client offers."""
        for story in stories:
            self._last = ""
            try:
                story(self)
            except Exception as error:  # noqa: BLE001 - whatever goes wrong is the last call's outcome
                said = f"in {story.__name__}: {type(error).__name__}: {error}"
                self._fail(self._last, " ".join(said.split())[:500])
        return [self._row(operation) for operation in self._wanted()]

    def call(self, identifier: str, /, **arguments: Any) -> Any:
        """Make a call that must succeed; return the body. Names ending in _ lose it (`from_`)."""
        answer = self._make(identifier, arguments)
        if not 200 <= answer.status < 300:
            raise Unexpected(f"{answer.status} {answer.body}")
        defect = self.caller.defects.get(identifier)
        if self.caller is self.plain or not has_files(self.calls[identifier]):
            self._judge(
                identifier, Verdict.KNOWN_DEFECT if defect else Verdict.PASSED, defect or ""
            )
        return answer.body

    def refused(self, identifier: str, status: int, /, **arguments: Any) -> Any:
        """Make a call that must be refused with this status; return the body."""
        answer = self._make(identifier, arguments)
        if answer.status != status:
            raise Unexpected(f"{answer.status} instead of {status}: {answer.body}")
        return answer.body

    def note(self, identifier: str, arguments: dict[str, Any]) -> Sending:
        """Return a call as the view wants it, and remember it."""
        self._last = identifier
        sending = sorted_out(catalogue.get(identifier), self.view, arguments)
        self.calls[identifier] = sending
        return sending

    def _make(self, identifier: str, arguments: dict[str, Any]) -> Answer:
        operation = catalogue.get(identifier)
        sending = self.note(identifier, arguments)
        if identifier in self.caller.defects:
            self._prove_defect(sending)
            return self.plain.send(sending)
        offered = self.caller.offers(operation) and not has_files(sending)
        return (self.caller if offered else self.plain).send(sending)

    def _prove_defect(self, sending: Sending) -> None:
        """Let the client fail at what it is known to fail at."""
        try:
            answer = self.caller.send(sending)
        except Exception:  # noqa: BLE001 - however the client fails, it fails
            return
        if 200 <= answer.status < 300:
            raise Unexpected("the client can do it now: take it out of its defects")

    def _judge(self, identifier: str, verdict: Verdict, note: str = "") -> None:
        known = self._verdicts.get(identifier)
        offered = known is not None or self.caller.offers(catalogue.get(identifier))
        if offered and (known is None or known.verdict is not Verdict.FAILED):
            self._verdicts[identifier] = Outcome(self.caller.name, identifier, verdict, note)

    def _fail(self, identifier: str, said: str) -> None:
        self._verdicts[identifier] = Outcome(self.caller.name, identifier, Verdict.FAILED, said)

    def _wanted(self) -> list[str]:
        listed = [
            each.id
            for each in catalogue.all_operations()
            if each.listed is not None and self._offers_all(each)
        ]
        return listed + [each for each in self._verdicts if each not in listed]

    def _offers_all(self, operation: Operation) -> bool:
        """Whether the client can make the call, or every call it is made of."""
        parts = [catalogue.get(part) for part in operation.parts] or [operation]
        return all(self.caller.offers(part) for part in parts)

    def _row(self, identifier: str) -> Outcome:
        """Return the row of one operation; one that is made of others is as good as the worst."""
        parts = catalogue.get(identifier).parts or (identifier,)
        missing = Outcome(self.caller.name, identifier, Verdict.FAILED, "no story calls it")
        rows = [self._verdicts.get(part, missing) for part in parts]
        worst = next((row for row in rows if row.verdict is not Verdict.PASSED), rows[0])
        return replace(worst, operation=identifier)


def has_files(sending: Sending) -> bool:
    """Whether a file is sent, which only plain HTTP does here."""
    body = sending.address.body
    return body is not None and body.content == "multipart"


def sorted_out(operation: Operation, view: str, arguments: dict[str, Any]) -> Sending:
    """Sort a call's arguments into path, query and body, under the view's names."""
    address = operation.address("v3" if view == "v3" else "v2")
    places = {each.name: each.place for each in address.parameters}
    sending = Sending(operation, address, {}, {}, None)
    body: dict[str, Any] = {}
    whole = arguments.pop("body_", None)
    for given, value in arguments.items():
        name = given if given in places else _camel(given)
        if places.get(name) == "path":
            sending.path[name] = value
        elif places.get(name) == "query":
            sending.query[name] = value
        else:
            body[given.rstrip("_")] = value
    if whole is None and (body or (address.body is not None and address.body.required)):
        whole = body
    return Sending(operation, address, sending.path, sending.query, whole)


def _camel(name: str) -> str:
    """Return the name v3 gives to a parameter of the older view. facts: ghl 2.3"""
    return re.sub(r"(?<=.)_([a-z])", lambda found: found[1].upper(), name)


def same(actual: object, expected: object) -> None:
    """Hold two values against each other."""
    if actual != expected:
        raise Unexpected(f"expected {expected!r}, got {actual!r}")


def true(fact: object, said: str) -> None:
    """Hold a fact against what should be."""
    if not fact:
        raise Unexpected(said)
