"""What a user's server does first with input data, from level LEVEL: `python read_view.py LEVEL
BASE_URL RGI_ID BORDER`. Prints {"before": km³, "after": km³, "cache": …}.
"""

import json
import os
import sys

from oggm import cfg, tasks, utils, workflow


def main() -> None:
    level, base_url, rgi_id, border = sys.argv[1:]
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
    print(
        json.dumps(
            {
                "before": float(volume[0]),
                "after": float(volume[-1]),
                "cache": cfg.PATHS["dl_cache_dir"],
            }
        )
    )


if __name__ == "__main__":
    main()
