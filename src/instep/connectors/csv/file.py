"""A file on the disk: read once for each state of it, written whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from instep.connectors.csv.reading import new_table, read_table
from instep.connectors.csv.replacing import replacing
from instep.connectors.csv.table import Form, Table
from instep.core.errors import InstepError, RetryLater, UserError

_Result = TypeVar("_Result")

_SETTLED_SECONDS = 2.0
"""Within this time of a change, another one may leave size and times as they are."""


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What the disk says of a file: another stamp, perhaps another content."""

    inode: int
    size: int
    modified: int
    changed: int

    @property
    def at(self) -> float:
        """When it last changed (epoch seconds): also a file with an old date counts as new here."""
        return max(self.modified, self.changed) / 1e9


@dataclass(frozen=True, slots=True)
class _Read:
    """A state of the file as it was read; the table is None where it is to be read anew."""

    stamp: _Stamp | None
    print: bytes
    table: Table
    at: float
    read_at: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is and how large it may be. `begins` allows that it is not there yet."""

    path: Path
    form: Form
    begins: bool = False
    largest_bytes: int = 100 * 1024 * 1024


class CsvFile:
    """One file. Safe for many threads, and for other processes that honour the folder's lock."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._read: _Read | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self._place.path.name

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._place.path

    def is_there(self) -> bool:
        """Whether there is such a file, or may be one later."""
        return self._place.begins or self._place.path.is_file()

    def read(self, work: Callable[[Table, float], _Result]) -> _Result:
        """Return what `work` makes of the table and the time it last changed (epoch seconds).

        Raises UserError for a file that is no table, RetryLater if it is not there or unreadable.
        """
        with self._lock:
            read = self._fresh()
            return work(read.table, read.at)

    def change(
        self, works: Sequence[Callable[[Table, float], _Result]]
    ) -> list[_Result | Exception]:
        """Let each of `works` change the table, then write it once; errors come back in their place.

        Raises as `read` does, and RetryLater if it cannot be written: then nothing is changed.
        """
        with self._lock, self._alone():
            read = self._fresh()
            results = [_tried(work, read) for work in works]
            if any(not isinstance(each, Exception) for each in results):
                try:
                    self._write(read.table)
                except OSError as error:
                    self._read = None
                    raise RetryLater(
                        f"{self.name} cannot be written: {error.strerror or error}."
                    ) from error
            return results

    # Reading

    def _fresh(self) -> _Read:
        stamp = self._stamp()
        known = self._read
        if known is None or not _is_same(known, stamp):
            self._read = known = self._load(stamp)
        return known

    def _stamp(self) -> _Stamp | None:
        try:
            told = self._place.path.stat()
        except FileNotFoundError:
            if self._place.begins:
                return None
            raise RetryLater(
                f"There is no file {self._place.path}: put it (back) there. It is looked for again."
            ) from None
        except OSError as error:
            raise RetryLater(f"{self.name} cannot be read: {error.strerror or error}.") from error
        if not stat.S_ISREG(told.st_mode):
            raise UserError(f"{self._place.path} is no file. Name a CSV file.")
        if told.st_size > self._place.largest_bytes:
            raise UserError(
                f"{self.name} has {told.st_size:,} bytes; at most {self._place.largest_bytes:,} "
                "are read. Divide it, or allow more: largest_mb=NUMBER."
            )
        return _Stamp(told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns)

    def _load(self, stamp: _Stamp | None) -> _Read:
        now = time.time()
        if stamp is None:
            return _Read(None, b"", new_table(self._place.form), now, now)
        try:
            raw = self._place.path.read_bytes()
        except OSError as error:
            raise RetryLater(f"{self.name} cannot be read: {error.strerror or error}.") from error
        content = hashlib.blake2b(raw).digest()
        if self._read is not None and self._read.print == content:
            return _Read(stamp, content, self._read.table, self._read.at, now)
        if self._place.begins and not raw.strip():
            return _Read(stamp, content, new_table(self._place.form), stamp.at, now)
        table = read_table(raw, self._place.form, self.name)
        return _Read(stamp, content, table, stamp.at, now)

    # Writing

    def _write(self, table: Table) -> None:
        raw = table.dump()
        with replacing(self._place.path) as written:
            written.write(raw)
        self._read = None
        with suppress(InstepError):  # somebody took it away at once: it was written all the same
            stamp = self._stamp()
            at = time.time() if stamp is None else stamp.at
            self._read = _Read(stamp, hashlib.blake2b(raw).digest(), table, at, time.time())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder's lock: no other Instep writes a file in it meanwhile."""
        folder = self._place.path.resolve().parent
        try:
            if self._place.begins:
                folder.mkdir(parents=True, exist_ok=True)
            opened = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise RetryLater(f"{folder} cannot be opened: {error.strerror or error}.") from error
        try:
            fcntl.flock(opened, fcntl.LOCK_EX)
            yield
        finally:
            os.close(opened)  # closing unlocks


def _is_same(known: _Read, stamp: _Stamp | None) -> bool:
    """Whether a file is as it was read, without a look at its content."""
    if stamp is None or known.stamp != stamp:
        return False
    return known.read_at - stamp.at > _SETTLED_SECONDS


def _tried(work: Callable[[Table, float], _Result], read: _Read) -> _Result | Exception:
    try:
        return work(read.table, read.at)
    except InstepError as error:
        return error


def iso(at: float) -> str:
    """Return a time (epoch seconds) as a record tells it."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
