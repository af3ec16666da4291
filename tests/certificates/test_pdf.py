"""The printed certificate, looked at as a picture and as a file."""

import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import jinja2
import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, example, given, settings, strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageStat
from PIL.ImageFont import Layout

from lms.certificates import pdf, sheet as wording
from lms.certificates.pdf import Sheet, Signatory, Text, render
from lms.paths import PACKAGE, TEMPLATES

SHEET = Sheet(
    kind="completion",
    name="ចាន់ ស្រីមុំ",
    name_latin="CHAN Sreymom",
    achievement=Text("នវានុវត្តន៍សម្រាប់រដ្ឋបាលមូលដ្ឋាន", "Innovation for local administration"),
    number="K7QM-2XW9-4FTB",
    verify_url="https://learn.example.org/lms/verify/K7QM-2XW9-4FTB",
    day=date(2026, 11, 24),
    site_name=Text("ការសិក្សាសម្រាប់រដ្ឋបាលមូលដ្ឋាន", "Learning for local administration"),
    hours=6,
    period=(date(2026, 11, 2), date(2026, 11, 20)),
)
DIRECTOR = Signatory(
    Text("សុខ វិចិត្រា", "SOK Vichetra"),
    Text("អគ្គនាយកនៃអគ្គនាយកដ្ឋានរដ្ឋបាល ក្រសួងមហាផ្ទៃ", "Director-General of Administration, Ministry of Interior"),
)
LONG_NAME = "លោកជំទាវ ស្រ៊ុន ច័ន្ទរស្មីកញ្ញា ព្រហ្មវិហារធម្មវង្ស"
KHMER = st.text(st.characters(min_codepoint=0x1780, max_codepoint=0x17DC), max_size=120)
NAMES = KHMER | st.text(max_size=120) | st.sampled_from(["W" * 120, "ញោ" * 60, LONG_NAME * 2])
SOME = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">%s</svg>'


def picture(content: bytes, dpi: int = 110) -> Image.Image:
    """The only page."""
    document = pypdfium2.PdfDocument(content)
    assert len(document) == 1
    image: Image.Image = document[0].render(scale=dpi / 72).to_pil().convert("L")
    document.close()
    return image


def words(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    text: str = document[0].get_textpage().get_text_bounded()
    document.close()
    return " ".join(text.split())


def overridden(template: str) -> jinja2.Environment:
    """As a host overrides the template, by its name."""
    loaders = [jinja2.DictLoader({pdf.TEMPLATE: template}), jinja2.FileSystemLoader(TEMPLATES)]
    return jinja2.Environment(loader=jinja2.ChoiceLoader(loaders), autoescape=True)


def scanned(content: bytes) -> str:
    (code,) = zxingcpp.read_barcodes(picture(content))
    return code.text


@SOME
@given(NAMES, NAMES, st.integers(0, 5))
@example(LONG_NAME, "Lok Chumteav SRUN Chanreaksmeykanha Promviheathoamvong", 3)
@example("ក" * 120, "W" * 120, 5)
def test_whatever_the_names_it_is_one_landscape_page_with_a_code_that_can_be_scanned(
    name: str, name_latin: str, signatories: int
) -> None:
    content = render(replace(SHEET, name=name, name_latin=name_latin, signatories=(DIRECTOR,) * signatories))
    width, height = picture(content, dpi=72).size
    assert (width, height) == (842, 596)
    assert scanned(content) == SHEET.verify_url


def test_texts_beyond_all_measure_are_refused_and_not_cut() -> None:
    with pytest.raises(ValueError, match="don't fit"):
        render(replace(SHEET, statement=Text(en="Storytelling. " * 5000)))


def test_a_hostile_name_is_printed_as_it_is_written() -> None:
    content = render(replace(SHEET, name='<script>&amp;"</script>', name_latin="<img src=x> & Co"))
    assert '<script>&amp;"</script>' in words(content)
    assert "<img src=x> & Co" in words(content)


def test_controls_and_direction_overrides_in_a_name_are_left_out() -> None:
    assert wording.printable("CHAN\u202e\x00Sok\u200b") == "CHAN  Sok\u200b"


def test_what_it_certifies_is_printed_in_both_languages() -> None:
    text = words(render(replace(SHEET, kind="attendance", hours=1.5, signatories=(DIRECTOR,))))
    for part in ("attendance", "CHAN Sreymom", "has attended", "2–20 November 2026", "1.5 hours", "24 November 2026"):
        assert part.lower() in text.lower()
    assert all(part in text for part in ("SOK Vichetra", SHEET.number, SHEET.verify_url))
    assert "២០២៦" in text


def test_the_file_says_its_title_author_and_language_and_is_tagged() -> None:
    content = render(replace(SHEET, organisation=(Text("ក្រសួងមហាផ្ទៃ", "Ministry of Interior"),)))
    document = pypdfium2.PdfDocument(content)
    about = document.get_metadata_dict()
    assert SHEET.name in about["Title"]
    assert about["Author"] == "Ministry of Interior"
    assert about["CreationDate"] == "D:20261124"
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
    language = (pypdfium2.raw.FPDF_WCHAR * 3)()
    pypdfium2.raw.FPDFCatalog_GetLanguage(document, language, 6)
    assert [chr(letter) for letter in language] == ["k", "m", "\0"]


def test_the_same_sheet_gives_the_same_bytes_in_another_process_too() -> None:
    code = "import sys; from tests.certificates.test_pdf import *; sys.stdout.buffer.write(render(SHEET))"
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=PACKAGE.parent)
    assert render(SHEET) == render(SHEET) == other.stdout


def test_the_layout_engine_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, lms.certificates.pdf; sys.exit('weasyprint' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent)


@pytest.mark.parametrize("source", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "data:image/png;base64,AA"])
@pytest.mark.parametrize("use", ['<img src="{}">', "<style>@import url({})</style>", '<link rel=stylesheet href="{}">'])
def test_a_template_cannot_read_any_other_file_or_address(source: str, use: str) -> None:
    with pytest.raises(PermissionError, match="its own fonts and pictures"):
        render(SHEET, overridden(f"<p>{use.format(source)}</p>"))


def test_a_logo_cannot_pull_in_another_file(tmp_path: Path) -> None:
    secret, logo = tmp_path / "secret.svg", tmp_path / "logo.svg"
    secret.write_text(LOGO % "")
    logo.write_text(LOGO % f'<image width="9" height="9" xlink:href="{secret.as_uri()}"/>')
    for _ in ("at first", "from the cache"):
        with pytest.raises(PermissionError, match="secret"):
            render(replace(SHEET, logos=(logo,)))


def test_a_logo_must_be_a_picture(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_text("no picture")
    with pytest.raises(ValueError, match="neither a PNG nor an SVG"):
        render(replace(SHEET, logos=(Path("/etc/hostname"),)))
    with pytest.raises(ValueError, match="no picture"):
        render(replace(SHEET, logos=(tmp_path / "logo.png",)))
    with pytest.raises(FileNotFoundError):
        render(replace(SHEET, logos=(tmp_path / "gone.png",)))


def test_a_logo_that_was_replaced_is_printed_anew(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    pages = []
    for colour in ("#000", "#fff"):
        logo.write_text(LOGO % f'<rect width="9" height="9" fill="{colour}"/>')
        pages.append(picture(render(replace(SHEET, logos=(logo,)))))
    assert ImageChops.difference(*pages).getbbox()


def _trimmed(image: Image.Image) -> Image.Image:
    return image.crop(ImageChops.invert(image).point(lambda value: 255 * (value > 100)).getbbox())


def _drawn_by_pillow(text: str, layout: Layout) -> Image.Image:
    font = ImageFont.truetype(PACKAGE / "static/fonts/NotoSerifKhmer-Regular.ttf", 250, layout_engine=layout)
    image = Image.new("L", (3000, 900), 255)
    ImageDraw.Draw(image).text((300, 200), text, font=font, fill=0)
    return _trimmed(image)


def _unlike(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, 0 to 255."""
    pair = [image.resize(one.size).filter(ImageFilter.GaussianBlur(3)) for image in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*pair)).mean[0]


@pytest.mark.parametrize("text", ["ស្រី", "ខ្មែរ", "កម្ពុជា", "ភ្នំពេញ", "ស្ត្រី", "ក្រុង ព្រះ", "ស្រ៊ុន", "ផ្ទៀងផ្ទាត់"])
def test_khmer_looks_as_harfbuzz_shapes_it(text: str) -> None:
    page = '<p lang="km" style="font-size: 60pt; color: #000">{{ sheet.name }}</p>'
    ours = _trimmed(picture(render(replace(SHEET, name=text), overridden(page)), dpi=300))
    shaped, unshaped = _drawn_by_pillow(text, Layout.RAQM), _drawn_by_pillow(text, Layout.BASIC)
    assert abs(ours.width - shaped.width) < 6
    assert abs(ours.height - shaped.height) < 6
    assert _unlike(ours, shaped) < 8 < 20 < _unlike(ours, unshaped)


@given(KHMER, st.integers(0, 40))
@example("ក្្ក", 0)
@example("ក។្ក", 0)
def test_a_khmer_line_never_breaks_inside_what_is_written_as_one(text: str, room: int) -> None:
    broken = wording.breakable(text, room)
    assert broken.replace("\u200b", "") == text
    for before, after in zip(broken.split("\u200b"), broken.split("\u200b")[1:], strict=False):
        assert unicodedata.category(after[0]) not in {"Mn", "Mc"}
        assert not before.endswith("\u17d2")


def test_a_khmer_line_breaks_between_syllables_only_where_it_must() -> None:
    assert wording.breakable("រដ្ឋបាល មូលដ្ឋាន", 9) == "រដ្ឋបាល មូលដ្ឋាន"
    assert wording.breakable("រដ្ឋបាលមូលដ្ឋាន", 3).split("\u200b") == ["រដ្ឋ", "បាល", "មូល", "ដ្ឋាន"]
    assert wording.breakable("ការនិទានរឿងនិងប្រព័ន្ធ", 8).split("\u200b") == ["ការនិទានរឿង", "និងប្រព័ន្ធ"]
    assert wording.breakable("ចប់។ថ្មី", 9) == "ចប់។\u200bថ្មី"
    assert wording.breakable("ផ្សេងៗទៀត", 1).split("\u200b") == ["ផ្សេងៗ", "ទៀត"]


def test_days_and_hours_are_written_as_each_language_writes_them() -> None:
    assert wording.day(date(2026, 11, 24)) == Text("ថ្ងៃទី២៤ ខែវិច្ឆិកា ឆ្នាំ២០២៦", "24 November 2026")
    assert wording.days((date(2026, 11, 24), date(2026, 11, 24))) == wording.day(date(2026, 11, 24))
    assert wording.days((date(2026, 11, 2), date(2026, 11, 20))) == Text(
        "ពីថ្ងៃទី២ ដល់ថ្ងៃទី២០ ខែវិច្ឆិកា ឆ្នាំ២០២៦", "2–20 November 2026"
    )
    assert wording.days((date(2026, 12, 30), date(2027, 1, 2))).en == "30 December 2026 – 2 January 2027"
    assert [wording.duration(hours).en for hours in (1, 1.5, 6)] == ["1 hour", "1.5 hours", "6 hours"]
    assert wording.duration(6).km == "៦ ម៉ោង"
