"""40 and more ways to undo a promise below `values:` are refused by `check`, or by the load check before
anybody can log in; their neighbours are not. Asked of the small chart and, where GLACIOCLOUD_REAL_CHARTS
names a folder with `jupyterhub/` in it, of Zero to JupyterHub: rendered by Helm, loaded by JupyterHub. Its own
configuration needs pycurl.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from loaded import CHARTS, hubs_of, load
from real_hub import HERE

TABLE = yaml.safe_load((HERE / "ways.yaml").read_text())
# Said of every hub under example.org, and of all code.
ALWAYS = {"placeholder", "extra-config"}


@pytest.fixture(scope="module", params=CHARTS)
def hubs(request, tmp_path_factory):
    """What `check` says of every hub, and where that is no error what the load check says."""
    found = hubs_of(CHARTS[request.param], HERE / "ways.yaml")
    sound = [name for name, hub in found.items() if not hub["errors"]]
    folder = tmp_path_factory.mktemp(request.param)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        asked = pool.map(lambda name: load(found[name]["objects"], folder / name), sound)
        for name, answer in zip(sound, asked, strict=True):
            found[name]["load"] = answer
    return request.param, found


def test_there_are_forty_ways():
    assert len([way for way in TABLE["ways"] if "kept" not in way]) >= 40


@pytest.mark.parametrize("way", TABLE["ways"], ids=lambda way: way["name"])
def test_a_way_to_undo_a_promise_ends_before_anybody_can_log_in(way, hubs):
    chart, found = hubs
    hub = found[way["name"]]
    if "check" in way:
        # The small chart has not every value of the other one, and its schema says so.
        expected = {way["check"]} | ({"chart-values"} if chart == "small" else set())
        assert expected & set(hub["errors"]), hub["errors"]
        return
    assert hub["errors"] == []
    assert ("extra-config" in hub["warnings"]) == ("code" in way)
    answer = hub["load"]
    if "kept" in way:
        assert (answer["ok"], answer["error"]) == (True, None)
    else:
        assert (answer["ok"], answer["stage"]) == (False, "promises"), answer
        assert way["load"] in answer["error"]


@pytest.mark.parametrize("neighbour", TABLE["neighbours"], ids=lambda way: way["name"])
def test_a_neighbour_that_breaks_nothing_is_not_refused(neighbour, hubs):
    chart, found = hubs
    hub = found[neighbour["name"]]
    if chart == "small" and hub["errors"] == ["chart-values"]:
        return
    assert (hub["errors"], set(hub["warnings"]) - ALWAYS) == ([], set())
    assert (hub["load"]["ok"], hub["load"]["error"]) == (True, None)
