"""Loads a campaign from its folder and refuses contradictions by file, line and column."""

from pipeline.catalogue.campaign import Campaign
from pipeline.catalogue.load import load_campaign

__all__ = ["Campaign", "load_campaign"]
