"""Catalogue -> where each cell stands -> the workbook that one reporting unit fills in."""

from pipeline.forms.build import build_template
from pipeline.forms.layout import addresses, cell_address, form_sheet_name

__all__ = ["addresses", "build_template", "cell_address", "form_sheet_name"]
