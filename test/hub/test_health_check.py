"""The proof of a running hub, on a real hub with real servers, kernels and proxy. Pods are
processes (LocalKubeSpawner).
"""

import asyncio
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from threading import Thread

import pytest
from real_hub import ANY_IMAGE, FILES, HEALTH_TOKEN, RealHub, wait_for

POOL = ("deploy_0", "deploy_1")
SCOPES = [
    "read:hub",
    *(
        f"{scope}!user={user}"
        for user in POOL
        for scope in ("delete:users", "servers", "access:servers")
    ),
]
IMAGE = ANY_IMAGE["images"][0]
MENU = {
    **ANY_IMAGE,
    "images": [
        IMAGE,
        {**IMAGE, "slug": "crash", "image": "example.org/crash:1", "default": False},
        {**IMAGE, "slug": "slow", "image": "example.org/slow:1", "default": False},
    ],
}
PLAIN = {
    "user": "deploy_0",
    "profile": "plain",
    "size": "small",
    "image": "Plain",
    "oggm": False,
    "version": None,
    "starts": 1,
}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory):
    hub = RealHub(tmp_path_factory.mktemp("health"), health_scopes=SCOPES)
    hub.write("profiles", MENU)
    hub.people({"1": {"name": "alice"}}, {user: [] for user in POOL})
    hub.start()
    yield hub
    hub.stop()


def begin(hub, job, token=HEALTH_TOKEN):
    (hub.folder / "token").write_text(token + "\n")
    given = {
        "hub": f"http://127.0.0.1:{hub.hub_port}",
        "proxy": hub.url,
        "timeout": 90,
        "kernelTimeout": 90,
        "settle": 40,
        "reach": 1,
        **job,
    }
    environment = {**os.environ, "GLACIOCLOUD_HEALTH_TOKEN_FILE": str(hub.folder / "token")}
    process = subprocess.Popen(
        [sys.executable, "-", json.dumps(given)],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdin.write((FILES / "health_check.py").read_text())
    process.stdin.close()
    process.stdin = None
    return process


def end(process):
    out, err = process.communicate(timeout=300)
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines, err
    assert process.returncode == (0 if all(line["ok"] for line in lines) else 1), err
    assert HEALTH_TOKEN not in out + err
    return lines


def check(hub, **job):
    return end(begin(hub, job))


def failures(lines):
    return {line["check"]: line["detail"] for line in lines if not line["ok"]}


def left(hub):
    return hub.state()["rows"]["machines"]


NOTHING = {"users": 0, "spawners": 0, "servers": 0, "api_tokens": 0}


def test_a_healthy_hub_on_a_fresh_and_an_existing_home(healthy):
    before = healthy.state()["rows"]
    lines = check(healthy, checks=[{**PLAIN, "starts": 2, "modules": ["sqlite3"]}], exactRows=True)
    assert failures(lines) == {}
    assert [line["check"] for line in lines] == [
        "hub",
        "proxy",
        "files",
        "user",
        "start",
        "server",
        "kernel",
        "stop",
        "start again",
        "server again",
        "kernel again",
        "stop again",
        "gone",
        "rows",
    ]
    by_name = {line["check"]: line for line in lines}
    assert by_name["hub"]["detail"] == "JupyterHub 5.5.0"
    assert by_name["kernel"]["detail"].startswith("Python 3.")
    assert by_name["user"]["detail"] == "user deploy_0"
    assert by_name["kernel"]["image"] == "Plain" and by_name["hub"]["image"] is None
    assert healthy.state()["rows"] == before


def test_two_images_side_by_side(healthy):
    lines = check(healthy, checks=[PLAIN, {**PLAIN, "user": "deploy_1"}], parallel=2)
    assert failures(lines) == {}
    assert left(healthy) == NOTHING


def test_the_code_of_an_image_with_oggm_decides(healthy):
    code = "import json, os; print('chatter'); wanted = json.loads(os.environ['GLACIOCLOUD_CHECK']); print(json.dumps({'ok': wanted['version'] == '1.6.3', 'detail': f'{wanted}'}))"
    good = check(healthy, checks=[{**PLAIN, "oggm": True, "version": "1.6.3"}], oggmCheck=code)
    assert failures(good) == {}
    bad = check(healthy, checks=[{**PLAIN, "oggm": True, "version": "1.5.0"}], oggmCheck=code)
    assert list(failures(bad)) == ["kernel"] and "1.5.0" in failures(bad)["kernel"]
    assert left(healthy) == NOTHING


@pytest.mark.parametrize(
    ("image", "code", "reason"),
    [
        ({"modules": ["not_there"]}, "", "ModuleNotFoundError: No module named 'not_there'"),
        ({"oggm": True}, "print('no json')", "printed no result: 'no json'"),
        (
            {"oggm": True},
            "import os, sys; print('so far', flush=True); os._exit(1)",
            "the kernel died",
        ),
        ({"oggm": True}, "import time; time.sleep(60)", "did not finish within 5 s"),
    ],
)
def test_a_kernel_that_does_not_do_its_work(healthy, image, code, reason):
    lines = check(healthy, checks=[{**PLAIN, **image}], oggmCheck=code, kernelTimeout=5)
    assert list(failures(lines)) == ["kernel"]
    assert reason in failures(lines)["kernel"]
    assert left(healthy) == NOTHING


def test_a_server_that_crashes_and_an_image_that_is_not_there(healthy):
    lines = check(
        healthy,
        checks=[
            {**PLAIN, "profile": "crash", "image": "crash"},
            {**PLAIN, "profile": "gone", "image": "gone"},
            PLAIN,
        ],
    )
    failed = [(line["image"], line["check"]) for line in lines if not line["ok"]]
    assert failed == [("crash", "start"), ("gone", "start")]
    assert "'gone' is not open" in next(
        line["detail"] for line in lines if line["image"] == "gone" and not line["ok"]
    )
    assert left(healthy) == NOTHING


def test_a_server_that_is_too_slow_is_waited_for_and_not_cancelled(healthy):
    lines = check(healthy, checks=[{**PLAIN, "profile": "slow"}], timeout=2)
    assert list(failures(lines)) == ["start"]
    assert (
        "not ready after 2 s; last: " in failures(lines)["start"]
        and "local process" in failures(lines)["start"]
    )
    assert "Interrupting spawner" not in healthy.log_text()
    assert left(healthy) == NOTHING


def test_a_killed_check_cleans_up_and_the_next_start_works(healthy):
    process = begin(healthy, {"checks": [{**PLAIN, "profile": "slow"}]})
    wait_for("the server is starting", lambda: left(healthy)["spawners"] == 1)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    lines = end(process)
    assert failures(lines)["start"] == "interrupted"
    assert list(failures(lines)) == ["start", "run"], lines
    assert left(healthy) == NOTHING
    assert "Interrupting spawner" not in healthy.log_text()
    assert failures(check(healthy, checks=[PLAIN])) == {}


def test_a_check_whose_caller_was_killed_cleans_up(healthy):
    process = begin(healthy, {"checks": [{**PLAIN, "profile": "slow"}, PLAIN]})
    wait_for("the server is starting", lambda: left(healthy)["spawners"] == 1)
    process.stdout.close()
    process.stderr.close()
    assert process.wait(180) == 1
    assert left(healthy) == NOTHING


def test_what_an_earlier_run_left_is_taken_away_first(healthy):
    healthy.api("POST", "/users/deploy_0")
    assert healthy.spawn("deploy_0")[1]["ready"]
    assert failures(check(healthy, checks=[PLAIN])) == {}
    assert left(healthy) == NOTHING


@contextmanager
def answering(*answers):
    """A double of a proxy: one answer after the other, and then the last."""
    left = list(answers)

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args):
            pass

    page = HTTPServer(("127.0.0.1", 0), Page)
    Thread(target=page.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{page.server_port}"
    page.shutdown()


def test_a_proxy_that_answers_with_something_else(healthy):
    with answering((200, "<html>Welcome to the router</html>")) as url:
        lines = check(healthy, proxy=url, checks=[PLAIN])
    assert list(failures(lines)) == ["proxy"]
    assert (
        "Welcome to the router" in failures(lines)["proxy"]
        and "no answer of a hub" in failures(lines)["proxy"]
    )
    nothing = check(healthy, proxy="http://127.0.0.1:9")
    assert "nothing" in failures(nothing)["proxy"]


def test_a_proxy_that_does_not_know_the_way_to_a_new_hub_yet(healthy):
    hub = json.dumps({"version": version("jupyterhub")})
    with answering((503, "Service Unavailable"), (503, "Service Unavailable"), (200, hub)) as url:
        assert failures(check(healthy, proxy=url, reach=10)) == {}
    with answering((503, "Service Unavailable")) as url:
        assert "503 Service Unavailable" in failures(check(healthy, proxy=url))["proxy"]


def test_it_waits_for_the_deployed_files_and_says_which_are_old(healthy):
    digest = healthy.state()["profiles"]["digest"]
    assert failures(check(healthy, profiles=digest)) == {}
    lines = check(healthy, profiles="0" * 64, settle=1)
    assert failures(lines) == {
        "files": "the hub has not read what was deployed: profiles: still the old content"
    }


def test_broken_and_missing_files_fail(healthy):
    healthy.write("notices", "{")
    lines = check(healthy, settle=0)
    healthy.write("notices", {"v": 1, "spawning": {"open": True}})
    assert "notices: JSONDecodeError" in failures(lines)["files"]


def test_its_token_can_touch_nobody_else(healthy):
    healthy.api("POST", "/users/alice")
    for method, path in (
        ("DELETE", "/users/alice"),
        ("PATCH", "/users/alice"),
        ("POST", "/users/alice/server"),
        ("POST", "/users/eve"),
    ):
        answer = healthy.api(method, path, HEALTH_TOKEN, json={"admin": True})
        assert answer.status_code in (403, 404), (method, path)
    assert (
        healthy.api("GET", "/users", HEALTH_TOKEN).json() == []
        or healthy.api("GET", "/users", HEALTH_TOKEN).status_code == 403
    )
    assert healthy.api("GET", "/users/alice").json()["admin"] is False


def test_a_throw_away_user_gets_no_other_name_and_nobody_else_is_made(healthy):
    made = f"/../glaciocloud/machines/{POOL[0]}"
    assert healthy.api("POST", made, HEALTH_TOKEN).status_code == 201
    try:
        again = healthy.api("POST", made, HEALTH_TOKEN)
        assert (again.status_code, again.json()["message"]) == (409, f"{POOL[0]} is there already")
        renamed = healthy.api("PATCH", f"/users/{POOL[0]}", HEALTH_TOKEN, json={"name": "bob"})
        assert renamed.status_code in (403, 404)
        for name in ("bob", "alice", "deploy_9"):
            answer = healthy.api("POST", f"/../glaciocloud/machines/{name}", HEALTH_TOKEN)
            assert answer.status_code in (403, 404)
        assert healthy.api("GET", "/users/bob").status_code == 404
        # Nor is anybody else made by somebody who may start everybody's server.
        assert healthy.api("POST", "/../glaciocloud/machines/bob").status_code == 404
    finally:
        healthy.api("DELETE", f"/users/{POOL[0]}", HEALTH_TOKEN)


@pytest.mark.parametrize(
    ("missing", "check_that_fails"),
    [
        ("read:hub", "files"),
        ("delete:users", "user"),
        ("servers", "user"),
        ("access:servers", "kernel"),
    ],
)
def test_every_scope_is_needed(tmp_path, missing, check_that_fails):
    hub = RealHub(
        tmp_path,
        health_scopes=[scope for scope in SCOPES if scope.split("!")[0] != missing] or ["read:hub"],
    )
    hub.people({}, {user: [] for user in POOL})
    hub.start()
    try:
        lines = check(hub, checks=[PLAIN])
        assert check_that_fails in failures(lines)
        assert (
            "403" in failures(lines)[check_that_fails] or "404" in failures(lines)[check_that_fails]
        )
    finally:
        hub.stop()


class DeafAtFirst:
    """A test double of a connection to a kernel, as Jupyter Server gives it while the kernel is
    busy: what the kernel says to the first requests is lost.
    """

    def __init__(self, lost):
        self.lost, self.asked, self.said = lost, [], asyncio.Queue()

    async def write_message(self, text):
        given = json.loads(text)
        self.asked.append(given["header"]["msg_type"])
        if len(self.asked) <= self.lost:
            return
        parent = {"parent_header": given["header"]}
        if "code" in given["content"]:
            printed = {"name": "stdout", "text": '{"ok": true}'}
            self.said.put_nowait({**parent, "msg_type": "stream", "content": printed})
        idle = {"execution_state": "idle"}
        self.said.put_nowait({**parent, "msg_type": "status", "content": idle})

    async def read_message(self):
        return json.dumps(await self.said.get())


@pytest.fixture
def health():
    spec = importlib.util.spec_from_file_location("health", FILES / "health_check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_kernel_is_given_work_only_when_it_is_heard(health, lost):
    socket = DeafAtFirst(lost)
    assert asyncio.run(asyncio.wait_for(health.execute(socket, "1"), 20)) == {"ok": True}
    assert socket.asked == ["kernel_info_request"] * (lost + 1) + ["execute_request"]


def test_a_kernel_that_overlooks_a_request_is_woken_by_another_connection(health, monkeypatch):
    """The connections are a test double; the first two are refused."""
    monkeypatch.setattr(health, "WAKE_SECONDS", 0.01)
    tried, closed = [], asyncio.Event()

    class Connection:
        def close(self):
            closed.set()

    async def connect():
        tried.append(1)
        if len(tried) < 3:
            raise OSError("refused")
        return Connection()

    async def until_closed():
        waking = asyncio.create_task(health.wake(connect))
        await asyncio.wait_for(closed.wait(), 20)
        waking.cancel()

    asyncio.run(until_closed())
    assert len(tried) >= 3


def test_without_a_token_it_says_so(healthy):
    process = subprocess.run(
        [sys.executable, str(FILES / "health_check.py"), "{}"],
        env={**os.environ, "GLACIOCLOUD_HEALTH_TOKEN_FILE": "/not/there"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    lines = [json.loads(line) for line in process.stdout.splitlines()]
    assert process.returncode == 1
    assert "no token of the service glaciocloud-health" in failures(lines)["run"]


# Input data


VIEW = "f" * 40
BIG = 3 << 20


@pytest.fixture
def volume(tmp_path):
    """As the filler lays a view."""
    cache = tmp_path / "views" / VIEW / "download_cache" / "example.org"
    cache.mkdir(parents=True)
    (cache / "cru.nc").write_bytes(b"x" * 12)
    (cache / "rgi.zip").write_bytes(b"x" * BIG)
    return tmp_path


def asked_of(volume, view=VIEW):
    files = [
        {"set": "cru", "path": "example.org/cru.nc", "bytes": 12},
        {"set": "rgi", "path": "example.org/rgi.zip", "bytes": BIG},
    ]
    return {"view": f"{volume}/views/{view}", "files": files}


def reads(data):
    done = subprocess.run(
        [sys.executable, str(FILES / "view_check.py")],
        env={**os.environ, "GLACIOCLOUD_DATA_CHECK": json.dumps(data)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    said = json.loads(done.stdout.splitlines()[-1])
    return said["ok"], said["detail"]


def test_one_file_of_each_set_is_read(volume):
    assert reads(asked_of(volume)) == (True, f"cru: 12 bytes read; rgi: {BIG} bytes read")


def test_a_view_that_is_still_being_filled_and_a_file_that_is_fetched_anew_are_no_fault(volume):
    filling = "cru: still being filled; rgi: still being filled"
    assert reads(asked_of(volume, "e" * 40)) == (True, filling)
    (volume / f"views/{VIEW}/download_cache/example.org/cru.nc").unlink()
    ok, detail = reads(asked_of(volume))
    assert ok
    assert detail.startswith("cru: example.org/cru.nc is missing")


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (lambda file: file.write_bytes(b"x"), "has 1 bytes, and its lock says"),
        (lambda file: (file.unlink(), file.mkdir()), "cannot be read: Is a directory"),
        (lambda file: (file.unlink(), file.symlink_to(file)), "cannot be read: Too many levels"),
    ],
)
def test_a_damaged_file_is_named_with_its_set_and_cure(volume, damage, cause):
    damage(volume / f"views/{VIEW}/download_cache/example.org/rgi.zip")
    ok, detail = reads(asked_of(volume))
    assert not ok
    assert detail.startswith(f"data set rgi: example.org/rgi.zip {cause}")
    assert "`glaciocloud data verify rgi`" in detail


def test_a_volume_that_cannot_be_read_is_a_fault(tmp_path):
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / VIEW).write_text("no folder")
    ok, detail = reads(asked_of(tmp_path))
    assert (ok, "look at the volume of the claim oggm-data" in detail) == (False, True)
    (volume := tmp_path / "gone").mkdir()
    data = asked_of(volume)
    volume.rmdir()
    assert reads(data)[0] is False


def test_a_users_kernel_reads_it_and_no_change_is_to_blame_for_what_is_damaged(healthy, volume):
    more = {"dataCheck": (FILES / "view_check.py").read_text()}
    one = {**PLAIN, "data": asked_of(volume)}
    lines = check(healthy, checks=[one], **more)
    assert failures(lines) == {}
    by_name = {line["check"]: line for line in lines}
    assert by_name["data"]["detail"] == f"cru: 12 bytes read; rgi: {BIG} bytes read"
    (volume / f"views/{VIEW}/download_cache/example.org/cru.nc").write_bytes(b"y")
    lines = check(healthy, checks=[one], **more)
    (failed,) = [line for line in lines if not line["ok"]]
    assert (failed["check"], failed["class"]) == ("data", "infrastructure")
    assert left(healthy) == NOTHING
