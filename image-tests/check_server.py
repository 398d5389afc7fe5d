"""A single-user server starts as a hub starts it, and JupyterLab answers.

    check_server.py [VERSION OF THE HUB]

The hub is a stand-in in this process: it knows one user and one token, and answers what a server
asks while it starts.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "token-of-the-check"
PREFIX = "/user/check/"
SERVER = "http://127.0.0.1:8888"
SECONDS = 120
SCOPES = ["access:servers!user=check", "read:users:name!user=check", "users:activity!user=check"]
VERSION = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] else "5.0.0"


class Hub(BaseHTTPRequestHandler):
    """Stand-in of a hub's API."""

    def answer(self):
        known = f"token {TOKEN}" in (self.headers.get("Authorization") or "")
        user = {"kind": "user", "name": "check", "admin": False, "groups": [], "scopes": SCOPES}
        about = {"version": VERSION}
        body = json.dumps(about if self.path.rstrip("/") == "/hub/api" else user).encode()
        self.send_response(200 if known or self.path.rstrip("/") == "/hub/api" else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-JupyterHub-Version", VERSION)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = answer
    do_POST = answer

    def log_message(self, *_):
        pass


def environment(port):
    api = f"http://127.0.0.1:{port}/hub/api"
    return {
        **os.environ,
        "JUPYTERHUB_API_TOKEN": TOKEN,
        "JPY_API_TOKEN": TOKEN,
        "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-check",
        "JUPYTERHUB_HOST": "",
        "JUPYTERHUB_API_URL": api,
        "JUPYTERHUB_ACTIVITY_URL": f"{api}/users/check/activity",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_SERVICE_URL": f"{SERVER}{PREFIX}",
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{PREFIX}oauth_callback",
        "JUPYTERHUB_USER": "check",
        "JUPYTERHUB_SERVER_NAME": "",
        "JUPYTERHUB_DEFAULT_URL": "/lab",
        "JUPYTERHUB_OAUTH_SCOPES": json.dumps(SCOPES[:1]),
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps(SCOPES[:1]),
    }


def ask(path):
    request = urllib.request.Request(
        f"{SERVER}{PREFIX}{path}", headers={"Authorization": f"token {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode(errors="replace")


def wait_for_lab(server, begin):
    last = "nothing answers"
    while time.monotonic() - begin < SECONDS:
        if server.poll() is not None:
            return None, f"the server ended with code {server.returncode}"
        try:
            ask("api/status")
            page = ask("lab")
        except urllib.error.HTTPError as error:
            last = f"{error.url} answers {error.code}"
        except OSError as error:
            last = str(error)
        else:
            if "jupyter-config-data" in page:
                return round(time.monotonic() - begin, 1), ""
            last = "the page is not JupyterLab’s"
        time.sleep(0.2)
    return None, f"after {SECONDS} s: {last}"


def check():
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    begin = time.monotonic()
    with tempfile.TemporaryFile(mode="w+") as log:
        try:
            server = subprocess.Popen(
                ["jupyterhub-singleuser"],
                env=environment(hub.server_port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        except OSError as error:
            return {"ok": False, "detail": f"jupyterhub-singleuser does not start: {error}"}
        took, why = wait_for_lab(server, begin)
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if took is not None:
            return {"ok": True, "detail": f"JupyterLab answers after {took} s"}
        log.seek(0)
        lines = [line.strip() for line in log if line.strip()]
        print("\n".join(lines[-30:]), file=sys.stderr)
        return {"ok": False, "detail": f"{why}: {lines[-1]}" if lines else why}


print(json.dumps(check(), ensure_ascii=False))
