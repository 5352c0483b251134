"""Instep keeps GoHighLevel in step with the other apps a business runs on.

`from instep import GoHighLevel` is the Python client. What is named here is loaded when it is first
used, so importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from instep.connectors.gohighlevel.client.blocking import GoHighLevelSync
    from instep.connectors.gohighlevel.client.credentials import MemoryTokens
    from instep.connectors.gohighlevel.client.encoding import File
    from instep.connectors.gohighlevel.client.errors import (
        AccountDenied,
        ConnectionBroken,
        DailyLimit,
        Duplicate,
        DuplicateContact,
        DuplicateOpportunity,
        Gone,
        InstepError,
        LocationDenied,
        NotFound,
        OutcomeUnknown,
        RateLimited,
        RecordRejected,
        RemovedInV3,
        RetryLater,
        ScopeMissing,
        SlotTaken,
        TokenExpired,
        TokenRefused,
        UserError,
        ValidationFailed,
        WrongArguments,
    )
    from instep.connectors.gohighlevel.client.filters import F
    from instep.connectors.gohighlevel.client.gohighlevel import GoHighLevel
    from instep.connectors.gohighlevel.client.token_file import FileTokens

__version__ = "0.1.0"

__all__ = [
    "AccountDenied",
    "ConnectionBroken",
    "DailyLimit",
    "Duplicate",
    "DuplicateContact",
    "DuplicateOpportunity",
    "F",
    "File",
    "FileTokens",
    "GoHighLevel",
    "GoHighLevelSync",
    "Gone",
    "InstepError",
    "LocationDenied",
    "MemoryTokens",
    "NotFound",
    "OutcomeUnknown",
    "RateLimited",
    "RecordRejected",
    "RemovedInV3",
    "RetryLater",
    "ScopeMissing",
    "SlotTaken",
    "TokenExpired",
    "TokenRefused",
    "UserError",
    "ValidationFailed",
    "WrongArguments",
]

_CLIENT = "instep.connectors.gohighlevel.client"
_MODULES = {
    "F": "filters",
    "File": "encoding",
    "FileTokens": "token_file",
    "GoHighLevel": "gohighlevel",
    "GoHighLevelSync": "blocking",
    "MemoryTokens": "credentials",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{_CLIENT}.{_MODULES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
