"""A folder of kind conda as the real repo2docker reads it: nothing is built, no channel of conda is asked.

What the folder's own scripts do is tried in test/core/images/scripts.test.ts.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from repo2docker.app import Repo2Docker

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

PLATFORM = """\
glaciocloud: 1
organization: example
registry: registry.example.org/hubs
user: {name: ada, uid: 2000, gid: 200}
charts: {jupyterhub: {version: 4.4.0, repository: "https://charts.example.org/"}}
waves: [{name: production, images: stable}]
"""
IMAGE = """\
title: A "light" $HOME
oggm: {version: 1.6.3}
python: "3.12"
channels: [ours, conda-forge]
conda: [rioxarray=0.19, "ours::xarray"]
pip: ["motuclient==3.0", "tool @ git+https://git.example.org/a/tool@COMMIT"]
apt: [graphviz=2.42.2-7, "less=1:590-2~deb12"]
bake: [salem]
env: {MODE: 'one "two" $HOME \\', OTHER: b}
files: [data/x.txt]
postBuild: setup.sh
""".replace("COMMIT", "4f" * 20)


def rendered(folder: Path, image: str) -> Path:
    root = folder / "platform"
    (root / "images" / "light" / "data").mkdir(parents=True)
    (root / "platform.yaml").write_text(PLATFORM)
    (root / "images" / "light" / "image.yaml").write_text(image)
    (root / "images" / "light" / "setup.sh").write_text("#!/bin/sh\ntrue\n")
    (root / "images" / "light" / "data" / "x.txt").write_text("x\n")
    own = ROOT / "node_modules" / ".bin" / "node"
    node = str(own) if own.exists() else "node"
    command = [node, str(ROOT / "src" / "cli.ts"), "image", "render", "light"]
    subprocess.run([*command, "--root", str(root), "--out", str(folder / "out")], check=True)
    return folder / "out" / "light"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return rendered(tmp_path_factory.mktemp("full"), IMAGE)


def dockerfile(folder: Path) -> list[str]:
    """Lines of what repo2docker would build, run in the folder."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def lines(folder):
    return dockerfile(folder)


def after(lines: list[str], line: str) -> list[str]:
    return lines[lines.index(line) + 1 :]


def test_it_is_an_environment_of_conda(lines):
    update = [line for line in lines if "env update" in line]
    assert len(update) == 1
    assert '-p ${NB_PYTHON_PREFIX} --file "environment.yml"' in update[0]
    assert "ENV NB_PYTHON_PREFIX=${CONDA_DIR}/envs/notebook" in lines


def test_it_is_built_on_what_repo2docker_would_take(lines):
    assert next(filter(None, lines)) == f"FROM {Repo2Docker().base_image}"


def test_packages_of_the_distribution_keep_their_versions(lines):
    install = (
        "apt-get install --yes --no-install-recommends graphviz=2.42.2-7 less=1:590-2~deb12 && \\"
    )
    assert install in lines


def test_scripts_run_in_the_build_and_before_the_server(lines):
    assert lines.index("RUN ./postBuild") < lines.index('ENV R2D_ENTRYPOINT="${REPO_DIR}/start"')


def test_settings_are_found_in_the_folder(folder):
    code = """
import json
from repo2docker.app import Repo2Docker
one = Repo2Docker()
one.load_config_file("repo2docker_config.py")
pack = next(pack for pack in one.buildpacks if pack(base_image=one.base_image).detect())
print(json.dumps([pack.__name__, one.user_id, one.user_name, one.target_repo_dir]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == ["CondaBuildPack", 2000, "ada", "/opt/glaciocloud"]


def test_the_end_is_ours(lines):
    end = [line for line in after(lines, "# Appendix:") if line]
    recipe = re.compile(r'^      org\.glaciocloud\.recipe="[0-9a-f]{40}"$')
    assert recipe.match(end[2])
    assert end[:2] + end[3:] == [
        'LABEL org.opencontainers.image.title="A \\"light\\" \\$HOME" \\',
        '      org.glaciocloud.image="light" \\',
        'ENV MODE="one \\"two\\" \\$HOME \\\\"',
        'ENV OTHER="b"',
        "USER root",
        "RUN mkdir -p /opt/light && cp -R /opt/glaciocloud/files/. /opt/light/"
        " && chmod -R a+rX /opt/light",
        "USER 2000:200",
        "RUN chmod +x own/postBuild && own/postBuild",
        'CMD ["jupyterhub-singleuser"]',
    ]


def test_the_environment_is_what_image_yaml_says(folder):
    from ruamel.yaml import YAML

    environment = YAML(typ="safe").load((folder / "environment.yml").read_text())
    assert environment == {
        "name": "light",
        "channels": ["ours", "conda-forge", "nodefaults"],
        "dependencies": [
            "python=3.12",
            "pip",
            "rioxarray=0.19",
            "ours::xarray",
            {
                "pip": [
                    "motuclient==3.0",
                    "tool @ git+https://git.example.org/a/tool@" + "4f" * 20,
                    "oggm[full]==1.6.3",
                ]
            },
        ],
    }


def test_an_image_with_nothing_of_its_own(tmp_path):
    lines = dockerfile(rendered(tmp_path, "title: Light\n"))
    assert [line for line in after(lines, "# Appendix:") if line][-2:] == [
        "USER 2000:200",
        'CMD ["jupyterhub-singleuser"]',
    ]


def test_scripts_can_be_run(folder):
    assert os.access(folder / "start", os.X_OK)
    assert os.access(folder / "postBuild", os.X_OK)
