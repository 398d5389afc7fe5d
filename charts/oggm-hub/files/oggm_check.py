"""What a kernel of an OGGM image has to do: import, the right version, and one glacier from
outlines to a 50-year run.

Works with OGGM 1.6.3 and its development version, without a network. GLACIOCLOUD_CHECK says what is
wanted:

    {"version": "1.6.3" or null, "smoke": true}

The smoke run uses the sample data that an image carries; where there is none it says so and does
not download it. The last line of output is {"ok": true, "detail": "OGGM 1.6.3, …", "version": …,
"smoke": "passed" | "no sample data" | "off", …}.
"""

import inspect
import json
import os
import tempfile
import time
import warnings
from urllib.error import URLError


def glacier_volumes(folder):
    """Volume of Hintereisferner in km³ before and after 50 years of a random climate; 0.74 and 0.56
    where OGGM is sound.
    """
    import geopandas
    from oggm import cfg, tasks, utils, workflow

    cfg.PATHS["working_dir"] = folder
    cfg.PATHS["dem_file"] = utils.get_demo_file("hef_srtm.tif")
    cfg.PATHS["climate_file"] = utils.get_demo_file("histalp_merged_hef.nc")
    cfg.PARAMS.update(
        {
            "use_multiprocessing": False,
            "baseline_climate": "",
            "border": 40,
            "use_intersects": False,
            "prcp_fac": 2.5,
            "temp_bias_min": -10,
            "temp_bias_max": 10,
            "geodetic_mb_period": "2000-01-01_2010-01-01",
            "store_model_geometry": True,
        }
    )
    outline = geopandas.read_file(utils.get_demo_file("Hintereisferner_RGI5.shp"))
    glaciers = workflow.init_glacier_directories(outline)
    for task in (
        tasks.define_glacier_region,
        tasks.simple_glacier_masks,
        # The default model refuses the tributaries of centerlines.
        tasks.elevation_band_flowline,
        tasks.fixed_dx_elevation_band_flowline,
        tasks.compute_downstream_line,
        tasks.compute_downstream_bedshape,
    ):
        workflow.execute_entity_task(task, glaciers)
    (glacier,) = glaciers
    tasks.process_custom_climate_data(glacier)
    balance = glacier.get_ref_mb_data()["ANNUAL_BALANCE"]
    period = f"{balance.index[0]}-01-01_{balance.index[-1] + 1}-01-01"
    known = inspect.signature(tasks.mb_calibration_from_scalar_mb).parameters
    name = "ref_period" if "ref_period" in known else "ref_mb_period"  # 1.6.3, and after it
    tasks.mb_calibration_from_scalar_mb(glacier, ref_mb=balance.mean(), **{name: period})
    tasks.apparent_mb_from_any_mb(glacier, mb_years=(1953, 2002))
    tasks.prepare_for_inversion(glacier)
    tasks.mass_conservation_inversion(glacier)
    tasks.filter_inversion_output(glacier)
    tasks.init_present_time_glacier(glacier)
    tasks.run_random_climate(glacier, nyears=50, y0=1980, seed=1, output_filesuffix="_check")
    volume = utils.compile_run_output(glaciers, input_filesuffix="_check").volume
    return tuple(float(volume.isel(time=when).sum()) / 1e9 for when in (0, -1))


def has_sample_data():
    """Whether this version's sample data is here: without it, OGGM would download 47 MB."""
    from oggm.utils import _downloads

    folder = f"oggm-sample-data-{_downloads.SAMPLE_DATA_COMMIT}"
    return any(
        os.path.isdir(os.path.join(base, folder))
        for base in (os.path.expanduser("~/.oggm"), os.environ.get("OGGM_DOWNLOAD_CACHE", ""))
        if base
    )


def check(version=None, smoke=True):
    begin = time.monotonic()
    import oggm
    from oggm import cfg

    seconds = {"import": round(time.monotonic() - begin, 1)}
    result = {"ok": True, "version": oggm.__version__, "smoke": "off", "seconds": seconds}
    if version is not None and oggm.__version__ != version:
        return {
            **result,
            "ok": False,
            "detail": f"OGGM {oggm.__version__} answers, and the image should have {version}",
        }
    detail = f"OGGM {oggm.__version__}, imported in {seconds['import']} s"
    if not smoke:
        return {**result, "detail": detail}
    if not has_sample_data():
        return {
            **result,
            "smoke": "no sample data",
            "detail": detail + ", no sample data for a smoke run",
        }
    begin = time.monotonic()
    cfg.initialize(logging_level="ERROR")
    cfg.PARAMS["has_internet"] = False
    with tempfile.TemporaryDirectory(prefix="oggm-check-") as folder:
        before, after = glacier_volumes(folder)
    seconds["smoke"] = round(time.monotonic() - begin, 1)
    sound = 0 < after < 2 and 0 < before < 2
    detail += f"; Hintereisferner {before:.3f} → {after:.3f} km³ in {seconds['smoke']} s"
    return {**result, "ok": sound, "smoke": "passed" if sound else "failed", "detail": detail}


def main():
    warnings.simplefilter("ignore")
    try:
        result = check(**json.loads(os.environ.get("GLACIOCLOUD_CHECK", "{}")))
    except Exception as error:
        result = {"ok": False, "detail": f"{type(error).__name__}: {error}"}
        if isinstance(error, URLError):
            result["detail"] += (
                " (it wanted to download what the image should carry: bake sample-data and salem)"
            )
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
