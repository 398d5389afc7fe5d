"""Hubs as files say them, rendered by Helm and loaded by the load check on a real JupyterHub, without a cluster."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

from real_hub import FILES, HERE

CHARTS = {"small": HERE.parent / "lab" / "charts"}
if os.environ.get("GLACIOCLOUD_REAL_CHARTS"):
    CHARTS["real"] = Path(os.environ["GLACIOCLOUD_REAL_CHARTS"])
# The load check, which also keeps each pod that it holds against the promises.
RECORDING = """
import json, sys
sys.path.insert(0, sys.argv.pop(1))
import load_check, load_promises
judge = load_promises.of_pod
def keeping(pod, spawner, image):
    with open("pods.json", "a") as file:
        print(json.dumps(pod), file=file)
    return judge(pod, spawner, image)
load_promises.of_pod = keeping
load_check.main()
"""


def hubs_of(charts, table):
    """What `check` says of every hub of a table, and the objects of its load check: see ways.ts."""
    done = subprocess.run(
        ["node", HERE / "ways.ts", charts, table],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def load(objects, root):
    """The load check's pod as a process: its volumes are folders, and paths below /usr and /etc lie in `root`."""
    by_name = {(one["kind"], one["metadata"]["name"]): one for one in objects}
    pod = by_name["Pod", "load-check"]["spec"]
    server = pod["containers"][0]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for mount in server["volumeMounts"]:
        for name, text in files_of(volumes[mount["name"]], by_name).items():
            path = mounted(root, mount, name)
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(moved(text, root))
    environment = {one["name"]: moved(value_of(one, by_name), root) for one in server["env"]} | {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
        "GLACIOCLOUD_CONFIG": f"{root}/usr/local/etc/jupyterhub/jupyterhub_config.py",
        "GLACIOCLOUD_MOUNTS": f"{root}/etc",
        "GLACIOCLOUD_KEEP": str(root),
    }
    done = subprocess.run(
        [sys.executable, "-c", RECORDING, FILES],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    pods = root / "pods.json"
    answer["pods"] = (
        [json.loads(line) for line in pods.read_text().splitlines()] if pods.exists() else []
    )
    return answer


def files_of(volume, by_name):
    if "secret" in volume:
        found = by_name.get(("Secret", volume["secret"]["secretName"]), {})
    elif "configMap" in volume:
        found = by_name.get(("ConfigMap", volume["configMap"]["name"]), {})
    else:
        return {}
    plain = found.get("stringData") or {}
    data = found.get("data") or {}
    if found.get("kind") == "Secret":
        data = {key: base64.b64decode(text).decode() for key, text in data.items()}
    return {**data, **plain}


def mounted(root, mount, name):
    """Where a volume's file lies in the container; None where the mount takes another one."""
    place = Path(f"{root}{mount['mountPath']}")
    if "subPath" not in mount:
        return place / name
    return place if mount["subPath"] == name else None


def moved(text, root):
    return text.replace("/usr/local/etc/", f"{root}/usr/local/etc/")


def value_of(variable, by_name):
    if "value" in variable:
        return str(variable["value"])
    reference = variable.get("valueFrom", {}).get("secretKeyRef")
    if reference is None:
        return by_name["Pod", "load-check"]["metadata"]["namespace"]
    secret = by_name.get(("Secret", reference["name"]), {})
    held = {**(secret.get("data") or {})}
    return (
        base64.b64decode(held[reference["key"]]).decode()
        if reference["key"] in held
        else f"{reference['key']}-{'x' * 32}"
    )
