"""GoHighLevel: what one location holds, by private integration token or OAuth 2.0."""

from __future__ import annotations

from instep.connectors.gohighlevel.appointments import Appointments
from instep.connectors.gohighlevel.businesses import Businesses
from instep.connectors.gohighlevel.calendars import Calendars
from instep.connectors.gohighlevel.contacts import Contacts, first_contact
from instep.connectors.gohighlevel.errors import meaning
from instep.connectors.gohighlevel.event_kinds import EVENTS
from instep.connectors.gohighlevel.limits import limits, observed
from instep.connectors.gohighlevel.notes import Notes
from instep.connectors.gohighlevel.opportunities import Opportunities
from instep.connectors.gohighlevel.tags import Tags
from instep.connectors.gohighlevel.tasks import Tasks
from instep.connectors.gohighlevel.users import Users
from instep.connectors.gohighlevel.webhooks import SignedWebhooks
from instep.sdk.auth import Bearer, OAuth2
from instep.sdk.connector import Connector, Setting

__all__ = ["VERSION", "connector"]

# facts: ghl 2.2, 2.5 (what every operation used here declares, those on calendars aside)
VERSION = "2021-07-28"

_TOKEN = Setting(
    name="token",
    title="Private integration token",
    secret=True,
    required=False,
    # facts: ghl 3.2; keys of the old API look otherwise and never work here (facts: ghl 3.3)
    pattern=r"pit-[0-9A-Za-z-]{8,}",
    help=(
        "It starts with pit- and is made in GoHighLevel under Settings > Private Integrations. "
        "A key of the old API (v1) does not work any more: use a private integration token, or "
        "connect by OAuth 2.0 (oauth2) with a marketplace app."
    ),
)

_WEBHOOK_KEYS = tuple(
    Setting(
        name=name,
        title=f"Public key of the webhooks ({kind})",
        required=False,
        pattern=r"[A-Za-z0-9+/=\s-]+",  # PEM, or base64 of its DER
        help="Leave it out for the one GoHighLevel publishes; the sandbox has its own.",
    )
    for name, kind in (
        ("webhook_public_key", "Ed25519"),
        ("webhook_rsa_public_key", "RSA, the older kind"),
    )
)

connector = Connector(
    name="gohighlevel",
    title="GoHighLevel",
    base_url="{base_url}",
    auth={
        "private_integration": Bearer("token"),
        # facts: ghl 3.1
        "oauth2": OAuth2(
            authorize_url="{marketplace_url}/v2/oauth/chooselocation",
            token_url="{base_url}/oauth/token",  # noqa: S106 - an address, not a secret
            scopes=("contacts.readonly", "contacts.write"),
            token_fields={"user_type": "Location"},
            always=("contacts.readonly",),  # what `first_contact` needs
            account_in="locationId",  # facts: ghl 3.1 (of a location's token, not of an agency's)
        ),
    },
    settings=(
        Setting(
            name="location_id",
            title="Location id",
            pattern=r"[0-9A-Za-z]+",
            help="The sub-account's id, found under Settings > Business Profile.",
        ),
        _TOKEN,
        Setting(
            name="client_id",
            title="Client id of your marketplace app",
            secret=True,
            required=False,
            help="Only to sign in on GoHighLevel's own page (oauth2).",
        ),
        Setting(
            name="client_secret",
            title="Client secret of your marketplace app",
            secret=True,
            required=False,
            help="Only to sign in on GoHighLevel's own page (oauth2).",
        ),
        Setting(
            name="timezone",
            title="Time zone of the location",
            required=False,
            pattern=r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*",
            help="Only for appointments, which GoHighLevel lists in local time: America/Chicago.",
        ),
        Setting(
            name="book_anyway",
            title="Book appointments at times the calendar does not offer",
            required=False,
            pattern=r"yes|no",
            help="yes or no. Without it, such an appointment is refused and stays on your list.",
        ),
        *_WEBHOOK_KEYS,
        Setting(
            name="base_url",
            title="Address of the API",
            required=False,
            default="https://services.leadconnectorhq.com",
            pattern=r"https?://\S+",
            help="Change it only to reach the sandbox.",
        ),
        Setting(
            name="marketplace_url",
            title="Address of the page where access is granted",
            required=False,
            default="https://marketplace.gohighlevel.com",
            pattern=r"https?://\S+",
            help="White-label agencies use https://marketplace.leadconnectorhq.com.",
        ),
    ),
    account_setting="location_id",
    limits=limits,
    resources=(
        Contacts,
        Tasks,
        Notes,
        Appointments,
        Businesses,
        Opportunities,
        Users,
        Calendars,
        Tags,
    ),
    verify=first_contact,
    headers={"Version": VERSION},
    observed=observed,
    meaning=meaning,
    webhooks=SignedWebhooks(),
    events=EVENTS,
)
