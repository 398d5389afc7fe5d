"""Prove a running hub: what answers, and that its images give people a working kernel.

Runs inside the hub's pod: `kubectl exec -i deploy/hub -- python3 - "$JOB" < health_check.py`, the
job being JSON (or in GLACIOCLOUD_HEALTH_JOB). A check tests what came back, not only the status
code. One JSON line for each, as it happens:

{"check": "kernel", "image": "oggm-1.6.3", "ok": true, "seconds": 4.2, "detail": "OGGM 1.6.3, …",
 "class": null}

`class` says of a failure whether the change or the infrastructure is to blame; exit code 1 when
anything failed. Servers are started by throw-away users that the access file knows as machines.
They are gone afterwards, whatever happens, but a server that is still starting is never cancelled:
that would block every later start of the hub (KubeSpawner 7.0.0).

{ "profiles": "<sha256 of profiles.json>",                                      wait until the hub
has read this "checks": [{"user": "deploy_0", "profile": "oggm-1-6-3", "size": "small", "image":
"oggm-1.6.3", "oggm": true, "version": "1.6.3", "smoke": true, "modules": [], "starts": 2}],
"oggmCheck": "<text of oggm_check.py>", "dataCheck": "<text of view_check.py>", "timeout": 300,
"kernelTimeout": 180, "settle": 120, "reach": 30, "parallel": 1, "exactRows": false, "hub":
"http://127.0.0.1:8081", "proxy": "http://proxy-public" }

Where a check has `data`, a question of view_check.py, the first kernel reads input data too. The second start of a user is one on an existing home. The service needs the scopes read:hub and,
for each user U of its pool, delete:users!user=U, servers!user=U and access:servers!user=U: with its
token nobody can touch a person, or take the name of one.
"""

import asyncio
import json
import os
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import websocket_connect

Json = dict[str, Any]
SECRETS = "/usr/local/etc/jupyterhub"
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TOKEN = "hub.services.glaciocloud-health.apiToken"
PLAIN_CODE = """
import json, sys
print(json.dumps({"ok": sum(range(10)) == 45, "detail": f"Python {sys.version.split()[0]}"}))
"""
MODULES_CODE = "import importlib\nfor name in {names!r}: importlib.import_module(name)\n"
VERSION_CODE = """
import json, os, oggm
wanted = json.loads(os.environ["GLACIOCLOUD_CHECK"])["version"]
print(json.dumps({"ok": wanted in (None, oggm.__version__), "detail": f"OGGM {oggm.__version__}, wanted {wanted or 'any'}"}))
"""
DEFAULTS: Json = {
    "profiles": None,
    "checks": [],
    "oggmCheck": "",
    "dataCheck": "",
    "timeout": 300,
    "kernelTimeout": 180,
    "settle": 120,
    "reach": 30,
    "parallel": 1,
    "exactRows": False,
    "hub": "http://127.0.0.1:8081",
    "proxy": "http://proxy-public",
}
# What a starting pod says when waiting does not help, and when the change is not to blame.
HOPELESS = (
    "CrashLoopBackOff",
    "Back-off restarting",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "CreateContainerConfigError",
)
INFRASTRUCTURE = (
    "Insufficient",
    "nodes are available",
    "i/o timeout",
    "connection refused",
    "connection reset",
    "TLS handshake",
    "no such host",
    "toomanyrequests",
    "FailedMount",
    "FailedAttachVolume",
)
WAKE_SECONDS = 4
# States of a kernel that does not come back by itself.
DYING = ("restarting", "autorestarting", "dead")


class CheckFailed(Exception):
    """What came back was not what a healthy hub answers."""

    def __init__(self, text: str, infrastructure: bool = False) -> None:
        super().__init__(text)
        self.fault = (
            "infrastructure"
            if infrastructure or any(word in text for word in INFRASTRUCTURE)
            else "product"
        )


class Report:
    def __init__(self) -> None:
        self.failed = 0
        self.unheard: Callable[[], None] = lambda: None

    def line(
        self, check: str, image: str | None, seconds: float, detail: str, fault: str | None
    ) -> None:
        self.failed += fault is not None
        entry = {
            "check": check,
            "image": image,
            "ok": fault is None,
            "seconds": round(seconds, 2),
            "detail": detail,
            "class": fault,
        }
        try:
            print(json.dumps(entry, ensure_ascii=False), flush=True)
        except BrokenPipeError:  # who asked was killed: what is left to do is to clean up
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            self.unheard()

    async def check(self, name: str, work: Awaitable[str], image: str | None = None) -> None:
        begin = time.monotonic()
        try:
            detail = await work
        except asyncio.CancelledError:
            self.line(name, image, time.monotonic() - begin, "interrupted", "infrastructure")
            raise
        except Exception as error:
            failure = (
                error
                if isinstance(error, CheckFailed)
                else CheckFailed(f"{type(error).__name__}: {error}")
            )
            self.line(name, image, time.monotonic() - begin, str(failure), failure.fault)
            raise failure from error
        self.line(name, image, time.monotonic() - begin, detail, None)


class Hub:
    """The hub's API, and through the proxy the servers behind it, with the token of the health
    service.
    """

    def __init__(self, job: Json, token: str) -> None:
        self.api, self.proxy = job["hub"].rstrip("/"), job["proxy"].rstrip("/")
        self.headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
        self.client = AsyncHTTPClient(force_instance=True, max_clients=20)

    async def ask(
        self, method: str, url: str, body: Json | None = None, seconds: float = 20, **more: Any
    ) -> HTTPResponse:
        raw = json.dumps(body) if body is not None else None
        request = HTTPRequest(
            url,
            method,
            self.headers,
            raw,
            request_timeout=seconds,
            connect_timeout=5,
            follow_redirects=False,
            allow_nonstandard_methods=True,
            **more,
        )
        try:
            return await self.client.fetch(request, raise_error=False)
        except (HTTPClientError, OSError) as error:
            return HTTPResponse(request, 599, error=error)

    async def hub(
        self, method: str, path: str, *expected: int, body: Json | None = None
    ) -> HTTPResponse:
        answer = await self.ask(method, f"{self.api}/hub{path}", body)
        if answer.code not in expected:
            raise CheckFailed(f"{method} /hub{path} answered {told(answer)}")
        return answer

    def user(self, name: str) -> str:
        return f"/api/users/{quote(name)}"

    async def server(self, name: str) -> Json | None:
        """The user's server as the hub sees it, or None; None too when there is no such user."""
        answer = await self.hub("GET", self.user(name), 200, 404)
        return None if answer.code == 404 else (reply(answer).get("servers") or {}).get("")


def told(answer: HTTPResponse) -> str:
    """A status code with the reason that stands in the body."""
    if answer.code == 599:
        return f"nothing ({answer.error})"
    try:
        message = json.loads(answer.body or b"{}").get("message", "")
    except (ValueError, AttributeError):
        message = (answer.body or b"").decode(errors="replace").strip()[:120]
    return f"{answer.code} {message or answer.reason}"


def reply(answer: HTTPResponse) -> Json:
    """The body, which has to be a JSON object."""
    try:
        content = json.loads(answer.body or b"")
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise CheckFailed(
            f"{answer.effective_url} answered {told(answer)}, which is no answer of a hub"
        )
    return content


async def says_version(hub: Hub, base: str) -> str:
    """JupyterHub's own body, with the version that is installed in this pod."""
    answer = await hub.ask("GET", f"{base}/hub/api", seconds=10)
    given, wanted = reply(answer).get("version"), version("jupyterhub")
    if answer.code != 200 or not given or given != wanted:
        raise CheckFailed(
            f"{base}/hub/api answered {told(answer)} with version {given}, not {wanted}"
        )
    return f"JupyterHub {given}"


async def is_reached(hub: Hub, job: Json) -> str:
    """The hub through the proxy. When it has just become ready, the nodes may not know the way to
    it yet: seen as 503 for some seconds.
    """
    deadline = time.monotonic() + job["reach"]
    while True:
        try:
            return await says_version(hub, hub.proxy)
        except CheckFailed:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.5)


async def has_read_its_files(hub: Hub, job: Json) -> str:
    """The mounted files, not kept copies; and the menu that was deployed, for which the kubelet
    takes up to two minutes.
    """
    deadline = time.monotonic() + job["settle"]
    while True:
        state = reply(await hub.hub("GET", "/glaciocloud/state", 200))
        wrong = []
        for name in ("access", "profiles", "notices"):
            read = state[name]
            if read["error"] or read["from"] != "mount":
                wrong.append(f"{name}: {read['error'] or 'only a kept copy'}")
        if job["profiles"] not in (None, "", state["profiles"]["digest"]):
            wrong.append("profiles: still the old content")
        if not wrong:
            return f"{state['access']['open']} people, {state['profiles']['images']} images, {state['profiles']['sizes']} sizes"
        if time.monotonic() > deadline:
            raise CheckFailed(
                "the hub has not read what was deployed: " + "; ".join(wrong), infrastructure=True
            )
        await asyncio.sleep(0.3)


async def is_the_door_well(hub: Hub) -> str:
    """Whether every entry of access.json counts. Said in numbers: issues may be public, and people
    are not named there. A deployment does not ask this: an entry is no reason to go back.
    """
    access = reply(await hub.hub("GET", "/glaciocloud/state", 200))["access"]
    moved = sum(one["kind"] == "moved" for one in access["out"])
    wrong = len(access["out"]) - moved
    troubles = []
    if moved:
        troubles.append(f"{moved} entries are about a name that has passed to another account")
    if wrong:
        troubles.append(f"{wrong} entries have a mistake")
    if access["names"]:
        troubles.append("the memory of names is damaged or cannot be written")
    if troubles:
        raise CheckFailed(
            f"access.json: {'; '.join(troubles)}. Nobody whom that is about gets in; the hub's log"
            " says more: kubectl logs deploy/hub | grep access.json"
        )
    return f"{access['people']} people, every entry counts"


async def rows(hub: Hub, job: Json) -> Json:
    """Rows of this check's own users, and of all: the probe may be at work with its own
    meanwhile.
    """
    own = "&".join(f"of={quote(str(check['user']))}" for check in job["checks"])
    return dict(reply(await hub.hub("GET", f"/glaciocloud/state?{own}", 200))["rows"])


async def are_the_rows_back(hub: Hub, job: Json, before: Json) -> str:
    after = await rows(hub, job)
    if after["machines"] != before["machines"] or (job["exactRows"] and after != before):
        raise CheckFailed(f"rows of the hub's database before: {before}, after: {after}")
    return ", ".join(f"{count} {table}" for table, count in after["all"].items())


class Session:
    """One throw-away user: made, given a server, and taken away again."""

    def __init__(self, hub: Hub, job: Json, check: Json) -> None:
        self.hub, self.job, self.wanted, self.user = hub, job, check, str(check["user"])

    async def create(self) -> str:
        await self.remove()  # what an earlier run that was killed has left
        await self.hub.hub("POST", f"/glaciocloud/machines/{quote(self.user)}", 201)
        return f"user {self.user}"

    async def start(self) -> str:
        options = {"profile": self.wanted["profile"], "size": self.wanted.get("size")}
        # A start that fails within seconds answers 500 without a reason: the progress of the start
        # has it.
        asked = await self.hub.hub(
            "POST", f"{self.hub.user(self.user)}/server", 201, 202, 500, body=options
        )
        messages: list[str] = []
        deadline = time.monotonic() + self.job["timeout"]
        while time.monotonic() < deadline:
            event = await self.follow(messages, deadline)
            server = await self.hub.server(self.user)
            if server and server.get("ready"):
                return messages[-2] if len(messages) > 1 else "ready"
            if event.get("failed") or any(word in text for word in HOPELESS for text in messages):
                raise CheckFailed(" · ".join(messages[-3:]))
            if asked.code == 500:
                raise CheckFailed(f"the hub answered {told(asked)} to a start")
            await asyncio.sleep(0.3)
        last = " · ".join(messages[-3:]) or "no progress at all"
        raise CheckFailed(f"not ready after {self.job['timeout']} s; last: {last}")

    async def follow(self, messages: list[str], deadline: float) -> Json:
        """The progress of a start until it says ready or failed, or the stream ends."""
        last: Json = {}
        rest = b""

        def chunk(data: bytes) -> None:
            nonlocal rest, last
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                if line.startswith(b"data:"):
                    last = json.loads(line[5:])
                    text = last.get("message", "")
                    if text and text not in messages:
                        messages.append(text)

        url = f"{self.hub.api}/hub{self.hub.user(self.user)}/server/progress"
        # In short pieces: each begins with all messages so far, and what is hopeless is seen
        # between them.
        await self.hub.ask(
            "GET",
            url,
            seconds=max(1.0, min(10.0, deadline - time.monotonic())),
            streaming_callback=chunk,
        )
        return last

    async def answers(self) -> str:
        """The server itself behind the proxy, not a page of the hub about it."""
        answer = await self.hub.ask("GET", f"{self.hub.proxy}/user/{quote(self.user)}/api")
        given = reply(answer).get("version")
        if answer.code != 200 or not given:
            raise CheckFailed(f"the server answered {told(answer)} through the proxy")
        return f"Jupyter Server {given}"

    async def compute(self, smoke: bool) -> str:
        async with self.kernel() as run:
            result = await run(kernel_code(self.job, self.wanted, smoke))
        if result.get("ok") is not True:
            raise CheckFailed(str(result.get("detail") or result))
        return str(result.get("detail", ""))

    async def read_data(self) -> str:
        """What goes wrong here is the volume's matter, and no change is to blame."""
        asked = json.dumps(self.wanted["data"])
        code = (
            f"import os; os.environ['GLACIOCLOUD_DATA_CHECK'] = {asked!r}\n{self.job['dataCheck']}"
        )
        try:
            async with self.kernel() as run:
                result = await run(code)
        except CheckFailed as error:
            raise CheckFailed(f"input data: {error}", infrastructure=True) from None
        if result.get("ok") is not True:
            raise CheckFailed(str(result.get("detail") or result), infrastructure=True)
        return str(result.get("detail", ""))

    @asynccontextmanager
    async def kernel(self) -> AsyncIterator[Callable[[str], Awaitable[Json]]]:
        base = f"{self.hub.proxy}/user/{quote(self.user)}/api/kernels"
        answer = await self.hub.ask("POST", base, {}, seconds=60)
        kernel = reply(answer).get("id")
        if answer.code != 201 or not kernel:
            raise CheckFailed(f"no kernel: {told(answer)}")
        url = f"{base}/{kernel}/channels".replace("http", "ws", 1)
        request = HTTPRequest(url, headers=self.hub.headers, connect_timeout=10)
        connect = partial(websocket_connect, request)
        socket = await connect()
        waking = asyncio.create_task(wake(connect))
        try:

            async def run(code: str) -> Json:
                return await asyncio.wait_for(execute(socket, code), self.job["kernelTimeout"])

            yield run
        except TimeoutError:
            raise CheckFailed(
                f"the kernel did not finish within {self.job['kernelTimeout']} s"
            ) from None
        finally:
            waking.cancel()
            socket.close()

    async def stop(self) -> str:
        """Stop the server, but wait for one that is still starting."""
        deadline = time.monotonic() + self.job["timeout"] + self.job["settle"]
        asked = False
        while server := await self.hub.server(self.user):
            if time.monotonic() > deadline:
                pending = server.get("pending") or "there"
                raise CheckFailed(
                    f"the server of {self.user} is still {pending}; it was left alone",
                    infrastructure=True,
                )
            if not server.get("pending") and not asked:
                await self.hub.hub("DELETE", f"{self.hub.user(self.user)}/server", 202, 204)
                asked = True
            await asyncio.sleep(0.2)
        return "stopped"

    async def remove(self) -> str:
        for _ in range(20):
            await self.stop()
            answer = await self.hub.hub("DELETE", self.hub.user(self.user), 204, 404, 400, 500)
            if answer.code in (204, 404):
                return f"user {self.user} is gone"
            # A start that was just asked for shows a moment later: until then the hub refuses, or
            # fails half way.
            await asyncio.sleep(0.5)
        raise CheckFailed(f"user {self.user} cannot be deleted: {told(answer)}")


async def request(socket: Any, kind: str, content: Json) -> str:
    """Send a request to a kernel; its answers name it as their parent."""
    message = uuid.uuid4().hex
    header = {
        "msg_id": message,
        "msg_type": kind,
        "username": "",
        "session": uuid.uuid4().hex,
        "version": "5.3",
    }
    parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    await socket.write_message(json.dumps({**parts, "channel": "shell"}))
    return message


async def next_answer(socket: Any, output: str) -> Json:
    raw = await socket.read_message()
    if raw is None:
        raise CheckFailed(
            "the connection to the kernel broke: " + (output.strip()[-200:] or "no output")
        )
    answer: Json = json.loads(raw)
    if answer["msg_type"] == "status" and answer["content"]["execution_state"] in DYING:
        raise CheckFailed(
            "the kernel died, as it does when memory runs out; its output: "
            + (output.strip()[-200:] or "none")
        )
    return answer


def is_idle(answer: Json) -> bool:
    return answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle"


async def is_heard(socket: Any) -> None:
    """Wait until a kernel's output comes through: Jupyter Server (2.17) does not wait for that with
    a kernel that is busy at that moment, and what it prints meanwhile is lost.
    """
    asked: set[str] = set()

    async def ask_again() -> None:
        while True:
            asked.add(await request(socket, "kernel_info_request", {}))
            await asyncio.sleep(1)

    asking = asyncio.create_task(ask_again())
    try:
        while True:
            answer = await next_answer(socket, "")
            if is_idle(answer) and answer.get("parent_header", {}).get("msg_id") in asked:
                return
    finally:
        asking.cancel()


async def wake(connect: Callable[[], Awaitable[Any]]) -> None:
    """A kernel of ipykernel 7.0 to 7.3 may not notice a request until the next connection (its issue
    1554): there is one every few seconds, as long as somebody waits.
    """
    while True:
        await asyncio.sleep(WAKE_SECONDS)
        with suppress(Exception):  # whether the kernel answers is judged elsewhere
            (await connect()).close()


async def execute(socket: Any, code: str) -> Json:
    """Run code in a kernel; its last line of output is the result, as JSON."""
    await is_heard(socket)
    content = {
        "code": code,
        "silent": False,
        "store_history": False,
        "allow_stdin": False,
        "stop_on_error": True,
    }
    message = await request(socket, "execute_request", content)
    output = ""
    while True:
        answer = await next_answer(socket, output)
        if answer.get("parent_header", {}).get("msg_id") != message:
            continue
        kind, content = answer["msg_type"], answer["content"]
        if kind == "stream" and content["name"] == "stdout":
            output += content["text"]
        elif kind == "error":
            raise CheckFailed(f"{content['ename']}: {content['evalue']}")
        elif is_idle(answer):
            break
    try:
        result = json.loads(output.strip().splitlines()[-1])
    except (ValueError, IndexError):
        result = None
    if not isinstance(result, dict):
        raise CheckFailed(f"the kernel printed no result: {output.strip()[-200:]!r}")
    return result


def kernel_code(job: Json, check: Json, smoke: bool) -> str:
    modules = MODULES_CODE.format(names=list(check["modules"])) if check.get("modules") else ""
    if not check.get("oggm"):
        return modules + PLAIN_CODE
    wanted = json.dumps(
        {"version": check.get("version"), "smoke": bool(check.get("smoke", True)) and smoke}
    )
    return f"{modules}import os; os.environ['GLACIOCLOUD_CHECK'] = {wanted!r}\n{job['oggmCheck'] or VERSION_CODE}"


async def check_image(hub: Hub, job: Json, check: Json, report: Report) -> None:
    session, image = Session(hub, job, check), check["image"]
    try:
        await report.check("user", session.create(), image)
        for start in range(int(check.get("starts", 2))):
            again = " again" if start else ""
            await report.check(f"start{again}", session.start(), image)
            await report.check(f"server{again}", session.answers(), image)
            await report.check(f"kernel{again}", session.compute(smoke=start == 0), image)
            if check.get("data") and start == 0:
                await report.check("data", session.read_data(), image)
            await report.check(f"stop{again}", session.stop(), image)
    except CheckFailed:
        pass  # reported; the other images are still worth knowing
    finally:
        with suppress(CheckFailed):
            await report.check("gone", session.remove(), image)


async def check_all(job: Json, hub: Hub, report: Report) -> None:
    await report.check("hub", says_version(hub, hub.api))
    await report.check("proxy", is_reached(hub, job))
    await report.check("files", has_read_its_files(hub, job))
    if not job["checks"]:
        return
    users = {check["user"]: check for check in job["checks"]}
    for check in users.values():
        with suppress(CheckFailed):  # the check of its image says what is wrong
            await Session(hub, job, check).remove()
    before = await rows(hub, job)
    turns = asyncio.Semaphore(job["parallel"])

    async def in_turn(user: str) -> None:  # images of the same user come one after the other
        for check in job["checks"]:
            if check["user"] == user:
                async with turns:
                    await check_image(hub, job, check, report)

    await asyncio.gather(*map(in_turn, users))
    await report.check("rows", are_the_rows_back(hub, job, before))


def read_token() -> str:
    path = os.environ.get("GLACIOCLOUD_HEALTH_TOKEN_FILE")
    for candidate in (
        [path]
        if path
        else [f"{SECRETS}/{folder}/{TOKEN}" for folder in ("existing-secret", "secret")]
    ):
        if os.path.exists(candidate):
            with open(candidate) as file:
                return file.read().strip()
    raise CheckFailed(f"no token of the service glaciocloud-health is mounted ({path or SECRETS})")


async def run(job: Json, report: Report) -> None:
    task = asyncio.ensure_future(check_all(job, Hub(job, read_token()), report))
    stopping = False

    def stop_once() -> None:  # a second signal must not break the cleanup that the first one began
        nonlocal stopping
        if not stopping:
            stopping = True
            task.cancel()

    report.unheard = stop_once
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop_once)
    try:
        await task
    except asyncio.CancelledError:
        report.line("run", None, 0, "interrupted", "infrastructure")


def main() -> int:
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ["GLACIOCLOUD_HEALTH_JOB"]
    report = Report()
    try:
        asyncio.run(run({**DEFAULTS, **json.loads(given)}, report))
    except CheckFailed as error:
        if not report.failed:
            report.line("run", None, 0, str(error), error.fault)
    for number in SIGNALS:  # all is cleaned up: a late signal must not change what is reported
        signal.signal(number, signal.SIG_IGN)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
