"""Load a hub's configuration as the hub would, on a throw-away database, and go no further than its
first request would.

Runs in a pod of the new hub image, beside the running hub and without a way to it: the database is
in memory, the proxy is not called, no credentials of the cluster are needed. Everything is printed
to stdout; the last line is

    {"ok": true, "stage": "pod", "error": null, "warnings": [], "version": "5.5.0",
     "schemas": ["4621fec11365", …], "seconds": 1.9}

`stage` is the last one that was entered; exit code 1 when it failed. `schemas`: of databases that
this JupyterHub can begin with, the newest first; it upgrades the others to that.
"""

import asyncio
import json
import logging
import os
import re
import signal
import sys
import time
import traceback
from importlib.metadata import version
from typing import Any, NoReturn

CONFIG = os.environ.get("GLACIOCLOUD_CONFIG", "/usr/local/etc/jupyterhub/jupyterhub_config.py")
BEGIN = time.monotonic()
# What a hub may take to load: it would be down as long, whenever its pod is moved.
SECONDS = int(os.environ.get("GLACIOCLOUD_LOAD_SECONDS", "60"))
WARNINGS: list[str] = []
# Said of every hub, by our own choice: a service would be one more process to keep alive.
EXPECTED = "JupyterHub.extra_handlers is deprecated"


class LogLines(logging.Handler):
    """What JupyterHub says: shown to people, and kept from warnings up. Traitlets reports a bad
    value only in its log.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refusals: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.levelno >= logging.WARNING and not text.startswith(EXPECTED):
            print(f"{record.levelname.lower()}: {text}", flush=True)
            (self.refusals if record.levelno >= logging.CRITICAL else WARNINGS).append(text)


class LoadCheck:
    def __init__(self) -> None:
        self.stage = "start"
        self.lines = LogLines()
        self.schemas: list[str] = []

    def enter(self, stage: str) -> None:
        self.stage = stage
        print(f"load check: {stage}", flush=True)

    async def run(self) -> None:
        self.enter("import")
        from jupyterhub.app import JupyterHub

        # Otherwise an exception in the file is logged, and the hub goes on with defaults.
        JupyterHub.raise_config_file_errors = True
        app = JupyterHub.instance()
        self.enter("configuration")
        logging.getLogger("JupyterHub").addHandler(self.lines)
        app.log.addHandler(self.lines)
        self.configure(app)
        await self.build_hub(app)
        await self.build_server(app)
        self.mounted_files()

    def configure(self, app: Any) -> None:
        from traitlets.config import Application

        # The command line wins over the file: nothing of the real hub can be touched.
        Application.initialize(
            app,
            [
                f"--config={CONFIG}",
                "--JupyterHub.db_url=sqlite:///:memory:",
                "--JupyterHub.cleanup_servers=False",
                "--JupyterHub.cleanup_proxy=False",
            ],
        )
        app.load_config_file(app.config_file)
        app.init_logging()
        self.enter("classes")
        for name in ("authenticator_class", "spawner_class", "proxy_class"):
            cls = getattr(app, name)
            print(f"load check: {name} is {cls.__module__}.{cls.__name__}", flush=True)

    async def build_hub(self, app: Any) -> None:
        """The steps of JupyterHub.initialize, without writing a process id, starting a proxy or
        adopting servers.
        """
        self.enter("secrets")
        app.init_eventlog()
        app.init_pycurl()
        app.init_secrets()
        app.init_internal_ssl()
        self.enter("database")
        app.init_db()
        self.schemas = known_schemas()
        self.enter("hub")
        app.init_hub()
        app.init_proxy()
        app.init_oauth()
        self.enter("roles")
        await app.init_role_creation()
        self.enter("authenticator")
        await app.init_users()
        await app.init_groups()
        self.enter("services")
        app.init_services()
        await app.init_api_tokens()
        await app.init_role_assignment()
        await app.init_blocked_users()
        self.enter("settings")
        app.init_tornado_settings()
        app.init_handlers()
        app.init_tornado_application()

    async def build_server(self, app: Any) -> None:
        """The first server that somebody would start, as far as its pod's description."""
        self.enter("spawner")
        from jupyterhub import orm
        from jupyterhub.user import User
        from jupyterhub.utils import maybe_future

        if issubclass(app.spawner_class, kubespawner_class()):
            import kubespawner.spawner

            kubespawner.spawner.load_config = lambda **ignored: (
                None
            )  # no credentials in this pod, and none needed
        # An admin: to whom every image is open, whatever the spawn switch says.
        person = orm.User(name="load-check", admin=True)
        app.db.add(person)
        app.db.commit()
        spawner: Any = User(person, app.tornado_settings).get_spawner("")
        for trait in spawner.traits(config=True):
            getattr(spawner, trait)  # values are checked when they are read for the first time
        self.enter("profiles")
        profiles = getattr(spawner, "profile_list", None)
        if callable(profiles):
            from tornado.web import HTTPError

            try:
                profiles = await maybe_future(profiles(spawner))
            except (
                HTTPError
            ) as answer:  # an answer to a person; the stage "files" judges what lies behind it
                WARNINGS.append(
                    f"the list of images answers {answer.status_code}: {answer.log_message}"
                )
                profiles = []
        self.enter("pod")
        faults: list[str] = []
        if isinstance(spawner, kubespawner_class()):
            other = orm.User(name="load-check-2", admin=True)
            app.db.add(other)
            app.db.commit()
            people = [User(one, app.tornado_settings) for one in (person, other)]
            faults = await pods_of(people, profiles)
        self.enter("promises")
        import load_promises

        faults += await load_promises.of_hub(app, spawner)
        if faults:
            raise BrokenPromise("; ".join(dict.fromkeys(faults)))

    def mounted_files(self) -> None:
        """Our own files: a missing one may come later (a first install), a broken one would stay
        broken.
        """
        self.enter("files")
        code = sys.modules.get("glaciocloud_hub")
        for watched in (code.ACCESS, code.PROFILES, code.NOTICES) if code else ():
            watched.read()
            if not os.path.exists(watched.path):
                WARNINGS.append(f"{watched.path} is not there")
            elif watched.info["error"]:
                raise ValueError(f"{watched.path} cannot be used: {watched.info['error']}")


def known_schemas() -> list[str]:
    import jupyterhub
    from alembic.script import ScriptDirectory

    folder = os.path.join(os.path.dirname(jupyterhub.__file__), "alembic")
    return [one.revision for one in ScriptDirectory(folder).walk_revisions()]


class BrokenPromise(Exception):
    """The configuration loads, and does what the platform promises nobody will see."""


async def pods_of(people: list[Any], profiles: Any) -> list[str]:
    """For each image and size the pod that somebody would get: what is wrong with it. `people`: two of them."""
    import load_promises
    from kubernetes_asyncio.client import ApiClient

    faults: list[str] = []
    pods: list[dict[str, Any]] = []
    async with ApiClient() as api:

        async def pod_for(user: Any, chosen: dict[str, Any], image: str | None) -> None:
            spawner: Any = user._new_spawner("")
            spawner.api_token = "none"
            spawner.user_options = chosen
            pods.append(api.sanitize_for_serialization(await server_pod(spawner)))
            faults.extend(load_promises.of_pod(pods[-1], spawner, image))

        choices = list(load_promises.choices(profiles))
        for chosen, image in choices[:1]:
            await pod_for(people[1], chosen, image)
        for chosen, image in choices:
            await pod_for(people[0], chosen, image)
    return faults + load_promises.of_two(*pods[:2])


async def server_pod(spawner: Any) -> Any:
    """As KubeSpawner makes it, with every hook that it calls before Kubernetes hears of it."""
    from jupyterhub.utils import maybe_future

    if spawner.user_options.get("profile"):
        await spawner.load_user_options()
    await maybe_future(spawner.run_pre_spawn_hook())
    pod = await spawner.get_pod_manifest()
    if spawner.modify_pod_hook:
        pod = await maybe_future(spawner.modify_pod_hook(spawner, pod))
    return pod


def kubespawner_class() -> Any:
    try:
        from kubespawner import KubeSpawner
    except ImportError:
        return type("NoKubeSpawner", (), {})
    return KubeSpawner


def finish(check: LoadCheck, error: str | None) -> NoReturn:
    result = {
        "ok": error is None,
        "stage": check.stage,
        "error": error,
        "warnings": list(dict.fromkeys(WARNINGS)),
        "version": version("jupyterhub"),
        "schemas": check.schemas,
        "seconds": round(time.monotonic() - BEGIN, 1),
    }
    sys.stderr.flush()
    print(json.dumps(result), flush=True)
    os._exit(0 if error is None else 1)  # nothing that JupyterHub registered for its end may run


def explain(check: LoadCheck, error: BaseException) -> str:
    """One line for people. JupyterHub ends itself by SystemExit after it logged the reason."""
    if check.lines.refusals:
        return re.sub(r"\x1b\[[0-9;]*m", "", check.lines.refusals[-1])
    if isinstance(error, BrokenPromise):
        return str(error)
    if isinstance(error, SystemExit):
        return f"the configuration ended the hub (exit {error.code})"
    return f"{type(error).__name__}: {error}"


def too_long(*_: object) -> NoReturn:
    raise TimeoutError(f"it was not loaded within {SECONDS} s")


def main() -> NoReturn:
    os.dup2(1, 2)  # one stream for all, so that a pod's log keeps the order
    check = LoadCheck()
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(SECONDS)
    try:
        asyncio.run(check.run())
    except BaseException as error:
        if not isinstance(error, SystemExit):
            traceback.print_exc()
        finish(check, explain(check, error))
    finish(check, None)


if __name__ == "__main__":
    main()
