"""What JupyterHub a hub runs, and of which schema its database is:
`kubectl exec -i deploy/hub -- python3 - < hub_schema.py`, also in a hub that others have made.

Prints {"version": "5.4.3", "schema": "4621fec11365"}. The schema is null where its database is no
sqlite file of its own volume.
"""

import json
import os
import sqlite3
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(os.environ.get("GLACIOCLOUD_DATABASE_FOLDER", "/srv/jupyterhub"))


def schema() -> str | None:
    path = FOLDER / "jupyterhub.sqlite"
    if not path.exists():
        return None
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)
    try:
        row = database.execute("select version_num from alembic_version").fetchone()
    finally:
        database.close()
    return row[0] if row else None


print(json.dumps({"version": version("jupyterhub"), "schema": schema()}))
