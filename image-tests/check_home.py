"""What an image has in the home that a volume hides: nothing but the settings every new account
gets, and nothing that belongs to root.

    check_home.py HOME UID
"""

import json
import os
import sys
from pathlib import Path

SHOWN = 3


def below(folder):
    for base, folders, files in os.walk(folder):
        for name in sorted([*folders, *files]):
            yield Path(base) / name


def skeleton(path, home):
    """Whether a file is as in /etc/skel."""
    given = Path("/etc/skel") / path.relative_to(home)
    if path.is_symlink() or not given.exists():
        return False
    return given.is_dir() if path.is_dir() else path.read_bytes() == given.read_bytes()


def check(home, uid):
    if not home.exists():
        return True, "the image has no home of its own"
    rooted = [path for path in [home, *below(home)] if path.lstat().st_uid != uid]
    if rooted:
        owner = rooted[0].lstat().st_uid
        return False, f"{shown(rooted)}: owned by uid {owner}, and people are {uid}"
    baked = [path for path in below(home) if not skeleton(path, home)]
    if baked:
        return False, f"{shown(baked)}: hidden by the home volume, so nobody will see it"
    return True, "nothing is baked below the home"


def shown(paths):
    rest = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(str(path) for path in paths[:SHOWN]) + rest


def main():
    try:
        ok, detail = check(Path(sys.argv[1]), int(sys.argv[2]))
    except OSError as error:
        ok, detail = False, f"the home cannot be read: {error}"
    print(json.dumps({"ok": ok, "detail": detail}, ensure_ascii=False))


main()
