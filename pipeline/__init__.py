"""Turns a pile of returned Excel appendices into one summary workbook that people can trust."""

__version__ = "0.1.0"
