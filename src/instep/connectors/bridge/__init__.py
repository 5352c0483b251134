"""The bridge: an app without an API, which tells by webhooks and hears by webhooks.

A Zap, a scenario of Make or the vendor's own software calls the connection's address for what
comes in, and is called for what goes out. In between Instep keeps the records itself.
"""

from __future__ import annotations

from secrets import token_urlsafe

from instep.connectors.bridge.belongings import Appointments, Notes, Tasks
from instep.connectors.bridge.businesses import Businesses
from instep.connectors.bridge.contacts import Contacts
from instep.connectors.bridge.hooks import INBOUND, SIGNING, BridgeWebhooks
from instep.connectors.bridge.opportunities import Opportunities
from instep.sdk.auth import Header
from instep.sdk.connector import Connector, Setting
from instep.sdk.kept import HERE
from instep.sdk.kept.outbox import OUTBOUND_URL
from instep.sdk.limits import Limits
from instep.sdk.standard_webhooks import new_secret

__all__ = ["connector"]

RESOURCES = (Contacts, Businesses, Tasks, Notes, Appointments, Opportunities)
_WEBHOOKS = BridgeWebhooks({each.canonical: each for each in RESOURCES})

connector = Connector(
    name="bridge",
    title="Bridge",
    base_url="http://bridge.invalid",  # nothing is ever sent there: every resource is kept
    auth={"shared_secret": Header("X-Instep-Secret", secret=INBOUND)},
    settings=(
        Setting(
            name=INBOUND,
            title="Secret that incoming webhooks repeat",
            secret=True,
            required=False,
            pattern=r"[\x21-\x7e]{16,200}",
            help="At least 16 letters, digits and signs without blanks; made if left empty.",
            made=lambda: token_urlsafe(32),
        ),
        Setting(
            name=SIGNING,
            title="Secret that webhooks are signed with",
            secret=True,
            required=False,
            pattern=r"whsec_[A-Za-z0-9+/]{32,88}={0,2}( whsec_[A-Za-z0-9+/]{32,88}={0,2})*",
            help="whsec_ and base64 of 24 to 64 bytes; made if left empty.",
            made=new_secret,
        ),
        Setting(
            name=OUTBOUND_URL,
            title="Address that hears of what is written",
            required=False,
            pattern=r"https?://\S+",
            help="It begins with https://. Without it the bridge only brings records in.",
        ),
        Setting(
            name="custom_fields",
            title="Custom fields, separated by commas",
            required=False,
            help="Their names as you want to see them, such as Policy number, Premium.",
        ),
    ),
    account_setting=None,
    # no call is ever made by it
    limits=lambda _kind, _config: Limits(per_second=1_000, burst=1_000, concurrency=32),
    resources=RESOURCES,
    verify=lambda _account: HERE,
    webhooks=_WEBHOOKS,
    events=_WEBHOOKS.events(),
)
