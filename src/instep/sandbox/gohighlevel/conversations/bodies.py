"""What bodies must look like where the specification asks for more than the real one does."""

from __future__ import annotations

from dataclasses import replace

from instep import catalogue
from instep.catalogue import Schema
from instep.sandbox.gohighlevel.schemas import body_shape
from instep.sandbox.gohighlevel.shapes import Shape

_ANYTHING: Schema = {}
_DIRECTION: Schema = {"type": "string", "enum": ["inbound", "outbound"]}


def _loosened(operation_id: str, *required: str, **instead: Schema) -> Shape:
    """Return the published shape with only these keys required, and other schemas for some."""
    operation = catalogue.get(operation_id)
    address = operation.address()
    if address.body is None:
        raise LookupError(f"{operation_id} has no body")
    published = catalogue.resolve(operation.product, address.body.schema)
    properties = {**published["properties"], **instead}
    schema = {**published, "properties": properties, "required": list(required)}
    shape = body_shape(
        operation.product, replace(address, body=replace(address.body, schema=schema))
    )
    if shape is None:
        raise LookupError(f"{operation_id} has a body without properties")
    return shape


# the published schema also requires `status` and an object `subType`; what clients send, and the
# real one takes, is a type, a contact and a text
SEND = _loosened("conversations.send_message", "type", "contactId", subType=_ANYTHING)

# the published page asks for a conversation *or* a contact; `direction` is a word
INBOUND = _loosened("conversations.add_inbound_message", "type", direction=_DIRECTION)

# a form: the files themselves are not among its fields
UPLOAD = _loosened("conversations.upload_attachments", "conversationId", attachmentUrls=_ANYTHING)
