"""What archive.py sends of a folder, and what it refuses. No hub is needed for it."""

import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "charts/oggm-hub/files/archive.py"
AS_NOBODY = b"os.setgroups([]), os.setgid(65534), os.setuid(65534)"


def archive(folder, before=b""):
    script = SCRIPT.read_bytes().replace(b"\nif __name__", b"\n" + before + b"\nif __name__")
    ran = subprocess.run([sys.executable, "-", str(folder)], input=script, capture_output=True)
    return ran.returncode, ran.stdout, json.loads(ran.stderr.splitlines()[-1])


def test_everything_that_a_home_holds(tmp_path):
    home = tmp_path / "home"
    (home / "empty").mkdir(parents=True)
    (home / "sub").mkdir()
    (home / "sub" / ("n" * 240)).write_text("long name")
    (home / "sub" / "Ötztal").write_text("ü")
    Path(os.fsdecode(os.fsencode(home) + b"/\xff\xfe")).write_text("no text")
    (home / "link").symlink_to("sub/nowhere")
    (home / "outside").symlink_to("/etc")
    (home / "again").hardlink_to(home / "sub" / "Ötztal")
    os.mkfifo(home / "pipe")
    os.chdir(home)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        code, sent, said = archive(home)
    assert code == 0
    assert said == {"sha256": hashlib.sha256(sent).hexdigest(), "bytes": len(sent), "files": 7}
    with tarfile.open(fileobj=io.BytesIO(sent)) as tar:
        members = {one.name: one for one in tar}
        assert sorted(members, key=os.fsencode) == sorted(
            [
                "again",
                "empty",
                "link",
                "outside",
                "pipe",
                "sub",
                "sub/Ötztal",
                "sub/" + "n" * 240,
                os.fsdecode(b"\xff\xfe"),
            ],
            key=os.fsencode,
        )
        assert members["outside"].linkname == "/etc"
        assert tar.extractfile("again").read() == "ü".encode()


def test_equal_folders_give_equal_bytes(tmp_path):
    for name in ["b", "a", "c"]:
        (tmp_path / name).write_text(name)
    assert archive(tmp_path)[1] == archive(tmp_path)[1]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make what others cannot read")
def test_nothing_is_sent_where_something_cannot_be_read(request):
    tmp_path = Path(tempfile.mkdtemp())  # pytest's own folders let nobody in
    request.addfinalizer(lambda: shutil.rmtree(tmp_path))
    tmp_path.chmod(0o755)
    (tmp_path / "fine").write_text("x")
    (tmp_path / "key").write_text("x")
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "private").mkdir(mode=0o700)
    (tmp_path / "listed").mkdir()
    (tmp_path / "listed" / "file").write_text("x")
    (tmp_path / "listed").chmod(0o744)
    (tmp_path / "lost+found").mkdir(mode=0o700)
    code, sent, said = archive(tmp_path, AS_NOBODY)
    assert (code, sent) == (3, b"")
    assert said == {"unreadable": 3, "why": "Permission denied"}
    for name in ["key", "private", "listed"]:
        (tmp_path / name).chmod(0o755)
    code, sent, said = archive(tmp_path, AS_NOBODY)
    assert code == 0 and said["files"] == 3
