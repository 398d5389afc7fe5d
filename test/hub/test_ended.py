"""Why Kubernetes ended a server: pods as the API of Kubernetes 1.35 gives them, and what a real hub
tells their owner.
"""

import asyncio
import copy
import json
import time
import types
from datetime import datetime, timezone

import glaciocloud_ended as code
import pytest
from kubespawner import KubeSpawner
from real_hub import wait_for
from test_menu import make_spawner  # noqa: F401
from traitlets.config import Config

NOW = 1_800_000_000.0
AT = "2026-11-27T12:41:22Z"
SECONDS = datetime(2026, 11, 27, 12, 41, 22, tzinfo=timezone.utc).timestamp()
SPEC = {
    "containers": [{"name": "notebook", "resources": {"limits": {"memory": "4294967296"}}}],
    "volumes": [{"name": "home"}, {"name": "scratch", "emptyDir": {"sizeLimit": "50Gi"}}],
}
KILLED = {"exitCode": 137, "reason": "Error", "finishedAt": AT}
OOM = {**KILLED, "reason": "OOMKilled"}
SCRATCH_FULL = 'Usage of EmptyDir volume "scratch" exceeds the limit "50Gi". '


def pod(over=None, before=None, spec=SPEC, deleted=None, **status):
    state = {"terminated": over} if over else {"running": {"startedAt": AT}}
    container = {
        "name": "notebook",
        "state": state,
        "lastState": {"terminated": before} if before else {},
    }
    sidecar = {"name": "other", "state": {"terminated": OOM}, "lastState": {}}
    return {
        "metadata": {"uid": "1", **({"deletionTimestamp": deleted} if deleted else {})},
        "spec": spec,
        "status": {"phase": "Running", "containerStatuses": [sidecar, container], **status},
    }


def failed(over=KILLED, **more):
    return pod(over, phase="Failed", **more)


def evicted(message, over=KILLED):
    return failed(over, reason="Evicted", message=message)


def disrupted(reason, status="True"):
    return [{"type": "Ready", "status": "True"}] + [
        {"type": "DisruptionTarget", "status": status, "reason": reason}
    ]


@pytest.mark.parametrize(
    ("seen", "kind", "size"),
    [
        (evicted(SCRATCH_FULL), "scratch", "50 GB"),
        (evicted(SCRATCH_FULL, over=None), "scratch", "50 GB"),
        (evicted('Usage of EmptyDir volume "dshm" exceeds the limit "64Mi". '), "disk", ""),
        (
            evicted(
                "Pod ephemeral local storage usage exceeds the total limit of containers 10Gi. "
            ),
            "disk",
            "",
        ),
        (
            evicted('Container notebook exceeded its local ephemeral storage limit "10Gi". '),
            "disk",
            "",
        ),
        (
            evicted("The node was low on resource: ephemeral-storage. Threshold quantity: 1"),
            "disk",
            "",
        ),
        (evicted("The node was low on resource: inodes. "), "disk", ""),
        (evicted("The node was low on resource: memory. Threshold quantity: 100Mi"), "machine", ""),
        (evicted(""), "machine", ""),
        (pod(OOM), "memory", "4 GB"),
        (failed(OOM), "memory", "4 GB"),
        (pod(OOM, spec={}), "memory", ""),
        (pod({**OOM, "exitCode": 1}), "program", ""),
        (failed(conditions=disrupted("TerminationByKubelet")), "machine", ""),
        (
            pod({**KILLED, "exitCode": 0}, conditions=disrupted("DeletionByTaintManager")),
            "machine",
            "",
        ),
        (pod(KILLED, deleted=AT), "machine", ""),
        ({"status": {"phase": "Failed", "reason": "NodeAffinity"}}, "machine", ""),
        (failed(conditions=disrupted("TerminationByKubelet", "False")), "program", ""),
        (pod({**KILLED, "exitCode": 1}), "program", ""),
    ],
)
def test_how_a_pod_ended(seen, kind, size):
    note = code.ended(seen, NOW)
    finished = (
        "containerStatuses" in seen["status"]
        and "terminated" in (seen["status"]["containerStatuses"][1]["state"])
    )
    at = SECONDS if finished else NOW
    assert note == {"kind": kind, "at": at, "size": size, "again": False}
    assert code.known(json.loads(json.dumps(note))) == note


@pytest.mark.parametrize(
    "seen",
    [
        {},
        {"status": {"phase": "Pending"}},
        pod(),
        pod({**KILLED, "exitCode": 0, "reason": "Completed"}),
        pod(conditions=disrupted("EvictionByEvictionAPI")),
        pod({**OOM, "exitCode": 0}),
        pod(deleted=AT),
        pod(before={**KILLED, "exitCode": 0}),
    ],
)
def test_what_runs_or_was_meant_to_end(seen):
    assert code.ended(seen, NOW) is None


@pytest.mark.parametrize(("before", "kind"), [(OOM, "memory"), (KILLED, "program")])
def test_what_kubernetes_started_anew(before, kind):
    note = code.ended(pod(before=before), NOW)
    assert (note["kind"], note["at"], note["again"]) == (kind, SECONDS, True)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        ("50Gi", "50 GB"),
        ("500M", "500 MB"),
        ("512Mi", "512 MB"),
        ("1536Mi", "1.5 GB"),
        ("4294967296", "4 GB"),
        ("2048Ti", "2048 TB"),
        ("1000", "1000 bytes"),
        ("1e9", ""),
        (None, ""),
    ],
)
def test_sizes_in_words(quantity, text):
    assert code.amount(quantity) == text


NOTE = {"kind": "scratch", "at": SECONDS, "size": "50 GB", "again": False}


def test_sentences():
    assert code.sentence(NOTE) == (
        "Your server was stopped, on 27 November 2026 at 12:41 UTC: /scratch was full (50 GB). What lay"
        " in /scratch is gone; your home is as it was. You can start again at once. /scratch is empty"
        " then."
    )
    again = code.sentence({**NOTE, "kind": "memory", "size": "4 GB", "again": True})
    assert "has been started anew by itself" in again and "its memory was full (4 GB)." in again
    assert "choose a larger size when you stop it and start again." in again


@pytest.mark.parametrize("kind", code.WORDS)
@pytest.mark.parametrize("again", [True, False])
def test_a_sentence_is_whole_for_every_reason(kind, again):
    text = code.sentence({**NOTE, "kind": kind, "size": "", "again": again})
    assert text.endswith(".") and "{" not in text and "  " not in text and "(" not in text
    assert again is not ("start again at once" in text) or kind == "memory"


@pytest.mark.parametrize(
    "damaged",
    [None, [], {}, {**NOTE, "kind": "later"}, {**NOTE, "at": "x"}, {**NOTE, "at": True}]
    + [{**NOTE, "size": None}, {**NOTE, "again": 1}, {**NOTE, "at": 1e12}],
)
def test_a_note_that_is_not_known_is_none(damaged):
    assert code.known(damaged) is None


class Base:
    """What KubeSpawner gives to our part: a pod, and an end of a start that a test decides."""

    fails = False

    async def start(self):
        if self.fails:
            raise RuntimeError("no start")
        return "http://10.0.0.1:8888"

    def get_state(self):
        return {"pod_name": "jupyter-alice"}

    def load_state(self, state):
        pass

    def clear_state(self):
        pass

    async def _start_watching_pods(self):
        pass

    async def poll(self):
        """As KubeSpawner's: a pod that has ended is taken away."""
        if not code.has_ended(self.pod):
            return 1 if self.pod is None else None
        self.pod = None
        return 0


class Told(code.TellsWhy, Base):
    server, pending, namespace, pod_name = "http://10.0.0.1:8888", None, "hub", "jupyter-alice"
    events = ()

    def __init__(self):
        self.saved, self.asked = [], []
        self.api = self
        self.orm_spawner = self.db = self.log = self
        self.state = None

    @property
    def pod_reflector(self):
        return types.SimpleNamespace(pods={"hub/jupyter-alice": self.pod})

    async def list_namespaced_event(self, namespace, field_selector, **also):
        self.asked.append((namespace, field_selector))
        if self.events is None:
            raise OSError("no answer")
        return types.SimpleNamespace(
            items=[types.SimpleNamespace(message=message) for message in self.events]
        )

    def exception(self, text):
        self.line = text

    def commit(self):
        self.saved.append(copy.deepcopy(self.state))

    def warning(self, text, *args):
        self.line = text % args


def test_a_reason_is_kept_until_a_start_has_succeeded():
    spawner = Told()
    count = code.COUNT.labels("scratch")._value
    before = count.get()
    spawner.look(evicted(SCRATCH_FULL))
    spawner.look(evicted(SCRATCH_FULL))
    spawner.look(None)
    assert spawner.saved == [{"pod_name": "jupyter-alice", code.STATE: NOTE}]
    assert count.get() == before + 1
    assert spawner.line == "Kubernetes ended a server, reason: scratch"
    spawner.clear_state()
    later = Told()
    later.load_state(json.loads(json.dumps(spawner.get_state())))
    later.fails = True
    with pytest.raises(RuntimeError):
        asyncio.run(later.start())
    assert later.get_state()[code.STATE] == NOTE
    later.fails = False
    assert asyncio.run(later.start()) == "http://10.0.0.1:8888"
    assert later.get_state() == {"pod_name": "jupyter-alice"}
    later.look(None)
    assert later.ended["kind"] == "gone"


SUCCEEDED = pod({**KILLED, "exitCode": 0, "reason": "Completed"}, phase="Succeeded")


@pytest.mark.parametrize(
    ("events", "kind"),
    [((), None), (None, None), ((SCRATCH_FULL,), "scratch"), ((None,), "machine")],
)
def test_a_program_that_ended_in_order_may_have_been_evicted(events, kind):
    """As seen on Kubernetes 1.35: Jupyter ends within a second of the eviction, with exit code 0."""
    spawner = Told()
    spawner.pod, spawner.events = SUCCEEDED, events
    assert asyncio.run(spawner.poll()) == 0
    assert asyncio.run(spawner.poll()) == 1
    assert (spawner.ended or {}).get("kind") == kind
    assert spawner.asked == [("hub", "reason=Evicted,involvedObject.uid=1")]
    assert (events is None) is ("does not say" in getattr(spawner, "line", ""))


def test_what_runs_costs_no_request():
    spawner = Told()
    for spawner.pod in (pod(), pod(before=OOM)):
        assert asyncio.run(spawner.poll()) is None
    assert (spawner.asked, spawner.ended["kind"]) == ([], "memory")


def test_each_end_of_a_program_that_runs_again_counts_once():
    spawner = Told()
    for finished in (AT, AT, "2026-11-27T12:50:00Z"):
        spawner.look(pod(before={**OOM, "finishedAt": finished}))
    assert len(spawner.saved) == 2
    spawner.look(None)
    assert spawner.ended["kind"] == "gone"
    again = Told()
    again.look(pod(before=OOM))
    again.clear_state()
    assert again.get_state() == {"pod_name": "jupyter-alice"}


@pytest.mark.parametrize(
    ("pending", "server"), [("spawn", "x"), ("stop", "x"), (None, None), (None, "")]
)
def test_what_the_hub_does_itself_is_no_reason(pending, server):
    spawner = Told()
    spawner.pending, spawner.server = pending, server
    for seen in (None, evicted(SCRATCH_FULL)):
        spawner.look(seen)
    assert spawner.ended is None


def test_kubespawner_is_told_of_and_stays_what_it_is(make_spawner):  # noqa: F811
    import glaciocloud_hub

    config = Config()
    glaciocloud_hub.configure(config)
    ours = config.JupyterHub.spawner_class
    assert issubclass(ours, code.TellsWhy) and issubclass(ours, KubeSpawner)
    assert (ours.__name__, ours.reflectors) == ("KubeSpawner", KubeSpawner.reflectors)
    make_spawner()
    spawner = ours(_mock=True, config=config)
    assert spawner.poll_interval == code.POLL_SECONDS


@pytest.mark.parametrize(("age", "count"), [(0, 1), (86400 - 60, 1), (86400 + 60, 0)])
def test_it_is_told_for_a_day(age, count):
    notes = [{code.STATE: {**NOTE, "at": time.time() - age}}, {code.STATE: "damaged"}, {}, None]
    servers = {str(number): types.SimpleNamespace(state=note) for number, note in enumerate(notes)}
    told = code.told(types.SimpleNamespace(orm_spawners=servers))
    assert [one["severity"] for one in told] == ["warning"] * count
    assert code.told(None) == []


# on a real hub


@pytest.fixture
def alice(hub, github):
    github.me = {"id": 1001, "login": "alice-gh"}
    hub.people({"1001": {"name": "alice"}, "1002": {"name": "bob", "admin": True}})
    hub.folder.joinpath("pods.json").unlink(missing_ok=True)
    browser = hub.login()
    assert hub.spawn("alice")[1]["ready"]
    yield browser
    hub.folder.joinpath("pods.json").unlink(missing_ok=True)
    hub.delete_server("alice")


def show(hub, seen):
    fresh = hub.folder / "pods.json.new"
    fresh.write_text(json.dumps({"alice": seen}))
    fresh.rename(hub.folder / "pods.json")


def home(hub, browser):
    return " ".join(browser.get(f"{hub.url}/hub/home", timeout=10).text.split())


def is_over(hub):
    return "" not in hub.api("GET", "/users/alice").json()["servers"]


def lately(over):
    return {**over, "finishedAt": datetime.now(timezone.utc).isoformat()}


def test_whose_server_was_put_out_reads_why_until_the_next_runs(hub, github, alice):
    show(hub, failed(lately(KILLED), reason="Evicted", message=SCRATCH_FULL))
    begun = time.monotonic()
    wait_for("the hub sees it", lambda: is_over(hub), 15)
    assert time.monotonic() - begun < code.POLL_SECONDS + 5
    said = "/scratch was full (50 GB). What lay in /scratch is gone; your home is as it was."
    for _ in range(2):
        page = home(hub, alice)
        assert said in page and "Usage of EmptyDir" not in page
        assert "It is not running; your files are kept." in page
        hub.restart()
    github.me = {"id": 1002, "login": "bob-gh"}
    bob = hub.login()
    assert "/scratch" not in home(hub, bob)
    page = bob.get(f"{hub.url}/hub/spawn/alice", timeout=10)
    assert page.status_code == 200 and "/scratch" not in page.text
    assert "Kubernetes ended a server, reason: scratch" in hub.log_text()
    spawn = alice.get(f"{hub.url}/hub/spawn", timeout=10)
    assert spawn.status_code == 200 and said in spawn.text
    dead = alice.get(f"{hub.url}/user/alice/lab", timeout=10)
    assert said in dead.text
    hub.folder.joinpath("pods.json").unlink()
    assert hub.spawn("alice")[1]["ready"]
    assert "/scratch" not in home(hub, alice)


def test_a_server_that_runs_again_is_told_of_while_it_runs(hub, alice):
    show(hub, pod(before=lately(OOM)))
    said = "has been started anew by itself"
    wait_for("the hub sees it", lambda: said in home(hub, alice), 15)
    assert "its memory was full (4 GB)" in home(hub, alice)
    assert not is_over(hub)
    hub.delete_server("alice")
    page = home(hub, alice)
    assert said not in page and "Your server was" not in page


def test_a_pod_that_is_gone_is_told_of_too(hub, alice):
    show(hub, None)
    wait_for("the hub sees it", lambda: is_over(hub), 15)
    assert "its machine failed or it was taken away" in home(hub, alice)
