"""Figures that belong to no row or period of a form: told row by row, and once for rows put in together."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from pipeline.address import column_number, split_address
from pipeline.catalogue import Campaign
from pipeline.model import StrayCell, Submission
from pipeline.validation.findings import Findings, Place

_LEAST_NAMED: Final = 2
_LEAST_UNNAMED: Final = 4
"""So many rows one below the other were put in together: fewer where they bear names of subordinates."""

_WORDS_OF_A_NAME: Final = 2
"""The last words of a name are the place; what stands before them is the office, and often left out."""

Row = tuple[str, int, Sequence[StrayCell]]
"""A sheet, a row number, and the figures of the row from left to right."""


def tell_strays(submission: Submission, findings: Findings) -> None:
    """Tell every figure, in one finding for each row; a figure in a row of the form by itself."""
    rows: dict[tuple[str, int], list[StrayCell]] = {}
    for stray in submission.strays:
        if stray.row_label:
            rows.setdefault((stray.sheet, _row(stray)), []).append(stray)
        else:
            findings.add("STRAY-CELL", _place(submission, stray.sheet, stray.cell), stray.seen)
    told = [(sheet, row, sorted(found, key=_column)) for (sheet, row), found in sorted(rows.items())]
    for sheet, _, found in told:
        cell = found[0].cell if len(found) == 1 else f"{found[0].cell}:{found[-1].cell}"
        seen = "; ".join(one.seen for one in found)
        gaps = {"label": found[0].row_label, "count": str(len(found))}
        findings.add("ROW-UNKNOWN", _place(submission, sheet, cell), seen, **gaps)
    strangers = [row for row in told if _form_of(findings.campaign, row)]
    _tell_other_forms(submission, strangers, findings)
    names = _names(findings.campaign, submission.unit_id)
    for block in _blocks([row for row in told if row not in strangers]):
        _tell_block(submission, block, names, findings)


def _tell_other_forms(submission: Submission, rows: Sequence[Row], findings: Findings) -> None:
    """Once for the rows of another form on one sheet: what to do with them is another thing."""
    for (sheet, form_id), found in groupby(rows, key=lambda row: (row[0], _form_of(findings.campaign, row))):
        block = list(found)
        place = _place(submission, sheet, _area(block))
        gaps = {"count": str(len(block)), "rows": _numbers(block), "other": form_id}
        findings.add("ROWS-OF-ANOTHER", place, **gaps)


def _form_of(campaign: Campaign, row: Row) -> str:
    """The form whose row key begins the row; empty where none does."""
    indicator_id, sign, _ = row[2][0].row_label.partition("|")
    known = campaign.indicators.get(indicator_id.strip()) if sign else None
    return known.form_id if known else ""


def _tell_block(
    submission: Submission, block: Sequence[Row], names: frozenset[str], findings: Findings
) -> None:
    labels = (_plain(found[0].row_label) for _, _, found in block)
    named = sum(any(f" {name} " in f" {label} " for name in names) for label in labels)
    if len(block) >= _LEAST_UNNAMED or named >= _LEAST_NAMED:
        gaps = {"count": str(len(block)), "rows": _numbers(block), "named": str(named)}
        findings.add("ROWS-INSERTED", _place(submission, block[0][0], _area(block)), **gaps)


def _area(block: Sequence[Row]) -> str:
    return f"{block[0][2][0].cell}:{block[-1][2][-1].cell}"


def _numbers(block: Sequence[Row]) -> str:
    first, last = block[0][1], block[-1][1]
    return str(first) if first == last else f"{first}–{last}"


def _blocks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows that stand one below the other, without a gap."""
    numbered = enumerate(rows)
    for _, block in groupby(numbered, key=lambda item: (item[1][0], item[1][1] - item[0])):
        yield [row for _, row in block]


def _names(campaign: Campaign, unit_id: str) -> frozenset[str]:
    """The places of the unit's subordinates, those that are no more too, as plain words."""
    mine = (s for s in campaign.subordinates.values() if unit_id in (s.reports_to, s.successor))
    names = [_plain(name).split() for s in mine for name in (s.name, s.former_name) if name]
    return frozenset(" ".join(words[-_WORDS_OF_A_NAME:]) for words in names)


def _plain(text: str) -> str:
    """Words in small letters without accents: people spell names of places in several ways."""
    letters = unicodedata.normalize(
        "NFD", text.casefold().replace("\N{LATIN SMALL LETTER D WITH STROKE}", "d")
    )
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in bare).split())


def _place(submission: Submission, sheet: str, cell: str) -> Place:
    return Place(submission.unit_id, submission.file, sheet=sheet, cell=cell)


def _row(stray: StrayCell) -> int:
    parts = split_address(stray.cell)
    return parts[1] if parts else 0


def _column(stray: StrayCell) -> int:
    parts = split_address(stray.cell)
    return column_number(parts[0]) if parts else 0
