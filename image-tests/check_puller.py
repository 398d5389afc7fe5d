"""nbgitpuller brings a course from a git repository on this disk, and its next version, and keeps
what a student changed.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

IDENTITY = ["-c", "user.name=check", "-c", "user.email=check@example.org"]


class Failed(Exception):
    pass


def run(*command, cwd=None):
    try:
        ended = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120
        )
    except FileNotFoundError as error:
        raise Failed(f"the image has no {command[0]}") from error
    if ended.returncode != 0:
        said = (ended.stderr.strip() or ended.stdout.strip() or "nothing").splitlines()[-1]
        raise Failed(f"{command[0]} failed: {said}")


def publish(course, name, text):
    (course / name).write_text(text)
    run("git", "add", ".", cwd=course)
    run("git", *IDENTITY, "commit", "--quiet", "--message", name, cwd=course)


def check(folder):
    course = folder / "course"
    course.mkdir()
    run("git", "init", "--quiet", "--initial-branch", "main", cwd=course)
    publish(course, "first.txt", "one")
    home = Path(os.environ["HOME"])
    pull = ["gitpuller", course.as_uri(), "main", "course-of-check"]
    run(*pull, cwd=home)
    pulled = home / "course-of-check"
    (pulled / "first.txt").write_text("my own")
    publish(course, "second.txt", "two")
    run(*pull, cwd=home)
    if (pulled / "second.txt").read_text() != "two":
        raise Failed("the second version did not arrive")
    if (pulled / "first.txt").read_text() != "my own":
        raise Failed("what a student wrote was overwritten")


def main():
    result = {"ok": True, "detail": "a course came, and its next version"}
    with tempfile.TemporaryDirectory() as folder:
        try:
            check(Path(folder))
        except (Failed, OSError) as error:
            result = {"ok": False, "detail": str(error)}
    print(json.dumps(result, ensure_ascii=False))


main()
