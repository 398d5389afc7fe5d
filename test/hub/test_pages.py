"""The hub's own pages, rendered by a real JupyterHub: what they say, that what stands in files is
text, and how they are in Chromium.
"""

import json
import os
import shutil
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import glaciocloud_pages as words
import pytest
import requests
from browser import Browser, find_browser
from real_hub import RealHub

ALICE = {"id": 1001, "login": "alice-gh"}
LINKS = {
    "v": 1,
    "title": "Glacier Hub <b>",
    "ask": "https://github.com/example/hubs/issues/new?template=access.yml",
    "renew": "https://github.com/example/hubs/issues/new?template=renew.yml&title=Renew",
    "help": "https://docs.example.org/?a=1&b=2",
    "binder": "https://binder.example.org/v2/gh/example/tutorials/stable",
}
MENU = {
    "v": 1,
    "images": [
        {
            "slug": "oggm-stable",
            "title": "OGGM <stable>",
            "description": "For classes & first steps.",
            "software": "OGGM 1.6.3",
            "built": "2026-11-21",
            "image": "example.org/oggm:1",
            "for": ["all"],
            "default": True,
        },
        {"slug": "igm", "title": "IGM", "image": "example.org/igm:1", "for": ["all"]},
    ],
    "sizes": [
        {
            "slug": "small",
            "title": "Small",
            "cpu": 1,
            "memory": "4G",
            "for": ["all"],
            "default": True,
        },
        {"slug": "large", "title": "Large", "cpu": 7.5, "memory": "32G", "for": ["all"]},
    ],
}
OPEN = {"v": 1, "announcement": None, "spawning": {"open": True}}


@pytest.fixture(scope="module")
def hub(github, tmp_path_factory):
    hub = RealHub(tmp_path_factory.mktemp("hub"), github.url)
    hub.write("profiles", MENU)
    hub.beside("profiles", "pages", LINKS)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def full_hub(github, tmp_path):
    hub = RealHub(tmp_path, github.url, extra="c.JupyterHub.active_server_limit = 1")
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture(autouse=True)
def as_usual(hub, github):
    github.mode, github.me = "ok", ALICE
    hub.write("notices", OPEN)
    hub.people({"1001": {"name": "alice", "until": "2030-02-28"}})
    hub.beside("profiles", "pages", LINKS)
    hub.beside("access", "run", ran(hours=1))


def ran(**ago):
    at = datetime.now(timezone.utc) - timedelta(**ago)
    return {"v": 1, "at": at.isoformat(), "plan": "abc"}


def text_of(answer):
    return " ".join(answer.text.split())


def test_the_first_page_says_what_this_is_and_where_to_go(hub):
    page = text_of(requests.get(f"{hub.url}/hub/login", timeout=10))
    assert "<h1>Glacier Hub &lt;b&gt;</h1>" in page and "<b>" not in page
    assert 'href="/hub/oauth_login?next=">Sign in with GitHub</a>' in page
    assert f'href="{LINKS["ask"]}">Ask for access</a>' in page
    assert f'href="{LINKS["binder"]}">Try it on Binder</a>' in page
    assert 'href="https://docs.example.org/?a=1&amp;b=2">Help</a>' in page


def test_links_that_nobody_gave_are_not_there(hub):
    hub.beside("profiles", "pages", {**LINKS, "ask": "", "help": "", "binder": ""})
    page = text_of(requests.get(f"{hub.url}/hub/login", timeout=10))
    assert "Ask the maintainers of this hub." in page
    assert "Binder" not in page and "Help" not in page and "Ask for access" not in page


def test_a_link_to_a_script_is_not_taken(hub):
    hub.beside("profiles", "pages", {**LINKS, "ask": "javascript:alert(1)"})
    page = text_of(requests.get(f"{hub.url}/hub/login", timeout=10))
    assert "Glacier Hub" in page and "javascript:alert" not in page


@pytest.mark.parametrize(
    ("entry", "title", "reason", "goes_on"),
    [
        (None, "You have no access yet", "has no access to this hub", "Ask for access"),
        (
            {"until": "2026-02-28"},
            "Your access has ended",
            "ended on 28 February 2026. Your files are kept",
            "Ask for more time",
        ),
        (
            {"from": "2031-03-01"},
            "Your access has not begun yet",
            "begins on 1 March 2031.",
            "Back to the first page",
        ),
        ({"admin": "yes"}, "You cannot go on here", "has a mistake", "Back to the first page"),
    ],
)
def test_who_is_refused_reads_why_and_as_whom(hub, github, entry, title, reason, goes_on):
    github.me = {"id": 1001, "login": "alice-new"}
    hub.people({} if entry is None else {"1001": {"name": "alice", **entry}})
    answer = hub.login().answer
    page = text_of(answer)
    assert answer.status_code == 403
    assert f"<h1>{title}</h1>" in page and f"<title>{title}</title>" in page
    assert reason in page
    assert "GitHub says that you are <strong>alice-new</strong>." in page
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert main.count("<a ") == 1 and f">{goes_on}</a>" in main


def test_what_github_calls_somebody_is_text(hub, github):
    github.me = {"id": 666, "login": "<b>mallory&"}
    page = hub.login().answer.text
    assert "&lt;b&gt;mallory&amp;" in page and "<b>" not in page


def test_the_clock_of_the_hub_says_what_is_announced(hub):
    now = datetime.now(timezone.utc)
    soon, ago = ((now + timedelta(seconds=seconds)).isoformat() for seconds in (2, -2))
    told = [
        {"severity": "info", "text": "Always <here>"},
        {"severity": "critical", "text": "Already over", "from": None, "until": ago},
        {"severity": "warning", "text": "Begins soon", "from": soon, "until": None},
    ]
    hub.write("notices", {"v": 1, "notices": told, "spawning": {"open": True}})
    page = text_of(requests.get(f"{hub.url}/hub/login", timeout=10))
    assert '<div class="gc-notice gc-info" role="status">Always &lt;here&gt;</div>' in page
    assert "Already over" not in page and "Begins soon" not in page
    time.sleep(2.1)
    page = text_of(requests.get(f"{hub.url}/hub/login", timeout=10))
    warned = '<div class="gc-notice gc-warning" role="status"><strong>Please note:</strong> Begins soon</div>'
    assert page.index(warned) < page.index("Always &lt;here&gt;")


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_when_github_is_away_the_page_says_so(hub, github, mode):
    github.mode = mode
    answer = hub.login().answer
    page = text_of(answer)
    assert answer.status_code == 503
    assert "<h1>GitHub does not answer</h1>" in page and "Who is signed in can go on." in page
    assert "GitHub says that you are" not in page


def test_home_says_until_when_access_lasts(hub):
    browser = hub.login()
    page = text_of(browser.get(f"{hub.url}/hub/home", timeout=10))
    assert (
        "It is not running; your files are kept. Your access lasts until 28 February 2030." in page
    )
    assert 'href="/hub/spawn/alice">Start it</a>' in page and "Stop it" not in page
    hub.people({"1001": {"name": "alice"}})
    assert "access lasts" not in browser.get(f"{hub.url}/hub/home", timeout=10).text


def test_home_says_that_access_ends_soon_and_where_to_ask(hub):
    day = datetime.now(timezone.utc) + timedelta(days=14)
    hub.people({"1001": {"name": "alice", "until": day.strftime("%Y-%m-%d")}})
    browser = hub.login()
    page = text_of(browser.get(f"{hub.url}/hub/home", timeout=10))
    notice = page.split('<div class="gc-notice gc-info" role="status">', 1)[1].split("</div>", 1)[0]
    link = LINKS["renew"].replace("&", "&amp;")
    said = f"{day.day} {day:%B %Y}; your files are kept."
    assert notice == f'Your access ends after {said} <a href="{link}">Ask for more time</a>'
    assert "Your access ends" not in requests.get(f"{hub.url}/hub/login", timeout=10).text


def test_administrators_hear_that_nobody_compares_any_more(hub):
    hub.people({"1001": {"name": "alice", "admin": True}})
    hub.beside("access", "run", ran(hours=27))
    browser = hub.login()
    assert "The last run of `access apply`" in browser.get(f"{hub.url}/hub/home", timeout=10).text
    hub.beside("access", "run", ran(hours=25))
    assert "access apply" not in browser.get(f"{hub.url}/hub/home", timeout=10).text
    hub.people({"1001": {"name": "alice"}})
    hub.beside("access", "run", ran(hours=27))
    assert "access apply" not in hub.login().get(f"{hub.url}/hub/home", timeout=10).text


def test_images_and_sizes_in_words(hub):
    page = text_of(hub.login().get(f"{hub.url}/hub/spawn", timeout=10))
    assert "OGGM &lt;stable&gt;</label><p" in page
    assert "OGGM 1.6.3, built 21 November 2026" in page
    assert "For classes &amp; first steps." in page
    assert "Small (1 core, 4 GB memory)" in page
    assert "Large (7.5 cores, 32 GB memory)" in page
    assert page.count('name="profile"') == 2 and page.count(" checked") == 1
    assert "Your access lasts until 28 February 2030." in page


def test_a_pause_says_why_and_leaves_alone_what_runs_and_what_proves_the_hub(hub):
    hub.people({"1001": {"name": "alice", "admin": True}}, {"probe_0": []})
    browser = hub.login()
    assert hub.spawn("alice", {})[1]["ready"]
    paused = {"open": False, "admins": False, "reason": "new <disks>"}
    hub.write("notices", {"v": 1, "notices": [], "spawning": paused})
    assert hub.state()["notices"]["spawning"] is False
    assert hub.api("GET", "/users/alice").json()["servers"][""]["ready"]
    page = text_of(browser.get(f"{hub.url}/hub/home", timeout=10))
    assert "It is running." in page and ">Open it</a>" in page and ">Stop it</a>" in page
    hub.delete_server("alice")
    answer = browser.get(f"{hub.url}/hub/spawn", timeout=10)
    page = text_of(answer)
    assert answer.status_code == 503
    assert "<h1>No new servers for now</h1>" in page
    assert "No servers can be started now: new &lt;disks&gt;" in page
    hub.api("POST", "/users/probe_0").raise_for_status()
    assert hub.spawn("probe_0", {})[1]["ready"]
    hub.delete_server("probe_0")


def test_other_errors_keep_their_page(hub):
    answer = requests.get(f"{hub.url}/hub/nothing-here", timeout=10)
    assert answer.status_code == 404 and "404 : Not Found" in text_of(answer)


def test_a_full_hub_says_so_before_somebody_chooses(full_hub, github):
    github.me = ALICE
    full_hub.people({"1001": {"name": "alice"}, "1002": {"name": "bob"}})
    browser = full_hub.login()
    full_hub.api("POST", "/users/bob").raise_for_status()
    assert full_hub.spawn("bob", {})[1]["ready"]
    answer = browser.get(f"{full_hub.url}/hub/spawn", timeout=10)
    page = text_of(answer)
    assert answer.status_code == 429
    assert "<h1>The hub is full</h1>" in page
    assert "The one server of this hub is in use." in page
    full_hub.delete_server("bob")
    assert browser.get(f"{full_hub.url}/hub/spawn", timeout=10).status_code == 200


# words alone


@pytest.mark.parametrize(
    ("seconds", "last_day", "text"),
    [
        (0, False, "1 January 1970"),
        (86400, True, "1 January 1970"),
        (86400, False, "2 January 1970"),
        (86401, True, "2 January 1970 at 00:00 UTC"),
        (86400 + 3600, False, "2 January 1970 at 01:00 UTC"),
        (86400 + 60, True, "2 January 1970 at 00:01 UTC"),
        (253402300800, True, "31 December 9999"),
    ],
)
def test_moments(seconds, last_day, text):
    assert words.moment(seconds, last_day=last_day) == text


@pytest.mark.parametrize(
    ("image", "text"),
    [
        ({"software": "OGGM 1.6.3", "built": "2026-01-02"}, "OGGM 1.6.3, built 2 January 2026"),
        ({"software": "OGGM 1.6.3", "built": ""}, "OGGM 1.6.3"),
        ({"built": "2026-01-02"}, "built 2 January 2026"),
        ({}, ""),
    ],
)
def test_images(image, text):
    assert words.about_image(image) == text


@pytest.mark.parametrize(
    ("cpu", "memory", "text"),
    [
        (1, "512M", "1 core, 512 MB memory"),
        (0.5, "2G", "0.5 cores, 2 GB memory"),
        (2.0, "1T", "2 cores, 1 TB memory"),
        (2, "64K", "2 cores, 64 KB memory"),
        (2, "1024", "2 cores, 1024 bytes memory"),
    ],
)
def test_sizes(cpu, memory, text):
    assert words.about_size({"cpu": cpu, "memory": memory}) == text


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"gpu": {"resource": "nvidia.com/gpu", "count": 1}}, ", 1 GPU"),
        ({"gpu": {"resource": "nvidia.com/gpu", "count": 2}}, ", 2 GPUs"),
        ({"spot": True}, ", may end at any time"),
    ],
)
def test_a_size_says_what_it_has_beside(more, text):
    assert words.about_size({"cpu": 2, "memory": "4G", **more}) == f"2 cores, 4 GB memory{text}"


@pytest.mark.parametrize(
    ("active", "limit", "text"),
    [
        (5, 0, None),
        (1, 2, None),
        (2, 2, "All 2 servers of this hub are in use."),
        (3, 2, "All 2 servers of this hub are in use."),
        (1, 1, "The one server of this hub is in use."),
    ],
)
def test_room(active, limit, text):
    found = words.room_because(active, limit)
    assert found is None if text is None else found.startswith(text)


@pytest.mark.parametrize(
    "broken", [{**LINKS, "title": 1}, {**LINKS, "help": "ftp://a"}, {**LINKS, "binder": None}]
)
def test_a_wrong_file_of_pages_is_not_taken(broken):
    with pytest.raises(ValueError):
        words.check_pages(json.dumps(broken).encode())


NOTICE = {"severity": "info", "text": "x", "from": "2026-11-01", "until": "2026-11-02"}
DAY = 86400
BEGIN = datetime(2026, 11, 1, tzinfo=timezone.utc).timestamp()


def checked(**content):
    return words.check_notices(json.dumps({"v": 1, "spawning": {"open": True}, **content}).encode())


@pytest.mark.parametrize(
    ("now", "count"), [(BEGIN - 1, 0), (BEGIN, 1), (BEGIN + 2 * DAY - 1, 1), (BEGIN + 2 * DAY, 0)]
)
def test_a_notice_counts_from_its_first_day_to_its_last(now, count):
    assert len(words.announced(checked(notices=[NOTICE]), now)) == count


def test_the_worst_is_told_first():
    told = [{"severity": one, "text": one} for one in ("info", "critical", "warning")]
    shown = words.announced(checked(notices=told), 0)
    assert [one["text"] for one in shown] == ["critical", "warning", "info"]


def entry_until(text):
    return {"until": words.instant("until", text, last_day=True)}


@pytest.mark.parametrize(
    ("until", "now", "severity"),
    [
        ("2026-11-15", BEGIN - 1, None),
        ("2026-11-15", BEGIN, "info"),
        ("2026-11-05", BEGIN + DAY - 1, "info"),
        ("2026-11-04", BEGIN, "warning"),
        ("2026-11-01", BEGIN + DAY - 1, "warning"),
        ("2026-11-01", BEGIN + DAY, None),
        ("2026-11-04T00:00:00Z", BEGIN, "warning"),
        (None, BEGIN, None),
    ],
)
def test_an_end_is_told_14_and_3_days_ahead(until, now, severity):
    told = words.ends_soon(entry_until(until), "https://example.org", now)
    assert [one["severity"] for one in told] == ([] if severity is None else [severity])


def test_until_the_last_day_that_there_is():
    assert words.lasts(entry_until("9999-12-31")) == "Your access lasts until 31 December 9999."
    assert words.ends_soon(entry_until("9999-12-31"), "", BEGIN) == []


def test_an_end_is_told_in_words():
    assert words.ends_soon(entry_until("2026-11-02"), "", BEGIN) == [
        {
            "severity": "warning",
            "text": "Your access ends after 2 November 2026; your files are kept.",
            "link": None,
        }
    ]
    (told,) = words.ends_soon(entry_until("2026-11-02"), "https://example.org", BEGIN)
    assert told["link"] == {"text": "Ask for more time", "url": "https://example.org"}
    assert words.ends_soon(None, "", BEGIN) == []


def test_26_hours_are_too_long():
    run = words.check_run(b'{"v": 1, "at": "2026-11-01T00:00:00.000Z", "plan": "x"}')
    assert words.not_compared(run, BEGIN + 26 * 3600) == []
    (told,) = words.not_compared(run, BEGIN + 26 * 3600 + 1)
    assert (told["severity"], "1 November 2026" in told["text"]) == ("warning", True)
    assert words.not_compared(None, BEGIN) == []


@pytest.mark.parametrize("broken", ["{}", "[]", '{"at": null}', '{"at": "soon"}'])
def test_a_wrong_note_of_a_run_is_not_taken(broken):
    with pytest.raises((ValueError, KeyError, TypeError)):
        words.check_run(broken.encode())


def test_pages_of_earlier_releases_have_no_link_to_more_time():
    earlier = {name: text for name, text in LINKS.items() if name != "renew"}
    assert words.check_pages(json.dumps(earlier).encode())["renew"] == ""


def test_what_earlier_releases_wrote_is_announced():
    shown = words.announced(checked(announcement="hello"), 0)
    assert [(one["severity"], one["text"]) for one in shown] == [("info", "hello")]
    assert words.announced(checked(announcement=None), 0) == []


@pytest.mark.parametrize(
    ("spawning", "people", "admins"),
    [
        ({"open": True}, None, None),
        ({"open": True, "admins": False, "reason": "r"}, None, None),
        ({"open": False, "reason": "r"}, "r", None),
        ({"open": False, "admins": True, "reason": "r"}, "r", None),
        ({"open": False, "admins": False, "reason": "r"}, "r", "r"),
        ({"open": False, "admins": False}, *["the hub is being worked on"] * 2),
    ],
)
def test_who_may_start_servers(spawning, people, admins):
    notices = checked(spawning=spawning)
    assert words.paused_because(notices, is_admin=False) == people
    assert words.paused_because(notices, is_admin=True) == admins


@pytest.mark.parametrize(
    "content",
    [
        {"spawning": {}},
        {"spawning": {"open": 1}},
        {"spawning": {"open": False, "admins": "no"}},
        {"spawning": {"open": False, "reason": 1}},
        {"announcement": 1},
        {"notices": [{**NOTICE, "severity": "bad"}]},
        {"notices": [{**NOTICE, "text": None}]},
        {"notices": [{**NOTICE, "until": "tomorrow"}]},
    ],
)
def test_wrong_notices_are_not_taken(content):
    with pytest.raises(ValueError):
        checked(**content)


# in Chromium

TOLD = [
    {"severity": "info", "text": "Course today <9:00> & tomorrow"},
    {
        "severity": "warning",
        "text": "The disks are changed on Monday.\n\nSave your work before eight.",
    },
    {"severity": "critical", "text": "x" * 400},
]
LOOKS = [("desktop", "light"), ("desktop", "dark"), ("phone", "light"), ("phone", "dark")]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if find_browser() is None:
        pytest.skip("there is no Chromium")
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def axe():
    proxy = Path(shutil.which("configurable-http-proxy"))
    return (proxy.parent.parent / "axe-core" / "axe.min.js").read_text()


def prepare(hub, github, page):
    """The address of a page, and the cookies with which it is that page."""
    hub.write("notices", {**OPEN, "notices": TOLD})
    if page == "login":
        return "/hub/login", requests.cookies.RequestsCookieJar()
    if page == "refused":
        github.me = {"id": 666, "login": "mallory"}
        return "/hub/oauth_login?next=/hub/home", requests.cookies.RequestsCookieJar()
    if page == "github-away":
        github.mode = "refuse"
        return "/hub/oauth_login?next=/hub/home", requests.cookies.RequestsCookieJar()
    cookies = hub.login().cookies
    if page == "paused":
        hub.write("notices", {"v": 1, "spawning": {"open": False, "reason": "new disks"}})
        return "/hub/spawn", cookies
    return f"/hub/{page}", cookies


@pytest.mark.parametrize(
    "page", ["login", "refused", "github-away", "home", "spawn", "paused", "token"]
)
def test_a_page_in_chromium(hub, github, browser, axe, page):
    """Nothing serious in light and dark, on a desktop and a phone; nobody else is asked."""
    address, cookies = prepare(hub, github, page)
    pictures = os.environ.get("GLACIOCLOUD_PICTURES")
    browser.call("Network.clearBrowserCookies")
    browser.take_cookies(cookies, hub.url)
    ours = {hub.url.removeprefix("http://"), github.url.removeprefix("http://")}
    for size, scheme in LOOKS:
        browser.look(size, scheme)
        browser.open(hub.url + address)
        if pictures:
            browser.picture(f"{pictures}/{page}-{size}-{scheme}.png")
        assert browser.hosts() <= ours
        assert browser.serious(axe) == [], (size, scheme)
        assert browser.value("document.documentElement.scrollWidth - innerWidth") <= 0
        assert browser.value("document.documentElement.dataset.bsTheme") == scheme
        # Announcements begin where the text below them does.
        edges = "[...document.querySelectorAll('.gc-notice')].map((one) => one.getBoundingClientRect().left)"
        assert all(edge >= 16 for edge in browser.value(edges))
