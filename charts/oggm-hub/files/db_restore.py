"""Put a copy of the hub's database in place: `python3 - NAME < db_restore.py` in a pod that mounts
the hub's volume.

The hub must be down (scaled to 0). NAME is one of glaciocloud-copies, or "last". The copy is
verified before anything is touched, the old database is moved aside, its -wal, -shm and -journal
go, and the copy is moved in. With --if-changed a whole database of the copy's own schema stays: it
holds what people did since then. Prints

    {"restored": "20261124T094500Z.sqlite", "aside": "jupyterhub.sqlite.before-restore",
     "integrity": "ok", …, "seconds": 0.1}

or {"restored": null, "revision": "…"} where it stays. A killed run is repeated without loss: what
is aside is only replaced by a database that is whole.
"""

import json
import os
import shutil
import sqlite3
import sys
import time
from pathlib import Path

FOLDER = Path(os.environ.get("GLACIOCLOUD_DATABASE_FOLDER", "/srv/jupyterhub"))
COPIES = FOLDER / "glaciocloud-copies"


def examine(path: Path) -> dict:
    """As in db_copy.py; both are piped into pods, where neither can import the other."""
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


def choose(name: str) -> Path:
    copies = sorted(COPIES.glob("*.sqlite"), key=lambda path: path.stat().st_mtime_ns)
    chosen = (
        copies[-1:]
        if name == "last"
        else [path for path in copies if name in (path.name, path.stem)]
    )
    if not chosen:
        sys.exit(
            f"there is no copy {name}; there are: {', '.join(path.name for path in copies) or 'none'}"
        )
    return chosen[0]


def stays(database: Path, revision: str) -> bool:
    try:
        found = examine(database)
    except sqlite3.Error:
        return False
    return found["integrity"] == "ok" and found["revision"] == revision


def main() -> int:
    begin = time.monotonic()
    names = [name for name in sys.argv[1:] if name != "--if-changed"]
    chosen = choose(names[0] if names else "last")
    database, fresh, aside = (
        FOLDER / f"jupyterhub.sqlite{ending}" for ending in ("", ".restoring", ".before-restore")
    )
    shutil.copy2(chosen, fresh)  # the copy itself stays, for the next time
    try:
        found = examine(fresh)
    except sqlite3.DatabaseError as error:
        found = {"integrity": str(error)}
    if found["integrity"] != "ok":
        fresh.unlink()
        sys.exit(f"{chosen.name} is damaged ({found['integrity']}); nothing was changed")
    if "--if-changed" in sys.argv and stays(database, found["revision"]):
        fresh.unlink()
        print(json.dumps({"restored": None, "revision": found["revision"]}))
        return 0
    # What the old database has in its journals belongs to it and must not be applied to the new
    # one.
    for ending in ("", "-wal", "-shm", "-journal"):
        old = FOLDER / f"jupyterhub.sqlite{ending}"
        if old.exists():
            old.replace(f"{aside}{ending}")
    fresh.replace(database)
    shown = aside.name if aside.exists() else None
    print(
        json.dumps(
            {
                "restored": chosen.name,
                "aside": shown,
                **found,
                "seconds": round(time.monotonic() - begin, 2),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
