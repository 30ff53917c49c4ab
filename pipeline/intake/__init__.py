"""Which files came, and what stands in each: one workbook -> its keyed cells. No judgement, no pandas."""

from pipeline.intake.many import read_many
from pipeline.intake.submission import read_submission
from pipeline.intake.survey import Found, survey
from pipeline.intake.waivers import WAIVERS, read_waivers

__all__ = ["WAIVERS", "Found", "read_many", "read_submission", "read_waivers", "survey"]
