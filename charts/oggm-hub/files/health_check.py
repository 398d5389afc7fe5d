"""Proves a hub healthy from inside: piped into the hub's pod, with a job as JSON in the first argument.

job: {"profiles": sha256 of the menu that the hub should have read, "checks": [{"user", "profile", "size", "image", "oggm": bool, "version": str | null}], "timeout": seconds}
Each result is one line of JSON on stdout: {"check", "image", "ok", "seconds", "detail", "class"}.
The token of the service `glaciocloud-health` is read from the pod's own Secret and never leaves it.
"""

import asyncio
import json
import signal
import sys
import time
import uuid

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

HUB = "http://127.0.0.1:8081/hub/api"
PROXY = "http://proxy-public"
TOKEN = open("/usr/local/etc/jupyterhub/secret/hub.services.glaciocloud-health.apiToken").read().strip()
HEADERS = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}

OGGM_CHECK = """
import json
import oggm
from oggm import cfg
cfg.initialize_minimal(logging_level="ERROR")
print(json.dumps({"version": oggm.__version__, "params": len(cfg.PARAMS)}))
"""
PLAIN_CHECK = "print(6 * 7)"


class Broken(Exception):
    """A check that failed; `kind` says whether the change or the infrastructure is to blame."""

    def __init__(self, message, kind="product"):
        super().__init__(message)
        self.kind = kind


def emit(check, image, ok, seconds, detail, kind=None):
    print(json.dumps({"check": check, "image": image, "ok": ok, "seconds": round(seconds, 2), "detail": str(detail)[:600], "class": kind}), flush=True)


async def call(method, url, body=None, headers=HEADERS, timeout=20):
    request = HTTPRequest(url, method=method, headers=headers, body=None if body is None else json.dumps(body), allow_nonstandard_methods=True, request_timeout=timeout)
    response = await AsyncHTTPClient().fetch(request)
    return json.loads(response.body) if response.body else None


async def status(method, path):
    try:
        await call(method, HUB + path)
        return 200
    except HTTPClientError as error:
        return error.code


async def hub_answers():
    info = await call("GET", f"{HUB}/")
    if not info.get("version"):
        raise Broken(f"the hub's API answers, but not as a hub: {info}")
    return f"JupyterHub {info['version']}"


async def proxy_reaches_hub():
    # What came back counts, not only the status: a proxy without its route answers too.
    info = await call("GET", f"{PROXY}/hub/api/")
    if not info.get("version"):
        raise Broken(f"the proxy answers, but not with the hub: {info}")
    return "the hub answers through the proxy"


async def menu_is_read(digest):
    """The hub reads its mounted files again when they change; the kubelet takes its time to change them."""
    if not digest:
        return "no menu is expected"
    for _ in range(300):
        state = await call("GET", f"{HUB.removesuffix('/api')}/glaciocloud/state")
        if state["profiles"]["digest"] == digest:
            return "the hub has read images and sizes"
        await asyncio.sleep(0.3)
    raise Broken(f"the hub still has other images and sizes: {state['profiles']}", "infrastructure")


async def progress(user):
    """The last messages of a start, as a user would see them."""
    messages = []
    try:
        request = HTTPRequest(f"{HUB}/users/{user}/server/progress", headers=HEADERS, request_timeout=5)
        buffer = []
        request.streaming_callback = lambda chunk: buffer.append(chunk)
        try:
            await AsyncHTTPClient().fetch(request)
        except Exception:
            pass
        for line in b"".join(buffer).decode().split("\n"):
            if line.startswith("data: "):
                event = json.loads(line[6:])
                messages.append(event.get("message", ""))
    except Exception as error:
        messages.append(repr(error))
    return [message for message in messages if message][-4:]


INFRASTRUCTURE = ("Insufficient", "nodes are available", "i/o timeout", "connection refused", "TLS handshake", "no such host")


async def start(user, check, timeout):
    await call("POST", f"{HUB}/users/{user}/server", {"profile": check["profile"], "size": check["size"]}, timeout=60)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        server = (await call("GET", f"{HUB}/users/{user}"))["servers"].get("", {})
        if server.get("ready"):
            return
        if not server.get("pending"):
            break
        if time.monotonic() > deadline - timeout + 15:
            said = " / ".join(await progress(user))
            # What cannot heal is not waited for. The start itself is left to end: cancelling it would block later ones.
            if any(word in said for word in ("CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff", "BackOff")):
                raise Broken(f"the server does not start: {said}", "infrastructure" if any(word in said for word in INFRASTRUCTURE) else "product")
        await asyncio.sleep(0.4)
    said = " / ".join(await progress(user))
    raise Broken(f"the server did not become ready: {said}", "infrastructure" if any(word in said for word in INFRASTRUCTURE) else "product")


async def stop(user):
    for _ in range(120):
        code = await status("DELETE", f"/users/{user}/server")
        model = await call("GET", f"{HUB}/users/{user}")
        if not model["servers"]:
            return
        await asyncio.sleep(1 if code == 400 else 0.4)
    raise Broken("the server does not stop", "infrastructure")


async def run_in_kernel(user, code, timeout=120):
    base = f"{PROXY}/user/{user}/api"
    kernel = await call("POST", f"{base}/kernels", {"name": "python3"}, timeout=60)
    socket = await websocket_connect(HTTPRequest(f"{base.replace('http', 'ws', 1)}/kernels/{kernel['id']}/channels", headers=HEADERS, request_timeout=30))
    message = uuid.uuid4().hex
    header = {"msg_id": message, "username": "", "session": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    await socket.write_message(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}))
    output, deadline = [], time.monotonic() + timeout
    try:
        while True:
            raw = await asyncio.wait_for(socket.read_message(), max(0.1, deadline - time.monotonic()))
            if raw is None:
                raise Broken("the kernel's connection closed")
            reply = json.loads(raw)
            if reply["parent_header"].get("msg_id") != message:
                continue
            if reply["msg_type"] == "stream" and reply["content"]["name"] == "stdout":
                output.append(reply["content"]["text"])
            elif reply["msg_type"] == "error":
                raise Broken(f"{reply['content']['ename']}: {reply['content']['evalue']}")
            elif reply["msg_type"] == "execute_reply":
                return "".join(output)
    except asyncio.TimeoutError:
        raise Broken(f"the kernel gave no answer in {timeout} s") from None
    finally:
        socket.close()


async def kernel_works(user, check):
    if not check["oggm"]:
        said = (await run_in_kernel(user, PLAIN_CHECK)).strip()
        if said != "42":
            raise Broken(f"the kernel counts {said!r}")
        return "a kernel runs"
    answer = json.loads((await run_in_kernel(user, OGGM_CHECK)).strip().split("\n")[-1])
    if check.get("version") and answer["version"] != check["version"]:
        raise Broken(f"OGGM {answer['version']} answers, and the image should have {check['version']}")
    return f"OGGM {answer['version']}"


async def remove_user(user):
    if await status("GET", f"/users/{user}") == 404:
        return
    model = await call("GET", f"{HUB}/users/{user}")
    if model["servers"]:
        # Never cancel a start that is pending: wait until it is ready or has failed.
        for _ in range(300):
            server = (await call("GET", f"{HUB}/users/{user}"))["servers"].get("")
            if not server or server.get("pending") != "spawn":
                break
            await asyncio.sleep(1)
        await stop(user)
    await call("DELETE", f"{HUB}/users/{user}")


async def count_users():
    return len(await call("GET", f"{HUB}/users?limit=200"))


async def timed(name, image, work):
    began = time.monotonic()
    try:
        detail = await work
    except Broken as error:
        emit(name, image, False, time.monotonic() - began, error, error.kind)
        raise
    except Exception as error:
        emit(name, image, False, time.monotonic() - began, repr(error), "product")
        raise Broken(repr(error)) from error
    emit(name, image, True, time.monotonic() - began, detail or "")


async def image_works(check, timeout):
    user, image = check["user"], check["image"]
    await remove_user(user)
    try:
        await call("POST", f"{HUB}/users/{user}")
        for home in ("fresh home", "existing home"):
            await timed(f"server on a {home}", image, start(user, check, timeout))
            if home == "fresh home":
                await timed("kernel", image, kernel_works(user, check))
            await timed(f"stop on a {home}", image, stop(user))
    finally:
        await remove_user(user)


async def main():
    job = json.loads(sys.argv[1])
    task = asyncio.current_task()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    failed = False
    try:
        await timed("hub", None, hub_answers())
        await timed("proxy", None, proxy_reaches_hub())
        await timed("menu", None, menu_is_read(job.get("profiles")))
        before = await count_users()
        for check in job["checks"]:
            try:
                await image_works(check, job.get("timeout", 300))
            except Broken:
                failed = True
        after = await count_users()
        if after != before:
            emit("users before and after", None, False, 0, f"{before} before, {after} after", "product")
            failed = True
    except Broken:
        failed = True
    sys.exit(1 if failed else 0)


asyncio.run(main())
