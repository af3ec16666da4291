"""A small sound bundle, and whatever Hypothesis makes of the format."""

import io
import string
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from PIL import Image

from lms.bundles import banks, content, kinds as file_kinds, rule
from lms.bundles.bundle import BankQuestion, Bundle, File, Lesson, Page, Quiz, Unit
from lms.bundles.content import Content
from lms.bundles.limits import Limits
from lms.bundles.read import read
from lms.bundles.write import write_zip
from lms.courses.models import LessonKind
from lms.courses.pieces import Data
from lms.db import Translated
from lms.errors import RefusedError
from lms.quizzes import images
from lms.quizzes.draws import Draw
from lms.quizzes.kinds import Question
from lms.quizzes.models import Counts, Shows
from lms.quizzes.settings import Remark, Settings
from tests.quizzes import strategies

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#fff"/></svg>\n'

COURSE = """\
slug = "market"
hours = 1.5
pass_mark = 60
title.en = "A market"
title.km = "ផ្សារ"

[completion]
lessons = "all"
quizzes = "all"
"""

UNIT = """\
title.en = "Stalls"
title.km = "តូប"
"""

PAGE = """\
+++
title = "Who sells here?"
minutes = 10
+++

Look at the map.

![A map](images/map.png "The map")
"""

QUIZ = """\
title.en = "Check"
title.km = "កម្រងសំណួរ"
minutes = 5
pass_mark = 50
attempts = 3
shuffle = true
"""

GIFT = """\
::fee:: Is there a fee? {
~No #There is.
=Yes #Right.
}

::rivers:: Which are rivers? {
~%50%Mekong
~%50%Bassac
~%-100%Bokor
}

::count:: How many stalls? {#12:1}

::who:: Match. {
=Vendor -> sells
=Guard -> watches
}
"""


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 4)) -> bytes:
    stream = io.BytesIO()
    Image.new("L", size).save(stream, kind)
    return stream.getvalue()


def office(main: str = "word/document.xml", kind: str = "wordprocessingml.document", *more: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        listed = f"<Types>application/vnd.openxmlformats-officedocument.{kind}.main+xml</Types>"
        for name, text in {"[Content_Types].xml": listed, main: "<x/>", **dict.fromkeys(more, "x")}.items():
            made.writestr(zipfile.ZipInfo(name), text)
    return stream.getvalue()


def open_document(kind: str = "text") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr(zipfile.ZipInfo("mimetype"), f"application/vnd.oasis.opendocument.{kind}")
        made.writestr(zipfile.ZipInfo("content.xml"), "<x/>")
    return stream.getvalue()


def box(kind: bytes, data: bytes = b"") -> bytes:
    return (8 + len(data)).to_bytes(4, "big") + kind + data


def film(brand: bytes = b"isom") -> bytes:
    return box(b"ftyp", brand + bytes(4)) + box(b"moov", bytes(8)) + box(b"mdat", b"frames")


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WEBM = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x80"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x02xx\xff\xfb\x90\x64" + bytes(413)
LIMITS = Limits(file=20_000_000, film=100_000_000, bundle=500_000_000)
FILES: dict[str, tuple[str, bytes]] = {
    "images/a.svg": ("image/svg+xml", SVG.encode()),
    "images/map.png": ("image/png", picture()),
    "files/form.pdf": ("application/pdf", PDF),
    "files/list.csv": ("text/csv", "ឈ្មោះ,n\r\n".encode()),
    "videos/f.mp4": ("video/mp4", film()),
}
"""What a unit may have beside its lessons."""

MARKET: dict[str, bytes] = {
    "course.toml": COURSE.encode(),
    "01-stalls/unit.toml": UNIT.encode(),
    "01-stalls/01-who-sells.en.md": PAGE.encode(),
    "01-stalls/01-who-sells.km.md": PAGE.encode(),
    "01-stalls/02-prices.en.md": PAGE.encode(),
    "01-stalls/02-prices.km.md": PAGE.encode(),
    "01-stalls/03-check.quiz.toml": QUIZ.encode(),
    "01-stalls/03-check.en.gift": GIFT.encode(),
    "01-stalls/03-check.km.gift": GIFT.encode(),
    "01-stalls/images/map.png": picture(),
    "01-stalls/images/map.svg": SVG.encode(),
}
"""A bundle without a fault."""


def market(changes: Mapping[str, str | bytes | None] | None = None) -> dict[str, bytes]:
    """The sound bundle with other or further files; without those that are None."""
    changed: dict[str, Any] = {**MARKET, **(changes or {})}
    return {
        path: data.encode() if isinstance(data, str) else data for path, data in changed.items() if data is not None
    }


def contents(files: Mapping[str, bytes]) -> dict[str, Content]:
    """As an archive gives them."""
    return {path: content.of(data) for path, data in files.items()}


def zipped(files: Mapping[str, bytes | Content]) -> bytes:
    stream = io.BytesIO()
    write_zip(files, stream)
    return stream.getvalue()


def edited(path: str, old: str, new: str) -> dict[str, bytes]:
    """The sound bundle with one place of one file changed."""
    text = MARKET[path].decode()
    assert old in text
    return market({path: text.replace(old, new, 1)})


def problems(files: Mapping[str, bytes]) -> list[str]:
    """What is wrong with a bundle, as `file:line: message`."""
    with pytest.raises(RefusedError) as refused:
        read(files)
    return [str(problem) for problem in refused.value.problems]


# Bundles for property tests

moments = st.integers(0, 10**9).map(lambda n: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=31 * n))
slugs = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
chars = st.one_of(
    st.characters(min_codepoint=0x1780, max_codepoint=0x17FF),  # Khmer, digits and signs included
    st.sampled_from(string.printable[:95]),
    st.characters(exclude_categories=["Cc", "Cs"]),
)
lines = st.text(chars, min_size=1, max_size=30).map(str.strip).filter(bool)
texts = st.lists(st.one_of(lines, st.just("")), max_size=4).map("\n".join).map(str.strip)
bodies = texts.filter(lambda text: "](" not in text)  # no reference to a picture that does not exist


@st.composite
def some(draw: st.DrawFn, languages: list[str]) -> list[str]:
    """Some of the languages, one at least."""
    return sorted(draw(st.lists(st.sampled_from(languages), min_size=1, unique=True)))


@st.composite
def translated(draw: st.DrawFn, languages: list[str], of: st.SearchStrategy[str] = lines) -> Translated:
    """In some of the languages."""
    return {code: draw(of) for code in draw(some(languages))}


def optional(languages: list[str], of: st.SearchStrategy[str] = lines) -> st.SearchStrategy[Translated]:
    return st.one_of(st.just({}), translated(languages, of))


@st.composite
def questions(draw: st.DrawFn, languages: list[str], name: str) -> dict[str, Question]:
    """One question in several languages, of any kind; the only picture that it shows is one of `FILES`."""
    some = strategies.questions().filter(lambda one: set(images.paths(one)) <= FILES.keys())
    one = replace(draw(some), name=name)
    return {code: replace(one, text=f"{code} {one.text}") for code in languages}


@st.composite
def bank_questions(draw: st.DrawFn, languages: list[str], name: str) -> BankQuestion:
    """Two may mean different pictures by one path."""
    versions = draw(questions(draw(some(languages)), name))
    shown = sorted({path for version in versions.values() for path in images.paths(version)})
    sizes = st.sampled_from([(4, 4), (5, 5)])
    files = tuple(File(path, "image/png", content.of(picture(size=draw(sizes)))) for path in shown)
    return BankQuestion(draw(st.sampled_from(["", "Budget", "Budget/Basics", "ថវិកា"])), versions, files)


@st.composite
def draws(draw: st.DrawFn, bank: Sequence[BankQuestion]) -> tuple[Draw, ...]:
    """Of what the bank has."""
    found = []
    for one in draw(st.lists(st.sampled_from(bank), max_size=2)) if bank else ():
        by_name = Draw(question=one.name)
        tags = next(iter(one.versions.values())).tags
        by_category = Draw(category=one.category, number=draw(st.integers(1, 9)), tags=tags[: draw(st.integers(0, 2))])
        found.append(draw(st.sampled_from([by_name, by_category])) if one.category else by_name)
    return tuple(found)


@st.composite
def quiz_settings(draw: st.DrawFn, languages: list[str], bank: Sequence[BankQuestion]) -> Settings:
    opens, closes = sorted(draw(st.lists(moments, min_size=2, max_size=2, unique=True)))
    least = sorted(draw(st.lists(st.sampled_from([0.0, 50.0, 66.7, 100.0]), unique=True, max_size=2)), reverse=True)
    return Settings(
        pass_mark=draw(st.sampled_from([0.0, 60.0, 66.7, 100.0])),
        attempts=draw(st.integers(0, 9)),
        shuffle=draw(st.booleans()),
        final=draw(st.booleans()),
        per_page=draw(st.integers(1, 9)),
        opens_at=draw(st.sampled_from([None, opens])),
        closes_at=draw(st.sampled_from([None, closes])),
        time_limit=draw(st.integers(0, 90)),
        pause=draw(st.integers(0, 90)),
        counts=draw(st.sampled_from(sorted(Counts))),
        feedback=draw(st.sampled_from(sorted(Shows))),
        answers=draw(st.sampled_from(sorted(Shows))),
        access_word=draw(st.one_of(st.just(""), lines)),
        going_back=draw(st.booleans()),
        tries=draw(st.booleans()),
        practice=draw(st.booleans()),
        blind=draw(st.booleans()),
        overall=tuple(Remark(one, draw(translated(languages, texts.filter(bool)))) for one in least),
        draws=draw(draws(bank)),
    )


@st.composite
def quizzes(draw: st.DrawFn, languages: list[str], number: int, slug: str, bank: Sequence[BankQuestion]) -> Quiz:
    settings = draw(quiz_settings(languages, bank))
    names = draw(st.lists(slugs, min_size=0 if settings.draws else 1, max_size=3, unique=True))
    asked_in = draw(some(languages))
    asked = [draw(questions(asked_in, name)) for name in names]
    return Quiz(
        slug=slug,
        number=number,
        title=draw(translated(languages)),
        minutes=draw(st.integers(0, 90)),
        settings=settings,
        questions={code: tuple(one[code] for one in asked) for code in asked_in} if asked else {},
    )


@st.composite
def pages(draw: st.DrawFn, languages: list[str], number: int, slug: str, films: list[str]) -> Page:
    written_in = draw(some(languages))
    with_video = sorted(draw(st.lists(st.sampled_from(written_in), unique=True)))
    addresses = st.sampled_from(["https://example.org/video?v=1", *films])
    return Page(
        slug=slug,
        number=number,
        title={code: draw(lines) for code in written_in},
        minutes=draw(st.integers(0, 90)),
        body={code: draw(bodies) for code in written_in},
        video={code: draw(addresses) for code in with_video},
    )


@st.composite
def rules(draw: st.DrawFn, number: dict[str, int]) -> dict[str, Any]:
    """A rule for a course that has so many lessons and quizzes."""
    made: dict[str, Any] = {}
    for part, most in number.items():
        counted = [st.integers(1, most)] if most else []
        made[part] = draw(st.one_of(st.just("none"), *([st.just("all"), *counted] if most else [])))
    if draw(st.booleans()):
        made["minutes"] = draw(st.integers(1, 9000))
    if number["quizzes"] and draw(st.booleans()):
        made["score"] = draw(st.sampled_from([1.0, 66.7, 100.0]))
    if draw(st.booleans()):
        made["approval"] = draw(st.booleans())
    if not rule.asked(made):
        made["approval"] = True
    if draw(st.booleans()):
        made["need"] = draw(st.one_of(st.just("all"), st.integers(1, len(rule.asked(made)))))
    return made


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    languages = sorted(draw(st.lists(st.sampled_from(["en", "km", "fr"]), min_size=1, unique=True)))
    names = iter(draw(st.lists(slugs, min_size=9, max_size=9, unique=True)))
    numbers = sorted(draw(st.lists(st.integers(0, 120), min_size=1, max_size=3, unique=True)))
    in_bank = draw(st.lists(slugs, max_size=3, unique=True))
    bank = [draw(bank_questions(languages, name)) for name in in_bank]
    units: list[Unit] = []
    for number in numbers:
        there = draw(st.sets(st.sampled_from(list(FILES))))
        films = sorted(path for path in there if path.startswith("videos/"))
        lessons: list[Lesson] = [draw(pages(languages, 1, next(names), films))]
        if draw(st.booleans()):
            lessons.append(quiz := draw(quizzes(languages, 20, next(names), bank)))
            there |= {path for asked in quiz.questions.values() for one in asked for path in images.paths(one)}
        earlier = [unit.slug for unit in units]
        unit = Unit(
            slug=next(names),
            number=number,
            title=draw(translated(languages)),
            summary=draw(optional(languages)),
            lessons=tuple(lessons),
            files=tuple(File(path, FILES[path][0], content.of(FILES[path][1])) for path in sorted(there)),
            requires=tuple(draw(st.lists(st.sampled_from(earlier), unique=True))) if earlier else (),
            opens_at=draw(st.one_of(st.none(), moments)),
        )
        units.append(unit)
    kinds = [lesson.kind for unit in units for lesson in unit.lessons]
    slug = draw(slugs)
    return Bundle(
        slug=slug,
        hours=draw(st.floats(0, 100).map(lambda hours: round(hours, 2))),
        pass_mark=draw(st.sampled_from([50.0, 62.5])),
        title={code: draw(lines) for code in languages},
        summary=draw(optional(languages)),
        description=draw(optional(languages, bodies.filter(bool))),
        completion=draw(rules({"lessons": kinds.count(LessonKind.page), "quizzes": kinds.count(LessonKind.quiz)})),
        statement=draw(optional(languages)),
        units=tuple(units),
        bank=tuple(sorted(bank, key=banks.place)),
        requires=tuple(draw(st.lists(slugs.filter(lambda other: other != slug), max_size=2, unique=True))),
    )


def sniff(data: Data, name: str) -> str | None:
    """The content type of a file that is taken; None if it is not."""
    return None if file_kinds.faults(data, name) else file_kinds.content_type(name)
