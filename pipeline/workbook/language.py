"""A workbook that says in which language it is, and has its texts in one go: the library does neither."""

from __future__ import annotations

from xlsxwriter import Workbook
from xlsxwriter.core import Core
from xlsxwriter.packager import Packager

from pipeline.workbook.texts import PlainTexts


class SpeakingWorkbook(Workbook):  # type: ignore[misc]
    """Writes the property ``language`` into ``docProps/core.xml``, where office programs look for it."""

    def _get_packager(self) -> Packager:
        return _Packager()


class _Core(Core):  # type: ignore[misc]
    def _write_dc_creator(self) -> None:
        super()._write_dc_creator()
        self._xml_data_element("dc:language", self.properties["language"])


class _Packager(Packager):  # type: ignore[misc]
    def _write_core_file(self) -> None:
        core = _Core()
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()

    def _write_shared_strings_file(self) -> None:
        texts = PlainTexts()
        texts.string_table = self.workbook.str_table
        if texts.string_table.count:
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()
