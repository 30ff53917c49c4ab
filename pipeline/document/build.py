"""The whole document: a first page that says what it is and what is in it, then one appendix per form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.catalogue import Campaign, in_language
from pipeline.document.appendix import Appendix, Desk, appendix_of
from pipeline.document.look import LETTERHEAD, NOTE, look_of
from pipeline.document.tables import table_xml
from pipeline.document.text import Run, line, linked
from pipeline.document.widths import table_layout
from pipeline.frames import Results
from pipeline.model import FormStatus

Layout = tuple[float, Sequence[float]]
"""The size of a table's letters in points, and the widths of its columns in millimetres."""


def build_document(campaign: Campaign, results: Results, lang: str) -> bytes:
    """The appendix tables of one run as a Word document, in one language; the same bytes every time."""
    from pipeline.document.package import bytes_of, new_document

    desk = Desk(in_language(campaign, lang), results)
    appendices = [appendix_of(desk, form_id) for form_id in results.city if form_id in campaign.forms]
    look = look_of(campaign.theme)
    laid_out = [(one, table_layout(one, look.room, look.lengths)) for one in appendices]
    sizes = sorted({size for _, (size, _) in laid_out})
    return bytes_of(new_document(desk, look, sizes), _parts(desk, laid_out))


def _parts(desk: Desk, laid_out: Sequence[tuple[Appendix, Layout]]) -> Iterator[str]:
    """Every paragraph and table in order, each as one XML element."""
    yield from _first_page(desk, [appendix for appendix, _ in laid_out])
    for number, (appendix, layout) in enumerate(laid_out, start=1):
        yield from _letterhead(desk, is_new_page=True)
        title = [Run(desk.word("number", number=appendix.number)), Run(f"\n{appendix.title}")]
        yield line("Heading1", title, bookmark=(number, appendix.form_id))
        yield line("Subtitle", [Run(appendix.remark, is_italic=True)], keep=True)
        yield table_xml(appendix, layout, desk.word("describe.table", number=appendix.number))
        for name, text in appendix.notes:
            yield line(NOTE, [Run(f"{name} ", is_bold=True), Run(text)], keep=True)
        yield from _signatures(desk)


def _first_page(desk: Desk, appendices: list[Appendix]) -> Iterator[str]:
    """Heading, title, scope, how complete the figures are, and links to the tables."""
    campaign = desk.campaign
    yield from _letterhead(desk)
    yield line("Title", [Run(desk.word("title"))])
    yield line("Subtitle", [Run(campaign.text("title", campaign.lang), is_bold=True)])
    yield line("Subtitle", [Run(campaign.text("scope", campaign.lang))])
    received, owed = desk.counted_and_owed()
    status = desk.results.form_status
    sent = status.loc[status["status"].isin([FormStatus.ACCEPTED, FormStatus.WITH_ERRORS]), "unit_id"]
    gaps = {"received": received, "owed": owed, "sent": sent.nunique(), "units": status["unit_id"].nunique()}
    yield line("Subtitle", [Run(desk.word("state", state=desk.state_word, **gaps), is_italic=True)])
    yield line("Subtitle", [Run(f"\n{desk.word('contents')}", is_bold=True)], keep=True)
    for appendix in appendices:
        title = f"{desk.word('number', number=appendix.number)}. {appendix.title}"
        yield linked("Normal", title, appendix.form_id)


def _letterhead(desk: Desk, *, is_new_page: bool = False) -> Iterator[str]:
    """The heading of an official document: the issuer, and the line of the Party or of the country."""
    campaign = desk.campaign
    head = next(iter(campaign.settings.headings.values()), {"left": (), "right": ()})
    left = [one for one in head["left"] if "{unit}" not in one] or [campaign.text("issuer", campaign.lang)]
    right = [one.format(place=campaign.text("place", campaign.lang)) for one in head["right"]]
    for row in range(max(len(left), len(right))):
        ours, theirs = (side[row] if row < len(side) else "" for side in (left, right))
        runs = [
            Run("\t"),
            Run(ours, is_bold=row > 0),
            Run("\t"),
            Run(theirs, is_bold=row == 0, is_italic=row > 0, is_underlined=row == 0),
        ]
        yield line(LETTERHEAD, runs, keep=True, is_new_page=is_new_page and row == 0)


def _signatures(desk: Desk) -> Iterator[str]:
    """Who has made the table, and who signs it; room for both signatures, never alone on a page."""
    names = [Run("\t"), Run(desk.word("signature.left"), is_bold=True)]
    names += [Run("\t"), Run(desk.word("signature.right"), is_bold=True)]
    hints = [Run("\t"), Run(desk.word("signature.left_hint"), is_italic=True)]
    hints += [Run("\t"), Run(desk.word("signature.right_hint"), is_italic=True)]
    yield line(LETTERHEAD, [], keep=True)
    yield line(LETTERHEAD, names, keep=True)
    yield line(LETTERHEAD, hints)
