"""A test double for GitHub's login: it answers as GitHub does, refuses, or does not answer at
all.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class FakeGitHub:
    def __init__(self):
        self.mode = "ok"  # ok | refuse | hang
        self.me = {"id": 0, "login": "nobody"}
        self.calls = []
        self.released = threading.Event()
        github = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                github.answer(self)

            do_POST = do_GET

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request):
        path = urlsplit(request.path).path
        self.calls.append(path)
        length = int(request.headers.get("Content-Length") or 0)
        request.rfile.read(length)
        if (
            path == "/login/oauth/authorize"
        ):  # the browser's part, which a user sees before the hub calls GitHub
            query = parse_qs(urlsplit(request.path).query)
            request.send_response(302)
            request.send_header(
                "Location", f"{query['redirect_uri'][0]}?code=code-1&state={query['state'][0]}"
            )
            request.end_headers()
            return
        if self.mode == "hang":
            self.released.wait(30)
            return
        if self.mode == "refuse":
            return self.send(request, 503, {"message": "Service unavailable"})
        if path == "/login/oauth/access_token":
            return self.send(
                request, 200, {"access_token": "gho_test", "scope": "", "token_type": "bearer"}
            )
        if path == "/api/v3/user":
            return self.send(request, 200, self.me)
        self.send(request, 404, {"message": "Not Found"})

    def send(self, request, status, body):
        raw = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(raw)))
        request.end_headers()
        request.wfile.write(raw)

    def stop(self):
        self.released.set()
        self.server.shutdown()
