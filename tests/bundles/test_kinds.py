"""A file is what its content says; its name must agree, and nothing is taken that could run."""

import gzip
import io
import struct

import pytest
from hypothesis import given, settings, strategies as st
from openpyxl import Workbook

from lms.bundles import kinds
from tests.bundles.samples import MP3, PDF, SVG, WEBM, box, film, office, open_document, picture, sniff, zipped

SHEET = ("xl/workbook.xml", "spreadsheetml.sheet")
SLIDES = ("ppt/presentation.xml", "presentationml.presentation")
SOUND = {
    "a.svg": SVG.encode(),
    "a.png": picture(),
    "a.JPG": picture("JPEG"),
    "a.pdf": PDF,
    "a.docx": office(),
    "a.xlsx": office(*SHEET),
    "a.pptx": office(*SLIDES),
    "a.odt": open_document(),
    "a.ods": open_document("spreadsheet"),
    "a.odp": open_document("presentation"),
    "a.txt": "ផ្សារ\n\tmarket\r\n".encode(),
    "a.csv": b"\xef\xbb\xbfname,fee\n",
    "a.mp3": MP3,
    "b.mp3": b"\xff\xf3\x44\xc4" + bytes(400),
    "a.m4a": film(b"M4A "),
    "a.mp4": film(),
    "b.mp4": film(b"mp42"),
    "a.webm": WEBM,
}


def real_sheet() -> bytes:
    stream = io.BytesIO()
    Workbook().save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("name", SOUND)
def test_every_kind_is_known_by_its_content(name: str) -> None:
    assert kinds.faults(SOUND[name], name) == []
    assert sniff(SOUND[name], name) == kinds.content_type(name)


def test_a_sheet_of_a_real_program_is_taken() -> None:
    assert sniff(real_sheet(), "fees.xlsx") == kinds.DOCUMENTS[".xlsx"]
    assert sniff(real_sheet(), "fees.docx") is None


@pytest.mark.parametrize("name", SOUND)
def test_no_content_passes_under_the_name_of_another_kind(name: str) -> None:
    own = kinds.content_type(name)
    texts = {"text/plain", "text/csv"}
    for ending, kind in kinds.CONTENT_TYPES.items():
        if kind != own and {own, kind} != texts and not (own in texts | {"image/svg+xml"} and kind in texts):
            sound_and_film = {own, kind} == {"audio/mp4", "video/mp4"}
            assert sound_and_film or sniff(SOUND[name], f"x{ending}") is None, ending


REFUSED = [
    ("a.exe", b"MZ\x90", "This is a program"),
    ("a.pdf", b"MZ\x90", "This is a program"),
    ("a.mp4", b"\x7fELF\2\1", "This is a program"),
    ("a.sh", b"#!/bin/sh\n", "This is a program"),
    ("a.zip", zipped({"a": b"b"}), "This is an archive"),
    ("a.docx", zipped({"a": b"b"}), "This is an archive"),
    ("a.gz", gzip.compress(b"x", mtime=0), "This is an archive"),
    ("a.html", b"<!DOCTYPE html><p>", "This is a web page"),
    ("a.txt", b" \n<HTML><script>x()</script>", "This is a web page"),
    ("a.csv", b"<script>x()</script>", "This is a web page"),
    ("a.pdf", b"<html>%PDF-1.7 %%EOF", "This is a web page"),
    ("a.js", b"alert(1)", "Files of this kind are not taken. Taken are pictures"),
    ("a", b"text", "Files of this kind are not taken."),
    ("a.txt", b"", "The file is empty."),
    ("a.txt", b"caf\xe9", "This is no sound TXT file"),
    ("a.txt", b"a\0b", "This is no sound TXT file"),
    ("a.txt", "text".encode("utf-16"), "This is no sound TXT file"),
    ("a.pdf", PDF[:-7], "This is no sound PDF file"),
    ("a.pdf", b"x" + PDF, "This is no sound PDF file"),
    ("a.mp4", film()[:-2], "This is no sound MP4 file"),
    ("a.mp4", film(b"qt  "), "This is no sound MP4 file"),
    ("a.mp4", box(b"ftyp", b"isom" + bytes(4)), "This is no sound MP4 file"),
    ("a.mp4", film() + struct.pack(">I4s", 4, b"free"), "This is no sound MP4 file"),
    ("a.webm", WEBM.replace(b"webm", b"matr"), "This is no sound WEBM file"),
    ("a.mp3", b"ID3\4\0\0\0\0\0\2xxno frame", "This is no sound MP3 file"),
    (
        "a.docx",
        office("word/document.xml", "wordprocessingml.document", "word/vbaProject.bin"),
        "The document has macros",
    ),
    ("a.docx", office("word/document.xml", "wordprocessingml.document", "../evil"), "This is an archive"),
    ("a.svg", SVG.replace("<rect", "<script/><rect").encode(), "<script> is not allowed"),
    ("a.svg", SVG.replace("<rect", '<rect onload="x()"').encode(), "“onload” is not allowed"),
]


@pytest.mark.parametrize(("name", "data", "reason"), REFUSED)
def test_what_is_refused_is_told_why(name: str, data: bytes, reason: str) -> None:
    assert sniff(data, name) is None
    assert kinds.faults(data, name)[0].startswith(reason)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(sorted(SOUND)), st.binary(max_size=40), st.integers(0, 400), st.integers(0, 40))
def test_any_bytes_are_judged_without_an_accident(name: str, other: bytes, at: int, gone: int) -> None:
    data = SOUND[name][:at] + other + SOUND[name][at + gone :]
    assert (sniff(data, name) is None) == bool(kinds.faults(data, name))
    kinds.faults(other, name)
