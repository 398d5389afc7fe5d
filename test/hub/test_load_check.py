"""A configuration that cannot start is found before it replaces a running hub, with a line that
says why.
"""

import json
import os
import subprocess
import sys

import pytest
from real_hub import ANY_IMAGE, FILES, HERE

GOOD = """
import sys
sys.path[:0] = [{files!r}, {here!r}]
c = get_config()
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.image = "invalid.invalid/x:none"
c.KubeSpawner.delete_pvc = False
c.KubeSpawner.uid = 1000
c.KubeSpawner.fs_gid = 100
c.KubeSpawner.pvc_name_template = "claim-{{user_server}}"
c.KubeSpawner.volumes = {{"home": {{"name": "home", "persistentVolumeClaim": {{"claimName": "{{pvc_name}}"}}}}, "scratch": {{"name": "scratch", "emptyDir": {{}}}}, "data": {{"name": "data", "persistentVolumeClaim": {{"claimName": "oggm-data", "readOnly": True}}}}}}
c.KubeSpawner.volume_mounts = {{"home": {{"name": "home", "mountPath": "/home/jovyan"}}, "scratch": {{"name": "scratch", "mountPath": "/scratch"}}, "data": {{"name": "data", "mountPath": "/data/oggm", "subPath": "oggm", "readOnly": True}}}}
c.GitHubOAuthenticator.client_id = "client"
c.GitHubOAuthenticator.client_secret = "secret"
c.GitHubOAuthenticator.oauth_callback_url = "https://hub.example.org/hub/oauth_callback"
c.JupyterHub.services = [{{"name": "glaciocloud-health", "api_token": "0123456789abcdef"}}]
c.JupyterHub.load_roles = [{{"name": "glaciocloud-health", "services": ["glaciocloud-health"], "scopes": ["read:hub"]}}]
import glaciocloud_hub
glaciocloud_hub.configure(c)
"""

PROMISES = {
    "uid": 1000,
    "gid": 100,
    "home": "/home/jovyan",
    "mounts": ["/scratch", "/data/oggm"],
    "readOnly": ["oggm-data"],
}
ANOTHER_DOOR = """
from jupyterhub.auth import DummyAuthenticator
c.JupyterHub.authenticator_class = DummyAuthenticator
"""
HOOK = """
def hook(spawner, pod=None):
    {line}
    return pod
c.KubeSpawner.{name} = hook
"""


@pytest.fixture
def check(tmp_path):
    for name, content in (
        ("access", {"v": 1, "users": {}}),
        ("profiles", ANY_IMAGE),
        ("notices", {"v": 1, "spawning": {"open": False, "reason": "new disks"}}),
    ):
        (tmp_path / f"hub-{name}").mkdir()
        (tmp_path / f"hub-{name}" / f"{name}.json").write_text(json.dumps(content))

    def run(extra="", config=None):
        text = config or GOOD.format(files=str(FILES), here=str(HERE)) + extra
        (tmp_path / "config.py").write_text(text)
        environment = {
            **os.environ,
            "GLACIOCLOUD_CONFIG": str(tmp_path / "config.py"),
            "GLACIOCLOUD_MOUNTS": str(tmp_path),
            "GLACIOCLOUD_KEEP": str(tmp_path),
            "GLACIOCLOUD_PROMISES": json.dumps(PROMISES),
        }
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        # By stdin, as a deployment may run it.
        done = subprocess.run(
            [sys.executable, "-"],
            input=(FILES / "load_check.py").read_text(),
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        result = json.loads(done.stdout.splitlines()[-1])
        assert done.returncode == (0 if result["ok"] else 1), done.stderr
        return result

    return run


def test_a_good_configuration_passes_without_touching_the_database(check, tmp_path):
    result = check()
    assert result["ok"], result
    assert (result["stage"], result["error"], result["warnings"]) == ("files", None, [])
    assert result["version"][0].isdigit()
    # That of JupyterHub 5, which upgrades databases of all before it.
    assert result["schemas"][0] == "4621fec11365" and "19c0846f6344" in result["schemas"]
    assert not (tmp_path / "jupyterhub.sqlite").exists()


@pytest.mark.parametrize(
    ("extra", "stage", "reason"),
    [
        ("\ndef (:\n", "configuration", "invalid syntax"),
        ("\nimport not_there\n", "configuration", "No module named 'not_there'"),
        ("\nraise RuntimeError('not today')\n", "configuration", "not today"),
        ("\nimport sys; sys.exit(1)\n", "configuration", "exit 1"),
        (
            "\nc.JupyterHub.authenticator_class = 'not_there.Authenticator'\n",
            "configuration",
            "not_there",
        ),
        ("\nc.JupyterHub.spawner_class = 'unknown-spawner'\n", "configuration", "unknown-spawner"),
        (
            "\nc.JupyterHub.concurrent_spawn_limit = 'many'\n",
            "configuration",
            "concurrent_spawn_limit",
        ),
        ("\nc.KubeSpawner.mem_limit = '4Gi'\n", "spawner", "4Gi"),
        ("\nc.KubeSpawner.start_timeout = 'x'\n", "spawner", "start_timeout"),
        ("\nc.AccessFileAuthenticator.auth_refresh_age = 'soon'\n", "roles", "auth_refresh_age"),
        (
            "\nc.JupyterHub.load_roles = [{'name': 'reader', 'scopes': ['everything']}]\n",
            "roles",
            "everything",
        ),
        ("\nc.KubeSpawner.environment = {'A': '{nobody}'}\n", "pod", "nobody"),
        ("\nc.KubeSpawner.pod_name_template = 'jupyter-{nothing}'\n", "spawner", "nothing"),
    ],
)
def test_what_cannot_start_is_caught_with_its_reason(check, extra, stage, reason):
    result = check(extra)
    assert not result["ok"], result
    assert reason in result["error"]
    assert result["stage"] == stage


def test_an_unknown_setting_is_a_warning_with_the_near_name(check):
    result = check("\nc.KubeSpawner.mem_limits = '4G'\n")
    assert result["ok"]
    assert any("mem_limits" in warning and "mem_limit" in warning for warning in result["warnings"])


def test_a_broken_list_of_images_is_caught_and_a_missing_one_told(check, tmp_path):
    profiles = tmp_path / "hub-profiles" / "profiles.json"
    profiles.write_text('{"images": []}')
    result = check()
    assert (result["ok"], result["stage"]) == (False, "files")
    assert "profiles.json cannot be used" in result["error"] and "sizes" in result["error"]
    profiles.unlink()
    result = check()
    assert result["ok"]
    assert f"{profiles} is not there" in result["warnings"]


def test_braces_in_the_list_of_images_are_no_trap(check, tmp_path):
    image = {**ANY_IMAGE["images"][0], "env": {"A": "{nobody}"}}
    (tmp_path / "hub-profiles" / "profiles.json").write_text(
        json.dumps({**ANY_IMAGE, "images": [image]})
    )
    assert check()["ok"]


def hook(name, line):
    return HOOK.format(name=name, line=line)


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ("c.JupyterHub.authenticator_class = 'dummy'", "people would log in with"),
        (ANOTHER_DOOR, "DummyAuthenticator, past the access files"),
        ("c.AccessFileAuthenticator.allow_all = True", "allow_all is True"),
        ("c.AccessFileAuthenticator.allow_existing_users = True", "allow_existing_users is True"),
        ("c.AccessFileAuthenticator.manage_groups = False", "manage_groups is False"),
        ("c.AccessFileAuthenticator.allowed_users = {'eve'}", "allowed_users lets people in"),
        ("c.Authenticator.admin_users = {'eve'}", "admin_users lets people in"),
        ("c.AccessFileAuthenticator.auth_refresh_age = 0", "auth_refresh_age is 0"),
        ("c.AccessFileAuthenticator.auth_refresh_age = 301", "auth_refresh_age is 301"),
        (
            "c.JupyterHub.load_roles.append({'name': 'robot', 'scopes': ['admin:users']})",
            "the role 'robot' could become anybody: admin:users",
        ),
        (
            "c.JupyterHub.load_roles.append({'name': 'user', 'scopes': ['self', 'access:servers']})",
            "the role 'user' reaches everybody: access:servers",
        ),
        (
            "c.JupyterHub.load_roles.append({'name': 'admin', 'users': ['eve']})",
            "somebody is given the role 'admin', which is not for them",
        ),
        (
            "c.JupyterHub.services.append({'name': 'grader', 'api_token': 'f' * 16, 'admin': True})",
            "the service 'grader' is an administrator",
        ),
        (
            "c.KubeSpawner.profile_list = [{'display_name': 'x'}]",
            "profile_list is not the platform's",
        ),
        ("c.KubeSpawner.options_from_form = lambda form: {}", "options_from_form is not"),
        (
            "c.KubeSpawner.group_overrides = {'a': {'groups': ['all'], 'spawner_override': {}}}",
            "group_overrides is set",
        ),
        (
            "c.KubeSpawner.oauth_client_allowed_scopes = ['admin:users']",
            "oauth_client_allowed_scopes is set",
        ),
        (
            "c.KubeSpawner.volume_mounts['x'] = {'name': 'scratch', 'mountPath': '/home/./jovyan'}",
            "something lies over /home/jovyan",
        ),
        ("c.KubeSpawner.delete_pvc = True", "homes would be deleted together with users"),
        ("c.KubeSpawner.uid = 0", "runs as root"),
        ("c.KubeSpawner.uid = 1001", "servers would run as uid 1001, and homes belong to 1000"),
        ("c.KubeSpawner.fs_gid = 0", "servers would have the group 0, and homes belong to 100"),
        ("c.KubeSpawner.privileged = True", "the container 'notebook' is privileged"),
        ("c.KubeSpawner.allow_privilege_escalation = True", "people could become root"),
        ("c.KubeSpawner.service_account = 'hub'", "servers get a token of the cluster"),
        ("c.KubeSpawner.extra_pod_config = {'hostNetwork': True}", "hostNetwork opens the node"),
        ("c.KubeSpawner.extra_pod_config = {'host_pid': True}", "hostPID opens the node"),
        (
            "c.KubeSpawner.volumes['h'] = {'name': 'h', 'hostPath': {'path': '/'}}",
            "a folder of the node",
        ),
        ("c.KubeSpawner.volumes = []", "no home of their own is mounted at /home/jovyan"),
        ("c.KubeSpawner.volume_mounts['home']['mountPath'] = '/mnt'", "no home of their own"),
        ("del c.KubeSpawner.volume_mounts['scratch']", "nothing is mounted at /scratch"),
        (
            "c.KubeSpawner.volumes['data']['persistentVolumeClaim'].pop('readOnly')",
            "servers could write to oggm-data, which others read",
        ),
        (
            "c.KubeSpawner.volumes['more'] = {'name': 'more', 'persistentVolumeClaim': {'claimName': 'oggm-data'}}",
            "servers could write to oggm-data, which others read",
        ),
        (
            "c.KubeSpawner.volumes['home']['persistentVolumeClaim']['claimName'] = 'shared'",
            "no home of their own",
        ),
        (
            "c.KubeSpawner.init_containers = [{'name': 'i', 'image': 'i', 'securityContext': {'runAsUser': 0}}]",
            "the container 'i' runs as root",
        ),
        (
            "c.KubeSpawner.extra_containers = [{'name': 's', 'image': 's', 'securityContext': {'capabilities': {'add': ['SYS_ADMIN']}}}]",
            "the container 's' may do more than others",
        ),
        (hook("pre_spawn_hook", "spawner.uid = 0"), "runs as root"),
        (
            hook("pre_spawn_hook", "spawner.image = 'example.org/mine:1'"),
            "the image is example.org/mine:1",
        ),
        (hook("pre_spawn_hook", "spawner.mem_limit = None"), "memory has no limit"),
        (hook("modify_pod_hook", "pod.spec.host_network = True"), "hostNetwork opens the node"),
        (
            hook("modify_pod_hook", "pod.spec.containers[0].volume_mounts = []"),
            "no home of their own",
        ),
    ],
)
def test_a_promise_that_is_broken_is_found_whatever_broke_it(check, extra, reason):
    result = check(f"\n{extra}\n")
    assert not result["ok"], result
    assert reason in result["error"]
    assert result["stage"] == "promises"


@pytest.mark.parametrize(
    "extra",
    [
        "c.KubeSpawner.http_timeout = 120",
        "c.KubeSpawner.node_selector = {'pool': 'users'}",
        "c.KubeSpawner.extra_pod_config = {'hostname': 'lab'}",
        "c.KubeSpawner.volumes['data'] = {'name': 'data', 'persistentVolumeClaim': {'claimName': 'data'}}",
        "c.KubeSpawner.extra_containers = [{'name': 's', 'image': 's', 'securityContext': {'runAsUser': 1000}, 'resources': {'limits': {'memory': '64Mi'}}}]",
        "c.JupyterHub.load_roles.append({'name': 'staff', 'scopes': ['admin-ui', 'access:servers!group=course', 'admin:servers!group=course']})",
        "c.AccessFileAuthenticator.auth_refresh_age = 300",
        # Without effect: the class of the door has the last word.
        "c.Authenticator.allow_all = True",
        hook("pre_spawn_hook", "spawner.environment['A'] = 'b'"),
        # What shuts the cloud's metadata service may do so.
        "c.KubeSpawner.init_containers = [{'name': 'block-cloud-metadata', 'image': 'i', 'securityContext': {'privileged': True, 'runAsUser': 0}}]",
    ],
)
def test_neighbours_that_break_no_promise_pass(check, extra):
    result = check(f"\n{extra}\n")
    assert (result["ok"], result["error"]) == (True, None)


def test_code_that_never_ends_is_told_so(check, monkeypatch):
    monkeypatch.setenv("GLACIOCLOUD_LOAD_SECONDS", "15")
    result = check("\nimport time; time.sleep(600)\n")
    assert (result["ok"], result["stage"]) == (False, "configuration")
    assert result["error"] == "TimeoutError: it was not loaded within 15 s"


def test_every_image_and_size_is_asked(check, tmp_path):
    sizes = [{**ANY_IMAGE["sizes"][0], "slug": f"s{number}"} for number in range(6)]
    images = [
        {**ANY_IMAGE["images"][0], "slug": f"i{number}", "image": f"example.org/i{number}:1"}
        for number in range(10)
    ]
    (tmp_path / "hub-profiles" / "profiles.json").write_text(
        json.dumps({**ANY_IMAGE, "images": images, "sizes": sizes})
    )
    assert check()["ok"]
    only = "spawner.uid = 0 if spawner.user_options == {'profile': 'i9', 'size': 's5'} else 1000"
    assert "runs as root" in check(f"\n{hook('pre_spawn_hook', only)}\n")["error"]
