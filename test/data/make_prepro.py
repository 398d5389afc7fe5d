"""Real directories of Hintereisferner, prepared by OGGM from its sample data, below OUT as OGGM's
server has them: `python make_prepro.py OUT`, without a network.

    OUT/~oggm/gdirs/…/RGI62/b_040/L3/RGI60-11/RGI60-11.00.tar    and L5

Prints {"base_url": …, "rgi_id": …, "border": 40, "files": {path: bytes}}.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
from oggm import cfg, tasks, utils, workflow
from oggm.utils import get_demo_file

HOST = "cluster.klima.uni-bremen.de"
BASE = "~oggm/gdirs/oggm_v1.6/L3-L5_files/2025.6/elev_bands/W5E5/per_glacier_spinup"
BORDER = 40
ON_FLOWLINES = [
    tasks.define_glacier_region,
    tasks.simple_glacier_masks,
    tasks.elevation_band_flowline,
    tasks.fixed_dx_elevation_band_flowline,
    tasks.compute_downstream_line,
    tasks.compute_downstream_bedshape,
]


def settings(folder: Path) -> None:
    cfg.initialize(logging_level="ERROR")
    cfg.PATHS["working_dir"] = utils.mkdir(str(folder), reset=True)
    cfg.PATHS["dem_file"] = get_demo_file("hef_srtm.tif")
    cfg.PATHS["climate_file"] = get_demo_file("histalp_merged_hef.nc")
    wanted = {
        "has_internet": False,
        "baseline_climate": "",
        "border": BORDER,
        "prcp_fac": 2.5,
        "temp_bias_min": -10,
        "temp_bias_max": 10,
        "use_intersects": False,
        "use_multiprocessing": False,
        "store_model_geometry": True,
    }
    for name, value in wanted.items():
        cfg.PARAMS[name] = value


def calibrated() -> list:
    """Level 3: outline, flowline, climate, mass balance, thickness."""
    outline = gpd.read_file(get_demo_file("Hintereisferner_RGI6.shp"))
    gdirs = workflow.init_glacier_directories(outline)
    for task in ON_FLOWLINES:
        workflow.execute_entity_task(task, gdirs)
    for gdir in gdirs:
        tasks.process_custom_climate_data(gdir)
        measured = gdir.get_ref_mb_data()["ANNUAL_BALANCE"]
        period = f"{measured.index[0]}-01-01_{measured.index[-1] + 1}-01-01"
        tasks.mb_calibration_from_scalar_mb(gdir, ref_mb=measured.mean(), ref_period=period)
        tasks.apparent_mb_from_any_mb(gdir, mb_years=(1953, 2002))
        tasks.prepare_for_inversion(gdir)
        tasks.mass_conservation_inversion(gdir)
        tasks.filter_inversion_output(gdir)
    return gdirs


def store(gdirs: list, base: Path, level: int, setup: str) -> None:
    """As OGGM's own run_prepro_levels does it: a tar of each glacier, and one of them all."""
    with tempfile.TemporaryDirectory() as folder:
        for gdir in gdirs:
            one = tasks.copy_to_basedir(gdir, base_dir=folder, setup=setup)
            utils.gdir_to_tar(one, base_dir=folder, delete=True)
        utils.base_dir_to_tar(folder, delete=True)
        shutil.copytree(folder, base / f"RGI62/b_{BORDER:03d}/L{level}", dirs_exist_ok=True)


def main() -> None:
    out = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        settings(Path(folder) / "work")
        gdirs = calibrated()
        store(gdirs, out / BASE, 3, "all")
        for gdir in gdirs:
            tasks.init_present_time_glacier(gdir)
        store(gdirs, out / BASE, 5, "run")
    files = {str(one.relative_to(out)): one.stat().st_size for one in out.rglob("*.tar")}
    made = {"base_url": f"https://{HOST}/{BASE}/", "rgi_id": gdirs[0].rgi_id, "border": BORDER}
    print(json.dumps({**made, "files": files}))


if __name__ == "__main__":
    main()
