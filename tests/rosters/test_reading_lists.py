"""Encodings, separators and the habits of spreadsheets: understood, or refused by line."""

import codecs
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from lms.rosters.lists.lines import UnreadableError
from tests.rosters.conftest import Reads

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
LIST = "name,phone,email\nសុខ ដារ៉ា,012345678,dara@example.org\n"
DARA = {"name": "សុខ ដារ៉ា", "phone": "+85512345678", "email": "dara@example.org"}


def workbook(*rows: list[Any]) -> bytes:
    book, made = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def open_document() -> bytes:
    """As LibreOffice and others write a sheet: what it is comes first, as it is."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office:document-content/>")
    return made.getvalue()


def value(reads: Reads, field: str, cell: Any) -> Any:
    """What one cell is read as; else what is said of it."""
    other = "phone" if field != "phone" else "email"
    content = f'{other},{field}\n,"{cell}"\n' if isinstance(cell, str) else workbook([other, field], [None, cell])
    row = reads(content).rows[0]
    return row.values.get(field, [problem.message for problem in row.problems])


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_utf_8_is_read_with_and_without_a_mark(reads: Reads, mark: bytes) -> None:
    assert reads(mark + LIST.encode()).rows[0].values == DARA


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_with_and_without_a_mark(reads: Reads, encoding: str) -> None:
    assert reads(LIST.encode(encoding)).rows[0].values == DARA


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_told_from_the_heading(reads: Reads, separator: str) -> None:
    assert reads(LIST.replace(",", separator)).rows[0].values == DARA


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_lines_may_end_in_any_way(reads: Reads, end: str) -> None:
    assert reads(LIST.replace("\n", end)).rows[0].values == DARA


def test_excels_hint_at_the_separator_is_no_heading(reads: Reads) -> None:
    assert reads("sep=;\n" + LIST.replace(",", ";")).rows[0].values == DARA


def test_a_quoted_cell_goes_over_several_lines_and_the_line_numbers_stay_right(reads: Reads) -> None:
    rows = reads('phone,organisation\n012345678,"Hall\nof\nKampot"\n\n012345679,x\n').rows
    assert [(row.line, row.values["organisation"]) for row in rows] == [(2, "Hall of Kampot"), (6, "x")]


def test_titles_above_the_heading_are_passed_over(reads: Reads) -> None:
    assert reads("ព្រះរាជាណាចក្រកម្ពុជា,,\nបញ្ជីឈ្មោះ,,\n\n" + LIST).rows[0].line == 5


@pytest.mark.parametrize(
    "heading",
    [
        "ឈ្មោះ,លេខទូរស័ព្ទ,អ៊ីមែល",
        " Full Name ,Tel.,E-mail",
        "NAME,Phone Number,Email address",
        '"ឈ្មោះ\nName",ទូរសព្ទ/Phone,អ៊ីម៉ែល (E-mail)',
    ],
)
def test_headings_are_known_in_both_languages(reads: Reads, heading: str) -> None:
    assert reads(f"{heading}\nសុខ ដារ៉ា,012345678,dara@example.org\n").rows[0].values == DARA


def test_unknown_columns_are_named_and_left_out(reads: Reads) -> None:
    table = reads("ល.រ,phone,Shoe size\n1,012345678,39\n")
    assert table.ignored == ["ល.រ", "Shoe size"]
    assert table.rows[0].values == {"phone": "+85512345678"}


@pytest.mark.parametrize(
    "typed",
    [
        "012345678", "12345678", "012 345 678", "012-345-678", "+855 12 345 678", "85512345678",
        "០១២៣៤៥៦៧៨", "'012345678",
        "\u200b012\u00a0345\u00a0678 ", "1.2345678E7", "1.2345678E+07", "1,2345678e+7",
        "12345678.0", "8.5512345678E+10",
        12345678, 12345678.0, 85512345678,
    ],
    ids=repr,
)  # fmt: skip
def test_phone_numbers_are_found_again_in_what_spreadsheets_make_of_them(reads: Reads, typed: Any) -> None:
    assert value(reads, "phone", typed) == "+85512345678"


@pytest.mark.parametrize("typed", ["1.23457E+07", "1.23E+7", "12", "none", "012345678 / 098765432", "#N/A", "1E99"])
def test_what_is_no_phone_number_any_more_is_refused(reads: Reads, typed: str) -> None:
    assert isinstance(value(reads, "phone", typed), list)


@pytest.mark.parametrize(
    "typed", ["1985-12-01", "01/12/1985", "1.12.1985", "០១/១២/១៩៨៥", "31382", "31382.0", "1985", "១៩៨៥", 31382, 1985,
              "1985-12-01 00:00:00", date(1985, 12, 1), datetime.fromisoformat("1985-12-01 07:30")],
    ids=repr,
)  # fmt: skip
def test_dates_of_three_kinds_are_read(reads: Reads, typed: Any) -> None:
    assert value(reads, "birth_year", typed) == 1985


@pytest.mark.parametrize(
    "typed",
    ["12/25/1985", "31/02/1985", "1985-13-01", "01/12/85", "2528", "1850", "soon", "0", "-5", "1985.5", "9" * 40],
)
def test_impossible_and_ambiguous_dates_are_refused(reads: Reads, typed: str) -> None:
    assert len(value(reads, "birth_year", typed)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("sex", "ស្រី", "female"), ("sex", "ប្រុស", "male"), ("sex", "F", "female"), ("sex", " Male ", "male"),
        ("province", "Kampot", "KH-7"), ("province", "ខេត្តកំពត", "KH-7"), ("province", "KH-7", "KH-7"),
        ("province", "Kampot Province", "KH-7"), ("province", "Kompong Cham", "KH-3"),
        ("province", "Siemreap", "KH-17"),
        ("province", "រាជធានីភ្នំពេញ", "KH-12"), ("province", "Phnom Penh Capital", "KH-12"),
        ("province", "កណ្តាល", "KH-8"), ("province", "កណ្ដាល", "KH-8"), ("province", "Takéo", "KH-21"),
        ("stakeholder_type", "NGO", "cso"), ("stakeholder_type", "government", "government"),
        ("email", " Dara@Example.org ", "dara@example.org"), ("email", "mailto:dara@example.org", "dara@example.org"),
        ("name", "\u200bសុខ\u00a0 ដារ៉ា\u200b ", "សុខ ដារ៉ា"), ("name", "Zoe\u0308", "Zoë"),
    ],
)  # fmt: skip
def test_habits_are_understood(reads: Reads, field: str, typed: str, kept: str) -> None:
    assert value(reads, field, typed) == kept


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("sex", "yes"), ("province", "Atlantis"), ("stakeholder_type", "club"), ("email", "dara@"),
        ("email", "a@example.org; b@example.org"), ("name", "?????"), ("name", "\ufffd\ufffd"), ("name", "x" * 201),
        ("name_latin", "សុខ"), ("name", "#REF!"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_with_its_line(reads: Reads, field: str, typed: str) -> None:
    content = f'{"phone" if field == "email" else "email"},{field}\n,x\n,"{typed}"\n'
    row = reads(content).rows[1]
    assert (row.line, [problem.field for problem in row.problems]) == (3, [field])


def test_a_line_with_more_cells_than_the_heading_is_refused(reads: Reads) -> None:
    assert [problem.field for problem in reads("name,phone\nKep, Sok,012345678\n").rows[0].problems][-1] == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n , \n", "empty"),
        (b"name,city\nDara,Kep\n", "names the columns"),
        (b"phone\n", "nobody"),
        (b"phone,Tel\n1,2\n", "Two columns"),
        (b'phone,name\n012345678,"Dara\n012345679,Sok\n', "quotation"),
        (LIST.encode().replace(b"dara@", b"d\xe4ra@"), "not saved as Unicode"),
        (LIST.encode("utf-16")[:-1], "not saved as Unicode"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel"),
        (b"PK\x03\x04 nonsense", "damaged"),
        (open_document(), "a sheet of LibreOffice"),
        (b"????? ??????,\n?????,??????\n???? ????,12345678\n", "letters were lost"),
        (b"phone\n" + b"012345678\n" * 10_001, "at most 10000 rows"),
        (b"phone\n" + b"\n" * 1_000_000, "too many lines"),
        (b"phone," + b"x," * 200 + b"x\n", "at most 100 columns"),
        (b"phone\n" + b"x" * 200_000, "quotation"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(reads: Reads, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        reads(content)
    assert reason in str(refused.value)


def test_a_workbook_is_read_like_a_text(reads: Reads) -> None:
    rows = reads(workbook(["Title"], [], ["name", "phone", "email"], [], list(DARA.values()))).rows
    assert [(row.line, row.values) for row in rows] == [(5, DARA)]
