"""Every product the sandbox simulates. A new one is one folder, and one line here."""

from __future__ import annotations

from instep.sandbox.gohighlevel import (
    associations,
    blogs,
    businesses,
    calendars,
    companies,
    contacts,
    conversations,
    locations,
    oauth,
    opportunities,
    snapshots,
    users,
    workflows,
)
from instep.sandbox.gohighlevel.associations.relations import Relations
from instep.sandbox.gohighlevel.blogs.press import Press
from instep.sandbox.gohighlevel.businesses.register import Register
from instep.sandbox.gohighlevel.calendars.diary import Diary
from instep.sandbox.gohighlevel.calendars.notes import AppointmentNotes
from instep.sandbox.gohighlevel.calendars.notifications import Notifications
from instep.sandbox.gohighlevel.calendars.resources import Resources
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.notes import Notes
from instep.sandbox.gohighlevel.contacts.tasks import Tasks
from instep.sandbox.gohighlevel.conversations.attachments import Attachments
from instep.sandbox.gohighlevel.conversations.messages import Messages
from instep.sandbox.gohighlevel.locations.custom_values import CustomValues
from instep.sandbox.gohighlevel.opportunities.board import Board
from instep.sandbox.gohighlevel.users.directory import Directory
from instep.sandbox.gohighlevel.workflows.automations import Automations
from instep.sandbox.gohighlevel.workflows.enrolments import Enrolments

OPERATIONS = (
    *associations.OPERATIONS,
    *blogs.OPERATIONS,
    *businesses.OPERATIONS,
    *calendars.OPERATIONS,
    *companies.OPERATIONS,
    *contacts.OPERATIONS,
    *conversations.OPERATIONS,
    *locations.OPERATIONS,
    *oauth.OPERATIONS,
    *opportunities.OPERATIONS,
    *snapshots.OPERATIONS,
    *users.OPERATIONS,
    *workflows.OPERATIONS,
)

PARTS = (
    AddressBook,
    Tasks,
    Notes,
    Register,
    Automations,
    Enrolments,
    Diary,
    AppointmentNotes,
    Notifications,
    Resources,
    Messages,
    Attachments,
    Relations,
    Press,
    Board,
    Directory,
    CustomValues,
)
"""What must be there from the start, because it follows what becomes of other records."""
