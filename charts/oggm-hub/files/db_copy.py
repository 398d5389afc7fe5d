"""A verified copy of the hub's database, on the database's own volume. Piped into the running hub. Prints JSON."""

import json
import os
import sqlite3
import sys
import time
from pathlib import Path

source = Path("/srv/jupyterhub/jupyterhub.sqlite")
folder = Path("/srv/jupyterhub/glaciocloud-copies")
keep = 3
if not source.exists():
    print(json.dumps({"copied": None}))
    sys.exit(0)
folder.mkdir(exist_ok=True)
target = folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.sqlite"
began = time.monotonic()
live = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
copy = sqlite3.connect(f"{target}.new")
live.backup(copy)
copy.execute("pragma journal_mode=delete")
if copy.execute("pragma integrity_check").fetchone()[0] != "ok":
    sys.exit("the copy of the hub's database is damaged")
tables = [name for (name,) in copy.execute("select name from sqlite_master where type='table'")]
rows = {name: copy.execute(f'select count(*) from "{name}"').fetchone()[0] for name in tables}
revision = copy.execute("select version_num from alembic_version").fetchone()[0]
copy.close()
os.replace(f"{target}.new", target)
for old in sorted(folder.glob("*.sqlite"))[:-keep]:
    old.unlink()
print(json.dumps({"copied": target.name, "rows": rows, "revision": revision, "seconds": round(time.monotonic() - began, 2)}))
