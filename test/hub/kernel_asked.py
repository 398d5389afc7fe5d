"""Code in a new kernel of a server, over the websocket that a browser would open."""

import asyncio

import requests
from health_check import execute
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect


def in_kernel(url, token, code, seconds):
    """`url`: of the server's API; what `execute` gives for the code."""
    headers = {"Authorization": f"token {token}"}
    made = requests.post(f"{url}/kernels", headers=headers, json={}, timeout=60)
    assert made.status_code == 201, made.text

    async def ask():
        path = f"{url}/kernels/{made.json()['id']}/channels".replace("http", "ws", 1)
        socket = await websocket_connect(HTTPRequest(path, headers=headers))
        try:
            return await asyncio.wait_for(execute(socket, code), seconds)
        finally:
            socket.close()

    return asyncio.run(ask())
