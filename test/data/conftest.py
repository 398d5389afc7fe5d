import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
HUB = HERE.parent / "hub"
FILES = HERE.parents[1] / "charts/oggm-hub/files"
sys.path[:0] = [str(HERE), str(HUB), str(FILES)]
sys.dont_write_bytecode = True


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Prepared directories as OGGM's server has them: where they lie, and what make_prepro.py says."""
    folder = tmp_path_factory.mktemp("served")
    script = [sys.executable, str(HERE / "make_prepro.py"), str(folder)]
    ran = subprocess.run(script, check=True, capture_output=True, text=True)
    return {**json.loads(ran.stdout), "folder": folder}
