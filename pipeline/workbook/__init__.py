"""A Book as plain data -> an xlsx file. The only room that knows how workbooks are written."""

from pipeline.workbook.language import QUICK, SMALL
from pipeline.workbook.write import write_book

__all__ = ["QUICK", "SMALL", "write_book"]
