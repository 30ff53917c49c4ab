"""The first sheet: whose return it is, how to fill it in, what is owed, whom to ask."""

from __future__ import annotations

from typing import Final

from pipeline.book import Cell, Column, Entry, Merge, Print, Sheet
from pipeline.forms import desk as frame
from pipeline.forms.desk import Block, Desk
from pipeline.forms.layout import FIRST_HEADING, form_sheet_name, heading_lines
from pipeline.forms.lines import height
from pipeline.model import ObsStatus

_KEY, _LABEL, _VALUE, _MORE = range(4)
_WIDTHS: Final = {_KEY: 15.0, _LABEL: 27.0, _VALUE: 60.0, _MORE: 15.0}
_SIZE: Final = 12.0
_STEPS: Final = ("entry", "zero", "unknown", "absent", "total", "check", "explain", "structure", "send")
_SHOWN_SIGNS: Final = (ObsStatus.ZERO, ObsStatus.UNKNOWN, ObsStatus.NOT_APPLICABLE)

IDENTITY: Final = (
    "unit_id",
    "unit_name",
    "submission_number",
    "filled_by",
    "phone",
    "date_filled",
    "data_period",
)
"""The machine keys of the identity, in column A; the value stands in column C."""


def guide_sheet(desk: Desk) -> Sheet:
    """The sheet ``Hướng dẫn``."""
    page = _Page(desk)
    page.write()
    return Sheet(
        name=desk.word("sheet.guide"),
        cells=page.cells,
        merges=page.merges,
        columns=[Column(column, column, width) for column, width in _WIDTHS.items()],
        row_heights=page.heights,
        entries=page.entries,
        print=Print(
            landscape=False,
            area=(0, _LABEL, page.row - 1, _MORE),
            footer_left=desk.unit.name,
            page_breaks=(page.forms_row,),
        ),
        protected=True,
        tab="$tab.guide",
    )


class _Page:
    """The sheet while it is written, from top to bottom; ``row`` is the next free one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.row = 0
        self.forms_row = 0
        self.cells: list[Cell] = []
        self.merges: list[Merge] = []
        self.heights: dict[int, float] = {}
        self.entries: list[Entry] = []
        self.block = Block(_LABEL, _MORE, _WIDTHS)

    def write(self) -> None:
        """Everything, in order."""
        self._top()
        self._identity()
        self._steps()
        self._signs()
        self._forms()
        self._contact()

    def _top(self) -> None:
        desk = self.desk
        self.merges += frame.banner(desk, self.block)
        self.heights[0] = 20.0 if desk.banner else 4.0
        left, right = Block(_LABEL, _LABEL, _WIDTHS), Block(_VALUE, _MORE, _WIDTHS)
        self.merges += frame.heading(desk, left, right)
        for index in range(heading_lines(desk.campaign)):
            self.heights[FIRST_HEADING + index] = 32.0 if index == 0 else 17.0
        self.row = FIRST_HEADING + heading_lines(desk.campaign) + 1
        self._line(desk.word("guide.title"), "form.guide.title", 15)
        self._line(desk.campaign.text("title", desk.lang), "form.guide.subtitle", 13)
        scope = desk.word("scope_line", scope=desk.campaign.text("scope", desk.lang))
        self._line(scope, "form.scope", 12)
        self._line(desk.word("guide.read_first"), "form.guide.lead", 12)

    def _identity(self) -> None:
        self._section("identity")
        for key, value in self._identity_values().items():
            is_fixed = key in ("unit_id", "unit_name")
            self.cells.append(Cell(self.row, _KEY, key, "form.guide.key"))
            self.cells.append(Cell(self.row, _LABEL, self.desk.word(f"identity.{key}"), "form.guide.label"))
            look = "form.guide.fixed" if is_fixed else "form.guide.entry"
            self.cells.append(Cell(self.row, _VALUE, value, look))
            hint = self.desk.words.get(f"forms.identity.{key}_hint", "")
            self.cells.append(Cell(self.row, _MORE, hint, "form.guide.hint"))
            self.heights[self.row] = max(
                height(self.desk.word(f"identity.{key}"), _WIDTHS[_LABEL], _SIZE),
                height(hint, _WIDTHS[_MORE], 9),
                21.0,
            )
            if key == "submission_number":
                title, refusal = self.desk.word("refusal.title"), self.desk.word("refusal.submission")
                place = (self.row, _VALUE, self.row, _VALUE)
                self.entries.append(Entry(*place, False, title, refusal, least=1))
            self.row += 1

    def _identity_values(self) -> dict[str, str | int | None]:
        answers = self.desk.answers
        values: dict[str, str | int | None] = dict.fromkeys(IDENTITY)
        values["unit_id"], values["unit_name"] = self.desk.unit.unit_id, self.desk.unit.name
        values["submission_number"] = answers.submission_number if answers is not None else 1
        if answers is not None:
            values["filled_by"], values["phone"] = answers.filled_by, answers.phone
        return values

    def _steps(self) -> None:
        self._section("steps")
        gaps = {
            "symbol": self.desk.campaign.settings.symbols["M"],
            "right": self.desk.campaign.settings.symbols["right"],
            "wrong": self.desk.campaign.settings.symbols["wrong"],
            "check": self.desk.word("sheet.check"),
            "explain": self.desk.word("sheet.explain"),
        }
        for number, step in enumerate(_STEPS, start=1):
            self._line(f"{number}. {self.desk.word(f'step.{step}', **gaps)}", "form.guide.text", _SIZE)

    def _signs(self) -> None:
        self._section("signs")
        self._table_row("form.header", *(self.desk.word(f"signs.{name}") for name in ("meaning", "written")))
        for status in _SHOWN_SIGNS:
            signs = [sign for sign, means in self.desk.campaign.signs.items() if means is status]
            if signs:
                written = "   ".join(f"«{sign}»" for sign in signs)
                self._table_row("form.guide.cell", self.desk.word(f"sign.{status.value}"), written)

    def _forms(self) -> None:
        self.forms_row = self.row
        self._section("forms")
        names = ("sheet", "title", "rows")
        self._table_row("form.header", *(self.desk.word(f"forms.{name}") for name in names))
        for form_id, plan in self.desk.places.plans.items():
            form = self.desk.campaign.forms[form_id]
            title = form.title if self.desk.lang == "vi" else form.title_en
            number = self.desk.word("form_number", number=form.number)
            sheet = f"{number} ({form_sheet_name(form_id)})"
            self._table_row("form.guide.cell", sheet, title, str(len(plan.owed.rows)))

    def _contact(self) -> None:
        self._section("contact")
        texts = self.desk.campaign.settings.texts
        for name in ("due", "receiver", "contact"):
            self._table_row("form.guide.cell", self.desk.word(f"contact.{name}"), texts[name])
        self.row += 1

    def _section(self, name: str) -> None:
        self.heights[self.row] = 8.0
        self.row += 1
        self._line(self.desk.word(f"section.{name}").upper(), "form.guide.section", _SIZE)
        self.heights[self.row - 1] += 4

    def _line(self, text: str, style: str, size: float) -> None:
        self.merges.append(frame.line(self.row, self.block, text, style))
        is_bold = style != "form.guide.text"
        self.heights[self.row] = frame.fitted(text, self.block, size, is_bold=is_bold)
        self.row += 1

    def _table_row(self, style: str, first: str, second: str, third: str = "") -> None:
        values = {_LABEL: first, _VALUE: second, _MORE: third}
        if not third:
            self.cells.append(Cell(self.row, _LABEL, first, style))
            self.merges.append(Merge(self.row, _VALUE, self.row, _MORE, second, style))
        else:
            self.cells += frame.texts(self.row, values, style)
        room = _WIDTHS[_VALUE] + (0 if third else _WIDTHS[_MORE])
        self.heights[self.row] = max(height(first, _WIDTHS[_LABEL], _SIZE), height(second, room, _SIZE), 19.0)
        self.row += 1
