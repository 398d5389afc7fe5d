"""A user's server for the lab's tests: `start USER`, `set USER KERNEL CODE`, `leave USER KERNEL CODE`
(nobody waits for it), `stop USER`, `delete USER`. Piped into the hub's pod. Prints JSON.
"""

import asyncio
import json
import sys
import uuid

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

HUB, PROXY = "http://127.0.0.1:8081/hub/api", "http://proxy-public"
MACHINES = "http://127.0.0.1:8081/hub/glaciocloud/machines"


def headers(service):
    secret = f"/usr/local/etc/jupyterhub/secret/hub.services.{service}.apiToken"
    return {"Authorization": f"token {open(secret).read().strip()}"}


HEADERS = headers("glaciocloud-health")


async def call(method, url, body=None, with_headers=HEADERS):
    request = HTTPRequest(
        url,
        method=method,
        headers=with_headers,
        body=None if body is None else json.dumps(body),
        allow_nonstandard_methods=True,
        request_timeout=120,
    )
    response = await AsyncHTTPClient().fetch(request)
    return json.loads(response.body) if response.body else None


async def ask(socket, kind, content):
    message = uuid.uuid4().hex
    header = {"msg_id": message, "msg_type": kind, "session": "lab", "version": "5.3"}
    header["username"] = ""
    parts = {"parent_header": {}, "metadata": {}, "content": content, "buffers": []}
    await socket.write_message(json.dumps({"header": header, "channel": "shell", **parts}))
    return message


async def answers(socket, message):
    """What a kernel says to a request, until it is idle again."""
    while True:
        reply = json.loads(await socket.read_message())
        if reply["parent_header"].get("msg_id") != message:
            continue
        yield reply
        if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
            return


async def is_heard(socket):
    async for _ in answers(socket, await ask(socket, "kernel_info_request", {})):
        pass


async def execute(user, kernel, code, waits=True):
    url = f"{PROXY}/user/{user}/api/kernels/{kernel}/channels".replace("http", "ws", 1)
    # What a new kernel says first may be lost: it is asked until it is heard.
    for _ in range(60):
        socket = await websocket_connect(HTTPRequest(url, headers=HEADERS))
        try:
            await asyncio.wait_for(is_heard(socket), 2)
            break
        except TimeoutError:
            socket.close()
    content = {
        "code": code,
        "silent": False,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
    }
    said = ""
    request = await ask(socket, "execute_request", content)
    if not waits:
        await asyncio.sleep(2)
        socket.close()
        return said
    async for reply in answers(socket, request):
        if reply["msg_type"] == "stream":
            said += reply["content"]["text"]
    return said.strip()


async def main(what, user, *rest):
    if what == "start":
        try:
            await call("POST", f"{MACHINES}/{user}")
        except HTTPClientError as error:
            if error.code != 409:
                raise
        await call("POST", f"{HUB}/users/{user}/server", {"profile": "oggm", "size": "small"})
        while not (await call("GET", f"{HUB}/users/{user}"))["servers"].get("", {}).get("ready"):
            await asyncio.sleep(0.3)
        kernel = await call("POST", f"{PROXY}/user/{user}/api/kernels", {"name": "python3"})
        print(json.dumps({"kernel": kernel["id"]}))
    elif what == "set":
        print(json.dumps({"said": await execute(user, *rest)}))
    elif what == "leave":
        print(json.dumps({"said": await execute(user, *rest, waits=False)}))
    elif what == "stop":
        await call("DELETE", f"{HUB}/users/{user}/server")
        while (await call("GET", f"{HUB}/users/{user}"))["servers"]:
            await asyncio.sleep(0.2)
        print("{}")
    elif what == "delete":
        await call("DELETE", f"{HUB}/users/{user}")
        print("{}")
    elif what == "users":
        # Only what ends access may list them.
        known = await call("GET", f"{HUB}/users", with_headers=headers("glaciocloud-access"))
        print(json.dumps({"users": sorted(one["name"] for one in known)}))


asyncio.run(main(*sys.argv[1:]))
