"""A Book as plain data -> an xlsx file. The only room that knows how workbooks are written."""

from pipeline.workbook.write import write_book

__all__ = ["write_book"]
