"""OGGM reads what the filler laid on a volume, in a process that has no network."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from data_volume import Server, Volume, view_of

HERE = Path(__file__).parent
HOST = "cluster.klima.uni-bremen.de"


@pytest.fixture(scope="module")
def filled(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("oggm")
    (folder / "data").mkdir()
    server = Server()
    volume = Volume(folder / "data", server)
    rows = []
    for path in made["files"]:
        body = (made["folder"] / path).read_bytes()
        volume.serve(path, body)
        rows.append(volume.row(path, body, path=f"{HOST}/{path}"))
    code, report = volume.run(volume.order({"hintereisferner": rows}))
    server.stop()
    assert (code, report["sets"][0]["files_done"]) == (0, 2)
    return volume, made


def reads(volume, made, home, level):
    """With the variables of a server, and a network of its own that leads nowhere."""
    view = volume.oggm / "views" / view_of("all")
    for name in (".oggm", ".salem_cache"):
        (home / name).symlink_to(Path(os.environ["HOME"]) / name)
    (home / "work").mkdir()
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "OGGM_DOWNLOAD_CACHE": str(view / "download_cache"),
        "OGGM_DOWNLOAD_CACHE_RO": "1",
        "OGGM_EXTRACT_DIR": str(home / "extract"),
        "OGGM_WORKDIR": str(home / "work"),
    }
    apart = ["unshare", "--net", *([] if os.getuid() == 0 else ["--map-root-user"])]
    asked = [level, made["base_url"], made["rgi_id"], str(made["border"])]
    command = [*apart, sys.executable, "-B", str(HERE / "read_view.py"), *asked]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=170)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize("level", ["3", "5"])
def test_a_glacier_is_projected_without_a_network(filled, tmp_path, level):
    volume, made = filled
    before = volume.seen()
    said = reads(volume, made, tmp_path, level)
    assert 0.5 < said["before"] < 1
    assert 0.2 < said["after"] < said["before"]
    assert said["cache"].startswith(str(volume.oggm))
    assert volume.seen() == before
    assert (said["linked"], said["downloaded"]) == (True, False)


def test_without_the_view_there_is_nothing(filled, tmp_path):
    """The proof that it was the view that gave it."""
    volume, made = filled
    shutil.rmtree(volume.oggm / "views" / view_of("all") / "download_cache" / HOST)
    with pytest.raises(AssertionError, match="NoInternet|no internet|not find file"):
        reads(volume, made, tmp_path, "3")
