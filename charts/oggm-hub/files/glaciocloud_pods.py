"""What the pods of a hub say of themselves, for whoever watches it from outside.

The environment of a person's pod holds that person's token, and whoever may list pods reads it. So
only the hub lists them, which has made them, and tells how they are:

    {"v": 1, "pods": [{"metadata": {"labels": {"component": "hub"}, "annotations": {}},
                       "status": {"phase": "Running", "containerStatuses": [{"lastState": {...}}]}}]}

Names are those of throw-away users alone. Source: Pod of Kubernetes' core/v1.
"""

import asyncio
import json
import os
import ssl
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import needs_scope
from tornado import web

Json = dict[str, Any]
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
SELECTOR = "component in (hub,proxy,singleuser-server)"
USER = "hub.jupyter.org/username"
SECONDS = 15


def listed() -> list[Json]:
    """All pods of the hub, as Kubernetes has them. Never by a proxy: the API server is in the cluster."""
    namespace = os.environ.get("POD_NAMESPACE") or (ACCOUNT / "namespace").read_text()
    where = f"/api/v1/namespaces/{namespace}/pods?labelSelector={quote(SELECTOR)}"
    token = (ACCOUNT / "token").read_text().strip()
    request = urllib.request.Request(
        f"https://kubernetes.default.svc{where}", headers={"Authorization": f"Bearer {token}"}
    )
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(
            context=ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
        ),
    )
    with opener.open(request, timeout=SECONDS) as answer:
        return list(json.load(answer)["items"])


def shown(pod: Json, machines: set[str]) -> Json:
    """A pod without what is in it: its part, whether it runs, and how its containers ended before."""
    metadata, status = pod["metadata"], pod.get("status", {})
    name = metadata.get("annotations", {}).get(USER)
    ends = [
        one.get("lastState", {}).get("terminated") for one in status.get("containerStatuses", [])
    ]
    return {
        "metadata": {
            "labels": {"component": metadata.get("labels", {}).get("component")},
            "annotations": {USER: name} if name in machines else {},
        },
        "status": {
            "phase": status.get("phase"),
            "containerStatuses": [
                {"lastState": {"terminated": told(end)} if end else {}} for end in ends
            ],
        },
    }


def told(end: Json) -> Json:
    return {key: end.get(key) for key in ("finishedAt", "reason", "exitCode")}


class PodsHandler(APIHandler):
    """How the pods of this hub are."""

    def initialize(self, machines: Any) -> None:
        """`machines`: names the throw-away users of now."""
        self.machines = machines

    @needs_scope("read:hub")
    async def get(self) -> None:
        try:
            pods = await asyncio.to_thread(listed)
        except (OSError, ValueError, KeyError) as error:
            raise web.HTTPError(
                503, f"Kubernetes does not say how the pods are: {error}"
            ) from error
        machines = set(self.machines())
        self.finish({"v": 1, "pods": [shown(pod, machines) for pod in pods]})
