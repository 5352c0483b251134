"""Settings: INSTEP_* environment variables and their defaults, each documented where it stands."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from instep.core.errors import UserError


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME")
    return Path(base) / "instep" if base else Path.home() / ".instep"


class Settings(BaseSettings):
    """Everything that can be set from outside. Secrets never show in a repr."""

    model_config = SettingsConfigDict(
        env_prefix="INSTEP_", extra="ignore", hide_input_in_errors=True
    )

    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="Where the database and the key file live.",
    )
    database_url: str = Field(
        default="",
        repr=False,  # it may hold a password
        description="SQLite by default, in the data directory; postgresql://… for many workers.",
    )
    key: SecretStr | None = Field(
        default=None,
        description="The key that seals credentials: base64 of 32 bytes; several, newest first, "
        "while they are changed. Without it, a key file is made in the data directory on first "
        "start.",
    )
    manifests: Path | None = Field(
        default=None,
        description="Where the manifests of your own apps are; `connectors` in the data directory "
        "if left out.",
    )
    files: Path | None = Field(
        default=None,
        description="Where the files of CSV connections are; `files` in the data directory if left "
        "out.",
    )
    allow_any_file: bool = Field(
        default=False,
        description="Whether a connection may name a file anywhere else on this machine, by its "
        "whole path.",
    )
    host: str = Field(default="127.0.0.1", description="The address the server binds to.")
    port: int = Field(default=8750, ge=0, le=65535, description="The server's port; 0 takes any.")
    behind_proxy: bool = Field(
        default=False,
        description="Whether a reverse proxy on this machine says who asks and whether by HTTPS, by "
        "X-Forwarded-For and X-Forwarded-Proto.",
    )
    worker: str = Field(
        default="",
        description="This worker's own name, where several share one PostgreSQL.",
    )
    person: str = Field(
        default="",
        description="Who uses the command line, for the history; the system's user if left out.",
    )
    keep_sent_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="For how many days a webhook that was sent is remembered, with what it told; past "
        "alerts and their messages, too.",
    )
    keep_runs_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="For how many days a flow's run is kept after its end, with what its steps took "
        "and gave.",
    )
    log_level: str = Field(default="info", description="debug shows each call, without bodies.")
    allow_private_targets: bool = Field(
        default=False,
        description="Whether a connection may point into a private network. This machine itself "
        "(the sandbox) may be reached anyway while the server listens to nobody else.",
    )

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        levels = ("debug", "info", "warning", "error")
        if value.lower() not in levels:
            raise ValueError(f"choose one of {', '.join(levels)}")
        return value.lower()

    def model_post_init(self, _context: Any, /) -> None:
        """Put the database, manifests and files where the data is, unless told otherwise."""
        if self.manifests is None:
            self.manifests = self.data_dir.expanduser() / "connectors"
        if self.files is None:
            self.files = self.data_dir.expanduser() / "files"
        if not self.database_url:
            self.database_url = f"sqlite:///{self.data_dir.expanduser() / 'instep.db'}"


def allows_address(settings: Settings, host: str) -> bool:
    """Whether a connection may point to this host inside a private network.

    Who can reach a server that listens on loopback only is on this machine already, so this
    machine's own addresses give nothing away; everything else private has to be allowed.
    """
    return settings.allow_private_targets or (_is_here(host) and _is_here(settings.host))


def locate_file(settings: Settings, name: str) -> str:
    """Return the whole path of a file that a connection names. Raises UserError outside the folder.

    Links are followed before that is judged, so that none leads out.
    """
    folder = files_folder(settings)
    try:
        path = (folder / Path(name).expanduser()).resolve()
    except (ValueError, RuntimeError, OSError):
        raise UserError(f"{name!r} is no name of a file.") from None
    if path.is_relative_to(folder) and path != folder:
        return str(path)
    if settings.allow_any_file and Path(name).expanduser().is_absolute():
        return str(path)
    raise UserError(
        f"The file {name} is not in {folder}, where the files of connections are. Put it there, or "
        "allow whole paths with INSTEP_ALLOW_ANY_FILE=true."
    )


def files_folder(settings: Settings) -> Path:
    """Return the folder of the files that connections name, its links followed."""
    return (settings.files or settings.data_dir / "files").expanduser().resolve()


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load_settings(**given: Any) -> Settings:
    """Read the settings. Raises UserError that names the variable and what is wrong with it."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = f"INSTEP_{'_'.join(map(str, first['loc'])).upper()}"
        why = first["msg"].removeprefix("Value error, ")
        raise UserError(f"The setting {name} cannot be used: {why}.") from None
