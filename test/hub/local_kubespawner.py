"""A test double for pods: KubeSpawner with its menu, options and environment as they are, but the
server is a local process.
"""

import json
import signal
import sys
import types
from pathlib import Path

import kubespawner.spawner
from jupyterhub.spawner import LocalProcessSpawner
from kubespawner import KubeSpawner

kubespawner.spawner.load_config = lambda **ignored: (
    None
)  # there is no cluster to find credentials of

# In the hub's folder: pods by the name of whoever owns them, as Kubernetes would show them.
PODS = Path("pods.json")
SLOW = "import os, sys, time; time.sleep(4); os.execv(sys.argv[1], sys.argv[1:])"


class NoEvents:
    async def list_namespaced_event(self, *ignored, **also):
        return types.SimpleNamespace(items=[])


class LocalKubeSpawner(KubeSpawner, LocalProcessSpawner):
    # KubeSpawner sets a client of the cluster's API.
    api = property(lambda self: NoEvents(), lambda self, client: None)

    async def start(self):
        await self.load_user_options()
        if "crash" in self.image:
            self.cmd = ["false"]
        if "slow" in self.image:
            self.cmd = [sys.executable, "-c", SLOW, *self.cmd]
        self.ip, self.port = "127.0.0.1", 0
        # Limits are for pods; the chosen image reaches the server so that tests can see it.
        self.environment = {
            **self.environment,
            "CHOSEN_IMAGE": self.image,
            "CHOSEN_MEMORY": str(self.mem_limit),
        }
        return await LocalProcessSpawner.start(self)

    async def stop(self, now=False):
        await LocalProcessSpawner.stop(self, now=now)

    async def _start_watching_pods(self, replace=False):
        pass

    @property
    def pod_reflector(self):
        shown = json.loads(PODS.read_text()) if PODS.exists() else {}
        pod = shown.get(self.user.name, {})
        return types.SimpleNamespace(pods={f"{self.namespace}/{self.pod_name}": pod})

    async def poll(self):
        (pod,) = self.pod_reflector.pods.values()
        if pod is None or pod.get("status", {}).get("phase") == "Failed":
            if self.pid > 0:
                await self._signal(signal.SIGKILL)
            return 1
        return await LocalProcessSpawner.poll(self)

    async def progress(self):
        yield {"progress": 50, "message": f"Started {self.image} as a local process"}

    async def delete_forever(self):
        pass

    def make_preexec_fn(self, name):
        return None

    def user_env(self, env):
        return env

    def get_state(self):
        return LocalProcessSpawner.get_state(self)

    def load_state(self, state):
        LocalProcessSpawner.load_state(self, state)

    def clear_state(self):
        LocalProcessSpawner.clear_state(self)
