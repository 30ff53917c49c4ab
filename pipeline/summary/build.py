"""The whole summary workbook: which sheets, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.book import Book, Sheet
from pipeline.catalogue import Campaign, in_language
from pipeline.frames import Results
from pipeline.summary import city, detail
from pipeline.summary.brief import Brief, place_city, place_detail
from pipeline.summary.by_unit import by_unit_sheet
from pipeline.summary.changes import change_sheets, pages
from pipeline.summary.city import city_sheet
from pipeline.summary.coverage import coverage_sheet
from pipeline.summary.detail import detail_sheet
from pipeline.summary.findings import findings_sheet
from pipeline.summary.front import contents_at, front_sheet
from pipeline.summary.navigation import names, with_way_back
from pipeline.summary.notes import notes_sheet
from pipeline.summary.overview import overview_sheet
from pipeline.summary.reconciliation import reconciliation_sheet
from pipeline.summary.sources import sources_sheet


def build_summary(campaign: Campaign, results: Results, lang: str) -> Book:
    """The summary of one run in one language. Its large sheets are made while they are written."""
    campaign = in_language(campaign, lang)
    detail_name = campaign.words[lang]["summary.sheet.detail.name"]
    brief = Brief(
        campaign=campaign,
        results=results,
        lang=lang,
        city=place_city(campaign, results, city.FIRST, city.LEADING),
        detail=place_detail(campaign, results, detail_name, (detail.FIRST, detail.LEADING)),
    )
    brief = replace(brief, contents_at=contents_at(brief))
    sheets = [front_sheet(brief, list(_contents(brief)))]
    sheets += (with_way_back(brief, sheet) for sheet in _sheets(brief))
    return Book(
        title=brief.word("front.title"),
        subject=campaign.text("title", lang),
        sheets=sheets,
        language=lang,
        names=tuple(names(brief)),
    )


def _sheets(brief: Brief) -> Iterator[Sheet]:
    yield overview_sheet(brief)
    yield coverage_sheet(brief)
    for form_id in brief.city:
        yield city_sheet(brief, form_id)
    if brief.shows_units:
        yield by_unit_sheet(brief)
    yield reconciliation_sheet(brief)
    yield findings_sheet(brief)
    yield from change_sheets(brief)
    for form_id in brief.detail:
        yield detail_sheet(brief, form_id)
    yield sources_sheet(brief)
    yield notes_sheet(brief)


def _contents(brief: Brief) -> Iterator[tuple[str, str]]:
    """Every sheet in order, with one line on what it holds."""

    def line(page: str) -> tuple[str, str]:
        return (brief.word(f"sheet.{page}.name"), brief.word(f"sheet.{page}.holds"))

    yield from (line(page) for page in ("front", "overview", "coverage"))
    for form_id, place in brief.city.items():
        yield (place.sheet, brief.word("sheet.city.holds", title=brief.form_title(form_id)))
    units = ("by_unit",) if brief.shows_units else ()
    yield from (line(page) for page in (*units, "reconciliation", "findings", *pages(brief)))
    for form_id, detail_place in brief.detail.items():
        yield (detail_place.sheet, brief.word("sheet.detail.holds", form=form_id))
    yield from (line(page) for page in ("sources", "notes"))
