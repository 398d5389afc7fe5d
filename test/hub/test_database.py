"""Copies of the hub's database while the hub runs, and putting one back, on the database of a real
JupyterHub.
"""

import calendar
import json
import os
import sqlite3
import subprocess
import sys
import time

import pytest
from load_check import known_schemas
from real_hub import FILES, RealHub


def run(script, folder, *args):
    done = subprocess.run(
        [sys.executable, "-", *args],
        input=(FILES / script).read_text(),
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "GLACIOCLOUD_DATABASE_FOLDER": str(folder)},
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def names(folder):
    return sorted(path.name for path in (folder / "glaciocloud-copies").iterdir())


@pytest.fixture
def database(tmp_path):
    """A small database with the one table that the scripts rely on."""
    connection = sqlite3.connect(tmp_path / "jupyterhub.sqlite")
    connection.executescript(
        "create table alembic_version (version_num text); insert into alembic_version values ('abc'); create table users (name text);"
    )
    connection.commit()
    yield connection
    connection.close()


def add(database, *people):
    database.executemany("insert into users values (?)", [(name,) for name in people])
    database.commit()


def people(folder):
    with sqlite3.connect(folder / "jupyterhub.sqlite") as connection:
        return [name for (name,) in connection.execute("select name from users order by name")]


def test_copy_and_restore_with_a_running_hub(tmp_path):
    hub = RealHub(tmp_path)
    hub.start()
    try:
        hub.api("POST", "/users/alice")
        code, copied, _ = run("db_copy.py", tmp_path, "before")
        assert code == 0
        assert (copied["copied"], copied["integrity"], copied["foreign"]) == (
            "before.sqlite",
            "ok",
            0,
        )
        assert copied["rows"]["users"] == 1 and copied["revision"]
        assert hub.answers()
        hub.api("POST", "/users/bob")
        hub.stop()
        code, restored, _ = run("db_restore.py", tmp_path, "before")
        assert code == 0
        assert (restored["restored"], restored["aside"]) == (
            "before.sqlite",
            "jupyterhub.sqlite.before-restore",
        )
        assert restored["rows"] == copied["rows"] and restored["revision"] == copied["revision"]
        hub.start()
        assert hub.api("GET", "/users/alice").status_code == 200
        assert hub.api("GET", "/users/bob").status_code == 404
    finally:
        hub.stop()


def test_the_last_three_copies_stay(tmp_path, database):
    for name in ("z", "a", "m", "b"):
        assert run("db_copy.py", tmp_path, name)[0] == 0
        time.sleep(0.02)
    assert names(tmp_path) == ["a.sqlite", "b.sqlite", "m.sqlite"]
    assert oct((tmp_path / "glaciocloud-copies" / "a.sqlite").stat().st_mode)[-3:] == "600"


def test_rows_in_the_journal_are_copied_and_old_journals_are_not_applied(tmp_path, database):
    database.execute("pragma journal_mode = wal")
    add(database, "alice")
    assert (tmp_path / "jupyterhub.sqlite-wal").stat().st_size > 0
    assert run("db_copy.py", tmp_path, "one")[1]["rows"]["users"] == 1
    add(database, "bob")
    # As after a hub that was killed: its journal lies there, and nobody closed the database.
    assert run("db_restore.py", tmp_path, "one")[0] == 0
    assert (
        not (tmp_path / "jupyterhub.sqlite-wal").exists()
        and not (tmp_path / "jupyterhub.sqlite-shm").exists()
    )
    assert people(tmp_path) == ["alice"]
    assert (tmp_path / "jupyterhub.sqlite.before-restore-wal").exists()


def test_last_is_the_newest_copy_and_restoring_twice_is_harmless(tmp_path, database):
    add(database, "alice")
    run("db_copy.py", tmp_path, "z-first")
    add(database, "bob")
    time.sleep(0.02)
    run("db_copy.py", tmp_path, "a-second")
    for _ in range(2):
        assert run("db_restore.py", tmp_path)[1]["restored"] == "a-second.sqlite"
        assert people(tmp_path) == ["alice", "bob"]
    assert names(tmp_path) == ["a-second.sqlite", "z-first.sqlite"]


def test_a_restore_that_was_killed_half_way_is_finished_by_the_next(tmp_path, database):
    add(database, "alice")
    run("db_copy.py", tmp_path, "one")
    (tmp_path / "jupyterhub.sqlite").rename(tmp_path / "jupyterhub.sqlite.before-restore")
    (tmp_path / "jupyterhub.sqlite.restoring").write_bytes(b"half")
    assert run("db_restore.py", tmp_path, "one")[0] == 0
    assert people(tmp_path) == ["alice"]
    assert (tmp_path / "jupyterhub.sqlite.before-restore").exists()


def test_a_damaged_copy_changes_nothing(tmp_path, database):
    add(database, *(f"person-{number}" for number in range(2000)))
    run("db_copy.py", tmp_path, "one")
    copy = tmp_path / "glaciocloud-copies" / "one.sqlite"
    content = bytearray(copy.read_bytes())
    content[8192:8292] = b"x" * 100
    copy.write_bytes(content)
    before = (tmp_path / "jupyterhub.sqlite").read_bytes()
    code, out, err = run("db_restore.py", tmp_path, "one")
    assert (code, out) == (1, None)
    assert "one.sqlite is damaged" in err and "nothing was changed" in err
    assert (tmp_path / "jupyterhub.sqlite").read_bytes() == before
    assert not (tmp_path / "jupyterhub.sqlite.restoring").exists()


def test_a_damaged_database_gives_no_copy_and_keeps_the_old_ones(tmp_path, database):
    add(database, *(f"person-{number}" for number in range(2000)))
    run("db_copy.py", tmp_path, "good")
    database.close()
    path = tmp_path / "jupyterhub.sqlite"
    content = bytearray(path.read_bytes())
    content[8192:8292] = b"x" * 100
    path.write_bytes(content)
    code, _, _ = run("db_copy.py", tmp_path, "bad")
    assert code == 1
    assert names(tmp_path) == ["good.sqlite"]


def test_without_sqlite_there_is_nothing_to_copy(tmp_path):
    assert run("db_copy.py", tmp_path)[:2] == (0, {"copied": None})
    assert not (tmp_path / "glaciocloud-copies").exists()


@pytest.mark.parametrize("name", ["../evil", "a/b", ".hidden", ""])
def test_names_stay_in_the_folder(tmp_path, database, name):
    assert run("db_copy.py", tmp_path, name)[0] == 1
    assert run("db_restore.py", tmp_path, name)[0] == 1


def test_a_copy_that_is_not_there_is_told_with_those_that_are(tmp_path, database):
    run("db_copy.py", tmp_path, "one")
    code, _, err = run("db_restore.py", tmp_path, "two")
    assert code == 1 and "there is no copy two; there are: one.sqlite" in err


def test_a_database_of_the_same_schema_stays(tmp_path, database):
    add(database, "alice")
    run("db_copy.py", tmp_path, "before")
    add(database, "bob")
    code, said, _ = run("db_restore.py", tmp_path, "before", "--if-changed")
    assert (code, said) == (0, {"restored": None, "revision": "abc"})
    assert people(tmp_path) == ["alice", "bob"]
    assert not (tmp_path / "jupyterhub.sqlite.restoring").exists()


@pytest.mark.parametrize("damage", ["newer", "broken"])
def test_a_database_of_another_schema_or_none_does_not(tmp_path, database, damage):
    add(database, "alice")
    run("db_copy.py", tmp_path, "before")
    add(database, "bob")
    if damage == "newer":
        database.execute("update alembic_version set version_num = 'ffff'")
        database.commit()
    else:
        database.close()
        (tmp_path / "jupyterhub.sqlite").write_bytes(
            b"this is no database at all, but something longer than a header of one" * 40
        )
    code, said, _ = run("db_restore.py", tmp_path, "before", "--if-changed")
    assert (code, said["restored"]) == (0, "before.sqlite")
    assert people(tmp_path) == ["alice"]


def test_a_hub_that_is_taken_over_says_whom_it_knows(github, tmp_path):
    hub = RealHub(tmp_path, github.url)
    hub.start()
    try:
        for name in ("zoe", "anna-b"):
            hub.api("POST", f"/users/{name}")
        code, told, _ = run("adopt_look.py", hub.folder)
        _, schema, _ = run("hub_schema.py", hub.folder)
    finally:
        hub.stop()
    known = {one["name"]: one["since"] for one in told["users"]}
    assert (code, sorted(name for name in known if not name.endswith("_0"))) == (
        0,
        ["anna-b", "zoe"],
    )
    age = time.time() - calendar.timegm(time.strptime(known["zoe"], "%Y-%m-%dT%H:%M:%SZ"))
    assert 0 <= age < 60
    assert told["version"][0].isdigit()
    assert run("adopt_look.py", tmp_path / "nothing")[1]["users"] is None
    # This database was made by the JupyterHub that is installed here.
    assert schema == {"version": told["version"], "schema": known_schemas()[0]}
    assert run("hub_schema.py", tmp_path / "nothing")[1]["schema"] is None
