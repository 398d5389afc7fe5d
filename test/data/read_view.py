"""What a user's server does first with input data, from level LEVEL: `python read_view.py LEVEL
BASE_URL RGI_ID BORDER`. Prints {"before": km³, "after": km³, "cache": …, "linked": whether samples
are links, "downloaded": whether anything was}.
"""

import json
import os
import sys
from pathlib import Path

from oggm import cfg, tasks, utils, workflow


def ask_nobody() -> None:
    """OGGM 1.6.3 asks its server even for what is in its cache, unless its file says otherwise; its
    import has made the file.
    """
    file = Path.home() / ".oggm_config"
    file.write_text(file.read_text().replace("has_internet = True", "has_internet = False"))


def main() -> None:
    level, base_url, rgi_id, border = sys.argv[1:]
    ask_nobody()
    cfg.initialize(logging_level="ERROR")
    assert cfg.PARAMS["has_internet"] is False
    cfg.PATHS["working_dir"] = os.environ["OGGM_WORKDIR"]
    cfg.PARAMS["use_multiprocessing"] = False
    cfg.PARAMS["store_model_geometry"] = True
    gdirs = workflow.init_glacier_directories(
        [rgi_id],
        from_prepro_level=int(level),
        prepro_base_url=base_url,
        prepro_border=int(border),
        prepro_rgi_version="62",
    )
    if level == "3":
        workflow.execute_entity_task(tasks.init_present_time_glacier, gdirs)
    tasks.run_random_climate(gdirs[0], nyears=50, y0=1980, seed=1, output_filesuffix="_run")
    volume = utils.compile_run_output(gdirs, input_filesuffix="_run").volume.sum(dim="rgi_id") / 1e9
    home = Path.home().resolve()
    samples = [*(home / ".oggm").iterdir(), home / ".salem_cache"]
    print(
        json.dumps(
            {
                "before": float(volume[0]),
                "after": float(volume[-1]),
                "cache": cfg.PATHS["dl_cache_dir"],
                "linked": not any(one.resolve().is_relative_to(home) for one in samples),
                "downloaded": Path(cfg.PATHS["working_dir"], "cache").exists(),
            }
        )
    )


if __name__ == "__main__":
    main()
