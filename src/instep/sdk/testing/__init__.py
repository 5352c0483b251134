"""The suite every connector must pass, and the fakes that tests of connectors need.

Subclass `ConnectorContract` in the connector's folder, beside its emulator:

    class TestContacts(ConnectorContract):
        page_size = 100
        unknown_id = "no-such-contact"

        @pytest.fixture
        def connector(self): ...

        # likewise `account`, `credential`, `faults` and `fill`

Needs pytest and pytest-asyncio (`asyncio_mode = "auto"`).
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(f"{__name__}.contract", f"{__name__}.ground")

from instep.sdk.testing.contract import ConnectorContract  # noqa: E402 - rewritten only if later
from instep.sdk.testing.fakes import FixedTokens, FreeLimiter, ScriptedTransport  # noqa: E402 - as above
from instep.sdk.testing.ground import Faults  # noqa: E402 - as above

__all__ = ["ConnectorContract", "Faults", "FixedTokens", "FreeLimiter", "ScriptedTransport"]
