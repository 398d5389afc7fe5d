"""What computes is activity, even when nobody is connected and it prints nothing: kernels that are
busy, terminals whose processes use processor time, and runs of glaciocloud-run; each up to
GLACIOCLOUD_BUSY_MAX seconds. An extension of Jupyter Server, loaded by jupyter_server_config.py.

    GLACIOCLOUD_BUSY_MAX    longest run that is kept; without it nothing is
    GLACIOCLOUD_BUSY_WARN   `3600,600`: so many seconds before a stop its owner is warned
    GLACIOCLOUD_BUSY_IDLE   after so many seconds without activity the hub stops a server

What it sees is told to the hub (glaciocloud_sessions.py there), and a warning stands in the home too.
Nothing that goes wrong here may end a server, or keep it from starting.
"""

from __future__ import annotations

import asyncio
import json
import os
import stat
import time
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

WARNING = "SERVER-STOPS-SOON.txt"
FIRST_LINE = "Your server stops soon.\n"
# Of one core, over the time between two looks: an editor, a prompt or `top` use less.
COMPUTES = 0.02
# A busy kernel that uses less than that for so long looks as if it hung. It counts all the same.
QUIET_SECONDS = 1800.0
SHOWN = 20


def seconds_of(name: str, default: float | None = None) -> float | None:
    text = os.environ.get(name, "")
    return float(text) if text else default


class Ledger:
    """Since when what runs now has been running, and whether it still counts."""

    def __init__(self, longest: float) -> None:
        self.longest = longest
        self.since: dict[str, float] = {}
        self.quiet: dict[str, float] = {}
        self.runs: list[dict[str, Any]] = []
        # Until when what has counted counted.
        self.counted = 0.0

    def update(self, now: float, seen: dict[str, dict[str, Any]]) -> None:
        """`seen`: what computes now, by a key; `began` where that is known, `used` of a core."""
        for key in set(self.since) - set(seen):
            del self.since[key]
            self.quiet.pop(key, None)
        self.runs = [self.run(now, key, one) for key, one in sorted(seen.items())]
        if any(one["counts"] for one in self.runs):
            self.counted = now

    def run(self, now: float, key: str, one: dict[str, Any]) -> dict[str, Any]:
        # Never ahead: a clock that went back, or a record that somebody wrote, would keep it longer.
        since = min(now, self.since.get(key, one.get("began") or now))
        self.since[key] = since
        used = one.get("used")
        if used is None or used >= COMPUTES:
            self.quiet.pop(key, None)
        else:
            self.quiet.setdefault(key, now)
        until = since + self.longest
        return {
            "kind": one["kind"],
            "what": one["what"],
            "since": since,
            "until": until,
            "counts": now < until,
            "quiet": key in self.quiet and now - self.quiet[key] >= QUIET_SECONDS,
        }

    def ends(self) -> float:
        """Until when what computes now keeps the server, at most."""
        return max([self.counted, *(one["until"] for one in self.runs if one["counts"])])


def warned(now: float, stops: float, runs: bool, idle: float, ahead: list[float]) -> bool:
    """Whether a stop is near. Without a run only what is shorter than the idle time says anything."""
    return any(stops - now <= one for one in ahead if runs or one < idle)


class Looker:
    def __init__(self, app: Any, longest: float) -> None:
        import glaciocloud_procs
        import glaciocloud_run

        self.procs, self.runs = glaciocloud_procs, glaciocloud_run
        self.app, self.settings = app, app.web_app.settings
        self.kernels = app.kernel_manager
        self.ledger = Ledger(longest)
        self.idle = seconds_of("GLACIOCLOUD_BUSY_IDLE", 3600.0) or 3600.0
        ahead = os.environ.get("GLACIOCLOUD_BUSY_WARN", "").split(",")
        self.ahead = [float(one) for one in ahead if one.strip()]
        self.every = seconds_of("GLACIOCLOUD_BUSY_EVERY", min(60.0, max(5.0, self.idle / 4)))
        self.cpu: dict[str, float] = {}
        self.at = time.monotonic()
        # Sessions of terminals, by the number of their shells: a closed one may leave work behind.
        self.sessions: set[int] = set()
        self.told = False
        self.shown = False
        self.failed: set[str] = set()
        self.original = app.web_app.last_activity
        app.web_app.last_activity = self.last_activity

    # activity

    def last_activity(self) -> Any:
        """The server's own, without kernels that have computed for too long and still print."""
        over = {
            one["what"] for one in self.ledger.runs if one["kind"] == "kernel" and not one["counts"]
        }
        if not over:
            return self.original()
        kept = self.kernels.last_kernel_activity
        others = [
            self.kernels.get_kernel(one).last_activity
            for one in self.kernels.list_kernel_ids()
            if one not in over
        ]
        try:
            self.kernels.last_kernel_activity = max([self.settings["started"], *others])
            return self.original()
        finally:
            self.kernels.last_kernel_activity = kept

    # what computes

    def kernels_seen(self) -> dict[str, tuple[str, set[int]]]:
        """Busy kernels, and the processes that they are."""
        busy = {}
        for one in self.kernels.list_kernel_ids():
            kernel = self.kernels.get_kernel(one)
            if getattr(kernel, "execution_state", "") == "busy":
                pid = getattr(getattr(kernel, "provisioner", None), "pid", None)
                # Before jupyter_client 7.
                pid = pid or getattr(getattr(kernel, "kernel", None), "pid", None)
                busy[f"kernel {one}"] = (one, {pid} if pid else set())
        return busy

    def shells(self) -> set[int]:
        manager = self.settings.get("terminal_manager")
        terminals = getattr(manager, "terminals", {}).values()
        return {one.ptyproc.pid for one in terminals if getattr(one, "ptyproc", None)}

    def seen(
        self, busy: dict[str, tuple[str, set[int]]], shells: set[int]
    ) -> dict[str, dict[str, Any]]:
        """What computes now. Reads /proc and the home: never in the server's own thread."""
        every = self.procs.everything()
        now = time.monotonic()
        passed, self.at = max(now - self.at, 0.001), now
        before, self.cpu = self.cpu, {}
        found: dict[str, dict[str, Any]] = {}

        def used(key: str, processes: list[Any]) -> float | None:
            """Of a core since the last look; None at the first one."""
            self.cpu[key] = sum(one.cpu for one in processes)
            if key not in before:
                return None
            return max(0.0, self.cpu[key] - before[key]) / passed

        for key, (kernel, pids) in busy.items():
            share = used(key, self.procs.below(every, pids)) if pids else None
            found[key] = {"kind": "kernel", "what": kernel, "used": share}
        runs = {one["pid"]: one for one in self.runs.living()}
        of_runs = {one.pid for one in self.procs.below(every, set(runs))}
        self.sessions = (self.sessions | shells) & ({one.session for one in every} | shells)
        for session in self.sessions:
            roots = {one.pid for one in every if one.session == session}
            mine = [one for one in self.procs.below(every, roots) if one.pid not in of_runs]
            share = used(f"terminal {session}", mine)
            if share is not None and share >= COMPUTES:
                found[f"terminal {session}"] = {"kind": "terminal", "what": "", "used": share}
        for pid, one in runs.items():
            key = f"run {one['name']} {one['attempt']}"
            share = used(key, self.procs.below(every, {pid}))
            found[key] = {"kind": "run", "what": one["name"], "used": share, "began": one["since"]}
        return found

    # one look

    async def look(self) -> None:
        loop = asyncio.get_event_loop()
        seen = await loop.run_in_executor(None, self.seen, self.kernels_seen(), self.shells())
        now = time.time()
        self.ledger.update(now, seen)
        if self.ledger.counted == now:
            self.settings["last_activity_times"]["glaciocloud_busy"] = datetime.now(timezone.utc)
        stops = max(self.last_activity().timestamp(), self.ledger.ends()) + self.idle
        near = warned(now, stops, bool(self.ledger.runs), self.idle, self.ahead)
        await self.part("the file", loop.run_in_executor(None, self.show, near, stops))
        if self.ledger.runs or near or self.told:
            await self.part("the hub", self.tell(stops, near))

    async def part(self, name: str, doing: Any) -> None:
        """A part that fails keeps no other from its work, and is said once."""
        try:
            await doing
            self.failed.discard(name)
        except Exception as error:
            if name not in self.failed:
                self.app.log.warning("glaciocloud_busy: %s: %r", name, error)
            self.failed.add(name)

    async def always(self) -> None:
        while True:
            await asyncio.sleep(self.every)
            await self.part("looking", self.look())

    # what people are told

    def show(self, near: bool, stops: float) -> None:
        path = os.path.join(os.path.expanduser("~"), WARNING)
        if near:
            if os.path.lexists(path) and not is_ours(path):
                return
            with open(path, "w", encoding="utf-8") as file:
                file.write(words(stops, self.ledger.runs))
            self.shown = True
        elif self.shown or is_ours(path):
            if is_ours(path):
                os.remove(path)
            self.shown = False

    async def tell(self, stops: float, near: bool) -> None:
        api, user = os.environ["JUPYTERHUB_API_URL"], os.environ["JUPYTERHUB_USER"]
        server = os.environ.get("JUPYTERHUB_SERVER_NAME", "")
        runs = [
            {key: one[key] for key in ("kind", "since", "until", "counts", "quiet")}
            for one in self.ledger.runs[:SHOWN]
        ]
        from tornado.httpclient import AsyncHTTPClient, HTTPRequest

        base = api[: api.rindex("/api")]
        await AsyncHTTPClient().fetch(
            HTTPRequest(
                f"{base}/glaciocloud/sessions/{quote(user, safe='@')}",
                method="POST",
                headers={
                    "Authorization": f"token {os.environ['JUPYTERHUB_API_TOKEN']}",
                    "Content-Type": "application/json",
                },
                body=json.dumps(
                    {"v": 1, "server": server, "runs": runs, "stops": stops, "near": near}
                ),
                request_timeout=20,
            )
        )
        self.told = bool(runs or near)


def is_ours(path: str) -> bool:
    """A link leads to a file of somebody, and a pipe would hold its reader."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readline(len(FIRST_LINE) + 1) == FIRST_LINE
    except OSError:
        return False


def words(stops: float, runs: list[dict[str, Any]]) -> str:
    at = f"{datetime.fromtimestamp(stops, timezone.utc):%Y-%m-%d %H:%M} UTC"
    names = {"kernel": "a notebook", "terminal": "a terminal", "run": "glaciocloud-run"}
    lines = [
        FIRST_LINE,
        f"If nothing happens in it before, it is stopped at {at} or some minutes later.\n",
        "Files are kept. What computes ends, and variables of notebooks are lost.\n",
    ]
    for one in runs:
        since = f"{datetime.fromtimestamp(one['since'], timezone.utc):%Y-%m-%d %H:%M} UTC"
        state = "" if one["counts"] else "; it runs for too long and does not keep the server"
        quiet = "; it uses no processor time and may hang" if one["quiet"] else ""
        lines.append(f"- {names[one['kind']]} computes since {since}{state}{quiet}\n")
    lines.append("To keep it, open it in your browser and work in it. This file goes by itself.\n")
    return "".join(lines)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "glaciocloud_busy"}]


def _load_jupyter_server_extension(app: Any) -> None:
    import sys

    # For glaciocloud-run in terminals, which may have another Python.
    os.environ["GLACIOCLOUD_PYTHON"] = sys.executable
    try:
        longest = seconds_of("GLACIOCLOUD_BUSY_MAX")
        if longest is None:
            return
        looker = Looker(app, longest)
        from tornado.ioloop import IOLoop

        def begin() -> None:
            app.web_app.settings["glaciocloud_busy"] = asyncio.ensure_future(looker.always())

        IOLoop.current().add_callback(begin)
        app.log.info(
            "glaciocloud_busy: looks every %s s, keeps what computes for at most %s",
            looker.every,
            timedelta(seconds=longest),
        )
    except Exception as error:
        app.log.warning("glaciocloud_busy: what computes is not kept here: %r", error)


# Before Jupyter Server 1.3.
load_jupyter_server_extension = _load_jupyter_server_extension
_jupyter_server_extension_paths = _jupyter_server_extension_points
