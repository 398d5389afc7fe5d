"""A folder as tar.gz on stdout: `kubectl exec -i POD -- python3 - FOLDER < archive.py`.

Nothing is sent where something cannot be read: exit 3, and on stderr

    {"unreadable": 2, "why": "Permission denied"}

without names, because logs are public. Otherwise the last line on stderr says what was sent;
`files` are all that is no folder:

    {"sha256": "…", "bytes": 123, "files": 4}

Sockets hold nothing and are left out, as by tar.
"""

import gzip
import hashlib
import json
import os
import stat
import sys
import tarfile

# Homes of modellers are mostly compressed already: more effort costs time and saves little.
EFFORT = 3


class Counting:
    def __init__(self, out):
        self.out, self.sha256, self.bytes = out, hashlib.sha256(), 0

    def write(self, data) -> int:
        self.out.write(data)
        self.sha256.update(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        self.out.flush()


def entries(root: str, bad: list):
    """Every path below the folder with its name in the archive, in a fixed order. Links are not
    followed.
    """

    def failed(error):
        bad.append(error.strerror)

    for folder, folders, files in os.walk(root, onerror=failed):
        if (
            folder == root
            and "lost+found" in folders
            and not os.access(os.path.join(root, "lost+found"), os.R_OK | os.X_OK)
        ):
            folders.remove("lost+found")  # the file system's own, and root's
        folders.sort()
        for name in sorted([*folders, *files]):
            path = os.path.join(folder, name)
            yield path, os.path.relpath(path, root)


def unreadable(root: str) -> list:
    bad: list = []
    for path, _ in entries(root, bad):
        try:
            # What a folder hides is told when it is walked.
            if stat.S_ISREG(os.lstat(path).st_mode) and not os.access(path, os.R_OK):
                bad.append("Permission denied")
        except OSError as error:
            bad.append(error.strerror)
    return bad


def send(root: str, out: Counting) -> int:
    files = 0
    with (
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=EFFORT, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path, name in entries(root, []):
            info = tar.gettarinfo(path, name)
            if info is None:
                continue
            if info.isreg():
                with open(path, "rb") as content:
                    tar.addfile(info, content)
            else:
                tar.addfile(info)
            tar.members.clear()  # it remembers each: too much for millions of files
            files += not info.isdir()
    return files


def main() -> int:
    root = sys.argv[1]
    bad = unreadable(root)
    if bad:
        print(
            json.dumps({"unreadable": len(bad), "why": ", ".join(sorted(set(bad)))}),
            file=sys.stderr,
        )
        return 3
    out = Counting(sys.stdout.buffer)
    try:
        files = send(root, out)
    except OSError as error:
        print(
            json.dumps({"unreadable": 1, "why": error.strerror or type(error).__name__}),
            file=sys.stderr,
        )
        return 3
    out.flush()
    print(
        json.dumps({"sha256": out.sha256.hexdigest(), "bytes": out.bytes, "files": files}),
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
