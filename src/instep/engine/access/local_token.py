"""The token of this machine: who may read the data directory may call the API from here."""

from __future__ import annotations

from instep.engine.access.secrets import new_secret
from instep.settings import Settings
from instep.store import private_files

FILE = "local-token"


def local_token(settings: Settings) -> str:
    """Return the token, made at the first start. Raises UserError for a file that others can read."""
    path = settings.data_dir.expanduser() / FILE
    return private_files.read_or_make(path, "token file", lambda: new_secret("isl")).strip()
