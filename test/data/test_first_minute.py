"""The first minute of somebody who has never been here: from the click on "sign in" to the first
glacier, on a real hub, with an empty home, and without a network.

The whole run has loopback only (run.sh): whatever OGGM would download fails. Servers begin as in a
hub: the start of an image with baked samples, our lines of shell, the variables of a profile. The
set is locked, and filled by the filler from a server with OGGM's layout. Pods are processes, and
there are no browser's pages: Chromium signs in in the lab.
"""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from data_volume import Served, Server, Volume
from fake_github import FakeGitHub
from kernel_asked import in_kernel
from real_hub import ANY_IMAGE, RealHub, node
from test_busy import as_mounted

HERE = Path(__file__).parent
SECONDS = 60
PEOPLE = {"alice": "3", "bob": "5"}
EXTRA = """
c.Spawner.cmd = {cmd!r}
c.Spawner.environment = {env!r}
"""


@pytest.fixture(scope="module")
def parts(made, tmp_path_factory):
    """The platform's part of it, and the volume, filled; its server is gone then."""
    folder = tmp_path_factory.mktemp("volume")
    server = Server()
    for path in made["files"]:
        server.files[f"/{path}"] = Served((made["folder"] / path).read_bytes())
    command = [node(), str(HERE / "server_parts.ts"), f"{server.url}/", json.dumps(made["files"])]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    parts = json.loads(said)
    (folder / "data").mkdir()
    volume = Volume(folder / "data", server)
    code, report = volume.run(json.loads(parts["order"]))
    server.stop()
    assert (code, [one["state"] for one in report["sets"]]) == (0, ["ready"])
    return {**parts, "volume": volume}


@pytest.fixture(scope="module")
def hub(parts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hub")
    start = folder / "start"
    start.write_text(parts["start"])
    # As baked below /opt/oggm; its place is the image's own.
    (folder / "prefix/opt").mkdir(parents=True)
    (folder / "prefix/opt/oggm").symlink_to(os.environ["HOME"])
    as_here = {"/home/jovyan": f"{folder}/home-{{username}}", "/data/oggm": parts["volume"].oggm}
    env = parts["env"]
    for theirs, ours in as_here.items():
        env = {name: text.replace(theirs, str(ours)) for name, text in env.items()}
    shell, *rest = parts["cmd"]
    assert rest[-1] == "jupyterhub-singleuser"
    singleuser = [sys.executable, "-m", "jupyterhub.singleuser", "--allow-root"]
    server = as_mounted(folder / "server")
    github = FakeGitHub()
    hub = RealHub(
        folder,
        github.url,
        EXTRA.format(
            cmd=["bash", str(start), shell, *rest[:-1], *singleuser],
            env={
                **env,
                "HOME": f"{folder}/home-{{username}}",
                "NB_PYTHON_PREFIX": str(folder / "prefix"),
                "JUPYTER_CONFIG_PATH": str(server / "jupyter"),
            },
        ),
    )
    hub.github = github
    nobody = {"groups": [], "admin": False, "from": None, "until": None}
    hub.people({str(at): {"name": name, **nobody} for at, name in enumerate(PEOPLE, 1)})
    hub.write("profiles", ANY_IMAGE)
    for name in PEOPLE:
        (folder / f"home-{name}").mkdir()
    hub.start()
    yield hub
    for name in PEOPLE:
        hub.api("DELETE", f"/users/{name}/server")
    hub.stop()
    github.stop()


def first_glacier(hub, made, name):
    """Seconds of each step from the click on, and what the first cell printed."""
    begin = time.monotonic()
    steps = {}

    def step(what):
        steps[what] = round(time.monotonic() - begin, 1)

    browser = hub.login()
    assert browser.answer.status_code == 200, browser.answer.text
    token = hub.token(name)
    step("signed in")
    assert hub.spawn(name, token=token)[1].get("ready"), hub.log_text()[-3000:]
    step("server")
    asked = ["", PEOPLE[name], made["base_url"], made["rgi_id"], str(made["border"])]
    script = (HERE / "read_view.py").read_text()
    code = f"import sys; sys.argv = {asked!r}\nexec({script!r})"
    said = in_kernel(f"{hub.url}/user/{name}/api", token, code, 170)
    step("first glacier")
    return steps, said


def test_two_people_at_once_see_their_first_glacier_within_a_minute(hub, parts, made, capsys):
    before = everything(parts["volume"].oggm)
    done = {}
    with ThreadPoolExecutor() as pool:
        for at, name in enumerate(PEOPLE, 1):
            hub.github.me = {"id": at, "login": name}
            done[name] = pool.submit(first_glacier, hub, made, name)
            # The double of GitHub knows one person at a time.
            while not done[name].done() and not signed_in(hub, name):
                time.sleep(0.05)
    for name, task in done.items():
        steps, said = task.result()
        with capsys.disabled():
            print(f"\n  ▸ {name}, from level {PEOPLE[name]}: {steps} s after the click")
        assert 0.2 < said["after"] < said["before"] < 1
        assert said["cache"].startswith(str(parts["volume"].oggm))
        assert steps["first glacier"] < SECONDS
        assert (said["linked"], said["downloaded"]) == (True, False)
        assert (hub.folder / f"home-{name}/oggm-work/tmp").is_dir()
    assert everything(parts["volume"].oggm) == before


def everything(folder):
    return {str(one): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def signed_in(hub, name):
    answer = hub.api("GET", f"/users/{name}")
    return answer.ok and answer.json()["last_activity"] is not None


def test_without_baked_samples_the_first_import_fails(tmp_path):
    """What the links are for, and the proof that there is no network."""
    command = [sys.executable, "-B", "-c", "from oggm import cfg; cfg.initialize()"]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=100)
    assert ran.returncode != 0
    assert "urlopen error" in ran.stderr
