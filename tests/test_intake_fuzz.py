"""Bytes that Hypothesis thinks up: inside the parts of a package, whose checksums are then made right again.

What is changed from outside is caught by checksums; here the readers behind them are reached. A few dozen in
the usual tests, as many as ``FUZZ_EXAMPLES`` says in ``make fuzz``.
"""

from __future__ import annotations

import math
import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.catalogue import Campaign
from pipeline.intake import Found, read_submission
from pipeline.model import Submission
from tests.hostile import Material
from tests.material import made_material
from tests.specimens import specimen

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
PARTS = {
    "xlsx": ("sheet", "sharedStrings", "styles", "workbook", ".rels", "Content_Types"),
    "gnumeric.xlsx": ("sheet", "sharedStrings", "styles"),
    "ods": ("content.xml", "mimetype", "manifest"),
    "gnumeric.ods": ("content.xml",),
    "xlsb": ("sheet", "sharedStrings", "workbook"),
}
TOKENS = (
    *(
        b"<c",
        b"</c>",
        b'<c r="F5"',
        b'<c r="XFD1048576">',
        b"<v>",
        b"</v>",
        b"<f>",
        b"</f>",
        b"<is><t>",
        b"<row",
    ),
    *(
        b't="s"',
        b't="e"',
        b't="b"',
        b't="d"',
        b't="str"',
        b's="4294967295"',
        b's="-1"',
        b' r="',
        b"<v>1e999</v>",
    ),
    *(
        b"1e308",
        b"-0",
        b"NaN",
        b"99999999999999999999",
        b"0x1F",
        b"1,5",
        b"\x00",
        b"\xff\xfe",
        b"\xc2\xad",
        b"\n  ",
    ),
    *(
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<?x?>",
        b"<!DOCTYPE a>",
        b"&amp;",
        b"&#0;",
        b"&#x110000;",
        b"&lt",
    ),
    *(
        b'ref="A1:XFD1048576"',
        b'<mergeCell ref="B2"/>',
        b"<mergeCells>",
        b'hidden="1"',
        b'xmlns=""',
        b"mc:Ignorable",
    ),
    *(b'number-columns-repeated="16384"', b'number-rows-repeated="1048576"', b'value-type="percentage"'),
    *(
        b'formula="of:=1+1"',
        b'val=".VnTime"',
        b'numFmtId="9"',
        b'fontId="77"',
        b"encoding='utf-16'",
        b"12+5+7",
    ),
    *(b"V_ALL|P", b"P20", b"_meta", b"unit_id", b'"', b"'", b"<", b">", b"/>", b"\xf0\x9f\x98\x80"),
)

EDITS = st.lists(
    st.tuples(
        st.sampled_from(("insert", "replace", "delete", "double", "cut")),
        st.floats(0, 1, exclude_max=True),
        st.one_of(st.sampled_from(TOKENS), st.binary(min_size=1, max_size=8)),
        st.integers(1, 200),
    ),
    min_size=1,
    max_size=6,
)


def edited(content: bytes, edits: list[tuple[str, float, bytes, int]]) -> bytes:
    """The content with pieces put in, replaced, taken out, doubled, or cut off."""
    for how, where, piece, length in edits:
        at = int(where * len(content))
        if how == "insert":
            content = content[:at] + piece + content[at:]
        elif how == "replace":
            content = content[:at] + piece + content[at + len(piece) :]
        elif how == "delete":
            content = content[:at] + content[at + length :]
        elif how == "double":
            content = content[: at + length] + content[at:]
        elif length == 1:
            content = content[:at]
    return content


def repacked(content: bytes, part: str, edits: list[tuple[str, float, bytes, int]]) -> bytes:
    """A package with one part edited, and its checksum right."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as fresh:
        for name, old in parts:
            fresh.writestr(name, edited(old, edits) if name == part else old)
    return packed.getvalue()


@pytest.fixture(scope="module")
def material(tiny: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Material:
    """One sound return in every kind of workbook, as several programs save them."""
    made = made_material(tiny, tmp_path_factory.mktemp("material"))
    others = {f"gnumeric.{kind}": specimen(kind, "gnumeric") for kind in ("xlsx", "ods", "xls")}
    return Material({**made.content, **others})


def read(tiny: Campaign, folder: Path, content: bytes) -> Submission:
    path = folder / "x.xlsx"
    path.write_bytes(content)
    return read_submission(Found("x.xlsx", path), tiny)


def assert_harmless(tiny: Campaign, folder: Path, content: bytes) -> None:
    """A submission comes back, the same one twice; refused with a reason, or of figures that are numbers."""
    first, second = (read(tiny, folder, content) for _ in range(2))
    reasons = [p.values["reason"] for p in first.problems if p.rule_id == "FILE-UNREADABLE"]

    assert repr(first) == repr(second)
    assert not reasons or not first.sheets
    assert all(reason in tiny.words["vi"] for reason in reasons)
    for sheet in first.sheets:
        assert len(sheet.numbers) == len(sheet.row_keys) * len(sheet.period_ids)
        assert not any(map(math.isinf, sheet.numbers))
        places = {*sheet.texts, *sheet.formulas, *sheet.unicode, *sheet.arithmetic, *sheet.percents}
        assert places <= set(range(len(sheet.numbers)))


def names(content: bytes, wanted: tuple[str, ...]) -> list[str]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return sorted(n for n in package.namelist() if any(one in n for one in wanted))


FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("kind", PARTS)
@FUZZ
@given(data=st.data())
def test_no_part_of_a_package_harms_its_readers(
    tiny: Campaign, tmp_path: Path, material: Material, kind, data
):
    """Whatever stands in a part, under a checksum that fits."""
    content = material.content[kind]
    part = data.draw(st.sampled_from(names(content, PARTS[kind])))

    assert_harmless(tiny, tmp_path, repacked(content, part, data.draw(EDITS)))


@pytest.mark.parametrize("kind", ["xls", "gnumeric.xls"])
@FUZZ
@given(edits=EDITS)
def test_no_bytes_of_an_old_workbook_harm_its_readers(
    tiny: Campaign, tmp_path: Path, material: Material, kind, edits
):
    """It has no checksums: whatever its bytes are reaches the readers."""
    assert_harmless(tiny, tmp_path, edited(material.content[kind], edits))
