"""What is worked through in parts of bounded size gives the same as all at once, wherever a part ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline import run
from pipeline.catalogue import Campaign
from pipeline.changes import compare
from pipeline.comparison import RunData
from pipeline.frames import Results
from pipeline.model import Submission
from pipeline.store import observations as observations_room
from pipeline.store.observations import observation_parts, observations_frame, write_observations
from pipeline.store.observations import read_observations as read_again
from pipeline.summary import build_summary, grid
from pipeline.summary import findings as findings_room
from pipeline.validation import structure, validate
from pipeline.workbook.write import book_bytes
from tests.returns import drawn
from tests.summary_results import made_up_results

SIZES = (1, 7, 60, 100)
"""Cells a part; the smallest makes every unit a part of its own."""


TABLE = """
    | row     | P20 | P21  | P22 |
    | V_ALL P | 10  | -20  | 30  |
    | V_DAY P | 7.5 | 15   | 20  |
    | V_EVE P | 3   |      | 1e300 |
    | V_ALL D |     |      |     |
"""
"""Cells that are refused for four reasons, one that is missing, and a row of nothing."""


@pytest.fixture(scope="module")
def read(tiny: Campaign) -> list[Submission]:
    """A return of every unit; two of them have the same mistakes, the others have none."""
    wrong = {"NORTH": {"USE": TABLE}, "SOUTH": {"USE": TABLE}}
    return [drawn(tiny, unit_id, wrong.get(unit_id), rest="4") for unit_id in tiny.units]


@pytest.fixture(scope="module")
def results(tiny: Campaign, read: Sequence[Submission]) -> Results:
    """All at once."""
    return run.conclude(tiny, read, [], ("en", lambda *_: None))


@pytest.mark.parametrize("size", SIZES)
def test_cells_are_refused_and_missed_alike_in_blocks_of_any_size(tiny, read, results, monkeypatch, size):
    """The same findings in the same order, and every cell with the same value and status."""
    monkeypatch.setattr(structure, "_BLOCK", size)
    blocks = validate(tiny, read, "en", None)

    told = list(results.findings["rule_id"])
    assert [told.count(f"CELL-{n}") for n in ("NEGATIVE", "FRACTION", "LARGE", "MISSING")] == [2, 2, 2, 2]
    pd.testing.assert_frame_equal(blocks.findings, results.findings)
    for form_id, cube in results.cubes.items():
        np.testing.assert_array_equal(blocks.cubes[form_id].values, cube.values)
        np.testing.assert_array_equal(blocks.cubes[form_id].status, cube.status)


@pytest.mark.parametrize("size", SIZES)
def test_observations_are_the_same_rows_in_parts_of_any_size(results, monkeypatch, tmp_path, size):
    """As made, and as read back from the file."""
    whole = observations_frame(results.cubes)
    monkeypatch.setattr(observations_room, "_ROWS", size)
    parts = list(observation_parts(results.cubes))
    write_observations(tmp_path / "observations.parquet", results.cubes)
    back = pd.concat(read_again(tmp_path / "observations.parquet"), ignore_index=True)

    assert len(parts) > 1
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)
    pd.testing.assert_frame_equal(back, whole, check_dtype=False)


@pytest.mark.parametrize("sizes", [(1, 1), (7, 100), (100, 7), (1, 2**17)])
def test_what_changed_between_two_runs_does_not_depend_on_the_parts(tiny, read, results, monkeypatch, sizes):
    """Also where the parts of the two runs end at other rows."""
    fewer = run.conclude(tiny, read[:-1], [], ("en", lambda *_: None))

    def between(old_size: int, new_size: int) -> pd.DataFrame:
        return compare(tiny, _kept(fewer, old_size), _kept(results, new_size)).cells

    def _kept(one: Results, size: int) -> RunData:
        monkeypatch.setattr(observations_room, "_ROWS", size)
        parts = list(observation_parts(one.cubes))
        return RunData(
            *(one.run_id, one.run_id, "1", tiny.sha256, one.sources),
            observations=lambda: iter(parts),
            totals=one.totals,
            findings=one.findings,
        )

    whole = between(2**17, 2**17)

    assert len(whole) > 8
    pd.testing.assert_frame_equal(between(*sizes), whole)


@pytest.mark.parametrize("size", [1, 7])
def test_the_sheet_of_findings_is_the_same_worked_out_in_parts(tiny, monkeypatch, size):
    """Rows, heights and links of as many findings as no memory would hold at once."""
    results = made_up_results(tiny)
    shuffled = replace(results, findings=results.findings.iloc[::-1].reset_index(drop=True))
    wholes = [book_bytes(build_summary(tiny, one, "en"), tiny.theme) for one in (results, shuffled)]
    monkeypatch.setattr(findings_room, "_FEW", 0)
    monkeypatch.setattr(findings_room, "_AT_ONCE", size)
    monkeypatch.setattr(grid, "_AT_ONCE", size)
    parts = [book_bytes(build_summary(tiny, one, "en"), tiny.theme) for one in (results, shuffled)]

    assert len(results.findings) > size
    assert parts == wholes
