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
c.GitHubOAuthenticator.client_id = "client"
c.GitHubOAuthenticator.client_secret = "secret"
c.GitHubOAuthenticator.oauth_callback_url = "https://hub.example.org/hub/oauth_callback"
c.JupyterHub.services = [{{"name": "glaciocloud-health", "api_token": "0123456789abcdef"}}]
c.JupyterHub.load_roles = [{{"name": "glaciocloud-health", "services": ["glaciocloud-health"], "scopes": ["read:hub"]}}]
import glaciocloud_hub
glaciocloud_hub.configure(c)
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
