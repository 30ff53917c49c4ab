"""Loads a campaign from its folder and refuses contradictions by file, line and column."""

from pipeline.catalogue.below import campaign_of, seen_from, subordinates_of
from pipeline.catalogue.campaign import Campaign, Source
from pipeline.catalogue.load import load_campaign
from pipeline.catalogue.names import in_language

__all__ = [
    "Campaign",
    "Source",
    "campaign_of",
    "in_language",
    "load_campaign",
    "seen_from",
    "subordinates_of",
]
