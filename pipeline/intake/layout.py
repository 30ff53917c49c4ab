"""Where the rows and columns of a form stand on a sheet: told by keys and ids, else by labels and titles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.intake.columns import Columns, find_columns
from pipeline.intake.rows import Keys, Rows, find_rows
from pipeline.intake.sides import Sides, find_sides, texts_of
from pipeline.intake.values import Grid
from pipeline.intake.wording import FormWords, form_words

_MOST_ROWS: Final = 2_000
_ENOUGH: Final = 0.5
"""The share of a form's rows, or periods, that must be told by words before any of them is believed."""
_NO_COLUMNS: Final = Columns(0, (), {}, {}, {}, frozenset())


@dataclass(frozen=True, slots=True)
class Layout:
    """One form on one sheet. Rows and columns count from 1; a key that stands twice has two places.

    ``refusal`` is the id of the words that say why the sheet cannot be read; empty where it can.
    """

    form_id: str
    words: FormWords
    keys: Keys
    sides: Sides
    rows: Rows
    columns: Columns
    refusal: str = ""

    @property
    def beside(self) -> frozenset[int]:
        """The columns that hold words, keys, totals and the like."""
        return (self.sides.known | self.columns.named | {self.keys.column}) - {0}

    @property
    def lost(self) -> str:
        """What is gone from the sheet, as the last part of the id of the words that say so; else empty."""
        told = self.columns.by_title
        without_ids = not self.columns.heading or (bool(told) and len(told) == len(self.columns.places))
        if not self.keys.rows:
            return "both" if without_ids else "rows"
        return "columns" if without_ids else ""


def find_layout(grid: Grid, campaign: Campaign, unit_id: str, keys: Keys) -> Layout | None:
    """The form that stands on the sheet: that of most keys, else of most labels. None where none does."""
    form_id = _form_of_keys(keys, campaign) or _form_of_labels(grid, campaign, unit_id)
    if not form_id:
        return None
    words = form_words(campaign, unit_id, form_id)
    body = list(keys.rows) or list(grid.row_numbers[:_MOST_ROWS])
    sides = find_sides(grid, words, body)
    wanted = campaign.forms[form_id].period_ids
    labelled = keys.rows or {
        row
        for row, line in zip(body, sides.lines(grid, body, words), strict=True)
        if line.label in words.labels.values()
    }
    columns = find_columns(grid, words, wanted, frozenset(labelled))
    rows = find_rows(grid, words, keys, sides, columns.head)
    return Layout(form_id, words, keys, sides, rows, columns, _refusal(words, keys, rows, (columns, wanted)))


def _form_of_keys(keys: Keys, campaign: Campaign) -> str:
    forms = Counter(campaign.indicators[key.partition("|")[0]].form_id for key in keys.rows.values())
    return forms.most_common(1)[0][0] if forms else ""


def _form_of_labels(grid: Grid, campaign: Campaign, unit_id: str) -> str:
    """The form owed by the unit of whose labels the sheet holds enough, and more than of any other form."""
    texts = texts_of(grid, _MOST_ROWS)
    counts: dict[str, int] = {}
    for owed in owed_forms(campaign, unit_id):
        labels = {line.label for line in form_words(campaign, unit_id, owed.form_id).lines}
        held = len(labels & texts)
        if held > 1 and held >= _ENOUGH * len(labels):
            counts[owed.form_id] = held
    ranked = sorted(counts, key=lambda form_id: -counts[form_id])
    if len(ranked) > 1 and counts[ranked[0]] == counts[ranked[1]]:
        return ""
    return ranked[0] if ranked else ""


def _refusal(words: FormWords, keys: Keys, rows: Rows, titled: tuple[Columns, Sequence[str]]) -> str:
    columns, wanted = titled
    if not keys.rows and len(rows.by_label) < _ENOUGH * len(words.keys):
        return "rows"
    if len(rows.refused) > _ENOUGH * len(keys.rows) and keys.rows:
        return "contradicting_rows"
    if len(columns.contradicting) > _ENOUGH * len(wanted):
        return "contradicting_columns"
    if not columns.places:
        return "columns"
    if not columns.heading and len(columns.by_title) < _ENOUGH * len(wanted):
        return "columns"
    return ""


def single_places(places: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """What stands in exactly one place."""
    return {name: found[0] for name, found in places.items() if len(found) == 1}
