"""The faults of a sandbox app, as the contract suite asks for them."""

from __future__ import annotations


class Switches:
    """The faults of one app."""

    def __init__(self, app):
        self._faults = app.faults

    def rate_limit(self, times):
        self._faults.switch_on(f"rate_limit_burst=count:{times}")

    def fail(self, times):
        self._faults.switch_on(f"server_error=count:{times}")

    def drop_reply(self):
        self._faults.switch_on("timeout_after_success=count:1")

    def skew(self, seconds):
        self._faults.switch_on(f"clock_skew={seconds}")

    def clear(self):
        self._faults.switch_off()
