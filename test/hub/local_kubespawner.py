"""A test double for pods: KubeSpawner with its menu, options and environment as they are, but the
server is a local process.
"""

import sys

import kubespawner.spawner
from jupyterhub.spawner import LocalProcessSpawner
from kubespawner import KubeSpawner

kubespawner.spawner.load_config = lambda **ignored: (
    None
)  # there is no cluster to find credentials of

SLOW = "import os, sys, time; time.sleep(4); os.execv(sys.argv[1], sys.argv[1:])"


class LocalKubeSpawner(KubeSpawner, LocalProcessSpawner):
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

    async def poll(self):
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
