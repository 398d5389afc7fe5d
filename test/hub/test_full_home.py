"""Servers begin with START, also in a home without room: in homes of a few megabytes, and with a
real Jupyter Server and its kernel.
"""

import contextlib
import json
import os
import subprocess
import sys

import pytest
import requests
from kernel_asked import in_kernel
from real_hub import FILES, free_ports, node, wait_for
from test_busy import as_mounted

TOKEN = "token-of-this-test"
# As a kubelet does, before anything of the server runs; it goes with the process.
MOUNTED = """
mkdir -p "$HOME" "$SCRATCH" /tmp/home-is-full
for folder in "$HOME" "$SCRATCH" /tmp/home-is-full; do mount -t tmpfs -o size=4m none "$folder"; done
if [ -n "$FULL" ]; then head -c 8m /dev/zero > "$HOME/data" 2>/dev/null; fi
if [ -n "$BLOCKED" ]; then echo > "$HOME/oggm-work"; fi
exec "$@"
"""
LOOK = """
import json, os, tempfile
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x" * 100_000)
    file.flush()
    wrote = os.path.dirname(file.name)
    left = sorted(os.listdir(wrote))
print(json.dumps({"TMPDIR": os.environ.get("TMPDIR"), "wrote": wrote, "left": left}))
"""


@pytest.fixture(scope="module")
def start():
    """The lines of shell, as the values have them."""
    servers = FILES.parents[2] / "src/core/hub/values/servers.ts"
    code = f"import {{ START }} from {json.dumps(str(servers))}; process.stdout.write(START)"
    command = [node(), "--input-type=module", "-e", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def begun(start, folder, command, **env):
    """The process that a server's lines of shell become; what it says goes to `folder`."""
    apart = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "SCRATCH": str(folder / "scratch"),
        **env,
    }
    with open(folder / "said", "w") as said, open(folder / "log", "w") as log:
        return subprocess.Popen(
            [*apart, "sh", "-c", MOUNTED, "sh", "sh", "-c", start, *command],
            **{"cwd": folder, "env": environment, "stdout": said, "stderr": log},
        )


@contextlib.contextmanager
def served(start, folder, **env):
    (port,) = free_ports(1)
    jupyter = [
        *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"),
    ]
    settings = as_mounted(folder / "server") / "jupyter"
    more = {"JUPYTER_TOKEN": TOKEN, "JUPYTER_CONFIG_PATH": str(settings), **env}
    process = begun(start, folder, jupyter, **more)
    url = f"http://127.0.0.1:{port}/api"

    def answers():
        assert process.poll() is None, (folder / "log").read_text()
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(url, timeout=5).ok
        return False

    try:
        wait_for("the server answers", answers, 60)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:  # as a kubelet does
            process.kill()
            process.wait()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"OGGM_WORKDIR": "{home}/oggm-work"}, "{home}/oggm-work/tmp"),
        ({"OGGM_WORKDIR": "{scratch}/oggm-work"}, "{scratch}/oggm-work/tmp"),
        ({"OGGM_WORKDIR": "{home}/oggm-work", "FULL": "1"}, "/tmp"),
        ({"OGGM_WORKDIR": "{scratch}/oggm-work", "FULL": "1"}, "{scratch}/oggm-work/tmp"),
        ({"OGGM_WORKDIR": "{home}/oggm-work", "BLOCKED": "1"}, "/tmp"),
        ({"OGGM_WORKDIR": "{home}/oggm-work", "TMPDIR": "{scratch}"}, "{scratch}"),
        # OGGM's own business; no folder of that name is made.
        ({"OGGM_WORKDIR": "~/oggm-work"}, None),
        ({}, None),
        ({"FULL": "1"}, None),
    ],
)
def test_what_a_server_becomes_has_room_for_temporary_files(start, tmp_path, more, expected):
    places = {"home": tmp_path / "home", "scratch": tmp_path / "scratch"}
    env = {name: text.format(**places) for name, text in more.items()}
    wanted = expected and expected.format(**places)
    process = begun(start, tmp_path, [sys.executable, "-c", LOOK], **env)
    log = (tmp_path / "log").read_text
    assert process.wait(60) == 0, log()
    said = json.loads((tmp_path / "said").read_text())
    assert (said["TMPDIR"], said["wrote"]) == (wanted, wanted or "/tmp")
    if wanted and "oggm-work" in wanted:
        assert len(said["left"]) == 1  # the test's own file
    assert ("Your home is full" in log()) == ("FULL" in more)
    assert not (tmp_path / "~").exists()


def test_a_full_home_has_a_server_with_a_kernel(start, tmp_path):
    workdir = str(tmp_path / "home/oggm-work")
    with served(start, tmp_path, OGGM_WORKDIR=workdir, FULL="1") as url:
        assert in_kernel(url, TOKEN, LOOK, 60)["wrote"] == "/tmp"
    assert "Your home is full" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("folder", [".", "oggm-work/tmp"])
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_lies_where_room_is_tried_holds_nothing_and_leads_nowhere(
    start, tmp_path, folder, kind
):
    data = tmp_path / "data.nc"
    data.write_text("precious")
    place = tmp_path / folder / ".room-for-jupyter"
    place.parent.mkdir(parents=True, exist_ok=True)
    if kind == "link":
        place.symlink_to(data)
    else:
        os.mkfifo(place)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    env["OGGM_WORKDIR"] = str(tmp_path / "oggm-work")
    command = ["sh", "-c", start, "sh", "-c", "echo $TMPDIR"]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=20)
    assert (ran.stdout, ran.stderr) == (f"{tmp_path}/oggm-work/tmp\n", "")
    assert data.read_text() == "precious"
    assert not os.path.lexists(place)


def test_a_home_that_fills_later_breaks_no_new_python(start, tmp_path):
    """Python's own choice: a program that begins then takes /tmp."""
    fill = (
        "import os, subprocess, sys\n"
        "try: open(os.path.expanduser('~/data'), 'wb').write(b'x' * 9_000_000)\n"
        "except OSError: pass\n"
    )
    again = (
        f"{LOOK}{fill}"
        f"ran = subprocess.run([sys.executable, '-c', {LOOK!r}], check=True, capture_output=True)\n"
        "print(json.dumps({'before': wrote, 'after': json.loads(ran.stdout)['wrote']}))\n"
    )
    workdir = str(tmp_path / "home/oggm-work")
    with served(start, tmp_path, OGGM_WORKDIR=workdir) as url:
        assert in_kernel(url, TOKEN, again, 60) == {"before": f"{workdir}/tmp", "after": "/tmp"}
