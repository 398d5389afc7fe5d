"""What computes keeps a server: a real hub with its culler, real servers, kernels and terminals."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty

import pytest
import requests
from jupyter_client import BlockingKernelClient
from real_hub import FILES, ROOT_TOKEN, RealHub, wait_for
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

sys.path.insert(0, str(FILES / "servers"))
import glaciocloud_busy as code  # noqa: E402
import glaciocloud_procs as procs  # noqa: E402

IDLE, MAX = 20, 45
CONFIG = """
c.JupyterHub.cleanup_servers = False
c.JupyterHub.services.append({{"name": "culler", "command": [sys.executable, "-m",
    "jupyterhub_idle_culler", "--timeout={idle}", "--cull-every=1"]}})
c.JupyterHub.load_roles.append({{"name": "culler", "services": ["culler"], "scopes": [
    "list:users", "read:users:activity", "read:servers", "delete:servers"]}})
c.Spawner.environment = {environment!r}
"""
COMPUTES = "import time\nend = time.time() + 40\nwhile time.time() < end: sum(range(1000))\n"
DONE = "open('{}', 'w').write('42')\n"


def as_mounted(folder):
    """As src/core/hub/values/servers.ts mounts them."""
    settings = folder / "jupyter" / "jupyter_server_config.d"
    settings.mkdir(parents=True)
    for path in (FILES / "servers").glob("glaciocloud_*.py"):
        shutil.copy(path, folder)
    shutil.copy(FILES / "servers" / "jupyter_server_config.py", folder / "jupyter")
    shutil.copy(FILES / "servers" / "glaciocloud_busy.json", settings)
    return folder


class BusyHub(RealHub):
    """A home for each person, a culler, and who watches when servers go."""

    def __init__(self, folder, github, people):
        self.server, self.names, self.github = as_mounted(folder / "server"), people, github
        for name in people:
            (folder / f"home-{name}" / "runtime").mkdir(parents=True)
        environment = {
            "HOME": f"{folder}/home-{{username}}",
            "JUPYTER_RUNTIME_DIR": f"{folder}/home-{{username}}/runtime",
            "JUPYTER_CONFIG_PATH": str(self.server / "jupyter"),
            "JUPYTERHUB_ACTIVITY_INTERVAL": "1",
            "GLACIOCLOUD_BUSY_IDLE": str(IDLE),
            "GLACIOCLOUD_BUSY_MAX": str(MAX),
            "GLACIOCLOUD_BUSY_WARN": "1000",
            "GLACIOCLOUD_BUSY_EVERY": "1",
        }
        super().__init__(folder, github.url, CONFIG.format(idle=IDLE, environment=environment))
        nobody = {"groups": [], "admin": False, "from": None, "until": None}
        self.people({str(at): {"name": name, **nobody} for at, name in enumerate(people, 1)})
        self.gone, self.told = {}, []
        self.done = threading.Event()

    def begin(self):
        self.start()
        for name in self.names:
            self.api("POST", f"/users/{name}").raise_for_status()
        return self

    def end(self):
        self.done.set()
        for name in self.names:
            self.api("DELETE", f"/users/{name}/server")
        self.stop()

    def sessions(self):
        return requests.get(
            f"{self.url}/hub/glaciocloud/sessions",
            headers={"Authorization": f"token {ROOT_TOKEN}"},
            timeout=10,
        ).json()

    def watch(self, names):
        """Notes when each of these servers goes, and what the hub tells meanwhile."""
        seen = set()
        while not self.done.wait(0.5):
            try:
                users = {
                    one["name"]: one.get("servers") for one in self.api("GET", "/users").json()
                }
                self.told.append(self.sessions())
            except (requests.RequestException, ValueError):
                continue
            for name in names:
                if users.get(name):
                    seen.add(name)
                elif name in seen:
                    self.gone.setdefault(name, time.monotonic())


class Server:
    def __init__(self, hub, name):
        self.hub, self.name, self.home = hub, name, hub.folder / f"home-{name}"
        assert hub.spawn(name)[1]["ready"]
        self.token = hub.token(name)
        self.url = f"{hub.url}/user/{name}/api"
        self.began = time.monotonic()

    def ask(self, method, path, **kwargs):
        headers = {"Authorization": f"token {self.token}"}
        answer = requests.request(method, self.url + path, headers=headers, timeout=30, **kwargs)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def execute(self, text):
        """In a new kernel, by its own sockets: nobody stays connected with the server."""
        kernel = self.ask("POST", "/kernels")["id"]
        path = self.home / "runtime" / f"kernel-{kernel}.json"
        wait_for("the kernel's file", path.exists)
        client = BlockingKernelClient(connection_file=str(path))
        client.load_connection_file()
        client.start_channels()
        try:
            wait_for("the server hears it", lambda: self.hears(kernel, client), 120)
            client.execute(f"import os; os.chdir({str(self.home)!r})\n{text}")
            time.sleep(0.5)
        finally:
            client.stop_channels()
        self.began = time.monotonic()
        return kernel

    def hears(self, kernel, client):
        """What a kernel publishes before the server listens is lost, that it is busy too."""
        return answers(client) and self.state(kernel) == "idle"

    def state(self, kernel):
        return self.ask("GET", f"/kernels/{kernel}")["execution_state"]

    def terminal(self, text):
        name = self.ask("POST", "/terminals")["name"]
        url = f"{self.hub.url}/user/{self.name}/terminals/websocket/{name}".replace("http", "ws", 1)

        async def say():
            headers = {"Authorization": f"token {self.token}"}
            socket = await websocket_connect(HTTPRequest(url, headers=headers))
            await socket.write_message(json.dumps(["stdin", text + "\r"]))
            await asyncio.sleep(2)
            socket.close()

        asyncio.run(say())
        self.began = time.monotonic()

    def is_there(self):
        return bool(self.hub.api("GET", f"/users/{self.name}").json().get("servers"))

    def lived(self, seconds=240):
        """How long, after it was given its work."""
        wait_for(
            f"the server of {self.name} is culled", lambda: self.name in self.hub.gone, seconds
        )
        return self.hub.gone[self.name] - self.began


def answers(client):
    """By its answer alone: on a slow machine the client's own look takes a kernel that starts for dead."""
    try:
        return bool(client.kernel_info(reply=True, timeout=5))
    except (TimeoutError, Empty):
        return False


def idle(server):
    pass


def silent(server):
    server.execute(COMPUTES + DONE.format("result"))


def hangs(server):
    server.execute("import time; time.sleep(600)")


def prints(server):
    server.execute("import time\nwhile True: print('on'); time.sleep(1)")


def in_terminal(server):
    (server.home / "work.py").write_text(COMPUTES + DONE.format(server.home / "result"))
    server.terminal(f"{sys.executable} {server.home}/work.py")


def waits(server):
    server.terminal("cat")


def detached(server):
    """Started from a kernel that is shut down then."""
    (server.home / "long.py").write_text(COMPUTES + DONE.format("result"))
    tool = server.hub.server / "glaciocloud_run.py"
    kernel = server.execute(
        f"import subprocess, sys; subprocess.run([sys.executable, {str(tool)!r}, 'long.py'])"
    )
    wait_for("it runs", lambda: [*server.home.glob("glaciocloud-runs/*-long/run.json")])
    server.ask("DELETE", f"/kernels/{kernel}")
    server.began = time.monotonic()


WORK = [idle, silent, hangs, prints, in_terminal, waits, detached]


@pytest.fixture(scope="module")
def hub(github, tmp_path_factory):
    names = [work.__name__.replace("_", "-") for work in WORK]
    hub = BusyHub(
        tmp_path_factory.mktemp("busy"), github, [*names, "warned", "other", "browsers"]
    ).begin()
    try:
        yield hub
    finally:
        hub.end()


@pytest.fixture(scope="module")
def servers(hub):
    """All at once, each with its work."""

    def begin(work):
        server = Server(hub, work.__name__.replace("_", "-"))
        work(server)
        return work, server

    names = [work.__name__.replace("_", "-") for work in WORK]
    threading.Thread(target=hub.watch, args=[names], daemon=True).start()
    with ThreadPoolExecutor(2) as pool:
        begun = dict(pool.map(begin, WORK))
    return begun


@pytest.mark.parametrize("work", [silent, in_terminal, detached])
def test_what_computes_longer_than_the_idle_time_has_its_result_and_then_the_server_goes(
    servers, work
):
    server = servers[work]
    lived = server.lived()
    assert (server.home / "result").read_text() == "42"
    assert lived > 40 + IDLE - 5


@pytest.mark.parametrize("work", [idle, waits])
def test_who_does_nothing_is_culled(servers, work):
    assert servers[work].lived() < IDLE + 30


@pytest.mark.parametrize("work", [hangs, prints])
def test_what_hangs_or_prints_for_ever_ends_after_the_longest_time(servers, work):
    assert MAX + IDLE - 5 < servers[work].lived() < MAX + IDLE + 40


def test_who_computes_was_told_as_counts(hub, servers):
    for server in servers.values():
        server.lived()
    assert max(one["computing"] for one in hub.told) >= 4
    assert max(one["over"] for one in hub.told) >= 1
    wait_for("nobody computes", lambda: hub.sessions()["computing"] == 0)


def page(hub, name):
    hub.github.mode, hub.github.me = "ok", {"id": hub.names.index(name) + 1, "login": name}
    return hub.login().get(f"{hub.url}/hub/home", timeout=10)


def test_the_owner_is_warned_and_a_hub_that_restarts_knows_it_again(hub):
    server = Server(hub, "warned")
    kernel = server.execute("import time; time.sleep(300)")
    file = server.home / code.WARNING
    wait_for("the server hears that it is busy", lambda: server.state(kernel) == "busy")
    wait_for("the warning", file.exists)
    assert "a notebook computes since" in file.read_text()
    wait_for("it is told", lambda: hub.sessions()["computing"] == 1)
    text = page(hub, "warned").text
    assert "A notebook has been computing since" in text
    assert "Your server stops on" in text
    assert "computing since" not in page(hub, "other").text
    hub.restart()
    wait_for("it is told again", lambda: hub.sessions()["computing"] == 1)
    assert hub.sessions()["longest"] > time.time()
    assert server.state(kernel) == "busy"
    server.ask("DELETE", f"/kernels/{kernel}")
    wait_for("nothing is told", lambda: hub.sessions()["computing"] == 0)


def test_a_server_tells_of_itself_alone(hub):
    server = Server(hub, "other")
    said = {"v": 1, "server": "", "runs": [], "stops": time.time(), "near": True}

    def tell(whom, token, body=said):
        return requests.post(
            f"{hub.url}/hub/glaciocloud/sessions/{whom}",
            json=body,
            headers={"Authorization": f"token {token}"},
            timeout=10,
        ).status_code

    assert tell("other", server.token) == 204
    assert tell("warned", server.token) == 404
    assert tell("other", "wrong") == 403
    for wrong in (
        {"v": 2},
        {"server": 1},
        {"runs": [{}]},
        {"runs": "x"},
        {"runs": [None]},
        {"stops": "soon"},
        {"stops": -1},
        {"stops": 1e300},
        {"stops": 10**400},
        {"more": "x" * 20_000},
        {"near": 1},
        {"runs": [{"kind": "x", "since": 1, "until": 1, "counts": True, "quiet": True}]},
    ):
        assert tell("other", server.token, {**said, **wrong}) == 400
    counts = requests.get(
        f"{hub.url}/hub/glaciocloud/sessions",
        headers={"Authorization": f"token {server.token}"},
        timeout=10,
    )
    assert counts.status_code == 403


def test_a_hub_keeps_only_what_it_knows_and_refuses_the_rest():
    import glaciocloud_sessions

    run = {"kind": "run", "since": 1, "until": 2, "counts": True, "quiet": False}
    said = {"v": 1, "server": "", "runs": [{**run, "more": "x"}], "stops": 1, "near": True, "y": 1}
    told = glaciocloud_sessions.check_told(json.dumps(said).encode())
    assert told == {"server": "", "runs": [run], "stops": 1, "near": True}
    for wrong in ({"stops": float("nan")}, {"stops": 10**400}, {"more": "x" * 20_000}):
        with pytest.raises(ValueError):
            glaciocloud_sessions.check_told(json.dumps({**said, **wrong}).encode())


class Browser:
    """One that shows a notebook: what it is sent of a kernel, until it is closed."""

    def __init__(self, server, kernel, session):
        self.server, self.session = server, session
        url = f"{server.hub.url}/user/{server.name}/api/kernels/{kernel}/channels"
        self.url = f"{url}?session_id={session}".replace("http", "ws", 1)

    async def shows(self, code, until=None, seconds=20.0):
        """What it prints, up to some text; `code` is run first."""
        headers = {"Authorization": f"token {self.server.token}"}
        socket = await websocket_connect(HTTPRequest(self.url, headers=headers))
        printed = ""
        end = time.monotonic() + seconds
        try:
            if code:
                await socket.write_message(json.dumps(self.request(code)))
            while time.monotonic() < end and (until is None or until not in printed):
                with suppress(asyncio.TimeoutError):
                    message = json.loads(await asyncio.wait_for(socket.read_message(), 1))
                    printed += message["content"].get("text", "")
        finally:
            socket.close()
        return printed

    def request(self, code):
        header = {
            "msg_id": uuid.uuid4().hex,
            "username": "",
            "session": self.session,
            "msg_type": "execute_request",
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        empty = {"parent_header": {}, "metadata": {}, "buffers": []}
        return {"header": header, "content": content, "channel": "shell", **empty}


def test_after_a_log_out_the_same_browser_sees_what_was_printed_and_another_the_variables(hub):
    server = Server(hub, "browsers")
    kernel = server.ask("POST", "/kernels")["id"]
    mine, another = Browser(server, kernel, "mine"), Browser(server, kernel, "another")
    work = "kept = 6 * 7\nprint('begun', flush=True)\nimport time; time.sleep(4)\nprint('late')"
    assert "begun" in asyncio.run(mine.shows(work, "begun", 60))
    hub.github.mode, hub.github.me = (
        "ok",
        {"id": hub.names.index("browsers") + 1, "login": "browsers"},
    )
    browser = hub.login()
    assert hub.is_in(browser)
    browser.get(f"{hub.url}/hub/logout", timeout=10)
    assert not hub.is_in(browser)
    wait_for("it has printed", lambda: server.state(kernel) == "idle")
    assert "late" in asyncio.run(mine.shows("", "late"))
    assert "begun" in asyncio.run(mine.shows(work, "begun"))
    wait_for("it has printed again", lambda: server.state(kernel) == "idle")
    assert asyncio.run(another.shows("", seconds=3)) == ""
    assert "42" in asyncio.run(another.shows("print(kept)", "42"))


@pytest.mark.parametrize("broken", ["glaciocloud_busy.py", "glaciocloud_run.py"])
def test_a_server_starts_without_it_and_its_log_says_so(github, tmp_path, broken):
    hub = BusyHub(tmp_path, github, ["alice"]).begin()
    try:
        (hub.server / broken).write_text("raise RuntimeError('broken on purpose')\n")
        server = Server(hub, "alice")
        assert "version" in server.ask("GET", "/")
        assert "broken on purpose" in hub.log_text()
    finally:
        hub.end()


def test_it_costs_less_than_a_hundredth_of_a_core(tmp_path):
    """Fifty looks a second apart would be an hour's: measured in a process of its own."""
    text = """
import sys, time
sys.path.insert(0, sys.argv[1])
import glaciocloud_busy as code, glaciocloud_procs, glaciocloud_run
looker = code.Looker.__new__(code.Looker)
looker.procs, looker.runs, looker.cpu, looker.at, looker.sessions = glaciocloud_procs, glaciocloud_run, {}, 0, set()
begin = time.process_time()
for _ in range(50): looker.seen({"kernel a": ("a", {1})}, {1})
print((time.process_time() - begin) / 50 / 60)
"""
    children = [subprocess.Popen(["sleep", "60"]) for _ in range(100)]
    try:
        done = subprocess.run(
            [sys.executable, "-c", text, str(FILES / "servers")],
            env={**os.environ, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        for child in children:
            child.kill()
            child.wait()
    print(f"share of a core: {float(done.stdout):.5f}, {len(procs.everything())} processes")
    assert float(done.stdout) < 0.01


# the pure part


def one(**more):
    return {"kernel a": {"kind": "kernel", "what": "a", **more}}


def test_a_run_counts_until_its_longest_time_and_a_new_one_begins_anew():
    ledger = code.Ledger(100)
    ledger.update(1000, one())
    assert (ledger.runs[0]["counts"], ledger.ends()) == (True, 1100)
    ledger.update(1099, one())
    assert (ledger.runs[0]["counts"], ledger.counted) == (True, 1099)
    ledger.update(1100, one())
    assert (ledger.runs[0]["counts"], ledger.counted, ledger.ends()) == (False, 1099, 1099)
    ledger.update(1101, {})
    ledger.update(1102, one())
    assert (ledger.runs[0]["counts"], ledger.runs[0]["since"]) == (True, 1102)
    ledger.update(1103, {"run b": {"kind": "run", "what": "b", "began": 900}})
    assert ledger.runs[0]["until"] == 1000


def test_what_is_busy_and_uses_nothing_for_long_is_shown():
    ledger = code.Ledger(10_000)
    for now, used, quiet in [
        (0, 0.5, False),
        (60, 0.0, False),
        (1800, 0.0, False),
        (1860, 0.0, True),
        (1920, 0.5, False),
        (1980, None, False),
    ]:
        ledger.update(now, one(used=used))
        assert ledger.runs[0]["quiet"] is quiet, now


@pytest.mark.parametrize(
    "left, runs, near",
    [(3601, True, False), (3600, True, True), (3600, False, False), (600, False, True)],
)
def test_without_a_run_only_what_is_shorter_than_the_idle_time_warns(left, runs, near):
    assert code.warned(0, left, runs, 3600, [3600, 600]) is near


def test_a_file_of_somebody_under_the_name_of_the_warning_stays(tmp_path):
    path = tmp_path / code.WARNING
    path.write_text("mine\n")
    assert not code.is_ours(str(path))
    path.write_text(code.words(0, []))
    assert code.is_ours(str(path))
    assert re.search(r"stopped at 1970-01-01 00:00 UTC", Path(path).read_text())


@pytest.mark.parametrize("kind", ["mine", "link", "dangling", "pipe", "folder"])
def test_the_warning_writes_nothing_of_others_and_waits_for_nothing(tmp_path, monkeypatch, kind):
    monkeypatch.setenv("HOME", str(tmp_path))
    path, data = tmp_path / code.WARNING, tmp_path / "data.nc"
    data.write_text(code.words(0, []) if kind == "link" else "mine\n")
    before = data.read_text()
    if kind == "mine":
        path.write_text("mine\n")
    elif kind == "link":
        path.symlink_to(data)
    elif kind == "dangling":
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    mode = path.lstat().st_mode
    looker = code.Looker.__new__(code.Looker)
    looker.ledger, looker.shown = code.Ledger(100), False
    threads = [threading.Thread(target=looker.show, args=(near, 0), daemon=True) for near in (1, 0)]
    for thread in threads:
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
    assert path.lstat().st_mode == mode
    assert data.read_text() == before
    assert kind != "mine" or path.read_text() == "mine\n"
    assert not (tmp_path / "elsewhere").exists()


def test_a_run_that_says_to_begin_later_counts_no_longer():
    ledger = code.Ledger(100)
    ledger.update(1000, {"a": {"kind": "run", "what": "a", "began": 9e9}})
    assert ledger.ends() == 1100
    ledger.update(500, {"a": {"kind": "run", "what": "a", "began": 9e9}})
    assert ledger.runs[0]["until"] == 600
