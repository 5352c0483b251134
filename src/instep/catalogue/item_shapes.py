"""What is known beforehand of the items that a repeated read brings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from instep.catalogue.operation import Operation
from instep.catalogue.reading import get
from instep.catalogue.shapes import shape_of
from instep.core.shapes import ANYTHING, Kind, Shape

_TEXT, _NUMBER = Shape(Kind.TEXT), Shape(Kind.NUMBER)


def _object(**fields: Shape) -> Shape:
    return Shape(Kind.OBJECT, fields)


# what `watching.items_in` makes of a reply that is no object
_MADE: Mapping[str, Shape] = {
    "calendars.free_slots": _object(date=_TEXT, slots=Shape(Kind.LIST, items=_TEXT)),
}
_OF_MEDIA: Mapping[str, Shape] = {
    "audio": _object(size=_NUMBER, sha256=_TEXT),
    "text": _object(text=_TEXT),
}

# the specs of a list tell less of a contact than those of one contact (facts: ghl 6.2, 6.3)
_SAME_RECORD: Mapping[str, str] = {
    "contacts.search": "contacts.get",
    "contacts.list": "contacts.get",
    "contacts.list_by_business": "contacts.get",
    "contacts.find_duplicate": "contacts.get",
}

_LISTED = ("contactName", "firstNameRaw", "lastNameRaw")
_ASSOCIATED = ("firstObjectToSecondObjectCardinality", "secondObjectToFirstObjectCardinality")
# what answers hold and their specs do not name (facts: ghl 5.2, 6.2, 6.3, 6.8); an id of a
# resource, and the times of a conversation, are not in the facts, as little as their absence
_UNTOLD: Mapping[str, Iterable[str]] = {
    "contacts.search": ("address", "additionalEmails", "additionalPhones"),
    "contacts.list": _LISTED,
    "contacts.list_by_business": _LISTED,
    "calendars.get_appointment": ("appoinmentStatus",),
    "calendars.list_events": ("appoinmentStatus",),
    "calendars.list_resources": ("id",),
    "calendars.get_resource": ("id",),
    "conversations.search": (
        *("starred", "dateAdded", "dateUpdated", "lastMessageDate", "lastMessageDirection"),
        *("lastOutboundMessageAction", "companyName", "tags", "followers", "assignedTo"),
    ),
    "associations.list": _ASSOCIATED,
    "associations.get": _ASSOCIATED,
    "associations.get_by_key": _ASSOCIATED,
    "associations.get_by_object_key": _ASSOCIATED,
    "associations.list_relations": (
        *("associationId", "firstRecordId", "secondRecordId"),
        *("firstObjectKey", "secondObjectKey"),
    ),
    "blogs.list_categories": ("name",),
}


def item_shape(operation: Operation) -> Shape:
    """Return what is known of an operation's items.

    Those of the listed triggers have no other fields than these: each is tried on the sandbox. Of
    the other reads the specs alone tell, and specs forget fields; so theirs may have more.
    """
    if operation.id in _MADE or operation.media in _OF_MEDIA:
        return _MADE.get(operation.id) or _OF_MEDIA[operation.media]
    shape = _told(operation)
    if shape.kind is not Kind.OBJECT:
        return ANYTHING
    like = _SAME_RECORD.get(operation.id)
    same = _told(get(like)).fields if like is not None else {}
    untold = dict.fromkeys(_UNTOLD.get(operation.id, ()), ANYTHING)
    fields = {**untold, **same, **shape.fields}
    return replace(shape, fields=fields, more=shape.more or operation.listed is None)


def _told(operation: Operation) -> Shape:
    """Return what the specs tell of an item."""
    shape = shape_of(operation.product, operation.address().reply)
    if operation.items is None:
        return shape if operation.record is None else shape.fields.get(operation.record, ANYTHING)
    for name in filter(None, operation.items.split(".")):
        # of some lists the specs only say what one record looks like
        shape = shape.fields.get(name, shape)
    return shape.items or shape
