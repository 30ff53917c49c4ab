"""Cells as typed -> observations and findings. Structural checks first, then content, all in one pass."""

from pipeline.validation.validate import Validated, validate

__all__ = ["Validated", "validate"]
