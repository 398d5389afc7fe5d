"""Which packages an image has: of apt, conda and pip, each with a hash of its files or the commit that it came from."""

import hashlib
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

# Whoever installs writes them, not whoever made the package.
OF_INSTALLERS = ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json")


def hash_of(lines):
    return "files-sha256:" + hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def of_apt():
    wanted = "${db:Status-Abbrev}\t${binary:Package}\t${Version}\n"
    command = ["dpkg-query", "--show", "--showformat", wanted]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
    except OSError:
        return
    for line in ended.stdout.splitlines():
        status, name, version = line.split("\t")
        if status.strip() != "ii":
            continue
        sums = Path("/var/lib/dpkg/info", f"{name}.md5sums")
        yield "apt", name, version, hash_of(sums.read_text().splitlines() if sums.exists() else [])


def of_conda():
    for path in Path(sys.prefix, "conda-meta").glob("*.json"):
        one = json.loads(path.read_text())
        kind = "sha256" if one.get("sha256") else "md5"
        yield "conda", one["name"], f"{one['version']}={one['build']}", f"{kind}:{one.get(kind)}"


def of_pip():
    seen = set()
    for one in metadata.distributions():
        name = one.metadata["Name"]
        if name is None or name.lower() in seen:
            continue
        seen.add(name.lower())
        if (one.read_text("INSTALLER") or "").strip() != "conda":
            yield "pip", name, one.version, commit_of(one) or hash_of(hashed_files(one))


def commit_of(one):
    origin = json.loads(one.read_text("direct_url.json") or "{}")
    commit = origin.get("vcs_info", {}).get("commit_id")
    return commit and f"found-git+{origin['url']}@{commit}"


def hashed_files(one):
    for path in one.files or []:
        if path.hash is not None and path.name not in OF_INSTALLERS:
            yield f"{path} {path.hash.value}"


packages = sorted({*of_apt(), *of_conda(), *of_pip()})
print(json.dumps({"ok": True, "detail": f"{len(packages)} packages", "packages": packages}))
