"""Whom a running hub knows, and the end of those whom nothing lets in any more.

Runs inside the hub's pod: `kubectl exec -i deploy/hub -- python3 - "$JOB" < hub_people.py`, the job
being JSON. One JSON line for each thing as it happens:

{"do": "look"}
    {"users": [{"name": "alice", "servers": {"": …}}]}
{"do": "computing"}
    {"computing": {"v": 1, "computing": 3, …}}          counts, of nobody by name
{"do": "out", "digest": "<sha256 of access.json>", "names": ["alice"], "timeout": 60}
    {"loaded": true, "seconds": 1.2, "detail": ""}      before it, nobody is touched
    {"name": "alice", "out": true, "seconds": 2.5, "detail": ""}

Somebody is out when the hub says that it does not know them: their servers have stopped, named ones
too, and tokens and sessions went with the record. Homes are not touched. A start that is under way
cannot be cut off (KubeSpawner 7.0.0): it is waited for until the timeout.

The service needs the scopes read:hub, list:users, read:servers, delete:servers and delete:users.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

Json = dict[str, Any]
SECRETS = "/usr/local/etc/jupyterhub"
TOKEN = "hub.services.glaciocloud-access.apiToken"
HUB = "http://127.0.0.1:8081"
LOOK_SECONDS = 0.25
PAGE = 200
# Servers that stop at the same time: each keeps the hub and the cluster busy.
AT_ONCE = 10


class HubFailed(Exception):
    """The hub did not do what it was asked for."""


class Hub:
    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self.headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
        self.client = AsyncHTTPClient(force_instance=True, max_clients=AT_ONCE)

    async def ask(self, method: str, path: str, body: Json | None = None) -> HTTPResponse:
        request = HTTPRequest(
            f"{self.url}/hub{path}",
            method,
            self.headers,
            json.dumps(body) if body is not None else None,
            request_timeout=20,
            connect_timeout=5,
            allow_nonstandard_methods=True,
        )
        try:
            return await self.client.fetch(request, raise_error=False)
        except (HTTPClientError, OSError) as error:
            return HTTPResponse(request, 599, error=error)

    async def get(self, path: str) -> Any:
        answer = await self.ask("GET", path)
        if answer.code != 200:
            raise HubFailed(f"GET /hub{path} answered {told(answer)}")
        return json.loads(answer.body)


def told(answer: HTTPResponse) -> str:
    if answer.code == 599:
        return f"nothing ({answer.error})"
    try:
        return f"{answer.code} {json.loads(answer.body or b'{}').get('message', '')}"
    except (ValueError, AttributeError):
        return str(answer.code)


def say(line: Json) -> None:
    print(json.dumps(line), flush=True)


async def all_users(hub: Hub) -> list[Json]:
    users: list[Json] = []
    while True:
        page = await hub.get(f"/api/users?limit={PAGE}&offset={len(users)}")
        users += [{"name": one["name"], "servers": one.get("servers") or {}} for one in page]
        if len(page) < PAGE:
            return users


async def has_loaded(hub: Hub, digest: str, end: float) -> str | None:
    """None when the hub has read this file, or why not."""
    why = ""
    while True:
        try:
            read = (await hub.get("/glaciocloud/state"))["access"]
            if read["digest"] == digest and read["from"] == "mount":
                return None
            why = read["error"] or "it still has the old file"
        except HubFailed as error:
            why = str(error)
        if time.monotonic() > end:
            return why
        await asyncio.sleep(LOOK_SECONDS)


async def put_out(hub: Hub, name: str, end: float) -> str | None:
    """None when the hub does not know the name any more, or why it still does."""
    user = f"/api/users/{quote(name, safe='')}"
    while True:
        why = await one_round(hub, user)
        if why is None:
            return None
        if time.monotonic() > end:
            return why
        await asyncio.sleep(LOOK_SECONDS)


async def one_round(hub: Hub, user: str) -> str | None:
    answer = await hub.ask("GET", user)
    if answer.code == 404:
        return None
    if answer.code != 200:
        return f"the hub answered {told(answer)}"
    servers = json.loads(answer.body).get("servers") or {}
    for server, state in servers.items():
        if state.get("pending") is None:
            await hub.ask("DELETE", server_path(user, server))
    if servers:
        pending = sorted(str(one.get("pending") or "stop") for one in servers.values())
        return f"servers are there still: {', '.join(pending)}"
    deleted = await hub.ask("DELETE", user)
    gone = deleted.code in (204, 404)
    return "not seen to be gone yet" if gone else f"deleting answered {told(deleted)}"


def server_path(user: str, server: str) -> str:
    return f"{user}/servers/{quote(server, safe='')}" if server else f"{user}/server"


async def put_all_out(hub: Hub, job: Json) -> bool:
    begin = time.monotonic()
    why = await has_loaded(hub, job["digest"], begin + job["timeout"])
    seconds = round(time.monotonic() - begin, 2)
    say({"loaded": why is None, "seconds": seconds, "detail": why or ""})
    if why is not None:
        return False
    turns = asyncio.Semaphore(AT_ONCE)
    begin = time.monotonic()

    async def one(name: str) -> bool:
        async with turns:
            left = await put_out(hub, name, begin + job["timeout"])
        seconds = round(time.monotonic() - begin, 2)
        say({"name": name, "out": left is None, "seconds": seconds, "detail": left or ""})
        return left is None

    return all(await asyncio.gather(*map(one, job["names"])))


def read_token() -> str:
    given = os.environ.get("GLACIOCLOUD_ACCESS_TOKEN_FILE")
    mounted = [f"{SECRETS}/{folder}/{TOKEN}" for folder in ("existing-secret", "secret")]
    for path in [given] if given else mounted:
        if os.path.exists(path):
            with open(path) as file:
                return file.read().strip()
    raise HubFailed("no token of the service glaciocloud-access is mounted: deploy the hub first")


async def run(job: Json) -> bool:
    hub = Hub(job.get("hub", HUB), read_token())
    if job["do"] == "look":
        say({"users": await all_users(hub)})
        return True
    if job["do"] == "computing":
        say({"computing": await hub.get("/glaciocloud/sessions")})
        return True
    return await put_all_out(hub, job)


def main() -> int:
    try:
        return 0 if asyncio.run(run(json.loads(sys.argv[1]))) else 1
    except HubFailed as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
