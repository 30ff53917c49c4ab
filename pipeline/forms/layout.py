"""Where each cell of a form sheet stands. Rows and columns count from 0 until they become an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.address import a1
from pipeline.catalogue import Campaign
from pipeline.catalogue.obligations import owed_forms
from pipeline.model import FormRow, OwedForm

KEY, NUMBER, NAME, MEASURE, LEVEL, FIRST_PERIOD = range(6)
"""The columns before the periods; after the periods come the total, the remark and the live check."""

BANNER: Final = 0
FIRST_HEADING: Final = 1

MACHINE_IDS: Final = ("KEY", "STT", "NAME", "MEASURE", "LEVEL")
"""What the row above the data says over the columns before the periods."""
TOTAL_ID, REMARK_ID, CHECK_ID = "TONG", "NOTE", "CHECK"


@dataclass(frozen=True, slots=True)
class Plan:
    """One form sheet of one unit: its row keys and period ids with the row and column of each."""

    owed: OwedForm
    title_row: int
    row_of: Mapping[str, int]
    column_of: Mapping[str, int]

    @property
    def header_row(self) -> int:
        """The row of the column titles; the machine ids stand in the next one."""
        return self.title_row + 3

    @property
    def first_row(self) -> int:
        """The first row of figures."""
        return self.title_row + 5

    @property
    def last_row(self) -> int:
        """The last row of figures."""
        return self.first_row + len(self.owed.rows) - 1

    @property
    def total_column(self) -> int:
        """Where the total over the periods stands; the remark and the check follow."""
        return FIRST_PERIOD + len(self.owed.period_ids)

    @property
    def remark_column(self) -> int:
        """Where the unit writes remarks."""
        return self.total_column + 1

    @property
    def check_column(self) -> int:
        """Where the live check of the row stands; the last column."""
        return self.total_column + 2


def plan_form(campaign: Campaign, owed: OwedForm) -> Plan:
    """Lay out one form."""
    title_row = FIRST_HEADING + heading_lines(campaign)
    first_row = title_row + 5
    return Plan(
        owed,
        title_row,
        {row.key: first_row + index for index, row in enumerate(owed.rows)},
        {period: FIRST_PERIOD + index for index, period in enumerate(owed.period_ids)},
    )


def heading_lines(campaign: Campaign) -> int:
    """How many rows the document heading takes: as many as the longest, so that all templates agree."""
    return max(len(lines) for sides in campaign.settings.headings.values() for lines in sides.values())


def form_sheet_name(form_id: str) -> str:
    """The name of the sheet of a form: its id."""
    return form_id


def cell_address(campaign: Campaign, owed: OwedForm, key: str, period_id: str) -> str:
    """The address of one cell on its form sheet, such as ``F12``. Raises KeyError for what is not owed."""
    plan = plan_form(campaign, owed)
    return address(plan.row_of[key], plan.column_of[period_id])


def addresses(campaign: Campaign, unit_id: str) -> Callable[[str, str, str], str]:
    """Where one unit's template has a cell: form id, row key, period id -> address; "" where it has none."""
    plans = {owed.form_id: plan_form(campaign, owed) for owed in owed_forms(campaign, unit_id)}

    def cell_of(form_id: str, key: str, period_id: str) -> str:
        plan = plans.get(form_id)
        if plan is None or key not in plan.row_of or period_id not in plan.column_of:
            return ""
        return address(plan.row_of[key], plan.column_of[period_id])

    return cell_of


def address(row: int, column: int) -> str:
    """``(11, 5)`` -> ``F12``: the layout counts from 0, as the book does."""
    return a1(row + 1, column + 1)


def quoted(sheet: str) -> str:
    """A sheet's name as it stands in a formula. Always quoted: a short form id alone could be a cell."""
    return "'" + sheet.replace("'", "''") + "'"


def numbering(campaign: Campaign, rows: tuple[FormRow, ...]) -> dict[str, str]:
    """The running number of each indicator by its depth: 1, 1.1, 1.2, 2. Its levels share the number."""
    numbers: dict[str, str] = {}
    counters: list[int] = []
    for row in rows:
        if row.indicator_id in numbers:
            continue
        depth = campaign.indicators[row.indicator_id].depth
        counters = [*counters, *[0] * (depth + 1 - len(counters))][: depth + 1]
        counters[depth] += 1
        numbers[row.indicator_id] = ".".join(str(max(count, 1)) for count in counters)
    return numbers
