import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "charts" / "oggm-hub" / "files")]
sys.dont_write_bytecode = True

from data_volume import Server, Volume  # noqa: E402
from fake_github import FakeGitHub  # noqa: E402
from real_hub import RealHub  # noqa: E402


@pytest.fixture(scope="module")
def github():
    github = FakeGitHub()
    yield github
    github.stop()


@pytest.fixture(scope="module")
def hub(github, tmp_path_factory):
    hub = RealHub(tmp_path_factory.mktemp("hub"), github.url)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def volume(tmp_path):
    """For the filler of input data: a folder and a server."""
    (tmp_path / "data").mkdir()
    server = Server()
    yield Volume(tmp_path / "data", server)
    server.stop()
