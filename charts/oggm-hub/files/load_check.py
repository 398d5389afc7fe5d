"""Loads the hub's configuration as the hub would, on a database in memory, and goes no further.

Runs in a throw-away pod of the new hub image. The last line is JSON: {"ok", "stage", "error", "warnings"}.
"""

import asyncio
import json
import logging
import os
import sys
import traceback

WARNINGS = []
CONFIG = "/usr/local/etc/jupyterhub/jupyterhub_config.py"


def end(ok, stage, error=None):
    print("\n" + json.dumps({"ok": ok, "stage": stage, "error": error, "warnings": WARNINGS[:20]}), flush=True)
    os._exit(0 if ok else 1)  # no atexit of the hub, nothing left running


class Collect(logging.Handler):
    def emit(self, record):
        if record.levelno >= logging.WARNING:
            WARNINGS.append(record.getMessage()[:300])


async def main():
    from jupyterhub.app import JupyterHub

    class Check(JupyterHub):
        raise_config_file_errors = True  # an exception in the file is not just logged

    app = Check.instance()
    stage = "configuration"
    try:
        # The command line beats the file: nothing of the real hub can be touched.
        argv = ["--config", CONFIG, "--JupyterHub.db_url=sqlite:///:memory:", "--JupyterHub.cleanup_servers=False", "--JupyterHub.cleanup_proxy=False"]
        super(JupyterHub, app).initialize(argv)
        app.load_config_file(app.config_file)
        app.init_logging()
        app.log.addHandler(Collect())
        stage = "classes"
        names = (app.authenticator_class.__name__, app.spawner_class.__name__, app.proxy_class.__name__)
        stage = "secrets"
        app.init_eventlog(), app.init_pycurl(), app.init_secrets(), app.init_internal_ssl()
        stage = "database"
        app.init_db()
        stage = "hub"
        app.init_hub(), app.init_proxy(), app.init_oauth()
        stage = "roles"
        await app.init_role_creation()
        stage = "authenticator"
        await app.init_users()
        await app.init_groups()
        stage = "services"
        app.init_services()
        await app.init_api_tokens()
        await app.init_role_assignment()
        app.init_blocked_users()
        stage = "settings"
        app.init_tornado_settings(), app.init_handlers(), app.init_tornado_application()
        stage = "spawner"
        await check_spawner(app)
    except BaseException as error:
        if not isinstance(error, SystemExit):
            traceback.print_exc()
        end(False, stage, f"{type(error).__name__}: {error}"[:1000])
    print("loaded:", *names)
    end(True, "done")


async def check_spawner(app):
    from jupyterhub import orm
    from jupyterhub.user import User
    from tornado.web import HTTPError

    try:  # no credentials in this pod, and none needed
        import kubespawner.spawner

        kubespawner.spawner.load_config = lambda **kwargs: None
    except ImportError:
        pass
    user = orm.User(name="load-check")
    app.db.add(user)
    app.db.commit()
    spawner = User(user, app.tornado_settings).get_spawner("")
    for name in spawner.traits(config=True):  # every configured trait is validated when it is read
        getattr(spawner, name)
    if callable(getattr(spawner, "profile_list", None)):
        try:
            result = spawner.profile_list(spawner)
            if asyncio.iscoroutine(result):
                await result
        except HTTPError as error:
            if error.status_code != 403:  # "nothing is open to you" is an answer
                raise
    if hasattr(spawner, "get_pod_manifest"):
        spawner.api_token = "x"
        await spawner.get_pod_manifest()


asyncio.run(main())
