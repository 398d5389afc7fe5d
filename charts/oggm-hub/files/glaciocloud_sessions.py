"""What servers say of what computes in them, for their owners and for whoever deploys.

A server tells it once a minute while something computes, or its stop is near (glaciocloud_busy.py in
the server), with its own token, and by that only for itself:

    POST /hub/glaciocloud/sessions/USER   {"v": 1, "server": "", "stops": time, "near": false,
        "runs": [{"kind": "kernel", "since": time, "until": time, "counts": true, "quiet": false}]}

While one of the runs counts, that is activity. It is kept in memory: a hub that restarts knows it again after a minute. To others the hub says
counts, and of nobody by name:

    GET /hub/glaciocloud/sessions         {"v": 1, "computing": 3, "longest": time, "over": 1, "quiet": 0}
"""

import json
import time
from collections.abc import Iterable
from typing import Any

from glaciocloud_pages import moment
from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import needs_scope
from jupyterhub.utils import utcnow
from tornado import web

Json = dict[str, Any]
KINDS = {"kernel": "A notebook", "terminal": "A terminal", "run": "glaciocloud-run"}
MOST_RUNS = 20
MOST_BYTES = 1 << 14
OF_RUN = ("kind", "since", "until", "counts", "quiet")
# Servers look every minute.
STALE_SECONDS = 180
LATEST = 253402300799  # the end of 9999

# By user and server.
TOLD: dict[tuple[str, str], Json] = {}


def is_time(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= LATEST


def check_told(raw: bytes) -> Json:
    """Only what is known of is kept: all of it stays in the hub's memory for a while."""
    if len(raw) > MOST_BYTES:
        raise ValueError("size")
    content: Json = json.loads(raw)
    runs = content["runs"]
    if content["v"] != 1 or not isinstance(content["server"], str):
        raise ValueError("v or server")
    if not is_time(content["stops"]) or not isinstance(content["near"], bool):
        raise ValueError("stops or near")
    if not isinstance(runs, list) or len(runs) > MOST_RUNS:
        raise ValueError("runs")
    for run in runs:
        times = is_time(run["since"]) and is_time(run["until"])
        flags = isinstance(run["counts"], bool) and isinstance(run["quiet"], bool)
        if run["kind"] not in KINDS or not times or not flags:
            raise ValueError("a run")
    told = {key: content[key] for key in ("server", "stops", "near")}
    return {**told, "runs": [{key: run[key] for key in OF_RUN} for run in runs]}


def fresh(now: float) -> dict[tuple[str, str], Json]:
    """What was told lately; the rest is forgotten."""
    for key in [key for key, told in TOLD.items() if now - told["at"] > STALE_SECONDS]:
        del TOLD[key]
    return TOLD


def counts(told: Iterable[Json]) -> Json:
    runs = [one["runs"] for one in told]
    ends = [max([run["until"] for run in of if run["counts"]], default=0) for of in runs]
    return {
        "v": 1,
        "computing": sum(end > 0 for end in ends),
        "longest": max(ends, default=0) or None,
        "over": sum(any(not run["counts"] for run in of) for of in runs),
        "quiet": sum(any(run["quiet"] for run in of) for of in runs),
    }


def of_user(user: Any) -> list[Json]:
    """What was told of the servers of somebody that still run."""
    return [
        told
        for (name, server), told in fresh(time.time()).items()
        if name == user.name and server in user.spawners and user.spawners[server].active
    ]


def computes(user: Any) -> list[str]:
    """Lines on the page of whoever looks at it."""
    return [line(run) for told in of_user(user) for run in told["runs"]] if user else []


def line(run: Json) -> str:
    begin = f"{KINDS[run['kind']]} has been computing since {moment(run['since'])}"
    kept = f", and keeps your server until {moment(run['until'])} at the latest."
    if not run["counts"]:
        kept = ": too long to keep your server any longer."
    return f"{begin}{kept}{' It uses no processor time: it may hang.' if run['quiet'] else ''}"


def stops_soon(user: Any) -> list[Json]:
    """That a server stops soon, as a notice, or none."""
    return [
        {
            "severity": "warning",
            "text": (
                f"Your server stops on {moment(told['stops'])} or some minutes later, if nothing happens in"
                " it before. Files are kept; what computes ends. To keep it, open it and work in it."
            ),
        }
        for told in (of_user(user) if user else [])
        if told["near"]
    ]


class ServerHandler(APIHandler):
    """A server tells what computes in it."""

    @needs_scope("users:activity")
    def post(self, user_name: str) -> None:
        try:
            told = check_told(self.request.body)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise web.HTTPError(400, "This is not what servers say") from error
        user = self.find_user(user_name)
        if user is None or told["server"] not in user.spawners:
            raise web.HTTPError(404, "There is no such server")
        key = (user.name, told.pop("server"))
        if any(run["counts"] for run in told["runs"]):
            # A server that could not reach the hub for a while tells its own activity seldom.
            user.spawners[key[1]].orm_spawner.last_activity = utcnow(with_tz=False)
            self.db.commit()
        if told["runs"] or told["near"]:
            TOLD[key] = {**told, "at": time.time()}
        else:
            TOLD.pop(key, None)
        self.set_status(204)
        self.finish()


class CountsHandler(APIHandler):
    """How many servers compute, and until when at the latest."""

    @needs_scope("read:hub")
    def get(self) -> None:
        users = (self.find_user(name) for name in {name for name, _ in fresh(time.time())})
        self.finish(counts(told for user in users if user for told in of_user(user)))
