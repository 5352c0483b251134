"""Small secrets in files of their own: made in one stroke, for nobody else to read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

from instep.core.errors import UserError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_or_make(path: Path, what: str, make: Callable[[], str]) -> str:
    """Return what a file holds, making it (mode 0600) if there is none yet.

    `what` it is stands in errors: "key file". Raises UserError for one that cannot be read or
    written, or that others can read.
    """
    try:
        if not path.exists():
            _write(path, make())
        if path.stat().st_mode & _OTHERS:
            raise UserError(f"The {what} {path} is open to others; run: chmod 600 {path}")
        return path.read_text()
    except OSError as error:
        raise UserError(f"The {what} {path} cannot be used: {error.strerror}.") from None


def replace(path: Path, what: str, text: str) -> None:
    """Put another text into a file (mode 0600) in one stroke; `what` it is stands in errors.

    Raises UserError for one that cannot be written.
    """
    try:
        with NamedTemporaryFile(
            "w", dir=path.parent, prefix=f"{path.name}-", delete=False
        ) as draft:
            draft.write(text)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise UserError(f"The {what} {path} cannot be written: {error.strerror}.") from None


def _write(path: Path, text: str) -> None:
    """Write a file in one stroke: nobody ever sees half of one, and the first one stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}-") as draft:  # mode 0600
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return  # another process was faster: there is one, and it is that one
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    """Make the new name itself durable: what was sealed with a lost key is lost too."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
