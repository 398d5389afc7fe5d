"""Claims that the platform's files mount into servers, for whom they say.

profiles.json names them: `{"name", "claim", "path"?, "at", "for": ["all"], "readOnly"}`. Who a person is decides
when the pod is made, never what a form or the API asks for; nothing of it is kept from one start to the next.
"""

from collections.abc import Callable, Collection
from typing import Any

from jupyterhub.utils import maybe_future

Json = dict[str, Any]


def check(mounts: list[Json]) -> None:
    """Raises what is wrong with the mounts of profiles.json."""
    for one in mounts:
        texts = (one["name"], one["claim"], one["at"], one.get("path", ""))
        if not all(isinstance(text, str) for text in texts) or not isinstance(one["for"], list):
            raise ValueError(f"the mount {one['name']}")
        if not isinstance(one["readOnly"], bool):
            raise ValueError(f"readOnly of the mount {one['name']}")


def hook(inner: Any, mounts_of: Callable[[Any], Collection[Json]]) -> Any:
    """For KubeSpawner's modify_pod_hook: what a hub's own hook makes of a pod, with these mounts of its person."""

    async def with_mounts(spawner: Any, pod: Any) -> Any:
        if inner:
            pod = await maybe_future(inner(spawner, pod))
        for one in mounts_of(spawner):
            add(pod.spec, one)
        return pod

    return with_mounts


def add(spec: Any, one: Json) -> None:
    name = f"mount-{one['name']}"
    claim = {"claimName": one["claim"], "readOnly": one["readOnly"]}
    mount = {"name": name, "mountPath": one["at"], "readOnly": one["readOnly"]}
    if one.get("path"):
        mount["subPath"] = one["path"]
    server = next(each for each in spec.containers if each.name == "notebook")
    spec.volumes = [*(spec.volumes or []), {"name": name, "persistentVolumeClaim": claim}]
    server.volume_mounts = [*(server.volume_mounts or []), mount]
