"""What stands for one city figure: a number as the office writes it, or the sign why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pipeline.catalogue import Campaign
from pipeline.catalogue.city import Basis, CityRow
from pipeline.frames import CityTable
from pipeline.model import TimeAggregation


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of figures; ``is_short`` where units are missing from it, ``sign`` the symbol it shows."""

    text: str
    is_short: bool = False
    sign: str = ""


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers are written: what stands between thousands, and before the decimals."""

    thousands: str
    decimal: str

    def written(self, value: float, decimals: int) -> str:
        """The number with exactly so many decimals; halves are rounded up, as a spreadsheet does."""
        if not decimals:
            return f"{value:,.0f}".replace(",", self.thousands)
        exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        whole, _, fraction = f"{exact:,f}".partition(".")
        return whole.replace(",", self.thousands) + self.decimal + fraction


def number_style(campaign: Campaign) -> NumberStyle:
    """How the campaign's language writes numbers."""
    words = campaign.words[campaign.lang]
    return NumberStyle(words["document.figure.thousands"], words["document.figure.decimal"])


def decimals_of(number_format: str) -> int:
    """How many decimals a number format of a spreadsheet shows."""
    return len(number_format.partition(".")[2])


def figures_of(campaign: Campaign, table: CityTable, row: int, style: NumberStyle) -> list[Figure]:
    """The cells of one row, in the order of the table's columns."""
    indicator = campaign.indicators[table.rows[row].indicator_id]
    decimals = decimals_of(campaign.measures[indicator.unit_measure].number_format)
    mark = campaign.settings.symbols["provisional"]
    values, counted = table.values[row].tolist(), table.counted[row].tolist()
    expected, provisional = table.expected[row].tolist(), table.provisional[row].tolist()
    found = []
    for col, column in enumerate(table.columns):
        if values[col] != values[col]:
            sign = _sign(campaign, table.rows[row], column)
            found.append(Figure(sign, sign=sign))
            continue
        text = style.written(values[col], decimals)
        sign = mark if provisional[col] else ""
        found.append(Figure(f"{sign}{text}", counted[col] < expected[col], sign))
    return found


def _sign(campaign: Campaign, row: CityRow, column: str) -> str:
    """Why there is no figure: not totalled, cannot exist, or nobody has reported it."""
    indicator = campaign.indicators[row.indicator_id]
    not_totalled = campaign.words[campaign.lang]["document.not_totalled"]
    if row.basis is Basis.NOTHING:
        return not_totalled
    if column in campaign.windows:
        is_none = indicator.time_aggregation is TimeAggregation.NONE
        return not_totalled if is_none else campaign.settings.symbols["O"]
    parts = campaign.parts[row.indicator_id]
    named = {ref.indicator_id for side in (parts.numerator, parts.denominator) if side for ref in side.refs}
    exists = all(campaign.exists_in(name, column) for name in {row.indicator_id, *named})
    return campaign.settings.symbols["O" if exists else "M"]
