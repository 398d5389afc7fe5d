"""glaciocloud-run: a script or a notebook that needs neither browser nor kernel.

    glaciocloud-run FILE.py|FILE.ipynb [ARGUMENT...]   start it; the command comes back at once
    glaciocloud-run list                               what ran and runs
    glaciocloud-run log [RUN]                          the end of what it printed
    glaciocloud-run stop RUN                           end it
    glaciocloud-run resume [RUN]                       after the server was stopped: start it again

Log and result are in ~/glaciocloud-runs/RUN. A script that is started again finds the number of its
attempt in GLACIOCLOUD_RUN_ATTEMPT (1, 2, ...); a notebook begins with its first cell.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from typing import Any, Iterator

import glaciocloud_procs as procs

START_SECONDS = 30
END_SECONDS = 10
LOG_LINES = 50
MOST_BYTES = 1 << 20  # of a run.json
LATEST = 253402300799  # the end of 9999
# What a kernel says to its own children, and no run is one.
OF_KERNELS = ("JPY_PARENT_PID", "JPY_SESSION_NAME", "GLACIOCLOUD_RUN_READY")


class Refused(Exception):
    """What cannot be done, and what to do instead."""


def home() -> str:
    return os.path.join(os.path.expanduser("~"), "glaciocloud-runs")


# what is known of runs


def record_of(name: str) -> dict[str, Any] | None:
    """What is written of a run; None where nothing good is. A pipe there would hold its reader."""
    path = os.path.join(home(), name, "run.json")
    try:
        seen = os.stat(path)
        if not stat.S_ISREG(seen.st_mode) or seen.st_size > MOST_BYTES:
            return None
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        texts = (record["file"], record["cwd"], record["place"])
        numbers = (record["v"], record["attempt"], record["pid"], record["start"])
        since = record["since"]
        lists = (record["args"],)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    good = (
        record["v"] == 1
        and all(isinstance(one, str) for one in texts)
        and all(isinstance(one, int) for one in numbers)
        and isinstance(since, (int, float))
        and 0 <= since <= LATEST
        and all(isinstance(one, list) for one in lists)
    )
    return {**record, "name": name} if good else None


def records() -> list[dict[str, Any]]:
    """All runs, the oldest first."""
    try:
        names = sorted(os.listdir(home()))
    except OSError:
        return []
    return [one for one in map(record_of, names) if one is not None]


def is_alive(record: dict[str, Any]) -> bool:
    if record.get("ended") is not None or record["place"] != procs.place():
        return False
    process = procs.read(record["pid"])
    return process is not None and process.start == record["start"]


def living() -> list[dict[str, Any]]:
    """Those of this server."""
    return [one for one in records() if is_alive(one)]


def is_held(record: dict[str, Any]) -> bool:
    """Whether anything of a run lives, in another server with this home too."""
    try:
        with locked(os.path.join(home(), record["name"], "lock")):
            return False
    except Refused:
        return True
    except OSError:  # a home without locks
        return False


def refuse_twice(path: str, args: list[str]) -> None:
    for one in records():
        same = one["file"] == path and one["args"] == args and one.get("ended") is None
        if same and (is_alive(one) or is_held(one)):
            raise Refused(
                f"It runs already, as {one['name']}. Stop that first: glaciocloud-run stop {one['name']}"
            )


def state_of(record: dict[str, Any]) -> str:
    ended = record.get("ended")
    if ended is None and is_alive(record):
        return "runs"
    if ended is None:
        return "runs in another server" if is_held(record) else "was cut off"
    if ended.get("stopped"):
        return "stopped"
    return "done" if ended.get("code") == 0 else f"failed ({why(ended.get('code'))})"


def why(code: Any) -> str:
    if code == -signal.SIGKILL:
        return "it was killed: most often because its memory was full"
    return f"signal {-code}" if isinstance(code, int) and code < 0 else f"code {code}"


def write(record: dict[str, Any]) -> None:
    path = os.path.join(home(), record["name"], "run.json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump({key: value for key, value in record.items() if key != "name"}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


@contextmanager
def locked(path: str) -> Iterator[int]:
    """Only one at a time, in other servers with this home too; refused where it is held."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "It runs already, or is being started, here or in another server."
            ) from None
        yield handle
    finally:
        os.close(handle)


# commands


def start(file: str, args: list[str]) -> str:
    path = os.path.realpath(file)
    if not os.path.isfile(path):
        raise Refused(f"There is no file {file}.")
    if not path.endswith((".py", ".ipynb")):
        raise Refused(f"{file} is neither a notebook (.ipynb) nor a Python script (.py).")
    if path.endswith(".ipynb") and args:
        raise Refused("A notebook takes no arguments.")
    os.makedirs(home(), exist_ok=True)
    with locked(os.path.join(home(), ".lock")):
        refuse_twice(path, args)
        record = {
            "v": 1,
            "name": made_folder(path),
            "file": path,
            "args": args,
            "cwd": os.path.dirname(path) if path.endswith(".ipynb") else os.getcwd(),
            **{"attempt": 0, "place": "", "pid": 0, "start": 0, "since": 0},
        }
        write(record)
        carry_on(record)
    return str(record["name"])


def made_folder(path: str) -> str:
    stem = os.path.splitext(os.path.basename(path))[0]
    begin = f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}-{stem}"
    for name in [begin, *(f"{begin}-{number}" for number in range(2, 100))]:
        try:
            os.mkdir(os.path.join(home(), name))
        except FileExistsError:
            continue
        return name
    raise Refused("Too many runs of this file were started in one second.")


def carry_on(record: dict[str, Any]) -> None:
    """Start the process that carries a run, and wait until it holds the run's lock."""
    folder = os.path.join(home(), record["name"])
    read_end, write_end = os.pipe()
    environment = {key: value for key, value in os.environ.items() if key not in OF_KERNELS}
    if environment.get("MPLBACKEND", "").startswith("module:"):
        del environment["MPLBACKEND"]  # pictures of a notebook, which a script is not
    environment["GLACIOCLOUD_RUN_READY"] = str(write_end)
    with open(os.path.join(folder, "log.txt"), "ab") as log:
        carrier = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "_carry", record["name"]],
            **{"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log},
            env=environment,
            start_new_session=True,
            pass_fds=(write_end,),
        )
    os.close(write_end)
    with os.fdopen(read_end) as told:
        said = told.read()
    if said != "ready":
        carrier.wait(START_SECONDS)
        raise Refused(said or f"It could not be started. Look into {folder}/log.txt.")


def carry(name: str) -> int:
    """The process that a run is known by: it starts the work, waits for it and writes its end."""
    ready = int(os.environ.pop("GLACIOCLOUD_RUN_READY"))
    try:
        with locked(os.path.join(home(), name, "lock")) as lock:
            record = record_of(name)
            if record is None or is_alive(record):
                raise Refused("It runs already, or its run.json is damaged.")
            me = procs.read(os.getpid())
            record.update(attempt=record["attempt"] + 1, place=procs.place(), since=time.time())
            record.update(pid=os.getpid(), start=me.start if me else 0, ended=None)
            write(record)
            tell(ready, "ready")
            return work(record, lock)
    except Refused as refused:
        tell(ready, str(refused))
        return 1


def tell(ready: int, text: str) -> None:
    """To whoever started it: a kernel that was shut down meanwhile hears nothing, and the run goes on."""
    with suppress(BrokenPipeError), os.fdopen(ready, "w") as told:
        told.write(text)


def work(record: dict[str, Any], lock: int) -> int:
    """`lock` goes to the work too, so that nothing starts again beside what has lost its carrier."""
    stopped: list[int] = []
    adopt()
    signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
    attempt = str(record["attempt"])
    folder = os.path.join(home(), record["name"])
    environment = {**os.environ, "GLACIOCLOUD_RUN": folder, "GLACIOCLOUD_RUN_ATTEMPT": attempt}
    command = command_of(record)
    print(f"# {datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S} UTC, attempt {attempt}: {command}")
    sys.stdout.flush()
    try:
        child = subprocess.Popen(
            command, cwd=record["cwd"], env=environment, stdin=subprocess.DEVNULL, pass_fds=(lock,)
        )
    except OSError as error:
        print(f"# It cannot be started: {error}")
        return ended(record, 127, stopped)
    while True:
        try:
            code = child.wait(0.5)
            break
        except subprocess.TimeoutExpired:
            if stopped:
                end_tree(os.getpid())
    end_tree(os.getpid())  # what it has left behind
    return ended(record, code, stopped)


def ended(record: dict[str, Any], code: int, stopped: list[int]) -> int:
    record["ended"] = {"code": code, "at": time.time(), "stopped": bool(stopped)}
    print(f"# {datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S} UTC: {state_of(record)}")
    write(record)
    return 0


def command_of(record: dict[str, Any]) -> list[str]:
    if record["file"].endswith(".ipynb"):
        return [sys.executable, "-u", os.path.abspath(__file__), "_notebook", record["name"]]
    # That of the terminal or environment it was started from.
    python = shutil.which("python") or shutil.which("python3") or sys.executable
    return [python, "-u", record["file"], *record["args"]]


def adopt() -> None:
    """What a run leaves without a parent becomes a child of its carrier. Source: prctl(2)."""
    set_child_subreaper = 36
    try:
        ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)
    except (OSError, AttributeError):
        print("# What the run leaves behind may go on after it.")


def end_tree(root: int) -> None:
    """All that a process has started: asked first, then ended."""
    known: dict[int, int] = {}
    for number, seconds in ((signal.SIGTERM, END_SECONDS), (signal.SIGKILL, 2)):
        until = time.monotonic() + seconds
        sent: set[int] = set()
        while time.monotonic() < until:
            every = procs.everything()
            known.update((one.pid, one.start) for one in procs.below(every, {root}))
            tree = {one.pid for one in every if known.get(one.pid) == one.start} - {root}
            if not tree:
                return
            for pid in tree - sent:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            sent |= tree
            time.sleep(0.1)


def notebook(name: str) -> int:
    """All cells in order; the result so far is written after each."""
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError as missing:
        print(f"This image cannot run notebooks: {missing}. Ask for nbclient in it, or run a .py.")
        return 1
    record = record_of(name)
    if record is None:
        return 1
    content = nbformat.read(record["file"], as_version=4)
    path = os.path.join(home(), name, "result.ipynb")
    client = NotebookClient(
        content, timeout=None, resources={"metadata": {"path": record["cwd"]}}, allow_errors=False
    )
    for cell in content.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with client.setup_kernel():
        for index, cell in enumerate(content.cells):
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                print(f"Cell {index + 1} of {len(content.cells)} failed.\n{error}")
                return 1
            finally:
                nbformat.write(content, path + ".new")
                os.replace(path + ".new", path)
            print(f"Cell {index + 1} of {len(content.cells)} is done.")
    return 0


def chosen(names: list[str], states: tuple[str, ...] = ()) -> dict[str, Any]:
    """The run of this name, or the last of those in one of the states."""
    if names:
        record = record_of(os.path.basename(names[0].rstrip("/")))
        if record is None:
            raise Refused(f"There is no run {names[0]}. See: glaciocloud-run list")
        return record
    fitting = [one for one in records() if not states or state_of(one) in states]
    if not fitting:
        raise Refused("There is no such run. See: glaciocloud-run list")
    return fitting[-1]


def show() -> None:
    for one in records():
        again = f", attempt {one['attempt']}" if one["attempt"] > 1 else ""
        print(f"{one['name']}  {state_of(one)}{again}")


def log(names: list[str]) -> None:
    path = os.path.join(home(), chosen(names)["name"], "log.txt")
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.readlines()
    print(f"# {path}")
    print("".join(lines[-LOG_LINES:]), end="")


def stop(names: list[str]) -> str:
    if not names:
        raise Refused("Say which: glaciocloud-run stop RUN")
    record = chosen(names)
    if not is_alive(record):
        raise Refused(f"{record['name']} does not run here: {state_of(record)}.")
    os.kill(record["pid"], signal.SIGTERM)
    until = time.monotonic() + END_SECONDS + 5
    while is_alive(record) and time.monotonic() < until:
        time.sleep(0.1)
    if is_alive(record):
        end_tree(record["pid"])
        os.kill(record["pid"], signal.SIGKILL)
    return str(record["name"])


def resume(names: list[str]) -> str:
    record = chosen(names, ("was cut off",))
    state = state_of(record)
    if state == "done" or state.startswith("runs"):
        raise Refused(f"{record['name']} {state}: there is nothing to resume.")
    if not os.path.isfile(record["file"]):
        raise Refused(f"{record['file']} is gone.")
    with locked(os.path.join(home(), ".lock")):
        refuse_twice(record["file"], record["args"])
        carry_on(record)
    return str(record["name"])


def kept() -> str:
    """What this hub does with a server that computes."""
    longest = os.environ.get("GLACIOCLOUD_BUSY_MAX", "")
    if not longest:
        return "This hub stops idle servers even while a run computes: keep your browser open."
    minutes = float(longest) / 60
    most = f"{minutes / 60:.0f} hours" if minutes >= 120 else f"{minutes:.0f} minutes"
    return f"It keeps your server running for up to {most}."


def main(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(__doc__)
        return 0
    command, rest = words[0], words[1:]
    if command == "_carry":
        return carry(rest[0])
    if command == "_notebook":
        return notebook(rest[0])
    try:
        if command == "list":
            show()
        elif command == "log":
            log(rest)
        elif command == "stop":
            print(f"{stop(rest)} is stopped.")
        else:
            name = resume(rest) if command == "resume" else start(command, rest)
            print(f"{name} runs. {kept()}\nLog and result: {os.path.join(home(), name)}")
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error}. Is your home full?", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
