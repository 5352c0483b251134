"""The reference connector: an app that lives in this process and honours every rule."""

from __future__ import annotations

from instep.connectors.memory.app import MemoryApp, install, named, uninstall
from instep.connectors.memory.contacts import meaning, whoami
from instep.connectors.memory.kinds import RESOURCES
from instep.connectors.memory.transport import open_transport
from instep.sdk.auth import Bearer
from instep.sdk.connector import Connector, Setting
from instep.sdk.limits import Limits

__all__ = ["MemoryApp", "connector", "install", "named", "uninstall"]

connector = Connector(
    name="memory",
    title="Memory",
    base_url="memory:{name}",
    auth={"token": Bearer("token")},
    settings=(
        Setting(name="name", title="Name of the app in memory", default="memory"),
        Setting(name="token", title="Token", secret=True, default="memory"),
    ),
    account_setting="name",
    # nothing to be polite to: the engine's own speed is what tests want to see
    limits=lambda _kind, _config: Limits(per_second=1_000_000, burst=1_000, concurrency=8),
    resources=RESOURCES,
    verify=whoami,
    meaning=meaning,
    transport=open_transport,
    for_tests=True,
)
