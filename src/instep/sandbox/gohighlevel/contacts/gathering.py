"""What is gathered on contacts: tags, one by one and in bulk, and followers."""

from __future__ import annotations

from collections.abc import Callable

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.reaching import reached_contact, succeeded
from instep.sandbox.gohighlevel.contacts.values import Contact, clean_tags
from instep.sandbox.gohighlevel.identifiers import looks_like_id
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request, unprocessable

Retag = Callable[[list[str]], list[str]]


def add_tags(call: Call) -> JsonObject:
    """Add tags; return all the contact has then."""
    return _retag(call, _adding(call))


def remove_tags(call: Call) -> JsonObject:
    """Remove tags; return those that are left."""
    return _retag(call, _removing(call))


def add_followers(call: Call) -> JsonObject:
    """Let users follow a contact; those who do already are not told as added."""
    # facts: ghl 6.7; not in the facts: what becomes of users that are unknown (here: taken)
    contact = reached_contact(call)
    before = contact.get("followers", [])
    added = [user for user in dict.fromkeys(call.body["followers"]) if user not in before]
    _follow(call, contact, [*before, *added])
    return {"followers": [*before, *added], "followersAdded": added}


def remove_followers(call: Call) -> JsonObject:
    """Let users follow a contact no more."""
    contact = reached_contact(call)
    before, named = contact.get("followers", []), call.body["followers"]
    left = [user for user in before if user not in named]
    _follow(call, contact, left)
    return {"followers": left, "followersRemoved": [user for user in before if user in named]}


def bulk_tags(call: Call) -> JsonObject:
    """Add or remove tags of many contacts, and say of each what became of it."""
    # the spec's example tells each contact's part as an object, its schema says text: the example
    # is followed here. Which of the messages are real is not in the facts
    retag = _bulk_retag(call)
    location_id, ids = call.body["locationId"], call.body["contacts"]
    found = call.part(AddressBook).among(ids)
    here = {key: each for key, each in found.items() if each["locationId"] == location_id}
    after = {key: {**each, "tags": retag(each["tags"])} for key, each in here.items()}
    call.part(AddressBook).replace((here[key], after[key]) for key in here)
    responses = [
        _updated(here[each], after[each]) if each in here else _failed(each, known=each in found)
        for each in ids
    ]
    errors = sum(each["type"] == "error" for each in responses)
    return {**succeeded(call), "errorCount": errors, "responses": responses}


def _bulk_retag(call: Call) -> Retag:
    """Return what is to be done to each contact's tags. Raises Refusal."""
    kind, everything = call.path["type"], call.body.get("removeAllTags", False)
    if kind not in {"add", "remove"}:
        # not in the facts: how any other type (SDKs send `{type}` itself) is refused
        raise unprocessable(["type must be one of the following values: add, remove"])
    if kind == "add" and everything:
        # the rule is the spec's, the words are not known
        raise bad_request("removeAllTags can only be used with remove")
    if everything:
        return lambda _tags: []
    return _adding(call) if kind == "add" else _removing(call)


def _adding(call: Call) -> Retag:
    given = clean_tags(call.body["tags"])
    return lambda tags: [*tags, *(tag for tag in given if tag not in tags)]


def _removing(call: Call) -> Retag:
    given = set(clean_tags(call.body["tags"]))
    return lambda tags: [tag for tag in tags if tag not in given]


def _retag(call: Call, retag: Retag) -> JsonObject:
    contact = reached_contact(call)
    changed = {**contact, "tags": retag(contact["tags"])}
    call.part(AddressBook).replace([(contact, changed)])
    return {"tags": changed["tags"]}


def _follow(call: Call, contact: Contact, followers: list[str]) -> None:
    call.part(AddressBook).replace([(contact, {**contact, "followers": followers})])


def _updated(before: Contact, after: Contact) -> JsonObject:
    return {
        "contactId": before["id"],
        "message": "Tags updated",
        "type": "success",
        "oldTags": before["tags"],
        "tagsAdded": [tag for tag in after["tags"] if tag not in before["tags"]],
        "tagsRemoved": [tag for tag in before["tags"] if tag not in after["tags"]],
    }


def _failed(contact_id: str, *, known: bool) -> JsonObject:
    message = "contact id is not a valid firebase id"
    if known:
        message = "contact does not belong to location"
    elif looks_like_id(contact_id):
        message = "contact is deleted"
    return {"contactId": contact_id, "message": message, "type": "error"}


OPERATIONS = (
    Operation("contacts.add_tags", add_tags),
    Operation("contacts.remove_tags", remove_tags),
    Operation("contacts.bulk_tags", bulk_tags),
    Operation("contacts.add_followers", add_followers),
    Operation("contacts.remove_followers", remove_followers),
)
