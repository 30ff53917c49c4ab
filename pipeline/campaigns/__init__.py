"""Campaign data: one folder a campaign, files only."""
