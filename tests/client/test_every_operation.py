"""Every operation of the catalogue can be called: a request is built for each, in either view."""

from __future__ import annotations

import pytest

from instep import RemovedInV3, WrongArguments, catalogue
from instep.connectors.gohighlevel.client.arguments import FILLED, signature_of
from instep.connectors.gohighlevel.client.building import request_for
from instep.connectors.gohighlevel.client.gohighlevel import GoHighLevel
from instep.connectors.gohighlevel.client.known import Known
from tests.client.samples import everything

OPERATIONS = [each for each in catalogue.all_operations() if each.views]
KNOWN = Known("L1", "C1").filled()
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)


def test_there_are_all_of_them():
    assert len(OPERATIONS) >= 650


@every_operation
@pytest.mark.parametrize("view", ["v2", "v3"])
def test_a_request_is_built(operation, view):
    try:
        signature = signature_of(operation.id, view)
    except RemovedInV3:
        assert view == "v3"
        assert "v3" not in operation.views
        return
    given = everything(signature)
    request = request_for(signature, given, KNOWN)
    address = signature.address
    assert request.method == address.method
    assert "{" not in request.path
    assert request.path.count("/") == address.path.count("/")
    assert request.headers["Version"] in {"2021-04-15", "2021-07-28", "2023-02-21", "v3"}
    asked = {each.name for each in address.parameters if each.place == "query"}
    assert {*request.query, *request.lists} <= asked
    assert asked - {*request.query, *request.lists} <= set(FILLED)
    carriers = [request.json is not None, request.form is not None, request.parts is not None]
    assert sum(carriers) == (1 if address.body else 0)


@every_operation
def test_what_is_required_is_asked_for(operation):
    signature = signature_of(operation.id, "v2")
    required = [
        name
        for name, each in signature.arguments.items()
        if each.required and not (each.places == ("query",) and "default" in each.schema)
    ]
    values = everything(signature) | dict.fromkeys(FILLED, "text")
    for name in required:
        given = {each: values[each] for each in required if each != name}
        with pytest.raises(WrongArguments, match=name):
            request_for(signature, given, {})


async def test_every_operation_is_a_method():
    client = GoHighLevel(token="pit-0000", location_id="L1")
    for operation in catalogue.all_operations():
        method = getattr(getattr(client, operation.product), operation.name)
        assert operation.name in repr(method) or method.__name__ == operation.name
        assert method.__doc__
    assert {*catalogue.products()} <= {*dir(client)}
    assert "create" in dir(client.contacts)


async def test_an_unknown_name_is_answered_with_the_nearest():
    client = GoHighLevel(token="pit-0000", location_id="L1")
    with pytest.raises(AttributeError, match="Did you mean contacts"):
        client.contact  # noqa: B018 - the look-up is what is tested
    with pytest.raises(AttributeError, match="Did you mean create"):
        client.contacts.craete  # noqa: B018 - as above
    with pytest.raises(TypeError, match="contacts is a product"):
        client.contacts()
