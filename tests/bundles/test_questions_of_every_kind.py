"""What GIFT cannot hold is Moodle XML; the languages agree on all that is not a text; pictures are there."""

from dataclasses import replace
from typing import Any

import pytest

from lms.bundles.bundle import Quiz
from lms.bundles.read import read
from lms.bundles.write import to_files
from lms.quizzes import formats, moodle
from lms.quizzes.imported import Item
from lms.quizzes.kinds import Criterion, Gap, Kind, Level, Option, Question, Unit
from tests.bundles.samples import GIFT, edited, market, picture, problems

CHECK = "01-stalls/03-check"
ORDER = Question("steps", Kind.ordering, "Sort.", tuple(Option(text, 0) for text in ("plan", "do", "see")))
NUMBER = Question("far", Kind.numerical, "How far?", (Option("3", 100),), units=(Unit("km", 1), Unit("m", 0.001)))
GAPS = Question(
    "fill",
    Kind.gaps,
    "It is [[1]] or [[2]].",
    gaps=(
        Gap(Kind.single, (Option("wet", 100), Option("dry", 0))),
        Gap(Kind.numerical, (Option("5", 100, tolerance=1),)),
    ),
)
ESSAY = Question("why", Kind.essay, "Why?", rubric=(Criterion("Reasons", (Level("None", 0), Level("Some", 2))),))


def xml(code: str, *questions: Question) -> dict[str, str | bytes | None]:
    return {f"{CHECK}.{code}.gift": None, f"{CHECK}.{code}.xml": moodle.write(questions)}


def told(one: Question, other: Question) -> list[str]:
    return problems(market({**xml("en", one), **xml("km", other)}))


def test_questions_that_gift_cannot_hold_are_written_as_xml_and_read_back() -> None:
    bundle = read(market({**xml("en", ORDER, ESSAY), **xml("km", ORDER, ESSAY)}))
    files = to_files(bundle)
    assert f"{CHECK}.en.gift" not in files
    assert formats.is_xml(files[f"{CHECK}.en.xml"][:].decode())
    assert read(files) == bundle
    [unit] = bundle.units
    assert isinstance(unit.lessons[2], Quiz)
    assert unit.lessons[2].questions == {"en": (ORDER, ESSAY), "km": (ORDER, ESSAY)}


def test_a_language_has_its_questions_in_one_file() -> None:
    told = problems(market({f"{CHECK}.en.xml": moodle.write([ORDER])}))
    assert f"{CHECK}.en.xml: The questions in this language are in {CHECK}.en.gift too." in told


DIFFERENT: list[tuple[Question, dict[str, Any], str]] = [
    (ORDER, {"options": ORDER.options[:2]}, "“steps” has not as many answers"),
    (ORDER, {"scoring": "whole"}, "The order in “steps” is not scored as"),
    (ORDER, {"mark": 2}, "“steps” has not the same mark"),
    (ORDER, {"penalty": 50}, "A wrong try at “steps” does not cost the same"),
    (ORDER, {"hints": ("Think.",)}, "“steps” has not as many hints"),
    (ORDER, {"tags": ("rice",)}, "“steps” has not the same tags"),
    (NUMBER, {"units": NUMBER.units[:1]}, "The units of “far” are not those"),
    (NUMBER, {"units": (Unit("km", 1), Unit("cm", 0.00001))}, "The units of “far” are not those"),
    (NUMBER, {"unit_penalty": 10}, "The units of “far” are not those"),
    (GAPS, {"gaps": GAPS.gaps[::-1]}, "The gaps of “fill” are not those"),
    (GAPS, {"gaps": (replace(GAPS.gaps[0], mark=2), GAPS.gaps[1])}, "The gaps of “fill” are not those"),
    (
        GAPS,
        {"gaps": (GAPS.gaps[0], replace(GAPS.gaps[1], options=(Option("6", 100, tolerance=1),)))},
        "The right answers of “fill” are not those",
    ),
    (
        ESSAY,
        {"rubric": (Criterion("R", (Level("N", 0), Level("S", 3))),)},
        "The rubric of “why” has not the same points",
    ),
]


@pytest.mark.parametrize(("one", "change", "message"), DIFFERENT)
def test_languages_agree_on_all_that_is_no_text(one: Question, change: dict[str, Any], message: str) -> None:
    [problem] = told(one, replace(one, **change))
    assert problem.startswith(f"{CHECK}.km.xml:")
    assert message in problem


def test_units_have_names_of_their_own_in_each_language() -> None:
    assert read(
        market({**xml("en", NUMBER), **xml("km", replace(NUMBER, units=(Unit("គ.ម.", 1), Unit("ម៉ែត្រ", 0.001))))})
    )


def test_a_picture_of_a_question_is_one_of_its_unit() -> None:
    asked = GIFT.replace("Is there a fee?", "![The sign](images/map.png) Is there a fee?")
    assert read(market({f"{CHECK}.en.gift": asked}))
    told = problems(market({f"{CHECK}.en.gift": asked.replace("map.png", "gone.png")}))
    assert told == [f"{CHECK}.en.gift:1: There is no picture “images/gone.png” in the unit's folder."]


def test_a_picture_in_html_is_looked_for_too() -> None:
    shown = '[html]<p><img src\\="images/gone.png" alt\\="The sign"></p>'
    [problem] = problems(edited(f"{CHECK}.en.gift", "How many stalls?", shown))
    assert problem == f"{CHECK}.en.gift:12: There is no picture “images/gone.png” in the unit's folder."


def test_a_file_that_xml_embeds_is_refused_with_its_line() -> None:
    shown = replace(ORDER, text="![A map](images/map.png)")
    text = moodle.write_items([Item(0, shown)], {"images/map.png": picture()})
    [problem] = problems(market({f"{CHECK}.km.gift": None, f"{CHECK}.en.gift": None, f"{CHECK}.en.xml": text}))
    assert problem.startswith(f"{CHECK}.en.xml:")
    assert "“images/map.png” is embedded" in problem
