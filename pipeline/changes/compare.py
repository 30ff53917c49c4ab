"""Two runs -> their differences, from the files down to every city figure."""

from __future__ import annotations

from pipeline.catalogue import Campaign
from pipeline.changes.cells import changed_cells
from pipeline.changes.figures import changed_figures
from pipeline.changes.files import changed_files
from pipeline.comparison import Changes, Comparable, RunData


def compare(campaign: Campaign, old: RunData, new: RunData) -> Changes:
    """What changed from ``old`` to ``new``. City figures are explained as ``campaign`` makes them up.

    A difference that the cells do not account for is put down to what else changed, never left out.
    """
    cells = changed_cells(campaign, old, new)
    figures, shares = changed_figures(campaign, (old, new), cells)
    return Changes(
        comparable=Comparable.YES,
        old_id=old.run_id,
        new_id=new.run_id,
        same_inputs=_given(old) == _given(new) and old.content_id == new.content_id,
        same_campaign=old.campaign_sha256 == new.campaign_sha256,
        same_program=old.version == new.version,
        files=changed_files(old, new, cells),
        cells=cells,
        figures=figures,
        shares=shares,
    )


def _given(run: RunData) -> set[tuple[str, str]]:
    return {(source.file, source.sha256) for source in run.sources}
