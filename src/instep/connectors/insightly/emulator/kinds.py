"""The kinds of records the emulator keeps, as data: what each holds and what it demands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of record: `name` as links write it, `plural` as paths do.

    `texts` name the longest each may be (None: no limit is known). `kept` is written by the app
    alone. `required` may neither be missing in a create nor be emptied. `indexed` fields are
    searched by often. Where `stands_alone` is False, records are made through a parent only.
    """

    name: str
    plural: str
    texts: Mapping[str, int | None]
    numbers: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    indexed: Mapping[str, str] = field(default_factory=dict)
    stands_alone: bool = True

    @cached_property
    def key(self) -> str:
        """The field with the record's number."""
        return f"{self.name.upper()}_ID"

    @cached_property
    def readonly(self) -> tuple[str, ...]:
        """What a body may name without changing it."""
        return (self.key, *_STAMPS, *self.kept)

    @cached_property
    def plain(self) -> frozenset[str]:
        """Every field with a single value: what can be searched by."""
        written = (*self.texts, *self.numbers, *self.dates, *self.flags)
        return frozenset((*self.readonly, *written))

    @cached_property
    def fields(self) -> frozenset[str]:
        """Every field."""
        return self.plain | frozenset(self.collections)

    @cached_property
    def has_tags(self) -> bool:
        """Whether records carry tags."""
        return "TAGS" in self.collections

    @cached_property
    def table(self) -> str:
        """Where records are kept."""
        return self.plural.lower()


_STAMPS = ("DATE_CREATED_UTC", "DATE_UPDATED_UTC")
_ACTIVITY = ("IMAGE_URL", "LAST_ACTIVITY_DATE_UTC", "NEXT_ACTIVITY_DATE_UTC", "CREATED_USER_ID")
_ADDRESS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")
_SOCIAL = ("SOCIAL_LINKEDIN", "SOCIAL_FACEBOOK", "SOCIAL_TWITTER")


def _unlimited(*names: str) -> dict[str, int | None]:
    return dict.fromkeys(names)


# facts: apps insightly.json, record_fields; the limits are those of swagger_body_models

CONTACT = Kind(
    "Contact",
    "Contacts",
    _unlimited(
        *("SALUTATION", "FIRST_NAME", "LAST_NAME", "TITLE", "BACKGROUND", "ASSISTANT_NAME"),
        *("EMAIL_ADDRESS", *_SOCIAL),
        *("PHONE", "PHONE_HOME", "PHONE_MOBILE", "PHONE_OTHER", "PHONE_ASSISTANT", "PHONE_FAX"),
        *(f"ADDRESS_MAIL_{part}" for part in _ADDRESS),
        *(f"ADDRESS_OTHER_{part}" for part in _ADDRESS),
    ),
    numbers=("OWNER_USER_ID", "ORGANISATION_ID"),
    dates=("DATE_OF_BIRTH",),
    flags=("EMAIL_OPTED_OUT",),
    kept=_ACTIVITY,
    collections=("CUSTOMFIELDS", "TAGS", "DATES", "LINKS"),
    indexed={"EMAIL_ADDRESS": "email", "PHONE_MOBILE": "mobile"},
)

ORGANISATION = Kind(
    "Organisation",
    "Organisations",
    _unlimited(
        *("ORGANISATION_NAME", "BACKGROUND", "PHONE", "PHONE_FAX", "WEBSITE", *_SOCIAL),
        *(f"ADDRESS_BILLING_{part}" for part in _ADDRESS),
        *(f"ADDRESS_SHIP_{part}" for part in _ADDRESS),
    ),
    numbers=("OWNER_USER_ID",),
    kept=_ACTIVITY,
    collections=("CUSTOMFIELDS", "TAGS", "DATES", "EMAILDOMAINS", "LINKS"),
    # not in the facts: that an organisation needs its name
    required=("ORGANISATION_NAME",),
    indexed={"ORGANISATION_NAME": "name"},
)

TASK = Kind(
    "Task",
    "Tasks",
    {"TITLE": 500, "DETAILS": 4000, "STATUS": 20, "RECURRENCE": 20},
    numbers=(
        *("CATEGORY_ID", "PRIORITY", "PERCENT_COMPLETE", "MILESTONE_ID", "RESPONSIBLE_USER_ID"),
        *("OWNER_USER_ID", "EMAIL_ID", "PROJECT_ID", "PARENT_TASK_ID", "OPPORTUNITY_ID"),
        *("ASSIGNED_TEAM_ID", "STAGE_ID", "ASSIGNED_BY_USER_ID"),
    ),
    dates=("DUE_DATE", "START_DATE", "REMINDER_DATE_UTC"),
    flags=("COMPLETED", "OWNER_VISIBLE", "PUBLICLY_VISIBLE"),
    kept=("COMPLETED_DATE_UTC", "REMINDER_SENT", "ASSIGNED_DATE_UTC", "CREATED_USER_ID"),
    collections=("CUSTOMFIELDS", "LINKS"),
    required=("TITLE",),
)

NOTE = Kind(
    "Note",
    "Notes",
    {"TITLE": 255, "BODY": None},
    numbers=("OWNER_USER_ID",),
    collections=("LINKS",),
    required=("TITLE",),
    stands_alone=False,  # facts: apps 1.3 (no POST /Notes)
)

EVENT = Kind(
    "Event",
    "Events",
    {"TITLE": 255, "LOCATION": 255, "DETAILS": 4000},
    numbers=("OWNER_USER_ID",),
    dates=("START_DATE_UTC", "END_DATE_UTC", "REMINDER_DATE_UTC"),
    flags=("ALL_DAY",),
    kept=("REMINDER_SENT",),
    collections=("CUSTOMFIELDS", "LINKS"),
    required=("START_DATE_UTC", "END_DATE_UTC"),
)

KINDS = (CONTACT, ORGANISATION, TASK, NOTE, EVENT)
PARENTS = (CONTACT, ORGANISATION)
CHILDREN = (TASK, NOTE, EVENT)

LINKABLE = frozenset({*(kind.name for kind in KINDS), "Opportunity", "Project", "Email", "Lead"})
"""What links write as LINK_OBJECT_NAME: singular (facts: apps 1.3)."""
