"""The main job with a clock: seconds of each stage, from inside. ``INPUTS OUTPUTS CAMPAIGN [lean]``"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

BEGIN = time.perf_counter()


def main() -> None:
    """Print what each stage took, in the order in which they began."""
    from pipeline import run
    from pipeline.catalogue import Source

    inputs, outputs, campaign, *lean = sys.argv[1:]
    options = run.Options(Path(inputs), Path(outputs), Source(Path(campaign)), "vi", os.cpu_count() or 1)
    options = replace(options, has_detail=not lean)
    spent = {"start": time.perf_counter() - BEGIN}
    here = ["load", time.perf_counter()]

    def heard(stage: str, _done: int, _count: int) -> None:
        now = time.perf_counter()
        name = stage.rpartition(".")[2]
        if name != here[0]:
            spent[here[0]] = spent.get(here[0], 0.0) + now - here[1]
            here[:] = [name, now]

    run.aggregate(options, heard)
    spent[here[0]] = spent.get(here[0], 0.0) + time.perf_counter() - here[1]
    print(json.dumps({name: round(seconds, 2) for name, seconds in spent.items()}))


if __name__ == "__main__":
    main()
