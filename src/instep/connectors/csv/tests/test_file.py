from __future__ import annotations

import fcntl
import os
import threading
import time

import pytest

from instep.connectors.csv.file import CsvFile, Place
from instep.connectors.csv.kinds import KINDS
from instep.connectors.csv.table import Form
from instep.core.errors import RetryLater, UserError

FORM = Form(KINDS["contact"])
ROWS = "id,E-mail\n1,a@x.org\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(ROWS)
    return path


def opened(path, **more):
    return CsvFile(Place(path, FORM, **more))


def ids(file):
    return file.read(lambda table, _at: [*table.ids])


def at(file):
    return file.read(lambda _table, at: at)


def grow(file, email="b@x.org"):
    return file.change([lambda table, _at: table.ids[table.add({"email": email})]])


def settle(path):
    """Make the file look as if nobody had touched it for a while."""
    long_ago = time.time() - 60
    os.utime(path, (long_ago, long_ago))


def test_a_file_that_stays_the_same_is_read_once(path, monkeypatch):
    file = opened(path)
    monkeypatch.setattr("instep.connectors.csv.file._SETTLED_SECONDS", -1.0)
    table = file.read(lambda table, _at: table)
    monkeypatch.setattr(type(path), "read_bytes", None)
    assert file.read(lambda again, _at: again) is table


def test_a_change_of_the_same_size_at_the_same_moment_is_seen(path):
    file = opened(path)
    assert ids(file) == ["1"]
    path.write_text(ROWS.replace("1,", "2,"))
    assert ids(file) == ["2"]


def test_a_file_that_was_only_touched_did_not_change(path):
    file = opened(path)
    before = at(file)
    time.sleep(0.01)
    path.touch()
    assert at(file) == before
    path.write_text(f"{ROWS}2,b@x.org\n")
    assert at(file) > before


def test_an_older_file_put_in_its_place_counts_as_changed(path, tmp_path):
    file = opened(path)
    before = at(file)
    older = tmp_path / "older.csv"
    older.write_text("id,E-mail\n9,z@x.org\n")
    settle(older)
    older.replace(path)
    assert ids(file) == ["9"]
    assert at(file) >= before


def test_what_is_written_is_there_for_everybody(path):
    file = opened(path)
    assert grow(file) == ["b@x.org"]
    assert ids(opened(path)) == ids(file) == ["1", "b@x.org"]
    assert [each.name for each in path.parent.iterdir()] == ["people.csv"]


def test_writes_that_come_together_are_written_once_and_errors_keep_their_place(path):
    file, written = opened(path), path.stat().st_ino

    def refuse(_table, _at):
        raise UserError("no")

    works = [lambda table, _at: table.add({"email": "b@x.org"}), refuse]
    added, refused = file.change(works)
    assert (added, str(refused)) == (1, "no")
    assert path.stat().st_ino != written


def test_nothing_is_written_where_everything_is_refused(path):
    def refuse(_table, _at):
        raise UserError("no")

    before = path.stat()
    opened(path).change([refuse])
    assert path.stat() == before


def test_somebody_elses_rows_are_kept_whenever_they_came(path):
    file = opened(path)
    ids(file)
    path.write_text(f"{ROWS}2,z@x.org\n")
    grow(file)
    assert ids(opened(path)) == ["1", "2", "b@x.org"]


def test_a_write_that_fails_leaves_the_file_and_what_is_known_of_it(path, monkeypatch):
    file = opened(path)

    def full(_handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("instep.connectors.csv.replacing.os.fsync", full)
        with pytest.raises(RetryLater, match="cannot be written: No space left on device"):
            grow(file)
    assert path.read_text() == ROWS
    assert [each.name for each in path.parent.iterdir()] == ["people.csv"]
    assert ids(file) == ["1"]


def test_a_writer_waits_for_the_folders_lock(path):
    file = opened(path)
    handle = os.open(path.parent, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    writer = threading.Thread(target=grow, args=(file,))
    writer.start()
    writer.join(0.2)
    assert writer.is_alive()
    assert path.read_text() == ROWS
    os.close(handle)
    writer.join(10)
    assert ids(opened(path)) == ["1", "b@x.org"]


def test_many_writers_lose_nobody(path):
    files = [opened(path) for _ in range(4)]
    writers = [
        threading.Thread(target=grow, args=(file, f"p{number}@x.org"))
        for number, file in enumerate(files * 5)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert sorted(ids(opened(path))) == sorted(["1", *(f"p{number}@x.org" for number in range(20))])


def test_rights_and_links_stay(path, tmp_path):
    path.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    grow(opened(link))
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert ids(opened(path)) == ["1", "b@x.org"]


def test_a_file_that_is_not_there_is_waited_for(tmp_path):
    file = opened(tmp_path / "people.csv")
    with pytest.raises(RetryLater, match=r"There is no file .*people\.csv: put it"):
        ids(file)


def test_a_file_may_begin_with_the_first_row(tmp_path):
    path = tmp_path / "new" / "people.csv"
    file = opened(path, begins=True)
    assert ids(file) == []
    assert not path.exists()
    grow(file)
    assert path.read_text().splitlines()[0].startswith("id,first_name,last_name,email")
    assert ids(file) == ["b@x.org"]


def test_an_empty_file_may_begin_with_the_first_row_too(path):
    path.write_bytes(b"")
    file = opened(path, begins=True)
    assert ids(file) == []
    grow(file)
    assert ids(opened(path)) == ["b@x.org"]
    path.write_bytes(b"")
    with pytest.raises(UserError, match="is empty"):
        ids(opened(path))


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="is no file. Name a CSV file."):
        ids(opened(tmp_path))


def test_a_file_that_is_too_large_is_not_read(path):
    with pytest.raises(UserError, match="has 20 bytes; at most 18 are read. Divide it"):
        ids(opened(path, largest_bytes=18))
