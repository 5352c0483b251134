"""BackNine Insurance: what BOSS tells of applications and cases. As far as it is public."""

from __future__ import annotations

from instep.connectors.backnine import listing, telling
from instep.connectors.backnine.activity import Notes, Tasks
from instep.connectors.backnine.contacts import Contacts
from instep.connectors.backnine.refusals import meaning
from instep.connectors.backnine.webhooks import SavedWebhooks
from instep.sdk.auth import Header
from instep.sdk.connector import Connector, Setting
from instep.sdk.limits import Limits
from instep.sdk.request import Request
from instep.sdk.resource import Account


def whose_applications(_account: Account) -> Request:
    """Ask for the list of applications: the one call that is known to read and to change nothing."""
    return listing.first()


connector = Connector(
    name="backnine",
    title="BackNine",
    base_url="{base_url}",
    auth={"api_key": Header("X-BACKNINE-AUTHENTICATION", "api_key")},  # facts: apps 2, auth
    settings=(
        Setting(
            name="api_key",
            title="API key",
            secret=True,
            help="Copy it in BOSS.",
        ),
        Setting(
            name="webhook_secret",
            title="Secret of the webhooks",
            secret=True,
            required=False,
            help="What BOSS sends along as X-BACKNINE-AUTHENTICATION. Without it none are taken.",
        ),
        Setting(
            name="case_webhook_secret",
            title="Secret of the case webhooks",
            secret=True,
            required=False,
            help="Only if BOSS sends another one with cases.",
        ),
        Setting(
            name="apply_page",
            title="Address of your Quote & Apply page",
            required=False,
            pattern=r"https?://[^\s?#]+",
            help="Without /apply. It makes the apply link of each contact, together with npn.",
        ),
        Setting(
            name="npn",
            title="National producer number",
            required=False,
            pattern=r"\d{1,10}",
            help="The agent's, for the apply link.",
        ),
        Setting(
            name="pages",
            title="How much of the list of applications is read",
            required=False,
            default="all",
            pattern=r"all|first",
            help="all, or only the first page if BackNine does not show the others.",
        ),
        Setting(
            name="poll_list",
            title="Read the list of applications at every poll",
            required=False,
            default="yes",
            pattern=r"yes|no",
            help="no: polls rely on webhooks, and the list is read once a night.",
        ),
        Setting(
            name="base_url",
            title="Address of the API",
            required=False,
            default="https://app.back9ins.com",
            pattern=r"https?://\S+",
            help="https://demo.back9ins.com is BackNine's own place to try things.",
        ),
    ),
    account_setting=None,
    # what BackNine allows is not public (facts: apps 2): one call at a time, one a second
    limits=lambda _kind, _config: Limits(per_second=1, burst=1, concurrency=1),
    resources=(Contacts, Notes, Tasks),
    verify=whose_applications,
    meaning=meaning,
    webhooks=SavedWebhooks(),
    told=telling.told_in,
    events=telling.EVENTS,
    status="partial",
)
