"""Only the writing of our summary; results are made before the clock runs. ``INPUTS CAMPAIGN TARGET.xlsx``"""

from __future__ import annotations

import sys
import time
from pathlib import Path


def main() -> None:
    """Print the seconds that building the book and writing it take."""
    from pipeline import run
    from pipeline.catalogue import load_campaign
    from pipeline.summary import build_summary
    from pipeline.workbook import write_book

    inputs, folder, target = map(Path, sys.argv[1:])
    campaign = load_campaign(folder)
    options = run.Options(inputs, target.parent, folder, "vi", 2)
    results = run.examine(campaign, options, lambda *_: None)
    begin = time.perf_counter()
    write_book(build_summary(campaign, results, "vi"), campaign.theme, target)
    print(f"{time.perf_counter() - begin:.3f}")


if __name__ == "__main__":
    main()
