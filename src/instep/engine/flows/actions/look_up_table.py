"""How a create of GoHighLevel whose answer was lost is found again, operation by operation.

GoHighLevel takes no idempotency key (facts: ghl 7 no. 22), so a create that is not in this table
is never repeated by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from instep.core.records import Field, FieldType

Inputs = Mapping[str, Any]

INDEX_SECONDS = 10.0
"""How long a search may show less than there is. facts: ghl 6.3 names seconds, and no number."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Where the records stand that a create made, and what tells the right one.

    `lists` is the operation that lists them, `asks` its arguments by those of the create.
    `same` are the inputs that have to be equal in the record, those left out aside: `name` is the
    input, `path` the record's key. One of `telling` must have been given: without it any record
    would do. `made` is the key with the time of the making, None where the app does not tell.
    `is_rewritten` says that the app may keep the text otherwise than it was sent (markup cleaned,
    links shortened): then another new record of the parent leaves it open which of them it is.
    `answer` makes of the record what the create would have answered, where that is not the record.
    """

    lists: str
    asks: Callable[[Inputs], Inputs]
    same: tuple[Field, ...]
    telling: tuple[str, ...]
    made: str | None = None
    settle_seconds: float = 0.0
    is_rewritten: bool = False
    answer: Callable[[Mapping[str, Any]], Any] | None = None


def _same(name: str, path: str = "", kind: FieldType = FieldType.TEXT) -> Field:
    return Field(name, path or name, kind)


def _named(*names: str) -> Callable[[Inputs], Inputs]:
    """Ask with inputs of the create, under their own names."""
    return lambda inputs: {name: inputs[name] for name in names}


def _nothing(_inputs: Inputs) -> Inputs:
    return {}


def _around(inputs: Inputs) -> Inputs:
    """Ask for what a calendar holds around the start that was wanted, in epoch milliseconds."""
    # facts: ghl 6.8
    start = datetime.fromisoformat(str(inputs["startTime"]))
    if start.tzinfo is None:
        # facts: ghl 7 no. 15: whose time it is, is not told; so it could not be compared
        raise ValueError("startTime has no offset")
    begins, ends = start - timedelta(days=1), start + timedelta(days=1)
    return {
        "calendarId": inputs["calendarId"],
        "startTime": str(int(begins.timestamp() * 1000)),
        "endTime": str(int(ends.timestamp() * 1000)),
    }


# compared without case: facts ghl 6.6 do not say whether names keep theirs
CONTACT_NAMES = (
    _same("firstName", kind=FieldType.EMAIL),
    _same("lastName", kind=FieldType.EMAIL),
)
"""What tells a contact from somebody else with its e-mail address, as far as it was given."""

_START = _same("startTime", kind=FieldType.MOMENT)
_BODY = _same("body", kind=FieldType.HTML)

LOOK_UPS: Mapping[str, LookUp] = {
    # facts: ghl 6.7 (a task tells no time of its making)
    "contacts.create_task": LookUp(
        "contacts.list_tasks",
        _named("contactId"),
        (
            _same("title"),
            _BODY,
            _same("dueDate", kind=FieldType.MOMENT),
            _same("assignedTo"),
        ),
        ("title",),
    ),
    "contacts.create_note": LookUp(
        "contacts.list_notes",
        _named("contactId"),
        (_BODY, _same("title")),
        ("body",),
        "dateAdded",
        is_rewritten=True,
    ),
    # facts: ghl 6.8
    "calendars.create_appointment": LookUp(
        "calendars.list_events",
        _around,
        (_same("contactId"), _same("calendarId"), _START),
        ("contactId",),
        "dateAdded",
    ),
    "calendars.create_block_slot": LookUp(
        "calendars.list_blocked_slots",
        _around,
        (_same("title"), _same("calendarId"), _START),
        ("startTime",),
        "dateAdded",
    ),
    "calendars.create_appointment_note": LookUp(
        "calendars.list_appointment_notes",
        lambda inputs: {"appointmentId": inputs["appointmentId"], "limit": 20, "offset": 0},
        (_BODY,),
        ("body",),
        "dateAdded",
        is_rewritten=True,
    ),
    # its address has to be free, which validate_group_slug tells
    "calendars.create_group": LookUp(
        "calendars.list_groups", _nothing, (_same("slug"), _same("name")), ("slug",)
    ),
    "opportunities.create": LookUp(
        "opportunities.search",
        lambda inputs: {"contact_id": inputs["contactId"], "pipeline_id": inputs["pipelineId"]},
        (_same("name"), _same("contactId"), _same("pipelineId")),
        ("name",),
        "createdAt",
        INDEX_SECONDS,
    ),
    "businesses.create": LookUp(
        "businesses.list",
        _nothing,
        (_same("name"), _same("email", kind=FieldType.EMAIL), _same("website")),
        ("name",),
        "createdAt",
    ),
    "users.create": LookUp(
        "users.list",
        lambda inputs: {"locationId": inputs["locationIds"][0]},
        (_same("email", kind=FieldType.EMAIL),),
        ("email",),
    ),
    "associations.create": LookUp(
        "associations.list",
        lambda _inputs: {"skip": 0, "limit": 100},
        (_same("key"), _same("firstObjectKey"), _same("secondObjectKey")),
        ("key",),
    ),
    "associations.create_relation": LookUp(
        "associations.list_relations",
        lambda inputs: {"recordId": inputs["firstRecordId"], "skip": 0, "limit": 100},
        (_same("associationId"), _same("firstRecordId"), _same("secondRecordId")),
        ("associationId",),
    ),
    "blogs.create_post": LookUp(
        "blogs.list_posts",
        lambda inputs: {"blogId": inputs["blogId"], "limit": 10, "offset": 0},
        (_same("title"), _same("urlSlug")),
        ("urlSlug",),
    ),
    # its words are compared: one without any, such as a file alone, is not recognised
    "conversations.send_message": LookUp(
        "conversations.export_messages_by_location",
        _named("contactId"),
        (_same("message", "body", FieldType.HTML), _same("contactId")),
        ("message",),
        "dateAdded",
        INDEX_SECONDS,
        is_rewritten=True,
        answer=lambda item: {
            "conversationId": item.get("conversationId"),
            "messageId": item.get("id"),
        },
    ),
}

HARMLESS = frozenset(
    {
        # facts: ghl 6.6, 6.7: a tag or a follower that is there already is not there twice
        "contacts.add_tags",
        "contacts.bulk_tags",
        "contacts.add_followers",
        "opportunities.add_followers",
        # they set what is set already
        "contacts.bulk_business",
        # it shows for a moment that somebody types
        "conversations.agent_typing",
    }
)
"""What is sent by POST and does nothing more the second time."""

DOUBTFUL = frozenset(
    {
        # not in the facts, and each says by its name that it may add, make or send
        "ad_manager.fb_add_custom_audience_member",
        "ad_manager.fb_batch_update_audience_members",
        "ad_manager.fb_upsert_ad",
        "ad_manager.fb_upsert_adset",
        "ad_manager.fb_upsert_campaign",
        "ad_manager.fb_upsert_pixel",
        "ad_manager.google_upsert_audience",
        "ad_manager.google_upsert_campaign",
        "ad_manager.google_upsert_conversion",
        "ad_manager.google_upsert_segment",
        "ad_manager.li_upsert_campaign_group",
        "conversations.add_message_attachments",
        "saas.generate_payment_link",
        "social_media_posting.start_csv_finalize",
    }
)
"""What is sent by PUT or PATCH, and may do more than set what is named."""
