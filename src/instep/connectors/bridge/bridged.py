"""What all resources of a bridge share: kept by Instep, written to nobody who can be asked."""

from __future__ import annotations

from collections.abc import Sequence

from instep.core.records import Field
from instep.sdk import custom
from instep.sdk.kept import HERE, TOLD, KeptResource
from instep.sdk.request import Reply, Request

CUSTOM_FIELDS = "custom_fields"


class Bridged(KeptResource):
    """Records that somebody tells us of, and hears of from us."""

    kept = True
    write_only = True
    cursor = TOLD

    def ask_custom_fields(self) -> Request | None:
        """Ask for what the connection's settings name; nobody is called."""
        return HERE

    def custom_fields(self, reply: Reply) -> Sequence[Field]:  # noqa: ARG002 - the settings say it
        """Return one field of text for each name in the settings."""
        listed = self.account.config.get(CUSTOM_FIELDS, "")
        names = [f"{custom.PREFIX}{name}" for each in listed.split(",") if (name := each.strip())]
        return [Field(name, name, custom=True) for name in dict.fromkeys(names)]
