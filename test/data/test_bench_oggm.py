"""OGGM's seconds for one glacier, as `glaciocloud bench` takes them in a pod: by the real model in a
process without a network, on each kind of glacier that it falls back to.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from data_volume import FILES

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    folder = tmp_path_factory.mktemp("view")
    script = [sys.executable, str(HERE / "make_prepro.py"), str(folder / "download_cache")]
    subprocess.run(script, check=True, capture_output=True)
    return folder


def bench(folder, home, view=None):
    folders = {name: folder / name for name in ("home", "scratch")}
    for one in folders.values():
        one.mkdir()
    order = {
        "volumes": [
            {"name": name, "path": str(one), "writable": True, "room": None}
            for name, one in folders.items()
        ],
        "readers": None,
        "view": view and str(view),
        "oggm": True,
        "bytes": 1 << 20,
        "seconds": 1,
    }
    apart = ["unshare", "--net", *([] if os.getuid() == 0 else ["--map-root-user"])]
    command = [*apart, sys.executable, "-B", str(FILES / "bench.py"), json.dumps(order)]
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "OGGM_WORKDIR": "/nowhere"}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=170)
    assert ran.returncode == 0, ran.stderr
    for one in folders.values():
        assert list(one.iterdir()) == []
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert lines[-1] == {"measure": "end"}
    return lines


def seconds(lines):
    found = {one["volume"]: one for one in lines if one["measure"] == "oggm"}
    for one in found.values():
        for run in ("cold", "warm"):
            assert 0.05 < one[f"{run}_s"] <= one[f"{run}_worst_s"] < 60
    return sorted(found)


def of(lines, measure):
    return [one for one in lines if one["measure"] == measure]


def test_a_prepared_glacier_of_the_data_comes_first(view, tmp_path):
    lines = bench(tmp_path, os.environ["HOME"], view)
    (found,) = of(lines, "oggm-input")
    assert (found["kind"], found["detail"]) == ("prepared", "RGI60-11.00897, level 3")
    assert seconds(lines) == ["data", "home", "scratch"]
    assert of(lines, "fault") == []


def test_a_bundle_that_is_none_is_told_and_the_sample_data_are_taken(tmp_path):
    bundle = tmp_path / "view/download_cache/host/L3/RGI60-11/RGI60-11.00.tar"
    bundle.parent.mkdir(parents=True)
    bundle.write_bytes(b"no archive")
    lines = bench(tmp_path, os.environ["HOME"], tmp_path / "view")
    (found,) = of(lines, "oggm-input")
    assert found["kind"] == "sample"
    assert seconds(lines) == ["home", "scratch"]
    (fault,) = of(lines, "fault")
    assert fault["what"] == "oggm prepared"


def test_without_any_a_glacier_is_made_of_numbers(tmp_path):
    home = tmp_path / "bare"
    home.mkdir()
    (home / ".salem_cache").symlink_to(Path(os.environ["HOME"]) / ".salem_cache")
    lines = bench(tmp_path, home)
    (found,) = of(lines, "oggm-input")
    assert found["kind"] == "ideal"
    assert seconds(lines) == ["home", "scratch"]
    assert of(lines, "fault") == []


def test_where_oggm_would_download_before_it_is_imported_that_is_told(tmp_path):
    home = tmp_path / "empty"
    home.mkdir()
    lines = bench(tmp_path, home)
    (fault,) = of(lines, "fault")
    assert fault["what"] == "oggm" and "URLError" in fault["why"]
    assert of(lines, "read")
