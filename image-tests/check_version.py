"""Which JupyterHub the image's servers have."""

import json
import subprocess


def main():
    try:
        ended = subprocess.run(
            ["jupyterhub-singleuser", "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    except OSError as error:
        print(json.dumps({"ok": False, "detail": f"jupyterhub-singleuser does not start: {error}"}))
        return
    version = ended.stdout.strip()
    if ended.returncode != 0:
        said = (ended.stderr.strip() or f"it ended with code {ended.returncode}").splitlines()[-1]
        print(json.dumps({"ok": False, "detail": f"jupyterhub-singleuser --version: {said}"}))
        return
    print(json.dumps({"ok": True, "version": version, "detail": f"JupyterHub {version}"}))


main()
