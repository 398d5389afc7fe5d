"""The probe: what it decides, what it writes into the simulated GitHub, and how it sees a real
hub.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
from contextlib import contextmanager

import probe
import pytest
from real_hub import HEALTH_TOKEN, HERE, RealHub, free_ports, node

NOW = 1_800_000_000.0
USER = "probe_0"
SCOPES = [
    "read:hub",
    *(f"{scope}!user={USER}" for scope in ("delete:users", "servers", "access:servers")),
]
CHECK = {
    "user": USER,
    "profile": "plain",
    "size": "small",
    "image": "plain",
    "oggm": False,
    "version": None,
    "starts": 1,
}
LABELS = ["glaciocloud-probe", "hub:oggm"]


def bad(check="proxy", detail="nothing", image=None):
    return {**probe.line(check, detail, "product"), "image": image}


def good(check="proxy", image=None):
    return {**probe.line(check, "fine", None), "image": image}


def pod(component="hub", ended=None, reason="Error", phase="Running", user=None):
    state = (
        {
            "lastState": {
                "terminated": {"finishedAt": probe.iso(ended), "reason": reason, "exitCode": 137}
            }
        }
        if ended
        else {}
    )
    metadata = {
        "labels": {"component": component},
        "annotations": {"hub.jupyter.org/username": user} if user else {},
    }
    return {"metadata": metadata, "status": {"phase": phase, "containerStatuses": [state]}}


# decisions


def test_the_same_trouble_has_the_same_identity():
    base = probe.identity("start", "oggm", "pod 3f9a51c07d2e on 10.0.0.17 is gone after 12 s")
    assert base == probe.identity(
        "start", "oggm", "pod 77aa01bb99cc on 10.0.3.4 is gone after 300 s"
    )
    assert base == probe.identity(
        "start", "oggm", "pod 77aa01bb-99cc-4e1d-8a55-0123456789ab on 10.0.3.4 is gone after 3 s"
    )
    assert base != probe.identity(
        "start", "oggm", "pod 3f9a51c07d2e on 10.0.0.17 is back after 12 s"
    )
    assert base != probe.identity(
        "start", "other", "pod 3f9a51c07d2e on 10.0.0.17 is gone after 12 s"
    )
    assert base != probe.identity(
        "stop", "oggm", "pod 3f9a51c07d2e on 10.0.0.17 is gone after 12 s"
    )


def test_only_the_first_failure_counts():
    lines = [good("user"), bad("start"), bad("gone"), good("rows")]
    assert [one["check"] for one in probe.until_failure(lines)] == ["user", "start", "rows"]


SETTINGS = {"spawn": 3600, "onlyWhenWarm": True}


@pytest.mark.parametrize(
    ("settings", "last", "healthy", "running", "why"),
    [
        (SETTINGS, NOW - 3600, True, 1, None),
        (SETTINGS, NOW - 3599, True, 1, "the last one began"),
        (SETTINGS, 0, False, 1, "does not answer"),
        (SETTINGS, 0, True, 0, "nobody has a server"),
        ({**SETTINGS, "onlyWhenWarm": False}, 0, True, 0, None),
    ],
)
def test_when_a_server_is_started(settings, last, healthy, running, why):
    told = probe.why_no_spawn(settings, NOW, last, healthy, running)
    assert told is None if why is None else why in told


def test_only_running_servers_of_people_make_a_node_warm():
    server = "singleuser-server"
    pods = [
        pod(),
        pod(server, user="probe_0"),
        pod(server, user="deploy_3"),
        pod(server, user="alice", phase="Pending"),
    ]
    assert probe.people_running(pods) == 0
    assert (
        probe.people_running([*pods, pod(server, user="alice"), pod(server, user="probe_0_not")])
        == 2
    )


def test_restarts_and_running_out_of_memory():
    def seen(*pods):
        return [
            (one["check"], one["ok"], one["detail"])
            for one in probe.restarts(list(pods), NOW - 600, NOW)
        ]

    assert seen(pod(), pod("proxy")) == [
        ("hub restart", True, "none within an hour"),
        ("proxy restart", True, "none within an hour"),
    ]
    assert seen(pod("proxy", NOW - 10, "OOMKilled")) == [
        ("proxy restart", False, "the proxy was restarted: OOMKilled, exit code 137")
    ]
    assert seen(pod("hub", NOW - 700)) == []  # known already, and no hour has gone by
    assert seen(pod("hub", NOW - 3700)) == [("hub restart", True, "none within an hour")]
    assert seen(pod("singleuser-server", NOW - 10)) == []


def test_an_issue_is_written_once_an_hour_and_closed_by_the_same_step():
    lines = [bad("kernel", "ImportError: no module 12", "oggm")]
    (first,) = probe.decisions("oggm", lines, [], NOW)
    assert first["do"] == "open" and first["title"].startswith("oggm: kernel of oggm fails (")
    issues = [
        {"number": 7, "body": first["text"]},
        {"number": 8, "body": "by somebody else"},
        {"number": 9, "body": None},
    ]
    assert probe.decisions("oggm", lines, issues, NOW + 3599) == []
    (later,) = probe.decisions(
        "oggm", [bad("kernel", "ImportError: no module 99", "oggm")], issues, NOW + 3600
    )
    assert (later["do"], later["number"]) == ("update", 7)
    assert f"First seen {probe.iso(NOW)}, last seen {probe.iso(NOW + 3600)}" in later["text"]
    (other,) = probe.decisions("oggm", [bad("kernel", "SyntaxError", "oggm")], issues, NOW)
    assert other["do"] == "open" and other["title"] != first["title"]
    for passed in (good("kernel", "other"), good("kernel"), good("start", "oggm")):
        assert probe.decisions("oggm", [passed], issues, NOW) == []
    (closed,) = probe.decisions("oggm", [good("kernel", "oggm")], issues, NOW)
    assert (closed["do"], closed["number"]) == ("close", 7)


def test_a_flood_of_errors_is_ten_issues():
    issues = []
    for letter in "abcdefghijklmnop":
        for one in probe.decisions("oggm", [bad("start", letter * 5 + "!")], issues, NOW):
            issues.append({"number": len(issues), "body": one["text"]})
    assert len(issues) == 10


def test_text_of_a_log_stays_in_its_fence():
    body = probe.issue_body(
        "oggm",
        bad("start", "x\n````\n@everyone <!-- -->"),
        {"id": "a", "first": probe.iso(NOW)},
        NOW,
    )
    opening = next(row for row in body.splitlines() if row.startswith("`````"))
    assert body.splitlines().count(opening.removesuffix("text")) == 1 and opening == "`````text"
    assert body.startswith("<!-- glaciocloud-probe ") and body.index("@everyone") > body.index(
        opening
    )


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: token abcdef0123456789",
        "GET /x?token=abcdef0123456789&b=1",
        "gho_abcdef0123456789",
        "github_pat_abcdef0123456789",
        "my-own-abcdef0123456789",
        "Bearer abcdef0123456789",
    ],
)
def test_tokens_are_never_told(text):
    hidden = probe.hide(f"before {text} after", ["my-own-abcdef0123456789"])
    assert "0123456789" not in hidden and hidden.startswith("before ") and hidden.endswith(" after")


# GitHub


@contextmanager
def simulated(*arguments):
    process = subprocess.Popen(
        [node(), str(HERE / "github_sim.ts"), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process.stdout.readline().strip()
    process.stdin.close()
    assert process.wait(20) == 0


@pytest.fixture
def sim():
    with simulated() as url:
        yield url


def all_issues(url, token="github_pat_reads"):
    found = probe.ask("GET", f"{url}/repos/example/hubs/issues?state=all&per_page=100", token)
    found.sort(key=lambda issue: issue["number"])  # GitHub lists the newest first
    return [
        (
            issue["title"].split(" (")[0],
            issue["state"],
            [label["name"] for label in issue["labels"]],
        )
        for issue in found
    ]


def test_issues_are_opened_kept_and_closed(sim):
    github = probe.GitHub("github_pat_writesIssues", "example/hubs", sim)
    github.create(
        ["problem", "hub:oggm"],
        "of a person",
        probe.issue_body("oggm", bad(), {"id": "a", "first": "b"}, NOW),
    )
    for later in (0, 60, 3700):
        github.tell("oggm", [good("hub"), bad("proxy", f"nothing after {later} s")], NOW + later)
    assert all_issues(sim) == [
        ("of a person", "open", ["problem", "hub:oggm"]),
        ("oggm: proxy fails", "open", LABELS),
    ]
    assert f"last seen {probe.iso(NOW + 3700)}" in github.open_with(LABELS)[0]["body"]
    github.tell("other", [good("proxy")], NOW)
    assert len(github.open_with(LABELS)) == 1
    github.tell("oggm", [good("hub"), good("proxy")], NOW)
    assert all_issues(sim) == [
        ("of a person", "open", ["problem", "hub:oggm"]),
        ("oggm: proxy fails", "closed", LABELS),
    ]
    (comment,) = probe.ask("GET", f"{github.base}/2/comments", github.token)
    assert comment["body"].startswith("`proxy` works again")


def test_the_heart_beats_in_one_issue(sim):
    github = probe.GitHub("github_pat_writesIssues", "example/hubs", sim)
    for later in (0, 600):
        github.beat("oggm", 600, NOW + later)
    (issue,) = github.open_with(["glaciocloud-heartbeat", "hub:oggm"])
    assert issue["body"].startswith(f"<!-- glaciocloud-heartbeat {probe.iso(NOW + 600)} -->")
    assert issue["title"] == "oggm: heartbeat of the probe"


BEATS = ["glaciocloud-heartbeat", "hub:oggm"]


def bodies(github):
    found = probe.ask("GET", f"{github.base}?state=open&per_page=100", github.token)
    return {one["number"]: one["body"] for one in found}


@pytest.mark.parametrize("labels", [BEATS, LABELS])
def test_a_pull_request_with_our_labels_is_left_alone(labels):
    with simulated("--pull", ",".join(labels)) as url:
        github = probe.GitHub("github_pat_writesIssues", "example/hubs", url)
        if labels == LABELS:
            body = probe.issue_body("oggm", bad(), {"id": "a", "first": probe.iso(NOW)}, NOW)
            github.change(1, {"body": body})
        before = bodies(github)[1]
        for later in (0, 600):
            github.beat("oggm", 600, NOW + later)
            github.tell("oggm", [good()], NOW + later)
        after = bodies(github)
        assert after[1] == before and list(after) == [2, 1]
        assert after[2].startswith(f"{probe.HEARTBEAT} {probe.iso(NOW + 600)} -->")


def test_what_somebody_else_opened_is_left_alone(sim):
    ours = probe.GitHub("github_pat_writesIssues", "example/hubs", sim)
    other = probe.GitHub("github_pat_other", "example/hubs", sim)
    beat = probe.heartbeat_body("oggm", 600, NOW)
    other.create(BEATS, "not ours", beat)
    told = probe.issue_body("oggm", bad(), {"id": "a", "first": probe.iso(NOW)}, NOW)
    other.create(LABELS, "not ours", told)
    ours.create(BEATS, "of the person whose token this is", "a note")
    ours.beat("oggm", 600, NOW + 600)
    ours.tell("oggm", [good()], NOW + 600)
    assert bodies(ours) == {
        1: beat,
        2: told,
        3: "a note",
        4: probe.heartbeat_body("oggm", 600, NOW + 600),
    }


def test_of_several_hearts_the_oldest_beats_on(sim):
    github = probe.GitHub("github_pat_writesIssues", "example/hubs", sim)
    for _ in range(3):
        github.create(BEATS, "heart", probe.heartbeat_body("oggm", 600, NOW))
    github.beat("oggm", 600, NOW + 600)
    assert bodies(github) == {1: probe.heartbeat_body("oggm", 600, NOW + 600)}
    (comment,) = probe.ask("GET", f"{github.base}/3/comments", github.token)
    assert comment["body"] == "The heart beats in #1."


def test_of_several_issues_about_the_same_the_oldest_is_kept_up_to_date(sim):
    github = probe.GitHub("github_pat_writesIssues", "example/hubs", sim)
    key = probe.identity("proxy", None, "nothing")
    told = probe.issue_body("oggm", bad(), {"id": key, "first": probe.iso(NOW)}, NOW)
    for _ in range(2):
        github.create(LABELS, "twice", told)
    github.tell("oggm", [bad()], NOW + 3600)
    assert probe.iso(NOW + 3600) in bodies(github)[1] and bodies(github)[2] == told
    github.tell("oggm", [good()], NOW + 3600)
    assert bodies(github) == {}


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_all_pages_of_issues_are_read(sim, monkeypatch, count):
    monkeypatch.setattr(probe, "PAGE", 2)
    github = probe.GitHub("github_pat_writesIssues", "example/hubs", sim)
    for number in range(count):
        github.create(LABELS, f"issue {number}", "text")
    assert [one["number"] for one in github.open_with(LABELS)] == list(range(1, count + 1))


def test_where_github_is_asked_who_we_are(monkeypatch):
    asked = []

    def ask(method, url, token, body=None):
        asked.append(url)
        return {"data": {"viewer": {"databaseId": 7}}}

    monkeypatch.setattr(probe, "ask", ask)
    assert probe.GitHub("token", "o/r").me() == 7
    assert probe.GitHub("token", "o/r", "https://git.example.org/api/v3/").me() == 7
    assert asked == ["https://api.github.com/graphql", "https://git.example.org/api/graphql"]


# a real hub


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    hub = RealHub(tmp_path_factory.mktemp("probe"), health_scopes=SCOPES)
    hub.people({"1": {"name": "alice"}}, {USER: []})
    hub.start()
    yield hub
    hub.stop()


def settings(hub, **more):
    job = {
        "hub": f"http://127.0.0.1:{hub.hub_port}",
        "proxy": hub.url,
        "timeout": 40,
        "checks": [CHECK],
    }
    return {"hub": "oggm", "api": 1, "spawn": 3600, "onlyWhenWarm": False, "job": job, **more}


def looks(hub, folder, monkeypatch, pods=(), rounds=1, **more):
    """What a probe has to say after some rounds, its server's start included."""
    monkeypatch.setattr(probe, "FOLDER", folder)

    async def run():
        async def listed(asked):
            return list(pods)

        one = probe.Probe(settings(hub, **more), HEALTH_TOKEN, listed)
        for _ in range(rounds):
            await one.look(time.time())
        if one.spawning:
            await one.spawning
        return one.status

    return asyncio.run(run())


def checks(lines):
    return [(one["check"], one["ok"]) for one in lines]


def test_a_healthy_hub_and_a_server_of_its_own(real, tmp_path, monkeypatch):
    status = looks(real, tmp_path, monkeypatch, [pod(), pod("proxy")])
    assert checks(status["api"]) == [
        (name, True)
        for name in ("hub", "proxy", "files", "pods", "hub restart", "proxy restart", "access")
    ]
    assert checks(status["spawn"]) == [
        (name, True) for name in ("user", "start", "server", "kernel", "stop", "gone")
    ]
    assert real.state()["rows"]["machines"]["users"] == 0


def test_an_entry_that_is_out_raises_an_alarm_and_names_nobody(real, tmp_path, monkeypatch):
    alice = {"1": {"name": "alice"}}
    try:
        real.people({"2": {"name": "alice"}, "3": {"name": "carol", "until": ""}}, {USER: []})
        status = looks(real, tmp_path, monkeypatch, onlyWhenWarm=True)
        (told,) = [one for one in status["api"] if one["check"] == "access"]
        assert (told["ok"], told["class"]) == (False, "product")
        assert told["detail"] == (
            "access.json: 2 entries are about a name that has passed to another account; 1 entries"
            " have a mistake. Nobody whom that is about gets in; the hub's log says more: kubectl"
            " logs deploy/hub | grep access.json"
        )
        assert status["next"] == "nobody has a server, so no node is warm"
    finally:
        real.people(alice, {USER: []})
    told = looks(real, tmp_path, monkeypatch, onlyWhenWarm=True)["api"][-1]
    assert (told["check"], told["detail"]) == ("access", "1 people, every entry counts")


def test_nothing_is_started_where_nobody_works(real, tmp_path, monkeypatch):
    status = looks(real, tmp_path, monkeypatch, onlyWhenWarm=True)
    assert (status["spawn"], status["next"]) == ([], "nobody has a server, so no node is warm")
    assert (
        looks(
            real, tmp_path, monkeypatch, [pod("singleuser-server", user="alice")], onlyWhenWarm=True
        )["next"]
        == "now"
    )


def test_a_proxy_that_is_gone_is_told_and_no_server_is_started(real, tmp_path, monkeypatch, sim):
    folder = tmp_path / "github"
    folder.mkdir()
    for name, text in (
        ("token", "github_pat_writesIssues\n"),
        ("repository", "example/hubs\n"),
        ("api", sim),
    ):
        (folder / name).write_text(text)
    (port,) = free_ports(1)
    job = {**settings(real)["job"], "proxy": f"http://127.0.0.1:{port}"}
    status = looks(real, tmp_path, monkeypatch, rounds=2, job=job)
    assert checks(status["api"])[:2] == [("hub", True), ("proxy", False)]
    assert (status["spawn"], status["next"]) == ([], "the hub does not answer")
    told = [
        ("oggm: heartbeat of the probe", "open", ["glaciocloud-heartbeat", "hub:oggm"]),
        ("oggm: proxy fails", "open", LABELS),
    ]
    assert all_issues(sim) == told
    looks(real, tmp_path, monkeypatch)
    assert [state for _, state, _ in all_issues(sim)] == ["open", "closed"]


def test_a_hub_that_cannot_ask_kubernetes_says_so(real, tmp_path, monkeypatch):
    monkeypatch.setattr(probe, "FOLDER", tmp_path)

    async def run():
        one = probe.Probe(settings(real, onlyWhenWarm=True), HEALTH_TOKEN)
        await one.look(time.time())
        return one.status

    (told,) = [one for one in asyncio.run(run())["api"] if one["check"] == "pods"]
    assert not told["ok"]
    assert "503 Kubernetes does not say how the pods are" in told["detail"]


def test_what_fails_once_is_looked_at_again(real, tmp_path, monkeypatch):
    answers = iter([probe.CheckFailed("the API server is away"), [pod()]])

    async def pods(asked):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(probe, "FOLDER", tmp_path)

    async def run():
        one = probe.Probe(settings(real, onlyWhenWarm=True), HEALTH_TOKEN, pods)
        await one.look(time.time())
        return one.status

    assert ("pods", True) in checks(asyncio.run(run())["api"])


def test_a_token_that_may_not_write_stops_nothing_and_is_not_shown(
    real, tmp_path, monkeypatch, sim, capsys
):
    folder = tmp_path / "github"
    folder.mkdir()
    for name, text in (("token", "github_pat_reads"), ("repository", "example/hubs"), ("api", sim)):
        (folder / name).write_text(text)
    monkeypatch.setattr(
        probe, "SECRET", re.compile("(?!)")
    )  # the known tokens alone have to be enough
    status = looks(real, tmp_path, monkeypatch, rounds=3, onlyWhenWarm=True)
    out = capsys.readouterr().out
    assert ("hub", True) in checks(status["api"])
    refused = [row for row in map(json.loads, out.splitlines()) if row["check"] == "github"]
    assert len(refused) == 1 and "may not set labels" in refused[0]["detail"]
    assert "github_pat_reads" not in out and HEALTH_TOKEN not in out
    assert all_issues(sim) == [("oggm: heartbeat of the probe", "open", [])]
    with pytest.raises(urllib.error.HTTPError):
        probe.GitHub("wrong", "example/hubs", sim).open_with(LABELS)


def test_the_process_answers_and_takes_its_server_along(real, tmp_path):
    (tmp_path / "token").mkdir()
    (tmp_path / "token" / "token").write_text(HEALTH_TOKEN)
    for name in ("probe.py", "health_check.py", "oggm_check.py"):
        (tmp_path / name).write_text((probe.HERE / name).read_text())
    (port,) = free_ports(1)
    given = settings(real, api=2)
    (tmp_path / "probe.json").write_text(json.dumps(given))
    code = (tmp_path / "probe.py").read_text().replace("PORT = 8080", f"PORT = {port}")
    (tmp_path / "probe.py").write_text(code)
    environment = {**os.environ, "GLACIOCLOUD_PROBE": str(tmp_path)}
    process = subprocess.Popen(
        ["python", str(tmp_path / "probe.py")], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        said = []
        for row in process.stdout:
            said.append(json.loads(row))
            if said[-1]["check"] == "user":  # the server is being started now
                break
        status = probe.ask("GET", f"http://127.0.0.1:{port}/status", "")
        assert (status["hub"], checks(status["api"])[0]) == ("oggm", ("hub", True))
    finally:
        process.send_signal(signal.SIGTERM)
        rest = [json.loads(row) for row in process.stdout]
        assert process.wait(60) == 0
    assert ("gone", True) in checks(rest)
    assert real.state()["rows"]["machines"]["users"] == 0
