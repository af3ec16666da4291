"""A small sound bundle, and whatever Hypothesis makes of the format."""

import io
import string
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import strategies as st
from PIL import Image

from lms.bundles.bundle import Bundle, Lesson, Page, Picture, Quiz, Unit
from lms.bundles.read import read
from lms.db import Translated
from lms.errors import RefusedError
from lms.quizzes.kinds import Kind, Option, Pair, Question

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
def translated(draw: st.DrawFn, languages: list[str], of: st.SearchStrategy[str] = lines) -> Translated:
    return {code: draw(of) for code in languages}


def optional(languages: list[str], of: st.SearchStrategy[str] = lines) -> st.SearchStrategy[Translated]:
    return st.one_of(st.just({}), translated(languages, of))


@st.composite
def questions(draw: st.DrawFn, languages: list[str], name: str) -> dict[str, Question]:
    """One question in several languages, of any kind."""
    kind = draw(st.sampled_from(list(Kind)))
    weights, number = _weights(draw, kind), draw(st.integers(-1000, 1000))
    made = {}
    for code in languages:
        options = tuple(Option(draw(lines), weight, draw(texts)) for weight in weights)
        pairs: tuple[Pair, ...] = ()
        if kind is Kind.true_false:
            options = tuple(
                Option(text, weight, draw(texts)) for text, weight in zip(("true", "false"), weights, strict=True)
            )
        elif kind is Kind.numerical:
            options = (Option(str(number), 100, draw(texts), 0.5),)
        elif kind is Kind.matching:
            options, pairs = (), tuple(Pair(draw(lines), f"{at} {draw(lines)}") for at in range(3))
        made[code] = Question(name, kind, draw(lines), options, pairs, draw(texts))
    return made


def _weights(draw: st.DrawFn, kind: Kind) -> list[float]:
    choices: dict[Kind, list[float]] = {
        Kind.single: [0, 100, -25],
        Kind.multiple: [33.33333, 33.33333, 33.33333, -50],
        Kind.true_false: draw(st.sampled_from([[0, 100], [100, 0]])),
        Kind.short_answer: [100, 50],
    }
    return choices.get(kind, [])


@st.composite
def quizzes(draw: st.DrawFn, languages: list[str], number: int, slug: str) -> Quiz:
    names = draw(st.lists(slugs, min_size=1, max_size=3, unique=True))
    asked = [draw(questions(languages, name)) for name in names]
    return Quiz(
        slug=slug,
        number=number,
        title=draw(translated(languages)),
        minutes=draw(st.integers(0, 90)),
        pass_mark=draw(st.sampled_from([0.0, 60.0, 66.7, 100.0])),
        attempts=draw(st.integers(0, 9)),
        shuffle=draw(st.booleans()),
        final=draw(st.booleans()),
        per_page=draw(st.integers(1, 9)),
        questions={code: tuple(one[code] for one in asked) for code in languages},
    )


@st.composite
def pages(draw: st.DrawFn, languages: list[str], number: int, slug: str) -> Page:
    with_video = draw(st.lists(st.sampled_from(languages), unique=True))
    return Page(
        slug=slug,
        number=number,
        title=draw(translated(languages)),
        minutes=draw(st.integers(0, 90)),
        body=draw(translated(languages, bodies)),
        video=dict.fromkeys(sorted(with_video), "https://example.org/video?v=1"),
    )


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    languages = sorted(draw(st.lists(st.sampled_from(["en", "km", "fr"]), min_size=1, unique=True)))
    names = iter(draw(st.lists(slugs, min_size=9, max_size=9, unique=True)))
    numbers = sorted(draw(st.lists(st.integers(0, 120), min_size=1, max_size=3, unique=True)))
    units = []
    for number in numbers:
        lessons: list[Lesson] = [draw(pages(languages, 1, next(names)))]
        if draw(st.booleans()):
            lessons.append(draw(quizzes(languages, 20, next(names))))
        shown = draw(st.lists(st.sampled_from(["a.svg", "b.png"]), unique=True))
        known = {"a.svg": ("image/svg+xml", SVG.encode()), "b.png": ("image/png", picture())}
        pictures = tuple(Picture(f"images/{name}", *known[name]) for name in sorted(shown))
        title, summary = draw(translated(languages)), draw(optional(languages))
        units.append(Unit(next(names), number, title, summary, tuple(lessons), pictures))
    return Bundle(
        slug=draw(slugs),
        hours=draw(st.floats(0, 100).map(lambda hours: round(hours, 2))),
        pass_mark=draw(st.sampled_from([50.0, 62.5])),
        title=draw(translated(languages)),
        summary=draw(optional(languages)),
        description=draw(optional(languages, bodies.filter(bool))),
        completion={"lessons": "all", "quizzes": draw(st.sampled_from(["all", "none"]))},
        statement=draw(optional(languages)),
        units=tuple(units),
    )
