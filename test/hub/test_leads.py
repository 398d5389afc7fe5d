"""Leads of a class on a real JupyterHub: whose server they open, whose they do not, and until when."""

import time
from datetime import datetime, timezone

import pytest
from glaciocloud_access import unled
from glaciocloud_leads import classes_of, pairs_of
from glaciocloud_pages import leads as words
from real_hub import wait_for

IDS = {"lea": 1, "stu": 2, "res": 3, "other": 4, "boss": 5}
LEA = {"name": "lea", "groups": ["cohort:ice", "leads:ice"]}
STU = {"name": "stu", "groups": ["cohort:ice", "led:ice"]}
RES = {"name": "res", "groups": ["cohort:ice", "tier:researcher"]}
OTHER = {"name": "other", "groups": ["cohort:snow", "leads:snow"]}
# What the platform never writes: an administrator of a class.
BOSS = {"name": "boss", "admin": True, "groups": ["led:ice"]}
SNOW = {"name": "sno", "groups": ["cohort:snow", "led:snow"]}
ALL = [LEA, STU, RES, OTHER, BOSS]


def write(hub, *people):
    """Waits until the hub has read it and its next look is over."""
    users = {str(IDS.get(one["name"], 6)): one for one in people}
    hub.people(users)
    wait_for("the file is read", lambda: hub.state()["access"]["people"] == len(users))
    time.sleep(2.5)


def sign_in(hub, github, name):
    github.mode, github.me = "ok", {"id": IDS[name], "login": f"{name}-gh"}
    browser = hub.login()
    assert browser.answer.status_code == 200
    return browser


@pytest.fixture(scope="module")
def browsers(hub, github):
    """Everybody has signed in, and all but the lead have a server."""
    write(hub, *ALL, SNOW)
    found = {name: sign_in(hub, github, name) for name in IDS}
    for name in ("stu", "res", "boss"):
        assert hub.spawn(name)[0] in (201, 202)
    return found


@pytest.fixture(autouse=True)
def as_it_was(hub, browsers):
    write(hub, *ALL, SNOW)


def opens(hub, browser, name):
    """Whether a person's browser gets at a server, with what JupyterHub asks on the way."""
    address = f"{hub.url}/user/{name}/api/contents"
    page = browser.get(f"{hub.url}/user/{name}/files/none", timeout=30)
    if "oauth2/authorize" in page.url and page.status_code == 200:
        token = browser.cookies.get("_xsrf", path="/hub/")
        page = browser.post(
            page.url,
            data={"scopes": f"access:servers!server={name}/", "_xsrf": token},
            headers={"Referer": page.url},
            timeout=30,
        )
    return browser.get(address, timeout=30, allow_redirects=False).status_code == 200


def role_names(hub):
    answer = hub.api("GET", "/groups")
    return sorted(
        one["name"] for one in answer.json() if one["name"].startswith(("led:", "leads:"))
    )


def test_a_lead_opens_a_students_server_and_nobody_elses(hub, browsers):
    assert opens(hub, browsers["lea"], "stu")
    for name in ("res", "boss"):
        assert not opens(hub, browsers["lea"], name)
    wait_for("it is logged", lambda: "'lea' has opened the server of 'stu'" in hub.log_text())


def test_nobody_else_opens_it(hub, browsers):
    for name in ("other", "res"):
        assert not opens(hub, browsers[name], "stu")


def test_a_student_opens_no_other_server(hub, browsers):
    assert opens(hub, browsers["stu"], "stu")
    assert not opens(hub, browsers["stu"], "res")


def test_a_lead_sees_their_class_and_nobody_else(hub, browsers):
    users = hub.api("GET", "/users", hub.token("lea")).json()
    assert [(one["name"], list(one["servers"])) for one in users] == [("stu", [""])]
    token = hub.token("lea")
    assert hub.api("DELETE", "/users/stu/server", token).status_code in (403, 404)
    assert hub.api("POST", "/users/stu/server", token, json={}).status_code in (403, 404)
    assert hub.api("POST", "/users/stu/tokens", token, json={}).status_code in (403, 404)


def test_pages_say_who_may_open_what(hub, browsers):
    home = f"{hub.url}/hub/home"
    student = browsers["stu"].get(home, timeout=10).text
    assert "lea leads your class or looks after it, and may open your server" in student
    lead = browsers["lea"].get(home, timeout=10).text
    assert '<a href="/user/stu/">stu</a>' in lead
    assert "may open your server" not in lead
    for name in ("res", "other"):
        page = browsers[name].get(home, timeout=10).text
        assert "may open your server" not in page and "/user/stu/" not in page


def test_a_lead_who_is_no_longer_one_is_out_of_the_server(hub, browsers):
    assert hub.api("GET", "/users/stu").json()["servers"] or hub.spawn("stu")
    assert opens(hub, browsers["lea"], "stu")
    write(hub, {**LEA, "groups": ["cohort:ice"]}, STU, RES, OTHER, BOSS, SNOW)
    wait_for("it is stopped", lambda: not hub.api("GET", "/users/stu").json()["servers"])
    assert hub.spawn("stu")[0] in (201, 202)
    assert not opens(hub, browsers["lea"], "stu")
    assert "'lea' may no longer open the server of 'stu', and had" in hub.log_text()


def test_who_becomes_a_researcher_is_led_no_more(hub, browsers):
    assert hub.spawn("stu")[0] in (201, 202, 400)
    write(hub, LEA, {**STU, "groups": ["cohort:ice", "tier:researcher"]}, RES, OTHER, BOSS, SNOW)
    assert not opens(hub, browsers["lea"], "stu")


def test_a_server_that_no_lead_has_opened_goes_on(hub, browsers, github):
    fresh = sign_in(hub, github, "lea")
    hub.delete_server("stu")
    assert hub.spawn("stu")[0] in (201, 202)
    write(hub, {**LEA, "groups": ["cohort:ice"]}, STU, RES, OTHER, BOSS, SNOW)
    assert list(hub.api("GET", "/users/stu").json()["servers"]) == [""]
    assert not opens(hub, fresh, "stu")


def test_after_the_end_of_the_class_nobody_leads_it(hub, browsers):
    ended = datetime.fromtimestamp(time.time() + 6, timezone.utc).isoformat()
    write(hub, LEA, {**STU, "until": ended}, RES, OTHER, BOSS, SNOW)
    assert "led:ice" in role_names(hub)
    wait_for("the class is over", lambda: "led:ice" not in role_names(hub), 15)
    assert "Nobody leads the class ice any more" in hub.log_text()
    assert hub.is_in(browsers["lea"])
    assert hub.api("GET", "/users", hub.token("lea")).status_code == 403
    assert "led:snow" in role_names(hub)


def test_a_lead_who_is_out_of_the_hub_is_out_of_the_server(hub, browsers, github):
    fresh, student = sign_in(hub, github, "lea"), sign_in(hub, github, "stu")
    hub.delete_server("stu")
    assert hub.spawn("stu")[0] in (201, 202)
    assert opens(hub, fresh, "stu")
    write(hub, STU, RES, OTHER, BOSS, SNOW)
    wait_for("it is stopped", lambda: not hub.api("GET", "/users/stu").json()["servers"])
    assert not hub.is_in(fresh)
    assert list(hub.api("GET", "/users/res").json()["servers"]) == [""]
    assert hub.is_in(student)


def test_a_hub_that_starts_again_knows_who_leads(hub, browsers):
    hub.restart()
    wait_for("groups are there", lambda: "led:ice" in role_names(hub), 15)
    token = hub.token("lea")

    def sees():
        answer = hub.api("GET", "/users", token)
        return answer.status_code == 200 and [one["name"] for one in answer.json()]

    wait_for("the lead sees the class", lambda: sees() == ["stu"], 15)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ({"a": ["leads:ice"], "b": ["led:ice"]}, {("a", "b")}),
        ({"a": ["leads:ice"], "b": ["leads:ice"], "c": ["led:ice"]}, {("a", "c"), ("b", "c")}),
        ({"a": ["leads:ice", "led:ice"], "b": ["led:ice"]}, {("a", "b")}),
        ({"a": ["leads:ice", "leads:snow"], "b": ["led:snow"]}, {("a", "b")}),
        ({"a": ["leads:ice"], "b": ["led:snow"]}, set()),
        ({"a": ["leads:ice"]}, set()),
        ({"b": ["led:ice"]}, set()),
        ({"a": ["leads:Ice"], "b": ["led:Ice"]}, set()),
        ({"a": ["leads:"], "b": ["led:"]}, set()),
        ({"a": [f"leads:{'i' * 32}"], "b": [f"led:{'i' * 32}"]}, {("a", "b")}),
        ({"a": [f"leads:{'i' * 33}"], "b": [f"led:{'i' * 33}"]}, set()),
        ({"a": ["leads:ice!group=x"], "b": ["led:ice!group=x"]}, set()),
        ({"a": ["cohort:leads:ice"], "b": ["led:ice"]}, set()),
    ],
)
def test_who_leads_whom(people, expected):
    entries = {name: {"groups": unled(groups, is_admin=False)} for name, groups in people.items()}
    assert pairs_of(classes_of(entries)) == expected


def test_an_administrator_is_not_led():
    groups = ["led:ice", "tier:student"]
    assert unled(groups, is_admin=True) == ["tier:student"]
    assert unled(groups, is_admin=False) == groups
    assert unled(["leads:ice"], is_admin=True) == ["leads:ice"]
    assert unled(None, is_admin=True) == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["a"], "a leads your class or looks after it"),
        (["a", "b"], "a and b lead your class or look after it"),
        (["a", "b", "c"], "a, b and c lead your class or look after it"),
    ],
)
def test_words(names, expected):
    end = ", and may open your server with all your files meanwhile."
    assert words(names) == (expected + end if names else "")
