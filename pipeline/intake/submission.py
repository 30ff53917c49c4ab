"""One file -> what was read from it. Whatever is wrong with a file costs that file alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import compress
from pathlib import PurePosixPath

from pipeline.catalogue import Campaign
from pipeline.intake.content import WORKBOOKS, Unreadable, kind_of, read_bytes, unreadable
from pipeline.intake.forms import read_forms
from pipeline.intake.identity import read_identity
from pipeline.intake.older_texts import conversions, in_unicode
from pipeline.intake.replies import is_explanations, read_entered, read_explanations, remarks_of
from pipeline.intake.survey import Found
from pipeline.intake.values import read_grids
from pipeline.model import ReadProblem, Submission

_LONGEST_DETAIL = 200


def read_submission(found: Found, campaign: Campaign) -> Submission:
    """Read one file of the inputs. Never raises for a bad file: the problems of the result say what is wrong.

    The sheets are read only where the file is certainly a return of a known unit for this campaign.
    """
    submission = Submission(found.file, sha256="", size=0)
    try:
        content = read_bytes(found.path)
    except Unreadable as refusal:
        return unreadable(submission, refusal)
    digest = hashlib.sha256(content).hexdigest()
    submission = replace(submission, sha256=digest, size=len(content))
    try:
        return _read(submission, content, campaign)
    except Unreadable as refusal:
        return unreadable(submission, refusal)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError:
        return unreadable(submission, Unreadable("too_much_memory"))
    except BaseException as error:  # the reader of values panics with a BaseException of its own
        detail = f"{type(error).__name__}: {error}"[:_LONGEST_DETAIL]
        return unreadable(submission, Unreadable("not_understood", detail=detail))


def _read(submission: Submission, content: bytes, campaign: Campaign) -> Submission:
    kind = kind_of(content)
    grids = [in_unicode(grid, campaign) for grid in read_grids(content, kind, _named(campaign, _UNREAD))]
    notes = tuple(_misnamed(submission.file, kind))
    identity = read_identity(grids, campaign)
    submission = replace(
        submission,
        unit_id=identity.unit_id,
        submission_number=identity.submission_number,
        template_version=identity.template_version,
        problems=(*notes, *identity.problems),
    )
    if not identity.is_sure:
        return submission
    replies = _named(campaign, _REPLIES)
    are_explaining = [is_explanations(grid) for grid in grids]
    of_forms = [
        grid
        for grid, is_explaining in zip(grids, are_explaining, strict=True)
        if grid.name not in replies and not is_explaining
    ]
    forms = read_forms(of_forms, campaign, identity.unit_id)
    return replace(
        submission,
        sheets=tuple(replace(s, remarks=remarks_of(s, grids, campaign)) for s in forms.sheets),
        explanations=tuple(read_explanations(list(compress(grids, are_explaining)))),
        entered=read_entered(grids),
        strays=tuple(forms.strays),
        problems=(*submission.problems, *forms.problems, *conversions(grids, forms.sheets)),
    )


def _misnamed(file: str, kind: str) -> Iterator[ReadProblem]:
    """A note where the name says another kind of file than the content is."""
    extension = PurePosixPath(file).suffix.lower()
    if extension not in WORKBOOKS[kind]:
        yield ReadProblem("FILE-EXTENSION", values={"extension": extension or "-", "kind": kind})


@lru_cache(maxsize=8)
def _named(campaign: Campaign, ids: frozenset[str]) -> frozenset[str]:
    """The names, in every language, of sheets of the template."""
    return frozenset(text for words in campaign.words.values() for name, text in words.items() if name in ids)


_UNREAD = frozenset({"forms.sheet.check", "returns.sheet.name", "rollup.sheet.name"})
"""Words for the template's own sheets that hold nothing of the unit."""
_REPLIES = frozenset({"forms.sheet.explain"})
"""Words for the sheet that holds explanations and no figures."""
