"""What most resources of GoHighLevel share: one short list, no search by key, no "changed since"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar
from urllib.parse import quote

from instep.connectors.gohighlevel.form import Form
from instep.core.records import Record, Values
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import EVERYTHING, Resource

CALENDARS_VERSION = {"Version": "2021-04-15"}
"""What every operation on calendars declares (facts: ghl 1, table; 2.2)."""


class PlainResource(Resource):
    """A resource that is read whole. Subclasses say where, and how records are written.

    `form` reads and writes records. `many` is the key of a list's reply; `one` are the keys a
    single record has been seen under, the official spelling first. A reply with none of them is
    the record itself.
    """

    cursor = EVERYTHING
    form: ClassVar[Form]
    many: ClassVar[str]
    one: ClassVar[tuple[str, ...]]

    def changes(self, since: str) -> Request:  # noqa: ARG002 - the app cannot tell
        """Ask for every record: GoHighLevel cannot say which of them changed."""
        return self.list()

    def next(self, last: Request, reply: Reply) -> Request | None:  # noqa: ARG002 - as the summary says
        """There is one page only."""
        return None

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a list."""
        return [self._whole(each) for each in reply.body[self.many]]

    def record(self, reply: Reply) -> Record:
        """Read one record."""
        return self._whole(self._single(reply))

    def find(self, field: str, value: str) -> Request | None:  # noqa: ARG002 - as the summary says
        """There is no search by a key."""
        return None

    def created(self, reply: Reply) -> Record:
        """Read what the answer to a create names."""
        return self._partly(self._single(reply))

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read what the answer to an update names; there are no versions."""
        if not replies:
            return {}, None
        sent, _ = self._readable(self._single(replies[-1]))
        return self.form.named(sent), None

    def _single(self, reply: Reply) -> JsonObject:
        body = reply.body if isinstance(reply.body, dict) else {}
        held = (body[key] for key in self.one if isinstance(body.get(key), dict))
        return next(held, body)

    def _readable(self, sent: JsonObject) -> tuple[JsonObject, Collection[str]]:
        """Return what was sent in the form that `form` reads, and the fields it cannot tell."""
        return sent, ()

    def _whole(self, sent: JsonObject) -> Record:
        readable, unread = self._readable(sent)
        return Record(id_of(sent), self.form.whole(readable, unread), changed_at=changed_at(sent))

    def _partly(self, sent: JsonObject) -> Record:
        readable, _ = self._readable(sent)
        return Record(id_of(sent), self.form.named(readable), changed_at=changed_at(sent))


def id_of(sent: JsonObject) -> str:
    """Return a record's id; the search of tasks calls it `_id` (facts: ghl 6.7)."""
    return str(sent.get("id") or sent["_id"])


def changed_at(sent: JsonObject) -> str | None:
    """Return when a record last changed, where it says so."""
    return sent.get("dateUpdated") or sent.get("updatedAt")


def safe(record_id: str) -> str:
    """Return an id as one segment of a path."""
    return quote(record_id, safe="")
