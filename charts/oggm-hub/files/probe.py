"""Watches a running hub from a namespace of its own, prints what it finds, and keeps issues on
GitHub up to date.

Every `api` seconds hub, proxy and mounted files have to answer as those of a hub do, and neither
hub nor proxy may have been restarted. Every `spawn` seconds the first image is started for a
throw-away user, kernel included. What fails is tried once more before anybody hears of it: a
deployment restarts a hub for some seconds. One JSON line for each check, of health_check.py's
shape; `GET :8080/status` tells the last ones, and 503 when the probe itself has come to a halt.

probe.json beside this file says what to do:

{"hub": "oggm", "api": 600, "spawn": 3600, "onlyWhenWarm": true, "job": <a job of health_check.py
with one check>}

The folder of GLACIOCLOUD_PROBE holds `token/token`, by which the hub knows us, and where somebody
has made it `github/` with `token` (may write issues, no more) and `repository` (OWNER/NAME).
Without it nothing goes to GitHub.
"""

import asyncio
import hashlib
import http.client
import json
import os
import re
import signal
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

from health_check import (
    DEFAULTS,
    CheckFailed,
    Hub,
    Json,
    Report,
    check_image,
    has_read_its_files,
    is_the_door_well,
    reply,
    says_version,
)
from tornado.web import Application, RequestHandler

HERE = Path(__file__).parent
FOLDER = Path(os.environ.get("GLACIOCLOUD_PROBE", "/etc/glaciocloud"))
PORT = 8080
HOUR = 3600
MACHINE = re.compile(r"(deploy|probe)_\d")
MARK = re.compile(
    r'<!-- glaciocloud-probe step="([^"]*)" image="([^"]*)" id=(\w+) first=(\S+) seen=(\S+) -->'
)
SECRET = re.compile(
    r"(?i)(gh[a-z]_|github_pat_|glpat-)\w+|(?<=token )\S{8,}|(?<=token=)[^\s&]+|(?<=bearer )\S{8,}"
)
# With this many open issues of one hub another one helps nobody.
MOST_ISSUES = 10
HEARTBEAT = "<!-- glaciocloud-heartbeat"
PAGE = 100
MOST_PAGES = 20


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


# What is wrong, and what to say about it: nothing below here looks at the world.


def identity(step: str, image: str | None, error: str) -> str:
    """The same for the same trouble: numbers and ids in an error are different each time."""
    plain = re.sub(r"\d+", "#", re.sub(r"\b[0-9a-f]{7,}\b", "#", error.lower().replace("-", "")))
    return hashlib.sha256(f"{step}|{image}|{plain}".encode()).hexdigest()[:12]


def until_failure(lines: list[Json]) -> list[Json]:
    """What passed, and the first that failed: what fails after it fails because of it."""
    first = next((line for line in lines if not line["ok"]), None)
    return [line for line in lines if line["ok"] or line is first]


def restarts(pods: list[Json], since: float, now: float) -> list[Json]:
    """A container of hub or proxy that has ended since the last look is a failure; an hour without
    one is a pass.
    """
    found = []
    for part in ("hub", "proxy"):
        mine = [pod for pod in pods if pod["metadata"].get("labels", {}).get("component") == part]
        states = [
            state for pod in mine for state in pod.get("status", {}).get("containerStatuses", [])
        ]
        ends = [end for state in states if (end := state.get("lastState", {}).get("terminated"))]
        times = [seconds_of(end["finishedAt"]) for end in ends]
        # Kubernetes counts whole seconds: rather said twice than missed.
        fresh = [end for end, ended in zip(ends, times, strict=False) if ended >= int(since)]
        if fresh:
            why = "; ".join(
                f"{end.get('reason', 'ended')}, exit code {end.get('exitCode')}" for end in fresh
            )
            found.append(line(f"{part} restart", f"the {part} was restarted: {why}", "product"))
        elif states and all(now - ended > HOUR for ended in times):
            found.append(line(f"{part} restart", "none within an hour", None))
    return found


def line(check: str, detail: str, fault: str | None) -> Json:
    return {
        "check": check,
        "image": None,
        "ok": fault is None,
        "seconds": 0,
        "detail": detail,
        "class": fault,
    }


def people_running(pods: list[Json]) -> int:
    """Servers of people: those of throw-away users do not make a node warm."""
    servers = [
        pod
        for pod in pods
        if pod["metadata"].get("labels", {}).get("component") == "singleuser-server"
    ]
    running = [pod for pod in servers if pod.get("status", {}).get("phase") == "Running"]
    names = [
        pod["metadata"].get("annotations", {}).get("hub.jupyter.org/username", "")
        for pod in running
    ]
    return sum(not MACHINE.fullmatch(name) for name in names)


def why_no_spawn(
    settings: Json, now: float, last: float, healthy: bool, running: int
) -> str | None:
    """Why no server is started now; None where one is."""
    if now - last < settings["spawn"]:
        return f"the last one began at {iso(last)}"
    if not healthy:
        return "the hub does not answer"
    if settings["onlyWhenWarm"] and running == 0:
        return "nobody has a server, so no node is warm"
    return None


def hide(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return SECRET.sub("***", text)


def issue_body(hub: str, failed: Json, mark: Json, now: float) -> str:
    """Markdown; text from elsewhere stands in a fence that it cannot close."""
    step, image, error = failed["check"], failed["image"], failed["detail"][:3000]
    longest = max((len(run) for run in re.findall(r"`+", error)), default=0)
    fence = "`" * max(3, longest + 1)
    what = f"`{step}`{f' of `{image}`' if image else ''}"
    return (
        f'<!-- glaciocloud-probe step="{step}" image="{image or ""}" id={mark["id"]} first={mark["first"]} seen={iso(now)} -->\n'
        f"The probe of the hub `{hub}` finds that {what} fails.\n\n{fence}text\n{error}\n{fence}\n\n"
        f"First seen {mark['first']}, last seen {iso(now)}; looked at again all the time, written here once an hour.\n"
        "This issue closes itself when the same step works again.\n"
    )


def decisions(hub: str, lines: list[Json], issues: list[Json], now: float) -> list[Json]:
    """What to do on GitHub about these lines, given the open issues of this probe: open, update or
    close.
    """
    known = []
    for issue in issues:
        if mark := MARK.match(issue.get("body") or ""):
            step, image, key, first, seen = mark.groups()
            known.append(
                {
                    "number": issue["number"],
                    "step": step,
                    "image": image,
                    "id": key,
                    "first": first,
                    "seen": seen,
                }
            )
    todo: list[Json] = []
    for found in lines:
        step, image = found["check"], found["image"]
        if found["ok"]:
            same = [one for one in known if (one["step"], one["image"]) == (step, image or "")]
            todo += [
                {
                    "do": "close",
                    "number": one["number"],
                    "text": f"`{step}` works again, seen {iso(now)}.",
                }
                for one in same
            ]
            continue
        key = identity(step, image, found["detail"])
        old = next((one for one in known if one["id"] == key), None)
        if old is None:
            if len(known) < MOST_ISSUES:
                title = f"{hub}: {step}{f' of {image}' if image else ''} fails ({key})"
                todo.append(
                    {
                        "do": "open",
                        "title": title,
                        "text": issue_body(hub, found, {"id": key, "first": iso(now)}, now),
                    }
                )
        elif now - seconds_of(old["seen"]) >= HOUR:
            todo.append(
                {"do": "update", "number": old["number"], "text": issue_body(hub, found, old, now)}
            )
    return todo


def heartbeat_body(hub: str, every: float, now: float) -> str:
    return (
        f"{HEARTBEAT} {iso(now)} -->\n"
        f"The probe of the hub `{hub}` looked at it at {iso(now)}. It writes here every {every:.0f} s.\n\n"
        "Leave this issue open: `glaciocloud outside` reads it, and raises the alarm when the probe falls silent.\n"
    )


# The world: GitHub, Kubernetes, the hub.


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *ignored: Any) -> None:
        """Never: the token would go along."""


def ask(method: str, url: str, token: str, body: Json | None = None) -> Any:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "User-Agent": "glaciocloud-probe",
    }
    raw = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(NoRedirect)
    with opener.open(
        urllib.request.Request(url, raw, headers, method=method), timeout=20
    ) as answer:
        return json.load(answer)


def word(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


class LabelsRefused(Exception):
    """GitHub drops labels of those who may not set them without a word: such an issue would be
    opened again each time.
    """


class GitHub:
    """The issues of one repository that we opened ourselves, and nothing else of it."""

    def __init__(self, token: str, repository: str, api: str = "") -> None:
        self.token, self.api = token, (api or "https://api.github.com").rstrip("/")
        self.base = f"{self.api}/repos/{repository}/issues"

    @classmethod
    def mounted(cls, folder: Path) -> "GitHub | None":
        token, repository, api = (word(folder / name) for name in ("token", "repository", "api"))
        return cls(token, repository, api) if token and repository else None

    def open_with(self, labels: list[str]) -> list[Json]:
        """Our own open issues, oldest first: what others opened is not ours to change, and GitHub
        lists pull requests among issues.
        """
        listed: list[Json] = []
        wanted = f"state=open&per_page={PAGE}&labels={quote(','.join(labels))}"
        for page in range(1, MOST_PAGES + 1):
            found = list(ask("GET", f"{self.base}?{wanted}&page={page}", self.token))
            listed += found
            if len(found) < PAGE:
                break
        issues = [one for one in listed if "pull_request" not in one]
        if not issues:
            return []
        me = self.me()
        mine = [one for one in issues if (one.get("user") or {}).get("id") == me]
        return sorted(mine, key=lambda one: int(one["number"]))

    def me(self) -> int:
        """Who this token belongs to. A token of an App can only ask this way."""
        url = f"{self.api.removesuffix('/v3')}/graphql"
        answer = ask("POST", url, self.token, {"query": "{ viewer { databaseId } }"})
        return int(answer["data"]["viewer"]["databaseId"])

    def create(self, labels: list[str], title: str, body: str) -> None:
        made = ask("POST", self.base, self.token, {"title": title, "body": body, "labels": labels})
        if not set(labels) <= {label["name"] for label in made["labels"]}:
            raise LabelsRefused(
                f"the token may not set labels, so nothing more is written with it; issue {made['number']} is left over"
            )

    def change(self, number: int, fields: Json) -> None:
        ask("PATCH", f"{self.base}/{number}", self.token, fields)

    def comment(self, number: int, body: str) -> None:
        ask("POST", f"{self.base}/{number}/comments", self.token, {"body": body})

    def close(self, number: int, why: str) -> None:
        self.comment(number, why)
        self.change(number, {"state": "closed"})

    def beat(self, hub: str, every: float, now: float) -> None:
        labels, body = ["glaciocloud-heartbeat", f"hub:{hub}"], heartbeat_body(hub, every, now)
        open_now = self.open_with(labels)
        known = [one for one in open_now if (one.get("body") or "").startswith(HEARTBEAT)]
        if not known:
            self.create(labels, f"{hub}: heartbeat of the probe", body)
            return
        kept, *others = (one["number"] for one in known)
        self.change(kept, {"body": body})
        for other in others:
            self.close(other, f"The heart beats in #{kept}.")

    def tell(self, hub: str, lines: list[Json], now: float) -> None:
        labels = ["glaciocloud-probe", f"hub:{hub}"]
        for one in decisions(hub, lines, self.open_with(labels), now):
            if one["do"] == "open":
                self.create(labels, one["title"], one["text"])
            elif one["do"] == "update":
                self.change(one["number"], {"body": one["text"]})
            else:
                self.close(one["number"], one["text"])


async def pods_of(hub: Hub) -> list[Json]:
    """As the hub tells of them: who may list pods could read everybody's token."""
    return list(reply(await hub.hub("GET", "/glaciocloud/pods", 200))["pods"])


class Heard(Report):
    """The lines of one look, kept as they are printed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Json] = []

    def line(
        self, check: str, image: str | None, seconds: float, detail: str, fault: str | None
    ) -> None:
        self.lines.append(
            {**line(check, detail, fault), "image": image, "seconds": round(seconds, 2)}
        )
        super().line(check, image, seconds, detail, fault)


class Probe:
    def __init__(
        self,
        settings: Json,
        token: str,
        pods: Callable[[Hub], Awaitable[list[Json]]] = pods_of,
    ) -> None:
        self.settings, self.token, self.list_pods = settings, token, pods
        self.job = {**DEFAULTS, "settle": 0, **settings["job"]}
        self.hub = Hub(self.job, token)
        self.again = min(60.0, settings["api"] / 4)
        self.pods: list[Json] = []
        self.spoke = self.looked = time.time() - settings["api"]
        self.spawned = 0.0
        self.spawning: asyncio.Task[None] | None = None
        self.telling = asyncio.Lock()
        self.useless = ""  # a token that GitHub takes and that is of no use
        self.status: Json = {"hub": settings["hub"], "at": None, "api": [], "spawn": [], "next": ""}

    async def watch(self) -> None:
        try:
            while True:
                begin = time.time()
                await self.look(begin)
                await asyncio.sleep(max(5.0, self.settings["api"] - (time.time() - begin)))
        finally:
            if self.spawning:
                self.spawning.cancel()
                with suppress(asyncio.CancelledError):
                    await self.spawning

    async def look(self, now: float) -> None:
        lines = await self.twice(self.answers)
        healthy = all(one["ok"] for one in lines)
        # Of a hub that does not answer nothing more is asked: its next answer tells what has ended.
        seen = await self.twice(self.see_pods) if healthy else []
        if healthy and all(one["ok"] for one in seen):
            ends = restarts(self.pods, self.looked, now)
            self.looked = now
            for one in ends:
                if not one["ok"]:
                    print(json.dumps(one), flush=True)
            seen += ends
        if healthy:
            seen += await self.twice(self.see_door)
        self.status.update(at=iso(time.time()), api=lines + seen)
        self.spoke = time.time()
        await self.tell(lines + seen, beat=True)
        running = self.spawning is not None and not self.spawning.done()
        why = (
            "one is under way"
            if running
            else why_no_spawn(self.settings, now, self.spawned, healthy, people_running(self.pods))
        )
        self.status["next"] = why or "now"
        if why is None:
            self.spawned = now
            self.spawning = asyncio.create_task(self.spawn())

    async def spawn(self) -> None:
        lines = await self.twice(
            lambda heard: check_image(self.hub, self.job, self.job["checks"][0], heard)
        )
        self.status["spawn"] = lines
        await self.tell(lines)

    async def answers(self, heard: Heard) -> None:
        await heard.check("hub", says_version(self.hub, self.hub.api))
        await heard.check("proxy", says_version(self.hub, self.hub.proxy))
        await heard.check("files", has_read_its_files(self.hub, self.job))

    async def see_door(self, heard: Heard) -> None:
        await heard.check("access", is_the_door_well(self.hub))

    async def see_pods(self, heard: Heard) -> None:
        async def count() -> str:
            self.pods = await self.list_pods(self.hub)
            return f"{len(self.pods)} pods, {people_running(self.pods)} servers of people"

        await heard.check("pods", count())

    async def twice(self, work: Callable[[Heard], Awaitable[None]]) -> list[Json]:
        """The lines of a look; of a second one where the first has failed."""
        for last in (False, True):
            heard = Heard()
            with suppress(CheckFailed):  # it is among the lines
                await work(heard)
            if last or not heard.failed:
                break
            await asyncio.sleep(self.again)
        return until_failure(heard.lines)

    async def tell(self, lines: list[Json], beat: bool = False) -> None:
        github = GitHub.mounted(FOLDER / "github")
        if github is None or github.token == self.useless:
            return
        secrets = [secret for secret in (self.token, github.token) if secret]
        safe = [{**one, "detail": hide(one["detail"], secrets)} for one in lines]
        hub, now = self.settings["hub"], time.time()
        async with self.telling:
            try:
                if beat:
                    await asyncio.to_thread(github.beat, hub, self.settings["api"], now)
                await asyncio.to_thread(github.tell, hub, safe, now)
            except (
                LabelsRefused,
                OSError,
                ValueError,
                KeyError,
                http.client.HTTPException,
            ) as error:  # the hub is watched either way
                if isinstance(error, LabelsRefused):
                    self.useless = github.token
                print(
                    json.dumps(
                        line(
                            "github",
                            hide(f"{type(error).__name__}: {error}", secrets),
                            "infrastructure",
                        )
                    ),
                    flush=True,
                )


class Status(RequestHandler):
    def initialize(self, probe: Probe) -> None:
        self.probe = probe

    def get(self) -> None:
        silent = time.time() - self.probe.spoke > 3 * self.probe.settings["api"] + 120
        self.set_status(503 if silent else 200)
        self.finish(self.probe.status)


async def main() -> int:
    settings = json.loads((HERE / "probe.json").read_text())
    settings["job"]["oggmCheck"] = (HERE / "oggm_check.py").read_text()
    probe = Probe(settings, word(FOLDER / "token" / "token"))
    Application([(r"/status", Status, {"probe": probe})]).listen(PORT)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watching, stopping = asyncio.create_task(probe.watch()), asyncio.create_task(stop.wait())
    await asyncio.wait({watching, stopping}, return_when=asyncio.FIRST_COMPLETED)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
