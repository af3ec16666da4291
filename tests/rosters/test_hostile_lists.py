"""Whatever is uploaded is read or refused with a reason, and never fills the memory."""

import random
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from lms.rosters.lists import headings
from lms.rosters.lists.lines import UnreadableError
from lms.rosters.lists.reading import Table
from tests.rosters.conftest import Reads
from tests.rosters.test_reading_lists import workbook

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
FUZZ = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
SHEET = "xl/worksheets/sheet1.xml"
CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["012345678", "dara@example.org", "1.2345678E7", "01/12/1985", '"', "'=1", "#N/A", "ស្រី", "", "\ufeff"]
    ),
)


def read_or_refused(reads: Reads, data: bytes) -> Table | None:
    try:
        return reads(data)
    except UnreadableError as error:
        return None if str(error) else pytest.fail("no reason")


@FUZZ
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(reads: Reads, data: bytes) -> None:
    read_or_refused(reads, data)


@FUZZ
@given(
    heading=st.permutations(["name", "phone", "email", "sex", "birth date", "province", "x"]),
    rows=st.lists(st.lists(CELLS, max_size=9), max_size=6),
    separator=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_any_cells_are_read_or_refused(
    reads: Reads, heading: list[str], rows: list[list[str]], separator: str, encoding: str
) -> None:
    text = "\n".join(separator.join(row) for row in [heading, *rows])
    table = read_or_refused(reads, text.encode(encoding, "replace"))
    for row in table.rows if table else ():
        assert set(row.values) <= set(headings.LABELS)
        assert all(problem.message for problem in row.problems)


@FUZZ
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 30))
def test_a_damaged_workbook_is_read_or_refused(reads: Reads, seed: int, changes: int) -> None:
    chance = random.Random(seed)
    data = bytearray(workbook(["name", "phone"], ["Dara", "012345678"]))
    for _ in range(changes):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    read_or_refused(reads, bytes(data))


def sheet_of(make: Callable[[], bytes], part: str = SHEET) -> bytes:
    """A workbook, one part of which is another."""
    made = BytesIO()
    with ZipFile(BytesIO(workbook(["phone"], ["012345678"]))) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, make() if name == part else old.read(name))
    return made.getvalue()


HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></%s>" % b"worksheet"
PHONE = b'<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>'
FAR = b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>'
HOSTILE: dict[str, Callable[[], bytes]] = {
    "a CSV of a million lines": lambda: b"phone\n" + b"012345678\n" * 999_000,
    "a CSV larger than ten megabytes": lambda: b"phone\n" + b"012345678," * 1_100_000,
    "one cell of nine megabytes": lambda: b'phone\n"' + b"x" * 9_000_000,
    "a million empty rows": lambda: sheet_of(lambda: HEAD + PHONE + b"<row/>" * 1_000_000 + TAIL),
    "a million rows": lambda: sheet_of(lambda: HEAD + PHONE + b"<row><c><v>12345678</v></c></row>" * 1_000_000 + TAIL),
    "a row of three million cells": lambda: sheet_of(
        lambda: HEAD + PHONE + b"<row>" + b"<c><v>1</v></c>" * 3_000_000 + b"</row>" + TAIL
    ),
    "a sheet of two hundred megabytes": lambda: sheet_of(lambda: HEAD + b" " * 200_000_000 + TAIL),
    "texts of fifty megabytes": lambda: sheet_of(lambda: b"x" * 50_000_000, "xl/styles.xml"),
    "a last column far to the right": lambda: sheet_of(
        lambda: HEAD + PHONE + b"".join(FAR % (n, n) for n in range(2, 9000)) + TAIL
    ),
    "a row far below": lambda: sheet_of(lambda: HEAD + PHONE + b'<row r="1048576"><c><v>1</v></c></row>' + TAIL),
    "entities that unfold": lambda: sheet_of(
        lambda: b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + HEAD + PHONE + TAIL
    ),
    "no workbook but a ZIP": lambda: _zip({"a": b"x"}),
    "thousands of parts": lambda: _zip({f"xl/worksheets/{n}.xml": b"" for n in range(2_000)}),
}  # fmt: skip


def _zip(parts: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_fill_the_memory_is_refused_with_it_flat(reads: Reads, name: str) -> None:
    data = HOSTILE[name]()
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError):
            reads(data)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60_000_000, f"{peak:,} bytes"
