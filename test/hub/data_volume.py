"""A server of data on loopback that keeps a log of its bytes, and a volume that the filler fills."""

import hashlib
import io
import json
import os
import re
import ssl
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FILES = Path(__file__).parents[2] / "charts/oggm-hub/files"
# Waits that are short enough for tests; `before` may change more.
DRIVER = """
import os, signal, sys
sys.dont_write_bytecode = True
sys.path.insert(0, {files!r})
import data_archives, data_download, data_progress, data_views, data_web, data_writer, glaciocloud_data
data_download.PAUSE, data_download.LONGEST_PAUSE = 0.02, 2.0
data_download.CHECKPOINT = 50_000
data_download.CHUNK = 10_000
data_web.PATIENCE = 1.0
data_writer.BEAT, data_writer.SILENCE = 0.2, 1.0
data_progress.OFTEN = glaciocloud_data.OFTEN = 0.05
{before}
sys.argv = ["glaciocloud_data.py", {order!r}]
sys.exit(glaciocloud_data.main())
"""


@dataclass
class Served:
    """A file of the server, and how badly it serves it."""

    body: bytes
    tag: str | None = '"one"'
    date: str | None = None
    answers: list = field(default_factory=list)  # statuses or functions, before it serves
    cut: list = field(default_factory=list)  # bytes after which a connection ends
    ranges: bool = True
    length: bool = True
    heeds_if_range: bool = True
    pause: float = 0


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.files: dict[str, Served] = {}
        self.log: list[dict] = []
        self.open = self.most = 0
        self.guard = threading.Lock()
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def sent(self, path: str | None = None) -> int:
        return sum(row["bytes"] for row in self.log if path in (None, row["path"]))

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, *_) -> None:
        pass  # clients are killed here


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        server = self.server
        row = {"path": self.path, "range": self.headers.get("Range"), "bytes": 0}
        row["at"] = time.monotonic()
        with server.guard:
            server.log.append(row)
        self.answer(server.files.get(self.path), row)

    def answer(self, file: Served | None, row: dict) -> None:
        if file is None:
            self.send_error(404)
            return
        if file.answers:
            how = file.answers.pop(0)
            if callable(how):
                how(self)
                return
            status, headers = how
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        begin = self.begin(file)
        self.send_response(206 if begin else 200)
        if begin:
            last = len(file.body) - 1
            self.send_header("Content-Range", f"bytes {begin}-{last}/{len(file.body)}")
        for name, value in (("ETag", file.tag), ("Last-Modified", file.date)):
            if value:
                self.send_header(name, value)
        if file.length:
            self.send_header("Content-Length", str(len(file.body) - begin))
        self.end_headers()
        self.send(file, begin, row)

    def begin(self, file: Served) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not asked or not file.ranges:
            return 0
        known = self.headers.get("If-Range") in (None, file.tag, file.date)
        return int(asked[1]) if known or not file.heeds_if_range else 0

    def send(self, file: Served, begin: int, row: dict) -> None:
        body = file.body[begin:]
        if file.cut:
            body = body[: file.cut.pop(0)]
        self.count(1)
        for at in range(0, len(body), 10_000):
            time.sleep(file.pause)
            if at + 10_000 >= len(body):
                self.count(-1)  # before the client can see the end
            self.wfile.write(body[at : at + 10_000])
            row["bytes"] += len(body[at : at + 10_000])

    def count(self, one: int) -> None:
        with self.server.guard:
            self.server.open += one
            self.server.most = max(self.server.most, self.server.open)


def tar_of(size: int, seed: str = "a") -> bytes:
    """A real tar with content that nothing shrinks."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo(f"{seed}.tar.gz")
        info.size = size
        noise = b"".join(
            hashlib.sha256(f"{seed}{i}".encode()).digest() for i in range(size // 32 + 1)
        )
        tar.addfile(info, io.BytesIO(noise[:size]))
    return out.getvalue()


def zip_of(rows: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in rows.items():
            archive.writestr(name, body)
    return out.getvalue()


def lock_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def view_of(text: str) -> str:
    return lock_of(text)[:40]


class Volume:
    def __init__(self, data: Path, server: Server) -> None:
        self.data, self.server = data, server
        self.oggm = data / "oggm"
        self.lines: list[dict] = []

    def serve(self, name: str, body: bytes, **how) -> Served:
        self.server.files[f"/{name}"] = Served(body, **how)
        return self.server.files[f"/{name}"]

    def row(self, name: str, body: bytes, unpack=None, urls=None, path=None) -> dict:
        urls = urls or [f"{self.server.url}/{name}"]
        path = path or f"data.example.org/{name}"
        return {"path": path, "urls": urls, "bytes": len(body), "unpack": unpack}

    def order(self, sets: dict[str, list], views=None, keep=(), mode="fill", locks=None) -> dict:
        """One view of all sets if none are named."""
        views = {"all": list(sets)} if views is None else views
        locks = locks or {}
        return {
            "schema_version": 1,
            "mode": mode,
            "sets": [
                {"set": name, "lock": lock_of(locks.get(name, name)), "files": files}
                for name, files in sets.items()
            ],
            "views": [{"view": view_of(view), "sets": names} for view, names in views.items()],
            "keep": [view_of(view) for view in keep],
            "parallel": 2,
        }

    def start(self, order: dict, before: str = "", **how) -> subprocess.Popen:
        path = self.data.parent / f"order-{threading.get_ident()}-{time.monotonic_ns()}.json"
        path.write_text(json.dumps(order))
        script = DRIVER.format(files=str(FILES), before=before, order=str(path))
        return subprocess.Popen(
            [sys.executable, "-B", "-c", script],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], "GLACIOCLOUD_DATA": str(self.data)},
            **how,
        )

    def run(self, order: dict, before: str = "", timeout: float = 60, **how) -> tuple[int, dict]:
        ran = self.start(order, before, **how)
        out, err = ran.communicate(timeout=timeout)
        assert "Traceback" not in err, err
        self.lines = [json.loads(line) for line in out.splitlines()]
        return ran.returncode, self.lines[-1] if self.lines else {}

    def seen(self, view: str = "all") -> dict[str, bytes] | None:
        """What servers with this view see; None where it is absent."""
        root = self.oggm / "views" / view_of(view)
        if not root.exists():
            return None
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.name != "view.json"
        }

    def content(self) -> set[str]:
        return {path.name for path in (self.oggm / "files").iterdir()}

    def leftovers(self) -> list[str]:
        """What has no business on a volume between two runs."""
        partial = [path.name for path in (self.oggm / "partial").iterdir()]
        views = [path.name for path in (self.oggm / "views").iterdir() if path.name[0] == "."]
        return partial + views
