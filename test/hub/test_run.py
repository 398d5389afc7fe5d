"""glaciocloud-run with real processes, and notebooks with a real kernel."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from real_hub import FILES, wait_for

sys.path.insert(0, str(FILES / "servers"))
import glaciocloud_procs  # noqa: E402

TOOL = FILES / "servers" / "glaciocloud_run.py"


class Home:
    def __init__(self, path):
        self.path, self.runs = path, path / "glaciocloud-runs"
        self.env = {**os.environ, "HOME": str(path), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, *words, code=0, **env):
        done = subprocess.run(
            [sys.executable, str(TOOL), *map(str, words)],
            cwd=self.path,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == code, done
        return (done.stdout if code == 0 else done.stderr).strip()

    def script(self, text, name="work.py"):
        (self.path / name).write_text(text)
        return name

    def begin(self, *words, **env):
        return self.run(*words, **env).split()[0]

    def record(self, name):
        return json.loads((self.runs / name / "run.json").read_text())

    def wait(self, name, state, seconds=60):
        wait_for(f"{name} {state}", lambda: f"{name}  {state}" in self.run("list"), seconds)

    def log(self, name):
        return (self.runs / name / "log.txt").read_text()


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    yield home
    for line in home.run("list").splitlines():
        name = line.split()[0]
        if glaciocloud_procs.read(home.record(name)["pid"]) and "  runs" in line:
            subprocess.run([sys.executable, str(TOOL), "stop", name], env=home.env)


ATTEMPT = "import os; print('attempt', os.environ['GLACIOCLOUD_RUN_ATTEMPT'])\n"
WAITS = f"{ATTEMPT}import time; time.sleep(600)\n"


def test_a_script_runs_beyond_its_command_with_its_arguments_and_folder(home):
    home.script("import os, sys; print(sys.argv[1:], os.getcwd()); open('out', 'w').write('x')\n")
    name = home.begin("work.py", "a b", "--c")
    home.wait(name, "done")
    assert f"['a b', '--c'] {home.path}" in home.log(name)
    assert "['a b', '--c']" in home.run("log", name)
    assert (home.path / "out").read_text() == "x"


def test_it_has_left_its_session_and_parent(home):
    name = home.begin(home.script(WAITS))
    process = glaciocloud_procs.read(home.record(name)["pid"])
    assert process.session == process.pid
    assert process.parent != os.getpid()
    home.wait(name, "runs")


def test_it_goes_on_where_its_starter_is_gone_before_it_hears_that_it_runs(home):
    name = home.begin(home.script(ATTEMPT))
    home.wait(name, "done")
    reader, writer = os.pipe()
    os.close(reader)
    env = {**home.env, "GLACIOCLOUD_RUN_READY": str(writer)}
    words = [sys.executable, str(TOOL), "_carry", name]
    assert subprocess.run(words, env=env, pass_fds=(writer,), timeout=60).returncode == 0
    os.close(writer)
    assert home.record(name)["attempt"] == 2
    home.wait(name, "done")


def test_what_fails_says_how(home):
    name = home.begin(home.script("import sys; sys.exit(3)\n"))
    home.wait(name, "failed (code 3)")
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n"
    name = home.begin(home.script(killed, "killed.py"))
    home.wait(name, "failed (it was killed: most often because its memory was full)")


def test_stop_ends_all_that_it_started_even_what_does_not_listen(home):
    home.script(
        "import os, signal, subprocess, sys, time\n"
        "deaf = 'import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(600)'\n"
        "child = subprocess.Popen([sys.executable, '-c', deaf], start_new_session=True, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "open('pid', 'w').write(str(child.pid)); time.sleep(600)\n"
    )
    name = home.begin("work.py")
    wait_for("the child is there", lambda: (home.path / "pid").exists())
    wait_for("its pid is written", lambda: (home.path / "pid").read_text())
    child = int((home.path / "pid").read_text())
    assert home.run("stop", name) == f"{name} is stopped."
    assert glaciocloud_procs.read(child) is None
    home.wait(name, "stopped")


def test_it_runs_once(home):
    name = home.begin(home.script(WAITS))
    assert f"It runs already, as {name}" in home.run("work.py", code=1)
    assert "there is nothing to resume" in home.run("resume", name, code=1)
    other = home.begin("work.py", "with", "arguments")
    assert other != name
    home.run("stop", other)


def test_twenty_starts_at_once_are_one(home):
    home.script(f"{WAITS}")
    tries = [
        subprocess.Popen([sys.executable, str(TOOL), "work.py"], cwd=home.path, env=home.env)
        for _ in range(20)
    ]
    assert sorted(one.wait(60) for one in tries) == [0] + [1] * 19
    assert len(list(home.runs.glob("*/run.json"))) == 1


def cut_off(home, name, *, whole):
    """As when a server stops: nothing of it writes anything any more."""
    record = home.record(name)
    tree = glaciocloud_procs.below(glaciocloud_procs.everything(), {record["pid"]})
    for one in tree if whole else [one for one in tree if one.pid == record["pid"]]:
        os.kill(one.pid, signal.SIGKILL)
    return [one.pid for one in tree if one.pid != record["pid"]]


def test_what_was_cut_off_is_resumed_with_the_number_of_its_attempt(home):
    name = home.begin(home.script(WAITS))
    wait_for("it prints", lambda: "attempt 1" in home.log(name))
    cut_off(home, name, whole=True)
    home.wait(name, "was cut off")
    assert home.begin("resume") == name
    wait_for("it prints", lambda: "attempt 2" in home.log(name))
    home.wait(name, "runs, attempt 2")


def test_work_that_lost_its_carrier_is_not_started_beside_itself(home):
    name = home.begin(home.script(WAITS))
    wait_for("it prints", lambda: "attempt 1" in home.log(name))
    (left,) = cut_off(home, name, whole=False)
    try:
        home.wait(name, "runs in another server")
        assert "nothing to resume" in home.run("resume", name, code=1)
        assert "It runs already" in home.run("work.py", code=1)
    finally:
        os.kill(left, signal.SIGKILL)
    home.wait(name, "was cut off")
    assert home.begin("resume", name) == name


def test_a_number_that_another_process_has_now_is_not_the_run(home):
    name = home.begin(home.script("pass\n"))
    home.wait(name, "done")
    path = home.runs / name / "run.json"
    record = home.record(name)
    path.write_text(json.dumps({**record, "ended": None, "pid": os.getpid()}))
    assert f"{name}  was cut off" in home.run("list")
    path.write_text("{")
    assert home.run("list") == ""


@pytest.mark.parametrize("key", ["pid", "start", "since"])
@pytest.mark.parametrize("value", [float("inf"), float("nan"), -1e300, "1"])
def test_a_record_with_a_number_that_is_none_hides_no_other_run(home, key, value):
    name = home.begin(home.script(WAITS))
    odd = home.runs / "odd"
    odd.mkdir()
    (odd / "run.json").write_text(json.dumps({**home.record(name), key: value}))
    assert home.run("list") == f"{name}  runs"


@pytest.mark.parametrize("kind", ["pipe", "deep", "huge"])
def test_what_is_no_record_holds_nobody(home, kind):
    path = home.runs / "odd" / "run.json"
    path.parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_text("[" * (200_000 if kind == "deep" else 2 << 20))
    assert home.run("list") == ""
    if kind == "huge":
        os.truncate(path, 1 << 34)
        assert home.run("list") == ""


def notebook(home, *cells):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(content, home.path / "work.ipynb")
    return "work.ipynb"


def result(home, name):
    cells = nbformat.read(home.runs / name / "result.ipynb", as_version=4).cells
    return ["".join(one.get("text", "") for one in cell.outputs).strip() for cell in cells]


def test_a_notebook_runs_from_its_first_cell_and_its_result_is_beside_it(home):
    before = (home.path / notebook(home, "x = 6", "print(x * 7)")).read_bytes()
    name = home.begin("work.ipynb")
    home.wait(name, "done", 120)
    assert result(home, name) == ["", "42"]
    assert (home.path / "work.ipynb").read_bytes() == before


def test_a_notebook_that_fails_keeps_what_it_has_and_says_which_cell(home):
    name = home.begin(notebook(home, "print(1)", "1 / 0", "print(3)"))
    home.wait(name, "failed (code 1)", 120)
    assert result(home, name)[0] == "1"
    assert "Cell 2 of 3 failed" in home.log(name)
    assert "ZeroDivisionError" in home.log(name)


def test_stop_ends_the_kernel_of_a_notebook(home):
    name = home.begin(notebook(home, "import time\nopen('there', 'w')\ntime.sleep(600)"))
    wait_for("it computes", lambda: (home.path / "there").exists())
    tree = glaciocloud_procs.below(glaciocloud_procs.everything(), {home.record(name)["pid"]})
    assert len(tree) >= 3
    home.run("stop", name)
    assert [one for one in tree if glaciocloud_procs.read(one.pid) == one] == []


@pytest.mark.parametrize(
    "words, told",
    [
        (["nothing.py"], "There is no file nothing.py."),
        (["note.txt"], "neither a notebook (.ipynb) nor a Python script (.py)"),
        (["stop"], "Say which"),
        (["stop", "nothing"], "There is no run nothing"),
        (["resume"], "There is no such run"),
        (["log"], "There is no such run"),
    ],
)
def test_what_cannot_be_done(home, words, told):
    home.script("", "note.txt")
    assert told in home.run(*words, code=1)


def test_an_image_without_nbclient_says_what_is_missing(home):
    Path(home.path / "nbclient.py").write_text("raise ImportError('no nbclient here')\n")
    name = home.begin(notebook(home, "1"), PYTHONPATH=str(home.path))
    home.wait(name, "failed (code 1)")
    assert "This image cannot run notebooks: no nbclient here" in home.log(name)


@pytest.mark.parametrize(
    "longest, told",
    [("", "stops idle servers"), ("86400", "up to 24 hours"), ("600", "up to 10 minutes")],
)
def test_people_read_what_keeps_their_server(home, longest, told):
    home.script("pass\n")
    assert told in home.run("work.py", GLACIOCLOUD_BUSY_MAX=longest)
