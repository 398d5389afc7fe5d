"""Why Kubernetes ended a server, for its owner and nobody else.

A server that filled /scratch or its memory, or whose machine went, is gone without a word: the tab
is dead. The hub looks at a server's pod every few seconds, and what it then sees is kept in the
state of the spawner, in the hub's database, until the next start has succeeded:

    {"kind": "scratch", "at": time, "size": "50 GB", "again": false}

`again`: Kubernetes has started the program anew in the same pod, and the server runs. The owner's
pages tell it for a day. Texts of Kubernetes are never shown. Counts are in the hub's metrics.
Source: Pod of Kubernetes' core/v1; eviction/helpers.go of kubelet 1.35.
"""

import re
import time
from datetime import datetime
from typing import Any

from glaciocloud_pages import DAY, UNITS, moment
from prometheus_client import Counter
from traitlets.utils.importstring import import_item

Json = dict[str, Any]
POLL_SECONDS = 5
EVENT_SECONDS = 3
SCRATCH = "scratch"
# In the state of a spawner.
STATE = "glaciocloud_ended"
AGAIN = "You can start again at once."
LOST = "what computed and the variables of notebooks are gone"
# Why, and what follows; `{}` is the size, where it is known.
WORDS = {
    "scratch": (
        "/scratch was full{}",
        f"What lay in /scratch is gone; your home is as it was. {AGAIN} /scratch is empty then.",
    ),
    "memory": (
        "its memory was full{}",
        f"Your files are kept; {LOST}. Work on less at a time, or choose a larger size when you start.",
    ),
    "disk": (
        "there was no room left for it on the disk of its machine",
        f"What lay outside your home is gone, in /tmp too; your home is as it was. {AGAIN}",
    ),
    "machine": (
        "its machine was switched off or had to make room",
        f"This is nothing that you did. Your home is as it was; {LOST}. {AGAIN}",
    ),
    "program": (
        "its program failed",
        f"Your home is as it was; {LOST}. {AGAIN} If it happens again, tell the maintainers.",
    ),
    "gone": (
        "its machine failed or it was taken away",
        f"Your home is as it was; {LOST}. {AGAIN}",
    ),
}
EMPTY_DIR_FULL = re.compile(r'Usage of EmptyDir volume "([^"]*)" exceeds')
DISK_FULL = re.compile(r"EmptyDir volume|ephemeral|inodes|nodefs|imagefs")
COUNT = Counter("glaciocloud_servers_ended", "Servers that Kubernetes ended, by reason", ["reason"])


def has_ended(pod: Json | None) -> bool:
    """Whether a pod, or what runs in it, has ended."""
    status = (pod or {}).get("status") or {}
    return status.get("phase") == "Failed" or "terminated" in (notebook(status).get("state") or {})


def ended(pod: Json, now: float, evicted: str | None = None) -> Json | None:
    """How a pod, as the API gives it, ended, or its program before it was started anew; None where it
    runs, or where it ended as somebody meant it to. `evicted`: what Kubernetes said of its eviction.
    """
    status = pod.get("status") or {}
    container = notebook(status)
    over = (container.get("state") or {}).get("terminated")
    before = (container.get("lastState") or {}).get("terminated")
    if has_ended(pod):
        kind = kind_of(pod, over or {}) if evicted is None else evicted_for(evicted)
    else:
        kind, over = failure_of(before) if before else None, before
    if kind is None:
        return None
    return {
        "kind": kind,
        "at": instant_of(over or {}) or now,
        "size": size_of(pod, kind),
        "again": over is not None and over is before,
    }


def kind_of(pod: Json, over: Json) -> str | None:
    """The reason of a pod that is over: of the pod itself, then of its container."""
    status = pod["status"]
    if status.get("reason") == "Evicted":
        return evicted_for(status.get("message") or "")
    conditions = status.get("conditions") or []
    disrupted = any(
        one["type"] == "DisruptionTarget" and one["status"] == "True" for one in conditions
    )
    if disrupted or (pod.get("metadata") or {}).get("deletionTimestamp") or not over:
        return "machine"
    return failure_of(over)


def failure_of(over: Json) -> str | None:
    """With the kernel's older limits of memory a container in which only a notebook was killed says
    OOMKilled too, when it ends hours later.
    """
    if over.get("reason") == "OOMKilled" and over.get("exitCode") == 137:
        return "memory"
    return "program" if over.get("exitCode") else None


def evicted_for(message: str) -> str:
    volume = EMPTY_DIR_FULL.search(message)
    if volume and volume[1] == SCRATCH:
        return "scratch"
    return "disk" if DISK_FULL.search(message) else "machine"


def notebook(status: Json) -> Json:
    """KubeSpawner gives the server's container this name."""
    containers = status.get("containerStatuses") or []
    return next((one for one in containers if one.get("name") == "notebook"), {})


def instant_of(over: Json) -> float | None:
    try:
        return datetime.fromisoformat(over["finishedAt"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return None


def size_of(pod: Json, kind: str) -> str:
    """How much there was of what is full; empty where that is not known."""
    spec = pod.get("spec") or {}
    if kind == "scratch":
        volumes = {one["name"]: one for one in spec.get("volumes") or []}
        return amount(((volumes.get(SCRATCH) or {}).get("emptyDir") or {}).get("sizeLimit"))
    if kind == "memory":
        named = {one["name"]: one for one in spec.get("containers") or []}
        limits = ((named.get("notebook") or {}).get("resources") or {}).get("limits") or {}
        return amount(limits.get("memory"))
    return ""


def amount(quantity: Any) -> str:
    """`50Gi` or a number of bytes as the pages write sizes: `50 GB`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT])?i?", str(quantity))
    if not found:
        return ""
    number, unit = float(found[1]), found[2] or ""
    units = ["", *UNITS]
    while number >= 1024 and unit != units[-1]:
        number, unit = number / 1024, units[units.index(unit) + 1]
    return f"{number:.4g} {UNITS.get(unit, 'bytes')}"


def known(note: Any) -> Json | None:
    """A note of the database, where this release understands it."""
    if not isinstance(note, dict) or note.get("kind") not in WORDS:
        return None
    texts = isinstance(note.get("size"), str) and isinstance(note.get("again"), bool)
    at = note.get("at")
    is_time = isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at < 1e11
    return note if texts and is_time else None


def sentence(note: Json) -> str:
    why, then = WORDS[note["kind"]]
    size = f" ({note['size']})" if note["size"] else ""
    what = "has been started anew by itself" if note["again"] else "was stopped"
    if note["again"]:
        then = then.replace(f" {AGAIN}", "").replace(
            "when you start", "when you stop it and start again"
        )
    return f"Your server {what}, on {moment(note['at'])}: {why.format(size)}. {then}"


def told(user: Any) -> list[Json]:
    """What somebody's pages say of their servers, as notices."""
    now = time.time()
    notes = [
        known((one.state or {}).get(STATE)) for one in (user.orm_spawners.values() if user else [])
    ]
    return [
        {"severity": "warning", "text": sentence(note)}
        for note in notes
        if note and now - note["at"] <= DAY
    ]


class TellsWhy:
    """Over KubeSpawner: sees why a server ended before its pod is taken away."""

    ended: Json | None = None
    # Of a server that is over nothing more is noted: its pod goes now.
    is_over = False

    async def start(self) -> Any:
        address = await super().start()
        self.ended, self.is_over = None, False
        return address

    async def poll(self) -> int | None:
        await self._start_watching_pods()
        pod = self.pod_reflector.pods.get(f"{self.namespace}/{self.pod_name}")
        ask = has_ended(pod) and not self.is_over
        try:
            self.look(pod, await self.eviction(pod) if ask else None)
        except Exception:
            self.log.exception("It cannot be seen how a server ended")
        return await super().poll()

    async def eviction(self, pod: Json) -> str | None:
        """What Kubernetes said when it evicted a pod. The pod itself says nothing of it where its
        program then ended in order: such a pod has succeeded.
        """
        try:
            found = await self.api.list_namespaced_event(
                self.namespace,
                field_selector=f"reason=Evicted,involvedObject.uid={pod['metadata']['uid']}",
                _request_timeout=EVENT_SECONDS,
            )
        except Exception:
            self.log.exception("Kubernetes does not say whether a server was evicted")
            return None
        return (found.items[-1].message or "") if found.items else None

    def look(self, pod: Json | None, evicted: str | None = None) -> None:
        # What is being started or stopped is the hub's own doing.
        if self.is_over or not self.server or self.pending in ("spawn", "stop"):
            return
        now = time.time()
        gone = {"kind": "gone", "at": now, "size": "", "again": False}
        note = gone if pod is None else ended(pod, now, evicted)
        self.is_over = pod is None or has_ended(pod)
        if note is None or note == self.ended:
            return
        self.ended = note
        COUNT.labels(note["kind"]).inc()
        self.log.warning("Kubernetes ended a server, reason: %s", note["kind"])
        self.orm_spawner.state = self.get_state()
        self.db.commit()

    def get_state(self) -> Json:
        state = super().get_state()
        return {**state, STATE: self.ended} if self.ended else state

    def clear_state(self) -> None:
        super().clear_state()
        # A server that ended is told of until the next one runs; one that ran on, while it runs.
        if self.ended and self.ended["again"]:
            self.ended = None

    def load_state(self, state: Json) -> None:
        super().load_state(state)
        self.ended = known(state.get(STATE))


def spawner_that_tells(base: Any) -> Any:
    """The class of spawners of a configuration, or its name, with our look at pods."""
    found = import_item(base) if isinstance(base, str) else base
    return type(found.__name__, (TellsWhy, found), {"__module__": found.__module__})
