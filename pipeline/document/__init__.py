"""The appendix tables of the report, as a Word document."""

from pipeline.document.build import build_document

__all__ = ["build_document"]
