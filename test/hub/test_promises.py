"""40 and more ways to undo a promise below `values:` are refused by `check`, or by the load check before
anybody can log in; their neighbours are not. Asked of the small chart and, where GLACIOCLOUD_REAL_CHARTS
names a folder with `jupyterhub/` in it, of Zero to JupyterHub: rendered by Helm, loaded by JupyterHub. Its own
configuration needs pycurl.
"""

import base64
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from real_hub import FILES, HERE

CHARTS = {"small": HERE.parent / "lab" / "charts"}
if os.environ.get("GLACIOCLOUD_REAL_CHARTS"):
    CHARTS["real"] = Path(os.environ["GLACIOCLOUD_REAL_CHARTS"])
TABLE = yaml.safe_load((HERE / "ways.yaml").read_text())
# Said of every hub under example.org, and of all code.
ALWAYS = {"placeholder", "extra-config"}


@pytest.fixture(scope="module", params=CHARTS)
def hubs(request, tmp_path_factory):
    """What `check` says of every hub, and where that is no error what the load check says."""
    done = subprocess.run(
        ["node", HERE / "ways.ts", CHARTS[request.param]],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    sound = [name for name, hub in found.items() if not hub["errors"]]
    folder = tmp_path_factory.mktemp(request.param)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        asked = pool.map(lambda name: load(found[name]["objects"], folder / name), sound)
        for name, answer in zip(sound, asked, strict=True):
            found[name]["load"] = answer
    return request.param, found


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
        [sys.executable, FILES / "load_check.py"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return json.loads(done.stdout.splitlines()[-1])


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


def test_there_are_forty_ways():
    assert len([way for way in TABLE["ways"] if "kept" not in way]) >= 40


@pytest.mark.parametrize("way", TABLE["ways"], ids=lambda way: way["name"])
def test_a_way_to_undo_a_promise_ends_before_anybody_can_log_in(way, hubs):
    chart, found = hubs
    hub = found[way["name"]]
    if "check" in way:
        # The small chart has not every value of the other one, and its schema says so.
        expected = {way["check"]} | ({"chart-values"} if chart == "small" else set())
        assert expected & set(hub["errors"]), hub["errors"]
        return
    assert hub["errors"] == []
    assert ("extra-config" in hub["warnings"]) == ("code" in way)
    answer = hub["load"]
    if "kept" in way:
        assert (answer["ok"], answer["error"]) == (True, None)
    else:
        assert (answer["ok"], answer["stage"]) == (False, "promises"), answer
        assert way["load"] in answer["error"]


@pytest.mark.parametrize("neighbour", TABLE["neighbours"], ids=lambda way: way["name"])
def test_a_neighbour_that_breaks_nothing_is_not_refused(neighbour, hubs):
    chart, found = hubs
    hub = found[neighbour["name"]]
    if chart == "small" and hub["errors"] == ["chart-values"]:
        return
    assert (hub["errors"], set(hub["warnings"]) - ALWAYS) == ([], set())
    assert (hub["load"]["ok"], hub["load"]["error"]) == (True, None)
