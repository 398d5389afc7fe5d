"""What keys of a hub's file give somebody's pod, as KubeSpawner makes it. Charts as in test_promises.py."""

import json

import pytest
from loaded import CHARTS, hubs_of, load

LOGIN = {f"github-client-{part}": {"use": "login"} for part in ("id", "secret")}
HUBS = {
    "supplied": {
        "secrets": {
            **LOGIN,
            "s3": {"use": "bucket", "for": "servers", "env": "S3_KEY"},
            "images": {"use": "images", "for": "pull"},
        }
    },
    "mounts": {
        "shm": {"size": "1Gi"},
        "mounts": [
            {"name": "course", "claim": "nfs", "path": "course", "at": "/course"},
            {
                "name": "few",
                "claim": "disk",
                "at": "/few",
                "for": ["team:example/admins"],
                "readOnly": False,
            },
        ],
    },
    "folders": {"home": {"claim": "nfs", "path": "homes/{username}"}},
}


@pytest.fixture(scope="module", params=CHARTS)
def pods(request, tmp_path_factory):
    """The pod that somebody would get, by the name of the hub; each hub is one that `check` and load check pass."""
    folder = tmp_path_factory.mktemp(request.param)
    table = folder / "keys.json"
    ways = [{"name": name, "hub": keys} for name, keys in HUBS.items()]
    table.write_text(json.dumps({"ways": ways, "neighbours": []}))
    made = {}
    for name, hub in hubs_of(CHARTS[request.param], table).items():
        assert (name, hub["errors"]) == (name, [])
        answer = load(hub["objects"], folder / name)
        assert (name, answer["ok"], answer["error"]) == (name, True, None)
        made[name] = answer["pods"][-1]
    return made


def env_of(pod):
    return {one["name"]: one for one in pod["spec"]["containers"][0]["env"]}


def test_a_secret_for_servers_is_a_variable_by_reference_and_images_are_pulled_by_another(pods):
    pod = pods["supplied"]
    assert env_of(pod)["S3_KEY"]["valueFrom"] == {
        "secretKeyRef": {"name": "server-secrets", "key": "s3"}
    }
    assert not {"GITHUB_CLIENT_ID", "IMAGES"} & set(env_of(pod))
    assert pod["spec"]["imagePullSecrets"] == [{"name": "pull-secrets"}]
    assert "pull-secrets" not in json.dumps(pod["spec"]["containers"] + pod["spec"]["volumes"])


def test_homes_of_others_are_a_folder_for_each_person(pods):
    spec = pods["folders"]["spec"]
    homes = [
        v["name"] for v in spec["volumes"] if v.get("persistentVolumeClaim") == {"claimName": "nfs"}
    ]
    mounts = [m for m in spec["containers"][0]["volumeMounts"] if m["name"] in homes]
    assert [(m["mountPath"], m["subPath"]) for m in mounts] == [
        ("/home/jovyan", "homes/load-check")
    ]


def test_further_volumes_are_mounted_and_shared_memory_is_memory(pods):
    """The load check's person is an administrator, who has every mount."""
    spec = pods["mounts"]["spec"]
    volumes = {one["name"]: one for one in spec["volumes"]}
    mounts = {one["mountPath"]: one for one in spec["containers"][0]["volumeMounts"]}
    assert volumes["shm"]["emptyDir"] == {"medium": "Memory", "sizeLimit": "1Gi"}
    assert mounts["/dev/shm"]["name"] == "shm"
    assert volumes["mount-course"]["persistentVolumeClaim"] == {
        "claimName": "nfs",
        "readOnly": True,
    }
    assert volumes["mount-few"]["persistentVolumeClaim"] == {"claimName": "disk", "readOnly": False}
    course, few = mounts["/course"], mounts["/few"]
    assert (course["subPath"], course["readOnly"]) == ("course", True)
    assert ("subPath" in few, few["readOnly"]) == (False, False)
