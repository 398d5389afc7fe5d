"""Further host names on a real JupyterHub with a real proxy: both lead to the same hub, at its address."""

import http.client

import pytest
import requests
from real_hub import RealHub

ALICE = {"id": 1001, "login": "alice-gh"}
PAGES = {"v": 1, "title": "Hub", "ask": "", "help": "", "binder": ""}


@pytest.fixture(scope="module")
def hub(github, tmp_path_factory):
    hub = RealHub(tmp_path_factory.mktemp("hub"), github.url)
    # Every machine knows itself by both names.
    pages = {**PAGES, "hosts": ["localhost"], "url": hub.url}
    hub.beside("profiles", "pages", pages)
    hub.people({"1001": {"name": "alice", "groups": []}})
    hub.start()
    yield hub
    hub.stop()


def further(hub):
    return f"http://localhost:{hub.port}"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/hub/home?a=b%20c",
        "/user/alice/lab/tree/x.ipynb",
        "//elsewhere.example.org",
        # what asks for a way back to what is no address
        "/hub/api/oauth2/authorize?redirect_uri=http://[/oauth_callback",
    ],
)
def test_the_same_path_at_the_address(hub, path):
    for method in ("GET", "POST"):
        # requests would tidy the path up
        connection = http.client.HTTPConnection("localhost", hub.port, timeout=10)
        connection.request(method, path)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (308, hub.url + path)
        connection.close()


@pytest.mark.parametrize(
    ("back", "begun"),
    [
        ("/a%01/oauth_callback", "/a%01/"),
        ("/a%0d%0aSet-Cookie:b=c/oauth_callback", "/aSet-Cookie:b=c/"),
        ("https://elsewhere.example.org//elsewhere/oauth_callback", "//elsewhere/"),
        ("/a%2520%C3%A9/oauth_callback", "/a%20%C3%A9/"),
    ],
)
def test_a_way_back_leads_nowhere_else(hub, back, begun):
    path = f"/hub/api/oauth2/authorize?redirect_uri={back}"
    answer = requests.get(further(hub) + path, allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (302, hub.url + begun)


def test_a_name_with_its_last_dot_is_the_same(hub):
    answer = requests.get(
        f"{further(hub)}/hub/home",
        headers={"Host": f"localhost.:{hub.port}"},
        allow_redirects=False,
        timeout=10,
    )
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{hub.url}/hub/home")


def test_the_address_itself_and_other_names_answer(hub):
    for name in (f"127.0.0.1:{hub.port}", "hub:8081"):
        answer = requests.get(f"{hub.url}/hub/api", headers={"Host": name}, timeout=10)
        assert (answer.status_code, "version" in answer.json()) == (200, True)


def test_a_login_under_another_name_ends_at_the_address(hub, github):
    github.me = ALICE
    browser = requests.Session()
    answer = browser.get(f"{further(hub)}/hub/oauth_login?next=/hub/token", timeout=30)
    assert (answer.status_code, answer.url) == (200, f"{hub.url}/hub/token")


def test_a_running_server_is_reached_under_another_name(hub, github):
    github.me = ALICE
    browser = requests.Session()
    browser.get(f"{hub.url}/hub/oauth_login?next=/hub/token", timeout=30)
    name = hub.api("GET", "/users").json()[0]["name"]
    assert hub.spawn(name)[1]["ready"]
    (hub.folder / "home" / "note.txt").write_text("ice")
    for who in (browser, requests.Session()):
        page = who.get(f"{further(hub)}/user/{name}/files/note.txt", timeout=30)
        assert page.history and page.history[0].url.startswith(further(hub))
        assert (page.status_code, page.url) == (200, f"{hub.url}/user/{name}/")
        note = f"/user/{name}/files/note.txt"
        assert who.get(f"{hub.url}/hub/oauth_login?next={note}", timeout=30).text == "ice"
    hub.delete_server(name)
