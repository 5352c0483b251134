"""What the contract suite stands on: an app under test, its faults, a client that reaches it."""
# ruff: noqa: S101 - asserting is what a test suite does

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol, TypeVar

import pytest

from instep.core.records import Value
from instep.sdk.auth import Credential
from instep.sdk.client import Client
from instep.sdk.clock import ManualClock
from instep.sdk.connector import Connector
from instep.sdk.kept import Answering
from instep.sdk.resource import Account, Resource
from instep.sdk.testing.fakes import FixedTokens, FreeLimiter

_Test = TypeVar("_Test", bound=Callable[..., Any])


class Faults(Protocol):
    """How the contract makes an emulator misbehave."""

    def rate_limit(self, times: int) -> None:
        """Refuse the next calls as the app refuses calls that come too fast."""

    def fail(self, times: int) -> None:
        """Answer the next calls with a server error and do nothing."""

    def drop_reply(self) -> None:
        """Carry out the next call and then hang up without an answer."""

    def skew(self, seconds: float) -> None:
        """Put the app's clock ahead (or, negative, behind)."""

    def clear(self) -> None:
        """Let everything go right again."""


def needs(*capabilities: str) -> Callable[[_Test], _Test]:
    """Mark a test that is meant only for resources with all of these capabilities."""

    def mark(test: _Test) -> _Test:
        test.__dict__["needs"] = (*capabilities, *test.__dict__.get("needs", ()))
        return test

    return mark


class Ground:
    """What a subclass says about its app, and the fixtures every promise stands on.

    A test whose capability is False does not exist for that connector, so nothing is skipped.
    """

    canonical: ClassVar[str] = "contact"
    page_size: ClassVar[int]
    """Records on one full page of `list`."""
    unknown_id: ClassVar[str]
    """An id of the right shape that no record has."""
    clearable: ClassVar[str] = "city"
    """A field that can be emptied, and is in `sample`."""
    changeable: ClassVar[tuple[str, Value]] = ("first_name", "Beth")
    """A field that can be changed, and a value that no sample has there."""
    has_credential: ClassVar[bool] = True
    """Whether its calls carry a credential, which can be a wrong one."""
    travels: ClassVar[bool] = True
    """Whether its calls travel: what Instep answers itself meets no limit and no fault."""
    has_versions: ClassVar[bool] = False
    refuses_duplicates: ClassVar[bool] = False
    can_find: ClassVar[bool] = True
    can_skew: ClassVar[bool] = True
    can_write: ClassVar[bool] = True
    """Whether records can be created and changed; otherwise the emulator has some already."""
    only_reads: ClassVar[bool] = False
    """The opposite of `can_write`."""
    can_delete: ClassVar[bool] = False
    can_archive: ClassVar[bool] = False
    """Whether a record can be put away without deleting it (`Resource.archived`)."""
    has_required: ClassVar[bool] = False
    """Whether the app insists on fields in a create (`Resource.required`)."""
    has_custom_fields: ClassVar[bool] = False
    """Whether an account can have fields of its own on the records; the emulator has some."""
    has_pages: ClassVar[bool] = True
    """Whether a list comes in several pages."""
    tells_changes: ClassVar[bool] = True
    """Whether `changes` leaves out what did not change (`Cursor.since`)."""
    has_rule: ClassVar[bool] = False
    """Whether a lost create is recognised by its content (`Lookup.by`)."""
    has_parents: ClassVar[bool] = False
    """Whether records are reached through a parent: then override `parent_id`."""

    _withheld: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "page_size"):
            return  # no app is named yet
        tests = {name: getattr(cls, name) for name in dir(cls)}
        # what a class between could not have, this one may; what it gave up itself stays away
        tests |= {name: test for name, test in cls._withheld.items() if name not in vars(cls)}
        cls._withheld = {}
        for name, test in tests.items():
            capabilities = getattr(test, "needs", ())
            if not all(getattr(cls, capability) for capability in capabilities):
                cls._withheld[name] = test
            if capabilities:
                setattr(cls, name, None if name in cls._withheld else test)

    # What a subclass says about its app

    @pytest.fixture
    def connector(self) -> Connector:
        """Return the connector under test."""
        raise NotImplementedError

    @pytest.fixture
    def account(self) -> Account:
        """Return the emulator's account, whose config leads to it."""
        raise NotImplementedError

    @pytest.fixture
    def credential(self) -> Credential:
        """Return a credential the emulator accepts."""
        raise NotImplementedError

    @pytest.fixture
    def faults(self) -> Faults:
        """Return the emulator's faults."""
        raise NotImplementedError

    @pytest.fixture
    def kept(self) -> Answering | None:
        """Return what answers for kept resources; None where the app answers for all."""
        return None

    @pytest.fixture
    def fill(self) -> Callable[[int], Awaitable[None]]:
        """Return what adds so many different records to the emulator in bulk."""
        raise NotImplementedError

    @pytest.fixture
    def parent_id(self) -> str | None:
        """Return the parent under which the resource is tried; None where it needs none."""
        return None

    @pytest.fixture
    def other_parent_id(self) -> str:
        """Return a second parent, which has no children."""
        raise NotImplementedError

    def sample(self, number: int) -> dict[str, Value]:
        """Return a filled record; another number, another person. Covers every writable field."""
        return {
            "first_name": f"Ann{number}",
            "last_name": "O'Néill-Smith",
            "email": f"ann{number}@example.com",
            "phone": f"+1415{2_000_000 + number}",
            "address": "1 Main Street",
            "city": "San Francisco",
            "state": "CA",
            "postal_code": "94105",
            "country": "US",
            "date_of_birth": "1980-02-29",
            "website": "https://example.com",
            "company": "Example & Sons",
            "tags": ("alpha", "beta"),
            "opted_out": False,
        }

    # What the tests stand on

    @pytest.fixture(autouse=True)
    def _calm(self, faults: Faults) -> Iterator[None]:
        yield
        faults.clear()

    @pytest.fixture
    async def reach(
        self, connector: Connector, account: Account, kept: Answering | None
    ) -> AsyncIterator[Callable[[Credential], Client]]:
        """Open clients; waiting costs them no time."""
        opened: list[Client] = []

        def reach(credential: Credential) -> Client:
            client = Client(
                connector=connector,
                account=account,
                tokens=FixedTokens(credential),
                limiter=FreeLimiter(),
                clock=ManualClock(datetime.now(UTC)),
                kept=kept,
            )
            opened.append(client)
            return client

        yield reach
        for client in opened:
            await client.close()

    @pytest.fixture
    async def client(self, reach: Callable[[Credential], Client], credential: Credential) -> Client:
        """Return a client with the good credential."""
        return reach(credential)

    @pytest.fixture
    def resource(self, connector: Connector, account: Account, parent_id: str | None) -> Resource:
        """Return the resource under test, below its parent if it needs one."""
        resource = connector.resource(self.canonical)(account)
        return resource if parent_id is None else resource.under(parent_id)

    @pytest.fixture
    def writable(self, resource: Resource) -> dict[str, Value]:
        """Return a sample of every field that can be written at once, and check that it is one."""
        return self.filled(resource, 1)

    def filled(self, resource: Resource, number: int) -> dict[str, Value]:
        """Return a sample of what a create may hold, the link to the parent included."""
        sample = self.sample(number)
        if resource.parent is not None and resource.parent_id is not None:
            sample[resource.parent.field] = resource.parent_id
        names = {
            field.name for field in resource.fields if not (field.readonly or field.update_only)
        }
        assert names <= sample.keys(), "the sample leaves out fields"
        return {name: sample[name] for name in names}
