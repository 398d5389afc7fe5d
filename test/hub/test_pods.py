"""Whoever watches a hub learns how its pods are, and nothing that is in them."""

import glaciocloud_pods as code


def pod(user="alice", **status):
    return {
        "metadata": {
            "name": "jupyter-alice",
            "labels": {"component": "singleuser-server", "app": "jupyterhub"},
            "annotations": {code.USER: user, "note": "canary"},
        },
        "spec": {"containers": [{"env": [{"name": "JUPYTERHUB_API_TOKEN", "value": "canary"}]}]},
        "status": {"phase": "Running", "podIP": "10.0.0.7", **status},
    }


def test_a_pod_is_shown_without_its_token_and_its_owner():
    assert code.shown(pod(), {"deploy_0"}) == {
        "metadata": {"labels": {"component": "singleuser-server"}, "annotations": {}},
        "status": {"phase": "Running", "containerStatuses": []},
    }
    assert "canary" not in str(code.shown(pod(), {"deploy_0"}))


def test_throw_away_users_are_told_from_people():
    shown = code.shown(pod("deploy_0"), {"deploy_0"})
    assert shown["metadata"]["annotations"] == {code.USER: "deploy_0"}


def test_how_a_container_ended_before_is_told():
    end = {"finishedAt": "2026-11-26T10:00:00Z", "reason": "OOMKilled", "exitCode": 137}
    states = [{"lastState": {"terminated": {**end, "message": "canary"}}}, {"lastState": {}}, {}]
    assert code.shown(pod(containerStatuses=states), set())["status"]["containerStatuses"] == [
        {"lastState": {"terminated": end}},
        {"lastState": {}},
        {"lastState": {}},
    ]
