"""A start of a server that cannot succeed ends at once, with its reason, instead of at the end of
the start timeout.

KubeSpawner waits for a pod until the timeout, whatever the pod says: a quarter of an hour for an
image that does not exist. `watch` is its `after_pod_created_hook`: it comes back when the pod runs,
and raises when waiting cannot help, or when the person may no longer enter. KubeSpawner then takes
the pod away and the start fails as any other. Nothing is cancelled, because a cancelled start may
block later ones. What may heal (a full node, a registry that does not answer) is left to the
timeout.
"""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

LOOK_SECONDS = 0.5
# A container that has ended so often, and waits for its next turn, will end again.
CRASHES = 2
NEVER = {
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
}
PULL = {"ErrImagePull", "ImagePullBackOff"}
GONE_OR_REFUSED = re.compile(
    r"not found|manifest unknown|denied|unauthorized|forbidden|\b40[134]\b", re.IGNORECASE
)
# A kubelet that has not heard of a new Secret or ConfigMap yet says so, and tries again.
HEALS = re.compile(r"failed to sync \w+ cache", re.IGNORECASE)


class StartFailed(Exception):
    """Shown to people as it is: JupyterHub's page about a failed start prints
    `jupyterhub_message`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.jupyterhub_message = f"Your server cannot start: {reason}"


def hopeless(pod: dict[str, Any]) -> str | None:
    """Why a pod, as the API gives it, will never run; None where it runs or may."""
    status = pod.get("status") or {}
    for container in [
        *(status.get("initContainerStatuses") or []),
        *(status.get("containerStatuses") or []),
    ]:
        waiting = (container.get("state") or {}).get("waiting") or {}
        reason, message = waiting.get("reason") or "", waiting.get("message") or ""
        if reason in NEVER and not HEALS.search(message):
            return f"{reason}: {message}"
        if reason in PULL and GONE_OR_REFUSED.search(message):
            return f"its image cannot be pulled ({reason}: {message})"
        ended = (container.get("lastState") or {}).get("terminated") or {}
        if reason == "CrashLoopBackOff" and (container.get("restartCount") or 0) + 1 >= CRASHES:
            memory = ", for want of memory" if ended.get("reason") == "OOMKilled" else ""
            return f"it ended {CRASHES} times with exit code {ended.get('exitCode')}{memory} (CrashLoopBackOff: {message})"
    return None


async def watch(spawner: Any, may_not: Callable[[str], str | None]) -> None:
    """Until the pod runs, or is seen to be hopeless, or the door says why this person may no longer
    enter. The timeout is KubeSpawner's own.
    """
    key = f"{spawner.namespace}/{spawner.pod_name}"
    end = time.monotonic() + spawner.start_timeout
    while time.monotonic() < end:
        refusal = may_not(spawner.user.name)
        if refusal:
            raise StartFailed(refusal)
        seen = spawner.pod_reflector.pods.get(key)
        if spawner.is_pod_running(seen):
            return
        reason = hopeless(seen or {})
        if reason:
            raise StartFailed(reason)
        await asyncio.sleep(LOOK_SECONDS)
