"""hub_people.py against a real JupyterHub: whom it knows, and the end of those whom nothing lets in."""

import hashlib
import json
import os
import subprocess
import sys
import time

import pytest
from real_hub import ANY_IMAGE, FILES, RealHub, wait_for

TOKEN = "access-token-0123456789abcdef"
SCOPES = ["read:hub", "list:users", "read:servers", "delete:servers", "delete:users"]
EXTRA = f"""
c.JupyterHub.services.append({{"name": "glaciocloud-access", "api_token": {TOKEN!r}}})
c.JupyterHub.load_roles.append(
    {{"name": "glaciocloud-access", "services": ["glaciocloud-access"], "scopes": {SCOPES!r}}}
)
c.JupyterHub.allow_named_servers = True
"""
ALICE = {"name": "alice"}
SLOW_IMAGE = {
    **ANY_IMAGE,
    "images": [{**ANY_IMAGE["images"][0], "image": "example.org/slow:1"}],
}


@pytest.fixture(scope="module")
def hub(github, tmp_path_factory):
    hub = RealHub(tmp_path_factory.mktemp("hub"), github.url, EXTRA)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture(autouse=True)
def alice_is_in(hub, github):
    github.mode, github.me = "ok", {"id": 1001, "login": "alice-gh"}
    hub.write("profiles", ANY_IMAGE)
    write(hub, {"1001": ALICE})
    assert hub.login().answer.status_code == 200


def write(hub, users):
    """Gives the digest of what was written."""
    text = json.dumps({"v": 1, "users": users, "machines": {}})
    hub.write("access", text)
    return hashlib.sha256(text.encode()).hexdigest()


def ask(hub, job):
    (hub.folder / "access-token").write_text(TOKEN)
    ran = subprocess.run(
        [sys.executable, str(FILES / "hub_people.py"), json.dumps({"hub": hub.url, **job})],
        env={**os.environ, "GLACIOCLOUD_ACCESS_TOKEN_FILE": str(hub.folder / "access-token")},
        capture_output=True,
        text=True,
        timeout=90,
    )
    return ran, [json.loads(line) for line in ran.stdout.splitlines()]


def knows(hub, name):
    return hub.api("GET", f"/users/{name}").status_code == 200


def test_it_tells_whom_the_hub_knows_and_their_servers(hub):
    status, _ = hub.spawn("alice")
    assert status in (201, 202)
    ran, [look] = ask(hub, {"do": "look"})
    assert ran.returncode == 0, ran.stderr
    [alice] = [user for user in look["users"] if user["name"] == "alice"]
    assert list(alice["servers"]) == [""]
    hub.delete_server("alice")


def test_it_tells_who_computes_as_counts(hub):
    ran, [line] = ask(hub, {"do": "computing"})
    assert ran.returncode == 0, ran.stderr
    nobody = {"v": 1, "computing": 0, "longest": None, "over": 0, "quiet": 0}
    assert line == {"computing": nobody}


def test_it_knows_more_people_than_a_page_holds(hub):
    names = [f"person-{number}" for number in range(205)]
    hub.api("POST", "/users", json={"usernames": names}).raise_for_status()
    _, [look] = ask(hub, {"do": "look"})
    assert set(names) <= {user["name"] for user in look["users"]}
    for name in names:
        hub.api("DELETE", f"/users/{name}")


def test_somebody_with_servers_and_a_token_is_out_and_seen_to_be(hub):
    hub.spawn("alice")
    assert hub.api("POST", "/users/alice/servers/second", json={}).status_code in (201, 202)
    token = hub.token("alice")
    home = hub.folder / "home" / "kept.txt"
    home.write_text("work")
    ran, lines = ask(
        hub, {"do": "out", "digest": write(hub, {}), "names": ["alice"], "timeout": 30}
    )
    assert ran.returncode == 0, ran.stderr
    assert [(line.get("loaded"), line.get("out")) for line in lines] == [(True, None), (None, True)]
    assert not knows(hub, "alice")
    assert hub.api("GET", "/user", token).status_code == 403
    assert home.read_text() == "work"


def test_somebody_who_is_out_already_is_no_mistake(hub):
    ran, lines = ask(
        hub, {"do": "out", "digest": write(hub, {}), "names": ["nobody", "a/b"], "timeout": 10}
    )
    assert ran.returncode == 0, ran.stderr
    assert [line["out"] for line in lines[1:]] == [True, True]


def test_nobody_is_touched_before_the_hub_has_read_the_file(hub):
    ran, lines = ask(hub, {"do": "out", "digest": "0" * 64, "names": ["alice"], "timeout": 1})
    assert ran.returncode == 1
    assert [line["loaded"] for line in lines] == [False]
    assert lines[0]["detail"] == "it still has the old file"
    assert knows(hub, "alice")


def test_a_start_that_is_under_way_is_waited_for(hub):
    hub.write("profiles", SLOW_IMAGE)
    assert hub.api("POST", "/users/alice/server", json={}).status_code in (201, 202)
    ran, lines = ask(
        hub, {"do": "out", "digest": write(hub, {}), "names": ["alice"], "timeout": 40}
    )
    assert ran.returncode == 0, (ran.stderr, lines)
    assert lines[-1]["out"] is True
    wait_for("alice is gone", lambda: not knows(hub, "alice"))


def test_who_is_still_starting_at_the_end_is_told(hub):
    hub.write("profiles", SLOW_IMAGE)
    assert hub.api("POST", "/users/alice/server", json={}).status_code in (201, 202)
    begin = time.monotonic()
    ran, lines = ask(hub, {"do": "out", "digest": write(hub, {}), "names": ["alice"], "timeout": 1})
    assert time.monotonic() - begin < 10
    assert ran.returncode == 1
    assert lines[-1]["out"] is False and "servers are there still: spawn" in lines[-1]["detail"]
    wait_for(
        "the start has ended", lambda: not hub.api("GET", "/users/alice").json().get("servers")
    )


def test_a_hub_that_does_not_answer_is_one_line(hub):
    ran, lines = ask(hub, {"do": "look", "hub": "http://127.0.0.1:9"})
    assert (ran.returncode, lines) == (2, [])
    assert ran.stderr.startswith("GET /hub/api/users?limit=200&offset=0 answered nothing")


def test_its_token_starts_nothing_and_makes_nobody_a_token(hub):
    assert hub.api("POST", "/users/alice/server", TOKEN, json={}).status_code == 403
    assert hub.api("POST", "/users/alice/tokens", TOKEN, json={}).status_code in (403, 404)
    assert hub.api("POST", "/users/eve", TOKEN).status_code in (403, 404)
    assert hub.api("PATCH", "/users/alice", TOKEN, json={"admin": True}).status_code in (403, 404)
