"""Seconds that OGGM takes for one glacier in folders of several volumes. Part of `bench.py`, which
starts it in a process of its own, without a network.

    python bench_oggm.py {"folders": {volume: folder}, "view": folder or null}

The glacier is the first of these that there is: prepared directories in the view (`prepared`), the
sample data of the image (`sample`), one made of numbers (`ideal`).
"""

import gc
import json
import os
import sys
import tarfile
import tempfile
import time
import warnings
from pathlib import Path

from bench_io import forget
from bench_rounds import ROUNDS

YEARS = 50
IN_MEMORY = "/dev/shm"
SAMPLE_FILES = ("hef_srtm.tif", "histalp_merged_hef.nc", "Hintereisferner_RGI5.shp")


def say(measure, **more):
    print(json.dumps({"measure": measure, **more}), flush=True)


class Prepared:
    """A glacier of a bundle in the view: unpacked, and a run of 50 years."""

    kind = "prepared"

    def __init__(self, view):
        bundles = sorted(Path(view).glob("download_cache/**/L[3-5]/**/*.tar")) if view else []
        if not bundles:
            raise LookupError("no prepared glacier is in the hub’s data")
        self.bundle = bundles[0]
        with tarfile.open(self.bundle) as bundle:
            names = (one.name for one in bundle if one.name.endswith(".tar.gz"))
            self.member = next(names, None)
        if self.member is None:
            raise LookupError(f"{self.bundle.name} holds no glacier")
        self.id = Path(self.member).name.removesuffix(".tar.gz")
        self.detail = f"{self.id}, level {self.bundle.parts[-3].removeprefix('L')}"

    def fresh(self):
        forget(self.bundle)

    def work(self, folder):
        from oggm import GlacierDirectory, tasks, utils

        start(folder)
        with tarfile.open(self.bundle) as bundle:
            packed = Path(folder) / "glacier.tar.gz"
            packed.write_bytes(bundle.extractfile(self.member).read())
        glacier = GlacierDirectory(self.id, from_tar=str(packed))
        if not glacier.has_file("model_flowlines"):
            tasks.init_present_time_glacier(glacier)
        tasks.run_random_climate(glacier, nyears=YEARS, y0=1980, seed=1, output_filesuffix="_b")
        utils.compile_run_output([glacier], input_filesuffix="_b")


class Sample:
    """Hintereisferner from its outlines to a run of 50 years, as a check of health does it."""

    kind = "sample"
    detail = "Hintereisferner, from outlines to a run"

    def __init__(self, _view):
        import oggm_check

        if not oggm_check.has_sample_data():
            raise LookupError("the image has no sample data")
        self.volumes = oggm_check.glacier_volumes

    def fresh(self):
        from oggm import utils

        for name in SAMPLE_FILES:
            forget(utils.get_demo_file(name))

    def work(self, folder):
        start(folder)
        self.volumes(folder)


class Ideal:
    """A slope of numbers: OGGM computes and writes, and reads no input."""

    kind = "ideal"
    detail = "a glacier made of numbers"

    def __init__(self, _view):
        from oggm import cfg

        cfg.initialize_minimal(logging_level="ERROR")

    def fresh(self):
        pass

    def work(self, folder):
        import numpy
        from oggm.core.flowline import FluxBasedModel, RectangularBedFlowline
        from oggm.core.massbalance import LinearMassBalance

        points = 200
        bed = numpy.linspace(3400.0, 1400.0, points)
        line = RectangularBedFlowline(
            surface_h=bed, bed_h=bed, widths=numpy.full(points, 3.0), map_dx=100
        )
        model = FluxBasedModel(line, mb_model=LinearMassBalance(3000.0, grad=4.0), y0=0)
        place = Path(folder)
        model.run_until_and_store(
            300, diag_path=str(place / "diagnostics.nc"), geom_path=str(place / "geometry.nc")
        )


def start(folder):
    from oggm import cfg

    cfg.initialize(logging_level="ERROR")
    cfg.PARAMS["has_internet"] = False
    cfg.PARAMS["use_multiprocessing"] = False
    cfg.PARAMS["store_model_geometry"] = True
    cfg.PATHS["working_dir"] = str(folder)


def glacier(view):
    """The first that works at all, tried once where it counts for nothing."""
    for kind in (Prepared, Sample, Ideal):
        try:
            found = kind(view)
            with tempfile.TemporaryDirectory(prefix="bench-", dir=memory()) as folder:
                found.work(folder)
            say("oggm-input", kind=found.kind, detail=found.detail)
            return found
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            if kind is Ideal:
                raise
            if not isinstance(error, LookupError):
                say("fault", volume="", what=f"oggm {kind.kind}", why=why[:300])
    return None


def memory():
    return IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None


def timed(found, folder, run):
    place = Path(folder) / run
    place.mkdir()
    gc.collect()
    begin = time.perf_counter()
    found.work(str(place))
    return time.perf_counter() - begin


def measure(found, folders):
    """In turns, and the best of each: what else the machine does meanwhile hits all volumes alike.
    Cold is with inputs read from where they lie, warm with inputs in memory.
    """
    seconds = {volume: ([], []) for volume in folders}
    for turn in range(ROUNDS):
        for volume, folder in folders.items():
            cold, warm = seconds[volume]
            found.fresh()
            cold.append(timed(found, folder, f"cold-{turn}"))
            warm.append(timed(found, folder, f"warm-{turn}"))
    for volume, (cold, warm) in seconds.items():
        say(
            "oggm",
            volume=volume,
            cold_s=round(min(cold), 3),
            cold_worst_s=round(max(cold), 3),
            warm_s=round(min(warm), 3),
            warm_worst_s=round(max(warm), 3),
        )


def main():
    order = json.loads(sys.argv[1])
    warnings.simplefilter("ignore")
    import oggm  # noqa: F401  -- what it lacks is one fault, and not one of each glacier

    found, folders = glacier(order["view"]), dict(order["folders"])
    with tempfile.TemporaryDirectory(prefix="bench-", dir=memory()) as folder:
        if found.kind == "prepared":
            folders["data"] = folder
        measure(found, folders)


if __name__ == "__main__":
    main()
