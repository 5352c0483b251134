"""Insightly CRM (REST v3.1): what one instance holds, by API key."""

from __future__ import annotations

from instep.connectors.insightly.contacts import Contacts
from instep.connectors.insightly.errors import meaning
from instep.connectors.insightly.events import Events
from instep.connectors.insightly.limits import limits, observed
from instep.connectors.insightly.notes import Notes
from instep.connectors.insightly.organisations import Organisations
from instep.connectors.insightly.tasks import Tasks
from instep.connectors.insightly.users import Users
from instep.sdk.auth import Basic
from instep.sdk.connector import Connector, Setting
from instep.sdk.request import Request
from instep.sdk.resource import Account


def whose_instance(_account: Account) -> Request:
    """Ask for the instance: proves the key, needs no right to any record."""
    return Request("GET", "/Instance")  # facts: apps 1.2, verify


connector = Connector(
    name="insightly",
    title="Insightly",
    base_url="{base_url}",
    auth={"api_key": Basic(username="api_key")},  # facts: apps 1.2 (the password is empty)
    settings=(
        Setting(
            name="pod",
            title="Pod",
            pattern=r"[a-z0-9_-]+",
            default="na1",
            help="The part of your API URL after api. (na1, au1, eu1 ...): User Settings > API.",
        ),
        Setting(
            name="api_key",
            title="API key",
            secret=True,
            help="User Settings > API. It may do what its user may do.",
        ),
        Setting(
            name="per_second",
            title="Calls a second",
            required=False,
            default="4",
            pattern=r"(?=.*[1-9])\d{1,2}(\.\d+)?",
            help="Insightly names 10; some instances refuse more than 5. 4 has been safe.",
        ),
        Setting(
            name="timezone",
            title="Time zone of due dates",
            required=False,
            pattern=r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*",
            help="Only for tasks, whose due dates name no zone: Australia/Sydney. UTC without it.",
        ),
        Setting(
            name="owner_user_id",
            title="Owner of new tasks",
            required=False,
            pattern=r"\d+",
            help="The id of an Insightly user, should Insightly refuse a task without an owner.",
        ),
        Setting(
            name="base_url",
            title="Address of the API",
            required=False,
            default="https://api.{pod}.insightly.com/v3.1",  # {pod}: the setting above
            pattern=r"https?://\S+",
            help="Change it only to reach the sandbox.",
        ),
    ),
    account_setting=None,
    limits=limits,
    resources=(Contacts, Tasks, Notes, Events, Organisations, Users),
    verify=whose_instance,
    observed=observed,
    meaning=meaning,
)
