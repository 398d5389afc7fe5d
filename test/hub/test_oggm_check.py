"""What the kernel of an OGGM image has to do.

The run with the real model needs an interpreter with OGGM, and its sample data in the home:
GLACIOCLOUD_OGGM_PYTHON and GLACIOCLOUD_OGGM_HOME name them. In the lab the health check runs it in
a user's kernel.
"""

import json
import os
import subprocess
import sys

import pytest
from real_hub import FILES

WITH_OGGM = os.environ.get("GLACIOCLOUD_OGGM_PYTHON")
needs_oggm = pytest.mark.skipif(
    not WITH_OGGM, reason="GLACIOCLOUD_OGGM_PYTHON names no interpreter with OGGM"
)


def check(wanted, python=sys.executable, **environment):
    done = subprocess.run(
        [python, str(FILES / "oggm_check.py")],
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "GLACIOCLOUD_CHECK": json.dumps(wanted), **environment},
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_an_image_without_oggm_fails_by_name(tmp_path):
    assert check({}, HOME=str(tmp_path)) == {
        "ok": False,
        "detail": "ModuleNotFoundError: No module named 'oggm'",
    }


def test_a_version_that_breaks_at_import_fails_with_its_error(tmp_path):
    """A test double: a module that is called oggm and cannot be imported."""
    (tmp_path / "oggm.py").write_text("raise RuntimeError('numpy is too new')")
    assert check({}, PYTHONPATH=str(tmp_path)) == {
        "ok": False,
        "detail": "RuntimeError: numpy is too new",
    }


def test_data_that_would_be_downloaded_is_named_as_missing_in_the_image(tmp_path):
    """A test double: as `import oggm` fails without a network in a home without salem's data."""
    (tmp_path / "oggm.py").write_text(
        "from urllib.error import URLError\nraise URLError('no route')"
    )
    assert "bake sample-data and salem" in check({}, PYTHONPATH=str(tmp_path))["detail"]


@needs_oggm
def test_one_glacier_from_outlines_to_a_run():
    home = {"HOME": os.environ["GLACIOCLOUD_OGGM_HOME"]}
    result = check({"version": None, "smoke": True}, WITH_OGGM, **home)
    assert result["ok"] and result["smoke"] == "passed", result
    version = result["version"]
    other = check({"version": "0.0.1", "smoke": True}, WITH_OGGM, **home)
    assert (
        other["ok"] is False
        and other["detail"] == f"OGGM {version} answers, and the image should have 0.0.1"
    )
    assert check({"version": version, "smoke": False}, WITH_OGGM, **home)["smoke"] == "off"
