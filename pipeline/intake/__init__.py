"""Which files came, and what stands in each: one workbook -> its keyed cells. No judgement, no pandas."""

from pipeline.catalogue import Campaign
from pipeline.intake.many import read_many
from pipeline.intake.survey import Found, survey
from pipeline.intake.waivers import WAIVERS, read_waivers
from pipeline.model import Submission

__all__ = ["WAIVERS", "Found", "read_many", "read_submission", "read_waivers", "survey"]


def read_submission(found: Found, campaign: Campaign) -> Submission:
    """Read one file in this process. What that takes is loaded only where it is done."""
    from pipeline.intake.submission import read_submission as read

    return read(found, campaign)
