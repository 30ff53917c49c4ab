"""The whole template of one reporting unit."""

from __future__ import annotations

from pipeline.book import Book
from pipeline.catalogue import Campaign, in_language
from pipeline.forms.check_sheet import check_sheet
from pipeline.forms.desk import Desk
from pipeline.forms.explain_sheet import explain_sheet, meta_sheet
from pipeline.forms.figures import UnitFigures
from pipeline.forms.form_sheet import form_sheet
from pipeline.forms.guide_sheet import guide_sheet
from pipeline.forms.live_checks import live_checks
from pipeline.forms.places import places_of
from pipeline.model import Answers, Markup


def build_template(
    campaign: Campaign,
    unit_id: str,
    answers: Answers | None = None,
    lang: str = "vi",
    markup: Markup | None = None,
) -> Book:
    """The workbook of one unit: guide, one sheet per form that it owes, live checks, explanations, ``_meta``.

    With ``answers`` the workbook is filled in, and every formula carries the value that a recalculation
    would give. With ``markup`` it is a return copy: cells to be corrected are marked, the sheet of
    explanations says what must be explained. Raises KeyError for a unit that the campaign does not have.
    """
    campaign = in_language(campaign, lang)
    places = places_of(campaign, unit_id)
    figures = UnitFigures(places, answers)
    desk = Desk(campaign, campaign.units[unit_id], lang, places, answers, figures, markup)
    checks = live_checks(places, figures, desk.word("sheet.check"))
    sheets = [
        guide_sheet(desk),
        *(form_sheet(desk, plan, checks) for plan in places.plans.values()),
        check_sheet(desk, checks),
        explain_sheet(desk),
        meta_sheet(desk),
    ]
    return Book(
        title=f"{campaign.text('title', lang)} - {desk.unit.name}",
        subject=campaign.text("scope", lang),
        sheets=sheets,
        language=lang,
    )
