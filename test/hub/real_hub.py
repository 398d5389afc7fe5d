"""A real JupyterHub with a real proxy, our code, and mounted files that change as a kubelet changes
them.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

HERE = Path(__file__).parent
FILES = HERE.parent.parent / "charts" / "oggm-hub" / "files"
PAGES = FILES / "pages"
HEALTH_TOKEN = "health-token-0123456789abcdef"
ROOT_TOKEN = "test-token-0123456789abcdef"
PROXY_TOKEN = "proxy-token-0123456789abcdef"

CONFIG = """
import sys
sys.path[:0] = [{files!r}, {here!r}]
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.auth_token = {proxy_token!r}
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.spawner_class = "local_kubespawner.LocalKubeSpawner"
c.KubeSpawner.start_timeout = 120
c.Spawner.http_timeout = 60
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser", "--allow-root"]
c.Spawner.notebook_dir = {home!r}
c.Spawner.consecutive_failure_limit = 0
c.JupyterHub.tornado_settings = {{"slow_spawn_timeout": 0}}
c.GitHubOAuthenticator.client_id = "client"
c.GitHubOAuthenticator.client_secret = "secret"
c.GitHubOAuthenticator.github_url = {github!r}
c.GitHubOAuthenticator.oauth_callback_url = "http://127.0.0.1:{port}/hub/oauth_callback"
c.GitHubOAuthenticator.http_request_kwargs = {{"connect_timeout": 1, "request_timeout": 2}}
c.JupyterHub.services = [
    {{"name": "test", "api_token": {root_token!r}}},
    {{"name": "glaciocloud-health", "api_token": {health_token!r}, "display": False}},
]
c.JupyterHub.load_roles = [
    {{"name": "test", "services": ["test"], "scopes": ["admin:users", "admin:servers", "admin:groups", "tokens", "access:servers", "read:hub", "list:users"]}},
    {{"name": "glaciocloud-health", "services": ["glaciocloud-health"], "scopes": {health_scopes!r}}},
]
{extra}
import glaciocloud_hub
glaciocloud_hub.configure(c)
"""

ANY_IMAGE = {
    "v": 1,
    "images": [
        {
            "slug": "plain",
            "title": "Plain",
            "image": "example.org/plain:1",
            "for": ["all"],
            "default": True,
        }
    ],
    "sizes": [
        {
            "slug": "small",
            "title": "Small",
            "cpu": 1,
            "memory": "1G",
            "for": ["all"],
            "default": True,
        }
    ],
}


def node():
    """Runs TypeScript of the repository."""
    own = HERE.parent.parent / "node_modules" / ".bin" / "node"
    return str(own) if own.exists() else "node"


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(what, condition, seconds=60.0):
    """The time it took until `condition` held."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if condition():
            return time.monotonic() - begin
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class RealHub:
    def __init__(
        self, folder, github_url="http://127.0.0.1:9", extra="", health_scopes=("read:hub",)
    ):
        self.folder, self.mounts, self.keep = folder, folder / "etc", folder / "keep"
        for each in (self.mounts, self.keep, folder / "home"):
            each.mkdir()
        self.port, self.hub_port, self.api_port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        (folder / "jupyterhub_config.py").write_text(
            CONFIG.format(
                files=str(FILES),
                here=str(HERE),
                port=self.port,
                hub_port=self.hub_port,
                api_port=self.api_port,
                home=str(folder / "home"),
                github=github_url,
                root_token=ROOT_TOKEN,
                health_token=HEALTH_TOKEN,
                proxy_token=PROXY_TOKEN,
                health_scopes=list(health_scopes),
                extra=extra,
            )
        )
        self.write("access", {"v": 1, "users": {}, "machines": {}})
        self.write("profiles", ANY_IMAGE)
        self.write("notices", {"v": 1, "announcement": None, "spawning": {"open": True}})

    # the files that the platform mounts

    def mount(self, name):
        return self.mounts / f"hub-{name}"

    def write(self, name, content):
        """As a kubelet does: a new folder, and one link that is replaced at once."""
        mount = self.mount(name)
        version = mount / f"..{time.time_ns()}"
        version.mkdir(parents=True)
        (version / f"{name}.json").write_text(
            content if isinstance(content, str) else json.dumps(content)
        )
        link = mount / "..data.new"
        link.symlink_to(version.name)
        link.rename(mount / "..data")
        shown = mount / f"{name}.json"
        if not shown.is_symlink():
            shown.symlink_to(f"..data/{name}.json")

    def own_machines(self, content):
        self.beside("access", "machines", content)

    def adopted(self, content):
        """Whom a hub that was taken over knew."""
        self.beside("access", "adopted", content)

    def beside(self, mount, name, content):
        """Another file of the same mounted Secret or ConfigMap."""
        fresh = self.mount(mount) / f"{name}.json.new"
        fresh.write_text(content if isinstance(content, str) else json.dumps(content))
        fresh.rename(self.mount(mount) / f"{name}.json")

    def remove(self, name):
        shutil.rmtree(self.mount(name))

    def people(self, users, machines=None):
        self.write("access", {"v": 1, "users": users, "machines": machines or {}})

    # the process

    def start(self):
        environment = {
            **{
                key: value
                for key, value in os.environ.items()
                if not key.startswith(("GITHUB_", "JUPYTERHUB_"))
            },
            "GLACIOCLOUD_MOUNTS": str(self.mounts),
            "GLACIOCLOUD_KEEP": str(self.keep),
            "GLACIOCLOUD_PAGES": str(PAGES),
            "HOME": str(self.folder / "home"),
            "PYTHONPATH": str(HERE),
        }
        self.log = open(self.folder / "hub.log", "ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "--config", "jupyterhub_config.py"],
            cwd=self.folder,
            env=environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        try:
            wait_for("the hub answers", self.answers, 90)
        except AssertionError:
            raise AssertionError(self.log_text()[-4000:]) from None
        return self

    def answers(self):
        try:
            return requests.get(f"{self.url}/hub/api", timeout=2).json()["version"] == "5.5.0"
        except (requests.RequestException, ValueError):
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        if self.process:
            self.log.close()

    def restart(self):
        self.stop()
        self.start()

    def log_text(self):
        return (self.folder / "hub.log").read_text()

    # what people and services do

    def api(self, method, path, token=ROOT_TOKEN, **kwargs):
        return requests.request(
            method,
            f"{self.url}/hub/api{path}",
            headers={"Authorization": f"token {token}"},
            timeout=30,
            **kwargs,
        )

    def state(self):
        return requests.get(
            f"{self.url}/hub/glaciocloud/state",
            headers={"Authorization": f"token {ROOT_TOKEN}"},
            timeout=10,
        ).json()

    def login(self):
        """A browser that went through the login pages; the last answer is in `.answer`."""
        browser = requests.Session()
        browser.answer = browser.get(f"{self.url}/hub/oauth_login?next=/hub/token", timeout=30)
        return browser

    def is_in(self, browser):
        answer = browser.get(f"{self.url}/hub/token", timeout=10, allow_redirects=False)
        return answer.status_code == 200

    def token(self, name):
        answer = self.api("POST", f"/users/{name}/tokens", json={})
        answer.raise_for_status()
        return answer.json()["token"]

    def spawn(self, name, options=None, token=ROOT_TOKEN):
        """Ask for a server and follow its progress: (status of the request, last event)."""
        answer = self.api(
            "POST", f"/users/{name}/server", token, json=options if options is not None else {}
        )
        if answer.status_code not in (201, 202):
            return answer.status_code, answer.json()
        events = self.api("GET", f"/users/{name}/server/progress", token).text
        lines = [json.loads(line[5:]) for line in events.splitlines() if line.startswith("data:")]
        return answer.status_code, lines[-1]

    def delete_server(self, name):
        self.api("DELETE", f"/users/{name}/server")
        wait_for(
            "the server is gone",
            lambda: not self.api("GET", f"/users/{name}").json().get("servers"),
        )
