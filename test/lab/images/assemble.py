"""Layers → docker archives. assemble.py WORK: reads WORK/layers/*.tar, writes
WORK/images/<name>.tar and images.json.
"""

import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

work = Path(sys.argv[1])
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def layer_of(files):
    """A small layer of our own: {path: (mode, text)}."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, (mode, text) in files.items():
            info = tarfile.TarInfo(path)
            info.mode, info.size = mode, len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def site(name):
    return f"opt/{name}/lib/python3.11/site-packages"


CRASHES = layer_of(
    {
        "opt/user/bin/jupyterhub-singleuser": (
            0o755,
            "#!/bin/sh\necho 'this image crashes on purpose' >&2\nexit 3\n",
        )
    }
)
NO_OGGM = layer_of(
    {
        f"{site('user')}/oggm/__init__.py": (
            0o644,
            "raise ImportError('this image has a broken oggm on purpose')\n",
        ),
        f"{site('user')}/oggm/__pycache__/.wh.__init__.cpython-311.pyc": (
            0o644,
            "",
        ),  # the compiled file of the layer below goes
    }
)
HUB_CRASHES = layer_of(
    {
        "opt/hub/bin/jupyterhub": (
            0o755,
            "#!/bin/sh\necho 'this hub crashes on purpose' >&2\nexit 4\n",
        )
    }
)

HUB_NEWER = layer_of(
    {
        "opt/hub/bin/jupyterhub": (
            0o755,
            """#!/opt/hub/bin/python3
# A hub that writes a database schema which no other knows, on purpose.
import os
import sqlite3
import sys

path = "/srv/jupyterhub/jupyterhub.sqlite"
if os.path.exists(path):
    with sqlite3.connect(path) as database:
        database.execute("update alembic_version set version_num = 'ffff00000001'")
os.execv(sys.executable, [sys.executable, "-m", "jupyterhub", *sys.argv[1:]])
""",
        )
    }
)

IMAGES = {
    "hub": ("hub", [], {"User": "1000", "WorkingDir": "/srv/jupyterhub"}),
    "hub-crashes": ("hub", [HUB_CRASHES], {"User": "1000", "WorkingDir": "/srv/jupyterhub"}),
    "hub-newer": ("hub", [HUB_NEWER], {"User": "1000", "WorkingDir": "/srv/jupyterhub"}),
    "proxy": ("proxy", [], {"User": "65534", "Cmd": ["configurable-http-proxy"]}),
    "oggm": (
        "user",
        [],
        {"User": "1100", "WorkingDir": "/home/jovyan", "Cmd": ["jupyterhub-singleuser"]},
    ),
    "oggm-crashes": (
        "user",
        [CRASHES],
        {"User": "1100", "WorkingDir": "/home/jovyan", "Cmd": ["jupyterhub-singleuser"]},
    ),
    "oggm-broken": (
        "user",
        [NO_OGGM],
        {"User": "1100", "WorkingDir": "/home/jovyan", "Cmd": ["jupyterhub-singleuser"]},
    ),
}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def file_digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


bases = {
    name: (work / "layers" / f"{name}.tar", file_digest(work / "layers" / f"{name}.tar"))
    for name in ("base", "hub", "proxy", "user")
}
(work / "images").mkdir(exist_ok=True)
for name, (environment, extra, config) in IMAGES.items():
    extra_layers = [(digest(data), data) for data in extra]
    diff_ids = [bases["base"][1], bases[environment][1], *[one for one, _ in extra_layers]]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {
            "Entrypoint": ["tini", "-g", "--"],
            "Env": [f"PATH=/opt/{environment}/bin:{SYSTEM_PATH}", "LANG=C.UTF-8"],
            **config,
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{one}" for one in diff_ids]},
        "history": [],
    }
    raw = json.dumps(config).encode()
    target = work / "images" / f"{name}.tar"
    key = target.with_suffix(".key")
    if target.exists() and key.exists() and key.read_text() == digest(raw):
        continue
    manifest = [
        {
            "Config": f"{digest(raw)}.json",
            "RepoTags": [f"lab/{name}:1"],
            "Layers": [f"{one}.tar" for one in diff_ids],
        }
    ]
    with tarfile.open(target, "w") as tar:

        def add(path, data):
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))

        for path, one in (bases["base"], bases[environment]):
            tar.add(path, f"{one}.tar")
        for one, data in extra_layers:
            add(f"{one}.tar", data)
        add(f"{digest(raw)}.json", raw)
        add("manifest.json", json.dumps(manifest).encode())
    key.write_text(digest(raw))
