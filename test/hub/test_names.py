"""A hub name belongs to one GitHub account for good: a real JupyterHub, whose names pass to
others, whose people go, and whose memory of names is damaged.
"""

import json
import time

import glaciocloud_access
import pytest
import requests
from real_hub import RealHub, wait_for

ALICE = {"id": 1001, "login": "alice-gh"}
MALLORY = {"id": 2002, "login": "alice-gh"}
ENDED = "may no longer enter: sessions and tokens have ended"


@pytest.fixture
def hub(github, tmp_path):
    github.mode, github.me = "ok", ALICE
    hub = RealHub(tmp_path, github.url, "c.JupyterHub.authenticate_prometheus = False")
    hub.start()
    yield hub
    hub.stop()


def enter(hub, users=None):
    hub.people(users or {"1001": {"name": "alice"}})
    browser = hub.login()
    assert browser.answer.status_code == 200, browser.answer.text
    return browser


def run_server(hub, browser):
    """A page of the person's running server, which the browser may see."""
    status, last = hub.spawn("alice")
    assert (status, last.get("ready")) == (202, True), last
    page = f"{hub.url}/user/alice/api/status"
    browser.get(f"{hub.url}/user/alice/api/spec.yaml", timeout=20)
    browser.get(f"{hub.url}/user/alice/", timeout=20)
    answer = browser.get(page, timeout=20)
    assert answer.status_code == 200, answer.text
    return page


def memory(hub):
    return hub.keep / "access.names.json"


def remembered(hub):
    return json.loads(memory(hub).read_text())["names"]


def refused(hub, browser, token, page):
    """A cookie, a token and a running server of somebody who has gone."""
    wait_for(
        "the server's page is refused",
        lambda: browser.get(page, timeout=20, allow_redirects=False).status_code != 200,
    )
    assert not hub.is_in(browser)
    assert hub.api("GET", "/user", token).status_code == 403
    wait_for("no server", lambda: not hub.api("GET", "/users/alice").json()["servers"])
    wait_for("no token", lambda: not hub.api("GET", "/users/alice/tokens").json()["api_tokens"])


def kinds(hub):
    return sorted((one["entry"], one["kind"]) for one in hub.state()["access"]["out"])


def test_a_name_that_has_passed_to_another_account_lets_in_neither(hub, github):
    browser = enter(hub)
    token, page = hub.token("alice"), run_server(hub, browser)
    github.me = {"id": 7007, "login": "bob-gh"}
    moved = {"1001": {"name": "alice-2"}, "2002": {"name": "alice"}}
    bob = enter(hub, {**moved, "7007": {"name": "bob"}})
    refused(hub, browser, token, page)
    assert hub.is_in(bob)
    assert kinds(hub) == [("users.1001", "moved"), ("users.2002", "moved")]
    for who in (ALICE, MALLORY):
        github.me = who
        answer = hub.login().answer
        assert answer.status_code == 403 and "belongs to another GitHub account" in answer.text
    told = "The name alice belongs to the GitHub id 1001, and has been given to the GitHub id 2002."
    assert told in hub.log_text()
    metrics = requests.get(f"{hub.url}/hub/metrics", timeout=20).text
    assert 'glaciocloud_access_entries_out{kind="moved"} 2.0' in metrics
    # What was ended stays so when the name is back with its owner.
    github.me = ALICE
    hub.people({"1001": {"name": "alice"}})
    wait_for("the owner is back", lambda: hub.login().answer.status_code == 200)
    assert not hub.is_in(browser)
    assert hub.api("GET", "/user", token).status_code == 403


@pytest.mark.parametrize("between", ["removed", "moved at once"])
def test_a_restart_forgets_no_name(hub, github, between):
    browser = enter(hub)
    token = hub.token("alice")
    if between == "removed":
        hub.people({})
        wait_for("alice is out", lambda: not hub.is_in(browser))
    hub.stop()
    hub.people({"2002": {"name": "alice"}})
    hub.start()
    assert kinds(hub) == [("users.1001", "moved"), ("users.2002", "moved")]
    github.me = MALLORY
    assert hub.login().answer.status_code == 403
    assert not hub.is_in(browser)
    assert hub.api("GET", "/user", token).status_code == 403
    assert remembered(hub) == {"alice": "1001"}


def test_names_do_not_pass_between_people_and_machines(hub, github):
    enter(hub, {"1001": {"name": "alice"}})
    hub.people({}, {"alice": []})
    assert kinds(hub) == [("machines.alice", "moved"), ("users.1001", "moved")]
    assert hub.api("POST", "/users/alice/server").status_code == 403
    hub.people({}, {"probe_0": []})
    assert kinds(hub) == []
    hub.people({"1001": {"name": "probe_0"}, "7007": {"name": "bob"}})
    assert kinds(hub) == [("machines.probe_0", "moved"), ("users.1001", "moved")]
    assert hub.login().answer.status_code == 403
    assert remembered(hub) == {"alice": "1001", "bob": "7007", "probe_0": "machine"}


def test_two_who_change_names_are_both_out(hub):
    browser = enter(hub, {"1001": {"name": "alice"}, "2002": {"name": "bob"}})
    hub.people({"1001": {"name": "bob"}, "2002": {"name": "alice"}})
    wait_for("alice is out", lambda: not hub.is_in(browser))
    assert kinds(hub) == [("users.1001", "moved"), ("users.2002", "moved")]


def test_a_person_with_a_new_name_leaves_nothing_under_the_old_one(hub):
    browser = enter(hub)
    token = hub.token("alice")
    hub.people({"1001": {"name": "alicia"}})
    wait_for("alice is out", lambda: not hub.is_in(browser))
    assert hub.api("GET", "/user", token).status_code == 403
    assert hub.login().answer.status_code == 200
    assert remembered(hub) == {"alice": "1001", "alicia": "1001"}


@pytest.mark.parametrize(
    "after",
    [
        {},
        {"1001": {"name": "alice", "until": "2020-01-01"}},
        {"1001": {"name": "alice", "from": "2099-01-01"}},
        {"1001": {"name": "alice", "unitl": "2099-01-01"}},
    ],
    ids=["removed", "expired", "not yet", "mistake"],
)
def test_what_somebody_had_does_not_come_alive_again(hub, after):
    browser = enter(hub)
    token, page = hub.token("alice"), run_server(hub, browser)
    hub.people(after)
    refused(hub, browser, token, page)
    assert hub.log_text().count(f"'alice' {ENDED}") == 1
    enter(hub)
    assert not hub.is_in(browser)
    assert hub.api("GET", "/user", token).status_code == 403


def test_what_an_admin_makes_for_somebody_who_has_gone_ends_too(hub):
    enter(hub)
    hub.people({})
    wait_for("alice has gone", lambda: f"'alice' {ENDED}" in hub.log_text())
    token = hub.token("alice")
    wait_for("no token", lambda: not hub.api("GET", "/users/alice/tokens").json()["api_tokens"])
    enter(hub)
    assert hub.api("GET", "/user", token).status_code == 403


DAMAGED = [
    '{"v": 1, "names": {"alice": "1001"',
    "",
    "{",
    "[]",
    '{"v": 2, "names": {}}',
    '{"names": {}}',
    '{"v": 1}',
    '{"v": 1, "names": []}',
    '{"v": 1, "names": {"alice": 1001}}',
    '{"v": 1, "names": {"alice": "0"}}',
    '{"v": 1, "names": {"alice": "1001", "alice": "2002"}}',
    '{"v": 1, "names": {"alice": "1001"}, "names": {}}',
    "\x00\x00",
]


@pytest.mark.parametrize("text", DAMAGED)
def test_what_is_no_memory_of_names(text):
    with pytest.raises(ValueError):
        glaciocloud_access.remembered(text.encode())
    good = '{"v": 1, "names": {"alice": "1001", "probe_0": "machine"}}'
    assert glaciocloud_access.remembered(good.encode()) == {"alice": "1001", "probe_0": "machine"}


@pytest.mark.parametrize("text", DAMAGED[:2])
def test_a_damaged_memory_lets_in_nobody_new_and_throws_out_nobody(hub, github, text):
    browser = enter(hub)
    memory(hub).write_text(text)
    for restart in (False, True):
        if restart:
            hub.restart()
        hub.people({"1001": {"name": "alice"}, "7007": {"name": "bob"}})
        assert "is damaged" in hub.state()["access"]["names"]
        assert hub.is_in(browser)
        github.me = {"id": 7007, "login": "bob-gh"}
        answer = hub.login().answer
        assert answer.status_code == 403 and "lets in nobody new" in answer.text
        assert memory(hub).read_text() == text
    assert "access.names.json is damaged" in hub.log_text()
    hub.people({"2002": {"name": "alice"}, "7007": {"name": "bob"}})
    wait_for("the old person is out", lambda: not hub.is_in(browser))
    memory(hub).unlink()
    hub.people({"1001": {"name": "alice"}, "7007": {"name": "bob"}})
    wait_for("bob may enter", lambda: hub.login().answer.status_code == 200)
    assert remembered(hub) == {"alice": "1001", "bob": "7007"}
    assert hub.state()["access"]["names"] is None


def test_a_memory_that_cannot_be_written_lets_in_nobody_new(hub, github):
    browser = enter(hub)
    new = hub.keep / "access.names.json.new"
    new.mkdir()
    hub.people({"1001": {"name": "alice"}, "7007": {"name": "bob"}})
    assert "cannot be written" in hub.state()["access"]["names"]
    github.me = {"id": 7007, "login": "bob-gh"}
    assert hub.login().answer.status_code == 403
    assert hub.is_in(browser) and remembered(hub) == {"alice": "1001"}
    new.rmdir()
    assert hub.login().answer.status_code == 200
    assert remembered(hub) == {"alice": "1001", "bob": "7007"}


def test_a_memory_that_was_taken_away_is_written_again(hub):
    enter(hub)
    memory(hub).unlink()
    hub.people({"2002": {"name": "alice"}})
    assert kinds(hub) == [("users.1001", "moved"), ("users.2002", "moved")]
    assert remembered(hub) == {"alice": "1001"}


def test_a_maintainer_can_let_a_name_go(hub, github):
    browser = enter(hub)
    hub.people({"2002": {"name": "alice"}})
    # Out at once; sessions end with the next sweep, long before a maintainer has found the file.
    wait_for("alice is out", lambda: kinds(hub) and not hub.is_in(browser))
    wait_for("her sessions have ended", lambda: f"'alice' {ENDED}" in hub.log_text())
    memory(hub).write_text('{"v": 1, "names": {}}')
    github.me = MALLORY
    assert hub.login().answer.status_code == 200
    assert not hub.is_in(browser)
    assert remembered(hub) == {"alice": "2002"}


def test_a_hub_that_had_no_memory_yet_learns_from_the_last_good_file(hub, github):
    browser = enter(hub)
    hub.stop()
    memory(hub).unlink()
    hub.people({"2002": {"name": "alice"}})
    hub.start()
    assert kinds(hub) == [("users.1001", "moved"), ("users.2002", "moved")]
    assert not hub.is_in(browser)


HOSTILE = "<script>alert(1)</script>\n[E 2026] forged\x1b[31m\u202e\x85"


def test_hostile_text_reaches_no_page_and_no_line_of_the_log(hub, github):
    users = {HOSTILE: {"name": HOSTILE}, "1001": {"name": HOSTILE, HOSTILE: HOSTILE}}
    hub.write("access", {"v": 1, "users": users, HOSTILE: 1, "machines": {HOSTILE: HOSTILE}})
    github.me = {"id": 1001, "login": HOSTILE}
    pages = hub.login().answer.text
    github.me = ALICE
    enter(hub)
    closed = {"v": 1, "announcement": HOSTILE, "spawning": {"open": False, "reason": HOSTILE}}
    hub.write("notices", closed)
    browser = hub.login()
    pages += browser.get(f"{hub.url}/hub/spawn", timeout=20).text
    pages += browser.get(f"{hub.url}/hub/home", timeout=20).text
    assert "<script>alert" not in pages and "&lt;script&gt;alert" in pages
    log = hub.log_text()
    assert "alert(1)" in log
    assert not [line for line in log.splitlines() if line.startswith("[E 2026] forged")]
    assert not {"\u202e", "\x85"} & set(log)


def test_notices_that_are_no_text_are_not_taken(hub):
    hub.write("notices", {"v": 1, "spawning": {"open": False, "reason": ["<b>"]}})
    time.sleep(0.1)
    assert "spawning.reason is no text" in hub.state()["notices"]["error"]
    assert requests.get(f"{hub.url}/hub/login", timeout=10).status_code == 200
