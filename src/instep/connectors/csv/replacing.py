"""Write a file whole or not at all: beside it first, then in its place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_NEW = 0o600
"""The rights of a file that was not there before: what is in it concerns people."""


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write; it takes the place of `path` once the block ends well.

    It is on the disk by then, keeps the rights of the one before, and links stay links. Raises
    OSError; nobody ever sees a part of it.
    """
    path = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as written:
            yield written
            written.flush()
            os.fsync(written.fileno())
        part.chmod(path.stat().st_mode & 0o777 if path.exists() else _NEW)
        part.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            part.unlink()
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Bring the folder's entry to the disk, too.

    The file is in its place by now, so that a folder which cannot do this is no failure.
    """
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
