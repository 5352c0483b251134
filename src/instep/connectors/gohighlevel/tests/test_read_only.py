from __future__ import annotations

import pytest

from instep.connectors.gohighlevel import connector
from instep.core.errors import UserError
from instep.core.records import Write
from instep.sdk.request import Reply
from instep.sdk.resource import Account

ACCOUNT = Account("ve9EPM428h8vShlRW1KT", "US", {})
every_readonly = pytest.mark.parametrize("canonical", ["user", "calendar", "tag"])


def resource(canonical):
    return connector.resource(canonical)(ACCOUNT)


@pytest.mark.parametrize(
    ("canonical", "listed", "got"),
    [
        ("user", "/users/", "/users/x"),
        ("calendar", "/calendars/", "/calendars/x"),
        ("tag", f"/locations/{ACCOUNT.id}/tags", f"/locations/{ACCOUNT.id}/tags/x"),
    ],
)
def test_it_is_listed_and_got(canonical, listed, got):
    assert resource(canonical).list().path == listed
    assert resource(canonical).get("x").path == got
    assert resource(canonical).next(resource(canonical).list(), Reply(200, {}, {})) is None


@pytest.mark.parametrize(
    ("canonical", "sent", "values"),
    [
        ("user", {"name": "Ann Deo", "email": "ann@deo.example"}, {"email": "ann@deo.example"}),
        ("calendar", {"name": "Reviews", "isActive": False}, {"active": False}),
        ("tag", {"name": "vip"}, {"name": "vip"}),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_it_is_read_whether_wrapped_or_not(canonical, sent, values, wrapped):
    body = {"id": "x", **sent}

    record = resource(canonical).record(Reply(200, {}, {canonical: body} if wrapped else body))

    assert record.id == "x"
    assert values.items() <= record.values.items()


@every_readonly
def test_it_is_never_written(canonical):
    one = resource(canonical)
    for write in (
        lambda: one.create({"name": "x"}),
        lambda: one.created(Reply(201, {}, {})),
        lambda: one.update("x", Write({"name": "y"}), None),
        lambda: one.updated([]),
    ):
        with pytest.raises(UserError, match=f"The {one.name} of this app can only be read"):
            write()
    assert one.delete("x") is None
