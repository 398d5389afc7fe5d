"""When a start is hopeless: pods as the API of Kubernetes 1.35 gives them, and KubeSpawner's own
waiting with our hook.
"""

import asyncio
import json
import types

import glaciocloud_hub
import glaciocloud_start as code
import pytest
from kubespawner import KubeSpawner
from test_menu import make_spawner  # noqa: F401


def waiting(reason, message="", restarts=0, last=None, init=False):
    status = {
        "name": "notebook",
        "ready": False,
        "restartCount": restarts,
        "state": {"waiting": {"reason": reason, "message": message}},
        "lastState": {"terminated": last} if last else {},
    }
    return {
        "metadata": {"uid": "1"},
        "status": {
            "phase": "Pending",
            "podIP": None,
            "initContainerStatuses" if init else "containerStatuses": [status],
        },
    }


RUNNING = {
    "metadata": {"uid": "1"},
    "status": {
        "phase": "Running",
        "podIP": "10.0.0.1",
        "containerStatuses": [{"ready": True, "restartCount": 0, "state": {"running": {}}}],
    },
}
GONE = 'rpc error: code = NotFound desc = failed to pull and unpack image "registry/x@sha256:0": not found'


@pytest.mark.parametrize(
    ("pod", "reason"),
    [
        (waiting("ErrImagePull", GONE), "its image cannot be pulled"),
        (
            waiting("ImagePullBackOff", f'Back-off pulling image "x": ErrImagePull: {GONE}'),
            "its image cannot be pulled",
        ),
        (
            waiting("ErrImagePull", "unexpected status from HEAD request: 401 Unauthorized"),
            "its image cannot be pulled",
        ),
        (
            waiting("CreateContainerConfigError", 'secret "x" not found'),
            "CreateContainerConfigError: secret",
        ),
        (waiting("InvalidImageName", "could not parse"), "InvalidImageName"),
        (
            waiting("CrashLoopBackOff", "back-off 10s", 1, {"exitCode": 3, "reason": "Error"}),
            "it ended 2 times with exit code 3 (",
        ),
        (
            waiting(
                "CrashLoopBackOff", "back-off 10s", 1, {"exitCode": 137, "reason": "OOMKilled"}
            ),
            "for want of memory",
        ),
        (waiting("ErrImagePull", GONE, init=True), "its image cannot be pulled"),
    ],
)
def test_what_waiting_cannot_help(pod, reason):
    assert reason in code.hopeless(pod)


@pytest.mark.parametrize(
    "pod",
    [
        {},
        RUNNING,
        {"status": {"phase": "Pending"}},
        waiting("ContainerCreating"),
        waiting("ErrImagePull", "dial tcp 10.0.0.1:443: i/o timeout"),
        waiting("ImagePullBackOff", "toomanyrequests: rate limit"),
        waiting(
            "CreateContainerConfigError",
            "failed to sync secret cache: timed out waiting for the condition",
        ),
        waiting("CrashLoopBackOff", "back-off 10s", 0, {"exitCode": 1}),
    ],
)
def test_what_may_heal(pod):
    assert code.hopeless(pod) is None


def test_the_hook_is_kubespawners_own_and_is_set(make_spawner):  # noqa: F811
    assert "after_pod_created_hook" in KubeSpawner.class_trait_names()
    assert make_spawner().after_pod_created_hook is glaciocloud_hub.watch_start


def anybody(name):
    return None


def watched(monkeypatch, pods):
    """`watch` with a reflector that shows one pod after the other, and then the last."""
    seen = []

    class Pods:
        def get(self, key):
            seen.append(key)
            return pods[min(len(seen), len(pods)) - 1]

    monkeypatch.setattr(KubeSpawner, "pod_reflector", types.SimpleNamespace(pods=Pods()))
    return seen


def test_it_waits_until_the_pod_runs(make_spawner, monkeypatch):  # noqa: F811
    monkeypatch.setattr(code, "LOOK_SECONDS", 0)
    spawner = make_spawner()
    seen = watched(
        monkeypatch,
        [None, waiting("ContainerCreating"), waiting("ErrImagePull", "i/o timeout"), RUNNING],
    )
    asyncio.run(code.watch(spawner, anybody))
    assert seen == [f"{spawner.namespace}/{spawner.pod_name}"] * 4


def test_it_ends_early_with_a_reason_that_people_see(make_spawner, monkeypatch):  # noqa: F811
    monkeypatch.setattr(code, "LOOK_SECONDS", 0)
    spawner = make_spawner()
    watched(monkeypatch, [waiting("ContainerCreating"), waiting("ErrImagePull", GONE)])
    with pytest.raises(code.StartFailed) as failure:
        asyncio.run(code.watch(spawner, anybody))
    assert failure.value.jupyterhub_message.startswith(
        "Your server cannot start: its image cannot be pulled (ErrImagePull: rpc error"
    )


def test_it_leaves_the_timeout_to_kubespawner(make_spawner, monkeypatch):  # noqa: F811
    monkeypatch.setattr(code, "LOOK_SECONDS", 0.01)
    spawner = make_spawner()
    spawner.start_timeout = 0
    watched(monkeypatch, [waiting("ContainerCreating")])
    assert asyncio.run(code.watch(spawner, anybody)) is None


def test_it_ends_when_the_person_may_no_longer_enter(make_spawner, monkeypatch):  # noqa: F811
    monkeypatch.setattr(code, "LOOK_SECONDS", 0)
    spawner = make_spawner()
    seen = watched(monkeypatch, [waiting("ContainerCreating")])
    asked = []

    def out_at_the_third_look(name):
        asked.append(name)
        return "You are out." if len(asked) == 3 else None

    with pytest.raises(code.StartFailed) as failure:
        asyncio.run(code.watch(spawner, out_at_the_third_look))
    assert failure.value.jupyterhub_message == "Your server cannot start: You are out."
    assert asked == [spawner.user.name] * 3
    assert len(seen) == 2


def test_somebody_out_gets_no_server_that_runs_already(make_spawner, monkeypatch):  # noqa: F811
    spawner = make_spawner()
    watched(monkeypatch, [RUNNING])
    with pytest.raises(code.StartFailed):
        asyncio.run(code.watch(spawner, lambda name: "You are out."))


@pytest.mark.parametrize(
    ("users", "name", "refused"),
    [
        ({"1001": {"name": "alice"}}, "alice", False),
        ({"1001": {"name": "alice", "until": "2020-01-01"}}, "alice", True),
        ({}, "alice", True),
        ({}, "probe_0", False),
        (None, "alice", False),
    ],
)
def test_whose_start_goes_on(tmp_path, monkeypatch, users, name, refused):
    path = tmp_path / "access.json"
    if users is not None:
        path.write_text(json.dumps({"v": 1, "users": users, "machines": {"probe_0": []}}))
    file = glaciocloud_hub.Watched(str(path), glaciocloud_hub.read_access)
    file.kept = str(path) + ".kept"
    monkeypatch.setattr(glaciocloud_hub, "ACCESS", file)
    assert (glaciocloud_hub.no_start_because(name) is not None) is refused
