"""Whom a hub knows that is about to be taken over, and what it runs:
`kubectl exec -i deploy/hub -- python3 - < adopt_look.py`, in a hub that others have made.

Prints {"version": "5.4.3", "users": [{"name": "alice", "since": "2024-03-01T09:30:00Z"}]}. Users are
null where its database is no sqlite file of its own volume.
"""

import json
import os
import sqlite3
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(os.environ.get("GLACIOCLOUD_DATABASE_FOLDER", "/srv/jupyterhub"))


def users() -> list[dict] | None:
    path = FOLDER / "jupyterhub.sqlite"
    if not path.exists():
        return None
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)
    try:
        rows = database.execute("select name, created from users order by name").fetchall()
    finally:
        database.close()
    return [{"name": name, "since": instant(created)} for name, created in rows]


def instant(created: str | None) -> str | None:
    """JupyterHub writes UTC, as `2024-03-01 09:30:00.123456`."""
    return f"{created[:10]}T{created[11:19]}Z" if created else None


print(json.dumps({"version": version("jupyterhub"), "users": users()}))
