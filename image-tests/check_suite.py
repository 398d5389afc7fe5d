"""OGGM's own tests, as `pytest.oggm` runs them: minutes to an hour, with data from the network."""

import json
import subprocess


def main():
    try:
        ended = subprocess.run(
            ["pytest.oggm"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        print(json.dumps({"ok": False, "detail": f"pytest.oggm does not start: {error}"}))
        return
    lines = [line.strip("= \n") for line in ended.stdout.splitlines() if line.strip("= \n")]
    failed = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    said = (failed[:1] if ended.returncode else []) + lines[-1:]
    detail = "; ".join(said) or f"it ended with code {ended.returncode} and said nothing"
    print(json.dumps({"ok": ended.returncode == 0, "detail": detail}, ensure_ascii=False))


main()
