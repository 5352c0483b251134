"""What happens in an account, for each listed trigger.

Each is a generator: first it hands out the trigger's inputs, once all that is to be the baseline is
there; then, each time something happened, the items that have to be emitted for it (kind, and what
is in them).
"""

from __future__ import annotations

from tests.engine.flows import calendar_happenings as diary
from tests.engine.flows import contact_happenings as contacts
from tests.engine.flows import place_happenings as places
from tests.engine.flows import talk_happenings as talk

HAPPENINGS = {
    "contacts.get": contacts.get_contact,
    "contacts.search": contacts.search_contacts,
    "contacts.list_by_business": contacts.contacts_of_business,
    "contacts.find_duplicate": contacts.duplicate_contact,
    "contacts.list": contacts.listed_contacts,
    "contacts.list_tasks": contacts.contact_tasks,
    "contacts.get_task": contacts.contact_task,
    "contacts.list_notes": contacts.contact_notes,
    "contacts.get_note": contacts.contact_note,
    "contacts.list_appointments": diary.contact_appointments,
    "calendars.get_appointment": diary.appointment,
    "calendars.list_events": diary.calendar_events,
    "calendars.list_blocked_slots": diary.blocked_slots,
    "calendars.free_slots": diary.free_slots,
    "calendars.list": diary.calendars,
    "calendars.get": diary.calendar,
    "calendars.list_groups": diary.calendar_groups,
    "calendars.list_appointment_notes": diary.appointment_notes,
    "calendars.list_notifications": diary.calendar_notifications,
    "calendars.get_notification": diary.calendar_notification,
    "calendars.list_resources": diary.calendar_resources,
    "calendars.get_resource": diary.calendar_resource,
    "opportunities.search": talk.opportunities,
    "opportunities.get": talk.opportunity,
    "opportunities.list_pipelines": talk.pipelines,
    "users.search": talk.users,
    "users.list": talk.listed_users,
    "users.get": talk.user,
    "users.filter_by_email": talk.users_by_email,
    "conversations.search": talk.conversations,
    "conversations.get": talk.conversation,
    "conversations.list_messages": talk.messages,
    "conversations.get_message": talk.message,
    "conversations.get_email": talk.one_email,
    "conversations.get_recording": talk.recorded,
    "conversations.get_transcription": talk.recorded,
    "conversations.download_transcription": talk.recorded,
    "businesses.get": places.business,
    "businesses.list": places.businesses,
    "workflows.list": places.unchanging,
    "campaigns.list": places.unchanging,
    "snapshots.list": places.unchanging,
    "companies.get": places.unchanging,
    "locations.search": places.locations,
    "locations.list_custom_fields": places.custom_fields,
    "associations.list": places.associations,
    "associations.get": places.association,
    "associations.get_by_key": places.association_by_key,
    "associations.get_by_object_key": places.associations_of_object,
    "associations.list_relations": places.relations,
    "blogs.check_slug": places.slug,
    "blogs.list_posts": places.posts,
    "blogs.list": places.unchanging,
    "blogs.list_authors": places.unchanging,
    "blogs.list_categories": places.unchanging,
}
"""The catalogue's id of each listed trigger, and what happens for it."""

UNCHANGING = {
    "opportunities.list_pipelines": "the catalogue can read pipelines, not write them",
    "conversations.get_recording": "a call's recording stays as it was made",
    "conversations.get_transcription": "a call's transcription stays as it was made",
    "conversations.download_transcription": "a call's transcription stays as it was made",
    "workflows.list": "workflows are built in GoHighLevel itself: its API only lists them",
    "campaigns.list": "campaigns are built in GoHighLevel itself: its API only lists them",
    "snapshots.list": "snapshots are made in GoHighLevel itself",
    "companies.get": "the company cannot be changed by the API",
    "blogs.list": "blogs are made in GoHighLevel itself",
    "blogs.list_authors": "authors are made in GoHighLevel itself",
    "blogs.list_categories": "categories are made in GoHighLevel itself",
}
"""The triggers for which nothing can be made to happen by the API, and why."""
