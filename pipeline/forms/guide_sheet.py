"""The first sheet: whose return it is, how to fill it in, what is owed, whom to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from pipeline.book import Cell, Column, Entry, Merge, Print, Sheet
from pipeline.catalogue.below import merged_into
from pipeline.forms import desk as frame
from pipeline.forms.desk import Block, Desk
from pipeline.forms.layout import FIRST_HEADING, form_sheet_name, heading_lines
from pipeline.forms.lines import height
from pipeline.model import ObsStatus

_KEY, _LABEL, _VALUE, _MORE = range(4)
_WIDTHS: Final = {_KEY: 15.0, _LABEL: 29.0, _VALUE: 58.0, _MORE: 15.0}
_WHOLE: Final = Block(_LABEL, _MORE, _WIDTHS)
_SIZE: Final = 12.0
_STEPS: Final = ("entry", "zero", "unknown", "absent", "total", "check", "explain", "structure", "send")
_SHOWN_SIGNS: Final = (ObsStatus.ZERO, ObsStatus.UNKNOWN, ObsStatus.NOT_APPLICABLE)

_FIXED: Final = ("unit_id", "unit_name")
_NUMBER: Final = "submission_number"
IDENTITY: Final = (*_FIXED, _NUMBER, "filled_by", "phone", "date_filled", "data_period")
"""The machine keys of the identity, in column A; the value stands in column C."""


class Piece(NamedTuple):
    """What stands in one column, or merged over several."""

    first: int
    last: int
    value: str | int | None
    style: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of the sheet, wherever it comes to stand; ``key`` names an identity row."""

    height: float
    pieces: tuple[Piece, ...] = ()
    key: str = ""
    begins_page: bool = False


def guide_sheet(desk: Desk) -> Sheet:
    """The sheet ``Hướng dẫn``."""
    strips = list(_strips(desk))
    placed = [(row, piece) for row, strip in enumerate(strips) for piece in strip.pieces]
    return Sheet(
        name=desk.word("sheet.guide"),
        cells=[Cell(row, p.first, p.value, p.style) for row, p in placed if p.first == p.last],
        merges=[
            Merge(row, p.first, row, p.last, str(p.value), p.style) for row, p in placed if p.first < p.last
        ],
        columns=[Column(column, column, width) for column, width in _WIDTHS.items()],
        row_heights={row: strip.height for row, strip in enumerate(strips)},
        entries=[_number_entry(desk, row) for row, strip in enumerate(strips) if strip.key == _NUMBER],
        print=Print(
            landscape=False,
            area=(0, _LABEL, len(strips), _MORE),
            footer_left=desk.unit.name,
            page_breaks=tuple(row for row, strip in enumerate(strips) if strip.begins_page),
        ),
        protected=True,
        tab="$tab.guide",
    )


def _strips(desk: Desk) -> Iterator[Strip]:
    yield from _top(desk)
    for name, strips in (
        ("identity", _identity(desk)),
        ("steps", _steps(desk)),
        ("signs", _signs(desk)),
        ("forms", _forms(desk)),
        ("contact", _contact(desk)),
    ):
        yield Strip(9.0, begins_page=name == "forms")
        yield _line(desk.word(f"section.{name}").upper(), "form.guide.section", _SIZE + 2)
        yield from strips


def _top(desk: Desk) -> Iterator[Strip]:
    yield _line(desk.banner, "form.banner", _SIZE) if desk.banner else Strip(4.0)
    left, right = Block(_LABEL, _LABEL, _WIDTHS), Block(_VALUE, _MORE, _WIDTHS)
    heading = list(frame.heading(desk, left, right))
    for row in range(FIRST_HEADING, FIRST_HEADING + heading_lines(desk.campaign)):
        merges = [merge for merge in heading if merge.first_row == row]
        pieces = tuple(Piece(m.first_col, m.last_col, str(m.value), m.style) for m in merges)
        rooms = (left if piece.first == _LABEL else right for piece in pieces)
        heights = [height(str(p.value), room.width, _SIZE) for p, room in zip(pieces, rooms, strict=True)]
        yield Strip(max(heights, default=17.0), pieces)
    yield Strip(15.0)
    yield _line(desk.word("guide.title"), "form.guide.title", 15)
    yield _line(desk.campaign.text("title", desk.lang), "form.guide.subtitle", 13.5)
    scope = desk.word("scope_line", scope=desk.campaign.text("scope", desk.lang))
    yield _line(scope, "form.scope", _SIZE)
    yield _line(desk.word("guide.read_first"), "form.guide.lead", _SIZE)


def _identity(desk: Desk) -> Iterator[Strip]:
    for key, value in _identity_values(desk).items():
        label, hint = desk.word(f"identity.{key}"), _hint(desk, key)
        look = "form.guide.fixed" if key in _FIXED else "form.guide.entry"
        pieces = (
            Piece(_KEY, _KEY, key, "form.guide.key"),
            Piece(_LABEL, _LABEL, label, "form.guide.label"),
            Piece(_VALUE, _VALUE, value, look),
            Piece(_MORE, _MORE, hint, "form.guide.hint"),
        )
        needed = max(height(label, _WIDTHS[_LABEL], _SIZE), height(hint, _WIDTHS[_MORE] - 2, 9))
        yield Strip(max(needed, 21.0), pieces, key=key)
    yield from _history(desk)


def _history(desk: Desk) -> Iterator[Strip]:
    """What a unit was called before, and whose figures it reports with its own because they are no more."""
    known = desk.campaign.subordinates.get(desk.unit.unit_id)
    if known is not None and known.former_name:
        yield _table_row("form.guide.cell", desk.word("identity.former_name"), known.former_name)
    for gone in merged_into(desk.campaign, desk.unit.unit_id):
        told = desk.word("identity.merged_text", unit=gone.name, unit_id=gone.unit_id, until=gone.valid_to)
        yield _table_row("form.guide.cell", desk.word("identity.merged"), told)


def _hint(desk: Desk, key: str) -> str:
    """What stands beside an identity row; a return copy has its number written in already."""
    own = f"forms.identity.{key}_hint"
    returned = desk.words.get(f"{own}_returned") if desk.markup is not None else None
    return returned or desk.words.get(own, "")


def _identity_values(desk: Desk) -> Mapping[str, str | int | None]:
    answers = desk.answers
    values: dict[str, str | int | None] = dict.fromkeys(IDENTITY)
    values["unit_id"], values["unit_name"] = desk.unit.unit_id, desk.unit.name
    values[_NUMBER] = answers.submission_number if answers is not None else 1
    if answers is not None:
        values["filled_by"], values["phone"] = answers.filled_by, answers.phone
        if desk.markup is not None:
            values["date_filled"], values["data_period"] = answers.date_filled, answers.data_period
    return values


def _number_entry(desk: Desk, row: int) -> Entry:
    title, refusal = desk.word("refusal.title"), desk.word("refusal.submission")
    return Entry(row, _VALUE, row, _VALUE, False, title, refusal, least=1)


def _steps(desk: Desk) -> Iterator[Strip]:
    symbols = desk.campaign.settings.symbols
    gaps = {"symbol": symbols["M"], "right": symbols["right"], "wrong": symbols["wrong"]}
    gaps.update({name: desk.word(f"sheet.{name}") for name in ("check", "explain")})
    for number, step in enumerate(_STEPS, start=1):
        yield _line(f"{number}. {desk.word(f'step.{step}', **gaps)}", "form.guide.text", _SIZE)


def _signs(desk: Desk) -> Iterator[Strip]:
    yield _table_row("form.header", desk.word("signs.meaning"), desk.word("signs.written"))
    for status in _SHOWN_SIGNS:
        signs = [sign for sign, means in desk.campaign.signs.items() if means is status]
        if signs:
            written = "   ".join(f"«{sign}»" for sign in signs)
            yield _table_row("form.guide.cell", desk.word(f"sign.{status.value}"), written)


def _forms(desk: Desk) -> Iterator[Strip]:
    yield _table_row("form.header", *(desk.word(f"forms.{name}") for name in ("sheet", "title", "rows")))
    for form_id, plan in desk.places.plans.items():
        form = desk.campaign.forms[form_id]
        title = form.title if desk.lang == "vi" else form.title_en
        sheet = f"{desk.word('form_number', number=form.number)} ({form_sheet_name(form_id)})"
        yield _table_row("form.guide.cell", sheet, title, str(len(plan.owed.rows)))


def _contact(desk: Desk) -> Iterator[Strip]:
    texts = desk.campaign.settings.texts
    for name in ("due", "receiver", "contact"):
        yield _table_row("form.guide.cell", desk.word(f"contact.{name}"), texts[name])


def _line(text: str, style: str, size: float) -> Strip:
    """A text over the whole width."""
    room = frame.fitted(text, _WHOLE, size, is_bold=style != "form.guide.text")
    return Strip(room, (Piece(_LABEL, _MORE, text, style),))


def _table_row(style: str, first: str, second: str, third: str = "") -> Strip:
    """Three cells; without a third text the second takes its room."""
    last = _MORE if not third else _VALUE
    pieces: tuple[Piece, ...] = (
        Piece(_LABEL, _LABEL, first, style),
        Piece(_VALUE, last, second, style),
    )
    if third:
        pieces += (Piece(_MORE, _MORE, third, style),)
    room = Block(_VALUE, last, _WIDTHS).width - 2
    return Strip(max(height(first, _WIDTHS[_LABEL] - 2, _SIZE), height(second, room, _SIZE), 19.0), pieces)
