"""The connectors of a running process: a new or changed manifest is taken up without a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import structlog

from instep.connectors import built_in, described, manifest_files, with_described
from instep.core.errors import UserError
from instep.sdk.connector import Connector

LOOK_SECONDS = 2.0
"""How often the directory is looked at, at most: a few file stats."""

Stamps = Mapping[Path, tuple[int, int]]
"""Each manifest there is, with its time of change (nanoseconds) and its size in bytes."""

log = structlog.get_logger()


class Registry(Mapping[str, Connector]):
    """Every connector by name, those of the manifests in a directory as they stand there now.

    A manifest is taken up once two looks in a row found it the same, so never half-written. One
    that is wrong or incomplete does not take the place of a good one: the log says why, and its
    app goes on by what was taken up before. Raises UserError like `discover` when it is made, not
    afterwards.
    """

    def __init__(self, folder: Path | None, now: Callable[[], float]) -> None:
        self._folder = folder
        self._now = now
        self._built_in = built_in()
        self._described: dict[Path, Connector] = {}
        self._taken: Stamps = {}
        self._pending: Stamps = {}
        self._looked_at = now()
        self._known = self._read(_stamps(folder))

    def __getitem__(self, name: str) -> Connector:
        self._look()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        self._look()
        return iter(self._known)

    def __len__(self) -> int:
        self._look()
        return len(self._known)

    def take_up(self) -> None:
        """Read the directory now, because whoever asks has just written there, whole.

        Raises UserError if it cannot be taken up; then everything stays as it was.
        """
        self._looked_at = self._now()
        self._known = self._read(_stamps(self._folder))

    def _look(self) -> None:
        now = self._now()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        seen = _stamps(self._folder)
        if seen == self._taken:
            return
        if seen != self._pending:
            self._pending = seen
            return
        before = self._described
        try:
            self._known = self._read(seen)
            fresh = [
                path.name for path, each in self._described.items() if each != before.get(path)
            ]
            if fresh:
                log.info("manifests taken up", files=fresh)
        except (UserError, OSError) as error:
            log.warning("manifests not taken up", why=str(error))
            self._taken = seen  # told once; the next change is looked at again

    def _read(self, seen: Stamps) -> dict[str, Connector]:
        read = {path: self._as_it_stands(path, seen[path]) for path in seen}
        known = with_described(self._built_in, read)
        self._described, self._taken = read, seen
        return known

    def _as_it_stands(self, path: Path, stamp: tuple[int, int]) -> Connector:
        before = self._described.get(path)
        if before is not None and self._taken.get(path) == stamp:
            return before
        found = described(path)
        if before is not None and found.missing and not before.missing:
            log.warning("manifest not taken up", file=path.name, why=" ".join(found.missing))
            return before
        return found


def _stamps(folder: Path | None) -> Stamps:
    """Return the stamp of each manifest; one that vanishes meanwhile is not there."""
    found = {}
    for path in manifest_files(folder):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        found[path] = (stat.st_mtime_ns, stat.st_size)
    return found
