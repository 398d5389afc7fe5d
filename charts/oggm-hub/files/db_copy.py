"""A verified copy of the hub's database, on the database's own volume:
`kubectl exec -i deploy/hub -- python3 - < db_copy.py`.

The hub goes on while it runs. An argument names the copy (a timestamp otherwise); the last three
are kept. Prints

    {"copied": "20261124T094500Z.sqlite", "integrity": "ok", "foreign": 0, "revision": "…",
     "rows": {…}, "seconds": 0.1}

or {"copied": null} where the hub has no sqlite file, as with postgres. A copy that is damaged is
not kept, and exit 1.
"""

import json
import os
import re
import sqlite3
import sys
import time
from pathlib import Path

FOLDER = Path(os.environ.get("GLACIOCLOUD_DATABASE_FOLDER", "/srv/jupyterhub"))
COPIES = FOLDER / "glaciocloud-copies"
KEPT = 3


def examine(path: Path) -> dict:
    """What proves a copy whole: db_restore.py asks the same before it trusts one."""
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        tables = [
            name
            for (name,) in database.execute(
                "select name from sqlite_master where type = 'table' order by name"
            )
        ]
        return {
            "integrity": database.execute("pragma integrity_check").fetchone()[0],
            "foreign": len(database.execute("pragma foreign_key_check").fetchall()),
            "revision": database.execute("select version_num from alembic_version").fetchone()[0],
            "rows": {
                name: database.execute(f'select count(*) from "{name}"').fetchone()[0]
                for name in tables
            },
        }
    finally:
        database.close()


def copy(source: Path, target: Path) -> None:
    live, fresh = (
        sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=30),
        sqlite3.connect(target),
    )
    try:
        live.backup(fresh)
        fresh.execute("pragma journal_mode = delete")  # one file, nothing beside it
    finally:
        fresh.close()
        live.close()


def main() -> int:
    source = FOLDER / "jupyterhub.sqlite"
    if not source.exists():
        print(json.dumps({"copied": None}))
        return 0
    begin = time.monotonic()
    name = sys.argv[1] if len(sys.argv) > 1 else time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        sys.exit(f"{name!r} is no name for a copy")
    COPIES.mkdir(mode=0o700, exist_ok=True)
    target = COPIES / f"{name}.sqlite"
    fresh = COPIES / f"{name}.new"
    fresh.unlink(missing_ok=True)
    try:
        copy(source, fresh)
        fresh.chmod(0o600)
        found = examine(fresh)
        if found["integrity"] == "ok":
            fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    whole = found["integrity"] == "ok"
    by_age = sorted(COPIES.glob("*.sqlite"), key=lambda path: path.stat().st_mtime_ns)
    for old in by_age[:-KEPT]:
        old.unlink()
    print(
        json.dumps(
            {
                "copied": target.name if whole else None,
                **found,
                "seconds": round(time.monotonic() - begin, 2),
            }
        )
    )
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
