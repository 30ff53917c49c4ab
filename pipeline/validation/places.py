"""Where a cell of a table stands in its file, and what its row is measured in."""

from __future__ import annotations

from functools import lru_cache

from pipeline.address import a1
from pipeline.catalogue import Campaign
from pipeline.model import Measure
from pipeline.validation.cubes import Table
from pipeline.validation.findings import Place
from pipeline.validation.numbers import normalise


def place_of(table: Table, u: int, k: int, p: int | None = None) -> Place:
    """The place of a cell of the table (or of a whole row) in the file that it was read from."""
    chosen = table.chosen[u]
    indicator_id, _, level = table.keys[k].partition("|")
    row, columns = int(table.row_numbers[u, k]), table.column_numbers[u]
    if p is None:
        known = [int(c) for c in columns if c]
        cell = f"{a1(row, min(known))}:{a1(row, max(known))}" if known and row else ""
    else:
        cell = a1(row, int(columns[p]))
    return Place(
        table.unit_ids[u],
        chosen.submission.file if chosen else "",
        table.form_id,
        chosen.sheet.sheet if chosen else "",
        cell,
        indicator_id,
        level,
        table.period_ids[p] if p is not None else "",
    )


def measure_of(campaign: Campaign, table: Table, k: int) -> Measure:
    """The measure of a row of the table."""
    return campaign.measures[campaign.indicators[table.keys[k].partition("|")[0]].unit_measure]


def is_percent(campaign: Campaign, measure: Measure) -> bool:
    """Whether figures of a measure stand on a scale from 0 to 100."""
    spellings = map(normalise, (measure.unit_measure, *measure.spellings))
    return not words_in_cells(campaign, "percent").isdisjoint(spellings)


def words_in_cells(campaign: Campaign, name: str) -> frozenset[str]:
    """One list of the words that staff write into number cells, of all languages, in their normal form."""
    return _words(tuple(words[f"cells.{name}"] for words in campaign.words.values()))


@lru_cache(maxsize=8)
def _words(lists: tuple[str, ...]) -> frozenset[str]:
    return frozenset(normalise(word) for words in lists for word in words.split("|"))
