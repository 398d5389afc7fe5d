"""Who gets into a hub, and how fast somebody is out: a real JupyterHub, a real proxy, OAuth
redirects to a double of GitHub.
"""

import json
import stat
import time
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import glaciocloud_access
import glaciocloud_homes
import pytest
import requests
from real_hub import RealHub, wait_for

ALICE = {"id": 1001, "login": "alice-gh"}
AT_ONCE = 1.6  # auth_refresh_age is one second; the rest is for a busy machine


def soon(seconds):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat()


@pytest.fixture(autouse=True)
def github_answers(github):
    github.mode = "ok"
    github.me = ALICE


def enter(hub, **entry):
    hub.people({"1001": {"name": "alice", **entry}})
    browser = hub.login()
    assert browser.answer.status_code == 200, browser.answer.text
    return browser


def test_a_listed_person_gets_the_name_and_groups_of_the_file(hub):
    browser = enter(hub, groups=["tier:researcher", "cohort:a-2026"])
    assert browser.answer.url.endswith("/hub/token")
    alice = hub.api("GET", "/users/alice").json()
    assert sorted(alice["groups"]) == ["cohort:a-2026", "tier:researcher"]
    assert alice["admin"] is False


def test_a_stranger_is_told_why(hub, github):
    hub.people({"1001": {"name": "alice"}})
    github.me = {"id": 666, "login": "mallory"}
    answer = hub.login().answer
    assert answer.status_code == 403
    assert "has no access to this hub" in answer.text
    assert hub.api("GET", "/users/mallory").status_code == 404


def test_a_removed_person_is_out_at_once(hub):
    browser = enter(hub)
    token = hub.token("alice")
    assert hub.api("GET", "/user", token).json()["name"] == "alice"
    hub.people({})
    seconds = wait_for("alice is out", lambda: not hub.is_in(browser))
    assert seconds < AT_ONCE
    assert hub.api("GET", "/user", token).status_code == 403
    assert hub.login().answer.status_code == 403
    assert hub.api("POST", "/users/alice/server").status_code == 403


def test_a_person_who_is_back_gets_the_old_name(hub):
    enter(hub)
    hub.people({})
    wait_for("alice is out", lambda: hub.login().answer.status_code == 403)
    enter(hub)


def test_a_renamed_login_keeps_the_hub_name(hub, github):
    github.me = {"id": 1001, "login": "alice-married"}
    browser = enter(hub)
    assert "alice-married" not in browser.answer.text
    assert hub.api("GET", "/users/alice-married").status_code == 404


def test_somebody_with_a_recycled_login_stays_out(hub, github):
    hub.people({"1001": {"name": "alice-gh"}})
    github.me = {"id": 2002, "login": "alice-gh"}
    assert hub.login().answer.status_code == 403


def test_from_and_until_flip_by_the_clock(hub):
    hub.people({"1001": {"name": "alice", "from": soon(1.5), "until": soon(4)}})
    early = hub.login().answer
    assert early.status_code == 403 and "begins" in early.text
    time.sleep(1.6)
    browser = hub.login()
    assert browser.answer.status_code == 200
    wait_for("alice's access has ended", lambda: not hub.is_in(browser), 5)
    late = hub.login().answer
    assert late.status_code == 403 and "ended" in late.text and "files are kept" in late.text


def test_a_demoted_admin_is_no_admin_at_once(hub):
    browser = enter(hub, admin=True)
    token = hub.token("alice")
    assert hub.api("GET", "/users", token).status_code == 200
    hub.people({"1001": {"name": "alice"}})
    seconds = wait_for(
        "alice is no admin", lambda: hub.api("GET", "/users", token).status_code == 403
    )
    assert seconds < AT_ONCE
    assert hub.is_in(browser)


def test_groups_follow_the_file(hub):
    browser = enter(hub, groups=["a"])
    hub.people({"1001": {"name": "alice", "groups": ["b", "a"]}})
    wait_for(
        "the new group",
        lambda: (
            hub.is_in(browser)
            and sorted(hub.api("GET", "/users/alice").json()["groups"]) == ["a", "b"]
        ),
    )


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_sessions_tokens_and_spawns_do_not_need_github(hub, github, mode):
    browser = enter(hub)
    token = hub.token("alice")
    github.mode = mode
    github.calls.clear()
    time.sleep(1.1)  # longer than auth_refresh_age
    assert hub.is_in(browser)
    assert hub.api("GET", "/user", token).status_code == 200
    status, last = hub.spawn("alice", token=token)
    assert (status, last.get("ready")) == (202, True), last
    hub.delete_server("alice")
    assert github.calls == []


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_a_new_login_fails_in_time_when_github_is_away(hub, github, mode):
    inside = enter(hub)
    github.mode = mode
    begin = time.monotonic()
    answer = hub.login().answer
    assert answer.status_code >= 500
    assert time.monotonic() - begin < 4
    assert hub.is_in(inside)


def test_a_broken_file_changes_nothing(hub):
    browser = enter(hub)
    good = hub.state()["access"]["digest"]
    for broken in (
        "{",
        "[]",
        '{"v": 1}',
        '{"v": 2, "users": {}}',
        '{"v": true, "users": {}}',
        '{"users": [], "v": 1}',
        '{"users": {}, "users": {}}',
    ):
        hub.write("access", broken)
        wait_for("the hub saw it", lambda: hub.state()["access"]["error"])
        read = hub.state()["access"]
        assert read["digest"] == good
        assert read["error"].endswith(f"; the content of {read['at']} stays")
        assert hub.is_in(browser)
    hub.people({})
    wait_for("the repaired file counts", lambda: not hub.is_in(browser))
    assert hub.state()["access"]["error"] is None


NO_TIME = "is no time. Write 2026-12-31 or 2026-12-31T18:00:00Z, or leave the field out."
MISTAKES = [
    ({"name": "Alice"}, "name: 'Alice' is no name."),
    ({"name": ""}, "name: '' is no name."),
    ({"name": "../alice"}, "name: '../alice' is no name."),
    ({"name": 1}, "name: 1 is no name."),
    ({}, "name: None is no name."),
    ("alice", "'alice' is no object."),
    ({"name": "machine_0"}, "machine_0 is a machine."),
    ({"name": "alice", "until": "soon"}, f"until: 'soon' {NO_TIME}"),
    ({"name": "alice", "until": ""}, f"until: '' {NO_TIME}"),
    ({"name": "alice", "until": 0}, f"until: 0 {NO_TIME}"),
    ({"name": "alice", "until": False}, f"until: False {NO_TIME}"),
    ({"name": "alice", "until": []}, f"until: [] {NO_TIME}"),
    ({"name": "alice", "until": "20991231"}, f"until: '20991231' {NO_TIME}"),
    ({"name": "alice", "until": "2099-02-30"}, f"until: '2099-02-30' {NO_TIME}"),
    ({"name": "alice", "from": ""}, f"from: '' {NO_TIME}"),
    ({"name": "alice", "from": 0}, f"from: 0 {NO_TIME}"),
    ({"name": "alice", "unitl": "2020-01-01"}, "There is no field 'unitl'; did you mean until?"),
    ({"name": "alice", "Until": "2020-01-01"}, "There is no field 'Until'; did you mean until?"),
    ({"name": "alice", "groups": "all"}, "groups: 'all' is no list."),
    ({"name": "alice", "groups": ""}, "groups: '' is no list."),
    ({"name": "alice", "groups": {"a": 1}}, "groups: {'a': 1} is no list."),
    ({"name": "alice", "groups": [1]}, "groups: 1 is no name of a group."),
    ({"name": "alice", "groups": ["a\nb"]}, "groups: 'a\\nb' is no name of a group."),
    ({"name": "alice", "admin": "yes"}, "admin: 'yes' is neither true nor false."),
    ({"name": "alice", "admin": 1}, "admin: 1 is neither true nor false."),
    (
        {"name": "alice", "from": "2026-02-02", "until": "2026-02-01"},
        "until: it is over before it begins.",
    ),
]


@pytest.mark.parametrize(("entry", "error"), MISTAKES)
def test_an_entry_with_a_mistake_is_out_alone(hub, github, entry, error):
    github.me = {"id": 7007, "login": "bob-gh"}
    hub.people({"7007": {"name": "bob"}, "7008": {"name": "carol"}})
    leaving = hub.login()
    assert leaving.answer.status_code == 200
    users = {"7008": {"name": "carol"}, "1001": entry}
    hub.people(users, {"machine_0": []})
    wait_for("the others' removal counts", lambda: not hub.is_in(leaving))
    read = hub.state()["access"]
    assert (read["error"], read["people"]) == (None, 1)
    ((place, kind, said),) = [tuple(one.values()) for one in read["out"]]
    assert (place, kind) == ("users.'1001'", "wrong") and said.startswith(error), said
    github.me = ALICE
    answer = hub.login().answer
    assert answer.status_code == 403 and "access list has a mistake" in answer.text


@pytest.mark.parametrize(
    ("users", "out"),
    [
        ('"1001": {"name": "alice"}, "1001": {"name": "alice"}', ["users.'1001'"]),
        ('"1001": {"name": "alice", "until": "2020-01-01", "until": null}', ["users.'1001'"]),
        ('"1001": {"name": "a"}, "1002": {"name": "a"}', ["users.'1001'", "users.'1002'"]),
        ('"01001": {"name": "alice"}', ["users.'01001'"]),
        ('"1001 ": {"name": "alice"}', ["users.'1001 '"]),
        (f'"1001": {{"name": "alice", "until": {"9" * 5000}}}', ["users.'1001'"]),
    ],
    ids=["id", "field", "name", "zero", "space", "number"],
)
def test_what_is_there_twice_or_is_no_id_is_out_and_the_rest_counts(hub, users, out):
    hub.write("access", f'{{"v": 1, "users": {{{users}, "7008": {{"name": "carol"}}}}}}')
    read = hub.state()["access"]
    assert ([one["entry"] for one in read["out"]], read["error"]) == (out, None)
    assert read["people"] == 1
    assert hub.login().answer.status_code == 403


@pytest.mark.parametrize(
    ("machines", "out", "people"),
    [
        ([], ["machines"], 1),
        ({"machine_0": "all"}, ["machines.'machine_0'"], 1),
        ({"machine_0": None}, ["machines.'machine_0'"], 1),
        ({"Machine 0": []}, ["machines.'Machine 0'"], 1),
    ],
)
def test_a_mistake_of_a_machine_is_no_matter_of_people(hub, machines, out, people):
    hub.write("access", {"v": 1, "users": {"7008": {"name": "carol"}}, "machines": machines})
    read = hub.state()["access"]
    assert ([one["entry"] for one in read["out"]], read["people"]) == (out, people)


def test_a_field_of_the_file_that_nobody_reads_is_told(hub):
    hub.write("access", {"v": 1, "users": {"7008": {"name": "carol"}}, "user": {}})
    (one,) = hub.state()["access"]["out"]
    assert one["entry"] == "'user'" and "did you mean users?" in one["error"]


@pytest.mark.parametrize(
    ("until", "seconds"),
    [
        ("2026-12-31", 1798761600),
        ("2026-12-31T18:00", 1798740000),
        ("2026-12-31T18:00:00+02:00", 1798732800),
        ("9999-12-31", 253402300800),
        ("0001-01-01T00:00+14:00", None),
        (None, "no end"),
    ],
)
def test_when_access_ends(until, seconds):
    content = {"users": {"1": {"name": "a", "until": until}}}
    listed = glaciocloud_access.read_access(json.dumps(content).encode())
    if seconds is None:
        assert "is no time" in listed["out"]["1"]["error"] and listed["users"] == {}
    else:
        assert listed["users"]["1"]["until"] == (None if seconds == "no end" else seconds)


def test_empty_dates_mean_no_limit(hub):
    enter(hub, **{"from": None, "until": None, "groups": None})


def test_a_machine_needs_no_github_account(hub):
    hub.people({}, {"deploy_0": ["team:x/y"]})
    assert hub.api("POST", "/users/deploy_0").status_code == 201
    status, last = hub.spawn("deploy_0")
    assert (status, last.get("ready")) == (202, True), last
    assert hub.api("GET", "/users/deploy_0").json()["groups"] == ["team:x/y"]
    hub.delete_server("deploy_0")
    hub.people({}, {})
    wait_for(
        "the machine may no longer",
        lambda: hub.api("POST", "/users/deploy_0/server").status_code == 403,
    )
    hub.api("DELETE", "/users/deploy_0")


def test_the_state_counts_and_needs_a_scope(hub):
    hub.people({"1": {"name": "a"}, "2": {"name": "b", "until": "2020-01-01"}})
    state = hub.state()
    assert (state["access"]["people"], state["access"]["open"], state["access"]["from"]) == (
        2,
        1,
        "mount",
    )
    assert state["profiles"]["images"] == 1
    assert requests.get(f"{hub.url}/hub/glaciocloud/state", timeout=5).status_code == 403


def test_a_restart_without_the_mounted_file_goes_on_from_the_kept_copy(hub):
    """Runs last but one: it restarts the hub that the tests above share."""
    browser = enter(hub, until=soon(60))
    kept = hub.keep / "access.last-good.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    digest = hub.state()["access"]["digest"]
    hub.remove("access")
    hub.remove("profiles")
    hub.restart()
    state = hub.state()
    assert state["access"]["from"] == state["profiles"]["from"] == "kept"
    assert state["access"]["digest"] == digest and "No such file" in state["access"]["error"]
    assert hub.is_in(browser)
    hub.people({})
    wait_for("the file counts again", lambda: not hub.is_in(browser))
    assert hub.state()["access"]["from"] == "mount"


def test_a_kept_copy_still_ends_by_the_clock(hub):
    browser = enter(hub, until=soon(25))
    hub.remove("access")
    hub.restart()
    assert hub.state()["access"]["from"] == "kept"
    assert hub.is_in(browser)
    wait_for("alice's access has ended", lambda: not hub.is_in(browser))


def test_the_door_stays_shut_whatever_else_is_configured_and_without_any_file(github, tmp_path):
    open_everything = """
c.GitHubOAuthenticator.allow_all = True
c.Authenticator.allow_all = True
c.GitHubOAuthenticator.admin_users = {"mallory"}
c.GitHubOAuthenticator.allowed_users = {"mallory"}
"""
    hub = RealHub(tmp_path, github.url, extra=open_everything)
    hub.remove("access")
    hub.start()
    try:
        github.me = {"id": 666, "login": "mallory"}
        assert hub.login().answer.status_code == 403
        hub.write("access", {"v": 1, "users": {"666": {"name": "mallory"}}})
        browser = hub.login()
        assert browser.answer.status_code == 200  # no restart was needed
        assert hub.api("GET", "/users/mallory").json()["admin"] is False
    finally:
        hub.stop()


def test_machines_of_their_own_file_count_in_place_of_others(hub):
    hub.people({"1001": {"name": "alice"}}, {"deploy_9": ["old"]})
    hub.own_machines({"v": 1, "machines": {"deploy_0": ["tier:researcher"]}})
    try:
        for name in ("deploy_0", "deploy_9"):
            hub.api("POST", f"/users/{name}")
        tokens = {name: hub.token(name) for name in ("deploy_0", "deploy_9")}
        machine = hub.api("GET", "/user", tokens["deploy_0"])
        assert machine.json()["groups"] == ["tier:researcher"]
        wait_for(
            "the other is none any more",
            lambda: hub.api("GET", "/user", tokens["deploy_9"]).status_code == 403,
        )
        assert hub.login().answer.status_code == 200
        hub.own_machines("{")
        assert hub.api("GET", "/user", tokens["deploy_0"]).status_code == 200
    finally:
        hub.own_machines({"v": 1, "machines": {}})


def test_people_of_a_hub_that_was_taken_over_go_on_until_files_let_anybody_in(hub, github):
    browser = enter(hub)
    token = hub.token("alice")
    hub.adopted({"v": 1, "until": soon(600), "names": {"alice": "2024-01-01T00:00:00Z"}})
    try:
        hub.people({})
        time.sleep(AT_ONCE)
        assert hub.is_in(browser)
        assert hub.api("GET", "/user", token).json()["name"] == "alice"
        assert hub.login().answer.status_code == 403  # nobody new comes in by it
        hub.people({"2002": {"name": "bob"}})
        wait_for("alice is out", lambda: not hub.is_in(browser))
        assert hub.api("GET", "/user", token).status_code == 403
    finally:
        hub.adopted({"v": 1, "until": soon(0), "names": {}})


def test_people_of_a_hub_that_was_taken_over_do_not_go_on_for_ever(hub):
    browser = enter(hub)
    hub.adopted({"v": 1, "until": soon(2), "names": {"alice": ""}})
    try:
        hub.people({})
        wait_for("alice is out", lambda: not hub.is_in(browser))
    finally:
        hub.adopted({"v": 1, "until": soon(0), "names": {}})


def test_a_server_starts_with_the_claim_that_a_hub_before_has_made():
    class Base:
        pvc_name, _pvc_exists = "claim-anna-b", False

        def __init__(self, person, name=""):
            self.user, self.name = SimpleNamespace(name=person), name

        def start(self):
            return self.pvc_name, self._pvc_exists

    finds = glaciocloud_homes.spawner_that_finds(Base, {"anna-b": "claim-anna-2db"}.get)
    assert finds("anna-b").start() == ("claim-anna-2db", True)
    assert finds("anna-b", "lab").start() == ("claim-anna-b", False)
    assert finds("ben").start() == ("claim-anna-b", False)
    assert finds.__name__ == "Base"


@pytest.mark.parametrize(
    "wrong",
    [
        {"names": [], "until": "2026-01-01"},
        {"names": {}},
        {"names": {}, "until": "2026-01-01", "claims": {"a": 1}},
    ],
)
def test_what_a_hub_before_has_left_is_read_whole_or_not_at_all(wrong):
    with pytest.raises(ValueError):
        glaciocloud_access.read_adopted(json.dumps(wrong).encode())


def test_a_person_with_the_name_of_a_machine_is_out():
    listed = glaciocloud_access.read_access(
        b'{"users": {"1": {"name": "ada"}, "2": {"name": "deploy_0"}}, "machines": {"old_0": []}}'
    )
    own = glaciocloud_access.read_own_machines(b'{"v": 1, "machines": {"deploy_0": ["b", "a"]}}')
    joined = glaciocloud_access.with_machines(listed, own)
    assert joined["machines"] == {"deploy_0": ["a", "b"]}
    assert list(joined["users"]) == ["1"] and list(joined["names"]) == ["ada"]
    assert joined["out"]["2"]["error"] == "deploy_0 is a machine. Give the person another name."
    assert list(listed["users"]) == ["1", "2"], "what was read is not changed"


@pytest.mark.parametrize("text", [b"{", b"[]", b"{}", b'{"machines": []}'])
def test_a_file_without_machines_is_none(text):
    with pytest.raises(ValueError):
        glaciocloud_access.read_own_machines(text)


def test_a_machine_with_a_mistake_is_out_and_the_others_count():
    own = glaciocloud_access.read_own_machines(b'{"machines": {"a_0": [], "B_0": [], "c_0": 1}}')
    assert list(own["machines"]) == ["a_0"] and sorted(own["out"]) == ["B_0", "c_0"]
