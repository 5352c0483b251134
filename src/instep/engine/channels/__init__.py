"""The ways by which alerts reach people: each knows its settings, and sends one message once."""

from __future__ import annotations

from collections.abc import Mapping

from instep.engine.channels import apprise_url, mail, slack, webhook
from instep.engine.channels.way import Way

WAYS: Mapping[str, Way] = {
    each.kind: each for each in (mail.WAY, slack.WAY, webhook.WAY, apprise_url.WAY)
}
"""Every way there is, by its kind."""
