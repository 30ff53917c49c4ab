"""A workbook that says in which language it is, how hard it is packed, and has its texts in one go."""

from __future__ import annotations

from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook
from xlsxwriter.core import Core
from xlsxwriter.packager import Packager

from pipeline.workbook.sheet import Part
from pipeline.workbook.stylesheets import keep_styles, known_styles, styles_key
from pipeline.workbook.texts import PlainTexts

SMALL: Final = 6
"""Packs a file as the library does: for files that are made once and compared byte by byte."""

QUICK: Final = 4
"""Packs a file in half of the time, and makes it a twelfth larger."""


class SpeakingWorkbook(Workbook):  # type: ignore[misc]
    """Writes the property ``language`` into ``docProps/core.xml``, where office programs look for it.

    ``level`` says how hard the parts are packed.
    """

    def __init__(self, target: Any, level: int, options: dict[str, Any]) -> None:
        super().__init__(target, options)
        self._level = level

    def _store_workbook(self) -> None:
        """What the library does when a book of sheets and charts is closed; it knows one level only."""
        self._choose_sheet()
        self._prepare_sst_string_data()
        self._prepare_vml()
        self._prepare_defined_names()
        self._prepare_drawings()
        self._add_chart_data()
        with ZipFile(self.filename, "w", ZIP_DEFLATED, compresslevel=self._level) as package:
            packager = _Packager(package)
            packager._add_workbook(self)
            packager._set_in_memory(True)
            packager._create_package()
            packager.pack()

    def _prepare_format_properties(self) -> None:
        """Number fonts, borders and fills for the part with the styles, unless that is known."""
        self._prepare_formats()
        self.styles_key = styles_key(self)
        self.styles_xml = known_styles(self.styles_key)
        if self.styles_xml is None:
            super()._prepare_format_properties()

    def _choose_sheet(self) -> None:
        """Excel opens a file only where one of its sheets is chosen."""
        if self.worksheet_meta.activesheet == 0:
            self.worksheets_objs[0].selected = 1
            self.worksheets_objs[0].hidden = 0
        self.worksheets_objs[self.worksheet_meta.activesheet].active = 1


class _Core(Core):  # type: ignore[misc]
    def _write_dc_creator(self) -> None:
        super()._write_dc_creator()
        self._xml_data_element("dc:language", self.properties["language"])


class _Packager(Packager):  # type: ignore[misc]
    """Packs each part as soon as the next one begins, so that only one of them is in memory.

    The parts bear no time but the first that a package knows, so that the clock leaves no trace.
    """

    def __init__(self, package: ZipFile) -> None:
        super().__init__()
        self._package = package

    def pack(self) -> None:
        """Pack what is ready."""
        for part, name, is_binary in self.filenames:
            with self._package.open(name, "w") as stream:
                stream.writelines([part.getvalue()] if is_binary else part.given_away())
        self.filenames.clear()

    def _filename(self, xml_filename: str) -> Part:
        self.pack()
        part = Part()
        self.filenames.append((part, xml_filename, False))
        return part

    def _write_core_file(self) -> None:
        core = _Core()
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()

    def _write_styles_file(self) -> None:
        if self.workbook.styles_xml is not None:
            self._filename("xl/styles.xml").write(self.workbook.styles_xml)
            return
        super()._write_styles_file()
        keep_styles(self.workbook.styles_key, self.filenames[-1][0].getvalue())

    def _write_shared_strings_file(self) -> None:
        texts = PlainTexts()
        texts.string_table = self.workbook.str_table
        if texts.string_table.count:
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()
