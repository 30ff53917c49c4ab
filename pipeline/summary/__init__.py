"""Results -> the summary workbook as plain data: one module per sheet."""

from pipeline.summary.build import build_summary

__all__ = ["build_summary"]
