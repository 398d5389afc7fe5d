"""What people may start: KubeSpawner's own handling of our menu, by the form, by launch links and
by the API.
"""

import asyncio
import json
import types
from pathlib import Path

import kubespawner.spawner
import pytest
import requests
from kubespawner import KubeSpawner
from real_hub import wait_for
from traitlets.config import Config

MENU = {
    "v": 1,
    "cpuGuaranteeShare": 0.25,
    "images": [
        {
            "slug": "oggm",
            "title": "OGGM <1.6>",
            "image": "example.org/oggm@sha256:0",
            "for": ["all"],
            "env": {"PATTERN": "{a}", "IMAGE": "oggm"},
        },
        {
            "slug": "plain",
            "title": "Plain",
            "image": "example.org/plain:1",
            "for": ["all"],
            "default": True,
        },
        {"slug": "secret", "title": "For few", "image": "example.org/few:1", "for": ["team:x/few"]},
    ],
    "sizes": [
        {
            "slug": "small",
            "title": "1 CPU",
            "cpu": 1,
            "memory": "512M",
            "default": True,
            "for": ["all"],
            "env": {"SLURM_JOB_CPUS_PER_NODE": "1"},
        },
        {
            "slug": "large",
            "title": "8 CPU",
            "cpu": 8,
            "memory": "32G",
            "for": ["team:x/few"],
            "env": {"SLURM_JOB_CPUS_PER_NODE": "8"},
        },
    ],
}
MOUNTS = [
    {
        "name": "all",
        "claim": "nfs",
        "path": "course",
        "at": "/course",
        "for": ["all"],
        "readOnly": True,
    },
    {"name": "few", "claim": "disk", "at": "/few", "for": ["team:x/few"], "readOnly": False},
]
OPEN = {"v": 1, "announcement": None, "spawning": {"open": True}}


@pytest.fixture
def make_spawner(tmp_path, monkeypatch):
    """Real KubeSpawner objects (no cluster is asked), with our code reading files below
    tmp_path.
    """
    import glaciocloud_hub as code

    for name in ("load_config", "shared_client"):
        monkeypatch.setattr(kubespawner.spawner, name, lambda *args, **kwargs: None)
    for watched, content in (
        (code.ACCESS, {"users": {}, "machines": {"probe_0": []}}),
        (code.PROFILES, MENU),
        (code.NOTICES, OPEN),
    ):
        path = tmp_path / watched.path.rsplit("/", 1)[1]
        path.write_text(json.dumps(content))
        fresh = code.Watched(str(path), watched.check)
        fresh.kept = str(path) + ".kept"
        monkeypatch.setattr(
            code,
            {"access.json": "ACCESS", "profiles.json": "PROFILES", "notices.json": "NOTICES"}[
                path.name
            ],
            fresh,
        )

    def make(options=None, groups=(), admin=False, name="alice"):
        config = Config()
        code.configure(config)
        spawner = KubeSpawner(_mock=True, config=config)
        spawner.user.name, spawner.user.admin = name, admin
        spawner.user.groups = [types.SimpleNamespace(name=group) for group in groups]
        spawner.user_options = options or {}
        spawner._spawn_pending = True
        spawner.api_token = "token"
        return spawner

    return make


@pytest.fixture
def change_menu(tmp_path):
    """For what is started after it."""

    def change(edit):
        content = json.loads(json.dumps(MENU))
        edit(content)
        (tmp_path / "profiles.json").write_text(json.dumps(content))

    return change


def spec_of(spawner):
    async def load():
        await spawner.load_user_options()
        return await spawner.get_pod_manifest()

    return asyncio.run(load()).spec


def pod(spawner):
    container = spec_of(spawner).containers[0]
    env = {variable.name: variable.value for variable in container.env}
    return container.image, container.resources.limits, container.resources.requests, env


def test_a_size_gives_memory_as_guaranteed_and_a_quarter_of_the_cpu(make_spawner):
    image, limits, requests_, env = pod(
        make_spawner({"profile": "oggm", "size": "large"}, groups=["team:x/few"])
    )
    assert image == "example.org/oggm@sha256:0"
    assert (limits["memory"], requests_["memory"]) == (32 * 1024**3, 32 * 1024**3)
    assert (limits["cpu"], requests_["cpu"]) == (8, 2)
    assert env["SLURM_JOB_CPUS_PER_NODE"] == "8"


def test_variables_of_image_and_size_meet_and_braces_are_text(make_spawner):
    _, _, _, env = pod(make_spawner({"profile": "oggm"}))
    assert (env["PATTERN"], env["IMAGE"], env["SLURM_JOB_CPUS_PER_NODE"]) == ("{a}", "oggm", "1")


def test_without_options_the_defaults_start(make_spawner):
    image, limits, _, _ = pod(make_spawner())
    assert (image, limits["memory"]) == ("example.org/plain:1", 512 * 1024**2)


def test_an_image_goes_with_its_own_sizes_alone(make_spawner, change_menu):
    """By the API too, whether the image was named or not; what is refused says what would go."""
    change_menu(lambda menu: menu["images"][0].update(sizes=["large"]))
    image, limits, _, _ = pod(make_spawner({"profile": "oggm"}, admin=True))
    assert (image, limits["cpu"]) == ("example.org/oggm@sha256:0", 8)
    for options in ({"profile": "oggm", "size": "small"}, {"profile": "oggm", "size": ["small"]}):
        with pytest.raises(Exception, match="size") as refusal:
            pod(make_spawner(options, admin=True))
        assert refusal.value.status_code == 403
    with pytest.raises(Exception, match="'oggm' goes with the sizes large, and not with 'small'"):
        pod(make_spawner({"profile": "oggm", "size": "small"}, admin=True))
    change_menu(lambda menu: menu["images"][1].update(sizes=["small"]))
    with pytest.raises(Exception, match="'plain' goes with the sizes small, and not with 'large'"):
        pod(make_spawner({"size": "large"}, admin=True))


def test_an_image_without_a_size_for_somebody_is_not_offered(make_spawner, change_menu):
    import glaciocloud_hub as code

    change_menu(lambda menu: menu["images"][0].update(sizes=["large"]))
    offered = [profile["slug"] for profile in code.profile_list(make_spawner())]
    assert offered == ["plain"]
    with pytest.raises(Exception, match="image 'oggm' is not open"):
        pod(make_spawner({"profile": "oggm"}))


def test_a_size_may_guarantee_less_and_have_accelerators(make_spawner, change_menu):
    gpu = {"resource": "nvidia.com/gpu", "count": 2}
    less = {"cpu": 0.5, "memory": "1G"}
    change_menu(lambda menu: menu["sizes"][1].update(gpu=gpu, guarantee=less))
    _, limits, asked, _ = pod(make_spawner({"size": "large", "profile": "oggm"}, admin=True))
    assert limits == {"cpu": 8, "memory": 32 * 1024**3, "nvidia.com/gpu": "2"}
    assert asked == {"cpu": 0.5, "memory": 1024**3, "nvidia.com/gpu": "2"}
    _, limits, asked, _ = pod(make_spawner({"size": "small", "profile": "oggm"}, admin=True))
    assert "nvidia.com/gpu" not in {**limits, **asked}


def test_a_size_of_other_machines_goes_there_alone(make_spawner, change_menu):
    """Labels of its own in the place of the others', and its tolerations; the other sizes stay."""
    gpu = {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}
    nodes = {"pool": "gpu", "selector": {"accelerator": "a100"}, "tolerations": [gpu]}
    change_menu(lambda menu: menu["sizes"][1].update(nodes=nodes))

    def placed(size):
        spawner = make_spawner({"size": size, "profile": "oggm"}, admin=True)
        spawner.node_selector = {"pool": "users", "disk": "ssd"}
        spawner.tolerations = [{"key": "users", "operator": "Exists"}]
        return spec_of(spawner)

    large, small = placed("large"), placed("small")
    assert large.node_selector == {"accelerator": "a100"}
    assert [(one.key, one.operator, one.effect) for one in large.tolerations] == [
        ("gpu", "Exists", "NoSchedule")
    ]
    assert small.node_selector == {"pool": "users", "disk": "ssd"}
    assert [one.key for one in small.tolerations] == ["users"]


@pytest.mark.parametrize(
    "said",
    [
        {"nodes": {"selector": {"a": 1}, "tolerations": []}},
        {"nodes": {"selector": {}, "tolerations": ["gpu"]}},
        {"nodes": {"selector": {}}},
        {"guarantee": {"memory": "1Gi"}},
        {"guarantee": {"cpu": 0}},
        {"gpu": {"resource": 1, "count": 1}},
        {"gpu": {"resource": "nvidia.com/gpu", "count": 0}},
    ],
)
def test_a_size_that_makes_no_sense_leaves_the_menu_as_it_was(said):
    import glaciocloud_hub as code

    content = json.loads(json.dumps(MENU))
    content["sizes"][0].update(said)
    with pytest.raises((ValueError, KeyError)):
        code.check_profiles(json.dumps(content).encode())


def mounted(spawner):
    """Places of the claims that a pod gets, after every hook."""

    async def made():
        await spawner.load_user_options()
        return await spawner.modify_pod_hook(spawner, await spawner.get_pod_manifest())

    spec = asyncio.run(made()).spec
    claims = [one["name"] for one in spec.volumes if isinstance(one, dict)]
    return {
        one["mountPath"]: claims.count(one["name"])
        for one in spec.containers[0].volume_mounts
        if isinstance(one, dict)
    }


@pytest.mark.parametrize(
    ("groups", "admin", "places"),
    [
        ((), False, {"/course": 1}),
        (("team:x/other",), False, {"/course": 1}),
        (("team:x/few",), False, {"/course": 1, "/few": 1}),
        ((), True, {"/course": 1, "/few": 1}),
    ],
)
def test_mounts_are_for_whom_the_file_says(make_spawner, groups, admin, places):
    import glaciocloud_hub as code

    Path(code.PROFILES.path).write_text(json.dumps({**MENU, "mounts": MOUNTS}))
    # What somebody asks for by the API decides nothing.
    spawner = make_spawner({"mounts": ["few"], "volumes": ["disk"]}, groups=groups, admin=admin)
    assert mounted(spawner) == places


def test_a_mount_goes_with_the_group_and_a_hook_of_the_hub_still_runs(make_spawner):
    import glaciocloud_mounts

    seen = []
    spawner = make_spawner(groups=["team:x/few"])
    own = lambda _, pod: (seen.append(pod), pod)[1]  # noqa: E731
    spawner.modify_pod_hook = glaciocloud_mounts.hook(
        own, lambda one: MOUNTS if one.user.groups else MOUNTS[:1]
    )
    assert (mounted(spawner), len(seen)) == ({"/course": 1, "/few": 1}, 1)
    spawner.user.groups = []
    assert (mounted(spawner), len(seen)) == ({"/course": 1}, 2)


@pytest.mark.parametrize("broken", [{"claim": 1}, {"for": "all"}, {"readOnly": "yes"}, {"path": 2}])
def test_a_broken_mount_is_not_taken(broken):
    import glaciocloud_hub as code

    content = json.dumps({**MENU, "mounts": [{**MOUNTS[0], **broken}]}).encode()
    with pytest.raises(ValueError, match="mount all"):
        code.check_profiles(content)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"profile": "secret"}, "image 'secret' is not open"),
        ({"profile": "gone"}, "image 'gone' is not open"),
        ({"profile": "oggm", "size": "large"}, "size 'large' is not open"),
        ({"size": "large"}, "size 'large' is not open"),
        ({"size--unlisted-choice": "x"}, "size of your own"),
        ({"profile": "oggm", "size--unlisted-choice": "x"}, "size of your own"),
        ({"profile": ["oggm"]}, "is not open"),
        ({"profile": "oggm", "size": {"a": 1}}, "is not open"),
    ],
)
def test_what_is_not_open_is_refused_by_name(make_spawner, options, text):
    with pytest.raises(Exception, match=text) as refusal:
        pod(make_spawner(options))
    assert refusal.value.status_code == 403


def test_an_unlisted_size_without_our_refusal_would_have_no_limit(make_spawner, monkeypatch):
    """Why the refusal is there: if a later KubeSpawner checks this itself, this test says so."""
    import glaciocloud_hub as code

    monkeypatch.setattr(code, "refuse_forbidden", lambda *ignored: None)
    _, limits, _, _ = pod(make_spawner({"size--unlisted-choice": "x"}))
    assert "memory" not in limits


def test_other_keys_of_the_api_change_nothing(make_spawner):
    image, limits, _, _ = pod(
        make_spawner(
            {"profile": "oggm", "image": "evil", "mem_limit": "99G", "environment": {"A": "b"}}
        )
    )
    assert (image, limits["memory"]) == ("example.org/oggm@sha256:0", 512 * 1024**2)


def test_admins_may_choose_everything(make_spawner):
    image, limits, _, _ = pod(make_spawner({"profile": "secret", "size": "large"}, admin=True))
    assert (image, limits["memory"]) == ("example.org/few:1", 32 * 1024**3)


def test_with_nothing_open_nothing_starts(make_spawner, tmp_path):
    (tmp_path / "profiles.json").write_text(json.dumps({**MENU, "sizes": MENU["sizes"][1:]}))
    with pytest.raises(Exception, match="No image or size is open") as refusal:
        pod(make_spawner())
    assert refusal.value.status_code == 403


def test_without_any_list_nothing_starts(make_spawner, tmp_path):
    (tmp_path / "profiles.json").unlink()
    with pytest.raises(Exception, match="cannot be read") as refusal:
        pod(make_spawner())
    assert refusal.value.status_code == 503


def test_the_form_shows_what_is_open_and_prints_titles_as_text(make_spawner):
    spawner = make_spawner()
    spawner._spawn_pending = False
    form = asyncio.run(spawner.get_options_form())
    assert "OGGM &lt;1.6&gt;" in form and "For few" not in form and "8 CPU" not in form


def test_an_old_choice_that_is_gone_does_not_break_the_form(make_spawner):
    spawner = make_spawner({"profile": "gone"})
    spawner._spawn_pending = False
    assert "Plain" in asyncio.run(spawner.get_options_form())


@pytest.mark.parametrize(
    ("form", "options"),
    [
        (
            {"profile": ["oggm"], "profile-option-oggm--size": ["large"]},
            {"profile": "oggm", "size": "large"},
        ),
        ({"profile": ["oggm"], "profile-option-plain--size": ["large"]}, {"profile": "oggm"}),
        ({"profile": ["oggm"], "size": ["large"]}, {"profile": "oggm", "size": "large"}),
        ({"size": ["large"]}, {"size": "large"}),
        ({"size--unlisted-choice": ["x"], "_xsrf": ["y"]}, {}),
        ({}, {}),
    ],
)
def test_forms_and_launch_links_become_options(make_spawner, form, options):
    spawner = make_spawner()
    assert spawner.run_options_from_form(form) == options
    assert spawner.options_from_query(form) == options


def test_the_spawn_switch_stops_people_but_not_admins_and_machines(make_spawner, tmp_path):
    closed = {"v": 1, "spawning": {"open": False, "reason": "disk replacement until 14:00 UTC"}}
    (tmp_path / "notices.json").write_text(json.dumps(closed))
    with pytest.raises(Exception, match="disk replacement until 14:00 UTC") as refusal:
        pod(make_spawner())
    assert refusal.value.status_code == 503
    assert pod(make_spawner(admin=True))[0] == "example.org/plain:1"
    assert pod(make_spawner(name="probe_0"))[0] == "example.org/plain:1"


def test_a_pause_stops_admins_too_but_not_machines(make_spawner, tmp_path):
    paused = {"v": 1, "spawning": {"open": False, "admins": False, "reason": "new disks"}}
    (tmp_path / "notices.json").write_text(json.dumps(paused))
    for admin in (False, True):
        with pytest.raises(Exception, match="No servers can be started now: new disks"):
            pod(make_spawner(admin=admin))
    assert pod(make_spawner(name="probe_0"))[0] == "example.org/plain:1"


def test_a_machine_does_not_wait_as_long_as_people(make_spawner):
    machine, person = make_spawner(name="probe_0"), make_spawner()
    usual = person.start_timeout
    pod(machine), pod(person)
    assert (machine.start_timeout, person.start_timeout) == (180, usual)


@pytest.mark.parametrize(
    "broken",
    [
        {"images": [{"slug": "a", "title": "A", "image": "", "for": ["all"]}], "sizes": []},
        {"images": MENU["images"] + MENU["images"][:1], "sizes": MENU["sizes"]},
        {"images": [{"slug": "a", "title": "A", "image": "x", "for": "all"}], "sizes": []},
        {
            "images": [],
            "sizes": [{"slug": "s", "title": "S", "cpu": 1, "memory": "4Gi", "for": ["all"]}],
        },
        {
            "images": [],
            "sizes": [{"slug": "s", "title": "S", "cpu": 0, "memory": "4G", "for": ["all"]}],
        },
        {
            "images": [],
            "sizes": [
                {
                    "slug": "s",
                    "title": "S",
                    "cpu": 1,
                    "memory": "4G",
                    "for": ["all"],
                    "env": {"A": 1},
                }
            ],
        },
        {"images": []},
        [],
    ],
)
def test_a_wrong_list_is_not_taken(make_spawner, tmp_path, broken):
    import glaciocloud_hub as code

    good = code.PROFILES.read()
    (tmp_path / "profiles.json").write_text(json.dumps(broken))
    assert code.PROFILES.read() == good
    assert code.PROFILES.info["error"]
    assert pod(make_spawner())[0] == "example.org/plain:1"


# on a real hub


@pytest.fixture(scope="module")
def person(hub, github):
    github.me = {"id": 1001, "login": "alice-gh"}
    hub.people({"1001": {"name": "alice"}})
    hub.write("profiles", MENU)
    browser = hub.login()
    assert browser.answer.status_code == 200
    return browser, hub.token("alice")


def test_the_api_refuses_with_the_reason(hub, person):
    _, token = person
    for options, reason in (
        ({"profile": "secret"}, "image 'secret' is not open"),
        ({"profile": "oggm", "size": "large"}, "size 'large' is not open"),
        ({"size--unlisted-choice": "x"}, "size of your own"),
    ):
        status, last = hub.spawn("alice", options, token)
        assert status == 202 and last["failed"] and reason in last["message"]


def test_bad_requests_do_not_end_the_hub(hub, person):
    _, token = person
    for _ in range(6):
        hub.spawn("alice", {"profile": "gone"}, token)
    assert hub.process.poll() is None
    assert hub.answers()


def test_a_launch_link_starts_what_it_names(hub, person):
    browser, _ = person
    answer = browser.get(
        f"{hub.url}/hub/spawn?profile=oggm&size=small", allow_redirects=False, timeout=20
    )
    assert answer.status_code == 302 and "/hub/spawn-pending/alice" in answer.headers["Location"]

    def server():
        return hub.api("GET", "/users/alice").json()["servers"].get("", {})

    wait_for("the server is ready", lambda: server().get("ready"), 40)
    assert server()["user_options"] == {"profile": "oggm", "size": "small"}
    hub.delete_server("alice")


def test_a_launch_link_to_what_is_not_open_is_refused(hub, person):
    browser, _ = person
    answer = browser.get(f"{hub.url}/hub/spawn?profile=secret", timeout=20)
    assert answer.status_code == 403
    assert "The image &#39;secret&#39; is not open to you" in answer.text


def test_an_announcement_shows_at_once_as_text_and_goes_again(hub, person):
    browser, _ = person
    home = f"{hub.url}/hub/home"
    hub.write(
        "notices", {"v": 1, "announcement": "Course <today> & tomorrow", "spawning": {"open": True}}
    )
    assert "Course &lt;today&gt; &amp; tomorrow" in browser.get(home, timeout=5).text
    assert "Course &lt;today&gt;" in requests.get(f"{hub.url}/hub/login", timeout=5).text
    hub.write("notices", OPEN)
    assert "Course" not in browser.get(home, timeout=5).text


def test_the_spawn_switch_shows_its_reason_and_leaves_a_running_server(hub, person):
    browser, token = person
    assert hub.spawn("alice", {"profile": "plain"}, token)[1]["ready"]
    hub.write("notices", {"v": 1, "spawning": {"open": False, "reason": "new disks"}})
    assert hub.state()["notices"]["spawning"] is False
    assert hub.api("GET", "/users/alice").json()["servers"][""]["ready"]
    hub.delete_server("alice")
    page = browser.get(f"{hub.url}/hub/spawn", timeout=10)
    assert page.status_code == 503 and "No servers can be started now: new disks" in page.text
    assert "new disks" in hub.spawn("alice", {}, token)[1]["message"]
    hub.write("notices", OPEN)


def test_a_new_image_needs_no_restart_and_running_servers_of_the_old_one_stay(hub, person):
    _, token = person
    assert hub.spawn("alice", {"profile": "oggm"}, token)[1]["ready"]
    hub.write(
        "profiles",
        {
            **MENU,
            "images": [
                {"slug": "new", "title": "New", "image": "example.org/new:2", "for": ["all"]}
            ],
        },
    )
    assert hub.state()["profiles"]["images"] == 1
    assert hub.api("GET", "/users/alice").json()["servers"][""]["ready"]
    hub.delete_server("alice")
    assert (
        "image 'plain' is not open" in hub.spawn("alice", {"profile": "plain"}, token)[1]["message"]
    )
    status, last = hub.spawn("alice", {"profile": "new"}, token)
    assert status == 202 and last["ready"]
    hub.delete_server("alice")
