"""A kernel for Python starts and does what a cell asks. One that loses requests is named: people see
it as a cell that hangs, now and then.
"""

import json
import re
import subprocess
import sys

SECONDS = 120


class Failed(Exception):
    pass


def ipykernel_of(name):
    """Version in the Python that the kernel runs in; empty where it has another kernel."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        program = KernelSpecManager().get_kernel_spec(name).argv[0]
    except NoSuchKernel as error:
        raise Failed(f"the image has no kernel {name}") from error
    if program.startswith("python"):
        program = sys.executable
    ended = subprocess.run(
        [program, "-c", "import ipykernel; print(ipykernel.__version__)"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return ended.stdout.strip() if ended.returncode == 0 else ""


def loses_requests(version):
    found = re.match(r"7\.(\d+)", version)
    return found is not None and int(found[1]) < 4


def answer_of(name):
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(startup_timeout=SECONDS, kernel_name=name)
    said = []

    def hear(message):
        if message["msg_type"] == "stream":
            said.append(message["content"]["text"])

    try:
        reply = client.execute_interactive("print(6 * 7)", timeout=SECONDS, output_hook=hear)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return reply["content"]["status"], "".join(said).strip()


def check(name):
    version = ipykernel_of(name)
    if loses_requests(version):
        raise Failed(
            f"ipykernel {version} loses requests that arrive while it answers"
            " (ipykernel issue 1554); 7.4.0 mends it"
        )
    status, said = answer_of(name)
    if (status, said) != ("ok", "42"):
        raise Failed(f"the kernel said {said!r} instead of '42' ({status})")
    kernel = f"ipykernel {version}" if version else "a kernel of its own kind"
    return f"{kernel} ran a cell"


def main():
    try:
        result = {"ok": True, "detail": check("python3")}
    except Failed as error:
        result = {"ok": False, "detail": str(error)}
    except Exception as error:
        result = {"ok": False, "detail": f"{type(error).__name__}: {error}"}
    print(json.dumps(result, ensure_ascii=False))


main()
